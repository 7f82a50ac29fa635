"""The pages that Stripe hosts, simulated: checkout, payment links, invoices and the customer portal.

Decides: which address shows which page.  Does not know any rule of Stripe's (`core`), nor who delivers what
happens here.  Every page works without script; whatever changes something is a POST that ends in a redirect,
so that the back button and a second press of a button change nothing twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rehearsal_harness.serving.bench import Bench


def routes(bench: Bench) -> list[tuple[str, object]]:
    """Falcon's path templates and their resources, the stylesheet included."""
    from rehearsal_harness.serving.look import pages

    from . import invoice, link, login, pay, portal

    return [
        each for part in (pay, link, invoice, login, portal) for each in part.routes(bench)
    ] + pages.routes()

"""The control page of a running bench, its JSON API and its live updates.

Decides: the addresses.  Does not know any rule of Stripe's (`core`), how time moves or webhooks are sent
(`serving`), or how a backend is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rehearsal_harness.serving.bench import Bench


def routes(bench: Bench) -> list[tuple[str, object]]:
    """Falcon's path templates and the resources behind them."""
    from rehearsal_harness.serving.control.api import ADDRESSES, BASE, Resource
    from rehearsal_harness.serving.control.looks import Looks
    from rehearsal_harness.serving.control.page import Do, File, Page, Sections
    from rehearsal_harness.serving.control.panel import Panel
    from rehearsal_harness.serving.control.stream import Stream

    panel = Panel(bench)
    looks = Looks(panel)
    return [
        ("/", Page(looks)),
        ("/control/sections", Sections(looks)),
        ("/control/stream", Stream(panel)),
        ("/control/do", Do(panel)),
        ("/control/control.css", File("control.css", "text/css; charset=utf-8")),
        ("/control/control.js", File("control.js", "text/javascript; charset=utf-8")),
        *((BASE + each.path, Resource(panel, each)) for each in ADDRESSES),
    ]

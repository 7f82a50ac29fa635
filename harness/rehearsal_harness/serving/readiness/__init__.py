"""The gate's page inside a running bench: is each served backend ready, and what have people decided?

Decides: the addresses.  Does not know rules (`core.gate`), how inputs are found (`gate`), or how the page
looks (`reports.gate_page`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rehearsal_harness.serving.bench import Bench


def routes(bench: Bench) -> list[tuple[str, object]]:
    """Falcon's path templates and the resources behind them."""
    from rehearsal_harness.serving.readiness.pages import Decide, List, Readiness, Rehearse

    return [
        ("/readiness", List(bench)),
        ("/readiness/{service}", Readiness(bench)),
        ("/readiness/{service}/decisions", Decide(bench)),
        ("/readiness/{service}/rehearsal", Rehearse(bench)),
    ]

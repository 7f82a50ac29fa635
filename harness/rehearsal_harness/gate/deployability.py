"""Write the verdict where a server reads it: `deployability.status`.

Decides the two words that a server knows, and that the file is written whole or not at all.  Does not decide
the verdict; whatever is not GO closes, and only a live gate opens.
"""

from __future__ import annotations

from pathlib import Path

from rehearsal_harness.core.gate import GateVerdict
from rehearsal_harness.whole_files import READABLE, write_whole

NO_GO = "NO_GO_LIVE_MONEY"
GO = "GO_LIVE_MONEY"


def status_of(verdict: GateVerdict, mode: str) -> str:
    """A test gate says nothing about live money, so it opens none."""
    return GO if verdict is GateVerdict.GO and mode == "live" else NO_GO


def write_status(place: Path, status: str) -> None:
    """`{"deployability": {"status": …}}`, readable by the server whoever runs it; raises OSError."""
    write_whole(place, f'{{"deployability": {{"status": "{status}"}}}}\n'.encode(), READABLE)

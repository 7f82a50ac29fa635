"""The product waits briefly for others, its tests do not: on a busy machine they would judge the machine.

Decides: which limits are lifted.  A test about a limit sets its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from rehearsal_harness.gate import at_stripe, hosted, live
from rehearsal_harness.serving import sender
from rehearsal_harness.serving.control import desk

LONG_S = 120
LIMITS = (
    *((each, "TIMEOUT_S") for each in (at_stripe, hosted, live, sender)),
    *((at_stripe, "_CALL_S"), (hosted, "_READ_S"), (live, "_READ_S")),
    (desk, "PATIENCE_S"),
)


@contextmanager
def patience() -> Iterator[None]:
    """Nothing is given up for being slow."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name in LIMITS:
            assert hasattr(module, name)
            patch.setattr(module, name, LONG_S)
        yield

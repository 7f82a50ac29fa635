"""What every test of the harness may use."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

# The helpers of the core's tests (`worlds`, `conformance`) serve the tests of its edges too.
sys.path.insert(0, str(Path(__file__).parent / "core"))

import conformance


@pytest.fixture(name="conforms")
def _conforms() -> Callable[[dict[str, Any]], None]:
    """Fails unless Stripe's schemas and the SDK's types accept this object or event."""

    def check(rendered: dict[str, Any]) -> None:
        assert conformance.problems(rendered) == []

    return check

"""Ids look like Stripe's and follow from seed, kind and natural key."""

from __future__ import annotations

import re

import pytest
from worlds import empty

from rehearsal_harness.core.ids import derive_id
from rehearsal_harness.core.world import Settings


@pytest.mark.parametrize(
    ("prefix", "length"),
    [("cus", 14), ("si", 14), ("sub", 24), ("evt", 24), ("cs_test", 58), ("feat_test", 32)],
)
def test_lengths_are_stripes(prefix: str, length: int) -> None:
    """Letters and digits only, as many as Stripe's own fixtures have."""
    assert re.fullmatch(rf"{prefix}_[A-Za-z0-9]{{{length}}}", derive_id(1, prefix, "key"))


def test_equal_inputs_give_equal_ids() -> None:
    """This very id in every process, whatever its hash seed."""
    assert derive_id(1, "req", "a") == "req_5rcKpDLyDiVnFg"


@pytest.mark.parametrize("other", [(2, "sub", "a"), (1, "in", "a"), (1, "sub", "b")])
def test_other_inputs_give_other_ids(other: tuple[int, str, str]) -> None:
    """Seed, kind and key all count."""
    assert derive_id(*other).split("_")[1] != derive_id(1, "sub", "a").split("_")[1]


@pytest.mark.parametrize(("livemode", "prefix"), [(False, "cs_test_a1"), (True, "cs_live_a1")])
def test_session_ids_say_their_mode(livemode: bool, prefix: str) -> None:
    """Of most ids the mode cannot be seen; of these it can."""
    world = empty(settings=Settings(livemode=livemode))

    assert world.derive_id("cs", "x").startswith(prefix)

"""A crash of the simulated Stripe is ours."""

from __future__ import annotations

import pytest
from rehearsal_harness.stripe_api import client, wire
from rehearsal_harness.stripe_api.holder import Holder
from worlds import empty


def test_no_handler_can_take_our_crash_for_its_own_500(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backend that catches every Exception still lets a crash of the simulated Stripe through."""

    def crash(*_: object) -> None:
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.setattr(wire, "handle", crash)
    stripe = client.stripe_client(Holder(empty()))

    with pytest.raises(client.SimulationBroken, match="a bug of ours"):
        try:
            stripe.v1.customers.retrieve("cus_0")
        except Exception:  # what a careless backend does
            pytest.fail("the backend caught our crash")

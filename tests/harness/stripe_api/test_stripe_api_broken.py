"""A crash of the simulated Stripe is ours."""

from __future__ import annotations

import pytest
import stripe
from worlds import empty

from rehearsal_harness.stripe_api import client, wire
from rehearsal_harness.stripe_api.holder import Holder


def careless_backend(api: stripe.StripeClient) -> int:
    """Answers 500 to whatever goes wrong."""
    try:
        api.v1.customers.retrieve("cus_0")
    except Exception:
        return 500
    return 200


def test_no_handler_can_take_our_crash_for_its_own_500(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backend that catches every Exception still lets a crash of the simulated Stripe through."""

    def crash(*_: object) -> None:
        raise ZeroDivisionError("a bug of ours")

    monkeypatch.setattr(wire, "handle", crash)

    with pytest.raises(client.SimulationBroken, match="a bug of ours"):
        careless_backend(client.stripe_client(Holder(empty())))

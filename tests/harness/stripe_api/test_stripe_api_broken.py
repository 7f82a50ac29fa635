"""A crash of the simulated Stripe is ours."""

from __future__ import annotations

import logging

import pytest
import requests
import stripe
from edges import KEY, through_loopback
from worlds import empty

from rehearsal_harness.stripe_api import client, holder
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

    monkeypatch.setattr(holder, "handle", crash)

    with pytest.raises(client.SimulationBroken, match="a bug of ours"):
        careless_backend(client.stripe_client(Holder(empty())))


def test_a_crash_on_a_socket_is_a_500_in_stripes_shape(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The client sees an api_error, the log has the traceback."""

    def crash(*_: object) -> None:
        raise ZeroDivisionError("a bug of ours")

    caplog.set_level(logging.ERROR, "rehearsal_harness")
    monkeypatch.setattr(holder, "handle", crash)
    with through_loopback(Holder(empty())) as address:
        answer = requests.get(f"{address}/v1/customers", auth=(KEY, ""), timeout=120)

    assert (answer.status_code, answer.json()["error"]["type"]) == (500, "api_error")
    assert "a bug of ours" not in answer.text
    assert "a bug of ours" in caplog.text


def test_a_body_of_ten_megabytes_is_refused() -> None:
    """413 in Stripe's shape."""
    with through_loopback(Holder(empty())) as address:
        body = "name=" + "a" * 10_000_000
        answer = requests.post(f"{address}/v1/customers", data=body, auth=(KEY, ""), timeout=120)

    assert answer.status_code == 413
    assert "too large" in answer.json()["error"]["message"]

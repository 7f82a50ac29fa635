"""Metered prices and usage, as the official SDK sees them."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from edges import SUCCESS_URL, Account
from worlds import START

from rehearsal_harness.core.actions import Advance, CompleteCheckout
from rehearsal_harness.core.calendar import HOUR_S


def _meter(account: Account, **fields: Any) -> Any:
    return account.stripe.v1.billing.meters.create(
        {
            "display_name": "Traffic",
            "event_name": "traffic",
            "default_aggregation": {"formula": "sum"},
            **fields,
        }
    )


def _metered(account: Account) -> Any:
    recurring = {"interval": "month", "usage_type": "metered", "meter": _meter(account).id}
    return account.price(recurring=recurring, unit_amount=3)


def test_usage_is_told_and_paid(any_account: Account) -> None:
    """A line without quantity, a free start, and what was used a month later."""
    client = any_account.stripe
    line = {"price": _metered(any_account).id}
    session = client.v1.checkout.sessions.create(
        {"mode": "subscription", "line_items": [line], "success_url": SUCCESS_URL}
    )
    any_account.do(CompleteCheckout(session.id))
    subscription = client.v1.subscriptions.list().data[0]
    told = client.v1.billing.meter_events.create(
        {
            "event_name": "traffic",
            "payload": {"stripe_customer_id": subscription.customer, "value": "250"},
            "identifier": "day-1",
        }
    )
    any_account.do(Advance(subscription["items"].data[0].current_period_end + HOUR_S))

    assert (told.identifier, told.timestamp) == ("day-1", START)
    assert [each.total for each in client.v1.invoices.list().data] == [750, 0]


def test_meters_are_listed(account: Account) -> None:
    """And found by their ids; each event name has one."""
    made = _meter(account)

    assert account.stripe.v1.billing.meters.retrieve(made.id).event_name == "traffic"
    assert [each.id for each in account.stripe.v1.billing.meters.list().data] == [made.id]
    with pytest.raises(stripe.InvalidRequestError, match="already exists for event_name"):
        _meter(account)


@pytest.mark.parametrize(
    ("recurring", "words"),
    [
        ({"usage_type": "metered"}, "must be backed by a meter"),
        ({"usage_type": "metered", "meter": "mtr_0"}, "No such billing.meter"),
        ({"meter": "mtr_0"}, "only be set when"),
    ],
)
def test_a_metered_price_has_a_meter(account: Account, recurring: dict[str, Any], words: str) -> None:
    """And no other price has one."""
    with pytest.raises(stripe.InvalidRequestError, match=words):
        account.price(recurring={"interval": "month", **recurring})


def test_a_metered_line_has_no_quantity(account: Account) -> None:
    """It is refused by name, and so is a line of any other price without one."""
    with pytest.raises(stripe.InvalidRequestError, match="Quantity should not be specified") as refused:
        account.session(price=_metered(account).id)
    assert refused.value.param == "line_items[0][quantity]"
    with pytest.raises(stripe.InvalidRequestError, match="Missing required param"):
        account.session(line_items=[{"price": account.price().id}])


@pytest.mark.parametrize(
    ("fields", "param", "words"),
    [
        ({"event_name": "nope"}, "event_name", "No active meter found"),
        ({"payload": {"value": "1"}}, "payload[stripe_customer_id]", "Missing"),
        (
            {"payload": {"stripe_customer_id": "cus_0", "value": "1"}},
            "payload[stripe_customer_id]",
            "No such",
        ),
        ({"timestamp": START + 301}, "timestamp", "5 minutes in the future"),
        ({"timestamp": START - 35 * 86400 - 1}, "timestamp", "past 35 days"),
    ],
)
def test_wrong_usage_is_refused_by_name(
    account: Account, fields: dict[str, Any], param: str, words: str
) -> None:
    """Nothing is counted."""
    _meter(account)
    with pytest.raises(stripe.InvalidRequestError, match=words) as refused:
        account.stripe.v1.billing.meter_events.create(
            {"event_name": "traffic", "payload": {"value": "1"}, **fields}  # type: ignore[typeddict-item]
        )

    assert refused.value.param == param
    assert len(account.holder.world.meter_events) == 0


def test_usage_counts_once(account: Account) -> None:
    """The same identifier again is refused, and usage that is no number too."""
    _meter(account)
    customer = account.stripe.v1.customers.create({"email": "ada@example.com"}).id
    tell = account.stripe.v1.billing.meter_events.create
    payload = {"stripe_customer_id": customer, "value": "1"}
    tell({"event_name": "traffic", "payload": payload, "identifier": "a"})

    with pytest.raises(stripe.InvalidRequestError, match="already exists with identifier a"):
        tell({"event_name": "traffic", "payload": payload, "identifier": "a"})
    with pytest.raises(stripe.InvalidRequestError, match="Invalid integer: lots"):
        tell({"event_name": "traffic", "payload": {**payload, "value": "lots"}})

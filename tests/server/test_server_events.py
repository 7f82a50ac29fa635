"""What an event leaves: one row, or a refusal that names the field."""

from __future__ import annotations

import json
from typing import Any

import pytest
from stripe_says import (
    METADATA,
    MONTH_S,
    NOW,
    completed,
    event,
    invoice,
    paid,
    session,
    subscription,
    updated,
)

from rehearsal_server.events import read_event, read_event_text
from rehearsal_server.facts import Row
from rehearsal_server.shape import NotJsonError, ShapeError

ALL = frozenset(
    {
        "checkout.session.completed",
        "invoice.paid",
        "invoice.payment_failed",
        "customer.subscription.created",
        "customer.subscription.updated",
        "customer.subscription.deleted",
    }
)


def row_of(told: dict[str, Any]) -> Row:
    row = read_event(told, ALL).row
    assert row is not None
    return row


def test_a_subscription_event_says_what_was_and_what_is() -> None:
    """previous_attributes undo the fields that access uses."""
    row = row_of(updated("evt_1", subscription("past_due"), {"status": "active"}))
    same = {"cancel_at": None, "ended_at": None, "price_ids": []}
    assert json.loads(row.fields) == {"status": "past_due", **same}
    assert json.loads(row.undone or "") == {"status": "active", **same}
    assert (row.object_id, row.subscription, row.customer, row.device) == (
        "sub_1",
        "sub_1",
        "cus_1",
        "device-1",
    )


def test_a_change_that_access_does_not_use_undoes_nothing() -> None:
    """The row stands, before and after alike."""
    row = row_of(updated("evt_1", subscription(), {"default_payment_method": None}))
    assert row.undone == row.fields


def test_without_previous_attributes_nothing_is_said_of_before() -> None:
    """A created subscription was nothing."""
    assert row_of(event("evt_1", "customer.subscription.created", subscription())).undone is None


def test_cancel_at_period_end_means_the_end_of_the_latest_item_period() -> None:
    """Classic billing sets the boolean, flexible billing sets cancel_at: the row says the same."""
    items = {"object": "list", "data": [{"current_period_end": NOW + 5}, {"current_period_end": NOW + 9}]}
    classic = subscription(cancel_at_period_end=True, items=items)
    previous = {"cancel_at_period_end": False}
    row = row_of(updated("evt_1", classic, previous))
    assert json.loads(row.fields)["cancel_at"] == NOW + 9
    assert json.loads(row.undone or "")["cancel_at"] is None
    assert row.fields == row_of(updated("evt_2", subscription(cancel_at=NOW + 9), {"cancel_at": None})).fields


def test_the_period_before_is_in_the_whole_old_array() -> None:
    """An array that changed is told whole in previous_attributes."""
    after = subscription(cancel_at_period_end=True)
    previous = {"items": {"data": [{"id": "si_1", "current_period_end": NOW}]}}
    assert json.loads(row_of(updated("evt_1", after, previous)).undone or "")["cancel_at"] == NOW


def test_an_invoice_says_how_far_it_pays() -> None:
    """The subscription is found under parent, or in the older place."""
    row = row_of(paid())
    assert json.loads(row.fields) == {"paid": True, "period_end": NOW + MONTH_S}
    assert (row.object_id, row.subscription, row.device) == ("in_1", "sub_1", "device-1")
    old = event("evt_1", "invoice.paid", invoice(parent=None, subscription="sub_1"))
    assert row_of(old).subscription == "sub_1"


def test_a_failed_payment_pays_nothing() -> None:
    """Whatever period the invoice is for."""
    told = event("evt_1", "invoice.payment_failed", invoice())
    assert json.loads(row_of(told).fields)["paid"] is False


@pytest.mark.parametrize("lines", [None, {"object": "list", "data": []}], ids=["absent", "empty"])
def test_an_invoice_without_lines_pays_no_period(lines: Any) -> None:
    """It is paid all the same."""
    told = event("evt_1", "invoice.paid", invoice(lines=lines))
    assert json.loads(row_of(told).fields) == {"paid": True, "period_end": None}


@pytest.mark.parametrize(
    ("made", "through"),
    [(NOW, NOW + MONTH_S), (NOW + MONTH_S, NOW + MONTH_S + 31 * 86_400)],
    ids=["ahead, paid late", "usage"],
)
def test_usage_that_is_paid_is_trusted_for_another_month(made: int, through: int) -> None:
    """An invoice made when its period was over is one for usage; one made before pays its period, if late."""
    late = event("evt_1", "invoice.paid", invoice(created=made), created=NOW + 2 * MONTH_S)
    assert json.loads(row_of(late).fields)["period_end"] == through


def test_a_proration_pays_for_its_own_time() -> None:
    """Though it waits for the next invoice, as usage does."""
    told = invoice(created=NOW + MONTH_S)
    told["lines"]["data"][0]["parent"] = {"invoice_item_details": {"proration": True}}
    row = row_of(event("evt_1", "invoice.paid", told, created=NOW + MONTH_S))
    assert json.loads(row.fields)["period_end"] == NOW + MONTH_S


def test_an_invoice_of_no_subscription_leaves_no_row() -> None:
    """It has no bearing on access."""
    assert read_event(event("evt_1", "invoice.paid", invoice(parent=None)), ALL).row is None


@pytest.mark.parametrize(
    ("payment_status", "is_paid"), [("paid", True), ("no_payment_required", True), ("unpaid", False)]
)
def test_a_completed_session_need_not_be_paid(payment_status: str, is_paid: bool) -> None:
    """Delayed payment methods complete unpaid."""
    row = row_of(event("evt_1", "checkout.session.completed", session(payment_status)))
    assert json.loads(row.fields) == {"paid": is_paid}


def test_a_type_that_is_not_wanted_leaves_no_row_whatever_its_shape() -> None:
    """Its object is not even looked at."""
    told = event("evt_1", "customer.subscription.created", {"status": 7})
    assert read_event(told, frozenset({"invoice.paid"})).row is None


HUGE = 10**400
MISSHAPEN: dict[str, Any] = {
    "a list": [],
    "a string": "event",
    "null": None,
    "a number": 7,
    "nothing": {},
    "thin": {
        "id": "evt_1",
        "object": "v2.core.event",
        "type": "v1.invoice.paid",
        "created": "2026-06-01T00:00:00Z",
    },
    "no id": event("", "invoice.paid", invoice()),
    "an id that is a number": {**paid(), "id": 7},
    "an id that is too long": {**paid(), "id": "e" * 256},
    "an id that no database can store": {**paid(), "id": "evt_\ud800"},
    "no type": {**paid(), "type": None},
    "no created": {**paid(), "created": None},
    "created is text": {**paid(), "created": "1780272000"},
    "created is true": {**paid(), "created": True},
    "created is a fraction": {**paid(), "created": 1.5},
    "created is negative": {**paid(), "created": -1},
    "created is huge": {**paid(), "created": HUGE},
    "livemode is text": {**paid(), "livemode": "false"},
    "account is a number": {**paid(), "account": 7},
    "no data": {**paid(), "data": None},
    "data is a list": {**paid(), "data": []},
    "object is null": {**paid(), "data": {"object": None}},
    "object is a list": {**paid(), "data": {"object": [invoice()]}},
    "invoice without id": event("evt_1", "invoice.paid", invoice(id=None)),
    "invoice without customer": event("evt_1", "invoice.paid", invoice(customer=None)),
    "invoice with an expanded customer": event("evt_1", "invoice.paid", invoice(customer={"id": "cus_1"})),
    "parent is a list": event("evt_1", "invoice.paid", invoice(parent=[1])),
    "lines are a list": event("evt_1", "invoice.paid", invoice(lines=[1])),
    "a line is null": event("evt_1", "invoice.paid", invoice(lines={"data": [None]})),
    "a line without period": event("evt_1", "invoice.paid", invoice(lines={"data": [{"id": "il_1"}]})),
    "a period that is text": event(
        "evt_1", "invoice.paid", invoice(lines={"data": [{"period": {"end": "x"}}]})
    ),
    "status is a number": updated("evt_1", subscription(status=7), {}),
    "status is missing": updated("evt_1", {**subscription(), "status": None}, {}),
    "cancel_at is text": updated("evt_1", subscription(cancel_at="soon"), {}),
    "cancel_at is huge": updated("evt_1", subscription(cancel_at=HUGE), {}),
    "cancel_at_period_end is text": updated("evt_1", subscription(cancel_at_period_end="yes"), {}),
    "cancel_at_period_end without period": updated(
        "evt_1", subscription(cancel_at_period_end=True, items=None), {}
    ),
    "items are a number": updated("evt_1", subscription(cancel_at_period_end=True, items=7), {}),
    "metadata is a list": updated("evt_1", subscription(metadata=["device_id"]), {}),
    "device_id is an object": updated("evt_1", subscription(metadata={"device_id": {}}), {}),
    "previous_attributes is a list": updated("evt_1", subscription(), ["status"]),  # type: ignore[arg-type]
    "previous status is null": updated("evt_1", subscription(), {"status": None}),
    "deleted but active": event("evt_1", "customer.subscription.deleted", subscription("active")),
    "deleted without status": event(
        "evt_1", "customer.subscription.deleted", {"id": "sub_1", "customer": "cus_1"}
    ),
    "payment_status is missing": event("evt_1", "checkout.session.completed", session(payment_status=None)),
    "session subscription is an object": event(
        "evt_1", "checkout.session.completed", session(subscription={})
    ),
}


@pytest.mark.parametrize("told", MISSHAPEN.values(), ids=MISSHAPEN)
def test_a_misshapen_event_is_refused_by_name(told: Any) -> None:
    """With ShapeError, and with nothing else, whatever is wrong."""
    with pytest.raises(ShapeError):
        read_event(told, ALL)


@pytest.mark.parametrize(
    "text",
    ["", " ", "{", "nul", "\ufeff{}", '{"a": NaN}', '{"a": -Infinity}', "[" * 100_000, "1" * 5_000, "{} {}"],
    ids=["empty", "blank", "cut", "word", "byte order mark", "NaN", "Infinity", "deep", "long number", "two"],
)
def test_what_is_not_json_is_refused(text: str) -> None:
    """Also what Python's own reader would let pass."""
    with pytest.raises(NotJsonError):
        read_event_text(text, ALL)


def test_another_account_is_named() -> None:
    """By `account` (Connect) or by `context` (an organisation)."""
    assert read_event({**completed(), "account": "acct_2"}, ALL).account == "acct_2"
    assert read_event({**completed(), "context": "acct_3"}, ALL).account == "acct_3"


def test_the_device_comes_from_our_metadata() -> None:
    """And is None where Stripe knows none; the e-mail address links nobody."""
    without = {key: value for key, value in METADATA.items() if key != "device_id"}
    assert row_of(event("evt_1", "checkout.session.completed", session(metadata=without))).device is None


@pytest.mark.parametrize(
    "device", ["", "d" * 256, "line\nbreak", "\ud800"], ids=["empty", "long", "two lines", "half"]
)
def test_a_device_id_that_is_not_ours_links_nobody(device: str) -> None:
    """Metadata is free text; what somebody else wrote there must not cost a customer the event."""
    assert (
        row_of(event("evt_1", "checkout.session.completed", session(metadata={"device_id": device}))).device
        is None
    )

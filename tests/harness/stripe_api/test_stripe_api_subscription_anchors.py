"""Subscriptions that renew on a day of the merchant's choice, as the official SDK sees them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe
from edges import Account
from test_stripe_api_subscribing import subscribe
from worlds import START

from rehearsal_harness.core.actions import Advance
from rehearsal_harness.core.calendar import DAY_S, HOUR_S

ANCHOR = START + 15 * DAY_S  # 2026-01-16; the month before it has 31 days


def totals(account: Account) -> list[int]:
    """What the invoices are over, the newest first."""
    return [each.total for each in account.stripe.v1.invoices.list().data]


def test_the_time_until_the_anchor_is_a_share_of_a_period(account: Account) -> None:
    """Of the month that ends there; then whole months follow."""
    half = account.stripe.v1.coupons.create({"percent_off": 50, "duration": "forever"}).id
    begun = subscribe(account, billing_cycle_anchor=ANCHOR, discounts=[{"coupon": half}])
    item = begun["items"].data[0]
    assert (begun.status, begun.billing_cycle_anchor) == ("active", ANCHOR)
    assert (item.current_period_start, item.current_period_end) == (START, ANCHOR)
    preview = account.stripe.v1.invoices.create_preview({"subscription": begun.id})
    account.do(Advance(ANCHOR + HOUR_S))
    assert totals(account) == [600, 290] == [preview.total, round(1200 * 15 / 31 / 2)]
    account.do(Advance(ANCHOR + 31 * DAY_S + HOUR_S))
    assert totals(account) == [600, 600, 290]


def test_the_time_until_the_anchor_may_be_free(account: Account) -> None:
    """Without an invoice over nothing, and without a payment method asked for."""
    begun = subscribe(account, billing_cycle_anchor=ANCHOR, proration_behavior="none")
    assert (begun.status, begun.latest_invoice, totals(account)) == ("active", None, [])
    account.do(Advance(ANCHOR + HOUR_S))
    assert totals(account) == [1200]


def test_a_change_before_the_anchor_is_a_share_of_the_same_period(account: Account) -> None:
    """Back comes what was paid for the days that are left, and the new price counts for them."""
    begun = subscribe(account, billing_cycle_anchor=ANCHOR)
    account.do(Advance(START + 5 * DAY_S))
    item: Any = {"id": begun["items"].data[0].id, "price": account.price(unit_amount=2400).id}
    account.stripe.v1.subscriptions.update(begun.id, {"items": [item]})
    waiting = account.stripe.v1.invoice_items.list({"pending": True}).data
    assert [each.amount for each in waiting] == [round(2400 * 10 / 31), -round(1200 * 10 / 31)]


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"day_of_month": 20}, "2026-01-20T00:00:00"),
        ({"day_of_month": 1}, "2026-02-01T00:00:00"),
        ({"day_of_month": 1, "hour": 8, "minute": 30}, "2026-01-01T08:30:00"),
    ],
)
def test_the_anchor_may_be_a_day(account: Account, config: dict[str, int], expected: str) -> None:
    """The next such day; the time of day that is not given is that of the creation."""
    begun = subscribe(account, billing_cycle_anchor_config=config)
    assert datetime.fromtimestamp(begun.billing_cycle_anchor, UTC).isoformat()[:19] == expected
    kept = begun.billing_cycle_anchor_config
    assert (kept.day_of_month, kept.hour, kept.month) == (config["day_of_month"], config.get("hour"), None)


def test_a_year_may_begin_in_a_month(account: Account) -> None:
    """The share is one of the year before it."""
    yearly = account.price(unit_amount=36500, recurring={"interval": "year"}).id
    config = {"day_of_month": 1, "month": 4}
    begun = subscribe(account, items=[{"price": yearly}], billing_cycle_anchor_config=config)
    assert datetime.fromtimestamp(begun.billing_cycle_anchor, UTC).date().isoformat() == "2026-04-01"
    assert totals(account) == [9000]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"billing_cycle_anchor": START}, "in the future"),
        ({"billing_cycle_anchor": START + 32 * DAY_S}, "next natural billing date"),
        ({"billing_cycle_anchor": ANCHOR, "trial_period_days": 7}, "does not simulate"),
        (
            {"billing_cycle_anchor": ANCHOR, "billing_cycle_anchor_config": {"day_of_month": 1}},
            "only specify one",
        ),
        ({"billing_cycle_anchor_config": {"day_of_month": 32}}, "less than or equal to 31"),
    ],
)
def test_an_anchor_that_cannot_be(account: Account, fields: dict[str, Any], words: str) -> None:
    """Past, too late, after a trial, or said twice."""
    with pytest.raises(stripe.InvalidRequestError, match=words):
        subscribe(account, **fields)


def test_an_anchor_set_to_now_forgets_the_day(account: Account) -> None:
    """The configuration says nothing about it any more."""
    begun = subscribe(account, billing_cycle_anchor_config={"day_of_month": 20})
    after = account.stripe.v1.subscriptions.update(begun.id, {"billing_cycle_anchor": {"type": "now"}})
    assert (after.billing_cycle_anchor, after.billing_cycle_anchor_config) == (START, None)

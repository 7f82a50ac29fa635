"""What coupons and codes do to checkouts, and payment methods that are only set up, seen through the SDK."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from edges import Account

from rehearsal_harness.core.actions import Advance, CompleteCheckout
from rehearsal_harness.core.calendar import HOUR_S


def coupon(account: Account, **fields: Any) -> str:
    """A coupon of half the price, once."""
    return account.stripe.v1.coupons.create({"percent_off": 50, **fields}).id


def test_a_checkout_takes_the_coupon_off(account: Account) -> None:
    """The page asks for less, the subscription has the discount, its invoice says so."""
    half = coupon(account, duration="forever")
    session = account.session(discounts=[{"coupon": half}])
    assert (session.amount_subtotal, session.amount_total) == (1200, 600)
    assert session.total_details.amount_discount == 600
    assert session.discounts[0].coupon == half
    (line,) = account.stripe.v1.checkout.sessions.line_items.list(session.id).data
    assert (line.amount_subtotal, line.amount_discount, line.amount_total) == (1200, 600, 600)

    account.do(CompleteCheckout(session.id))
    (subscription,) = account.stripe.v1.subscriptions.list({"expand": ["data.discounts"]}).data
    assert subscription.discounts[0].source.coupon == half
    (invoice,) = account.stripe.v1.invoices.list().data
    assert (invoice.subtotal, invoice.total, invoice.amount_paid) == (1200, 600, 600)
    assert "customer.discount.created" in [event.type for event in account.holder.world.events]


@pytest.mark.parametrize(
    ("duration", "second", "fourth"),
    [
        ({"duration": "once"}, 1200, 1200),
        ({"duration": "forever"}, 600, 600),
        ({"duration": "repeating", "duration_in_months": 3}, 600, 1200),
    ],
)
def test_how_long_a_discount_lasts(account: Account, duration: Any, second: int, fourth: int) -> None:
    """One invoice, every invoice, or those of so many months."""
    account.do(CompleteCheckout(account.session(discounts=[{"coupon": coupon(account, **duration)}]).id))
    totals = []
    for _ in range(3):
        subscription = next(iter(account.holder.world.subscriptions))
        account.do(Advance(subscription.current_period_end + HOUR_S))
        totals.append(next(account.holder.world.invoices.newest_first()).total)

    assert (totals[0], totals[2]) == (second, fourth)


def test_a_coupon_that_takes_everything_needs_no_money(account: Account) -> None:
    """The card is kept; the first invoice is over nothing."""
    account.do(CompleteCheckout(account.session(discounts=[{"coupon": coupon(account, percent_off=100)}]).id))
    (invoice,) = account.stripe.v1.invoices.list().data
    assert (invoice.total, invoice.status) == (0, "paid")
    assert list(account.holder.world.charges) == []


def test_what_is_not_active_cannot_be_used(account: Account) -> None:
    """Used up, switched off, for somebody else, or for a larger order."""
    once = coupon(account, max_redemptions=1)
    account.do(CompleteCheckout(account.session(discounts=[{"coupon": once}]).id))
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.session(discounts=[{"coupon": once}])
    assert (refused.value.code, refused.value.param) == ("coupon_expired", "discounts[0][coupon]")

    code: Any = {"promotion": {"type": "coupon", "coupon": coupon(account)}}
    large = {"restrictions": {"minimum_amount": 5000, "minimum_amount_currency": "usd"}}
    for fields in ({"active": False}, {"customer": account.stripe.v1.customers.create().id}, large):
        made = account.stripe.v1.promotion_codes.create({**code, **fields})
        with pytest.raises(stripe.InvalidRequestError, match="promotion code"):
            account.session(discounts=[{"promotion_code": made.id}])


def test_a_discount_can_be_taken_away(account: Account) -> None:
    """From the subscription; the next invoice is whole again."""
    half = coupon(account, duration="forever")
    account.do(CompleteCheckout(account.session(discounts=[{"coupon": half}]).id))
    subscription = account.stripe.v1.subscriptions.list().data[0].id
    gone = account.stripe.v1.subscriptions.delete_discount(subscription)
    assert gone.deleted
    assert account.stripe.v1.subscriptions.retrieve(subscription).discounts == []
    with pytest.raises(stripe.InvalidRequestError, match="No such discount"):
        account.stripe.v1.subscriptions.delete_discount(subscription)

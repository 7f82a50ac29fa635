"""Updates of a subscription that move its period or its discounts, as the official SDK sees them."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from edges import Account
from test_stripe_api_subscribing import customer, subscribe
from worlds import START

from rehearsal_harness.core.actions import Advance
from rehearsal_harness.core.calendar import DAY_S, HOUR_S

HALF_S = 31 * DAY_S // 2


def update(account: Account, subscription: Any, **fields: Any) -> Any:
    """The subscription after an update, with its latest invoice whole."""
    sent: Any = {**fields, "expand": ["latest_invoice"]}
    return account.stripe.v1.subscriptions.update(subscription.id, sent)


def preview(account: Account, subscription: Any, *, discounts: Any = None, **details: Any) -> Any:
    """What Stripe says that an update will bill."""
    sent: Any = {"subscription": subscription.id, "subscription_details": details}
    if discounts is not None:
        sent["discounts"] = discounts
    return account.stripe.v1.invoices.create_preview(sent)


def amounts(invoice: Any) -> list[int]:
    """The amounts of its lines."""
    return [line.amount for line in invoice.lines.data]


def to_year(account: Account, subscription: Any, cents: int = 12000) -> Any:
    """Its item at a yearly price."""
    yearly = account.price(unit_amount=cents, recurring={"interval": "year"}).id
    return [{"id": subscription["items"].data[0].id, "price": yearly}]


def test_a_year_is_paid_at_once(account: Account) -> None:
    """From now on, less what the month has left; the preview said so."""
    begun = subscribe(account)
    account.do(Advance(START + HALF_S))
    items = to_year(account, begun)
    said = preview(account, begun, items=items)
    after = update(account, begun, items=items)
    invoice = after.latest_invoice

    assert amounts(said) == amounts(invoice) == [12000, -600]
    assert (said.total, invoice.amount_paid) == (11400, 11400)
    assert after.billing_cycle_anchor == START + HALF_S
    assert after["items"].data[0].current_period_end == START + HALF_S + 365 * DAY_S


def test_a_year_without_prorations_is_paid_whole(account: Account) -> None:
    """Nothing of the month comes back."""
    begun = subscribe(account)
    after = update(account, begun, items=to_year(account, begun), proration_behavior="none")
    assert after.latest_invoice.amount_paid == 12000


def test_an_interval_changes_in_the_second_of_the_beginning(account: Account) -> None:
    """The first invoice stays what it was; the second is another."""
    begun = subscribe(account)
    after = update(account, begun, items=to_year(account, begun))
    assert after.latest_invoice.id != begun.latest_invoice
    assert [each.total for each in account.stripe.v1.invoices.list().data] == [10800, 1200]


def test_a_trial_ends_in_the_second_it_began(account: Account) -> None:
    """Its own invoice over nothing stays beside the one that is paid."""
    begun = subscribe(account, trial_period_days=7)
    after = update(account, begun, trial_end="now")
    assert (after.status, after.latest_invoice.amount_paid) == ("active", 1200)
    assert [each.total for each in account.stripe.v1.invoices.list().data] == [1200, 0]


def test_a_trial_ends_with_a_change_of_plan(account: Account) -> None:
    """One request, one invoice of the new price."""
    begun = subscribe(account, trial_period_days=7)
    item: Any = {"id": begun["items"].data[0].id, "price": account.price(unit_amount=2400).id}
    said = preview(account, begun, items=[item], trial_end="now")
    after = update(account, begun, items=[item], trial_end="now")
    assert (after.status, after.latest_invoice.amount_paid, said.total) == ("active", 2400, 2400)


def test_an_anchor_that_is_now_begins_a_new_period(account: Account) -> None:
    """It is paid at once, less the rest of the old one; `unchanged` changes nothing."""
    begun = subscribe(account)
    account.do(Advance(START + HALF_S))
    same = update(account, begun, billing_cycle_anchor={"type": "unchanged"})
    assert same.billing_cycle_anchor == START
    said = preview(account, begun, billing_cycle_anchor={"type": "now"})
    after = update(account, begun, billing_cycle_anchor={"type": "now"})
    assert amounts(said) == amounts(after.latest_invoice) == [1200, -600]
    assert (after.billing_cycle_anchor, after.latest_invoice.amount_paid) == (START + HALF_S, 600)


def test_a_trial_may_begin_in_the_middle(account: Account) -> None:
    """Until then nothing is billed; what was paid for the rest comes back with the next invoice."""
    begun = subscribe(account)
    account.do(Advance(START + HALF_S))
    ends = START + 40 * DAY_S
    said = preview(account, begun, trial_end=ends)
    trial = update(account, begun, trial_end=ends)
    assert (trial.status, trial.trial_start, trial.trial_end) == ("trialing", START + HALF_S, ends)
    assert (trial.billing_cycle_anchor, trial["items"].data[0].current_period_end) == (ends, ends)

    account.do(Advance(ends + HOUR_S))
    after = update(account, begun)
    assert (after.status, after.latest_invoice.amount_paid, said.total) == ("active", 600, 600)
    assert amounts(after.latest_invoice) == amounts(said) == [1200, -600]


def test_a_trial_may_last_longer(account: Account) -> None:
    """Another end of it; nothing is prorated, and the notice comes three days before."""
    begun = subscribe(account, trial_period_days=7)
    longer = update(account, begun, trial_end=START + 20 * DAY_S)
    assert (longer.status, longer.trial_start, longer.trial_end) == ("trialing", START, START + 20 * DAY_S)
    account.do(Advance(START + 19 * DAY_S))
    types = [event.type for event in account.holder.world.events]
    assert types.count("customer.subscription.trial_will_end") == 1
    assert account.stripe.v1.subscriptions.retrieve(begun.id).status == "trialing"
    with pytest.raises(stripe.InvalidRequestError, match="in the future"):
        update(account, begun, trial_end=START)


def test_discounts_come_and_go(account: Account) -> None:
    """A list stands in place of the old one, naming a discount keeps it, and "" takes all away."""
    begun = subscribe(account)
    coupons = account.stripe.v1.coupons
    half = coupons.create({"percent_off": 50, "duration": "forever"}).id
    tenth = coupons.create({"percent_off": 10, "duration": "forever"}).id

    first = update(account, begun, discounts=[{"coupon": half}])
    both = update(account, begun, discounts=[{"discount": first.discounts[0]}, {"coupon": tenth}])
    assert both.discounts[0] == first.discounts[0]
    assert preview(account, begun).total == 540
    assert preview(account, begun, discounts=[{"coupon": tenth}]).total == 1080
    assert update(account, begun, discounts="").discounts == []
    types = [event.type for event in account.holder.world.events if ".discount." in event.type]
    assert [each.rpartition(".")[2] for each in types] == ["created", "created", "deleted", "deleted"]
    account.do(Advance(START + 32 * DAY_S))
    assert account.stripe.v1.invoices.list().data[0].total == 1200


def test_prorations_know_the_discounts(account: Account) -> None:
    """What comes back is a share of what was paid, what is charged is lowered too; a coupon that counted once
    does not lower it again."""
    for duration, expected in (("forever", [-300, 600]), ("once", [-300, 1200])):
        coupon = account.stripe.v1.coupons.create({"percent_off": 50, "duration": duration}).id  # type: ignore[typeddict-item]
        begun = subscribe(account, discounts=[{"coupon": coupon}])
        half = account.holder.world.now + HALF_S
        item: Any = {"id": begun["items"].data[0].id, "price": account.price(unit_amount=2400).id}
        said = preview(account, begun, items=[item], proration_behavior="always_invoice", proration_date=half)
        after = update(account, begun, items=[item], proration_behavior="always_invoice", proration_date=half)
        assert amounts(said) == amounts(after.latest_invoice) == expected


def test_a_share_counts_from_a_date_in_the_period(account: Account) -> None:
    """And from no other."""
    begun = subscribe(account)
    item: Any = {"id": begun["items"].data[0].id, "quantity": 2}
    update(account, begun, items=[item], proration_date=START + HALF_S)
    waiting = account.stripe.v1.invoice_items.list({"pending": True}).data
    assert [each.amount for each in waiting] == [1200, -600]
    assert {each.period.start for each in waiting} == {START + HALF_S}
    with pytest.raises(stripe.InvalidRequestError, match="within the current period"):
        update(account, begun, items=[item], proration_date=START - 1)


def test_what_was_not_charged_does_not_come_back(account: Account) -> None:
    """A third seat that was added without proration was never paid for."""
    begun = subscribe(account, items=[{"price": account.price().id, "quantity": 2}])
    seats = begun["items"].data[0].id
    update(account, begun, items=[{"id": seats, "quantity": 3}], proration_behavior="none")
    update(account, begun, items=[{"id": seats, "quantity": 4}])
    waiting = account.stripe.v1.invoice_items.list({"pending": True}).data
    assert [each.amount for each in waiting] == [4800, -2400]


def test_a_subscription_may_be_paid_by_hand_from_now_on(account: Account) -> None:
    """The next invoice is sent; and back again."""
    begun = subscribe(account)
    with pytest.raises(stripe.InvalidRequestError, match="days_until_due"):
        update(account, begun, collection_method="send_invoice")
    sent = update(account, begun, collection_method="send_invoice", days_until_due=14)
    assert (sent.collection_method, sent.days_until_due) == ("send_invoice", 14)
    account.do(Advance(START + 31 * DAY_S + HOUR_S))
    invoice = account.stripe.v1.invoices.list().data[0]
    assert (invoice.status, invoice.due_date) == ("open", START + 45 * DAY_S + HOUR_S)
    charged = update(account, begun, collection_method="charge_automatically")
    assert charged.days_until_due is None


def test_a_change_that_must_be_paid_is_not_made(account: Account) -> None:
    """error_if_incomplete: 402, and everything is as it was; pending updates are refused by name."""
    begun = subscribe(account)
    bad = account.stripe.v1.payment_methods.attach(
        "pm_card_chargeCustomerFail", {"customer": begun.customer}
    ).id
    update(account, begun, default_payment_method=bad)
    items = to_year(account, begun)
    before = account.holder.world
    with pytest.raises(stripe.CardError):
        update(account, begun, items=items, payment_behavior="error_if_incomplete")
    assert len(account.holder.world.events) == len(before.events)
    with pytest.raises(stripe.InvalidRequestError, match="does not simulate payment_behavior"):
        update(account, begun, items=items, payment_behavior="pending_if_incomplete")
    assert update(account, begun, items=items).status == "past_due"


def test_further_items_wait_for_the_next_invoice(account: Account) -> None:
    """A fee for the change is on the invoice of the change, where there is one."""
    begun = subscribe(account)
    data = {"product": account.stripe.v1.products.create({"name": "Fee"}).id, "currency": "usd"}
    fee: Any = [{"price_data": {**data, "unit_amount": 300}}]
    update(account, begun, add_invoice_items=fee)
    after = update(account, begun, items=to_year(account, begun), proration_behavior="none")
    assert amounts(after.latest_invoice) == [12000, 300]


def test_what_a_trial_does_without_a_method_can_be_changed(account: Account) -> None:
    """Until it ends."""
    who = customer(account, "")
    begun = subscribe(account, customer=who, trial_period_days=7)
    behavior = {"end_behavior": {"missing_payment_method": "cancel"}}
    after = update(account, begun, trial_settings=behavior)
    assert after.trial_settings.end_behavior.missing_payment_method == "cancel"
    account.do(Advance(START + 7 * DAY_S))
    assert account.stripe.v1.subscriptions.retrieve(begun.id).status == "canceled"


def test_a_method_of_somebody_else_is_refused(account: Account) -> None:
    """As at the beginning."""
    begun = subscribe(account)
    other = account.stripe.v1.customers.retrieve(customer(account)).invoice_settings
    with pytest.raises(stripe.InvalidRequestError, match="does not have a payment method"):
        update(account, begun, default_payment_method=other.default_payment_method)  # type: ignore[union-attr]


def test_another_price_is_for_one_unless_it_says_how_many(account: Account) -> None:
    """Stripe's own trap: the seats must be sent again."""
    begun = subscribe(account, items=[{"price": account.price().id, "quantity": 5}])
    item = {"id": begun["items"].data[0].id, "price": begun["items"].data[0].price.id}
    assert update(account, begun, items=[item])["items"].data[0].quantity == 5
    dearer = {**item, "price": account.price(unit_amount=2400).id}
    assert update(account, begun, items=[dearer])["items"].data[0].quantity == 1
    assert update(account, begun, items=[{**dearer, "quantity": 5}])["items"].data[0].quantity == 5


def test_an_end_may_be_named(account: Account) -> None:
    """The end of the period, from the beginning or later."""
    word: Any = {"cancel_at": "min_period_end"}
    begun = subscribe(account, **word)
    end = begun["items"].data[0].current_period_end
    later = update(account, subscribe(account), cancel_at="max_period_end")
    assert [(each.cancel_at, each.cancel_at_period_end) for each in (begun, later)] == [(end, False)] * 2
    account.do(Advance(end))
    assert account.stripe.v1.subscriptions.retrieve(begun.id).status == "canceled"

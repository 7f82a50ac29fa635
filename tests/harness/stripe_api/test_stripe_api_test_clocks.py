"""Test clocks, as the official SDK sees them: customers whose time is moved by hand."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from edges import Account
from worlds import START

from rehearsal_harness.core.actions import Advance, CompleteCheckout, ReplaceCard
from rehearsal_harness.core.calendar import DAY_S, HOUR_S
from rehearsal_harness.core.cards import Card

FROZEN = START + 400 * DAY_S
MONTH_S = 31 * DAY_S


def _clock(account: Account, frozen_time: int = FROZEN) -> Any:
    return account.stripe.v1.test_helpers.test_clocks.create({"frozen_time": frozen_time, "name": "Renewal"})


def _customer(account: Account, clock: Any) -> Any:
    return account.stripe.v1.customers.create({"email": "ada@example.com", "test_clock": clock.id})


def _subscription(account: Account, customer: Any, price: str = "") -> Any:
    """Of a customer with a good card."""
    account.do(ReplaceCard(customer.id, Card.OK))
    price = price or account.price().id
    return account.stripe.v1.subscriptions.create({"customer": customer.id, "items": [{"price": price}]})


def _advance(account: Account, clock: Any, to: int) -> Any:
    return account.stripe.v1.test_helpers.test_clocks.advance(clock.id, {"frozen_time": to})


def _types(account: Account) -> list[str]:
    return [event.type for event in account.holder.world.events]


def test_a_clock_stands_still_until_it_is_advanced(any_account: Account) -> None:
    """The answer to an advance is `advancing`; whoever asks next is told `ready`."""
    clock = _clock(any_account)
    clocks = any_account.stripe.v1.test_helpers.test_clocks

    answer = _advance(any_account, clock, FROZEN + DAY_S)

    assert (clock.status, clock.frozen_time, clock.name) == ("ready", FROZEN, "Renewal")
    assert clock.deletes_after == clock.created + 30 * DAY_S == START + 30 * DAY_S
    assert (answer.status, answer.frozen_time) == ("advancing", FROZEN)
    assert answer.status_details.advancing.target_frozen_time == FROZEN + DAY_S
    ready = clocks.retrieve(clock.id)
    assert (ready.status, ready.frozen_time, ready.status_details.to_dict()) == ("ready", FROZEN + DAY_S, {})
    assert [each.id for each in clocks.list().data] == [clock.id]
    assert _types(any_account) == [
        "test_helpers.test_clock.created",
        "test_helpers.test_clock.advancing",
        "test_helpers.test_clock.ready",
    ]


def test_whoever_lives_on_a_clock_lives_in_its_time(account: Account) -> None:
    clock = _clock(account)
    customer = _customer(account, clock)
    subscription = _subscription(account, customer)
    invoice = account.stripe.v1.invoices.retrieve(subscription.latest_invoice)

    assert {each.test_clock for each in (customer, subscription, invoice)} == {clock.id}
    assert {each.created for each in (customer, subscription, invoice)} == {FROZEN}
    assert subscription["items"].data[0].current_period_start == FROZEN
    assert account.stripe.v1.products.list().data[0].created == START


def test_a_renewal_comes_with_the_clock_and_not_with_the_accounts_time(account: Account) -> None:
    clock, weekly = _clock(account, START), account.price(recurring={"interval": "week"})
    subscription = _subscription(account, _customer(account, clock), weekly.id)
    account.do(Advance(START + 20 * DAY_S))
    lists = {"subscription": subscription.id}
    assert len(account.stripe.v1.invoices.list(lists).data) == 1

    _advance(account, clock, START + 7 * DAY_S + 2 * HOUR_S)

    newest = account.stripe.v1.invoices.list(lists).data[0]
    assert (newest.billing_reason, newest.status) == ("subscription_cycle", "paid")
    assert newest.created == START + 7 * DAY_S
    renewed = account.holder.world.events[-2]
    assert renewed.created == newest.created + HOUR_S
    assert account.holder.world.now == START + 20 * DAY_S


def test_nobody_else_moves_with_a_clock(account: Account) -> None:
    other = account.stripe.v1.customers.create({"email": "bob@example.com"})
    mine = _subscription(account, other)
    one, two = _clock(account), _clock(account, FROZEN + DAY_S)
    theirs = _subscription(account, _customer(account, two))

    _advance(account, one, FROZEN + MONTH_S)

    for each in (mine, theirs):
        assert len(account.stripe.v1.invoices.list({"subscription": each.id}).data) == 1
    assert other.test_clock is None
    assert mine.created == START


def test_a_checkout_of_such_a_customer_is_in_the_clocks_time(account: Account) -> None:
    clock = _clock(account)
    customer = _customer(account, clock)
    session = account.session(customer=customer.id)
    assert session.created == FROZEN

    account.do(CompleteCheckout(session.id))

    subscription = account.stripe.v1.subscriptions.list({"customer": customer.id}).data[0]
    assert (subscription.test_clock, subscription.created) == (clock.id, FROZEN)
    assert subscription.status == "active"


def test_lists_leave_out_what_lives_on_a_clock(account: Account) -> None:
    """Unless they are asked about the clock, the customer or the subscription."""
    client = account.stripe.v1
    clock = _clock(account)
    customer = _customer(account, clock)
    subscription = _subscription(account, customer)

    for unasked in (client.customers.list(), client.subscriptions.list(), client.invoices.list()):
        assert unasked.data == []
    by_clock = {"test_clock": clock.id}
    assert [each.id for each in client.customers.list(by_clock).data] == [customer.id]
    assert [each.id for each in client.subscriptions.list(by_clock).data] == [subscription.id]
    by_customer = {"customer": customer.id}
    assert [each.id for each in client.subscriptions.list(by_customer).data] == [subscription.id]
    assert len(client.invoices.list(by_customer).data) == 1


@pytest.mark.parametrize("back_s", [0, 1])
def test_a_clock_moves_only_forward(account: Account, back_s: int) -> None:
    clock = _clock(account)

    with pytest.raises(
        stripe.InvalidRequestError, match="must be after the test clock's frozen_time"
    ) as caught:
        _advance(account, clock, FROZEN - back_s)

    assert caught.value.param == "frozen_time"


def test_a_clock_moves_two_intervals_of_its_shortest_subscription_at_most(account: Account) -> None:
    """Two years where there is none; a subscription that is over counts no more."""
    clock = _clock(account)
    year_s = 366 * DAY_S
    with pytest.raises(stripe.InvalidRequestError, match="at most two intervals"):
        _advance(account, clock, FROZEN + 2 * year_s)
    customer = _customer(account, clock)
    yearly = account.price(recurring={"interval": "year"})
    _subscription(account, customer, yearly.id)
    monthly = _subscription(account, customer)

    with pytest.raises(stripe.InvalidRequestError, match="at most two intervals"):
        _advance(account, clock, FROZEN + 3 * MONTH_S)
    account.stripe.v1.subscriptions.cancel(monthly.id)
    _advance(account, clock, FROZEN + 3 * MONTH_S)


def test_a_clock_has_three_customers_with_three_subscriptions_each(account: Account) -> None:
    clock = _clock(account)
    customers = [_customer(account, clock) for _ in range(3)]
    price = account.price().id
    for _ in range(3):
        _subscription(account, customers[0], price)

    with pytest.raises(stripe.InvalidRequestError, match="at most 3 customers"):
        _customer(account, clock)
    with pytest.raises(stripe.InvalidRequestError, match="at most 3 subscriptions"):
        _subscription(account, customers[0], price)
    _subscription(account, customers[1], price)


def test_a_clock_that_is_deleted_takes_its_customers_with_it(account: Account) -> None:
    clock = _clock(account)
    customer = _customer(account, clock)
    subscription = _subscription(account, customer)

    gone = account.stripe.v1.test_helpers.test_clocks.delete(clock.id)

    assert (gone.id, gone.deleted) == (clock.id, True)
    assert account.stripe.v1.customers.retrieve(customer.id).deleted
    assert account.stripe.v1.subscriptions.retrieve(subscription.id).status == "canceled"
    assert _types(account)[-3:] == [
        "customer.subscription.deleted",
        "customer.deleted",
        "test_helpers.test_clock.deleted",
    ]
    assert len(account.holder.world.other_times) == 0
    with pytest.raises(stripe.InvalidRequestError, match=r"No such test_helpers\.test_clock"):
        account.stripe.v1.test_helpers.test_clocks.retrieve(clock.id)
    assert account.stripe.v1.test_helpers.test_clocks.list().data == []


def test_a_clock_is_deleted_after_thirty_days_of_the_accounts_time(account: Account) -> None:
    clock = _clock(account)
    customer = _customer(account, clock)
    _subscription(account, customer)

    account.do(Advance(clock.deletes_after))

    assert _types(account)[-1] == "test_helpers.test_clock.deleted"
    assert account.stripe.v1.customers.retrieve(customer.id).deleted


def test_nobody_lives_on_a_clock_that_is_not_there(account: Account) -> None:
    with pytest.raises(stripe.InvalidRequestError, match=r"No such test_helpers\.test_clock: 'clock_0'"):
        account.stripe.v1.customers.create({"test_clock": "clock_0"})
    with pytest.raises(stripe.InvalidRequestError, match=r"No such test_helpers\.test_clock"):
        account.stripe.v1.test_helpers.test_clocks.advance("clock_0", {"frozen_time": FROZEN})


def test_a_request_that_comes_again_is_answered_again_in_any_time(account: Account) -> None:
    """An idempotency key is kept for 24 hours of the account's time, wherever the clock stands."""
    clock = _clock(account, START - 400 * DAY_S)
    params: Any = {"email": "ada@example.com", "test_clock": clock.id}

    made = [account.stripe.v1.customers.create(params, {"idempotency_key": "once"}) for _ in range(2)]

    assert made[0].id == made[1].id
    assert made[0].created == START - 400 * DAY_S


@pytest.mark.parametrize("away_s", [-400 * DAY_S, 400 * DAY_S])
def test_events_are_kept_for_thirty_days_of_the_accounts_time(account: Account, away_s: int) -> None:
    """However far away the clock is of whom they tell."""
    customer = _customer(account, _clock(account, START + away_s))
    account.stripe.v1.customers.create({"email": "bob@example.com"})

    events = account.stripe.v1.events.list({"type": "customer.created"}).data

    assert [each.created for each in events] == [START, START + away_s]
    assert events[1].data.object["id"] == customer.id
    assert account.stripe.v1.events.retrieve(events[1].id).created == START + away_s
    account.do(Advance(START + 31 * DAY_S))
    assert account.stripe.v1.events.list({"type": "customer.created"}).data == []


def test_an_invoice_of_the_merchants_own_is_in_the_clocks_time(account: Account) -> None:
    clock = _clock(account)
    customer = _customer(account, clock)

    invoice = account.stripe.v1.invoices.create({"customer": customer.id})
    item = account.stripe.v1.invoice_items.create({"customer": customer.id, "amount": 500})

    assert (invoice.test_clock, invoice.created) == (clock.id, FROZEN)
    assert (item.test_clock, item.date) == (clock.id, FROZEN)

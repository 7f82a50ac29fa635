"""Previews of invoices, as the official SDK sees them."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from edges import Account

from rehearsal_harness.core.actions import CompleteCheckout


def _subscription(account: Account) -> Any:
    account.do(CompleteCheckout(account.session().id))
    return account.stripe.v1.subscriptions.list().data[0]


def test_the_next_invoice_is_previewed_and_nothing_is_written(any_account: Account) -> None:
    """Of a customer's subscription: a draft of the next period; no object, no event."""
    subscription = _subscription(any_account)
    world = any_account.holder.world
    preview = any_account.stripe.v1.invoices.create_preview({"customer": subscription.customer})

    item = subscription["items"].data[0]
    assert preview.id.startswith("upcoming_in_")
    assert (preview.status, preview.billing_reason) == ("draft", "upcoming")
    assert (preview.total, preview.created) == (item.price.unit_amount, item.current_period_end)
    assert preview.lines.data[0].period.start == item.current_period_end
    after = any_account.holder.world
    assert (len(after.invoices), len(after.events)) == (len(world.invoices), len(world.events))


@pytest.mark.parametrize(
    ("behavior", "total"), [("create_prorations", 3600), ("none", 2400), ("always_invoice", 1200)]
)
def test_a_plan_change_is_previewed(account: Account, behavior: Any, total: int) -> None:
    """What it will cost, with the next period or at once; the subscription stays as it is."""
    before = _subscription(account)
    price = account.price(unit_amount=2400).id
    items: Any = [{"id": before["items"].data[0].id, "price": price}]
    preview = account.stripe.v1.invoices.create_preview(
        {
            "subscription": before.id,
            "subscription_details": {"items": items, "proration_behavior": behavior},
        }
    )

    assert (preview.total, preview.status, preview.amount_paid) == (total, "draft", 0)
    kept = account.stripe.v1.subscriptions.retrieve(before.id)
    assert kept["items"].data[0].price.id == before["items"].data[0].price.id
    assert account.stripe.v1.invoice_items.list({"pending": True}).data == []


def test_a_subscription_that_ends_has_no_next_invoice(account: Account) -> None:
    """Stripe's code says so; a parameter that Stripe does not know is refused."""
    before = _subscription(account)
    ending: Any = {"subscription": before.id, "subscription_details": {"cancel_at_period_end": True}}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.stripe.v1.invoices.create_preview(ending)
    assert refused.value.code == "invoice_upcoming_none"
    unknown: Any = {"subscription": before.id, "color": "red"}
    with pytest.raises(stripe.InvalidRequestError) as refused:
        account.stripe.v1.invoices.create_preview(unknown)
    assert refused.value.code == "parameter_unknown"


def test_a_subscription_is_previewed_before_it_is_created(account: Account) -> None:
    """Its first invoice, with a coupon; nothing comes to be, and nobody needs a payment method yet."""
    who = account.stripe.v1.customers.create({"email": "ada@example.com"}).id
    half = account.stripe.v1.coupons.create({"percent_off": 50, "duration": "once"}).id
    items: Any = [{"price": account.price().id, "quantity": 3}]
    world = account.holder.world
    create = account.stripe.v1.invoices.create_preview
    sent: Any = {"customer": who, "discounts": [{"coupon": half}], "subscription_details": {"items": items}}
    preview = create(sent)
    assert (preview.total, preview.status, preview.billing_reason) == (1800, "draft", "subscription_create")
    trial: Any = {"items": items, "trial_end": world.now + 86400}
    assert create({"customer": who, "subscription_details": trial}).total == 0
    after = account.holder.world
    assert (len(after.subscriptions), len(after.events)) == (0, len(world.events))

"""What only a merchant's calls do to coupons, plans and invoices of their own: rows for `test_rules`."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from worlds import Scene, empty, subscriber, visitor, with_price

from rehearsal_harness.core.actions import EnterPromotionCode, PayInvoice, ReplaceCard, Via
from rehearsal_harness.core.billing import cancellation, discounts, merchant_invoice, pausing, updating
from rehearsal_harness.core.billing.causes import Cause
from rehearsal_harness.core.billing.subscription import Terms, subscribe
from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.change import Change
from rehearsal_harness.core.objects import (
    Coupon,
    Customer,
    Discount,
    Invoice,
    InvoiceItem,
    InvoiceStatus,
    Plan,
    PromotionCode,
    Subscription,
)
from rehearsal_harness.core.world import World
from rehearsal_specs.tables import Rules

_OF_INVOICES = (
    Cause.LATEST_INVOICE_PAID,
    Cause.PAYMENT_PENDING,
    Cause.PAYMENT_FAILS,
    Cause.PAYMENT_NEEDS_ACTION,
    Cause.DELAYED_PAYMENT_FAILS,
)


def reach(rules: Rules) -> None:
    """Follow every row that is here to be reached."""
    _coupons(rules)
    _plans(rules)
    _invoices(rules)
    visit = visitor(empty(rules=rules))
    visit.do(EnterPromotionCode(visit.session_id, None))
    _subscriptions(rules)
    _pauses(rules)
    _new_periods(rules)


def _new_periods(rules: Rules) -> None:
    """A trial, another end of it, and a new anchor; also of one that is past due."""
    for card in (Card.OK, Card.ATTACHES_THEN_DECLINES):
        scene = subscriber(empty(rules=rules))
        scene.do(ReplaceCard(scene.subscription.customer, card)).renew()
        for wanted in (
            updating.Update(resets=True),
            updating.Update(trial_end=scene.world.now + 90),
            updating.Update(trial_end=scene.world.now + 99),
        ):
            change = Change(scene.world, f"{wanted}")
            updating.update(change, scene.subscription, wanted)
            scene.world = change.done()
        change = Change(scene.world, "invoices from before the trial")
        for cause in _OF_INVOICES:
            change.update(scene.subscription, scene.subscription, cause)


def _coupons(rules: Rules) -> None:
    """A coupon and its code; a customer's discount, replaced and taken away."""
    change = Change(empty(rules=rules), "coupons")
    coupon = change.create(Coupon(id="half", created=0, percent_off="50"))
    change.update(coupon, replace(coupon, name="Half"))
    code = change.create(PromotionCode(id="promo_1", created=0, code="HALF", coupon=coupon.id))
    change.update(code, replace(code, switched_on=False))
    customer = change.create(Customer(id="cus_1", created=0))
    for _ in range(2):
        customer = discounts.give_customer(change, customer, discounts.Grant(coupon.id))
    assert customer.discount is not None
    discounts.remove(change, change.get(Discount, customer.discount.id))
    change.update(change.get(Coupon, coupon.id), replace(coupon, deleted=True), Cause.DELETED)


def _plans(rules: Rules) -> None:
    """A plan made, changed and deleted, and the price that it is."""
    world, price = with_price(empty(rules=rules))
    change = Change(world, "plans")
    plan = change.create(Plan(id=price.id, price=price))
    change.update(plan, plan)
    change.update(plan, replace(plan, deleted=True), Cause.DELETED)
    change.update(price, replace(price, deleted=True), Cause.DELETED)


def invoice(world: World, customer: str, amount: int = 2000, **fields: Any) -> tuple[World, Invoice]:
    """A draft of the merchant's own over `amount`, with one item."""
    change = Change(world, f"invoice {customer} {amount} {fields} {len(world.invoices)}", by_api=True)
    item = change.create(
        InvoiceItem(
            id=change.new_id("ii"),
            created=change.now,
            customer=customer,
            amount=amount,
            currency="usd",
            description="work",
            period_start=change.now,
            period_end=change.now,
            unit_amount=amount,
            discountable=True,
        )
    )
    draft = Invoice(
        id=change.new_id("in"),
        created=change.now,
        customer=customer,
        currency="usd",
        billing_reason="manual",
        status=InvoiceStatus.DRAFT,
        lines=(),
        period_start=change.now,
        period_end=change.now,
        total=0,
        **fields,
    )
    draft = merchant_invoice.create(change, merchant_invoice.with_items(change, draft, (item,)))
    return change.done(), draft


def opened(scene: Scene) -> Invoice:
    """A finalized invoice of the merchant's own."""
    scene.world, draft = invoice(scene.world, scene.subscription.customer)
    change = Change(scene.world, "finalize", by_api=True)
    merchant_invoice.finalize(change, draft, auto_advance=False)
    scene.world = change.done()
    return scene.world.invoices[draft.id]


def _invoices(rules: Rules) -> None:
    """Invoices of the merchant's own, with every end they can have."""
    scene = subscriber(empty(rules=rules))
    world, draft = invoice(scene.world, scene.subscription.customer)
    change = Change(world, "draft")
    merchant_invoice.update(change, draft, replace(draft, footer="thanks"))
    merchant_invoice.delete(change, draft)
    item = next(iter(scene.world.invoice_items), None) or next(iter(world.invoice_items))
    Change(world, "item").update(item, item)
    Change(world, "no item").update(item, replace(item, deleted=True), Cause.DELETED)
    unpaid = opened(scene)
    ends = [unpaid]
    for end in (merchant_invoice.void, merchant_invoice.pay_out_of_band, merchant_invoice.mark_uncollectible):
        change = Change(scene.world, end.__name__)
        ends.append(end(change, unpaid))
    merchant_invoice.send(Change(scene.world, "send"), unpaid)
    scene.world = change.done()
    for each in ends:
        Change(scene.world, "metadata").update(each, each)
    for card in (Card.OK, Card.DECLINED, Card.DELAYED):
        Scene(scene.world).do(PayInvoice(unpaid.id, card))
    Scene(scene.world).do(PayInvoice(unpaid.id, Card.REQUIRES_ACTION, Via.API))
    for end in (merchant_invoice.void, merchant_invoice.pay_out_of_band):
        end(Change(scene.world, end.__name__), ends[-1])


def _subscriptions(rules: Rules) -> None:
    """One that is paid by hand, and a trial that pauses and is resumed."""
    scene = subscriber(empty(rules=rules))
    line = (scene.subscription.items[0].price, 1)
    terms = Terms(customer=scene.subscription.customer, lines=(line,))
    by_hand = replace(terms, collection_method="send_invoice", days_until_due=7)
    subscribe(Change(scene.world, "by hand"), by_hand, waits=False)
    change = Change(scene.world, "trial")
    customer = change.create(Customer(id="cus_2", created=0))
    trial = subscribe(
        change,
        replace(terms, customer=customer.id, trial_period_days=7, missing_payment_method="pause"),
        waits=False,
    )
    pausing.end_trial(change, trial)
    paused = change.get(Subscription, trial.id)
    change.update(paused, paused)
    world = change.done()
    pausing.resume(Change(world, "resume"), paused)
    cancellation.end(Change(world, "end"), paused, Cause.CANCELED_NOW, reason=None)


def _pauses(rules: Rules) -> None:
    """One that the merchant pauses, with an invoice under way and an end that was announced."""
    scene = subscriber(empty(rules=rules))
    change = Change(scene.world, "pause")
    pausing.pause(change, scene.subscription, credits_unused=True)
    paused = change.get(Subscription, scene.subscription.id)
    for cause in _OF_INVOICES:
        change.update(paused, paused, cause)
    cancellation.cancel_at_reached(change, paused.id)

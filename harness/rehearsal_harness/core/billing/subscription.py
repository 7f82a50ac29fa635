"""How a subscription begins.

Decides: its first period, its trial, its first invoice, and what becomes of a first payment that never comes.
Does not know: the hosted page (`checkout`), later periods (`renewal`).
Rule: https://docs.stripe.com/billing/subscriptions/overview: incomplete for at most 23 hours; trialing until
the anchor.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..actions import CreateSubscription
from ..agenda import TaskKind
from ..calendar import DAY_S, HOUR_S
from ..cards import Outcome
from ..change import Change
from ..discounting import Part, taken_off
from ..errors import NotSimulated
from ..objects import (
    AnchorConfig,
    Coupon,
    Customer,
    Discount,
    Invoice,
    InvoiceStatus,
    PaymentIntent,
    PaymentMethod,
    Price,
    Subscription,
    SubscriptionItem,
    SubscriptionStatus,
)
from ..records import replace
from . import cancellation, entitlements, payment, trial
from .causes import Cause
from .discounts import Grant, redeem
from .invoice import draw_up, expect_payment, finalize, invoice_id, settle_without_money
from .periods import period, plan_period_end, recurring_of, whole_period_s
from .proration import attach, share

INCOMPLETE_S = 23 * HOUR_S

_SUBSCRIBED = {
    Outcome.SUCCEEDED: Cause.SUBSCRIBED_AND_PAID,
    Outcome.PROCESSING: Cause.SUBSCRIBED_AND_PENDING,
    Outcome.DECLINED: Cause.SUBSCRIBED_AND_NOT_PAID,
    Outcome.REQUIRES_ACTION: Cause.SUBSCRIBED_AND_NOT_PAID,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is subscribed to: prices and quantities, and a trial of so many days first, or the share of a
    period until the unix second `anchor`, which may be free."""

    customer: str
    lines: tuple[tuple[Price, int], ...]
    trial_period_days: int = 0
    metadata: tuple[tuple[str, str], ...] = ()
    checkout_session: str | None = None
    discounts: tuple[Grant, ...] = ()
    trial_end: int | None = None
    default_payment_method: str | None = None
    description: str | None = None
    collection_method: str = "charge_automatically"
    days_until_due: int | None = None
    missing_payment_method: str = "create_invoice"
    save_default_payment_method: str = "off"
    cancel_at: int | None = None
    cancel_at_period_end: bool = False
    anchor: int | None = None
    anchor_config: AnchorConfig | None = None
    is_free_until_anchor: bool = False
    ends_with_period: bool = False
    item_metadata: tuple[tuple[tuple[str, str], ...], ...] = ()


_PAID_BY = ("collection_method", "days_until_due", "missing_payment_method", "save_default_payment_method")


def begin(change: Change, terms: Terms, key: str, cause: Cause) -> Subscription:
    """Create the subscription; `key` is what it is made from, `cause` chooses its first status."""
    row = change.row(Subscription, None, cause)
    now = change.now
    prices = tuple(price for price, _ in terms.lines)
    recurring = recurring_of(prices)
    trial_end = now + terms.trial_period_days * DAY_S if terms.trial_period_days else terms.trial_end
    anchor = trial_end or terms.anchor or now
    start, end = (now, anchor) if anchor > now else period(recurring, anchor, 0)
    new_id = change.new_id("sub", key)
    given = _discounts(change, terms, new_id)
    subscription = Subscription(
        id=new_id,
        created=now,
        customer=terms.customer,
        test_clock=change.test_clock,
        status=SubscriptionStatus(row.after),
        items=_items(change, new_id, terms, start, end),
        billing_cycle_anchor=anchor,
        billing_cycle_anchor_config=terms.anchor_config,
        cycle=-1 if anchor > now else 0,
        currency=prices[0].currency,
        latest_invoice=None if terms.is_free_until_anchor else invoice_id(change, new_id, start),
        trial_start=now if trial_end else None,
        trial_end=trial_end,
        metadata=terms.metadata,
        checkout_session=terms.checkout_session,
        entitled_features=entitlements.features_of(change, prices),
        discounts=tuple(each.id for each in given),
        default_payment_method=terms.default_payment_method,
        description=terms.description,
        **{name: getattr(terms, name) for name in _PAID_BY},
    )
    subscription = _ending(change, terms, subscription)
    change.follow(row, None, subscription)
    for each in given:
        change.create(each)
    _plan(change, subscription)
    entitlements.refresh(change, terms.customer)
    return subscription


def _ending(change: Change, terms: Terms, begun: Subscription) -> Subscription:
    """With the end that is known from the beginning, if one is; raises NotSimulated for one that comes before
    the first payment must."""
    with_period = terms.cancel_at_period_end or terms.ends_with_period
    instant = begun.current_period_end if with_period else terms.cancel_at
    if instant is None:
        return begun
    if begun.status is SubscriptionStatus.INCOMPLETE and instant <= change.now + INCOMPLETE_S:
        raise NotSimulated("a cancel_at within the 23 hours of an incomplete subscription")
    change.plan(TaskKind.CANCEL, instant, begun.id)
    return replace(
        begun,
        cancel_at=instant,
        cancel_at_period_end=terms.cancel_at_period_end,
        canceled_at=change.now,
        cancellation_reason="cancellation_requested",
    )


def _discounts(change: Change, terms: Terms, subscription_id: str) -> tuple[Discount, ...]:
    """The discounts of the new subscription, which nobody has been told of."""
    return tuple(
        redeem(
            change,
            grant,
            f"{subscription_id}|{position}",
            subscription=subscription_id,
            customer=terms.customer,
            checkout_session=terms.checkout_session,
        )
        for position, grant in enumerate(terms.discounts)
    )


def _items(
    change: Change, subscription_id: str, terms: Terms, start: int, end: int
) -> tuple[SubscriptionItem, ...]:
    return tuple(
        SubscriptionItem(
            id=change.new_id("si", f"{subscription_id}|{position}"),
            created=change.now,
            subscription=subscription_id,
            price=price,
            quantity=quantity,
            current_period_start=start,
            current_period_end=end,
            metadata=terms.item_metadata[position] if terms.item_metadata else (),
        )
        for position, (price, quantity) in enumerate(terms.lines)
    )


def _plan(change: Change, subscription: Subscription) -> None:
    if subscription.status is SubscriptionStatus.INCOMPLETE:
        change.plan(TaskKind.INCOMPLETE_EXPIRES, change.now + INCOMPLETE_S, subscription.id)
        return
    plan_period_end(change, subscription)
    if subscription.status is SubscriptionStatus.TRIALING:
        trial.plan_notice(change, subscription)


def first_invoice(change: Change, subscription: Subscription) -> Invoice:
    """Draw up and finalize the first invoice; one over nothing is paid at once."""
    draft = draw_up(change, subscription, "subscription_create", since=change.now)
    created = change.create(replace(draft, auto_advance=True), Cause.FIRST_INVOICE)
    attach(change, created)
    invoice = finalize(change, created)
    return invoice if invoice.amount_due else settle_without_money(change, invoice)


def settle_first(change: Change, invoice: Invoice, intent: PaymentIntent) -> Invoice:
    """The money of the first invoice is already there; the payment itself is reported by the caller."""
    tied = expect_payment(change, invoice, intent)
    row = change.row(Invoice, tied, Cause.FIRST_PAYMENT_SUCCEEDS)
    paid = replace(
        tied,
        status=InvoiceStatus(row.after),
        amount_paid=tied.amount_due,
        paid_at=change.now,
        attempted=True,
        attempt_count=1,
        auto_advance=False,
    )
    return change.follow(row, tied, paid)


def create(change: Change, action: CreateSubscription) -> None:
    """The merchant subscribes a customer by API; the first invoice is finalized and tried in the request."""
    customer = change.get(Customer, action.customer_id)
    lines = tuple((change.get(Price, price_id), 1) for price_id in action.price_ids)
    terms = Terms(
        customer=customer.id,
        lines=lines,
        trial_period_days=action.trial_period_days,
        metadata=action.metadata,
    )
    key = f"{customer.id}|{change.now}|{len(change.table(Subscription))}"
    if action.trial_period_days:
        first_invoice(change, begin(change, terms, key, Cause.SUBSCRIBED_WITH_TRIAL))
        return
    method = payment.default_method(change, customer.id)
    outcome = payment.outcome_of(method, on_session=False)
    subscription = begin(change, terms, key, _SUBSCRIBED[outcome])
    invoice = first_invoice(change, subscription)
    if not invoice.amount_due:
        return
    tied = expect_payment(change, invoice, payment.open_intent(change, invoice))
    payment.collect(change, tied, method, on_session=False, automatic=False)


def first_amount(change: Change, terms: Terms) -> int:
    """What the first invoice will be over, in the smallest unit, items that wait left aside."""
    if terms.trial_period_days or terms.trial_end or terms.is_free_until_anchor:
        return 0
    parts = [
        Part(0 if price.is_metered else price.amount_of(quantity), price.product)
        for price, quantity in terms.lines
    ]
    if terms.anchor is not None:
        whole = whole_period_s(terms.lines[0][0], terms.anchor)
        left = terms.anchor - change.now
        parts = [part._replace(amount=share(part.amount, left, whole)) for part in parts]
    rows = taken_off(parts, [change.get(Coupon, each.coupon) for each in terms.discounts])
    return sum(part.amount for part in parts) - sum(sum(row) for row in rows)


def subscribe(change: Change, terms: Terms, *, waits: bool) -> Subscription:
    """The merchant subscribes a customer by API on these terms; `waits`: the first payment is the customer's
    to make, and is not tried.  Raises NotSimulated where a charge finds no method."""
    key = f"{terms.customer}|{change.now}|{len(change.table(Subscription))}"
    if terms.trial_period_days or terms.trial_end:
        begun = begin(change, terms, key, Cause.SUBSCRIBED_WITH_TRIAL)
        first_invoice(change, begun)
        return change.get(Subscription, begun.id)
    if terms.collection_method == "send_invoice":
        begun = begin(change, terms, key, Cause.SUBSCRIBED_BY_INVOICE)
        if terms.is_free_until_anchor:
            return begun
        due = change.now + HOUR_S
        draft = draw_up(change, begun, "subscription_create", since=change.now)
        draft = replace(draft, auto_advance=True, automatically_finalizes_at=due)
        attach(change, change.create(draft, Cause.FIRST_INVOICE))
        change.plan(TaskKind.FINALIZE, due, draft.id)
        return begun
    customer = change.get(Customer, terms.customer)
    free = first_amount(change, terms) + min(0, customer.balance) <= 0
    method = None
    cause = Cause.SUBSCRIBED_AND_PAID if free else Cause.SUBSCRIBED_AND_NOT_PAID
    if not free and not waits:
        method = (
            change.get(PaymentMethod, terms.default_payment_method)
            if terms.default_payment_method
            else payment.default_method(change, terms.customer)
        )
        cause = _SUBSCRIBED[payment.outcome_of(method, on_session=False)]
    begun = begin(change, terms, key, cause)
    if terms.is_free_until_anchor:
        return begun
    invoice = first_invoice(change, begun)
    if invoice.amount_due:
        tied = expect_payment(change, invoice, payment.open_intent(change, invoice))
        if method is not None:
            payment.collect(change, tied, method, on_session=False, automatic=False)
    return change.get(Subscription, begun.id)


def incomplete_expires(change: Change, subscription_id: str) -> None:
    """23 hours without the first payment: the subscription is over and its invoice void."""
    cancellation.end(change, change.get(Subscription, subscription_id), Cause.INCOMPLETE_EXPIRES, reason=None)

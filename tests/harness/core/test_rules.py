"""The rows of specs/rehearsal_specs/stripe: each names known causes and events, and each is reached."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import billing_rows
import pytest
from exploring import RecordingRules, explore
from merchant import take_every_step
from worlds import START, empty, subscriber, visitor, with_price, with_session

from rehearsal_harness.core.actions import (
    ChangePlan,
    CloseDispute,
    CompleteCheckout,
    ExpireCheckout,
    ExplainCancellation,
    FailRefund,
    FillInCheckout,
    OpenDispute,
    OpenPaymentLink,
    RecoverCheckout,
    RefundPayment,
    ReplaceCard,
)
from rehearsal_harness.core.agenda import TaskKind
from rehearsal_harness.core.billing import customer as customers
from rehearsal_harness.core.billing import test_clock
from rehearsal_harness.core.billing.causes import Cause
from rehearsal_harness.core.billing.step import step
from rehearsal_harness.core.calendar import DAY_S
from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.change import Change
from rehearsal_harness.core.objects import (
    Collected,
    Customer,
    Feature,
    InvoiceStatus,
    LineItem,
    Meter,
    MeterEvent,
    PaymentLink,
    PortalConfiguration,
    PortalSession,
    Product,
    ShippingRate,
    SubscriptionStatus,
    WebhookEndpoint,
)
from rehearsal_harness.core.world import TABLES, World
from rehearsal_specs.reader import read_event_types, read_rules
from rehearsal_specs.tables import Rules

_ENDED = (SubscriptionStatus.CANCELED, SubscriptionStatus.INCOMPLETE_EXPIRED)


@pytest.fixture(name="rules", scope="module")
def _rules() -> RecordingRules:
    return RecordingRules()


@pytest.fixture(name="found", scope="module")
def _found(rules: RecordingRules) -> list[World]:
    """A world of every situation that three actions reach."""
    return explore(rules)


def test_rows_use_the_causes_of_the_registry_and_no_other() -> None:
    """Each `when` is a Cause, and each Cause has a row."""
    assert {row.when for row in read_rules().rows} == {cause.value for cause in Cause}


def test_rows_are_about_objects_that_are_simulated() -> None:
    """Each table's object is the OBJECT of a class."""
    assert {row.object for row in read_rules().rows} == {kind.OBJECT for kind in TABLES}


def test_rows_emit_event_types_that_carry_their_object() -> None:
    """An event type belongs to the object whose row emits it."""
    types = read_event_types()

    for row in read_rules().rows:
        assert {types[name].object for name in row.emits} <= {row.object}, row.id


def test_every_row_has_a_source_or_says_that_it_is_assumed() -> None:
    """The assumed ones are counted, so that a new one is noticed."""
    rows = read_rules().rows

    assert [row.id for row in rows if bool(row.source) == row.assumed] == []
    assert sum(row.assumed for row in rows) == 41


def _merchant(rules: Rules) -> None:
    """What only the merchant's API calls do: create, update and delete."""
    change = Change(empty(rules=rules), "merchant")
    change.create(
        Meter(id="mtr_1", created=0, updated=0, display_name="Calls", event_name="calls", formula="sum")
    )
    change.create(
        MeterEvent(id="1", created=0, event_name="calls", customer="cus_1", value=1, timestamp=0, payload=())
    )
    feature = change.create(Feature(id="feat_1", lookup_key="swarm", name="Swarm"))
    change.update(feature, replace(feature, active=False))
    product = change.create(Product(id="prod_1", created=0, updated=0, name="Pro"))
    change.update(product, replace(product, name="Max"))
    change.update(product, replace(product, deleted=True), Cause.DELETED)
    customer = change.create(Customer(id="cus_1", created=0))
    change.update(customer, replace(customer, name="Ada"))
    customers.delete(change, customer)
    configuration = change.create(PortalConfiguration(id="bpc_1", created=0, updated=0))
    change.update(configuration, replace(configuration, name="plain"))
    change.create(PortalSession(id="bps_1", created=0, customer="cus_1", configuration="bpc_1"))
    secret = "whsec_" + "0" * 32
    enabled = change.create(
        WebhookEndpoint(id="we_1", created=0, url="https://x.test", enabled_events=("*",), secret=secret)
    )
    disabled = change.update(enabled, replace(enabled, status="disabled"), Cause.DISABLED)
    change.update(disabled, enabled, Cause.ENABLED)
    for endpoint in (enabled, disabled):
        change.update(endpoint, endpoint)
        change.update(endpoint, replace(endpoint, deleted=True), Cause.DELETED)


def _entitlements(rules: Rules) -> None:
    """A product with a feature, subscribed to; then the feature's product loses it."""
    scene = visitor(empty(rules=rules))
    change = Change(scene.world, "feature")
    change.create(Feature(id="feat_1", lookup_key="swarm", name="Swarm"))
    product = next(iter(scene.world.products))
    change.put(replace(product, feature_ids=("feat_1",)))
    price = next(iter(scene.world.prices))
    change.update(price, replace(price, nickname="monthly"))
    scene.world = change.done()
    scene.do(CompleteCheckout(scene.session_id))
    change = Change(scene.world, "no feature")
    change.put(product)
    scene.world = change.done()
    scene.until(scene.subscription.current_period_end)


def _money_back(rules: Rules) -> None:
    """A one-time payment given back, and disputes with each end."""
    world, price = with_price(empty(rules=rules))
    world, session = with_session(world, price, mode="payment")
    paid = step(world, CompleteCheckout(session.id))
    intent = next(iter(paid.payment_intents)).id
    world = step(paid, RefundPayment(intent, 100))
    refund = next(iter(world.refunds))
    Change(world, "metadata").update(refund, refund)
    failed = step(world, FailRefund(refund.id)).refunds[refund.id]
    Change(world, "metadata").update(failed, failed)
    disputed = step(paid, OpenDispute(intent))
    dispute = next(iter(disputed.disputes))
    for won in (True, False):
        step(disputed, CloseDispute(dispute.id, won))
    change = Change(disputed, "answered")
    answered = change.update(dispute, replace(dispute, status="under_review"), Cause.DISPUTE_ANSWERED)
    step(change.done(), CloseDispute(answered.id, won=False))


def _links(rules: Rules) -> None:
    """A payment link: opened, changed, switched off and on."""
    world, price = with_price(empty(rules=rules))
    change = Change(world, "link")
    link = change.create(PaymentLink(id="plink_1", line_items=(LineItem(id="li_1", price=price),)))
    step(change.done(), OpenPaymentLink(link.id))
    inactive = change.update(link, replace(link, active=False), Cause.DISABLED)
    for each in (link, inactive):
        change.update(each, each)
    change.update(inactive, link, Cause.ENABLED)


def _pages(rules: Rules) -> None:
    """A checkout page: filled in, left, and come back to."""
    world, session = with_session(*with_price(empty(rules=rules)))
    filled = step(world, FillInCheckout(session.id, Collected(name="Ada")))
    step(step(filled, ExpireCheckout(session.id)), RecoverCheckout(session.id))
    change = Change(world, "rate")
    rate = change.create(
        ShippingRate(id="shr_1", created=START, display_name="Post", amount=0, currency="usd")
    )
    change.update(rate, replace(rate, active=False))


def _plans(rules: Rules) -> None:
    """A dearer plan, in a trial, while active, and while past due."""
    trying = subscriber(empty(rules=rules), trial_period_days=14)
    active = subscriber(empty(rules=rules))
    late = subscriber(empty(rules=rules))
    late.do(ReplaceCard(late.subscription.customer, Card.ATTACHES_THEN_DECLINES)).renew()
    for scene in (trying, active, late):
        scene.world, dearer = with_price(scene.world, unit_amount=2400)
        scene.do(ChangePlan(scene.subscription.id, dearer.id, "always_invoice"))


def _updates(found: list[World], rules: Rules) -> None:
    """The merchant changes an attribute of a subscription, and the customer says why it ended."""
    for world in found:
        for subscription in world.subscriptions:
            if subscription.status is not SubscriptionStatus.INCOMPLETE_EXPIRED:
                Change(world, "metadata").update(subscription, subscription)
            if subscription.status is SubscriptionStatus.CANCELED:
                step(world, ExplainCancellation(subscription.id, "unused"))


def _clocks(rules: Rules) -> None:
    """A test clock is made, goes a day, and is deleted."""
    change = Change(empty(rules=rules), "clock")
    clock = test_clock.create(change, "clock", START, None)
    test_clock.set_out(change, clock, START + DAY_S)
    test_clock.arrive(change, clock.id)
    test_clock.remove(change.done(), clock.id, "over")


def test_every_row_is_reached(found: list[World], rules: RecordingRules) -> None:
    """By three actions from some beginning, or by an API call of the merchant."""
    _merchant(rules)
    _entitlements(rules)
    _money_back(rules)
    _links(rules)
    _pages(rules)
    take_every_step(empty(rules=rules))
    _plans(rules)
    billing_rows.reach(rules)
    _updates(found, rules)
    _clocks(rules)

    assert [row.id for row in rules.rows if not rules.reached[row.id]] == []


def test_what_is_planned_is_what_the_objects_say(found: list[World]) -> None:
    """Everywhere: a live subscription's period ends, a scheduled end comes, a promised try is made."""
    assert len(found) > 1000
    assert [problem for world in found for problem in _unplanned(world)] == []


def _unplanned(world: World) -> Iterator[str]:
    planned = world.agenda.is_planned
    for each in world.subscriptions:
        live = each.status not in (*_ENDED, SubscriptionStatus.INCOMPLETE)
        if planned(TaskKind.PERIOD_ENDS, each.id) is not live:
            yield f"{each.status}: period end planned is not {live}"
        if planned(TaskKind.CANCEL, each.id) is not (each.cancel_at is not None and each.ended_at is None):
            yield f"{each.status}: cancel_at is {each.cancel_at}"
        if planned(TaskKind.INCOMPLETE_EXPIRES, each.id) is not (each.status == "incomplete"):
            yield f"{each.status}: expiry of the first payment"
        if (each.ended_at is not None) is not (each.status in _ENDED):
            yield f"{each.status}: ended_at is {each.ended_at}"
    for invoice in world.invoices:
        if planned(TaskKind.COLLECT, invoice.id) is not (invoice.next_payment_attempt is not None):
            yield f"invoice {invoice.status}: next try at {invoice.next_payment_attempt}"
        draft = invoice.status is InvoiceStatus.DRAFT and invoice.auto_advance
        if planned(TaskKind.FINALIZE, invoice.id) is not draft:
            yield f"invoice {invoice.status}: finalization planned is not {draft}"


def test_money_adds_up(found: list[World]) -> None:
    """Everywhere: a paid invoice was charged once for its total, any other for nothing."""
    for world in found:
        for invoice in world.invoices:
            intent = invoice.payment_intent and world.payment_intents[invoice.payment_intent]
            charges = world.charges.owned_by(intent.id) if intent else ()
            taken = sum(charge.amount for charge in charges if charge.status == "succeeded")

            assert taken == invoice.amount_paid == (invoice.total if invoice.status == "paid" else 0)


def test_events_tell_everything(found: list[World]) -> None:
    """Everywhere: the newest event of a subscription or a paid invoice shows it as it is."""
    for world in found:
        newest = {event.object_id: event.after for event in world.events}
        for subscription in world.subscriptions:
            assert newest[subscription.id] == subscription
        for invoice in world.invoices:
            if invoice.status == "paid":
                assert newest[invoice.id] == invoice


def test_ids_of_events_are_unique(found: list[World]) -> None:
    """Two events never share an id, and two situations share only the events of their common past."""
    by_id: dict[str, object] = {}
    for world in found:
        assert len({event.id for event in world.events}) == len(world.events)
        for event in world.events:
            known = by_id.setdefault(event.id, (event.type, event.created, event.after))
            assert known == (event.type, event.created, event.after)


def test_a_subscriber_is_what_the_other_tests_take_it_for() -> None:
    """Active and paid, with one thing ahead: the end of the period."""
    scene = subscriber()

    assert (scene.subscription.status, scene.invoice.status) == ("active", "paid")
    assert scene.world.next_due == scene.subscription.current_period_end

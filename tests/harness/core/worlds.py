"""Small worlds for the tests: a catalogue, a session, a subscriber."""

from __future__ import annotations

from typing import Any

from rehearsal_harness.core.actions import Action, Advance, CompleteCheckout
from rehearsal_harness.core.billing import session_life
from rehearsal_harness.core.billing.step import step
from rehearsal_harness.core.calendar import DAY_S, HOUR_S
from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.change import Change
from rehearsal_harness.core.objects import (
    CheckoutSession,
    Event,
    Invoice,
    LineItem,
    Price,
    Product,
    Recurring,
    Subscription,
)
from rehearsal_harness.core.world import Settings, World
from rehearsal_specs.reader import read_rules
from rehearsal_specs.tables import Dunning, Rules

START = 1_767_225_600  # 2026-01-01T00:00:00Z


def dunning(*retry_days: int, final_action: str = "cancel") -> Dunning:
    """A declared dunning table; three tries within the fortnight unless said otherwise."""
    return Dunning(
        retry_days=retry_days or (3, 5, 7),
        final_action=final_action,
        assumed=True,
        why="a test",
        source="a test",
    )


def empty(
    at: int = START,
    *,
    rules: Rules | None = None,
    table: Dunning | None = None,
    settings: Settings | None = None,
) -> World:
    """An account with nothing in it."""
    return World.start(rules or read_rules(), table or dunning(), at=at, settings=settings)


def with_price(world: World, *, unit_amount: int = 1200, interval: str = "month") -> tuple[World, Price]:
    """One product with one recurring price."""
    change = Change(world, f"price {unit_amount} {interval}", by_api=True)
    product = change.create(
        Product(id=change.new_id("prod"), created=change.now, updated=change.now, name="Pro")
    )
    price = change.create(
        Price(
            id=change.new_id("price"),
            created=change.now,
            product=product.id,
            currency="usd",
            unit_amount=unit_amount,
            recurring=Recurring(interval=interval),
        )
    )
    return change.done(), price


def with_session(
    world: World, price: Price, *, trial_period_days: int = 0, mode: str = "subscription", **fields: Any
) -> tuple[World, CheckoutSession]:
    """An open session for one of `price`."""
    change = Change(world, f"session {price} {trial_period_days} {mode} {fields}", by_api=True)
    session = CheckoutSession(
        id=change.new_id("cs"),
        created=change.now,
        mode=mode,
        line_items=(LineItem(id=change.new_id("li"), price=price),),
        expires_at=change.now + DAY_S,
        trial_period_days=trial_period_days,
        metadata=(("device_id", "laptop"),),
        subscription_metadata=(("device_id", "laptop"),),
        **{"customer_email": None if "customer" in fields else "ada@example.com", **fields},
    )
    session_life.open_session(change, session)
    return change.done(), session


# Every scene of the test that is running; when it ends, all it emitted is held against Stripe's schemas.
SCENES: list[Scene] = []


class Scene:
    """A world in a story: `do` acts, `happened` says what the last act emitted."""

    def __init__(self, world: World) -> None:
        SCENES.append(self)
        self.world = world
        self._seen = len(world.events)
        self.session_id = ""

    def do(self, action: Action) -> Scene:
        """Act, and forget the events of earlier acts."""
        self._seen = len(self.world.events)
        self.world = step(self.world, action)
        return self

    def subscribe(self) -> Scene:
        """Go through checkout with a good card, and wait for the report of the payment."""
        return self.do(CompleteCheckout(self.session_id)).wait(14)

    def renew(self) -> Scene:
        """Let the period end and its draft hour pass; what happened is what the hour brought."""
        return self.until(self.subscription.current_period_end).wait(HOUR_S)

    def wait(self, seconds: int) -> Scene:
        """Let time pass."""
        return self.do(Advance(self.world.now + seconds))

    def until(self, instant: int) -> Scene:
        """Let time pass up to an instant."""
        return self.do(Advance(instant))

    @property
    def events(self) -> list[Event]:
        """The events of the last act."""
        return list(self.world.events.since(self._seen))

    @property
    def happened(self) -> list[str]:
        """The types of the last act's events, in order."""
        return [event.type for event in self.events]

    def event(self, event_type: str) -> Event:
        """The newest event of that type."""
        return next(event for event in self.world.events.newest_first() if event.type == event_type)

    @property
    def subscription(self) -> Subscription:
        """The newest subscription."""
        return next(self.world.subscriptions.newest_first())

    @property
    def invoice(self) -> Invoice:
        """The newest invoice."""
        return next(self.world.invoices.newest_first())


def visitor(world: World | None = None, *, trial_period_days: int = 0, unit_amount: int = 1200) -> Scene:
    """Somebody in front of the hosted page."""
    world, price = with_price(world or empty(), unit_amount=unit_amount)
    world, session = with_session(world, price, trial_period_days=trial_period_days)
    scene = Scene(world)
    scene.session_id = session.id
    return scene


def subscriber(world: World | None = None, card: Card = Card.OK, *, trial_period_days: int = 0) -> Scene:
    """Somebody who went through checkout, the report of the payment included."""
    scene = visitor(world, trial_period_days=trial_period_days)
    return scene.do(CompleteCheckout(scene.session_id, card)).wait(14)

"""Random histories of an account, and whether two worlds are the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import fields
from typing import Any

from hypothesis import strategies as st
from worlds import empty, with_price, with_session

from rehearsal_harness.core.actions import (
    Action,
    Advance,
    CancelAtPeriodEnd,
    CancelNow,
    ChangePlan,
    CompleteCheckout,
    CreateSubscription,
    ExpireCheckout,
    OpenDispute,
    RefundPayment,
    ReplaceCard,
    SettleDelayedPayment,
    UndoCancel,
)
from rehearsal_harness.core.billing.step import step
from rehearsal_harness.core.calendar import DAY_S
from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.errors import NotSimulated, UnknownObject
from rehearsal_harness.core.filing import names_of
from rehearsal_harness.core.requests import ApiRequest, handle
from rehearsal_harness.core.world import World
from rehearsal_harness.serving.state_records import KINDS
from rehearsal_specs.tables import NoTransition

KEY = "sk_test_" + "0" * 24

# A step: what is done, and a number that says to which object.
Step = tuple[str, int]
Actions = Callable[[World, str, int], Action]


def histories(*, steps_max: int = 25) -> st.SearchStrategy[list[Step]]:
    """Any steps in any order; one that the world does not allow does nothing."""
    names = [*_API, *_ACTS, "wait"]
    return st.lists(st.tuples(st.sampled_from(names), st.integers(0, 40)), max_size=steps_max)


def beginning() -> World:
    """A catalogue, and a visitor in front of the page."""
    world, price = with_price(empty())
    return with_session(world, price, trial_period_days=3)[0]


def taken(world: World, steps: Sequence[Step]) -> Iterator[World]:
    """The world after each step."""
    for name, number in steps:
        with suppress(NoTransition, NotSimulated, UnknownObject):
            world = _taken(world, name, number)
        yield world


def _taken(world: World, name: str, number: int) -> World:
    if name == "wait":
        return step(world, Advance(world.now + number * DAY_S))
    if name in _API:
        method, path, params, headers = _API[name](world, number)
        return handle(world, _request(method, path, params, headers))[0]
    table, act = _ACTS[name]
    ids = [row.id for row in getattr(world, table)]
    return step(world, act(world, ids[number % len(ids)], number)) if ids else world


def _request(method: str, path: str, params: dict[str, Any], headers: dict[str, str]) -> ApiRequest:
    return ApiRequest(
        method=method, path=path, params=params, headers={"authorization": f"Bearer {KEY}", **headers}
    )


_API: dict[str, Callable[[World, int], tuple[str, str, dict[str, Any], dict[str, str]]]] = {
    "customer": lambda world, number: (
        "POST",
        "/v1/customers",
        {"email": f"p{number}@example.com", "metadata": {"n": str(number)}},
        {"idempotency-key": f"key-{number % 3}"},
    ),
    "endpoint": lambda world, number: (
        "POST",
        "/v1/webhook_endpoints",
        {"url": f"http://127.0.0.1:{number + 1}/", "enabled_events": {"0": "*"}},
        {},
    ),
    "session": lambda world, number: (
        "POST",
        "/v1/checkout/sessions",
        {
            "mode": "subscription",
            "line_items": {"0": {"price": next(iter(world.prices)).id, "quantity": str(1 + number % 3)}},
            "success_url": "http://127.0.0.1/",
        },
        {},
    ),
    "clock": lambda world, number: (
        "POST",
        "/v1/test_helpers/test_clocks",
        {"frozen_time": str(world.now + number * DAY_S)},
        {},
    ),
    "clock_customer": lambda world, number: (
        "POST",
        "/v1/customers",
        {"test_clock": _clock(world, number)},
        {},
    ),
    "clock_advance": lambda world, number: (
        "POST",
        f"/v1/test_helpers/test_clocks/{_clock(world, number)}/advance",
        {"frozen_time": str(world.now + (50 + number) * DAY_S)},
        {},
    ),
    "clock_delete": lambda world, number: (
        "DELETE",
        f"/v1/test_helpers/test_clocks/{_clock(world, number)}",
        {},
        {},
    ),
    "rename": lambda world, number: (
        "POST",
        f"/v1/customers/{next(iter(row.id for row in world.customers), 'cus_0')}",
        {"name": f"N{number}"},
        {},
    ),
}


def _clock(world: World, number: int) -> str:
    ids = [each.id for each in world.test_clocks]
    return ids[number % len(ids)] if ids else "clock_0"


_CARDS = tuple(Card)
_ACTS: dict[str, tuple[str, Actions]] = {
    "complete": (
        "checkout_sessions",
        lambda world, id_, number: CompleteCheckout(id_, _CARDS[number % len(_CARDS)]),
    ),
    "expire": ("checkout_sessions", lambda world, id_, number: ExpireCheckout(id_)),
    "settle": (
        "checkout_sessions",
        lambda world, id_, number: SettleDelayedPayment(id_, succeeded=bool(number % 2)),
    ),
    "card": ("customers", lambda world, id_, number: ReplaceCard(id_, _CARDS[number % len(_CARDS)])),
    "subscribe": (
        "customers",
        lambda world, id_, number: CreateSubscription(
            id_, (next(iter(world.prices)).id,), trial_period_days=number
        ),
    ),
    "cancel": ("subscriptions", lambda world, id_, number: CancelNow(id_)),
    "at_end": ("subscriptions", lambda world, id_, number: CancelAtPeriodEnd(id_)),
    "undo": ("subscriptions", lambda world, id_, number: UndoCancel(id_)),
    "plan": ("subscriptions", lambda world, id_, number: ChangePlan(id_, next(iter(world.prices)).id)),
    "refund": ("payment_intents", lambda world, id_, number: RefundPayment(id_)),
    "dispute": ("payment_intents", lambda world, id_, number: OpenDispute(id_)),
}


def content(world: World) -> dict[str, Any]:
    """Everything a world says, in values that can be compared."""
    found = {each.name: getattr(world, each.name) for each in fields(world)}
    del found["touched"]
    for name, value in found.items():
        if hasattr(value, "owners"):
            names = {each for each, _ in names_of(KINDS[name], value)}
            called = {each: {row.id for row in value.named(each)} for each in names}
            found[name] = (list(value), dict(value.owners()), called)
    found["events"] = [
        {each.name: getattr(event, each.name) for each in fields(event)} for event in world.events
    ]
    found["agenda"] = (sorted(world.agenda), world.agenda.plans)
    times = sorted(world.other_times.items())
    found["other_times"] = [
        (clock, time.now, sorted(time.agenda), time.agenda.plans) for clock, time in times
    ]
    found["replies"] = dict(world.replies.items())
    return found

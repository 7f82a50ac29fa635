"""Test clocks: create, retrieve, list, advance, delete; and what a request about their customers means.

Decides: in whose time a request is carried out.  Advancing is over before the next request: the answer says
`advancing`, as Stripe's does, and whoever asks next is told `ready`.
Source: https://docs.stripe.com/api/test_clocks.  The texts of refusals are assumed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..billing import test_clock as billing
from ..billing.due import advance
from ..billing.plan_change import holder_of
from ..change import Change
from ..objects import Customer, Subscription, TestClock
from ..render import deleted
from ..world import World
from . import refusal
from .message import ApiRequest, Form, Json
from .operation import Call, operation, shown
from .pages import PAGE_PARAMS, listed
from .parameters import Kind, Text, Whole, not_simulated

_URL = "/v1/test_helpers/test_clocks"
_ITEMS = "/v1/subscription_items/"
_CREATE: Mapping[str, Kind] = {
    "frozen_time": Whole(least=0),
    "name": Text(most=300),
    **not_simulated("customer"),
}


def clock_of_request(world: World, request: ApiRequest) -> str:
    """The test clock of whatever the request is about, or "" for the account's own time."""
    if not len(world.other_times) or request.path.startswith(_URL):
        return ""
    ids = (*request.path.split("/"), *_leaves(request.params))
    holder = holder_of(world, request.path.removeprefix(_ITEMS)) if request.path.startswith(_ITEMS) else None
    return billing.clock_of(world, ids if holder is None else (holder.id,))


def _leaves(form: Form) -> Iterator[str]:
    for value in form.values():
        if isinstance(value, str):
            yield value
        else:
            yield from _leaves(value)


def check_room(world: World, clock_id: str) -> None:
    """Refuses one more customer than a clock may have; raises Refusal."""
    living = [each for each in world.customers.owned_by(clock_id) if not each.deleted]
    if len(living) >= billing.CUSTOMERS_MOST:
        most = billing.CUSTOMERS_MOST
        raise refusal.invalid(f"A test clock can have at most {most} customers.", "test_clock")


def check_subscriptions(world: World, customer: Customer) -> None:
    """Refuses one more subscription than a customer of a clock may have; raises Refusal."""
    if customer.test_clock is None:
        return
    rows = world.table(Subscription).owned_by(customer.id)
    if sum(each.status not in billing.ENDED for each in rows) >= billing.SUBSCRIPTIONS_MOST:
        most = billing.SUBSCRIPTIONS_MOST
        raise refusal.invalid(f"A customer of a test clock can have at most {most} subscriptions.")


def _create(call: Call) -> tuple[World, Json]:
    change = call.change()
    key = call.new_key(TestClock)
    clock = billing.create(change, key, call.params["frozen_time"], call.params.get("name"))
    return change.done(), shown(call.world, clock)


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(TestClock))


def _list(call: Call) -> tuple[World, Json]:
    rows = call.world.test_clocks.newest_first()
    page = listed(call, _URL, rows, lambda row: shown(call.world, row), lambda row: not row.deleted)
    return call.world, page


def _advance(call: Call) -> tuple[World, Json]:
    clock, to = call.target(TestClock), call.params["frozen_time"]
    if to <= clock.frozen_time:
        message = f"The new frozen_time must be after the test clock's frozen_time, {clock.frozen_time}."
        raise refusal.invalid(message, "frozen_time")
    latest = billing.latest(call.world, clock)
    if to > latest:
        raise refusal.invalid(
            "A test clock can be advanced by at most two intervals of its shortest subscription, or by two "
            f"years where it has none: from {clock.frozen_time} to {latest}.",
            "frozen_time",
        )
    change = call.change()
    rendered = shown(call.world, billing.set_out(change, clock, to))
    world = advance(change.done().on_clock(clock.id), to).on_clock("")
    arrival = Change(world, f"{call.text}|arrived")
    billing.arrive(arrival, clock.id)
    return arrival.done(), rendered


def _delete(call: Call) -> tuple[World, Json]:
    clock = call.target(TestClock)
    return billing.remove(call.world, clock.id, call.text, call.request), deleted(clock)


OPERATIONS = (
    operation(f"POST {_URL}", _create, _CREATE, required="frozen_time"),
    operation(f"GET {_URL}", _list, PAGE_PARAMS),
    operation(f"GET {_URL}/:id", _retrieve),
    operation(f"DELETE {_URL}/:id", _delete),
    operation(f"POST {_URL}/:id/advance", _advance, {"frozen_time": Whole(least=0)}, required="frozen_time"),
)

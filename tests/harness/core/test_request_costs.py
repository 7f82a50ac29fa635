"""What a request about a subscription looks at: the same among a thousand as among ten."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from test_request_handler import ask
from worlds import empty, with_price, with_session

from rehearsal_harness.core.actions import CompleteCheckout
from rehearsal_harness.core.billing.step import step
from rehearsal_harness.core.persistent import Log, Table
from rehearsal_harness.core.world import World


@cache
def _world(subscribers: int) -> World:
    world, price = with_price(empty())
    for _ in range(subscribers):
        world, session = with_session(world, price)
        world = step(world, CompleteCheckout(session.id))
    return world


@pytest.fixture(name="seen")
def _seen(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The ids of the rows that were looked at, one by one or in passing."""
    seen: list[str] = []
    for name in ("get", "__getitem__"):
        found = getattr(Table, name)

        def looked(table: Any, row_id: str, found: Any = found) -> Any:
            seen.append(row_id)
            return found(table, row_id)

        monkeypatch.setattr(Table, name, looked)
    for name in ("newest_first", "since"):
        walked = getattr(Log, name)

        def passed(log: Any, *args: int, walked: Any = walked) -> Iterator[Any]:
            for each in walked(log, *args):
                seen.append(each)
                yield each

        monkeypatch.setattr(Log, name, passed)
    return seen


_REQUESTS = {
    "an item": ("GET", "/v1/subscription_items/{item}", {}),
    "a change of an item": ("POST", "/v1/subscription_items/{item}", {"quantity": "3"}),
    "a new quantity": ("POST", "/v1/subscriptions/{id}", {"items": {"0": {"id": "{item}", "quantity": "3"}}}),
    "a preview": ("POST", "/v1/invoices/create_preview", {"subscription": "{id}"}),
    "an end": ("DELETE", "/v1/subscriptions/{id}", {}),
}


@pytest.mark.parametrize("name", _REQUESTS)
def test_a_request_looks_at_as_much_among_many_as_among_few(seen: list[str], name: str) -> None:
    """Nobody else's subscription is looked at."""
    method, path, params = _REQUESTS[name]
    costs = []
    for subscribers in (10, 1000):
        world = _world(subscribers)
        first = world.subscriptions.at(0)
        ids = {"id": first.id, "item": first.items[0].id}
        sent = _filled(params, ids)
        del seen[:]
        assert ask(world, method, path.format(**ids), sent)[1].status == 200
        costs.append(len(seen))
    assert 0 < costs[0] == costs[1]


def _filled(params: Any, ids: dict[str, str]) -> Any:
    if isinstance(params, str):
        return params.format(**ids)
    return {key: _filled(each, ids) for key, each in params.items()}

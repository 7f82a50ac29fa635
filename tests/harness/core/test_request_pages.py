"""Lists, page by page."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from test_request_handler import ask, error
from worlds import empty, subscriber

from rehearsal_harness.core.objects import Customer, Request
from rehearsal_harness.core.persistent import Table
from rehearsal_harness.core.requests.operation import Call
from rehearsal_harness.core.requests.pages import listed
from rehearsal_harness.core.world import World


@pytest.fixture(name="world")
def _world() -> World:
    world = empty()
    for number in range(12):
        world, _ = ask(world, "POST", "/v1/customers", {"name": str(number)})
    return world


def names(world: World, **params: str) -> tuple[list[str], bool]:
    """The names on a page, and whether there are more."""
    body = ask(world, "GET", "/v1/customers", params)[1].body
    assert (body["object"], body["url"]) == ("list", "/v1/customers")
    return [row["name"] for row in body["data"]], body["has_more"]


def id_of(world: World, name: str) -> str:
    """The id of the customer of that name."""
    return next(customer.id for customer in world.customers if customer.name == name)


def test_ten_of_the_newest_come_first(world: World) -> None:
    """Without limit; `has_more` is exact at the border."""
    assert names(world) == ([str(number) for number in range(11, 1, -1)], True)
    assert names(world, limit="12")[1] is False
    assert names(world, limit="11")[1] is True


def test_a_page_starts_after_or_ends_before_a_cursor(world: World) -> None:
    """Both leave the cursor out and stay newest first; ending_before gives the nearest newer ones."""
    cursor = id_of(world, "5")
    assert names(world, limit="2", starting_after=cursor) == (["4", "3"], True)
    assert names(world, limit="5", starting_after=cursor) == (["4", "3", "2", "1", "0"], False)
    assert names(world, limit="2", ending_before=cursor) == (["7", "6"], True)
    assert names(world, limit="6", ending_before=cursor) == (["11", "10", "9", "8", "7", "6"], False)
    assert names(world, starting_after=id_of(world, "0")) == ([], False)


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"starting_after": "cus_0"}, "starting_after"),
        ({"ending_before": "cus_0"}, "ending_before"),
        ({"starting_after": "cus_0", "ending_before": "cus_1"}, None),
    ],
)
def test_a_page_that_cannot_be_is_refused(world: World, params: dict[str, str], param: str | None) -> None:
    """A limit outside 1 to 100, a cursor that is nobody's, two cursors."""
    answer = ask(world, "GET", "/v1/customers", params)[1]
    assert answer.status == 400
    assert error(answer).get("param") == param


def test_a_page_looks_at_no_older_row(world: World) -> None:
    """The newest two of twelve are found by looking at three; a cursor costs what is newer than it."""
    seen: list[str] = []

    def rows() -> Iterator[Customer]:
        for row in world.customers.newest_first():
            seen.append(row.name or "")
            yield row

    def page(**params: object) -> list[str]:
        seen.clear()
        call = Call(world=world, object_id="", params=params, request=Request(), text="", key="")
        return [
            each["name"] for each in listed(call, "/v1/x", rows(), lambda row: {"name": row.name})["data"]
        ]

    assert (page(limit=2), len(seen)) == (["11", "10"], 3)
    assert (page(limit=2, starting_after=id_of(world, "9")), len(seen)) == (["8", "7"], 6)
    assert (page(limit=2, ending_before=id_of(world, "8")), len(seen)) == (["10", "9"], 4)


def test_a_list_of_an_owners_rows_looks_at_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """A customer's subscriptions, a subscription's invoices and session, an intent's invoice payments."""
    world = subscriber().world
    subscription = next(iter(world.subscriptions))
    invoice = next(iter(world.invoices))

    def scanned(*_: object) -> None:
        raise AssertionError("the whole table was looked at")

    monkeypatch.setattr(Table, "newest_first", scanned)
    by_intent = {"type": "payment_intent", "payment_intent": invoice.payment_intent}
    for path, params in (
        ("/v1/subscriptions", {"customer": subscription.customer}),
        ("/v1/invoices", {"subscription": subscription.id}),
        ("/v1/checkout/sessions", {"subscription": subscription.id}),
        (
            "/v1/invoice_payments",
            {"payment": by_intent},
        ),
    ):
        assert len(ask(world, "GET", path, params)[1].body["data"]) == 1

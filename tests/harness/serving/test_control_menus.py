"""The menus of the control page: what a thing offers in its state, each with a command that does the same."""

from __future__ import annotations

import html
import json
import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from controlling import TIMEOUT_S, Controlled, controlled

from rehearsal_harness.serving.control.doing import read_action
from rehearsal_harness.serving.control.menus import offered

SUBSCRIPTION = {"id": "sub_1", "customer": "cus_1", "ended_at": None, "cancel_at": None}
PAYMENT = {"id": "pi_1", "status": "succeeded", "refunded": 0, "amount": 1200, "disputed": False}
INVOICE = {
    "id": "in_1",
    "status": "paid",
    "payment_intent": "pi_1",
    "total": 1200,
    "refunded": 0,
    "disputed": False,
}

ROWS: list[tuple[str, dict[str, Any], list[str]]] = [
    (
        "checkout_sessions",
        {"id": "cs_1"},
        ["Pay with a good card", "Try a declined card", "Pay by bank debit", "Expire"],
    ),
    (
        "subscriptions",
        SUBSCRIPTION | {"cancel_at_period_end": False},
        ["Cancel at period end", "Cancel now", "Let renewals fail", "Save a good card"],
    ),
    (
        "subscriptions",
        SUBSCRIPTION | {"cancel_at_period_end": True},
        ["Take the cancellation back", "Cancel now", "Let renewals fail", "Save a good card"],
    ),
    ("subscriptions", SUBSCRIPTION | {"ended_at": 5}, []),
    ("invoices", INVOICE, ["Refund all", "Open a dispute"]),
    ("invoices", INVOICE | {"status": "open"}, ["Pay with a good card"]),
    ("invoices", INVOICE | {"total": 0}, []),
    ("invoices", INVOICE | {"refunded": 1200}, []),
    ("invoices", INVOICE | {"disputed": True}, ["Refund all"]),
    ("payments", PAYMENT, ["Refund all", "Open a dispute"]),
    ("payments", PAYMENT | {"disputed": True}, ["Refund all"]),
    ("payments", PAYMENT | {"refunded": 1200}, []),
    ("payments", PAYMENT | {"status": "processing"}, ["The bank pays", "The bank refuses"]),
    ("payments", PAYMENT | {"status": "requires_action"}, ["The customer agrees", "The customer fails"]),
    ("disputes", {"id": "du_1", "status": "needs_response"}, ["The merchant wins", "The merchant loses"]),
    ("disputes", {"id": "du_1", "status": "won"}, []),
    ("customers", {"id": "cus_1", "deleted": False}, ["Let renewals fail", "Save a good card"]),
    ("customers", {"id": "cus_1", "deleted": True}, []),
]


@pytest.mark.parametrize(("kind", "row", "texts"), ROWS)
def test_a_thing_offers_what_its_state_allows(kind: str, row: dict[str, Any], texts: list[str]) -> None:
    """And each offer is an action that the bench takes."""
    orders = offered(kind, row)

    assert [each["text"] for each in orders] == texts
    for each in orders:
        read_action(each["body"])


@pytest.fixture(name="here")
def _here() -> Iterator[Controlled]:
    with controlled("nyra-billing-server") as here:
        for device in ("laptop", "desk"):
            started = here.post("actions", {"type": "StartCheckout", "device": device})
        here.post("actions", {"type": "CompleteCheckout", "session_id": started["session"]})
        here.settle()
        yield here


def menus(here: Controlled) -> list[str]:
    """The HTML of each row's menu."""
    source = requests.get(here.address, timeout=TIMEOUT_S).text
    return source.split('<details class="menu"')[1:]


def bodies(menu: str) -> list[dict[str, Any]]:
    """What the buttons of a menu send."""
    forms = re.findall(r"<form.*?</form>", menu.split("</tr>")[0], re.DOTALL)
    fields = [dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form)) for form in forms]
    return [{name: value for name, value in each.items() if name != "what"} for each in fields]


def commands(menu: str) -> list[list[str]]:
    """Its command lines, as a shell reads them."""
    lines = re.findall(r"<code>(curl .*?)</code>", menu.split("</tr>")[0], re.DOTALL)
    return [shlex.split(html.unescape(line)) for line in lines]


def test_every_button_of_a_menu_stands_beside_it_as_a_command(here: Controlled) -> None:
    """The same order, and one command more that looks at the thing."""
    seen = 0
    for menu in menus(here):
        *orders, look = commands(menu)
        assert [json.loads(each[-1]) for each in orders] == bodies(menu)
        assert requests.get(look[2], auth=(look[4].rstrip(":"), ""), timeout=TIMEOUT_S).status_code == 200
        seen += len(orders)
    assert seen > 8


def test_every_command_of_the_page_reaches_something(here: Controlled) -> None:
    """No address is made up: 404 only where the page names none."""
    here.post("licences", {"device": "desk"})
    source = requests.get(here.address, timeout=TIMEOUT_S).text
    lines = [html.unescape(each) for each in re.findall(r"<code>(curl .*?)</code>", source, re.DOTALL)]
    paths = {re.sub(r"[a-z]+_(test_)?[A-Za-z0-9]{8,}", "ID", shlex.split(each)[2]) for each in lines}

    for part in ("clock", "faults", "licences", "portal", "deliveries/ID/resend", "endpoints/ID", "timeline"):
        assert f"{here.address}/control/api/{part}" in paths
    for each in lines:
        _, _, url, *rest = shlex.split(each)
        if url.startswith(here.address) and "--json" not in rest:
            key = rest[rest.index("-u") + 1].rstrip(":") if "-u" in rest else ""
            assert requests.get(url, auth=(key, "") if key else None, timeout=TIMEOUT_S).status_code == 200

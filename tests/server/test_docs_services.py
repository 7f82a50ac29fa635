"""docs/services.md is true: each of its rows is asked, with what it needs and without."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from falcon import testing
from served import Server
from signed_in import MANIFESTS, bearer, server_of
from stripe_says import METADATA, NOW, event, invoice, session, signed, subscription
from till import Till

DOCUMENT = Path(__file__).parents[2] / "docs" / "services.md"
LISTED = {"accounts-svc-plus": {"STRIPE_ALLOWED_PRICE_IDS": "price_xstream_paygo,price_xstream_subscription"}}


class Line(NamedTuple):
    """A row of a table; `asked` is JSON, a query string, or words."""

    service: str
    method: str
    path: str
    needs: str
    asked: str
    status: int
    keys: tuple[str, ...]
    refusal: str


def lines() -> list[Line]:
    found: list[Line] = []
    service = ""
    for line in DOCUMENT.read_text("utf-8").splitlines():
        if line.startswith("## "):
            service = line[3:]
        elif line.startswith("| `"):
            route, needs, asked, answer, without = (cell.strip() for cell in line.split("|")[1:-1])
            method, path = route.strip("`").split(" ")
            keys = tuple(re.findall(r"`(\w+)`", answer))
            found.append(Line(service, method, path, needs, asked.strip("`"), int(answer[:3]), keys, without))
    return found


def furnished(service: str) -> Server:
    """A server that knows Ada, her paid subscription and her device; Stripe sells and opens portals."""
    server = server_of(service, **LISTED.get(service, {}))
    answers = server.stripe.answers
    answers["POST /v1/checkout/sessions"] = Till()
    portal = {"id": "bps_1", "object": "billing_portal.session", "url": "https://billing.stripe.com/p/1"}
    answers["POST /v1/billing_portal/sessions"] = (200, portal)
    price = {"id": "p", "object": "price", "active": True, "recurring": {"usage_type": "metered"}}
    answers["GET /v1/prices/price_xstream_paygo"] = (200, price)
    metadata = {**METADATA, "user_id": "ada"}
    details = {"subscription": "sub_1", "metadata": metadata}
    parent = {"type": "subscription_details", "subscription_details": details, "quote_details": None}
    told = [
        event("evt_1", "checkout.session.completed", session(metadata=metadata)),
        event("evt_2", "customer.subscription.updated", subscription(metadata=metadata)),
        event("evt_3", "invoice.paid", invoice(status="paid", parent=parent)),
    ]
    answers["GET /v1/events/evt_3"] = (200, told[2])
    for each in told:
        server.decision(each)
    return server


def ask(server: Server, line: Line, *, with_it: bool) -> testing.Result:
    headers: dict[str, str] = {}
    query, body = "", ""
    if line.asked == "an event":
        body = json.dumps(event("evt_9", "invoice.paid", invoice(id="in_9", status="paid")))
        headers = {"Stripe-Signature": signed(body, NOW)} if with_it else {}
    elif line.asked.startswith("?"):
        query = line.asked[1:]
    else:
        body = line.asked
    if with_it and line.needs == "device":
        headers = {"Authorization": f"Bearer {server.claim()['deviceAccessToken']}"}
    if with_it and line.needs in ("user", "operator"):
        claims = {"role": "admin"} if line.needs == "operator" else {}
        headers = bearer(server, **claims)
    return server.client.simulate_request(
        line.method, line.path, query_string=query, body=body, headers=headers
    )


@pytest.mark.parametrize("line", lines(), ids=lambda line: f"{line.service} {line.method} {line.path}")
def test_a_route_answers_as_the_document_says(line: Line) -> None:
    answer = ask(furnished(line.service), line, with_it=True)
    assert answer.status_code == line.status, answer.text
    if answer.headers["content-type"].startswith("application/json"):
        assert set(line.keys) <= set(answer.json), answer.text


@pytest.mark.parametrize(
    "line",
    [each for each in lines() if each.needs],
    ids=lambda line: f"{line.service} {line.method} {line.path}",
)
def test_without_what_it_needs_a_route_refuses_and_nothing_changes(line: Line) -> None:
    server = furnished(line.service)
    before: Any = server.contents()
    answer = ask(server, line, with_it=False)
    assert f"{answer.status_code} {answer.json['error']['code']}" == line.refusal
    assert server.contents() == before


@pytest.mark.parametrize("service", sorted(path.stem for path in MANIFESTS.glob("*.yaml")))
def test_every_declared_route_has_its_row(service: str) -> None:
    declared = [str(each.route) for each in furnished(service).context.manifest.operations]
    assert [f"{each.method} {each.path}" for each in lines() if each.service == service] == declared

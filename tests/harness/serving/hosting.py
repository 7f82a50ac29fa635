"""A visitor of the hosted pages, for tests: things to buy, and a browser without script."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

from benches import ask
from falcon import testing

from rehearsal_harness.core.objects import Subscription
from rehearsal_harness.serving.account import Account
from rehearsal_harness.serving.app import create_bench_app
from rehearsal_harness.serving.bench import Bench

SHOP = "https://shop.example.test"
GOOD = "4242424242424242"
DECLINED = "4000000000000002"
ASKS = "4000002760003184"
DEBIT = "DE89370400440532013000"


def price_of(
    bench: Bench,
    *,
    cents: int = 1_200,
    interval: str | None = "month",
    name: str = "Pro",
    account: Account | None = None,
) -> str:
    """The id of a new price, of the main account unless another is given."""
    account = account or bench.main
    product = ask(account, "POST", "/v1/products", name=name)
    recurring: dict[str, Any] = {"recurring": {"interval": interval}} if interval else {}
    params = {"product": product["id"], "currency": "usd", "unit_amount": str(cents), **recurring}
    return str(ask(account, "POST", "/v1/prices", **params)["id"])


def session_of(
    bench: Bench,
    *,
    price: str = "",
    mode: str = "subscription",
    account: Account | None = None,
    **params: Any,
) -> str:
    """The id of a new checkout session, of the main account unless another is given."""
    interval = "month" if mode == "subscription" else None
    bought = price or price_of(bench, interval=interval, account=account)
    given: dict[str, Any] = {
        "mode": mode,
        "line_items": {"0": {"price": bought, "quantity": "1"}},
        "success_url": f"{SHOP}/ok?session={{CHECKOUT_SESSION_ID}}",
        "cancel_url": f"{SHOP}/back",
    }
    return str(ask(account or bench.main, "POST", "/v1/checkout/sessions", **{**given, **params})["id"])


class Visitor:
    """Asks for pages and sends their forms, as a browser of the bench's own origin."""

    def __init__(self, bench: Bench) -> None:
        self._client = testing.TestClient(create_bench_app(bench, ()))

    def look(self, path: str, query: str = "") -> testing.Result:
        """GET."""
        return self._client.simulate_get(path, query_string=query)

    def send(self, path: str, body: str | None = None, **fields: str) -> testing.Result:
        """POST a form."""
        headers = {"content-type": "application/x-www-form-urlencoded"}
        return self._client.simulate_post(path, body=body or urlencode(fields), headers=headers)

    def pay(self, session_id: str, card: str = GOOD, **fields: str) -> testing.Result:
        """Fill in the checkout page and press its button."""
        return self.send(f"/c/pay/{session_id}", email="ada@example.com", card=card, **fields)


def text_of(page: testing.Result) -> str:
    """What a person reads."""
    body = re.sub(r"(?s)<head>.*?</head>", "", page.text)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def location(answer: testing.Result) -> str:
    """Where a redirect after a form leads."""
    assert answer.status_code == 303, (answer.status, answer.text)
    return str(answer.headers["location"])


def types_since(bench: Bench, count: int) -> list[str]:
    """The types of the events after the first `count`."""
    return [each.type for each in bench.main.world.events.since(count)]


def now(bench: Bench, subscription: Subscription) -> Subscription:
    """The subscription as it is now."""
    return bench.main.world.get(Subscription, subscription.id)


def portal(bench: Bench, customer: str, features: dict[str, Any] | None = None, **params: Any) -> str:
    """The path of a new portal session, of a configuration with these features only, or the default one."""
    if features is not None:
        made = ask(bench.main, "POST", "/v1/billing_portal/configurations", features=features)
        params["configuration"] = made["id"]
    made = ask(
        bench.main,
        "POST",
        "/v1/billing_portal/sessions",
        customer=customer,
        return_url=f"{SHOP}/account",
        **params,
    )
    return str(made["url"]).removeprefix(bench.address)


def session(bench: Bench, session_id: str) -> Any:
    """The session as the API shows it."""
    return ask(bench.main, "GET", f"/v1/checkout/sessions/{session_id}")

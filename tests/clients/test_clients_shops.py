"""What well-known open-source code asks of Stripe, asked by stripe-python in the API version it names.

The flows are rows of shops.yaml.  A call that is marked `refused` asks for what is not simulated: it is
refused by name, and what comes after it and needs its answer is not asked.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe
import yaml
from official import Bench

TABLE: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "shops.yaml").read_text("utf-8"))
_NAMED = re.compile(r"\$([a-z_0-9]+)\.([a-z_0-9.]*[a-z_0-9])")
_TYPED = {
    "card": "4242424242424242",
    "email": "ada@example.com",
    "name": "Ada Lovelace",
    "billing_line1": "1 Main St",
    "billing_city": "Springfield",
    "billing_country": "US",
}


def at(answer: Any, path: str) -> Any:
    """What stands at a dotted path, which may lead through lists."""
    for name in path.split("."):
        answer = answer[int(name)] if isinstance(answer, list) else answer[name]
    return answer


def filled(value: Any, answers: dict[str, Any]) -> Any:
    """`value` with what earlier calls answered in place of `$name.path`."""
    if isinstance(value, dict):
        return {name: filled(each, answers) for name, each in value.items()}
    if isinstance(value, list):
        return [filled(each, answers) for each in value]
    if not isinstance(value, str):
        return value
    whole = _NAMED.fullmatch(value)
    if whole:
        return at(answers[whole[1]], whole[2])
    return _NAMED.sub(lambda found: str(at(answers[found[1]], found[2])), value)


class Shop:
    """One flow in an account of its own."""

    def __init__(self, client: stripe.StripeClient, version: str | None) -> None:
        self.client = client
        self.options = {"stripe_version": version} if version else {}
        self.answers: dict[str, Any] = {}
        self.unanswered: set[str] = set()

    def ask(self, call: dict[str, Any]) -> None:
        """Carry out one call, and look at what it gives."""
        if self.unanswered & set(re.findall(r"(?<=\$)[a-z_0-9]+(?=\.)", str(call))):
            self.unanswered.add(call["call"])
            return
        method, path = filled(call["request"], self.answers).split(" ")
        asked = filled(call.get("with", {}), self.answers)
        try:
            answer = self.client.raw_request(method.lower(), path, **asked, **self.options).data
        except stripe.InvalidRequestError as refused:
            if not call.get("refused") or refused.code != "not_simulated":
                raise AssertionError(f"{call['call']}: {refused}") from refused
            self.unanswered.add(call["call"])
            return
        self.answers[call["call"]] = answer
        for place, wanted in filled(call.get("gives", {}), self.answers).items():
            assert at(answer, place) == wanted, f"{call['call']} gives another {place}"

    def pay(self, session: str) -> None:
        """A person pays on the session's page."""
        if session in self.unanswered:
            return
        url = self.answers[session]["url"]
        paid = requests.post(url, data=_TYPED, allow_redirects=False, timeout=30)
        assert paid.is_redirect, paid.text


@pytest.mark.parametrize("name", TABLE["flows"])
def test_a_shop_gets_what_it_expects(bench: Bench, key: str, name: str) -> None:
    """Each call of the flow is answered, or refused by name where the table says so."""
    flow = TABLE["flows"][name]
    client = bench.client(key, max_network_retries=0)
    shop = Shop(client, None)
    for call in TABLE["before"]:
        shop.ask(call)
    shop.options = {"stripe_version": flow["version"]} if "version" in flow else {}
    for call in flow["calls"]:
        if "pays" in call:
            shop.pay(call["pays"])
        else:
            shop.ask(call)

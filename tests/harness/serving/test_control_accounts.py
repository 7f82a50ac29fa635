"""The control page and its API about one of many accounts: each shows its own, the main one for none."""

from __future__ import annotations

import html
import re
import shlex
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from benches import AT, ask
from controlling import TIMEOUT_S, Controlled, controlled

from rehearsal_harness.serving.account import Account
from rehearsal_harness.serving.control.api import BASE
from rehearsal_harness.serving.control.looks import ACCOUNTS_MAX
from rehearsal_harness.serving.starting import bench_of

KEY = "sk_test_" + "7" * 20 + "1234"


@pytest.fixture(name="here")
def _here() -> Iterator[Controlled]:
    with controlled("nyra-billing-server") as here:
        yield here


@pytest.fixture(name="other")
def _other(here: Controlled) -> Account:
    """An account of its own, with one customer who subscribes."""
    other = here.bench.by_key.of({"authorization": f"Bearer {KEY}"})
    product = ask(other, "POST", "/v1/products", name="Pro")["id"]
    price = {"currency": "usd", "unit_amount": "900", "recurring": {"interval": "month"}, "product": product}
    card = {"payment_method": "pm_card_visa", "invoice_settings": {"default_payment_method": "pm_card_visa"}}
    made = ask(other, "POST", "/v1/customers", email="grace@example.test", **card)["id"]
    sold = ask(other, "POST", "/v1/prices", **price)["id"]
    ask(other, "POST", "/v1/subscriptions", customer=made, items={"0": {"price": sold}})
    return other


def page(here: Controlled, account: str = "") -> str:
    answer = requests.get(here.address, params={"account": account}, timeout=TIMEOUT_S)
    assert answer.status_code == 200
    return answer.text


def test_one_account_alone_is_no_choice(here: Controlled) -> None:
    assert 'name="account"' not in page(here)


def test_an_account_is_known_by_the_ends_of_its_key(here: Controlled, other: Account) -> None:
    """The first eight and the last four; the key itself stands nowhere."""
    main, second = here.get("accounts")["accounts"]

    assert (main["id"], main["key"], main["is_main"]) == (here.bench.main.id, "sk_test_…0000", True)
    assert (second["id"], second["key"], second["customers"]) == (other.id, "sk_test_…1234", 1)
    assert "sk_test_…1234: 1 customer, 1 subscription<" in page(here)
    assert KEY not in page(here, other.id)


def test_a_page_is_about_the_account_that_is_chosen(here: Controlled, other: Account) -> None:
    assert "grace@example.test" not in page(here)

    source = page(here, other.id)

    assert "grace@example.test" in source
    assert "nyra" not in source.split('id="webhooks"')[1]
    sections = requests.get(f"{here.address}/control/sections?account={other.id}", timeout=TIMEOUT_S).json()
    assert "grace@example.test" in sections["world"]


def test_a_form_of_that_page_acts_there_and_comes_back_to_it(here: Controlled, other: Account) -> None:
    source = page(here, other.id)
    (action,) = set(re.findall(r'action="(/control/do[^"]*)"', source))
    (subscription,) = other.world.subscriptions

    form = {"what": "action", "type": "CancelNow", "subscription_id": subscription.id}
    answer = requests.post(here.address + action, data=form, timeout=TIMEOUT_S)

    assert "CancelNow: " in answer.text
    assert f"account={other.id}" in answer.url
    assert next(iter(other.world.subscriptions)).status == "canceled"


def test_every_command_of_that_page_names_the_account_or_its_key(here: Controlled, other: Account) -> None:
    """But for the clock and the faults, which are everybody's."""
    lines = re.findall(r"<code>(curl .*?)</code>", page(here, other.id), re.DOTALL)
    words = [shlex.split(html.unescape(line)) for line in lines]

    for _, _, url, *rest in words:
        is_shared = url.endswith(("/clock", "/faults"))
        assert is_shared or url.endswith(f"?account={other.id}") or "$STRIPE_KEY:" in rest
    assert len(words) > 12


def test_an_account_that_is_gone_is_said_and_the_main_one_is_shown(here: Controlled) -> None:
    source = page(here, "acct_gone")

    assert "<strong>account</strong>" in source
    assert 'data-query=""' in source


@pytest.mark.parametrize("path", ["world", "timeline", "deliveries", "endpoints"])
def test_the_api_is_about_the_account_that_is_named_or_whose_key_it_has(
    here: Controlled, other: Account, path: str
) -> None:
    by_id = here.get(f"{path}?account={other.id}")
    by_key = requests.get(f"{here.address}{BASE}/{path}", auth=(KEY, ""), timeout=TIMEOUT_S).json()

    assert by_id == by_key
    assert (
        here.get(path) == here.get(f"{path}?account=main") == here.get(f"{path}?account={here.bench.main.id}")
    )
    assert path in ("deliveries", "endpoints") or by_id != here.get(path)


def test_another_account_is_acted_on_by_its_key(here: Controlled, other: Account) -> None:
    (customer,) = other.world.customers
    wish = {"type": "UpdateCustomer", "customer_id": customer.id, "name": "Grace"}

    answer = requests.post(f"{here.address}{BASE}/actions", json=wish, auth=(KEY, ""), timeout=TIMEOUT_S)

    assert [each["type"] for each in answer.json()["events"]] == ["customer.updated"]
    assert here.refused("actions", wish)[0] == 404


def test_no_key_at_all_is_refused(here: Controlled) -> None:
    """A publishable one, for example: nobody is shown the main account instead."""
    answer = requests.get(f"{here.address}{BASE}/world", auth=("pk_test_1", ""), timeout=TIMEOUT_S)

    assert (answer.status_code, answer.json()["error"]["where"]) == (404, "account")


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("actions", {"type": "StartCheckout"}),
        ("licences", {"device": "laptop"}),
        ("portal", {"device": "laptop"}),
        ("plays", {}),
    ],
)
def test_the_backends_sell_in_the_main_account_alone(
    here: Controlled, other: Account, path: str, body: dict[str, Any]
) -> None:
    status, _, what, expected = here.refused(f"{path}?account={other.id}", body)

    assert (status, what) == (409, "the backends of this bench sell in the main account")
    assert "main" in expected
    assert here.get(f"licences?account={other.id}")["licences"] == []


def test_pages_of_many_accounts_are_all_right(here: Controlled) -> None:
    """More than are remembered at a time."""
    for number in range(1, ACCOUNTS_MAX + 4):
        other = here.bench.by_key.of({"authorization": f"Bearer sk_test_{number:024}"})
        ask(other, "POST", "/v1/customers", email=f"{number}@example.test")

    for number, account in [*enumerate(here.bench.accounts()[1:], 1)] * 2:
        assert f"{number}@example.test" in page(here, account.id)


def test_the_ends_of_the_keys_are_kept(tmp_path: Any) -> None:
    bench = bench_of(at=AT, speed=0, state=tmp_path / "world")
    ask(bench.by_key.of({"authorization": f"Bearer {KEY}"}), "POST", "/v1/customers")
    bench.close()

    bench = bench_of(speed=0, state=tmp_path / "world")
    (other,) = bench.accounts()[1:]
    kept = bench.by_key.keys_shown()
    bench.close()

    assert kept[other.id] == "sk_test_…1234"

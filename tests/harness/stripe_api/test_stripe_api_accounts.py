"""Many accounts behind one address: one key, one account."""

from __future__ import annotations

import json
from base64 import b64encode

import pytest
import requests
from edges import KEY, fresh, through_loopback
from worlds import START, empty

from rehearsal_harness.core.requests import ApiRequest, ApiResponse
from rehearsal_harness.core.world import Settings, World
from rehearsal_harness.stripe_api.accounts import Accounts, account_id_of
from rehearsal_harness.stripe_api.holder import Exchange, Holder
from rehearsal_harness.stripe_api.wire import exchange

OTHER = "sk_test_other"


def opened(account_id: str) -> Holder:
    """A new account of that id."""
    return Holder(empty(START, settings=Settings(account_id=account_id)))


def headers(key: str) -> dict[str, str]:
    """What a client of that key sends."""
    return {"authorization": f"Bearer {key}"}


def test_an_equal_key_is_an_equal_account() -> None:
    """The main key opens the main account, any other its own, once; as a bearer or as the user of Basic."""
    accounts = Accounts(fresh(), opened, main_key=KEY)
    basic = {"authorization": "Basic " + b64encode(f"{OTHER}:".encode()).decode()}

    assert accounts.of(headers(KEY)) is accounts.main
    other = accounts.of(headers(OTHER))
    assert other is accounts.of(headers(OTHER)) is accounts.of(basic) is not accounts.main
    assert accounts.of(headers("rk_test_other")) not in (other, accounts.main)
    assert accounts.others()[account_id_of(OTHER)] is other
    assert other.world.settings.account_id == account_id_of(OTHER)


@pytest.mark.parametrize(
    ("key", "status", "words"),
    [
        ("", 401, "You did not provide an API key."),
        ("nonsense", 401, "Invalid API Key provided: ********"),
        ("sk_live_" + "0" * 24, 401, "Invalid API Key provided: sk_live_********************0000"),
        ("pk_test_" + "0" * 24, 403, "publishable API key"),
    ],
)
def test_a_key_that_opens_nothing_is_refused_by_the_main_account(key: str, status: int, words: str) -> None:
    """No account is opened for it, and the message does not repeat the key."""
    accounts = Accounts(fresh(), opened, main_key=KEY)
    sent = headers(key) if key else {}
    account = accounts.of(sent)
    if not key.startswith("sk_live"):
        assert account is accounts.main
    answer = exchange(account, "GET", "/v1/customers", "", "", sent)

    assert answer.status == status
    assert words in json.loads(answer.text)["error"]["message"]


def test_accounts_see_nothing_of_each_other() -> None:
    """Over a socket: a customer of one key is unknown to another."""
    with through_loopback(Accounts(fresh(), opened, KEY)) as address:
        customers = f"{address}/v1/customers"
        made = requests.post(customers, data={"name": "Ada"}, auth=(OTHER, ""), timeout=120).json()
        url = f"{customers}/{made['id']}"

        assert requests.get(url, auth=(OTHER, ""), timeout=120).status_code == 200
        assert requests.get(url, auth=(KEY, ""), timeout=120).status_code == 404


def test_one_account_may_answer_whatever_the_key() -> None:
    """Without accounts every test key is the holder's."""
    with through_loopback(fresh()) as address:
        statuses = [
            requests.get(f"{address}/v1/customers", auth=(key, ""), timeout=120).status_code
            for key in (KEY, OTHER)
        ]
    assert statuses == [200, 200]


def test_a_long_running_holder_forgets_old_exchanges() -> None:
    """At most twice as many as it is to keep, the newest always among them."""
    holder = fresh()
    holder.exchanges_most = 3
    for position in range(20):
        exchange(holder, "GET", f"/v1/customers/cus_{position}", "", "", headers(KEY))

    assert 3 <= len(holder.exchanges) <= 6
    assert holder.exchanges[-1].path == "/v1/customers/cus_19"


def test_who_listens_is_told_of_each_exchange() -> None:
    """The worlds before and after it: one and the same for a read."""
    told: list[tuple[bool, str, int]] = []

    def listen(
        before: World, after: World, seen: Exchange, request: ApiRequest, answer: ApiResponse | None
    ) -> None:
        told.append((before is after, seen.operation, answer.status if answer else 0))

    holder = fresh()
    holder.on_exchange = listen
    exchange(holder, "POST", "/v1/customers", "", "email=a@example.com", headers(KEY))
    exchange(holder, "GET", "/v1/customers", "", "", headers(KEY))

    assert told == [(False, "POST /v1/customers", 200), (True, "GET /v1/customers", 200)]

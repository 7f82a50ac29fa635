"""One exchange: what is remembered of it, and how a failure strikes."""

from __future__ import annotations

import subprocess
import sys

import pytest
from edges import KEY, Account, fresh

from rehearsal_harness.core.requests import ApiFault, ApiFaultKind
from rehearsal_harness.stripe_api.holder import Holder
from rehearsal_harness.stripe_api.wire import Answer, NoAnswer, exchange

HEADERS = {"Authorization": f"Bearer {KEY}"}


def post(holder: Holder, path: str, body: str = "") -> Answer:
    """One POST."""
    return exchange(holder, "post", path, "", body, HEADERS)


def test_writes_and_fetched_objects_are_told_apart(account: Account) -> None:
    """Writes are routes in order; fetched are the ids that GETs answered with, lists included."""
    customers = account.stripe.v1.customers
    first, second = (customers.create({"email": email}) for email in ("a@example.com", "b@example.com"))
    customers.update(first.id, {"name": "Ada"})
    customers.delete(second.id)
    customers.retrieve(first.id)
    customers.list()

    assert account.holder.writes() == (
        "POST /v1/customers",
        "POST /v1/customers",
        "POST /v1/customers/:id",
        "DELETE /v1/customers/:id",
    )
    assert account.holder.fetched() == (first.id, first.id)


def test_an_exchange_says_how_it_was_answered() -> None:
    """Status, error code and replay; a refusal for the simulation's sake says nothing about the backend."""
    holder = fresh()
    for name in ("name", "name", "cash_balance"):
        headers = {**HEADERS, "Idempotency-Key": name}
        exchange(holder, "POST", "/v1/customers", "", f"{name}=Ada", headers)
    exchange(holder, "GET", "/v1/payouts", "", "", HEADERS)
    exchange(holder, "GET", "/v1/customers/cus_0", "", "", HEADERS)

    seen = list(holder.exchanges)
    assert [(each.status, each.code, each.replayed) for each in seen] == [
        (200, "", False),
        (200, "", True),
        (400, "not_simulated", False),
        (404, "not_simulated", False),
        (404, "resource_missing", False),
    ]
    assert [each.is_not_simulated for each in seen] == [False, False, True, True, False]
    assert [each.operation for each in seen[3:]] == ["GET /v1/payouts", "GET /v1/customers/:id"]
    assert seen[0].object_ids == seen[1].object_ids != ()


def test_a_rewind_is_an_assignment() -> None:
    """World and exchanges are values: put back, they are what they were, and the same request gives the same
    answer."""
    holder = fresh()
    world, exchanges = holder.world, holder.exchanges
    first = post(holder, "/v1/customers", "email=a@example.com")
    assert len(holder.exchanges) == 1

    holder.world, holder.exchanges = world, exchanges
    again = post(holder, "/v1/customers", "email=a@example.com")

    assert again == first
    assert len(holder.exchanges) == 1


@pytest.mark.parametrize("body", ["a[b=1", "email=%FF"])
def test_a_body_that_is_no_form_is_refused_and_remembered(body: str) -> None:
    """400 in Stripe's shape, and the world is as it was."""
    holder = fresh()
    world = holder.world
    answer = post(holder, "/v1/customers", body)

    assert answer.status == 400
    assert '"type": "invalid_request_error"' in answer.text
    assert holder.world is world
    assert holder.writes() == ("POST /v1/customers",)


def test_a_fault_waits_for_its_method() -> None:
    """A fault for GET lets a POST through; one without a method takes whatever comes; a lost answer was
    done."""
    holder = fresh()
    holder.fault = ApiFault(ApiFaultKind.SERVER_ERROR, "GET")
    assert post(holder, "/v1/customers").status == 200
    assert exchange(holder, "GET", "/v1/customers", "", "", HEADERS).status == 500

    holder.fault = ApiFault(ApiFaultKind.ANSWER_LOST)
    with pytest.raises(NoAnswer, match="answer_lost"):
        post(holder, "/v1/customers")
    assert holder.fault is None
    assert len(holder.world.customers) == 2


def test_a_lock_timeout_asks_for_a_retry() -> None:
    """429 with the code lock_timeout, and the header that makes SDKs try again."""
    holder = fresh()
    holder.fault = ApiFault(ApiFaultKind.LOCK_TIMEOUT)
    answer = post(holder, "/v1/customers")

    assert answer.status == 429
    assert "lock_timeout" in answer.text
    assert answer.headers["Stripe-Should-Retry"] == "true"


def test_the_handler_and_the_wire_import_no_sdk() -> None:
    """The SDK costs 0.4 s: only the adapters that need it import it, and Falcon and responses likewise."""
    code = (
        "import sys, rehearsal_harness.stripe_api.wire\n"
        "print([name for name in ('stripe', 'falcon', 'responses', 'requests') if name in sys.modules])"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert printed.stdout.strip() == "[]"

"""stripe-python's errors: each class that a backend catches, brought about over HTTP, with what it carries.

Faults strike whoever asks next, so these tests have a bench of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import stripe
from official import Bench, a_bench

CHARGED: Any = {
    "amount": 500,
    "currency": "usd",
    "confirm": True,
    "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
}


@pytest.fixture(name="bench", scope="module")
def _bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with a_bench(tmp_path_factory.mktemp("errors")) as bench:
        yield bench


@pytest.fixture(name="client")
def _client(bench: Bench, key: str) -> stripe.StripeClient:
    return bench.client(key, max_network_retries=0)


@pytest.fixture(name="fail")
def _fail(bench: Bench) -> Iterator[Callable[..., None]]:
    """`fail(api_errors=1)`: what the next requests meet, as the bench's fault panel sets it."""
    address = f"{bench.address}/control/api/faults"

    def set_faults(**faults: object) -> None:
        requests.post(address, json=faults, timeout=120).raise_for_status()

    yield set_faults
    set_faults(none=True)


@pytest.mark.parametrize(
    ("card", "code", "decline_code"),
    [
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_visa_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card"),
        ("pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", "incorrect_cvc"),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error"),
    ],
)
def test_a_declined_card_is_a_card_error(
    client: stripe.StripeClient, card: str, code: str, decline_code: str
) -> None:
    """402, with the code, the bank's reason and the intent that may be tried again."""
    with pytest.raises(stripe.CardError) as refused:
        client.v1.payment_intents.create({**CHARGED, "payment_method": card})
    error = refused.value.error
    assert error is not None
    assert (refused.value.http_status, refused.value.code) == (402, code)
    assert error.to_dict().get("decline_code") == decline_code
    assert error.payment_intent is not None
    assert error.payment_intent.status == "requires_payment_method"
    assert str(error.charge).startswith("ch_")
    assert refused.value.user_message


def test_a_rate_limit_is_its_own_error(client: stripe.StripeClient, fail: Callable[..., None]) -> None:
    """429; nothing was done."""
    fail(rate_limits=1)
    with pytest.raises(stripe.RateLimitError) as refused:
        client.v1.customers.create({"name": "Ada"})
    error = refused.value.error
    assert error is not None
    assert (refused.value.http_status, error.code) == (429, "rate_limit")
    assert client.v1.customers.list().data == []


def test_an_error_of_stripes_is_an_api_error(client: stripe.StripeClient, fail: Callable[..., None]) -> None:
    """500."""
    fail(api_errors=1)
    with pytest.raises(stripe.APIError) as refused:
        client.v1.balance.retrieve()
    assert refused.value.http_status == 500


@pytest.mark.parametrize("fault", ["api_errors", "lost_answers", "lock_timeouts"])
def test_retries_end_in_one_object(bench: Bench, key: str, fail: Callable[..., None], fault: str) -> None:
    """Whether failed attempts were carried out (answers lost) or not: all have one Idempotency-Key."""
    fail(**{fault: 2})
    made = bench.client(key, max_network_retries=3).v1.customers.create({"name": "Ada"})
    assert [each.id for each in bench.client(key).v1.customers.list().data] == [made.id]


def test_no_connection_is_its_own_error(key: str) -> None:
    """Nobody answers at the address."""
    client = stripe.StripeClient(key, base_addresses={"api": "http://127.0.0.1:9"}, max_network_retries=0)
    with pytest.raises(stripe.APIConnectionError):
        client.v1.customers.list()


def test_an_idempotency_error_names_the_key(client: stripe.StripeClient) -> None:
    """Other parameters, or another endpoint."""
    once: Any = {"idempotency_key": "once-and-only-once"}
    client.v1.customers.create({"name": "Ada"}, once)
    with pytest.raises(stripe.IdempotencyError, match="once-and-only-once") as refused:
        client.v1.customers.create({"name": "Bea"}, once)
    assert refused.value.http_status == 400
    with pytest.raises(stripe.IdempotencyError, match="/v1/products"):
        client.v1.products.create({"name": "Pro"}, once)


@pytest.mark.parametrize("wrong", ["", "pk_test_" + "0" * 24, "sk_live_" + "0" * 24, "not_a_key_of_anybody"])
def test_a_wrong_key_is_refused_and_not_repeated(bench: Bench, wrong: str) -> None:
    """401, or 403 for a key of browsers."""
    with pytest.raises((stripe.AuthenticationError, stripe.PermissionError)) as refused:
        bench.client(wrong or "x").v1.customers.list()
    assert refused.value.http_status in (401, 403)
    assert not wrong or wrong not in str(refused.value)


@pytest.mark.parametrize(
    ("path", "asked", "param", "code"),
    [
        ("/v1/customers/cus_nobody", None, "id", "resource_missing"),
        ("/v1/subscriptions", {"customer": "cus_nobody"}, "customer", "resource_missing"),
        ("/v1/prices", {"currency": "usd", "unit_amount": 5}, "product", "parameter_missing"),
        (
            "/v1/prices",
            {"currency": "dollars", "unit_amount": 5, "product_data": {"name": "Pro"}},
            "currency",
            None,
        ),
        ("/v1/payment_intents", {"amount": 5}, "currency", "parameter_missing"),
        ("/v1/payment_intents", {"amount": -5, "currency": "usd"}, "amount", "parameter_invalid_integer"),
        ("/v1/payment_intents", {"amount": "five", "currency": "usd"}, "amount", "parameter_invalid_integer"),
        ("/v1/customers", {"metadata": "text"}, "metadata", None),
        ("/v1/customers", {"email": "nobody"}, "email", "email_invalid"),
        (
            "/v1/customers",
            {"invoice_settings": {"colour": "red"}},
            "invoice_settings[colour]",
            "parameter_unknown",
        ),
        ("/v1/customers", {"expand": ["nothing"]}, "expand", None),
    ],
)
def test_an_invalid_request_names_its_parameter(
    client: stripe.StripeClient, path: str, asked: Any, param: str | None, code: str | None
) -> None:
    """As Stripe names it, nested ones too."""
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.raw_request("get" if asked is None else "post", path, **(asked or {}))
    assert (refused.value.param, refused.value.code) == (param, code)
    assert refused.value.http_status in (400, 404)
    assert refused.value.request_id


def test_a_file_is_refused_in_stripes_shape(bench: Bench, key: str) -> None:
    """There are no files here: the SDK raises its own error, and says what is missing."""
    client = stripe.StripeClient(key, base_addresses={"api": bench.address, "files": bench.address})
    with pytest.raises(stripe.InvalidRequestError, match="/v1/files") as refused:
        client.v1.files.create({"purpose": "dispute_evidence", "file": b"evidence"})
    assert refused.value.code == "not_simulated"

"""The official SDK drives the simulated Stripe in process, through `responses`, and over a socket: all the
same."""

from __future__ import annotations

import pytest
import stripe
from edges import SUCCESS_URL, Account
from worlds import START

from rehearsal_harness.core.actions import CancelNow, CompleteCheckout
from rehearsal_harness.core.requests import ApiFault, ApiFaultKind, save_default_portal


def test_a_customer_is_created_and_retrieved(any_account: Account) -> None:
    """What was sent comes back, with an id of Stripe's form and the world's second."""
    client = any_account.stripe
    made = client.v1.customers.create({"email": "ada@example.com", "metadata": {"device_id": "laptop"}})
    found = client.v1.customers.retrieve(made.id)

    assert made.id.startswith("cus_")
    assert found.email == "ada@example.com"
    assert found.metadata["device_id"] == "laptop"
    assert found.created == START


def test_a_price_is_found_by_its_lookup_key(any_account: Account) -> None:
    """Of two prices only the one with the key is listed."""
    any_account.price()
    wanted = any_account.price(lookup_key="pro_monthly")

    found = any_account.stripe.v1.prices.list({"lookup_keys": ["pro_monthly"], "active": True})

    assert [price.id for price in found.data] == [wanted.id]
    assert not found.has_more


def test_a_checkout_session_keeps_both_metadata_apart(any_account: Account) -> None:
    """Session metadata stays on the session; subscription_data.metadata reaches the subscription."""
    session = any_account.session(
        metadata={"device_id": "laptop"},
        subscription_data={"metadata": {"device_id": "laptop", "plan": "pro"}},
    )
    assert session.metadata.to_dict() == {"device_id": "laptop"}
    assert session.success_url == SUCCESS_URL
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert session.url
    assert session.expires_at == START + 86400

    any_account.do(CompleteCheckout(session.id))
    client = any_account.stripe
    paid = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription", "line_items"]})

    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert paid.subscription.metadata.to_dict() == {"device_id": "laptop", "plan": "pro"}
    assert [item.quantity for item in paid.line_items.data] == [1]


def test_an_open_session_expires_once(any_account: Account) -> None:
    """The second request is refused with the session's status."""
    session = any_account.session()
    sessions = any_account.stripe.v1.checkout.sessions

    assert sessions.expire(session.id).status == "expired"
    with pytest.raises(stripe.InvalidRequestError, match="has a status of `expired`"):
        sessions.expire(session.id)


def test_the_portal_needs_a_configuration(any_account: Account) -> None:
    """Without a saved default a session is refused; with one, or with its own, it has a link."""
    client = any_account.stripe
    customer = client.v1.customers.create({"email": "ada@example.com"})
    with pytest.raises(
        stripe.InvalidRequestError, match="No configuration provided and your test mode default"
    ):
        client.v1.billing_portal.sessions.create({"customer": customer.id})

    own = client.v1.billing_portal.configurations.create(
        {"features": {"subscription_cancel": {"enabled": True}}}
    )
    with_own = client.v1.billing_portal.sessions.create({"customer": customer.id, "configuration": own.id})
    any_account.holder.world = save_default_portal(any_account.holder.world)
    with_default = client.v1.billing_portal.sessions.create({"customer": customer.id})

    assert with_own.configuration == own.id
    assert with_own.url.startswith("https://billing.stripe.com/")
    assert with_default.configuration not in (own.id, None)


def test_events_are_paged_through_in_both_directions(any_account: Account) -> None:
    """Auto paging gives every event, newest first; ending_before gives those after a cursor, oldest first."""
    any_account.do(CompleteCheckout(any_account.session().id))
    events = any_account.stripe.v1.events

    true_order = [event.id for event in any_account.holder.world.events]
    assert len(true_order) > 9
    newest_first = [event.id for event in events.list({"limit": 3}).auto_paging_iter()]
    after_cursor = events.list({"limit": 3, "ending_before": true_order[4]}).auto_paging_iter()

    assert newest_first == true_order[::-1]
    assert [event.id for event in after_cursor] == true_order[5:]


def test_events_are_listed_by_type(any_account: Account) -> None:
    """Only the types asked for are listed."""
    any_account.do(CompleteCheckout(any_account.session().id))
    types = ["invoice.paid", "checkout.session.completed"]

    found = any_account.stripe.v1.events.list({"types": types})

    assert sorted(event.type for event in found.data) == sorted(types)


def test_a_list_without_status_omits_canceled_subscriptions(any_account: Account) -> None:
    """A canceled subscription is listed only when asked for, and can still be retrieved."""
    any_account.do(CompleteCheckout(any_account.session().id))
    subscriptions = any_account.stripe.v1.subscriptions
    subscription_id = subscriptions.list().data[0].id
    any_account.do(CancelNow(subscription_id))

    assert subscriptions.list().data == []
    for status in ("all", "canceled", "ended"):
        assert [found.id for found in subscriptions.list({"status": status}).data] == [subscription_id]
    assert subscriptions.retrieve(subscription_id).status == "canceled"


def test_an_unknown_id_is_missing(any_account: Account) -> None:
    """404 in the path and 400 in a parameter, both resource_missing, naming what was asked for."""
    with pytest.raises(stripe.InvalidRequestError) as in_path:
        any_account.stripe.v1.customers.retrieve("cus_0")
    assert (in_path.value.http_status, in_path.value.code, in_path.value.param) == (
        404,
        "resource_missing",
        "id",
    )
    assert in_path.value.user_message == "No such customer: 'cus_0'"

    with pytest.raises(stripe.InvalidRequestError) as in_body:
        any_account.session(price="price_0")
    assert (in_body.value.http_status, in_body.value.code) == (400, "resource_missing")
    assert in_body.value.param == "line_items[0][price]"


def test_an_unknown_parameter_is_refused(any_account: Account) -> None:
    """Also the one that Stripe removed; the message names it."""
    with pytest.raises(stripe.InvalidRequestError) as refused:
        any_account.session(payment_method_types=["card"])

    assert (refused.value.code, refused.value.param) == ("parameter_unknown", "payment_method_types")
    assert refused.value.user_message == "Received unknown parameter: payment_method_types"


def test_a_parameter_that_is_not_simulated_is_refused(any_account: Account) -> None:
    """Stripe knows it; the answer says that only the simulation does not."""
    with pytest.raises(stripe.InvalidRequestError) as refused:
        any_account.session(permissions={"update_shipping_details": "client_only"})

    assert (refused.value.code, refused.value.param) == ("not_simulated", "permissions")


def test_a_missing_parameter_is_named(any_account: Account) -> None:
    """The innermost name is given as Stripe writes it."""
    with pytest.raises(stripe.InvalidRequestError) as refused:
        any_account.stripe.v1.products.create({})  # type: ignore[typeddict-item]
    assert (refused.value.code, refused.value.param) == ("parameter_missing", "name")

    with pytest.raises(stripe.InvalidRequestError) as nested:
        any_account.session(line_items=[{"quantity": 1}])
    assert (nested.value.code, nested.value.param) == ("parameter_missing", "line_items[0][price]")


def test_an_idempotency_key_gives_the_first_answer_again(any_account: Account) -> None:
    """A double click makes one session, and the second answer says so."""
    price = any_account.price().id
    first = any_account.session({"idempotency_key": "laptop|pro"}, price=price)
    again = any_account.session({"idempotency_key": "laptop|pro"}, price=price)

    assert again.id == first.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert again.last_response.headers["Original-Request"] == first.last_response.headers["Request-Id"]
    assert len(any_account.holder.world.checkout_sessions) == 1


def test_an_idempotency_key_belongs_to_one_request(any_account: Account) -> None:
    """The same key with other parameters is an idempotency_error."""
    price = any_account.price().id
    any_account.session({"idempotency_key": "laptop|pro"}, price=price)

    with pytest.raises(stripe.IdempotencyError, match="same parameters they were first used with"):
        any_account.session({"idempotency_key": "laptop|pro"}, price=price, metadata={"device_id": "desk"})


@pytest.mark.parametrize(
    ("key", "error"),
    [
        ("sk_live_" + "0" * 24, stripe.AuthenticationError),
        ("pk_test_" + "0" * 24, stripe.PermissionError),
        ("nonsense", stripe.AuthenticationError),
    ],
)
def test_a_wrong_key_is_refused(any_account: Account, key: str, error: type[stripe.StripeError]) -> None:
    """A key of the other mode or none at all: 401; a publishable one: 403; and the key is not repeated."""
    with pytest.raises(error) as refused:
        any_account.stripe.v1.customers.list({}, {"api_key": key})

    assert key not in str(refused.value)


def test_an_answer_has_a_request_id_and_a_version(any_account: Account) -> None:
    """The SDK finds both in the headers."""
    answer = any_account.stripe.v1.customers.list().last_response

    assert answer.request_id.startswith("req_")
    assert answer.headers["Stripe-Version"] == "2026-10-28.endive"


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        (ApiFaultKind.SERVER_ERROR, stripe.APIError),
        (ApiFaultKind.LOCK_TIMEOUT, stripe.RateLimitError),
        (ApiFaultKind.CONNECTION_ERROR, stripe.APIConnectionError),
        (ApiFaultKind.ANSWER_LOST, stripe.APIConnectionError),
    ],
)
def test_a_fault_strikes_once(any_account: Account, kind: ApiFaultKind, error: type[Exception]) -> None:
    """The SDK raises what it would for Stripe; only a lost answer leaves a customer behind; the next request
    works."""
    any_account.holder.fault = ApiFault(kind, "POST")
    any_account.stripe.v1.customers.list()
    with pytest.raises(error):
        any_account.stripe.v1.customers.create({"email": "ada@example.com"})

    left = len(any_account.holder.world.customers)
    any_account.stripe.v1.customers.create({"email": "ada@example.com"})

    assert left == (kind is ApiFaultKind.ANSWER_LOST)
    assert [exchange.fault for exchange in any_account.holder.exchanges] == ["", kind.value, ""]

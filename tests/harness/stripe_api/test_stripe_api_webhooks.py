"""Webhook endpoints and events, as the official SDK sees them."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from edges import KEY, Account
from worlds import empty

from rehearsal_harness.core.actions import Advance, CompleteCheckout
from rehearsal_harness.core.calendar import DAY_S
from rehearsal_harness.core.requests import ApiRequest
from rehearsal_harness.core.world import Settings
from rehearsal_harness.stripe_api.client import stripe_client
from rehearsal_harness.stripe_api.holder import Holder

URL = "https://api.example.com/webhook"


def test_only_the_creation_shows_the_secret(account: Account) -> None:
    """It is gone from retrieve, list and update."""
    endpoints = account.stripe.v1.webhook_endpoints
    made = endpoints.create({"url": URL, "enabled_events": ["invoice.paid"]})

    assert made.secret.startswith("whsec_")
    for later in (
        endpoints.retrieve(made.id),
        endpoints.list().data[0],
        endpoints.update(made.id, {"description": "main"}),
    ):
        assert "secret" not in later


def test_an_endpoint_is_sent_the_types_it_enables(account: Account) -> None:
    """pending_webhooks counts the endpoints that are enabled for the type; a disabled or deleted one is
    not."""
    client = account.stripe
    create = client.v1.webhook_endpoints.create
    create({"url": URL, "enabled_events": ["*"]})
    narrow = create({"url": URL, "enabled_events": ["customer.created"]})

    def pending() -> int:
        client.v1.customers.create({"email": "ada@example.com"})
        return int(client.v1.events.list().data[0].pending_webhooks)

    assert pending() == 2
    assert client.v1.webhook_endpoints.update(narrow.id, {"disabled": True}).status == "disabled"
    assert pending() == 1
    assert client.v1.webhook_endpoints.update(narrow.id, {"disabled": False}).status == "enabled"
    assert client.v1.webhook_endpoints.update(narrow.id, {"enabled_events": ["invoice.paid"]})
    assert pending() == 1
    client.v1.webhook_endpoints.update(narrow.id, {"enabled_events": ["*"]})
    assert client.v1.webhook_endpoints.delete(narrow.id).deleted
    assert pending() == 1
    assert len(client.v1.webhook_endpoints.list().data) == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"api_version": "2019-12-03"}, "api_version=2019-12-03"),
        ({"enabled_events": ["Invoice Paid"]}, "is no event type"),
        ({"enabled_events": ["invoice.payed"]}, "did you mean 'invoice.paid'"),
        ({"enabled_events": []}, "Missing required param: enabled_events"),
    ],
)
def test_a_wrong_endpoint_is_refused(account: Account, fields: dict[str, Any], words: str) -> None:
    """Another API version, a word that is no type, no type at all."""
    sent: Any = {"url": URL, "enabled_events": ["*"], **fields}
    with pytest.raises(stripe.InvalidRequestError, match=words):
        account.stripe.v1.webhook_endpoints.create(sent)


def test_there_are_at_most_sixteen_endpoints(account: Account) -> None:
    """The seventeenth is refused until one is deleted."""
    endpoints = account.stripe.v1.webhook_endpoints
    made = [endpoints.create({"url": URL, "enabled_events": ["*"]}) for _ in range(16)]
    with pytest.raises(stripe.InvalidRequestError, match="maximum of 16"):
        endpoints.create({"url": URL, "enabled_events": ["*"]})

    endpoints.delete(made[0].id)
    assert endpoints.create({"url": URL, "enabled_events": ["*"]}).status == "enabled"


def test_events_are_kept_for_thirty_days(account: Account) -> None:
    """Then they are neither listed nor found."""
    account.do(CompleteCheckout(account.session().id))
    events = account.stripe.v1.events
    event = events.list({"type": "checkout.session.completed"}).data[0]
    assert events.retrieve(event.id).data.object.status == "complete"

    account.do(Advance(event.created + 30 * DAY_S))
    assert events.list({"type": "checkout.session.completed"}).data == []
    with pytest.raises(stripe.InvalidRequestError, match="No such event"):
        events.retrieve(event.id)


def test_a_type_may_end_in_a_star(account: Account) -> None:
    """A group of types; type and types exclude each other; nobody here knows what was delivered."""
    account.do(CompleteCheckout(account.session().id))
    listed = account.stripe.v1.events.list

    found = {event.type for event in listed({"type": "invoice.*", "limit": 100}).data}
    assert found
    assert all(each.startswith("invoice.") for each in found)
    with pytest.raises(stripe.InvalidRequestError, match="only specify one"):
        listed({"type": "invoice.*", "types": ["invoice.paid"]})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        listed({"delivery_success": False})
    assert refused.value.code == "not_simulated"


def test_created_bounds_are_exclusive_or_not_as_named(account: Account) -> None:
    """gt and lt leave the bound out, gte and lte keep it."""
    account.stripe.v1.customers.create({"email": "ada@example.com"})
    now = account.holder.world.now
    listed = account.stripe.v1.events.list

    assert len(listed({"created": {"gte": now, "lte": now}}).data) == 1
    assert len(listed({"created": now}).data) == 1
    assert listed({"created": {"gt": now}}).data == []
    assert listed({"created": {"lt": now}}).data == []


def test_who_sends_knows_which_events_wait(account: Account) -> None:
    """`delivery_success` tells acknowledged events from the others."""
    customers = account.stripe.v1.customers
    first, second = (customers.create({"name": name}).id for name in ("a", "b"))
    events = {event.object_id: event.id for event in account.holder.world.events}

    def listed(delivered: str) -> list[str]:
        headers = {"authorization": f"Bearer {KEY}"}
        request = ApiRequest(
            method="GET",
            path="/v1/events",
            params={"delivery_success": delivered},
            headers=headers,
            waits=lambda event_id: event_id == events[first],
        )
        return [each["id"] for each in account.holder.run(request).body["data"]]

    assert listed("false") == [events[first]]
    assert listed("true") == [events[second]]


def test_an_event_is_sent_again_to_an_endpoint_that_is_there(account: Account) -> None:
    """The answer is the event; the endpoint must exist and be enabled."""
    endpoints, retry = account.stripe.v1.webhook_endpoints, account.stripe.raw_request
    endpoint = endpoints.create({"url": URL, "enabled_events": ["*"]})
    account.stripe.v1.customers.create({"name": "Ada"})
    event = account.holder.world.events[0]
    path = f"/v1/events/{event.id}/retry"

    assert retry("post", path, webhook_endpoint=endpoint.id).data["id"] == event.id
    assert retry("post", path, for_stripecli="true").data["id"] == event.id
    with pytest.raises(stripe.InvalidRequestError, match="No such webhook_endpoint"):
        retry("post", path, webhook_endpoint="we_0")
    endpoints.update(endpoint.id, {"disabled": True})
    with pytest.raises(stripe.InvalidRequestError, match="is disabled"):
        retry("post", path, webhook_endpoint=endpoint.id)


def test_a_live_endpoint_needs_https() -> None:
    """In test mode a machine's own address will do."""
    live = Holder(empty(settings=Settings(livemode=True)))
    with pytest.raises(stripe.InvalidRequestError, match="must use https"):
        stripe_client(live).v1.webhook_endpoints.create({"url": "http://127.0.0.1", "enabled_events": ["*"]})


def test_an_account_is_found_by_its_own_id(account: Account) -> None:
    """Another account is Connect's business: 403."""
    accounts = account.stripe.v1.accounts
    assert accounts.retrieve(account.holder.world.settings.account_id).object == "account"
    with pytest.raises(stripe.PermissionError, match="does not have access to account 'acct_0'"):
        accounts.retrieve("acct_0")

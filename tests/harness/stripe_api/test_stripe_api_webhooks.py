"""Webhook endpoints and events, as the official SDK sees them."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from edges import Account

from rehearsal_harness.core.actions import Advance, CompleteCheckout
from rehearsal_harness.core.calendar import DAY_S

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
    """A group of types; type and types exclude each other; delivery_success is not simulated."""
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

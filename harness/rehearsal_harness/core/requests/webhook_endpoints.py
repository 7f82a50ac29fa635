"""Webhook endpoints: create, retrieve, update, delete, list.

Source: https://docs.stripe.com/webhooks (live mode needs https);
https://docs.stripe.com/api/webhook_endpoints: only the answer to the creation carries the secret, the API
version never changes, and there are at most 16.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches

from ..api_versions import KNOWN
from ..billing.causes import Cause
from ..change import Change
from ..event_types import EVENT_TYPES
from ..objects import WebhookEndpoint
from ..render import deleted
from ..world import World
from . import refusal
from .message import Json
from .metadata import Metadata
from .operation import Call, given, metadata_of, operation, shown
from .pages import PAGE_PARAMS, listed
from .parameters import Flag, Kind, ListOf, Only, Raw, Text, Url, text_of

_MOST = 16


@dataclass(frozen=True, slots=True)
class _EventType:
    """The name of one of Stripe's event types, or `*`; many never happen here."""

    def read(self, raw: Raw, param: str) -> str:
        text = Text().read(raw, param)
        if text == "*" or text in EVENT_TYPES:
            return text
        near = get_close_matches(str(text), EVENT_TYPES, n=1)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise refusal.invalid(f"Invalid {param}: '{str(text)[:80]}' is no event type{hint}", param)


@dataclass(frozen=True, slots=True)
class _ApiVersion:
    """An API version that is simulated."""

    def read(self, raw: Raw, param: str) -> str:
        text = text_of(raw, param)
        if text not in KNOWN:
            raise refusal.not_simulated(param, text)
        return text


_FIELDS: Mapping[str, Kind] = {
    "url": Url(),
    "enabled_events": ListOf(_EventType(), most=500),
    "description": Text(clearable=True),
    "metadata": Metadata(),
}


def _create(call: Call) -> tuple[World, Json]:
    endpoints = [each for each in call.world.webhook_endpoints if not each.deleted]
    if len(endpoints) >= _MOST:
        raise refusal.invalid(f"You have reached the maximum of {_MOST} webhook endpoints.")
    _check_url(call)
    change = call.change()
    key = call.new_key(WebhookEndpoint)
    endpoint = WebhookEndpoint(
        id=change.new_id("we", key),
        created=change.now,
        secret=change.new_id("whsec", key),
        enabled_events=_enabled_events(call),
        metadata=metadata_of(call.params),
        **given(call.params, "url api_version description"),
    )
    rendered = shown(call.world, change.create(endpoint))
    return change.done(), {**rendered, "secret": endpoint.secret}


def _check_url(call: Call) -> None:
    """Only https in live mode."""
    url = call.params.get("url", "")
    if call.world.settings.livemode and not url.startswith("https://"):
        message = "Invalid URL: live mode webhook endpoints must use https."
        raise refusal.invalid(message, "url", "url_invalid")


def _enabled_events(call: Call) -> tuple[str, ...]:
    types: list[str] = call.params["enabled_events"]
    if not types:
        raise refusal.missing_parameter("enabled_events")
    return tuple(dict.fromkeys(types))


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(WebhookEndpoint))


def _update(call: Call) -> tuple[World, Json]:
    before = call.target(WebhookEndpoint)
    if "url" in call.params:
        _check_url(call)
    after = replace(
        before,
        metadata=metadata_of(call.params, before.metadata),
        enabled_events=_enabled_events(call) if "enabled_events" in call.params else before.enabled_events,
        **given(call.params, "url description"),
    )
    change = call.change()
    if after != before:
        change.update(before, after)
    if "disabled" in call.params:
        after = _switch(change, after, disabled=call.params["disabled"])
    return change.done(), shown(call.world, after)


def _switch(change: Change, before: WebhookEndpoint, *, disabled: bool) -> WebhookEndpoint:
    status, cause = ("disabled", Cause.DISABLED) if disabled else ("enabled", Cause.ENABLED)
    if before.status == status:
        return before
    return change.update(before, replace(before, status=status), cause)


def _delete(call: Call) -> tuple[World, Json]:
    endpoint = call.target(WebhookEndpoint)
    change = call.change()
    change.update(endpoint, replace(endpoint, deleted=True), Cause.DELETED)
    return change.done(), deleted(endpoint)


def _list(call: Call) -> tuple[World, Json]:
    def keep(endpoint: WebhookEndpoint) -> bool:
        return not endpoint.deleted

    rows = call.world.webhook_endpoints
    return call.world, listed(call, "/v1/webhook_endpoints", rows, lambda row: shown(call.world, row), keep)


OPERATIONS = (
    operation(
        "POST /v1/webhook_endpoints",
        _create,
        {**_FIELDS, "api_version": _ApiVersion(), "connect": Only("false")},
        required="url enabled_events",
    ),
    operation("GET /v1/webhook_endpoints", _list, PAGE_PARAMS),
    operation("GET /v1/webhook_endpoints/:id", _retrieve),
    operation("POST /v1/webhook_endpoints/:id", _update, {**_FIELDS, "disabled": Flag()}),
    operation("DELETE /v1/webhook_endpoints/:id", _delete),
)

"""Sessions of the official Stripe CLI: what `stripe listen` and `stripe logs tail` are told when they begin.

Decides: the answer to POST /v1/stripecli/sessions, which requests a session's filters let through, and the
two messages that a websocket carries.  Does not know sockets (`cli_socket`) or worlds.
Source: the open CLI, github.com/stripe/stripe-cli: pkg/stripeauth, pkg/websocket, pkg/logtailing; its version
1.52 was listened to.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

PATH = "/v1/stripecli/sessions"
SUBPROTOCOL = "stripecli-devproxy-v1"
WEBHOOKS, REQUEST_LOGS = "webhooks", "request_logs"
# The feature that is asked for, and the name under which it is granted.
AUTHORIZED = {WEBHOOKS: "webhook-payloads", REQUEST_LOGS: "request_logs"}
# The CLI opens its socket afresh so often, and what happens meanwhile is lost; one machine has no need.
RECONNECT_DELAY_S = 86_400
BY_ACCOUNT = "filter_account"  # of Connect, which is not simulated: the CLI warns that it is not applied


class SessionRefused(ValueError):
    """The CLI asked for what there is none of; `param` is Stripe's name of it, `code` Stripe's or ours."""

    def __init__(self, message: str, param: str, code: str = "parameter_invalid") -> None:
        super().__init__(message)
        self.param, self.code = param, code

    def body(self) -> dict[str, Any]:
        """The answer in Stripe's error shape."""
        error = {"type": "invalid_request_error", "message": str(self), "param": self.param}
        return {"error": {**error, "code": self.code}}


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestLog:
    """One API request, as `logs tail` shows it; `error` is the error of its answer, {} for none."""

    created: int
    method: str
    path: str
    status: int
    request_id: str
    livemode: bool = False
    error: Mapping[str, Any] = field(default_factory=dict)

    @property
    def values(self) -> dict[str, str]:
        """What each filter of `logs tail` looks at.  Everybody here is on this machine and uses the API."""
        return {
            "filter_http_method": self.method,
            "filter_ip_address": "127.0.0.1",
            "filter_request_path": self.path,
            "filter_request_status": "SUCCEEDED" if self.status < 400 else "FAILED",
            "filter_source": "API",
            "filter_status_code": str(self.status),
            "filter_status_code_type": f"{self.status // 100}00",  # the CLI makes 400 of 4XX
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CliSession:
    """What one `listen` or `logs tail` was granted; `filters` is empty where everything is wanted."""

    id: str
    account_id: str
    feature: str
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    is_warned_of_accounts: bool = False

    @property
    def secret(self) -> str:
        """What its deliveries are signed with; one per account, as at Stripe, so that a file may keep it."""
        return "whsec_" + sha256(f"stripecli|{self.account_id}".encode()).hexdigest()

    def wants(self, log: RequestLog) -> bool:
        """Whether the filters let this request through: each of them must, by one of its values."""
        values = log.values
        return all(values[name] in wanted for name, wanted in self.filters.items())

    def answer(self, websocket_url: str, default_version: str, latest_version: str) -> dict[str, Any]:
        """What the CLI is told of its session."""
        return {
            "object": "stripecli.session",
            "default_version": default_version,
            "display_connect_filter_warning": self.is_warned_of_accounts,
            "latest_version": latest_version,
            "reconnect_delay": RECONNECT_DELAY_S,
            "secret": self.secret,
            "websocket_authorized_feature": AUTHORIZED[self.feature],
            "websocket_id": self.id,
            "websocket_url": websocket_url,
        }


class CliSessions:
    """The sessions of a bench; `new_id` gives an id that nobody can guess."""

    MOST = 500  # `listen --print-secret` opens one each time and never comes back

    def __init__(self, new_id: Callable[[], str]) -> None:
        self._new_id = new_id
        self._sessions: dict[str, CliSession] = {}

    def open(self, account_id: str, params: Mapping[str, Any]) -> CliSession:
        """A new session as these form parameters want it; raises SessionRefused."""
        features = params.get("websocket_features")
        asked = list(features.values()) if isinstance(features, Mapping) else [features or ""]
        unknown = [str(each)[:60] for each in asked if each not in AUTHORIZED]
        if unknown or len(asked) != 1:
            raise SessionRefused(
                f"websocket_features: found {', '.join(unknown or map(str, asked))}; the simulated Stripe"
                f" simulates one of {' or '.join(AUTHORIZED)}. For thin events there is no substitute: listen"
                " to snapshot events, with --all-snapshot.",
                "websocket_features",
                "not_simulated",
            )
        filters = _filters(params.get("filters"))
        warned = filters.pop(BY_ACCOUNT, None) is not None
        session = CliSession(
            id=self._new_id(),
            account_id=account_id,
            feature=asked[0],
            filters=filters,
            is_warned_of_accounts=warned,
        )
        while len(self._sessions) >= self.MOST:
            self._sessions.pop(next(iter(self._sessions)), None)
        self._sessions[session.id] = session
        return session

    def find(self, session_id: str) -> CliSession | None:
        """The session of that id, if it is known."""
        return self._sessions.get(session_id)


def _filters(text: Any) -> dict[str, tuple[str, ...]]:
    known = RequestLog(created=0, method="", path="", status=0, request_id="").values
    try:
        filters = json.loads(text) if text else {}
    except (TypeError, ValueError):
        raise SessionRefused("filters: expected a JSON object", "filters") from None
    if not isinstance(filters, dict) or not all(isinstance(each, list) for each in filters.values()):
        raise SessionRefused("filters: expected a JSON object of lists", "filters")
    unknown = sorted(set(filters) - set(known) - {BY_ACCOUNT})
    if unknown:
        message = f"filters: found {unknown[0][:60]}, expected one of {', '.join(known)}"
        raise SessionRefused(message, "filters", "not_simulated")
    return {name: tuple(str(each) for each in values) for name, values in filters.items() if values}


def webhook_message(event_json: str, signature: str, conversation: str, api_version: str | None) -> str:
    """One event for `listen`.  `api_version` None: it is in the account's default version; the CLI drops
    those that are not, or with --latest those that are.
    """
    message = {
        "type": "webhook_event",
        "endpoint": {"api_version": api_version},
        "event_payload": event_json,
        "http_headers": {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature,
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        },
        "webhook_conversation_id": conversation,
        "webhook_id": f"wh_{conversation}_{'default' if api_version is None else 'latest'}",
    }
    return json.dumps(message)


def request_log_message(log: RequestLog) -> str:
    """One request for `logs tail`."""
    shown = ("type", "charge", "code", "decline_code", "message", "param")
    payload = {
        "created_at": log.created,
        "livemode": log.livemode,
        "method": log.method,
        "request_id": log.request_id,
        "status": log.status,
        "url": log.path,
        "error": {name: log.error[name] for name in shown if isinstance(log.error.get(name), str)},
    }
    message = {
        "type": "request_log_event",
        "request_log_id": log.request_id,
        "event_payload": json.dumps(payload),
    }
    return json.dumps(message)

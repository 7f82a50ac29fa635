"""The Stripe CLI at the bench: who listens, and what they are told of.

Decides: the answer to the CLI's own request for a session, and that nothing is rendered for nobody.
Does not know sockets (`cli_socket`) or the CLI's messages (`cli_sessions`).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from secrets import token_hex

from rehearsal_harness.core.objects import Event
from rehearsal_harness.core.render import render_event
from rehearsal_harness.core.render.hosted import hosted_at
from rehearsal_harness.core.requests import ApiRequest, ApiResponse
from rehearsal_harness.core.requests.access_key import check_key
from rehearsal_harness.core.requests.refusal import Refusal
from rehearsal_harness.core.world import API_VERSION, World
from rehearsal_harness.serving.account import Account
from rehearsal_harness.serving.cli_sessions import (
    PATH,
    REQUEST_LOGS,
    CliSessions,
    RequestLog,
    SessionRefused,
)
from rehearsal_harness.serving.cli_socket import CliDelivery, CliSocket


class CliDesk:
    """`delivered` hears what backends behind `stripe listen --forward-to` answered."""

    def __init__(self, delivered: Callable[[CliDelivery], None]) -> None:
        self._sessions = CliSessions(lambda: f"cliws_{token_hex(12)}")
        self.socket = CliSocket(self._sessions, lambda: int(time.time()), delivered)

    def answer(self, account: Account, request: ApiRequest) -> ApiResponse | None:
        """The answer to the CLI's own request, or None for any other."""
        if request.path != PATH or request.method != "POST" or not self.socket.url:
            return None
        version = account.world.settings.api_version
        try:
            check_key(account.world, request)
            session = self._sessions.open(account.id, request.params)
        except Refusal as refused:
            return ApiResponse(status=refused.status, body={"error": refused.error}, headers={})
        except SessionRefused as refused:
            return ApiResponse(status=400, body=refused.body(), headers={})
        body = session.answer(self.socket.url, version, API_VERSION)
        return ApiResponse(status=200, body=body, headers={}, operation=f"POST {PATH}")

    def tell_events(self, account: Account, before: World, after: World, address: str) -> None:
        """Hand on the events that `after` has and `before` had not."""
        if len(after.events) > len(before.events) and self.socket.has_listeners(account.id):
            for event in after.events.since(len(before.events)):
                self.tell_event(account, event, address)

    def tell_event(self, account: Account, event: Event, address: str) -> None:
        """Hand on one event to every `listen` of the account."""
        default, latest = (
            json.dumps(hosted_at(address, render_event(event, version, account.world)), indent=2)
            for version in (account.world.settings.api_version, API_VERSION)
        )
        self.socket.tell_event(account.id, event.id, default, latest)

    def tell_request(self, account: Account, request: ApiRequest, answer: ApiResponse, now: int) -> None:
        """Hand on what was asked and answered."""
        if self.socket.has_listeners(account.id, REQUEST_LOGS):
            log = RequestLog(
                created=now,
                method=request.method,
                path=request.path,
                status=answer.status,
                request_id=answer.headers.get("Request-Id", ""),
                error=answer.body.get("error", {}),
            )
            self.socket.tell_request(account.id, replace(log, livemode=account.world.settings.livemode))

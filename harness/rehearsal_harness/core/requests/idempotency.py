"""Idempotency keys: a request that comes again is answered as it was the first time.

Decides: what is stored, what is replayed, and when a key belongs to another request.
Does not know: what the request does.
Rule: https://docs.stripe.com/api/idempotent_requests: POST only; the first status and body once execution
began, 402 included; refusals of a request that means nothing (400, 401, 404, 429) are not stored; keys may be
forgotten after 24 hours. SDKs draw a key where the caller gives none.  A drawn key is not chance that may
enter the world: it is looked up like any other, but ids, events and the world's version follow from the
request instead.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from hashlib import sha256

from ..change import Change
from ..world import StoredReply, World
from . import refusal
from .message import ApiRequest, ApiResponse, Json

KEPT_S = 24 * 3600
_LONGEST = 255
_DRAWN = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Key:
    """What makes a POST the same request again.  `stable` is `sent`, or follows from the request when `sent`
    was drawn."""

    sent: str | None
    stable: str
    fingerprint: str
    path: str = ""


_NO_KEY = Key(None, "", "")


def key_of(request: ApiRequest) -> Key:
    """The key of a request; only a POST that sends one has `sent`.  Raises Refusal for one that is empty or
    too long."""
    if request.method == "GET":
        return _NO_KEY
    asked = json.dumps([request.method, request.path, request.params], sort_keys=True)
    fingerprint = sha256(asked.encode()).hexdigest()
    sent = request.headers.get("idempotency-key") if request.method == "POST" else None
    if sent is None:
        return Key(None, fingerprint, fingerprint)
    if not sent or len(sent) > _LONGEST:
        raise refusal.invalid(f"Idempotency-Key must have 1 to {_LONGEST} characters.")
    return Key(sent, fingerprint if _DRAWN.search(sent.lower()) else sent, fingerprint, request.path)


def in_use(request: ApiRequest) -> ApiResponse:
    """409: the first request with this key is not answered yet."""
    key = request.headers.get("idempotency-key", "")
    message = (
        "There is currently another in-progress request using this Stripe Idempotent Key (that probably "
        f"means you submitted twice, and the other request is still going through): {key[:_LONGEST]}. "
        "Please try again later."
    )
    error = {"type": refusal.INVALID_REQUEST, "message": message, "code": "idempotency_key_in_use"}
    return ApiResponse(status=409, body={"error": error}, headers={"Stripe-Should-Retry": "true"})


def replay(world: World, key: Key) -> StoredReply | None:
    """The first answer to this key, or None; raises Refusal when it was given to another request."""
    stored = world.replies.get(key.sent) if key.sent else None
    if stored is None or world.now >= stored.created + KEPT_S:
        return None
    if stored.fingerprint != key.fingerprint:
        raise refusal.reused_key(key.sent or "", stored.path, key.path)
    return stored


def remember(world: World, key: Key, status: int, body: Json, request_id: str) -> World:
    """The world that will give this answer again."""
    if key.sent is None:
        return world
    change = Change(world, f"reply|{key.stable}|{key.fingerprint}|{status}")
    reply = StoredReply(key.fingerprint, status, json.dumps(body), request_id, world.now, key.path)
    change.remember(key.sent, reply)
    return change.done()

"""What a device was just given, held against what it may have.

Decides: a licence agrees with the access, every token ends with it, and says its end the same way twice.
Does not know keys: a token's claims are read, never believed.  Rule: specs/properties.yaml.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rehearsal_harness.core.checking import Checker, say
from rehearsal_harness.core.desktop import Device
from rehearsal_harness.core.expectation import expect
from rehearsal_harness.core.findings import Violation
from rehearsal_harness.core.node import Node


def check_device(
    checker: Checker, node: Node, customer: str, device: Device, body: Mapping[str, Any]
) -> Violation | None:
    """What a device was just given agrees with what it may, and ends with it; `body` is the answer."""
    if not 200 <= device.status < 300:
        return None  # nothing was given; what the device has cached was judged when it was
    if device.active and (reason := checker.refused(node, customer, node.clock)):
        return _violation(reason, node, device, "no licence", f"active licence {device.code}")
    if customer and not checker.pending(node) and not node.lost:
        wanted = expect(checker.everything(node).get(customer, ()), checker.service.table, node.clock)
        if wanted.allowed != device.active:
            expected, observed = say(wanted.allowed, wanted.answer.code), say(device.active, device.code)
            return _violation("access_agrees", node, device, expected, observed)
    tokens = [str(body[name]) for name in ("deviceAccessToken", "license") if body.get(name)]
    found = (_check_token(checker, node, customer, device, token) for token in tokens)
    violation = next((each for each in found if each is not None), None)
    return violation or _says_its_end(node, device, body)


def _check_token(checker: Checker, node: Node, customer: str, device: Device, token: str) -> Violation | None:
    expires_at, latest = token_expiry(token), node.clock + checker.service.table.offline_grace_s
    if expires_at is None:
        expected, observed = f"exp <= {latest}", "no exp at all"
    elif expires_at > latest:
        expected, observed = f"exp <= {latest}", f"exp {expires_at}"
    elif device.expires_at > expires_at:
        expected, observed = f"expiresAt as in the token, {expires_at}", f"expiresAt {device.expires_at}"
    elif expires_at > node.clock and checker.refused(node, customer, expires_at - 1):
        expected, observed = "exp within the access", f"exp {expires_at}"
    else:
        return None
    return _violation("token_within_boundary", node, device, expected, observed)


def _says_its_end(node: Node, device: Device, body: Mapping[str, Any]) -> Violation | None:
    """Where an answer says when its device token ends, the token must say the same."""
    said, expires_at = body.get("deviceAccessTokenExpiresAtIso"), token_expiry(device.token)
    if not said or expires_at is None:
        return None
    wanted = datetime.fromtimestamp(expires_at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if said == wanted and device.expires_at == expires_at:
        return None
    observed = f"deviceAccessTokenExpiresAtIso {said}, expiresAt {device.expires_at}"
    return _violation("token_within_boundary", node, device, f"{wanted}, as in the token", observed)


def token_expiry(token: str) -> int | None:
    """The `exp` claim of a JWT, unverified; None when it has none."""
    try:
        part = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, binascii.Error, ValueError):
        return None
    expiry = claims.get("exp") if isinstance(claims, dict) else None
    return expiry if isinstance(expiry, int) else None


def _violation(property_id: str, node: Node, device: Device, expected: str, observed: str) -> Violation:
    return Violation(
        property_id=property_id, at=node.clock, subject=device.name, expected=expected, observed=observed
    )

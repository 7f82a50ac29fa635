"""Signed answers that a device keeps: the licence it shows offline and the token it comes back with.

Decides what a token says, until when it stands (never past the end of access, nor past the offline grace),
and whether one that comes back is ours.  Does not know HTTP, the store or the wall clock.  Standard JWTs,
each with its audience, so that a licence read off a disk opens no door here: HS256 with a shared secret,
which only this server can check; where there are keys, a licence is EdDSA with a `kid`, which a device checks
offline.  Rule: `exp` = `expiresAt`; at `exp` it is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import jwt

from rehearsal_server.access import Access
from rehearsal_server.license_keys import SigningKey
from rehearsal_specs.manifest import AccessTable


class Audience(StrEnum):
    """Whom a token is for."""

    LICENSE = "license"  # the desktop app, offline
    DEVICE = "device"  # this server, as a bearer token


class TokenInvalidError(Exception):
    """Not a token of ours for this use."""


class TokenExpiredError(Exception):
    """A token of ours whose time is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Who a device token speaks for."""

    customer: str
    device: str


def boundary(access: Access, table: AccessTable, now: int) -> int:
    """The unix second until which a device may rely on an allowed answer given at `now`."""
    grace_end = now + table.offline_grace_s
    return grace_end if access.until is None else min(grace_end, access.until)


class Signer:
    """Signs and reads tokens with one secret; licences with the first of `keys`, if there are any."""

    __slots__ = ("_issuer", "_keys", "_secret")

    def __init__(self, secret: str, issuer: str, keys: tuple[SigningKey, ...] = ()) -> None:
        self._secret = secret
        self._issuer = issuer
        self._keys = keys

    def sign(self, audience: Audience, bearer: Bearer, access: Access, table: AccessTable, now: int) -> str:
        """A token for an allowed `access` at `now`."""
        expires_at = boundary(access, table, now)
        claims = {
            "iss": self._issuer,
            "aud": audience.value,
            "sub": bearer.customer,
            "device": bearer.device,
            "entitlements": [table.entitlement],
            "subscription": access.subscription_id,
            "iat": now,
            "exp": expires_at,
            "expiresAt": expires_at,
        }
        if self._keys and audience is Audience.LICENSE:
            key = self._keys[0]
            return jwt.encode(claims, key.private, algorithm="EdDSA", headers={"kid": key.kid})
        return jwt.encode(claims, self._secret, algorithm="HS256")

    def read(self, token: str, audience: Audience, now: int) -> Bearer:
        """Who a token signed with the secret speaks for at `now`; raises TokenInvalidError or
        TokenExpiredError.
        """
        try:
            claims = self._verified(token, audience)
        except (jwt.InvalidTokenError, ValueError, RecursionError):
            raise TokenInvalidError from None
        customer, device, expires_at = claims["sub"], claims["device"], claims["exp"]
        if not isinstance(customer, str) or not isinstance(device, str) or not isinstance(expires_at, int):
            raise TokenInvalidError
        if now >= expires_at:
            raise TokenExpiredError
        return Bearer(customer=customer, device=device)

    def _verified(self, token: str, audience: Audience) -> Mapping[str, Any]:
        """The claims of an authentic token; its times are compared with our own clock, not with PyJWT's."""
        return jwt.decode(
            token,
            self._secret,
            algorithms=["HS256"],
            audience=audience.value,
            issuer=self._issuer,
            options={
                "require": ["sub", "device", "exp", "iat"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )

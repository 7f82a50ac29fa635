"""Who is signed in: a port, and its one adapter, bearer JWTs that somebody else issues.

Decides whether a token proves a user at an instant, and whether that user is an operator.  Does not issue
tokens, nor know sign-in pages: the service's own identity provider does.  Rules: RFC 7519 (claims), RFC 8725
(one algorithm, named here and not by the token).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import jwt

from rehearsal_server.settings import Settings
from rehearsal_server.shape import ShapeError, text, text_or_none
from rehearsal_specs.manifest import IdentityTerms, Manifest


class IdentityError(Exception):
    """The token proves nobody."""


class IdentityExpiredError(IdentityError):
    """The token proved somebody once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A signed-in person: the id that our metadata at Stripe carries, and an e-mail address if known."""

    id: str
    email: str | None
    is_admin: bool


class Identity(Protocol):
    """What the server asks of whoever signs people in."""

    def user(self, token: str, now: int) -> User:
        """Who this bearer token speaks for at `now` (unix seconds); raises IdentityError."""


class JwtIdentity(Identity):
    """Tokens verified with one configured key: a shared secret, or the issuer's public key as PEM."""

    __slots__ = ("_key", "_terms")

    def __init__(self, key: str, terms: IdentityTerms) -> None:
        self._key = key.replace("\\n", "\n")  # a PEM in an environment variable is often one line
        self._terms = terms

    def user(self, token: str, now: int) -> User:
        """As the port says; `exp` is demanded, and over at its own second."""
        try:
            claims = self._verified(token)
            user_id, email = text(claims, "sub"), text_or_none(claims, "email")
        except (jwt.PyJWTError, ShapeError, ValueError, RecursionError):
            raise IdentityError from None
        if not isinstance(claims["exp"], int) or now >= claims["exp"]:
            raise IdentityExpiredError
        not_before = claims.get("nbf", 0)
        if not isinstance(not_before, int) or now < not_before:
            raise IdentityError
        return User(id=user_id, email=email, is_admin=self._is_admin(claims))

    def _is_admin(self, claims: Mapping[str, Any]) -> bool:
        if self._terms.admin_claim is None:
            return False
        name, wanted = self._terms.admin_claim
        held = claims.get(name)
        return held == wanted or (isinstance(held, list) and wanted in held)

    def _verified(self, token: str) -> Mapping[str, Any]:
        """The claims of an authentic token; its times are compared with our own clock, not with PyJWT's."""
        return jwt.decode(
            token,
            self._key,
            algorithms=[self._terms.algorithm],
            audience=self._terms.audience,
            issuer=self._terms.issuer,
            options={
                "require": ["sub", "exp"],
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
            },
        )


def identity_of(manifest: Manifest, settings: Settings) -> Identity | None:
    """The declared identity with its configured key; None without either, and then nobody can sign in."""
    if manifest.identity is None:
        return None
    key = settings.value(manifest.identity.key_env)
    return None if key is None else JwtIdentity(key, manifest.identity)

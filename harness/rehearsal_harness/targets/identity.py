"""Test identities: the tokens of whoever signs people in, minted for a rehearsal.

Decides: the claims of a test user's token, equal for equal users within a day, and a route that hands one out
beside a served backend.  Does not verify: the backend under rehearsal does.  This lives in the harness and
never in a server: whoever could ask a server for an identity could be anybody.
Source: RFC 7519 (claims).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import Any

import jwt

from rehearsal_specs.manifest import IdentityTerms

DAY_S = 86_400
ROUTE = "/rehearsal/identities"
BODY_BYTES_MAX = 4_096
MINTED = ("HS256", "EdDSA")


class NotMinted(ValueError):
    """The harness has no key of that algorithm."""


def keys_for(terms: IdentityTerms) -> tuple[Any, str]:
    """The key that signs and the text that verifies; raises NotMinted."""
    mark = sha256(f"rehearsal identity {terms.key_env}".encode())
    if terms.algorithm == "HS256":
        secret = f"rehearsal-{mark.hexdigest()}"
        return secret, secret
    if terms.algorithm == "EdDSA":
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        key = Ed25519PrivateKey.from_private_bytes(mark.digest())
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return key, public.decode()
    raise NotMinted(f"identity.algorithm {terms.algorithm}: a rehearsal signs with {', '.join(MINTED)} only")


class Issuer:
    """Signs people in.  `token` is good for the rest of the day it is asked for, and the next one."""

    def __init__(self, terms: IdentityTerms) -> None:
        self._terms = terms
        self._key, self.verifying_key = keys_for(terms)
        self._minted: dict[tuple[str, bool, int], str] = {}

    def token(self, user: str, now: int, *, is_operator: bool = False) -> str:
        """A bearer JWT that says `user` is signed in at the unix second `now`."""
        day = now // DAY_S
        held = self._minted.get((user, is_operator, day))
        if held is None:
            held = jwt.encode(
                self._claims(user, day, is_operator), self._key, algorithm=self._terms.algorithm
            )
            self._minted[user, is_operator, day] = held
        return held

    def _claims(self, user: str, day: int, is_operator: bool) -> dict[str, object]:
        claims: dict[str, object] = {
            "iss": self._terms.issuer,
            "aud": self._terms.audience,
            "sub": user,
            "email": f"{user}@example.test",
            "exp": (day + 2) * DAY_S,
        }
        if is_operator and self._terms.admin_claim is not None:
            name, value = self._terms.admin_claim
            claims[name] = value
        return claims


WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def with_identities(app: WsgiApp, issuer: Issuer, clock: Callable[[], int]) -> WsgiApp:
    """`app` with `POST /rehearsal/identities {"user": …, "admin": …}` in front, for a developer's runs."""

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != ROUTE:
            return app(environ, start_response)
        if environ["REQUEST_METHOD"] != "POST":
            return _answer(start_response, "405 Method Not Allowed", {"code": "METHOD_NOT_ALLOWED"})
        wish = _wish(environ)
        if wish is None:
            problem = 'expected a JSON object such as {"user": "ada", "admin": false}'
            return _answer(start_response, "400 Bad Request", {"code": "BODY_INVALID", "message": problem})
        user, is_operator = wish
        token = issuer.token(user, clock(), is_operator=is_operator)
        return _answer(start_response, "200 OK", {"user": user, "token": token})

    return answer


def _wish(environ: Mapping[str, Any]) -> tuple[str, bool] | None:
    try:
        length = min(int(environ.get("CONTENT_LENGTH") or 0), BODY_BYTES_MAX)
        body = json.loads(environ["wsgi.input"].read(length))
    except ValueError:
        return None
    user, admin = (body.get("user"), body.get("admin", False)) if isinstance(body, dict) else (None, False)
    if not isinstance(user, str) or not user.isalnum() or not isinstance(admin, bool):
        return None
    return user, admin


def _answer(start_response: Callable[..., Any], status: str, body: Mapping[str, object]) -> list[bytes]:
    start_response(status, [("Content-Type", "application/json"), ("Cache-Control", "no-store")])
    return [json.dumps(body).encode()]

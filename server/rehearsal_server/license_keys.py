"""The private Ed25519 keys that sign licences, and the public halves that anybody may have.

Decides what a well-formed set of keys is, which one signs (the first), and how each is called.  Does not know
where the text comes from, nor what is signed.  The form is a JWK Set (RFC 7517, with RFC 8037 for Ed25519):
one line, so it fits an environment variable as it is, in an order, each key with its id beside it.  Without
a declared `kid` a key is called by its thumbprint (RFC 7638).  Messages never show any part of a key.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from rehearsal_server.shape import ShapeError, parse_json, text

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

EXPECTED = 'a JWK Set, {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": …, "d": …}, …]}, the newest key first'


class SigningKeysError(ValueError):
    """The text is no set of private keys; the message says which key and what is wrong, never a value."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One private key; `public` is its JWK without the private half."""

    kid: str
    private: Ed25519PrivateKey = field(repr=False)
    public: Mapping[str, str]


@lru_cache(maxsize=4)
def read_signing_keys(source: str) -> tuple[SigningKey, ...]:
    """The keys of a JWK Set, in order; raises SigningKeysError."""
    try:
        found = parse_json(source)
    except ShapeError as error:
        raise SigningKeysError(f"is not JSON; expected {EXPECTED}") from error
    listed = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(listed, list) or not listed:
        raise SigningKeysError(f"holds no keys; expected {EXPECTED}")
    keys = tuple(_read(number, each) for number, each in enumerate(listed, 1))
    if len({each.kid for each in keys}) < len(keys):
        raise SigningKeysError("holds two keys with one kid; expected each key once")
    return keys


def public_set(keys: tuple[SigningKey, ...]) -> dict[str, list[dict[str, str]]]:
    """The JWK Set of the public halves, in the same order: what a desktop app is built with."""
    return {"keys": [dict(each.public) for each in keys]}


def with_new_key(source: str | None) -> str:
    """A JWK Set as text: a new key, then those of `source`; raises SigningKeysError.  All of it is secret."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    kept = read_signing_keys(source) if source else ()
    keys = [_named(Ed25519PrivateKey.generate(), None), *kept]
    members = [{**each.public, "d": _base64url(each.private.private_bytes_raw())} for each in keys]
    return json.dumps({"keys": members}, separators=(",", ":"))


def _read(number: int, jwk: object) -> SigningKey:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if not isinstance(jwk, dict) or (jwk.get("kty"), jwk.get("crv")) != ("OKP", "Ed25519"):
        raise SigningKeysError(f"key {number} is no Ed25519 key; expected {EXPECTED}")
    if "d" not in jwk:
        raise SigningKeysError(f"key {number} is a public key; expected the private one, with 'd'")
    try:
        secret = text(jwk, "d")
        private = Ed25519PrivateKey.from_private_bytes(
            base64.b64decode(secret + "=" * (-len(secret) % 4), b"-_", validate=True)
        )
        key = _named(private, text(jwk, "kid") if "kid" in jwk else None)
    except ValueError:
        raise SigningKeysError(f"key {number} cannot be read: 'd' is 32 bytes as base64url") from None
    if jwk.get("x", key.public["x"]) != key.public["x"]:
        raise SigningKeysError(f"key {number}: 'x' is not the public half of 'd'")
    return key


def _named(private: Ed25519PrivateKey, kid: str | None) -> SigningKey:
    shape = {"crv": "Ed25519", "kty": "OKP", "x": _base64url(private.public_key().public_bytes_raw())}
    thumbprint = sha256(json.dumps(shape, separators=(",", ":"), sort_keys=True).encode()).digest()
    kid = kid or _base64url(thumbprint)
    return SigningKey(kid, private, {**shape, "kid": kid, "alg": "EdDSA", "use": "sig"})


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")

"""What the value behind a name must look like, and in which of Stripe's modes.

Decides: which prefix, length or scheme each declared shape has.  Does not know where a value comes from, and
no answer ever holds one: only what was expected.
Sources: https://docs.stripe.com/keys (prefixes), RFC 7518 section 3.2 (the length of an HS256 key).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

SIGNING_BYTES_MIN = 32
TOKEN_LENGTH_MIN = 16
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def misshapen(shape: str, value: str, *, is_live: bool) -> str:
    """What was expected of a value of this shape in this mode; "" when it is so.  Unknown shapes pass."""
    expected = _SHAPES.get(shape)
    return "" if expected is None else expected(value, is_live)


def is_stripe_key(value: str, *, is_live: bool) -> bool:
    """Is this a secret or restricted key of that mode?"""
    return bool(re.fullmatch(rf"[sr]k_(?:org_)?{'live' if is_live else 'test'}_\w{{10,}}", value, re.ASCII))


def mode_of_key(value: str) -> str:
    """live, test, or "" for what is no key of Stripe's."""
    words = value.split("_")
    known = words[0] in ("sk", "rk") and len(words) > 2
    return next((mode for mode in ("live", "test") if known and mode in words[1:3]), "")


def _stripe_key(value: str, is_live: bool) -> str:
    mode = "live" if is_live else "test"
    return "" if is_stripe_key(value, is_live=is_live) else f"a secret key of {mode} mode, sk_{mode}_…"


def _webhook_secret(value: str, is_live: bool) -> str:
    parts = [part.strip() for part in value.split(",")]  # several while a secret is rolled
    right = all(re.fullmatch(r"whsec_\w{8,}", part, re.ASCII) for part in parts)
    return "" if right else "a signing secret of a webhook endpoint, whsec_…"


def _price_id(value: str, is_live: bool) -> str:
    return "" if re.fullmatch(r"price_\w+", value, re.ASCII) else "the id of a price, price_…"


def _url(value: str, is_live: bool) -> str:
    try:
        parts = urlsplit(value)
        host = parts.hostname or ""
    except ValueError:
        host, parts = "", urlsplit("")
    right = bool(host) and not parts.username and not parts.password
    if right and (parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK and not is_live)):
        return ""
    return "an https address" if is_live else "an https address, or http on this machine"


def _signing_secret(value: str, is_live: bool) -> str:
    return "" if len(value.encode()) >= SIGNING_BYTES_MIN else f"{SIGNING_BYTES_MIN} random bytes or more"


def _api_token(value: str, is_live: bool) -> str:
    return "" if len(value) >= TOKEN_LENGTH_MIN else f"{TOKEN_LENGTH_MIN} random characters or more"


def _signing_keys(value: str, is_live: bool) -> str:
    try:
        keys = json.loads(value)["keys"]
        right = bool(keys) and all(each["crv"] == "Ed25519" and each["d"] for each in keys)
    except (ValueError, LookupError, TypeError):
        right = False
    return "" if right else "a JWK Set of private Ed25519 keys, the newest first"


_SHAPES: Mapping[str, Callable[[str, bool], str]] = {
    "stripe_secret_key": _stripe_key,
    "webhook_secret": _webhook_secret,
    "price_id": _price_id,
    "https_url": _url,
    "signing_secret": _signing_secret,
    "signing_keys": _signing_keys,
    "api_token": _api_token,
}

"""Who may ask: the secret key of a request.

Decides: whether a key is a secret key of the world's mode.  Does not know: any real key; every key of the
right shape belongs to the one account.
Rule: https://docs.stripe.com/keys: sk_ and rk_ keys name their mode; as a bearer token or as the user of
Basic.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error

from ..world import World
from . import refusal
from .message import ApiRequest

_SECRET = re.compile(r"(?:sk|rk)_(test|live)_\w{8,}", re.ASCII)


def check_key(world: World, request: ApiRequest) -> None:
    """Raises Refusal 401 unless the request carries a secret key of the world's mode."""
    key = _key_of(request.headers.get("authorization", ""))
    if not key:
        raise refusal.unauthorized(
            "You did not provide an API key. You need to provide your API key in the Authorization header, "
            "using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
        )
    mode = "live" if world.settings.livemode else "test"
    match = _SECRET.fullmatch(key)
    if match is None or match[1] != mode:
        raise refusal.unauthorized(f"Invalid API Key provided: {_masked(key)}")


def _key_of(header: str) -> str:
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return b64decode(value, validate=True).decode().partition(":")[0]
        except (Error, UnicodeDecodeError):
            return value
    return header


def _masked(key: str) -> str:
    return f"{key[:8]}****{key[-4:]}" if len(key) > 16 else "****"

"""Who may ask: the secret key of a request.

Decides: whether a key is a secret key of the world's mode.  Does not know: any real key; which account a key
belongs to is said outside (`rehearsal_harness.stripe_api.accounts`).
Rule: https://docs.stripe.com/keys: sk_ and rk_ keys name their mode; as a bearer token or as the user of
Basic.  A publishable key is refused with 403 secret_key_required, and a key is shown as its first 8 and last
4 letters: the messages that users of the SDKs report, as stripe-node issues 361 and 950.
"""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Mapping

from ..world import World
from . import refusal
from .message import ApiRequest

_SECRET = re.compile(r"(?:sk|rk)_(test|live)_[^\s:]{1,255}")
_HELP = (
    "See https://stripe.com/docs/api#authentication for details, or we can help at "
    "https://support.stripe.com/."
)


def check_key(world: World, request: ApiRequest) -> None:
    """Raises Refusal 401 unless the request carries a secret key of the world's mode, 403 for a publishable
    key."""
    key = key_of_request(request.headers)
    if not key:
        raise refusal.unauthorized(_no_key(request.headers.get("authorization", "")))
    if key.startswith(("pk_test_", "pk_live_")):
        raise refusal.publishable_key()
    mode = "live" if world.settings.livemode else "test"
    match = _SECRET.fullmatch(key)
    if match is None or match[1] != mode:
        raise refusal.unauthorized(f"Invalid API Key provided: {masked(key)}")


def is_secret_key(key: str) -> bool:
    """Whether `key` has the form of a secret or restricted key, of either mode."""
    return _SECRET.fullmatch(key) is not None


def key_of_request(headers: Mapping[str, str]) -> str:
    """The API key in the header `authorization`, "" where there is none."""
    header = headers.get("authorization", "")
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return b64decode(value, validate=True).decode().partition(":")[0]
        except (Error, UnicodeDecodeError, ValueError):
            return value.strip()
    return ""


def masked(key: str) -> str:
    """The key as Stripe shows it in a message; a short one not at all."""
    if len(key) <= 16:
        return "*" * len(key)
    return f"{key[:8]}{'*' * (len(key) - 12)}{key[-4:]}"


def _no_key(header: str) -> str:
    if header and not header.lower().startswith(("basic ", "bearer ")):
        return (
            "You did not provide an API key, though you did set your Authorization header. Using Bearer "
            "auth, your Authorization header should look something like "
            f"'Authorization: Bearer YOUR_SECRET_KEY'. {_HELP}"
        )
    return (
        "You did not provide an API key. You need to provide your API key in the Authorization header, "
        f"using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). {_HELP}"
    )

"""How Stripe signs a delivery, and what a delivery of the other mode looks like.

Decides: the scheme v1.  Does not know secrets.  Source: https://docs.stripe.com/webhooks#verify-manually.
"""

from __future__ import annotations

import hmac
import json
from hashlib import sha256


def v1(secret: str, at: int, body: bytes) -> str:
    """One signature of `body`, made with `secret` at the unix second `at`."""
    return f"v1={hmac.new(secret.encode(), b'%d.' % at + body, sha256).hexdigest()}"


def in_other_mode(body: bytes) -> bytes:
    """The same event as the other mode of the account would send it."""
    event = json.loads(body)
    event["livemode"] = not event["livemode"]
    event["id"] += "_other_mode"
    return json.dumps(event, indent=2).encode()

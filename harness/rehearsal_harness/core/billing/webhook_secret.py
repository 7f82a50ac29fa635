"""A webhook endpoint gets a new signing secret; the old one stays valid for a while.

Decides: that until then each delivery is signed with both.  Does not know who signs.
Source: https://docs.stripe.com/webhooks#roll-endpoint-secrets (done in the dashboard; no event tells of it).
"""

from __future__ import annotations

from ..change import Change
from ..objects import WebhookEndpoint
from ..records import replace
from ..world import World
from .causes import Cause

KEEP_S_MAX = 86_400


def roll_secret(world: World, endpoint_id: str, keep_s: int = KEEP_S_MAX) -> World:
    """The world where the endpoint signs with a new secret, and for `keep_s` more seconds with the old one.

    Raises UnknownObject; ValueError for a time that Stripe does not offer.
    """
    if not 0 <= keep_s <= KEEP_S_MAX:
        raise ValueError(
            f"keep_s {keep_s}: expected 0 to {KEEP_S_MAX}, Stripe keeps an old secret for a day at most"
        )
    before = world.get(WebhookEndpoint, endpoint_id)
    change = Change(world, f"roll {endpoint_id} {keep_s} {world.now} {before.secret}", by_api=True)
    after = replace(
        before,
        secret=change.new_id("whsec", f"{endpoint_id}|{before.secret}|{world.now}"),
        old_secret=before.secret if keep_s else None,
        old_secret_until=world.now + keep_s,
    )
    change.update(before, after, Cause.UPDATED)
    return change.done()

"""Which subscription has which item, as an index beside the subscriptions.

Decides: what a subscription that is kept changes in it.  Does not know: who asks.
"""

from __future__ import annotations

from typing import TypeAlias

from rpds import HashTrieMap

from .objects import Subscription

Holders: TypeAlias = "HashTrieMap[str, str]"  # id of an item -> id of its subscription


def held(holders: Holders, before: Subscription | None, after: Subscription) -> Holders:
    """The index after `after` is kept in place of `before`; looks at no other subscription."""
    if before is not None and before.items is after.items:
        return holders
    ids = {item.id for item in after.items}
    for item in before.items if before is not None else ():
        if item.id not in ids:
            holders = holders.discard(item.id)
    for item in after.items:
        if item.id not in holders:
            holders = holders.insert(item.id, after.id)
    return holders

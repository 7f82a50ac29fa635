"""Where periods begin and end.

Decides: the instant at which period k of an anchor begins.  Always computed from the anchor, never from an
earlier, clamped date: Jan 31, Feb 28, Mar 31, Apr 30.  Does not know: what time it is now.
Rule: https://docs.stripe.com/billing/subscriptions/billing-cycle: UTC, the time of day is kept.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime

HOUR_S = 3600
DAY_S = 86400
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}


def boundary(anchor: int, interval: str, interval_count: int, k: int) -> int:
    """The unix second at which period `k` (0 begins at the anchor) of `interval_count` `interval`s begins.

    >>> boundary(0, "month", 1, 2) // DAY_S  # 1970-03-01
    59
    """
    steps = interval_count * k
    if interval in _DAYS:
        return anchor + steps * _DAYS[interval] * DAY_S
    start = datetime.fromtimestamp(anchor, UTC)
    years, month0 = divmod(start.month - 1 + steps * _MONTHS[interval], 12)
    year, month = start.year + years, month0 + 1
    day = min(start.day, monthrange(year, month)[1])
    return int(start.replace(year=year, month=month, day=day).timestamp())

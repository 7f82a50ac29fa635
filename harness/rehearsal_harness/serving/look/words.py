"""Short words for instants and distances, for a page full of them.

Decides: how much of an instant, or of an id, a table shows.  Does not know amounts and long dates (`look`).
"""

from __future__ import annotations

from datetime import UTC, datetime


def brief(at: int | None) -> str:
    """A unix second in UTC: `1 Jun 2026 08:30`; a dash for None."""
    if at is None:
        return "–"
    told = datetime.fromtimestamp(at, UTC)
    return f"{told.day} {told:%b %Y %H:%M}"


def time_of_day(at: int) -> str:
    """The time of a unix second in UTC, to the second."""
    return f"{datetime.fromtimestamp(at, UTC):%H:%M:%S}"


def day_of(at: int) -> str:
    """The day of a unix second in UTC: `1 Jun 2026`."""
    told = datetime.fromtimestamp(at, UTC)
    return f"{told.day} {told:%b %Y}"


def span(seconds: int) -> str:
    """A distance in its two largest units.

    >>> span(90_000), span(-59), span(0)
    ('1 d 1 h', '59 s', '0 s')
    """
    left, words = abs(seconds), []
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, left = divmod(left, length)
        if count:
            words.append(f"{count} {unit}")
    return " ".join(words[:2]) or "0 s"


def away(at: int | None, now: int) -> str:
    """Where an instant lies from `now`: `in 29 d`, `2 h ago`, `now`; a dash for None."""
    if at is None:
        return "–"
    if at == now:
        return "now"
    return f"in {span(at - now)}" if at > now else f"{span(now - at)} ago"


def shortened(name: str) -> str:
    """An id that fits a table: its kind and its last six characters.

    >>> shortened("sub_1RehearsalAbcdef"), shortened("in_12")
    ('sub_…Abcdef', 'in_12')
    """
    kind, mark, rest = name.rpartition("_")
    return f"{kind}_…{rest[-6:]}" if mark and len(rest) > 8 else name


def several(count: int, noun: str) -> str:
    """A number of things.

    >>> several(1, "event"), several(1200, "event")
    ('1 event', '1,200 events')
    """
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def pace(speed: float) -> str:
    """How a clock goes.

    >>> pace(0), pace(1), pace(3600)
    ('stands still', 'runs in real time', 'runs 3,600 times as fast as real time')
    """
    if speed == 0:
        return "stands still"
    return "runs in real time" if speed == 1 else f"runs {speed:,g} times as fast as real time"


FILTERS = {
    "pace": pace,
    "brief": brief,
    "away": away,
    "span": span,
    "time_of_day": time_of_day,
    "shortened": shortened,
    "several": several,
}

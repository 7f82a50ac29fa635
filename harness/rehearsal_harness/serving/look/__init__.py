"""How every page of the bench looks: one base template, one stylesheet, and words for money and time.

Decides: which template a name means, and how amounts and instants read.  Does not know any page's content.
A name is `<part>/<file>`: `hosted/pay.html` is serving/hosted/templates/pay.html.  `look/base.html` has the
blocks title, head, nav, banner, main, foot and scripts; `look/parts.html` the macros pages share.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehearsal_harness.core.currencies import plain
from rehearsal_harness.serving.look.words import FILTERS

if TYPE_CHECKING:
    from jinja2 import Environment

STYLESHEET = "/look/style.css"
_PARTS = Path(__file__).parent.parent
_SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "jpy": "¥"}


def money(amount: int, currency: str) -> str:
    """An amount in the smallest unit as a person reads it.

    >>> money(123456, "usd"), money(-500, "chf"), money(700, "jpy"), money(1500, "kwd")
    ('$1,234.56', '−CHF 5.00', '¥700', 'KWD 1.500')
    """
    sign = _SIGNS.get(currency, currency.upper() + "\N{NO-BREAK SPACE}")
    return f"{'−' if amount < 0 else ''}{sign}{plain(abs(amount), currency)}"


def day(instant: int | None) -> str:
    """The day of a unix second, in UTC: `12 February 2027`; nothing for None."""
    if instant is None:
        return ""
    moment = datetime.fromtimestamp(instant, UTC)
    return f"{moment.day} {moment:%B %Y}"


def instant(at: int | None) -> str:
    """A unix second in full, in UTC: `12 February 2027, 08:30:00 UTC`; nothing for None."""
    return "" if at is None else f"{day(at)}, {datetime.fromtimestamp(at, UTC):%H:%M:%S} UTC"


def iso(at: int) -> str:
    """A unix second for the attribute `datetime`."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def render(template: str, **values: Any) -> str:
    """The page `template` with `values`; everything in them is escaped."""
    return _environment().get_template(template).render(values)


@cache
def stylesheet() -> bytes:
    """The text of the one stylesheet, served at STYLESHEET."""
    return (Path(__file__).parent / "style.css").read_bytes()


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined

    folders = {folder.parent.name: folder for folder in _PARTS.glob("*/templates")}
    environment = Environment(
        loader=PrefixLoader({part: FileSystemLoader(folder) for part, folder in folders.items()}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"money": money, "day": day, "instant": instant, "iso": iso, **FILTERS}
    environment.globals["stylesheet"] = STYLESHEET
    return environment

"""JSON that somebody sends, read against a table of fields.

Decides: what each kind of field takes, and how a refusal names where, what was found and what was expected.
Does not know what any field means.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

TEXT_MAX = 500
SHOWN_MAX = 60
INSTANT_MAX = 253_402_300_799  # the last second that a calendar of four-digit years can show
NOT_GIVEN: Any = None

Kind = Callable[[Any], Any]  # the value as it is used; raises Unfit


class Unfit(ValueError):
    """A value of another kind; the message says what was expected."""


class WrongWish(ValueError):
    """What was sent is not what is taken: `where` in it, `what` stood there, and what was `expected`."""

    def __init__(self, where: str, what: str, expected: str) -> None:
        super().__init__(f"{where}: {what}; expected {expected}")
        self.where = where
        self.what = what
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Field:
    """One field: how its value is read, and whether it must be there."""

    read: Kind
    is_required: bool = False
    means: str = ""


def read_fields(given: object, table: Mapping[str, Field], where: str) -> dict[str, Any]:
    """The fields that were given, read; raises WrongWish for unknown, missing and wrong ones.

    A field that is null counts as not given.
    """
    if not isinstance(given, Mapping):
        raise WrongWish(where, shown(given), "a JSON object")
    for name in given:
        if name not in table:
            raise WrongWish(where, f"unknown field {shown(name)}", nearest(str(name), table))
    read: dict[str, Any] = {}
    for name, field in table.items():
        value = given.get(name)
        if value is None:
            if field.is_required:
                raise WrongWish(f"{where}.{name}", "nothing", field.means or "a value")
            continue
        try:
            read[name] = field.read(value)
        except Unfit as problem:
            raise WrongWish(f"{where}.{name}", shown(value), str(problem)) from None
    return read


def nearest(name: str, known: Mapping[str, object]) -> str:
    """Which names there are, the nearest one first."""
    close = get_close_matches(name.lower(), [each.lower() for each in known], n=1, cutoff=0.5)
    best = [each for each in known if each.lower() in close]
    listed = ", ".join(known) or "nothing"
    return f"'{best[0]}'? Known: {listed}" if best else f"one of {listed}"


def shown(value: object) -> str:
    """A value in a message: short, on one line, nothing that looks like a key."""
    text = repr(value) if isinstance(value, str) else str(value)
    if isinstance(value, str) and value.startswith(("sk_", "rk_", "whsec_")):
        return "a secret"
    return text if len(text) <= SHOWN_MAX else f"{text[:SHOWN_MAX]}…"


def whole(least: int, most: int) -> Kind:
    """A whole number in a range, both ends included."""

    def read(value: Any) -> int:
        if type(value) is not int or not least <= value <= most:
            raise Unfit(f"a whole number from {least} to {most}")
        return value

    return read


def number(least: float, most: float) -> Kind:
    """A finite number in a range."""

    def read(value: Any) -> float:
        if type(value) not in (int, float) or not math.isfinite(value) or not least <= value <= most:
            raise Unfit(f"a number from {least:g} to {most:g}")
        return float(value)

    return read


def flag(value: Any) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise Unfit("true or false")
    return value


def text(value: Any) -> str:
    """A text on one line that is not empty."""
    if not isinstance(value, str) or not value.strip() or len(value) > TEXT_MAX or not value.isprintable():
        raise Unfit(f"a text of 1 to {TEXT_MAX} printable characters")
    return value.strip()


def texts(value: Any) -> tuple[str, ...]:
    """A list of texts that is not empty."""
    if not isinstance(value, list) or not 0 < len(value) <= 20:
        raise Unfit("a list of 1 to 20 texts")
    return tuple(text(each) for each in value)


def some_of(words: Collection[str]) -> Kind:
    """A list of `words`, one or more."""

    def read(value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not value or any(each not in words for each in value):
            raise Unfit(f"a list of some of {', '.join(words)}")
        return tuple(value)

    return read


def email(value: Any) -> str:
    """Something with an @ between two texts."""
    address = text(value)
    before, at, after = address.partition("@")
    if not before or not at or not after or " " in address:
        raise Unfit("an e-mail address such as ada@example.test")
    return address


def choice(kind: type[Any] | None, *words: str) -> Kind:
    """One of `words`, as a member of the enum `kind` if that is given."""

    def read(value: Any) -> Any:
        if not isinstance(value, str) or value not in words:
            raise Unfit(f"one of {', '.join(words)}")
        return value if kind is None else kind(value)

    return read

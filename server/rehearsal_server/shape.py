"""Reading JSON that somebody else wrote: the value asked for, or ShapeError naming the field.

Decides what counts as an id, an instant, an object or a list.  Does not know which object is read or why.
Rule: Stripe's ids are opaque, case-sensitive and up to 255 characters (https://docs.stripe.com/upgrades);
its instants are integer unix seconds.  What is absent or null may be missing; what is there must have the
right type.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NoReturn

Json = Mapping[str, Any]

TEXT_LENGTH_MAX = 255
INSTANT_MAX = 2**53  # far beyond any date, and exact in JSON, SQL and JavaScript


class ShapeError(ValueError):
    """JSON is not shaped as agreed; the message names the field, never its value."""


class NotJsonError(ShapeError):
    """The text is not JSON at all."""


def parse_json(body: str) -> object:
    """What `body` says; raises NotJsonError.  NaN, Infinity and endless nesting are not JSON."""
    try:
        return _decode(body)
    except (ValueError, RecursionError) as error:
        raise NotJsonError("the body is not JSON") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_decode = json.JSONDecoder(parse_constant=_refuse_constant).decode


def text(holder: Json, key: str) -> str:
    """A non-empty, printable string of at most 255 characters."""
    value = holder.get(key)
    if type(value) is not str or not 0 < len(value) <= TEXT_LENGTH_MAX or not value.isprintable():
        raise ShapeError(f"{key} is not an id or a word")
    return value


def text_or_none(holder: Json, key: str) -> str | None:
    """The same, or None where it is absent or null."""
    return None if holder.get(key) is None else text(holder, key)


def instant(holder: Json, key: str) -> int:
    """Unix seconds."""
    value = holder.get(key)
    if type(value) is not int or not 0 <= value < INSTANT_MAX:
        raise ShapeError(f"{key} is not unix seconds")
    return value


def instant_or_none(holder: Json, key: str) -> int | None:
    """The same, or None where it is absent or null."""
    return None if holder.get(key) is None else instant(holder, key)


def amount_or_none(holder: Json, key: str) -> int | None:
    """An amount in the smallest unit of its currency, or None where it is absent or null."""
    value = holder.get(key)
    if value is not None and (type(value) is not int or abs(value) >= INSTANT_MAX):
        raise ShapeError(f"{key} is not an amount")
    return value


def flag(holder: Json, key: str) -> bool:
    """A boolean; absent or null is false."""
    value = holder.get(key)
    if value is not None and type(value) is not bool:
        raise ShapeError(f"{key} is not a boolean")
    return value is True


def mapping(holder: Json, key: str) -> Json:
    """A JSON object."""
    value = holder.get(key)
    if type(value) is not dict:
        raise ShapeError(f"{key} is not an object")
    return value


def mapping_or_empty(holder: Json, key: str) -> Json:
    """The same, or an empty one where it is absent or null."""
    return {} if holder.get(key) is None else mapping(holder, key)


def elements(holder: Json, key: str) -> list[Json]:
    """The elements of a Stripe list, `{"object": "list", "data": [...]}`; an absent list is empty."""
    found = mapping_or_empty(holder, key).get("data", [])
    if type(found) is not list or not all(type(each) is dict for each in found):
        raise ShapeError(f"{key}.data is not a list of objects")
    return found

"""The world's records as JSON text and back, by the types that their classes declare.

Decides: how a record is written: JSON alone, so that reading a file never runs code.  Does not know any
class of Stripe's by name: fields, enums, tuples and records within records are found by looking (msgspec).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, TypedDict, TypeVar, cast, get_type_hints

import msgspec

from rehearsal_harness.core import objects
from rehearsal_harness.core.objects import Event
from rehearsal_harness.core.world import TABLES, Settings, StoredReply

T = TypeVar("T")

KINDS: Mapping[str, type[Any]] = {name: kind for kind, name in TABLES.items()}  # by table
MAPS: Mapping[str, type[Any]] = {"replies": StoredReply}  # fields of a world that are maps of text to records
_OBJECTS = ("before", "after")  # of an event: kept once, whoever else means them

encode = msgspec.json.encode  # any record; bytes of UTF-8


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a world says of itself in one line.

    `times` are its second and those of its test clocks, `plans` what was ever planned in each, by clock.
    """

    settings: Settings
    seed: int
    version: bytes
    times: dict[str, int]
    plans: dict[str, int]


def decode(kind: type[T], text: str | bytes) -> T:
    """The record of class `kind`; raises msgspec.ValidationError or DecodeError, both ValueErrors."""
    return cast(T, _decoder(cast(Any, kind)).decode(text))


def encode_event(event: Event) -> bytes:
    """An event without the objects in it."""
    return encode({name: getattr(event, name) for name in event_fields()})


def decode_event(text: str | bytes, before: Any, after: Any) -> Event:
    """The event with the objects that belong in it; raises ValueErrors."""
    return Event(**_event_decoder().decode(text), before=before, after=after)


@cache
def event_fields() -> tuple[str, ...]:
    """The fields of an event, its objects excepted."""
    return tuple(each.name for each in fields(Event) if each.name not in _OBJECTS)


def shapes() -> dict[str, set[str]]:
    """The fields of everything that is written, records within records too: objects by their table's name,
    others by their class's."""
    found = {"events": set(event_fields())}
    waiting: list[type[Any]] = [Head, *MAPS.values(), *KINDS.values()]
    seen = set(waiting)
    while waiting:
        kind = waiting.pop()
        found.setdefault(TABLES.get(kind, kind.__name__), _names(kind))
        inner = {each for hint in _hints(kind).values() for each in _records_in(hint)} - seen
        waiting.extend(inner)
        seen |= inner
    return found


def _names(kind: type[Any]) -> set[str]:
    return {each.name for each in fields(kind)}


def _hints(kind: type[Any]) -> dict[str, Any]:
    return {name: hint for name, hint in get_type_hints(kind).items() if name in _names(kind)}


def _records_in(hint: Any) -> Iterable[type[Any]]:
    if isinstance(hint, type) and hasattr(hint, "__dataclass_fields__"):
        yield hint
    for argument in getattr(hint, "__args__", ()):
        yield from _records_in(argument)


@cache
def _decoder(kind: type[Any]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)


@cache
def _event_decoder() -> msgspec.json.Decoder[dict[str, Any]]:
    hints = get_type_hints(Event, localns=vars(objects))
    shape = cast(Any, TypedDict)("shape", {name: hints[name] for name in event_fields()}, total=False)
    return msgspec.json.Decoder(shape)

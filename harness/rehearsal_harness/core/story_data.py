"""A story and a schedule as plain data and back, so that a finding's file holds all that a replay needs.

Decides: how an action is written down: its class name and its fields.  Does not know files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from rehearsal_harness.core import signed_in
from rehearsal_harness.core import story as told
from rehearsal_harness.core.node import Move
from rehearsal_harness.core.story import Anchor, Moment, Story

_KINDS = [value for module in (told, signed_in) for value in vars(module).values() if isinstance(value, type)]
ACTIONS: Mapping[str, type[told.Action]] = {
    each.__name__: each for each in _KINDS if issubclass(each, told.Action) and each is not told.Action
}


class NotAStory(ValueError):
    """The data does not tell a story; the message names the part."""


def story_to_data(story: Story) -> dict[str, Any]:
    """JSON-ready data; `actions` is a list of one-key objects {class: fields}."""
    data = {field.name: getattr(story, field.name) for field in fields(story)}
    return data | {
        "tags": sorted(story.tags),
        "faults": dict(story.faults),
        "actions": [{type(action).__name__: _fields(action)} for action in story.actions],
    }


def story_of_data(data: Mapping[str, Any]) -> Story:
    """The story; raises NotAStory."""
    try:
        plain = dict(data)
        plain["tags"] = frozenset(data["tags"])
        plain["faults"] = tuple(sorted(data["faults"].items()))
        plain["switches"] = tuple(data.get("switches", ()))
        plain["actions"] = tuple(_action(each) for each in data["actions"])
        return Story(**plain)
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise NotAStory(f"not a story: {error}") from error


def move_of_data(data: Mapping[str, Any]) -> Move:
    """One move of a schedule."""
    return Move(data["kind"], data.get("event", -1), data.get("nth", 0))


def _fields(action: told.Action) -> dict[str, Any]:
    values = {field.name: getattr(action, field.name) for field in fields(action)}
    return {name: _plain(value) for name, value in values.items()}


def _plain(value: Any) -> Any:
    return {"anchor": str(value.anchor), "offset_s": value.offset_s} if isinstance(value, Moment) else value


def _action(data: Mapping[str, Any]) -> told.Action:
    ((name, values),) = data.items()
    plain = {key: _frozen(value) for key, value in values.items()}
    return ACTIONS[name](**plain)


def _frozen(value: Any) -> Any:
    """JSON knows no moments, and no tuples."""
    if isinstance(value, Mapping):
        return Moment(Anchor(value["anchor"]), value["offset_s"])
    return tuple(_frozen(each) for each in value) if isinstance(value, list) else value

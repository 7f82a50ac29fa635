"""YAML text, event by event, into a tree with positions.

Decides what of YAML is refused because it hides what a file says: anchors and aliases, tags, several
documents.  Does not know schemas.  Uses libyaml's parser when PyYAML brings it (ten times faster), else
PyYAML's own.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from rehearsal_specs.diagnostics import Diagnostic, SpecError, quoted
from rehearsal_specs.source import Place, TreeBuilder

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_WORDS: dict[str, object] = {"true": True, "false": False, "null": None, "~": None, "": None}


def build(text: str, tree: TreeBuilder) -> None:
    """Feed `tree` from `text`; raises SpecError where the text is no YAML."""
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            _feed(tree, event)
    except yaml.MarkedYAMLError as error:
        raise SpecError([_broken(tree.path, error)]) from None
    except yaml.YAMLError as error:
        raise SpecError([Diagnostic(tree.path, 1, 1, f"this is not YAML: {error}")]) from None


def _feed(tree: TreeBuilder, event: yaml.Event) -> None:
    at = _place(event.start_mark)
    if isinstance(event, yaml.ScalarEvent):
        _refuse_decoration(tree, event, at)
        if tree.wants_key:
            tree.key(event.value, at)
        else:
            tree.scalar(_plain(event.value) if event.implicit[0] else event.value, at)
    elif isinstance(event, yaml.MappingStartEvent):
        _refuse_decoration(tree, event, at)
        tree.begin({}, at)
    elif isinstance(event, yaml.SequenceStartEvent):
        _refuse_decoration(tree, event, at)
        tree.begin([], at)
    elif isinstance(event, yaml.CollectionEndEvent):
        tree.end()
    elif isinstance(event, yaml.AliasEvent):
        raise SpecError([Diagnostic(tree.path, *at, f"the alias '*{event.anchor}'", "values written out")])
    elif isinstance(event, yaml.DocumentStartEvent) and tree.root:
        raise SpecError([Diagnostic(tree.path, *at, "a second document", "one document in a file")])


def _place(mark: Any) -> Place:
    """Where a mark of the parser is; it has none when a whole text cannot be read."""
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)


def _refuse_decoration(
    tree: TreeBuilder, event: yaml.ScalarEvent | yaml.CollectionStartEvent, at: Place
) -> None:
    if event.anchor is not None:
        tree.problem(at, f"the anchor '&{event.anchor}'", "values written out")
    if event.tag is not None:
        tree.problem(at, f"the tag {quoted(event.tag)}", "values without tags")


def _plain(text: str) -> object:
    """The value of an unquoted scalar."""
    if _INTEGER.fullmatch(text):
        return int(text)
    return _WORDS.get(text, text)


def _broken(path: str, error: yaml.MarkedYAMLError) -> Diagnostic:
    problem = error.problem or "it cannot be parsed"
    mark = error.problem_mark
    if error.context_mark is not None and "end of stream" in problem:
        mark = error.context_mark  # where it was opened says more than where the file ends
    context = f" {error.context}" if error.context else ""
    return Diagnostic(path, *_place(mark), f"this is not YAML: {problem}{context}")

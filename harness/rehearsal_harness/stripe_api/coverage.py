"""What the simulated Stripe does and what it does not, read from its own tables.

Decides: how operations, parameters, events and versions are told.  Nothing here is a list by hand: operations
and parameters are those that are declared, events those that rows of the specification emit, and what Stripe
has besides is read from the installed SDK (stripe-python's services and its types of webhook endpoints).
Does not know: how the answer is printed (`rehearsal_harness.cli.coverage`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from rehearsal_harness.core.api_versions import SHAPES, versions_like
from rehearsal_harness.core.requests import OPERATIONS
from rehearsal_harness.core.requests.contact_parameters import Clearable
from rehearsal_harness.core.requests.parameters import (
    Choice,
    Harmless,
    Hash,
    Kind,
    ListOf,
    NotSimulated,
    Only,
    within,
)
from rehearsal_specs.tables import Rules

_CALL = re.compile(r'"(get|post|delete)",\s*(?:\(\s*)?"(/v1/[^"]+)"')
_ENABLED = re.compile(r"enabled_events: List\[\s*Literal\[(.*?)\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: the parameters that mean something, those that are accepted and forgotten, and those
    that Stripe has and this imitation refuses by name (`name=value` where only a value is refused)."""

    operation: str
    parameters: tuple[str, ...]
    ignored: tuple[str, ...]
    refused: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Everything there is to tell.

    `missing_operations`: what Stripe has beside the simulated operations, of the same resources; `events`:
    event types and the ids of the rows that emit them; `missing_events`: Stripe's others of the same objects;
    `versions`: API versions by the first version that looks like them, newest first.
    """

    sdk: str
    operations: tuple[Operation, ...]
    missing_operations: tuple[str, ...]
    events: Mapping[str, tuple[str, ...]]
    missing_events: tuple[str, ...]
    versions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def coverage(rules: Rules) -> Coverage:
    """What is simulated, by the tables and the installed SDK."""
    operations = tuple(_told(each.route, each.params) for each in OPERATIONS)
    routes = {each.operation for each in operations}
    resources = {_resource(route) for route in routes}
    events: dict[str, list[str]] = defaultdict(list)
    for row in rules.rows:
        for event_type in row.emits:
            events[event_type].append(row.id)
    objects = {_object(event_type) for event_type in events}
    return Coverage(
        sdk=f"stripe-python {version('stripe')}",
        operations=tuple(sorted(operations, key=lambda each: _place(each.operation))),
        missing_operations=tuple(
            sorted(
                (each for each in _stripes_operations() - routes if _resource(each) in resources), key=_place
            )
        ),
        events={event_type: tuple(events[event_type]) for event_type in sorted(events)},
        missing_events=tuple(
            each for each in sorted(_stripes_events() - events.keys()) if _object(each) in objects
        ),
        versions={shape: versions_like(shape) for shape in reversed(SHAPES)},
    )


def _told(route: str, params: Hash) -> Operation:
    found: dict[str, list[str]] = {"simulated": [], "ignored": [], "refused": []}
    for name, verdict in _parameters(params, ""):
        found[verdict].append(name)
    return Operation(route, *(tuple(found[verdict]) for verdict in ("simulated", "ignored", "refused")))


def _parameters(kind: Kind, name: str) -> Iterator[tuple[str, str]]:
    """Each name inside, in the form that it is sent in, and what becomes of it."""
    if isinstance(kind, Hash):
        for inner, each in kind.fields.items():
            yield from _parameters(each, within(name, inner))
    elif isinstance(kind, ListOf):
        yield from _parameters(kind.kind, f"{name}[]")
    elif isinstance(kind, Clearable):
        yield from _parameters(kind.inner, name)
    elif isinstance(kind, Harmless):
        yield name, "ignored"
    elif isinstance(kind, NotSimulated):
        yield name, "refused"
    else:
        yield (f"{name}={kind.value}" if isinstance(kind, Only) else name), "simulated"
        if isinstance(kind, Choice):
            yield from ((f"{name}={word}", "refused") for word in kind.others)


def _sdk_folder() -> Path:
    found = find_spec("stripe")
    assert found is not None, "stripe is a dependency"
    assert found.origin is not None
    return Path(found.origin).parent


def _stripes_operations() -> set[str]:
    """Every operation that the services of the installed SDK call."""
    found = set()
    for path in _sdk_folder().rglob("_*_service.py"):
        for method, address in _CALL.findall(path.read_text("utf-8")):
            found.add(f"{method.upper()} {re.sub(r'{[^}]*}', ':id', address)}")
    return found


def _stripes_events() -> set[str]:
    text = (_sdk_folder() / "params" / "_webhook_endpoint_create_params.py").read_text("utf-8")
    listed = _ENABLED.search(text)
    return set(re.findall(r'"([a-z0-9_.]+\.[a-z0-9_.]+)"', listed[1])) if listed else set()


def _resource(route: str) -> str:
    """The path before the first id, or before a last word that names an action."""
    path = route.partition(" ")[2].partition("/:id")[0]
    return path.removesuffix("/search")


def _object(event_type: str) -> str:
    return event_type.rpartition(".")[0]


def _place(route: str) -> tuple[str, int, str]:
    """Sorts by address, then by what is usual: create, read, change, delete."""
    method, _, path = route.partition(" ")
    return path, ("POST", "GET", "DELETE").index(method), method

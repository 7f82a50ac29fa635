"""One operation of the API: its route, its parameters, and what it is given when it runs.

Decides: how a route names its ids, what every operation accepts (`expand`), and how an unknown id is refused.
Does not know: which operations there are (`routes`), or anything about a resource.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from ..change import Change
from ..objects import Request, StripeObject
from ..render import render
from ..world import World
from . import refusal
from .message import Json
from .metadata import Pairs, merged
from .parameters import Hash, Kind, ListOf, Text

T = TypeVar("T", bound=StripeObject)

_NOUNS = {
    "entitlements.feature": "entitlement feature",
    "billing_portal.configuration": "configuration",
    "payment_method": "PaymentMethod",
    "card": "source",
    "balance_transaction": "balance transaction",
    "shipping_rate": "shipping rate",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A checked request.  `object_id` stands in the path, or is ""; `text` says in full what is asked, for
    the world's version; `key` is the natural key of what it creates; `waits` as in ApiRequest."""

    world: World
    object_id: str
    params: Mapping[str, Any]
    request: Request
    text: str
    key: str
    waits: Callable[[str], bool] | None = None

    @property
    def is_rehearsed(self) -> bool:
        """Whether a schedule decides what is seen when, so that what Stripe may show late is not shown."""
        return self.waits is None

    def change(self) -> Change:
        """A change of the world in the name of this request."""
        return Change(self.world, self.text, self.request)

    def new_key(self, kind: type[StripeObject]) -> str:
        """A natural key for a new object: equal requests at one instant still make two objects."""
        return f"{self.key}|{self.world.now}|{len(self.world.table(kind))}"

    def target(self, kind: type[T]) -> T:
        """The object that the path names; raises Refusal 404."""
        return _find(self.world, kind, self.object_id.partition("/")[0], "id", in_path=True)

    @property
    def inner_id(self) -> str:
        """The second id in the path, of an object within the first, or ""."""
        return self.object_id.partition("/")[2]

    def named(self, kind: type[T], object_id: str, param: str) -> T:
        """The object that a parameter names; raises Refusal 400."""
        return _find(self.world, kind, object_id, param, in_path=False)


def _find(world: World, kind: type[T], object_id: str, param: str, *, in_path: bool) -> T:
    found = world.table(kind).get(object_id)
    if found is None or getattr(found, "deleted", False):
        noun = _NOUNS.get(kind.OBJECT, kind.OBJECT)
        raise refusal.no_such(noun, object_id, param, in_path=in_path)
    return found


def shown(world: World, obj: StripeObject) -> Json:
    """The object as the API shows it."""
    return render(obj, livemode=world.settings.livemode)


def given(params: Mapping[str, Any], names: str) -> dict[str, Any]:
    """Those of the named parameters that were sent."""
    return {name: params[name] for name in names.split() if name in params}


def metadata_of(params: Mapping[str, Any], old: Pairs = ()) -> Pairs:
    """The metadata after this request; raises Refusal over 50 keys."""
    return merged(old, params["metadata"]) if "metadata" in params else old


# A Refusal that is returned, not raised, was met while the request was carried out: the world has changed.
Run = Callable[[Call], tuple[World, "Json | refusal.Refusal"]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Operation:
    """`route` is `METHOD /path`, where `:id` stands for an id."""

    route: str
    params: Hash
    run: Run

    @property
    def around_id(self) -> tuple[str, str, str]:
        """The method, the path before `/:id`, and the path after it."""
        method, _, path = self.route.partition(" ")
        before, _, after = path.partition("/:id")
        return method, before, after.lstrip("/")


def operation(
    route: str,
    run: Run,
    params: Mapping[str, Kind] | None = None,
    required: str = "",
    gone: Mapping[str, str] | None = None,
) -> Operation:
    """The operation at `route`; every one accepts `expand`, and `gone` is as in Hash."""
    declared = {**(params or {}), "expand": ListOf(Text())}
    return Operation(route=route, params=Hash(declared, tuple(required.split()), gone or {}), run=run)

"""What goes into the simulated Stripe and what comes out, as values.

Decides: the shape of a request after its form has been decoded, and of an answer before it becomes text.
Does not know: HTTP, forms, or the SDK (`rehearsal_harness.stripe_api`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

# A form after decoding: text at the leaves, hashes above.  An array is a hash whose keys are 0, 1, …
Form: TypeAlias = "Mapping[str, str | Form]"
Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiRequest:
    """One call of the API; names of `headers` are lower case.  `malformed` says why its form cannot be read,
    or is ""; `serial` tells apart requests that change nothing and are otherwise equal.  `waits` knows which
    events, by id, an endpoint has yet to acknowledge: deliveries belong to whoever sends them."""

    method: str
    path: str
    params: Form = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    malformed: str = ""
    serial: int = 0
    waits: Callable[[str], bool] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiResponse:
    """One answer; `operation` is the route that gave it, as `POST /v1/checkout/sessions/:id`, or "" where
    none did."""

    status: int
    body: Json
    headers: Mapping[str, str]
    operation: str = ""

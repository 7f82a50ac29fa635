"""Metadata: the merchant's own words on a Stripe object.

Decides: the limits, and how an update merges with what is there.
Rule: https://docs.stripe.com/api/metadata: 50 keys, names of 40 characters, values of 500; an update merges
key by key, "" deletes a key, and "" in place of the hash deletes all.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import refusal
from .parameters import Raw, form_of, text_of, within

Pairs = tuple[tuple[str, str], ...]

_KEYS_MOST, _NAME_MOST, _VALUE_MOST = 50, 40, 500


@dataclass(frozen=True, slots=True)
class Metadata:
    """The parameter kind: a flat hash of text, or "" (answered as None) to delete everything."""

    def read(self, raw: Raw, param: str) -> dict[str, str] | None:
        if raw == "":
            return None
        values = {
            name: text_of(value, within(param, name)) for name, value in form_of(raw, param, "object").items()
        }
        for name, value in values.items():
            if len(name) > _NAME_MOST:
                raise _too_long("keys", _NAME_MOST, len(name), within(param, name))
            if len(value) > _VALUE_MOST:
                raise _too_long("values", _VALUE_MOST, len(value), within(param, name))
        return values


def _too_long(what: str, most: int, found: int, param: str) -> refusal.Refusal:
    limit = f"Metadata {what} can have up to {most} characters"
    return refusal.invalid(f"{limit}, but you passed in one of {found} characters: {param}", param)


def merged(old: Pairs, sent: dict[str, str] | None) -> Pairs:
    """The pairs after an update, in the order they were first set; raises Refusal over 50 keys."""
    if sent is None:
        return ()
    pairs = dict(old) | sent
    kept = tuple((name, value) for name, value in pairs.items() if value)
    if len(kept) > _KEYS_MOST:
        raise refusal.invalid(
            f"You can have up to {_KEYS_MOST} metadata keys; metadata has {len(kept)}", "metadata"
        )
    return kept

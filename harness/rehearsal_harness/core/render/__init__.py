"""Typed objects as the JSON that Stripe sends, API version 2026-10-28.endive; older ones in `versions`.

Decides: which keys an object has on the wire: every key that Stripe always sends, null where there is nothing
to say.
Does not know: why an object is as it is.
Rule: the types of stripe-python 16.1.0 (a key that is not NotRequired is always there); keys that Stripe
sends only when they are expanded are left out, as in events.
"""

from __future__ import annotations

from .dispatch import deleted, render
from .event import render_event

__all__ = ["deleted", "render", "render_event"]

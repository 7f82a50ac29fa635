"""What every operation works with: one manifest, the settings, a store, Stripe, and a clock.

Decides nothing.  Everything that reaches outside is handed in here, so that a rehearsal can stand in for
each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from rehearsal_server.identity import Identity
from rehearsal_server.settings import Settings
from rehearsal_server.store import Store
from rehearsal_specs.manifest import Manifest

if TYPE_CHECKING:
    from stripe import StripeClient


def fresh_name() -> str:
    """A random name."""
    return uuid4().hex


def is_live(key: str) -> bool | None:
    """The mode of a Stripe key, sk_test_… or rk_live_… or sk_org_live_…: live, test, or None for unknown."""
    words = key.split("_")[1:3]
    if "live" in words:
        return True
    return False if "test" in words else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One running server.  `clock` gives unix seconds.

    `identity` is None where nobody can sign in.  `fresh` gives a name that nobody else has: a guest's wish
    has no other, and two guests must never share a checkout session.
    """

    manifest: Manifest
    settings: Settings
    store: Store
    stripe: StripeClient
    clock: Callable[[], int]
    identity: Identity | None = None
    fresh: Callable[[], str] = fresh_name

    @property
    def stripe_key_name(self) -> str:
        """The variable that holds Stripe's secret key."""
        return next((each.name for each in self.manifest.secrets if each.shape == "stripe_secret_key"), "")

    @property
    def livemode(self) -> bool | None:
        """Is this server of Stripe's live mode?  Its secret key says so; None when it does not."""
        return is_live(self.settings.value(self.stripe_key_name) or "")

"""What every operation works with: one manifest, the settings, a store, Stripe, and a clock.

Decides nothing.  Everything that reaches outside is handed in here, so that a rehearsal can stand in for
each.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rehearsal_server.settings import Settings
from rehearsal_server.store import Store
from rehearsal_specs.manifest import Manifest

if TYPE_CHECKING:
    from stripe import StripeClient


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """One running server.  `clock` gives unix seconds."""

    manifest: Manifest
    settings: Settings
    store: Store
    stripe: StripeClient
    clock: Callable[[], int]

    @property
    def livemode(self) -> bool:
        """Is this server of Stripe's live mode?  Its secret key says so."""
        keys = (each.name for each in self.manifest.secrets if each.shape == "stripe_secret_key")
        values = (self.settings.value(name) or "" for name in keys)
        return any(value.startswith(("sk_live_", "rk_live_")) for value in values)

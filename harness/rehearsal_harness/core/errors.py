"""What can go wrong when the simulated Stripe is asked for something.

LookupError
 ├─ UnknownObject        there is no such object
 └─ NoTransition         (rehearsal_specs.tables) no row for this cause
NotSimulated             Stripe can do it, this imitation cannot; never a fake success
"""

from __future__ import annotations


class UnknownObject(LookupError):
    """There is no object of that kind with that id."""

    def __init__(self, kind: str, object_id: str) -> None:
        super().__init__(f"no such {kind}: '{object_id}'")
        self.kind = kind
        self.object_id = object_id


class NotSimulated(NotImplementedError):
    """Stripe can do this; the simulated Stripe says so and does nothing."""

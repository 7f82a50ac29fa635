"""One account of the simulated Stripe whose world is shared by time, sockets and pages.

Decides: that one change happens at a time, at the bench's second, after everything that was due before it.
Does not know any rule of Stripe's, nor who is told of a change.
"""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock

from rehearsal_harness.core.actions import Action
from rehearsal_harness.core.billing.due import advance
from rehearsal_harness.core.billing.step import step
from rehearsal_harness.core.requests import ApiFault, ApiRequest, ApiResponse, handle, handle_with
from rehearsal_harness.core.world import World

Told = Callable[["Account", World, World], None]  # account, before, after; called under the account's lock


class Account:
    """`now` gives the bench's second; `told` hears of every change, in true order."""

    def __init__(self, key: str, world: World, now: Callable[[], int], told: Told) -> None:
        self.key = key
        self.id = world.settings.account_id
        self._world = world
        self._now = now
        self._told = told
        self._lock = RLock()

    @property
    def world(self) -> World:
        """The world as it is; a value, so whoever holds it needs no lock."""
        return self._world

    def run(self, request: ApiRequest, fault: ApiFault | None = None) -> ApiResponse | None:
        """Answer one API request now; None is an answer that never comes."""
        with self._lock:
            world = self._due()
            answer: ApiResponse | None
            if fault is None:
                after, answer = handle(world, request)
            else:
                after, answer = handle_with(fault, world, request)
            self._become(after)
            return answer

    def change(self, make: Callable[[World], World]) -> World:
        """The world after `make`; what `make` raises leaves it as it was."""
        with self._lock:
            self._become(make(self._due()))
            return self._world

    def act(self, *actions: Action) -> World:
        """The world after people did something; raises what `core.billing.step` does."""
        with self._lock:
            self._due()
            for action in actions:
                self._become(step(self._world, action))
            return self._world

    def advance_some(self, to: int) -> World:
        """The world after some of what is due by the second `to`: the lock is let go of in between."""
        with self._lock:
            due = self._world.next_due
            if due is not None and due <= to:
                self._become(advance(self._world, max(due, self._world.now)))
            return self._world

    def _due(self) -> World:
        """The world at the bench's second; the past where it is being moved there."""
        now = self._now()
        if now > self._world.now:
            self._become(advance(self._world, now))
        return self._world

    def _become(self, after: World) -> None:
        before, self._world = self._world, after
        if after.version != before.version:
            self._told(self, before, after)

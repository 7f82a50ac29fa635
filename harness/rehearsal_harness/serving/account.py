"""One account of the simulated Stripe whose world is shared by time, sockets and pages.

Decides: that one change happens at a time, at the bench's second, after everything due before it, and
that reading never waits.  Does not know any rule of Stripe's, nor what follows from a change (`Owner` does).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import RLock
from typing import Protocol

from rehearsal_harness.core.actions import Action
from rehearsal_harness.core.billing.due import advance, advance_some, is_due
from rehearsal_harness.core.billing.step import step
from rehearsal_harness.core.requests import ApiFault, ApiRequest, ApiResponse, handle, handle_with
from rehearsal_harness.core.world import World
from rehearsal_harness.stripe_api.holder import NoAnswer

SLICE_TASKS = 50  # what is done under one hold of the lock: some milliseconds


class Owner(Protocol):
    """Who keeps the accounts and is told of what happens in them."""

    def now(self) -> int:
        """The unix second of every account."""

    @property
    def is_moving(self) -> bool:
        """Whether somebody lets happen what is due, in slices: nobody who asks meanwhile waits for it."""

    def strike(self, request: ApiRequest) -> ApiFault | None:
        """The fault that this request meets, if any."""

    def waits(self, event_id: str) -> bool:
        """Whether an endpoint has yet to acknowledge the event."""

    def keep(self, after: World) -> None:
        """Keep this world for a later bench; where this raises, nothing has happened."""

    def changed(self, account: Account, before: World, after: World) -> None:
        """The world of an account has changed; called in true order, under the account's lock."""

    def own_answer(self, account: Account, request: ApiRequest) -> ApiResponse | None:
        """The answer to a request that is about the bench and not about its world, else None."""

    def answered(self, account: Account, request: ApiRequest, answer: ApiResponse) -> ApiResponse:
        """A request was answered; what is sent back instead, or the same."""


class Account:
    """An account for as long as the bench runs."""

    def __init__(self, world: World, owner: Owner) -> None:
        self.id = world.settings.account_id
        self._world = world
        self._owner = owner
        self._lock = RLock()

    @property
    def world(self) -> World:
        """The world as it is; a value, so whoever holds it needs no lock."""
        return self._world

    def run(self, request: ApiRequest) -> ApiResponse:
        """The answer to one API request now; raises NoAnswer where a fault loses it."""
        own = self._owner.own_answer(self, request)
        if own is not None:
            return own
        request = replace(request, waits=self._owner.waits)
        fault = self._owner.strike(request)
        if request.method == "GET" and fault is None:
            return self._owner.answered(self, request, handle(self._read(), request)[1])
        answer: ApiResponse | None
        with self._lock:
            if fault is None:
                after, answer = handle(self._due(), request)
            else:
                after, answer = handle_with(fault, self._due(), request)
            self._become(after)
        if answer is None:
            raise NoAnswer(f"{request.method} {request.path}: no answer")
        return self._owner.answered(self, request, answer)

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
            self._become(advance_some(self._world, max(to, self._world.now), tasks_max=SLICE_TASKS))
            return self._world

    def events_planned(self) -> int:
        """How many events the owner was told of: waits for a change that is under way."""
        with self._lock:
            return len(self._world.events)

    def _read(self) -> World:
        world, now = self._world, self._owner.now()
        if is_due(world, now):
            if self._owner.is_moving:
                return world
            with self._lock:
                return self._due()
        return world.at(now) if now > world.now else world

    def _due(self) -> World:
        """The world at the bench's second, after everything due by then.

        While the clock moves, what is due is left to who moves it, and the world stays before it.
        """
        now = self._owner.now()
        if now > self._world.now:
            if not is_due(self._world, now):
                self._become(self._world.at(now))
            elif not self._owner.is_moving:
                self._become(advance(self._world, now))
        return self._world

    def _become(self, after: World) -> None:
        before = self._world
        if after.version == before.version:
            self._world = after
            return
        self._owner.keep(after)
        self._world = after
        self._owner.changed(self, before, after)

"""The reference server as a backend to be rehearsed: the only file of the harness that knows the server."""

from __future__ import annotations

from typing import Any

from rehearsal_harness.targets.backend import Backend, Collaborators
from rehearsal_server.app import app_of
from rehearsal_server.context import Context
from rehearsal_server.identity import identity_of
from rehearsal_server.operations.reconcile import reconcile
from rehearsal_server.settings import Settings
from rehearsal_server.store.sqlite import SqliteStore


class WatchedStore(SqliteStore):
    """The SQLite store on the rehearsal's connection, with transactions that may die at their ends."""

    def __init__(self, given: Collaborators) -> None:
        super().__init__(lambda: given.connection)
        self._watch = given.watch

    def transaction(self) -> Any:
        return self._watch(super().transaction())


def create(given: Collaborators) -> Backend:
    """The reference server on the rehearsal's collaborators."""
    store = WatchedStore(given)
    store.migrate()
    settings = Settings.from_environ(given.manifest, given.environ)
    context = Context(
        manifest=given.manifest,
        settings=settings,
        store=store,
        stripe=given.stripe,
        clock=given.clock,
        identity=identity_of(given.manifest, settings),
        fresh=given.fresh,
    )
    return Backend(app=app_of(context), reconcile=lambda: reconcile(context))

"""The reference server as a backend to be rehearsed: the only file of the harness that knows the server.

Decides which of the server's stores stands on what the rehearsal gives: each is the server's own, with
transactions that may die at their ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from rehearsal_harness.targets.backend import Backend, Collaborators, WsgiApp
from rehearsal_server.app import app_of
from rehearsal_server.context import Context
from rehearsal_server.identity import identity_of
from rehearsal_server.operations.reconcile import reconcile
from rehearsal_server.settings import Settings
from rehearsal_server.store import Store
from rehearsal_specs.manifest import Manifest

STATES_MAX = 512
Watch = Callable[[AbstractContextManager[object]], AbstractContextManager[object]]


class StartFailed(Exception):
    """The server must not start as it is configured; the message says why, one line per reason."""


def create(given: Collaborators) -> Backend:
    """The reference server on the rehearsal's collaborators."""
    settings = Settings.from_environ(given.manifest, given.environ)
    context = Context(
        manifest=given.manifest,
        settings=settings,
        store=_STORES[given.storage](given),
        stripe=given.stripe,
        clock=given.clock,
        identity=identity_of(given.manifest, settings),
        fresh=given.fresh,
    )
    return Backend(app=app_of(context), reconcile=lambda: reconcile(context))


def serve(
    manifest: Manifest, environ: Mapping[str, str], clock: Callable[[], int], watch: Watch | None = None
) -> WsgiApp:
    """The same server on its own storage, for people: it finds Stripe where `environ` says, and takes the
    time from `clock`.  Each of its transactions goes through `watch`, so that it can die at their ends.
    Raises StartFailed with the server's reasons.
    """
    context = _context(manifest, environ, clock)
    if watch is not None:
        begin = context.store.transaction
        context.store.transaction = lambda: watch(begin())  # type: ignore[method-assign]
    app: WsgiApp = app_of(context)
    return app


def catch_up(manifest: Manifest, environ: Mapping[str, str], clock: Callable[[], int]) -> str:
    """What `billing-server reconcile` does, at the clock's second: "" when everything was folded, else why
    not.  Raises StartFailed with the server's reasons.
    """
    try:
        found = reconcile(_context(manifest, environ, clock))
    except Exception as problem:  # whoever runs the command sees it fail
        return f"it failed: {type(problem).__name__}"
    return f"{len(found.unreadable)} events could not be read" if found.unreadable else ""


def _context(manifest: Manifest, environ: Mapping[str, str], clock: Callable[[], int]) -> Context:
    from rehearsal_server.startup import StartError, context_of

    try:
        return context_of(manifest, environ, clock)
    except StartError as error:
        raise StartFailed(str(error)) from None


def _sqlite(given: Collaborators) -> Store:
    from rehearsal_server.store.opening import tables_of
    from rehearsal_server.store.sqlite import SqliteStore
    from rehearsal_server.store.sqlite_tables import TabledSqliteStore

    class Watched(SqliteStore):
        def transaction(self) -> Any:
            return given.watch(super().transaction())

    class WatchedTabled(TabledSqliteStore):
        def transaction(self) -> Any:
            return given.watch(super().transaction())

    manifest = given.manifest
    entitlement = manifest.access.entitlement if manifest.access else None
    tables = tables_of(manifest.storage.tables if manifest.storage else (), given.clock, entitlement)

    def connect() -> Any:
        return given.connection

    store = Watched(connect) if tables is None else WatchedTabled(connect, *tables)
    store.migrate()
    return store


def _json(given: Collaborators) -> Store:
    from rehearsal_server.store.copies import replace_file
    from rehearsal_server.store.json_file import JsonStore

    class Place:
        """The rehearsal's document, written by the server's own code where it is a file."""

        kept = property(lambda _: document.kept, lambda _, state: setattr(document, "kept", state))

        def read(self) -> bytes | None:
            found: bytes | None = document.read()
            return found

        def write(self, data: bytes) -> None:
            if document.path is None:
                document.put(data)
            else:
                replace_file(document.path, data)
                document.writes += 1

    class Watched(JsonStore):
        def transaction(self) -> Any:
            return given.watch(super().transaction())

    document = given.connection
    store = Watched(Place())
    store.load()
    return store


def _postgresql(given: Collaborators) -> Store:
    from rehearsal_server.store.postgresql import PostgresqlStore
    from rehearsal_server.store.sql import BLIND

    connection, known = given.connection, Known()

    class Watched(PostgresqlStore):
        def transaction(self) -> Any:
            return given.watch(super().transaction())

        def _all(self, sql: str, values: tuple[Any, ...] = ()) -> list[Any]:
            if not connection.lazy or connection.state is None:
                return super()._all(sql, values)
            found = known.at(connection.state)
            if (sql, values) not in found:
                found[sql, values] = super()._all(sql, values)
            return list(found[sql, values])

        def _run(self, sql: str, values: tuple[Any, ...] = ()) -> int:
            if not connection.lazy or sql not in BLIND:
                return super()._run(sql, values)
            connection.later(sql.replace("?", "%s"), values)
            return 1

        def _lock(self, name: str) -> None:
            if not connection.lazy:  # in a search there is nobody to keep out
                super()._lock(name)

    store = Watched(lambda: given.connection, lambda connection: None)
    store.migrate()
    return store


class Known:
    """What was read of stores that the search has digested: equal digests, equal answers, as its memo trusts
    too.
    """

    def __init__(self) -> None:
        self._answers: dict[bytes, dict[Any, list[Any]]] = {}

    def at(self, state: bytes) -> dict[Any, list[Any]]:
        """The answers known of one state; of the states longest unused nothing is kept."""
        answers = self._answers.pop(state, {})
        self._answers[state] = answers
        if len(self._answers) > STATES_MAX:
            del self._answers[next(iter(self._answers))]
        return answers


_STORES = {"sqlite": _sqlite, "json": _json, "postgresql": _postgresql}

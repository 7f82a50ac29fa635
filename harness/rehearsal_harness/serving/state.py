"""Worlds kept in a file: `--state FILE` writes what each change wrote, and nothing else.

Decides: what a file says of a world, so that the world that is read goes on exactly as the one that was
saved.  Each save is one transaction: a process that is killed loses at most the write that it was in.
Does not know who changes a world, or when; rules and dunning are not kept, they are the release's.
An object is kept once for all the events that show it, as in memory.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from rehearsal_harness.core.world import Settings, World
from rehearsal_harness.serving.state_file import StateError, connect, damaged
from rehearsal_harness.serving.state_reading import Reading
from rehearsal_harness.serving.state_records import shapes
from rehearsal_harness.serving.state_writing import Writing
from rehearsal_specs.tables import Dunning, Rules


class StateFile:
    """A file that is open for this process alone.  Its methods may be called by any thread."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        self._lock = RLock()
        self._saved: dict[str, World] = {}  # by account, as the file has it

    @staticmethod
    def open(path: Path) -> StateFile:
        """The file at `path`, made if there is none; raises StateError, and leaves what it refuses as it
        was."""
        return StateFile(path, connect(path, shapes()))

    def close(self) -> None:
        """Let go of the file; closing twice is no error."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Everything that is saved and kept within is written together, or not at all."""
        with self._lock:
            if self._connection.in_transaction:
                yield  # within another one
                return
            self._connection.execute("BEGIN IMMEDIATE")
            saved = dict(self._saved)
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                self._saved = saved
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
            for account_id, world in self._saved.items():
                if world.touched is not None and world is not saved.get(account_id):
                    world.touched.forget()

    def keep(self, name: str, value: Any) -> None:
        """Keep any JSON value under a name, for what is no part of a world."""
        with self.writing():
            self._connection.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", (name, json.dumps(value)))

    def kept(self, name: str) -> Any:
        """The value of that name, or None."""
        with self._lock:
            row = self._connection.execute("SELECT body FROM notes WHERE name = ?", (name,)).fetchone()
        return None if row is None else json.loads(row[0])

    def accounts(self) -> tuple[str, ...]:
        """The ids of the accounts whose worlds are kept, in the order in which they came."""
        with self._lock:
            return tuple(row[0] for row in self._connection.execute("SELECT id FROM accounts ORDER BY rowid"))

    def settings(self, account_id: str) -> Settings | None:
        """What the owner of an account had set when it was last saved, None where none is kept.

        Raises StateError for a file whose content is damaged.
        """
        with self._lock:
            try:
                return Reading(self._connection, account_id).settings()
            except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
                raise damaged(self.path, f"account {account_id}: {error}") from error

    def adopt(self, world: World) -> World:
        """Keep the whole world of an account, in place of what was kept of it, and give it back watched."""
        watched = world.watched()
        with self.writing():
            Writing(self._connection, watched).everything()
            self._saved[world.settings.account_id] = watched
        return watched

    def save(self, world: World) -> None:
        """Keep what was written since the last save of this account, whose world came from `adopt` or `load`.

        Costs what was written and nothing else; what a failed save left out is written by the next one.  A
        world that does not follow from the last one saved, as after a rewind, is kept whole.  Raises
        ValueError for a world that nobody watches, sqlite3.Error where the file cannot be written.
        """
        if world.touched is None:
            raise ValueError("this world is not watched: save what follows from `adopt` or `load`")
        with self.writing():
            before = self._saved.get(world.settings.account_id)
            notes = None if before is None or before.touched is None else world.touched.since(before.touched)
            writing = Writing(self._connection, world)
            if before is None or notes is None:
                writing.everything()
            else:
                writing.some(before, notes)
            self._saved[world.settings.account_id] = world

    def load(self, account_id: str, *, rules: Rules, dunning: Dunning) -> World | None:
        """The world of an account as it was last saved, watched; None where none is kept.

        Raises StateError for a file whose content is damaged.
        """
        with self._lock:
            try:
                world = Reading(self._connection, account_id).world(rules, dunning)
            except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
                raise damaged(self.path, f"account {account_id}: {error}") from error
            if world is not None:
                self._saved[account_id] = world
            return world


__all__ = ["StateError", "StateFile"]

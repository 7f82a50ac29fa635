"""Writing a world to a state file: whole, or what a change wrote.

Decides: which rows of which tables one save writes, so that a save costs what was written.
Does not know whether the file may be written (`state_file`), or when (`state`).
"""

from __future__ import annotations

import sqlite3
from typing import Any, cast

from rehearsal_harness.core.persistent import Table
from rehearsal_harness.core.touched import Note
from rehearsal_harness.core.world import TABLES, Elsewhere, World
from rehearsal_harness.serving.state_records import KINDS, MAPS, Head, encode, encode_event


class Writing:
    """One save of `world`; what is the same object in memory is the same snapshot in the file."""

    def __init__(self, connection: sqlite3.Connection, world: World) -> None:
        self._execute = connection.execute
        self._world = world
        self._times = {"": Elsewhere(world.now, world.agenda), **dict(world.other_times.items())}
        self._account = world.settings.account_id
        self._filed = 0  # when the row that is being written was filed under its owner
        self._known: dict[int, int] = {}  # object identity -> snapshot; the world keeps the objects alive

    def everything(self) -> None:
        """The whole world in place of what was kept of its account."""
        for kept in ("rows", "events", "tasks", "entries"):
            self._execute(f"DELETE FROM {kept} WHERE account = ?", (self._account,))
        self._execute(
            "DELETE FROM snapshots WHERE n NOT IN (SELECT snapshot FROM rows UNION SELECT before FROM events "
            "WHERE before IS NOT NULL UNION SELECT after FROM events)"
        )
        self._events(0, None)
        for name, kind in KINDS.items():
            table: Table[Any] = getattr(self._world, name)
            filed = {row_id: (owner, n) for owner, ids in table.owners() for n, row_id in enumerate(ids)}
            for position, row in enumerate(table):
                owner, self._filed = filed.get(row.id, (None, 0))
                self._row(Note(name, row.id, kind, owner, is_filed=True), position)
        for clock, time in self._times.items():
            for _, task in time.agenda:
                self._task(Note("agenda", (task.kind, task.object_id), clock=clock))
        for name in MAPS:
            for key in getattr(self._world, name):
                self._entry(Note(name, key))
        self._head()

    def some(self, before: World, notes: tuple[Note, ...]) -> None:
        """What `notes` name, all of it written since `before`."""
        (newest,) = self._execute("SELECT max(n) FROM snapshots").fetchone()
        self._filed = ((newest or 0) + 1) << 24  # later than all that was filed in earlier saves
        self._events(len(before.events), before)
        positions = self._positions(before, {note.field for note in notes if note.kind})
        for note in dict.fromkeys(notes):
            if note.kind is not None:
                self._filed += 1
                self._row(note, positions.pop((note.field, note.key), None))
            elif note.field == "agenda":
                self._task(note)
            else:
                self._entry(note)
        self._head()

    def _positions(self, before: World, tables: set[str]) -> dict[tuple[str, Any], int]:
        """Where the rows that are new stand in the order of their tables."""
        found: dict[tuple[str, Any], int] = {}
        for name in tables:
            first = len(getattr(before, name))
            ids = getattr(self._world, name).ids_since(first)
            found.update({(name, row_id): first + index for index, row_id in enumerate(ids)})
        return found

    def _head(self) -> None:
        world = self._world
        head = Head(
            settings=world.settings,
            seed=world.seed,
            version=world.version,
            times={clock: time.now for clock, time in self._times.items()},
            plans={clock: time.agenda.plans for clock, time in self._times.items()},
        )
        self._execute(
            "INSERT INTO accounts VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET head = excluded.head",
            (self._account, encode(head).decode()),
        )

    def _events(self, first: int, before: World | None) -> None:
        for event in self._world.events.since(first):
            earlier = None if event.before is None else self._snapshot(event.before, before)
            row = (self._account, event.index, encode_event(event).decode(), earlier)
            after = self._snapshot(event.after, before)
            self._execute("INSERT INTO events VALUES (?, ?, ?, ?, ?)", (*row, after))

    def _snapshot(self, obj: Any, before: World | None) -> int:
        """The number of an object that an event shows."""
        known = self._known.get(id(obj))
        if known is None and before is not None and getattr(before, TABLES[type(obj)]).get(obj.id) is obj:
            found = self._execute(
                "SELECT snapshot FROM rows WHERE account = ? AND kind = ? AND id = ?",
                (self._account, TABLES[type(obj)], obj.id),
            ).fetchone()
            known = self._known[id(obj)] = int(found[0])
            self._execute("UPDATE snapshots SET told = 1 WHERE n = ? AND told = 0", (known,))
        return self._new_snapshot(obj, told=True) if known is None else known

    def _new_snapshot(self, obj: Any, *, told: bool) -> int:
        made = self._execute(
            "INSERT INTO snapshots VALUES (NULL, ?, ?, ?)", (TABLES[type(obj)], encode(obj).decode(), told)
        )
        number = self._known[id(obj)] = int(made.lastrowid or 0)
        return number

    def _row(self, note: Note, position: int | None) -> None:
        """A row as it is now; one that is new has a position."""
        row = getattr(self._world, note.field)[note.key]
        snapshot = self._known.get(id(row))
        if snapshot is None:
            snapshot = self._new_snapshot(row, told=False)
        key = (self._account, note.field, note.key)
        if position is not None:
            values = (*key, position, note.owner, self._filed, snapshot)
            self._execute("INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?)", values)
            return
        where = "WHERE account = ? AND kind = ? AND id = ?"
        old = self._execute(f"SELECT snapshot FROM rows {where}", key).fetchone()[0]
        if old != snapshot:
            self._execute(f"UPDATE rows SET snapshot = ? {where}", (snapshot, *key))
            self._execute("DELETE FROM snapshots WHERE n = ? AND told = 0", (old,))
        if note.is_filed:
            self._execute(f"UPDATE rows SET owner = ?, filed = ? {where}", (note.owner, self._filed, *key))

    def _task(self, note: Note) -> None:
        kind, object_id = cast(tuple[int, str], note.key)
        key = (self._account, note.clock, int(kind), object_id)
        time = self._times.get(note.clock)
        planned = None if time is None else time.agenda.planned(kind, object_id)
        if planned is None:
            where = "WHERE account = ? AND clock = ? AND kind = ? AND id = ?"
            self._execute(f"DELETE FROM tasks {where}", key)
        else:
            number, task = planned
            self._execute("INSERT OR REPLACE INTO tasks VALUES (?, ?, ?, ?, ?, ?)", (*key, task.due, number))

    def _entry(self, note: Note) -> None:
        body = encode(getattr(self._world, note.field)[note.key]).decode()
        values = (self._account, note.field, note.key, body)
        self._execute("INSERT OR REPLACE INTO entries VALUES (?, ?, ?, ?)", values)

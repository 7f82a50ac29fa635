"""Reading a world from a state file.

Decides: how what was written becomes the same value again, with what was shared shared.
Does not know how it was written (`state_writing`); what does not fit is an error of the caller's to tell.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from rpds import HashTrieMap

from rehearsal_harness.core.agenda import Agenda, Task, TaskKind
from rehearsal_harness.core.filing import OWNERS, names_of, no_owner
from rehearsal_harness.core.objects import Event
from rehearsal_harness.core.persistent import Log, Table
from rehearsal_harness.core.world import Elsewhere, Settings, World
from rehearsal_harness.serving.state_records import KINDS, MAPS, Head, decode, decode_event
from rehearsal_specs.tables import Dunning, Rules


class Reading:
    """One load of an account's world."""

    def __init__(self, connection: sqlite3.Connection, account_id: str) -> None:
        self._execute = connection.execute
        self._account = account_id

    def world(self, rules: Rules, dunning: Dunning) -> World | None:
        """The world, watched, or None; raises ValueError, KeyError or TypeError for what does not fit."""
        head = self._head()
        if head is None:
            return None
        snapshots = self._snapshots()
        tables: dict[str, Any] = {name: self._table(name, snapshots) for name in KINDS}
        maps: dict[str, Any] = {name: self._map(name, kind) for name, kind in MAPS.items()}
        agendas = {clock: self._agenda(clock, plans) for clock, plans in head.plans.items()}
        start = World.start(rules, dunning, at=head.times[""], seed=head.seed, settings=head.settings)
        return replace(
            start,
            version=head.version,
            agenda=agendas[""],
            other_times=HashTrieMap(
                {clock: Elsewhere(now, agendas[clock]) for clock, now in head.times.items() if clock}
            ),
            events=Log.of(self._events(snapshots)),
            **tables,
            **maps,
        ).watched()

    def settings(self) -> Settings | None:
        """What the account's owner had set, or None; raises ValueError, KeyError or TypeError."""
        head = self._head()
        return None if head is None else head.settings

    def _head(self) -> Head | None:
        found = self._execute("SELECT head FROM accounts WHERE id = ?", (self._account,)).fetchone()
        return None if found is None else decode(Head, found[0])

    def _snapshots(self) -> dict[int, Any]:
        wanted = (
            "SELECT snapshot FROM rows WHERE account = ?1 UNION SELECT after FROM events WHERE account = ?1 "
            "UNION SELECT before FROM events WHERE account = ?1"
        )
        rows = self._execute(f"SELECT n, kind, body FROM snapshots WHERE n IN ({wanted})", (self._account,))
        return {number: decode(KINDS[kind], body) for number, kind, body in rows}

    def _table(self, name: str, snapshots: Mapping[int, Any]) -> Table[Any]:
        """The table of that name; what a file of an earlier release names no owner of is filed by itself."""
        kind, kept = KINDS[name], {}
        filed = []
        rows = self._execute(
            "SELECT id, owner, filed, snapshot FROM rows WHERE account = ? AND kind = ? ORDER BY position",
            (self._account, name),
        )
        for row_id, owner, when, number in rows:
            row = kept[row_id] = snapshots[number]
            filed.append((when, owner or OWNERS.get(kind, no_owner)(row), row_id))
        filed.sort(key=lambda each: each[0])
        by_owner = [(owner, row_id) for _, owner, row_id in filed if owner is not None]
        return Table.of(kept.values(), by_owner, names_of(kind, kept.values()))

    def _events(self, snapshots: Mapping[int, Any]) -> Iterator[Event]:
        rows = self._execute(
            "SELECT position, body, before, after FROM events WHERE account = ? ORDER BY position",
            (self._account,),
        )
        for index, (position, body, before, after) in enumerate(rows):
            if index != position:
                raise ValueError(f"event {index} is missing")
            earlier = None if before is None else snapshots[before]
            yield decode_event(body, earlier, snapshots[after])

    def _agenda(self, clock: str, plans: int) -> Agenda:
        rows = self._execute(
            "SELECT kind, id, due, number FROM tasks WHERE account = ? AND clock = ?", (self._account, clock)
        )
        return Agenda.of(
            ((number, Task(due, TaskKind(kind), object_id)) for kind, object_id, due, number in rows), plans
        )

    def _map(self, name: str, kind: type[Any]) -> HashTrieMap[str, Any]:
        rows = self._execute(
            "SELECT key, body FROM entries WHERE account = ? AND map = ?", (self._account, name)
        )
        return HashTrieMap({key: decode(kind, body) for key, body in rows})

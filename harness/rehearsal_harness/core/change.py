"""One change of the world while it is being written.

Decides: that a status moves only along a row of the specification, that each event type comes from such a
row, and that every change is folded into `World.version`.  Does not know: why anything changes (`billing`
does).
Rule: https://docs.stripe.com/webhooks: an event is the snapshot of its object at that time.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any, TypeVar

from rehearsal_specs.tables import SpecRow

from .agenda import Agenda, Task, TaskKind
from .billing.causes import Cause
from .errors import UnknownObject
from .filing import MOVES, NAMES, OWNERS, no_owner
from .ids import derive_ids
from .objects import Event, Request, StripeObject
from .persistent import Row, Table
from .records import replace
from .touched import Note, Touched
from .world import TABLE_NOUNS, TABLES, Elsewhere, StoredReply, World

NONE = "none"
EXISTS = "exists"
DELETED = "deleted"
AUTOMATIC = Request()

T = TypeVar("T", bound=Row)
Kind = TypeVar("Kind", bound=StripeObject)


def status_of(obj: StripeObject | None) -> str:
    """The status a specification row speaks of: `none` for no object, `exists` for one that has no status."""
    if obj is None:
        return NONE
    if getattr(obj, "deleted", False):
        return DELETED
    return str(getattr(obj, "status", EXISTS))


class Change:
    """A world and what is being written to it; `done` gives the new world.

    `cause` is any text that says what is done, in full: two changes of one world with equal causes must be
    equal, since the hash chain and the ids of events follow from it.  `at` is the unix second
    at which it happens, the world's `now` if not given.  With `by_api` an id is derived for a request not
    given.
    """

    __slots__ = (
        "_agenda",
        "_ids",
        "_key",
        "_notes",
        "_replies",
        "_rows",
        "_tables",
        "_times",
        "_told",
        "_version",
        "now",
        "request",
        "world",
    )

    def __init__(
        self,
        world: World,
        cause: str,
        request: Request | None = None,
        *,
        at: int | None = None,
        by_api: bool = False,
    ) -> None:
        self.world = world
        self.now = world.now if at is None else at
        text = f"{self.now}|{cause}|{request}"
        self._version = sha256(world.version + text.encode()).digest()
        self._key = self._version.hex()
        self._ids = 0
        if request is None and by_api:
            request = Request(id=world.derive_id("req", self._key))
        self.request = request or AUTOMATIC
        self._agenda = world.agenda
        self._told: list[tuple[str, str, StripeObject | None, StripeObject]] = []
        self._replies = world.replies
        self._times = world.other_times
        self._notes: list[Note] | None = None if world.touched is None else []
        self._tables: dict[type[Any], Table[Any]] = {}
        # Rows that wait to be filed: most are written several times in one change, and filed once.
        self._rows: dict[type[Any], dict[str, Any]] = {}

    @property
    def test_clock(self) -> str | None:
        """The test clock in whose time this happens, for what is created now."""
        return self.world.clock or None

    def table(self, kind: type[T]) -> Table[T]:
        """The table of `kind` as it stands now."""
        if kind in self._rows:
            self._file(kind)
        table = self._tables.get(kind)
        return self.world.table(kind) if table is None else table

    def get(self, kind: type[T], object_id: str) -> T:
        """The object as it stands now; raises UnknownObject."""
        waiting = self._rows.get(kind)
        if waiting is not None and object_id in waiting:
            found: T = waiting[object_id]
            return found
        table: Table[T] = self._tables.get(kind) or self.world.table(kind)
        row = table.get(object_id)
        if row is None:
            raise UnknownObject(TABLE_NOUNS[kind], object_id)
        return row

    def put(self, obj: StripeObject) -> None:
        """Keep `obj` without an event; for what Stripe changes without a word."""
        kind = type(obj)
        self._rows.setdefault(kind, {})[obj.id] = obj

    def _file(self, kind: type[Any]) -> None:
        """Put the rows that wait into their table, under their owners."""
        table: Table[Any] = self._tables.get(kind) or self.world.table(kind)
        owner_of, names, moves = OWNERS.get(kind, no_owner), NAMES.get(kind), kind in MOVES
        for row in self._rows.pop(kind).values():
            before, owner = table.get(row.id), owner_of(row)
            is_filed = before is None or (moves and owner_of(before) != owner)
            if before is not None and is_filed:
                table = table.refile(row.id, owner_of(before), owner)
            if names is not None and (before is None or not names.same(before, row)):
                table = table.rename(row.id, () if before is None else names.of(before), names.of(row))
            table = table.put(row, owner)
            if self._notes is not None:
                self._notes.append(Note(TABLES[kind], row.id, kind, owner, is_filed))
        self._tables[kind] = table

    def row(self, kind: type[Kind], before: StripeObject | None, cause: Cause) -> SpecRow:
        """The specification row for `cause`; raises NoTransition."""
        return self.world.rules.find(kind.OBJECT, status_of(before), cause)

    def follow(self, row: SpecRow, before: Kind | None, after: Kind) -> Kind:
        """Keep `after` and emit what `row` says, in its order."""
        assert status_of(after) == row.after, f"{row.id} does not lead to {status_of(after)}"
        self.put(after)
        self.announce(row, before, after)
        return after

    def create(self, obj: Kind, cause: Cause = Cause.CREATED) -> Kind:
        """Keep a new object whose status the caller has chosen, and emit what its row says."""
        return self.follow(self.row(type(obj), None, cause), None, obj)

    def update(self, before: Kind, after: Kind, cause: Cause = Cause.UPDATED) -> Kind:
        """Keep `after` in place of `before`, and emit what the row says."""
        return self.follow(self.row(type(before), before, cause), before, after)

    def announce(self, row: SpecRow, before: StripeObject | None, obj: StripeObject) -> None:
        """Emit what `row` says about `obj` without keeping it."""
        for event_type in row.emits:
            self._told.append((row.id, event_type, before, obj))

    def plan(self, kind: TaskKind, due: int, object_id: str) -> None:
        """Let something happen by itself at the unix second `due`; replaces an earlier plan of that kind."""
        self._agenda = self._agenda.plan(Task(due, kind, object_id))
        self._note("agenda", (kind, object_id), self.world.clock)

    def drop(self, kind: TaskKind, object_id: str) -> None:
        """Let it not happen."""
        self._agenda = self._agenda.drop(kind, object_id)
        self._note("agenda", (kind, object_id), self.world.clock)

    def drop_everything(self) -> None:
        """Let nothing happen that is due in the time of this change."""
        for _, task in tuple(self._agenda):
            self.drop(task.kind, task.object_id)

    def open_clock(self, clock_id: str, frozen_time: int) -> None:
        """Let there be another time, which stands still at the unix second `frozen_time`."""
        self._times = self._times.insert(clock_id, Elsewhere(frozen_time, Agenda()))

    def close_clock(self, clock_id: str) -> None:
        """Let there be no such time any more."""
        self._times = self._times.discard(clock_id)

    def new_id(self, prefix: str, natural_key: str | None = None) -> str:
        """An id for a new object; without a natural key, from this change and the number of ids it gave."""
        if natural_key is None:
            natural_key = f"{self._key}|{self._ids}"
            self._ids += 1
        return self.world.derive_id(prefix, natural_key)

    def remember(self, key: str, reply: StoredReply) -> None:
        """Keep the first answer to an idempotency key."""
        self._replies = self._replies.insert(key, reply)
        self._note("replies", key)

    def _note(self, field: str, key: str | tuple[int, str], clock: str = "") -> None:
        if self._notes is not None:
            self._notes.append(Note(field, key, clock=clock))

    def done(self) -> World:
        """The world after this change."""
        for kind in tuple(self._rows):
            self._file(kind)
        fields: dict[str, Any] = {TABLES[kind]: table for kind, table in self._tables.items()}
        if self._notes is not None:
            fields["touched"] = Touched(self.world.touched, tuple(self._notes))
        return replace(
            self.world,
            now=self.now,
            version=self._version,
            agenda=self._agenda,
            events=self.world.events.extend(self._events()),
            replies=self._replies,
            other_times=self._times,
            **fields,
        )

    def _events(self) -> list[Event]:
        """What was told, in that order; the ids follow from the change and the place of the first of them."""
        if not self._told:
            return []
        first, livemode = len(self.world.events), self.world.settings.livemode
        ids = derive_ids(self.world.seed, "evt", f"{self._key}|{first}", len(self._told))
        told = self.world.other_times[""].now if self.world.clock else self.now
        endpoints = tuple(self.world.webhook_endpoints)
        return [
            Event(
                id=event_id,
                index=index,
                type=event_type,
                created=self.now,
                told=told,
                object_id=obj.id,
                before=before,
                after=obj,
                request=self.request,
                row=row_id,
                livemode=livemode,
                pending_webhooks=sum([endpoint.receives(event_type) for endpoint in endpoints]),
            )
            for index, (event_id, (row_id, event_type, before, obj)) in enumerate(
                zip(ids, self._told, strict=True), first
            )
        ]

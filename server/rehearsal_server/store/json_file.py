"""The store in one JSON file: for one process, on one disk, while customers are few.

Decides when a commit is durable (the whole file is written beside its place, synchronised, and renamed over
it), that there is one writer (a lock beside the file, which the system lifts when its process ends, however
it ends), and what to say of a file that cannot be read: it is never changed.  Reads use indexes in memory and
see the last commit; a rollback drops a reference.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from rehearsal_server.facts import Row, Settlement
from rehearsal_server.store import History, Request, Store, StoreError
from rehearsal_server.store.json_place import JsonPlace
from rehearsal_server.store.json_state import FORMAT, VERSION, FormError, State, state_of

log = logging.getLogger("rehearsal_server.startup")
WAIT_S = 10.0  # for another thread's transaction; each is one write of the file


class Place(Protocol):
    """Where the document is; `kept` is what the store remembers of it, and goes back in time with it."""

    kept: State | None

    def read(self) -> bytes | None:
        """The document, or None when there is none yet; raises OSError."""

    def write(self, data: bytes) -> None:
        """Put another in its place, durably or not at all; raises OSError."""


@dataclass(frozen=True, slots=True)
class Upgrade:
    """How a document of the version before becomes one of the next; `change` gets and gives a document."""

    name: str
    is_destructive: bool
    change: Callable[[dict[str, Any]], dict[str, Any]]


UPGRADES: Mapping[int, Upgrade] = {}
"""By the version that they start from; version 1 is the first."""


class _Block:
    """One block of a transaction; the outermost one writes the file, if anything changed."""

    __slots__ = ("_before", "_store")

    def __init__(self, store: JsonStore) -> None:
        self._store = store
        self._before: State | None = None

    def __enter__(self) -> None:
        self._before = self._store._enter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._before is not None
        self._store._leave(self._before, undo=kind is not None)


class JsonStore(Store):
    """The Store port on one JSON document."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._writer = threading.RLock()
        self._owner = 0
        self._depth = 0
        self._draft = State()

    @classmethod
    def open(cls, path: str | Path, upgrades: Mapping[int, Upgrade] = UPGRADES) -> JsonStore:
        """The store in a file, locked for this process; raises StoreError, with the file as it was."""
        place = JsonPlace(path)
        place.take()
        store = cls(place)
        try:
            store.load(upgrades)
        except BaseException:
            place.give_back()
            raise
        return store

    def close(self) -> None:
        """Give the file back."""
        if isinstance(self._place, JsonPlace):
            self._place.give_back()

    def load(self, upgrades: Mapping[int, Upgrade] = UPGRADES) -> None:
        """Read the document, older ones through `upgrades`; raises StoreError."""
        try:
            data = self._place.read()
            self._place.kept = State() if data is None else _read(data, self._place, upgrades)
        except FormError as error:
            advice = "It was not changed: mend it, or put a copy in its place"
            raise StoreError(f"{_name(self._place)}: {error}. {advice}") from None
        except OSError as error:
            raise StoreError(f"{_name(self._place)} cannot be read: {error.strerror}") from error

    @property
    def _now(self) -> State:
        """What this thread sees."""
        if self._owner == threading.get_ident():
            return self._draft
        assert self._place.kept is not None, "load() comes first"
        return self._place.kept

    def _enter(self) -> State:
        if not self._writer.acquire(timeout=WAIT_S):
            raise StoreError(f"another transaction took longer than {WAIT_S:g} s")
        if self._depth == 0:
            self._draft, self._owner = self._now, threading.get_ident()
        self._depth += 1
        return self._draft

    def _leave(self, before: State, *, undo: bool) -> None:
        try:
            if undo:
                self._draft = before
            elif self._depth == 1 and self._draft is not before:
                self._save(self._draft)
        finally:
            self._depth -= 1
            if self._depth == 0:
                self._owner = 0
            self._writer.release()

    def _save(self, state: State) -> None:
        try:
            self._place.write(state.text().encode())
        except OSError as error:
            raise StoreError(f"{_name(self._place)} cannot be written: {error.strerror}") from error
        self._place.kept = state

    def transaction(self) -> _Block:
        return _Block(self)

    def rows_of(self, object_id: str) -> Sequence[Row]:
        return self._now.having("object_id", object_id)

    def add_row(self, row: Row) -> None:
        with self.transaction():
            self._draft = self._draft.with_row(row)

    def settlement_of(self, object_id: str) -> Settlement | None:
        return self._now.settlements.get(object_id)

    def settle(self, object_id: str, settlement: Settlement | None) -> None:
        with self.transaction():
            kept = self._draft.settlements
            if settlement is not None:
                self._draft = self._draft._replace(settlements=kept.insert(object_id, settlement))
            elif object_id in kept:
                self._draft = self._draft._replace(settlements=kept.remove(object_id))

    def history_of_customer(self, customer: str) -> History:
        return _history(self._now, self._now.having("customer", customer))

    def history_of_device(self, device: str) -> History:
        now = self._now
        customers = {row.customer for row in now.having("device", device)} | {*now.active.get(device, ())}
        return _history(now, _of(now, "customer", customers))

    def history_of_user(self, user: str) -> History:
        now = self._now
        named = now.having("user", user)
        bought = _of(now, "customer", {row.customer for row in named})
        paid = _of(now, "payment", {row.payment for row in named})
        return _history(now, dict.fromkeys([*named, *bought, *paid]))

    def rows_of_payment(self, payment: str) -> Sequence[Row]:
        return self._now.having("payment", payment)

    def recent_rows(self, limit: int) -> Sequence[Row]:
        now = self._now
        of_objects = (rows for (column, _), rows in now.by.items() if column == "object_id")
        rows = (row for each in of_objects for row in each)
        return sorted(rows, key=lambda row: (-row.created, row.event_id))[:limit]

    def add_request(self, request: Request) -> None:
        with self.transaction():
            if all(each.request_id != request.request_id for each in self._draft.requests):
                self._draft = self._draft.with_request(request)

    def requests(self, limit: int) -> Sequence[Request]:
        return self._now.requests[:limit]

    def note_unused(self, event_id: str, type_: str, decision: str) -> bool:
        with self.transaction():
            unused = self._draft.unused
            if event_id in unused:
                return False
            self._draft = self._draft._replace(unused=unused.insert(event_id, (type_, decision)))
            return True

    def activation(self, customer: str, device: str) -> int | None:
        return self._now.activations.get((customer, device))

    def activate(self, customer: str, device: str, at: int) -> None:
        with self.transaction():
            if (customer, device) not in self._draft.activations:
                self._draft = self._draft.with_activation(customer, device, at)

    def cursor(self, name: str) -> int | None:
        return self._now.cursors.get(name)

    def advance_cursor(self, name: str, position: int) -> None:
        with self.transaction():
            if self._draft.cursors.get(name) != position:
                self._draft = self._draft._replace(cursors=self._draft.cursors.insert(name, position))

    def probe(self) -> None:
        with self.transaction():
            self._save(self._draft)


def _history(state: State, rows: Iterable[Row]) -> History:
    found = list(rows)
    settled = ((row.subscription, state.settlements.get(row.subscription or "")) for row in found)
    return History(rows=found, settlements={name: kept for name, kept in settled if name and kept})


def _of(state: State, column: str, values: Iterable[str | None]) -> list[Row]:
    """The rows with any of the values in a column; nothing has no value."""
    wanted = sorted(value for value in values if value is not None)
    return [row for value in wanted for row in state.having(column, value)]


def _read(data: bytes, place: Place, upgrades: Mapping[int, Upgrade]) -> State:
    """The state in a document; raises FormError, and OSError when a copy could not be made."""
    try:
        document = json.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise FormError(f"byte {error.start + 1} is no UTF-8, expected JSON") from None
    except json.JSONDecodeError as error:
        raise FormError(f"line {error.lineno}, column {error.colno}: no JSON: {error.msg}") from None
    except RecursionError:
        raise FormError("nested too deeply to be what this store wrote") from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise FormError(f"no 'format' of '{FORMAT}', so it is another program's file")
    version = document.get("version")
    if type(version) is not int or version > VERSION or version < min([VERSION, *upgrades]):
        raise FormError(f"version {version!r} is not known to this server, which writes version {VERSION}")
    while version < VERSION:
        step = upgrades[version]
        if step.is_destructive and isinstance(place, JsonPlace):
            log.warning("before %s everything was copied to %s", step.name, place.copy(step.name))
        document = step.change(document)
        version += 1
    return state_of(document)


def _name(place: Place) -> str:
    return str(place.path) if isinstance(place, JsonPlace) else "the document"

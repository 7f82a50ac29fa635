"""Collections that never change: a write gives a new one and shares everything else with the old one.

Decides: how the world keeps rows and an ordered log.  Every write costs O(log n), so a rewind is keeping the
old value.
Does not know: what a row means, or what is due when (`agenda`).
Rule: hash array mapped tries, as in the package rpds-py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

from rpds import HashTrieMap

from .records import Record

T = TypeVar("T")


class Row(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str:
        """The key of the row in its table."""


RowT = TypeVar("RowT", bound=Row)

_EMPTY: HashTrieMap[Any, Any] = HashTrieMap()
_CHUNK = 32  # items of a log that share one entry of its map: fewer entries, cheaper appends


class Log(Record, Generic[T], frozen=True, kw_only=False, eq=False):
    """An append-only sequence: full chunks of items, and a tail that is not full yet.

    >>> list(Log().append("a").append("b").since(1))
    ['b']
    """

    _chunks: HashTrieMap[int, tuple[T, ...]] = _EMPTY
    _tail: tuple[T, ...] = ()

    @staticmethod
    def of(items: Iterable[T]) -> Log[T]:
        """The log of these items, oldest first."""
        everything = tuple(items)
        full = len(everything) // _CHUNK
        chunks = {each: everything[each * _CHUNK : (each + 1) * _CHUNK] for each in range(full)}
        return Log(HashTrieMap(chunks), everything[full * _CHUNK :])

    def append(self, item: T) -> Log[T]:
        """This log and one more item."""
        return self.extend((item,))

    def extend(self, items: Sequence[T]) -> Log[T]:
        """This log and more items, oldest first."""
        chunks, tail = self._chunks, (*self._tail, *items)
        while len(tail) >= _CHUNK:
            chunks, tail = chunks.insert(len(chunks), tail[:_CHUNK]), tail[_CHUNK:]
        return Log(chunks, tail)

    def since(self, index: int) -> Iterator[T]:
        """The items from `index` on, oldest first."""
        first, offset = divmod(index, _CHUNK)
        for number in range(first, len(self._chunks) + 1):
            yield from self._chunk(number)[offset:]
            offset = 0

    def newest_first(self) -> Iterator[T]:
        """All items, the last one first."""
        for number in range(len(self._chunks), -1, -1):
            yield from reversed(self._chunk(number))

    def _chunk(self, number: int) -> tuple[T, ...]:
        return self._chunks[number] if number < len(self._chunks) else self._tail

    def at(self, position: int) -> T:
        """The item at `position`, counted from 0."""
        return self._chunk(position // _CHUNK)[position % _CHUNK]

    def __getitem__(self, index: int) -> T:
        """The item at `index`, counted from 0 (or back from -1); raises IndexError."""
        position = index + len(self) if index < 0 else index
        if not 0 <= position < len(self):
            raise IndexError(index)
        return self._chunk(position // _CHUNK)[position % _CHUNK]

    def __iter__(self) -> Iterator[T]:
        return self.since(0)

    def __len__(self) -> int:
        return _CHUNK * len(self._chunks) + len(self._tail)

    def __repr__(self) -> str:
        return f"<Log of {len(self)}>"


_NO_ORDER: Log[str] = Log()


_Files: TypeAlias = "HashTrieMap[str, tuple[str, ...] | Log[str]]"
Names = tuple[str, ...]


def _filed(files: _Files, key: str, row_id: str) -> _Files:
    """These files and one more id under `key`; many ids become a log, so that each costs the same."""
    ids = files.get(key, ())
    if isinstance(ids, Log):
        return files.insert(key, ids.append(row_id))
    more = (*ids, row_id)
    return files.insert(key, more if len(more) < _CHUNK else Log.of(more))


def _unfiled(files: _Files, key: str, row_id: str) -> _Files:
    left = tuple([each for each in files.get(key, ()) if each != row_id])
    return files.insert(key, left if len(left) < _CHUNK else Log.of(left)) if left else files.discard(key)


def _all_filed(pairs: Iterable[tuple[str, str]]) -> _Files:
    found: dict[str, list[str]] = {}
    for key, row_id in pairs:
        found.setdefault(key, []).append(row_id)
    return HashTrieMap({key: tuple(ids) if len(ids) < _CHUNK else Log.of(ids) for key, ids in found.items()})


class Table(Record, Generic[RowT], frozen=True, kw_only=False, eq=False):
    """Rows by id, remembered in the order of their creation, by the object they belong to, and by name."""

    _rows: HashTrieMap[str, RowT] = _EMPTY
    _order: Log[str] = _NO_ORDER
    _owned: _Files = _EMPTY
    _named: _Files = _EMPTY

    @staticmethod
    def of(
        rows: Iterable[RowT], filed: Iterable[tuple[str, str]], named: Iterable[tuple[str, str]] = ()
    ) -> Table[RowT]:
        """The table of these rows, oldest first.

        `filed`: an owner and an id, in the order of filing; `named`: a name and an id.
        """
        by_id = {row.id: row for row in rows}
        return Table(HashTrieMap(by_id), Log.of(by_id), _all_filed(filed), _all_filed(named))

    def put(self, row: RowT, owner: str | None = None) -> Table[RowT]:
        """This table with `row` in place of the row of that id; a new row is filed under `owner`."""
        if row.id in self._rows:
            return Table(self._rows.insert(row.id, row), self._order, self._owned, self._named)
        owned = self._owned if owner is None else _filed(self._owned, owner, row.id)
        return Table(self._rows.insert(row.id, row), self._order.append(row.id), owned, self._named)

    def refile(self, row_id: str, before: str | None, owner: str | None) -> Table[RowT]:
        """This table with a row that is there filed under `owner` in place of `before`."""
        if before == owner:
            return self
        owned = self._owned if before is None else _unfiled(self._owned, before, row_id)
        owned = owned if owner is None else _filed(owned, owner, row_id)
        return Table(self._rows, self._order, owned, self._named)

    def rename(self, row_id: str, before: Names, names: Names) -> Table[RowT]:
        """This table with a row, which may be put next, called by `names` in place of those `before`."""
        if before == names:
            return self
        files = self._named
        for name in before:
            files = files if name in names else _unfiled(files, name, row_id)
        for name in names:
            files = files if name in before else _filed(files, name, row_id)
        return Table(self._rows, self._order, self._owned, files)

    def get(self, row_id: str) -> RowT | None:
        """The row, or None."""
        return self._rows.get(row_id)

    def owned_by(self, owner: str) -> tuple[RowT, ...]:
        """The rows filed under `owner`, oldest first."""
        return tuple([self._rows[row_id] for row_id in self.ids_owned_by(owner)])

    def ids_owned_by(self, owner: str) -> tuple[str, ...] | Log[str]:
        """The ids filed under `owner`, oldest first."""
        return self._owned.get(owner, ())

    def newest_owned_by(self, owner: str) -> Iterator[RowT]:
        """The rows filed under `owner`, newest first, each looked up when it is asked for."""
        return (self._rows[row_id] for row_id in reversed(self.ids_owned_by(owner)))

    def named(self, name: str) -> tuple[RowT, ...]:
        """The rows of that name, the one that was first called so first."""
        return tuple([self[row_id] for row_id in self._named.get(name, ())])

    def ids_since(self, position: int) -> Iterator[str]:
        """The ids of the rows from the one created at `position`, counted from 0, on, oldest first."""
        return self._order.since(position)

    def owners(self) -> Iterator[tuple[str, Names]]:
        """Each owner with the ids filed under it, in no order."""
        return ((owner, tuple(ids)) for owner, ids in self._owned.items())

    def newest_first(self) -> Iterator[RowT]:
        """All rows, the last created first, as Stripe lists them."""
        return (self._rows[row_id] for row_id in self._order.newest_first())

    def at(self, position: int) -> RowT:
        """The row that was created at `position`, counted from 0."""
        return self._rows[self._order.at(position)]

    def id_at(self, position: int) -> str:
        """Its id."""
        return self._order.at(position)

    def __getitem__(self, row_id: str) -> RowT:
        """The row; raises KeyError."""
        return self._rows[row_id]

    def __contains__(self, row_id: object) -> bool:
        return row_id in self._rows

    def __iter__(self) -> Iterator[RowT]:
        return (self._rows[row_id] for row_id in self._order)

    def __len__(self) -> int:
        return len(self._rows)

    def __repr__(self) -> str:
        return f"<Table of {len(self)}>"

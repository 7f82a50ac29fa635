"""A JSON document that goes back in time: putting an old one back is keeping a reference.

Decides what a backend whose facts are one document is given: `read` and `write`, of all of it.  Does not know
its form.  In a search the document stays in memory; with a file every write is synchronised and renamed, as
in the reference server's own store, which uses that store's own code for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any

from rehearsal_harness.targets.dying import Transactions
from rehearsal_harness.targets.rewinding import Database


class JsonDocument:
    """The one document; `path` is its file, None in a search.

    `kept` is for whatever a backend remembers of the document, immutable: it goes back in time with it.
    """

    asked = ""  # a document has no clock

    def __init__(self, path: Path | None, transactions: Transactions) -> None:
        self.path = path
        self.kept: Any = None
        self.writes = 0
        self._data: bytes | None = None
        self._transactions = transactions

    def read(self) -> bytes | None:
        """The document, None when nothing was written yet."""
        if self.path is None:
            return self._data
        return self.path.read_bytes() if self.path.exists() else None

    def write(self, data: bytes) -> None:
        """Put another in its place; a transaction by itself when it is in no other."""
        self._transactions.boundary()
        self.put(data)
        self._transactions.boundary()

    def put(self, data: bytes) -> None:
        """As `write`, for a store that is watched around its own transactions."""
        if self.path is None:
            self._data = data
        else:
            beside = self.path.with_suffix(".tmp")
            with open(beside, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.replace(beside, self.path)
        self.writes += 1

    def put_back(self, data: bytes | None, kept: Any) -> None:
        """What was there before, with what was remembered of it."""
        self.kept = kept
        if self.path is None:
            self._data = data
        elif data is None:
            self.path.unlink(missing_ok=True)
        else:
            self.path.write_bytes(data)
        self.writes += 1


class JsonRewind:
    """A rewindable document."""

    def __init__(self, document: JsonDocument) -> None:
        self._document = document
        self._marks: dict[int, tuple[bytes | None, Any]] = {}

    @property
    def writes(self) -> int:
        """As Rewindable."""
        return self._document.writes

    def mark(self, depth: int) -> None:
        """As Rewindable."""
        self._marks[depth] = (self._document.read(), self._document.kept)

    def rewind(self, depth: int) -> None:
        """As Rewindable."""
        self._document.put_back(*self._marks[depth])

    @contextmanager
    def aside(self) -> Iterator[None]:
        """As Rewindable."""
        document = self._document
        before, data, kept = document.writes, document.read(), document.kept
        try:
            yield
        finally:
            if document.writes != before:
                document.put_back(data, kept)

    def digest(self) -> bytes:
        """As Rewindable; a document is digested whole, with its order, so both halves are the same."""
        data = self._document.read()
        half = blake2b(b"-" if data is None else b"+" + data, digest_size=16).digest()
        return half + half


def json_database(file: str, transactions: Transactions) -> Database:
    """A document that nobody has written yet; `file` is ":memory:" for a search."""
    document = JsonDocument(None if file == ":memory:" else Path(file), transactions)
    return Database(
        connection=document,
        transaction=_transaction_maker(document),
        rewind=JsonRewind(document),
        clock=document,
    )


def _transaction_maker(document: JsonDocument) -> Callable[[], AbstractContextManager[object]]:
    """A block after whose failure the document is what it was before."""

    @contextmanager
    def transaction() -> Iterator[None]:
        before, data, kept = document.writes, document.read(), document.kept
        try:
            yield
        except BaseException:
            if document.writes != before:
                document.put_back(data, kept)
            raise

    return transaction

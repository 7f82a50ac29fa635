"""A state file as SQLite sees it: its tables, whose it is, and whether it may be opened.

Decides: which file is a state file of ours, and that one process at a time writes it.  What is refused is
left as it was.  Does not know what a world is (`state`).
Source: https://www.sqlite.org/fileformat2.html#the_database_header (application id and user version).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path

APPLICATION_ID = 0x62726863  # "brhc"
SCHEMA_VERSION = 1
_HEADER = 100  # bytes
_MAGIC = b"SQLite format 3\x00"

_TABLES = """
CREATE TABLE shapes (kind TEXT NOT NULL, field TEXT NOT NULL, PRIMARY KEY (kind, field)) WITHOUT ROWID;
CREATE TABLE accounts (id TEXT PRIMARY KEY, head TEXT NOT NULL);
CREATE TABLE snapshots (n INTEGER PRIMARY KEY, kind TEXT NOT NULL, body TEXT NOT NULL, told INTEGER NOT NULL);
CREATE TABLE rows (account TEXT, kind TEXT, id TEXT, position INTEGER NOT NULL, owner TEXT,
    filed INTEGER NOT NULL, snapshot INTEGER NOT NULL, PRIMARY KEY (account, kind, id)) WITHOUT ROWID;
CREATE TABLE events (account TEXT, position INTEGER, body TEXT NOT NULL, before INTEGER,
    after INTEGER NOT NULL, PRIMARY KEY (account, position)) WITHOUT ROWID;
CREATE TABLE tasks (account TEXT, clock TEXT, kind INTEGER, id TEXT, due INTEGER NOT NULL,
    number INTEGER NOT NULL, PRIMARY KEY (account, clock, kind, id)) WITHOUT ROWID;
CREATE TABLE entries (account TEXT, map TEXT, key TEXT, body TEXT NOT NULL,
    PRIMARY KEY (account, map, key)) WITHOUT ROWID;
CREATE TABLE notes (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
"""


class StateError(Exception):
    """A state file that cannot be used; the message says where, what was found and what to do."""


def connect(path: Path, shapes: Mapping[str, set[str]]) -> sqlite3.Connection:
    """A connection that alone may write `path`, which is made if there is none; raises StateError.

    `shapes` are the records that this release writes, by name, with their fields.
    """
    is_new = _check_header(path)
    try:
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0.2)
    except sqlite3.Error as error:
        raise StateError(
            f"{path}: cannot be opened: {error}. Name a file in a folder you may write."
        ) from None
    try:
        _prepare(connection, path, shapes, is_new=is_new)
    except sqlite3.Error as error:
        connection.close()
        raise _told(path, error) from None
    except StateError:
        connection.close()
        raise
    return connection


def _check_header(path: Path) -> bool:
    """Whether the file is new or empty; raises StateError for what is no state file of this release."""
    try:
        with path.open("rb") as file:
            header = file.read(_HEADER)
    except FileNotFoundError:
        return True
    except OSError as error:
        reason = error.strerror or str(error)
        raise StateError(
            f"{path}: cannot be read: {reason}. Name a file that you may read and write."
        ) from None
    if not header:
        return True
    ours = header.startswith(_MAGIC) and int.from_bytes(header[68:72], "big") == APPLICATION_ID
    if len(header) < _HEADER or not ours:
        raise StateError(
            f"{path}: this is no state file of `rehearse serve`; it was left as it is. Name another file, "
            "or one that does not exist yet."
        )
    _check_version(path, int.from_bytes(header[60:64], "big"))
    return False


def _check_version(path: Path, version: int) -> None:
    if version != SCHEMA_VERSION:
        raise StateError(
            f"{path}: a state file of schema {version}; this release reads schema {SCHEMA_VERSION}. It was "
            "left as it is: open it with the release that wrote it, or name another file."
        )


def _prepare(
    connection: sqlite3.Connection, path: Path, shapes: Mapping[str, set[str]], *, is_new: bool
) -> None:
    execute = connection.execute
    execute("PRAGMA locking_mode = EXCLUSIVE")
    if is_new:
        execute(f"PRAGMA application_id = {APPLICATION_ID}")
        execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.executescript(f"BEGIN IMMEDIATE;{_TABLES}COMMIT;")
    execute("PRAGMA journal_mode = WAL")
    execute("PRAGMA synchronous = NORMAL")  # the kernel keeps what a killed process has committed
    execute("BEGIN IMMEDIATE")
    try:
        _check_shapes(connection, path, shapes)
        pairs = [(kind, field) for kind, names in shapes.items() for field in sorted(names)]
        connection.executemany("INSERT INTO shapes VALUES (?, ?) ON CONFLICT DO NOTHING", pairs)
        execute("COMMIT")
    except StateError:
        execute("ROLLBACK")
        raise


def _check_shapes(connection: sqlite3.Connection, path: Path, shapes: Mapping[str, set[str]]) -> None:
    """A file that says more than this release knows would lose it."""
    for kind, field in connection.execute("SELECT kind, field FROM shapes ORDER BY kind, field"):
        if field not in shapes.get(kind, ()):
            raise StateError(
                f"{path}: it keeps '{field}' of {kind}, which this release does not know. It was left as it "
                "is: open it with the release that wrote it, or name another file."
            )


def _told(path: Path, error: sqlite3.Error) -> StateError:
    if "locked" in str(error):
        return StateError(
            f"{path}: another process keeps its world in this file. End that one, or name another file."
        )
    return damaged(path, str(error))


def damaged(path: Path, found: str) -> StateError:
    """What to say of a file whose content cannot be read."""
    return StateError(
        f"{path}: the file is damaged: {found}. It was left as it is: put a copy in its place, or name "
        "another file."
    )

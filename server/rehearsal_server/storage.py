"""The store that a manifest declares, in the place that the environment names.

Decides when storage is not fit to start on: a file that a restart could lose where persistence is demanded, a
place that cannot be written, a database that does not answer.  Does not know what is kept.  Messages carry
names and files; an address of a database is never shown, for its password.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from rehearsal_server.persistence import DEFAULT_FILES, is_on_root, place_of
from rehearsal_server.settings import Settings
from rehearsal_server.store import Store, StoreError
from rehearsal_server.store.opening import KINDS, open_store, tables_of
from rehearsal_specs.manifest import Manifest, Storage

log = logging.getLogger("rehearsal_server.startup")


def declared_store(manifest: Manifest, settings: Settings, clock: Callable[[], int]) -> Store:
    """The store, opened, migrated and seen to be writable; raises StoreError, saying what to do."""
    storage = manifest.storage
    if storage is None or not storage.kind:
        raise StoreError(f"{manifest.path}: there is no storage.kind, expected one of {', '.join(KINDS)}")
    where, reason = _where(storage, settings, _demanded(storage, settings))
    if where is None:
        raise StoreError(f"{storage.env} {reason}")
    if reason:
        log.warning("%s %s", storage.env, reason)
    try:
        entitlement = manifest.access.entitlement if manifest.access else None
        store = open_store(storage.kind, where, tables_of(storage.tables, clock, entitlement))
        store.probe()
    except StoreError as error:
        what = "the database" if storage.kind == "postgresql" else where
        raise StoreError(f"{storage.env}: {what} cannot be used: {error}") from error
    if storage.kind != "postgresql" and is_on_root(Path(where)):
        log.warning("%s: %s is on the root file system; mount a disk that outlives it", storage.env, where)
    return store


def _where(storage: Storage, settings: Settings, demanded: str | None) -> tuple[str | None, str]:
    """The file or the address to use, or None, and what to tell the operator (may be empty)."""
    named = settings.value(storage.env)
    if storage.kind == "postgresql":
        return named, "" if named else "is not set: it says where the database is, postgresql://…"
    place, reason = place_of(named, demanded, default=DEFAULT_FILES[storage.kind])
    return None if place is None else str(place), reason


def _demanded(storage: Storage, settings: Settings) -> str | None:
    """What demands persistent storage, as NAME=value, if anything does."""
    for name, wanted in storage.require_persistent:
        if (settings.value(name) or "").casefold() == wanted.casefold():
            return f"{name}={wanted}"
    return None

"""Bring a database from the shape it has to the shape this version wants, each step once and in order.

Decides which migrations a dialect has (`NNNN_name.sql` for all, `NNNN_name.<dialect>.sql` where they differ)
and that a destructive one, so declared in its first comment line, copies the database before it runs.  Does
not know how a copy is made.  All steps of one start happen in one exclusive transaction: all are kept, or
none.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.resources import files
from typing import Protocol

log = logging.getLogger("rehearsal_server.startup")
DESTRUCTIVE = "-- destructive"


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: its name without dialect and ending, and its statements."""

    name: str
    script: str

    @property
    def is_destructive(self) -> bool:
        """Does it lose something that could be wanted again?"""
        return self.script.lstrip().lower().startswith(DESTRUCTIVE)


class Migrated(Protocol):
    """What a store must be able to do to be migrated; each raises StoreError."""

    def transaction(self) -> AbstractContextManager[object]:
        """The port's own."""

    def applied(self) -> set[str]:
        """The names of the migrations that were applied, inside a transaction that nobody else can enter."""

    def run_script(self, script: str) -> None:
        """Execute every statement of a migration."""

    def record(self, name: str) -> None:
        """Remember that a migration was applied."""

    def copy(self, name: str) -> str:
        """Copy everything aside before the migration `name`; says where, "" when nothing outlives us."""


def shipped_migrations(dialect: str) -> list[Migration]:
    """The migrations of this version in `dialect` (sqlite, postgresql), in the order of their names."""
    found = []
    for file in files("rehearsal_server.store").joinpath("migrations").iterdir():
        name, *variant = file.name.removesuffix(".sql").split(".")
        if file.name.endswith(".sql") and variant in ([], [dialect]):
            found.append(Migration(name, file.read_text(encoding="utf-8")))
    return sorted(found, key=lambda each: each.name)


def migrate(store: Migrated, migrations: Sequence[Migration]) -> None:
    """Apply each migration that was not applied yet; raises StoreError, with nothing changed."""
    with store.transaction():
        applied = store.applied()
        for each in _missing(migrations, applied):
            if each.is_destructive:
                place = store.copy(each.name)
                if place:
                    log.warning("before %s everything was copied to %s", each.name, place)
            store.run_script(each.script)
            store.record(each.name)


def _missing(migrations: Iterable[Migration], applied: set[str]) -> list[Migration]:
    return [each for each in migrations if each.name not in applied]

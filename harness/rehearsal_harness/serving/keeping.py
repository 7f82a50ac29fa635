"""What a bench keeps in its state file beside the worlds: clock, faults, and what was not delivered yet.

Decides: when these are written, and what a resumed bench does with them.  Notes are written at most once a
second, and every ten while only time passes, so what they say may be old: events since then are delivered
again, and none is lost.
Does not know SQLite (`state`).
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from threading import Lock
from typing import TYPE_CHECKING, Any

from rehearsal_harness.core.world import API_VERSION, World
from rehearsal_harness.serving.faults import Faults
from rehearsal_harness.serving.outbox import Attempt
from rehearsal_harness.serving.state import StateError, StateFile
from rehearsal_specs.tables import Dunning, Rules

if TYPE_CHECKING:
    from rehearsal_harness.serving.bench import Bench

NOTE = "bench"
PAUSE_S = 1.0
IDLE_PAUSE_S = 10.0  # between two notes while only time passes
ATTEMPTS_NOTED = 2_000  # by each so many that are planned the pause grows by itself: a note is written whole


class Keeper:
    """Keeps the worlds of a bench in `file`."""

    def __init__(self, file: StateFile, rules: Rules, dunning: Dunning) -> None:
        self._file = file
        self._rules, self._dunning = rules, dunning
        self._noted_at = 0.0
        self._revision, self._now = -1, -1  # of the last note
        self._is_closed = False
        self._writing = Lock()  # taken before an account's, so never under one

    @property
    def note(self) -> dict[str, Any]:
        """What the last bench left; empty for a new file."""
        return dict(self._file.kept(NOTE) or {})

    def api_version(self, account_id: str) -> str:
        """The API version of an account that is kept, the newest where none is; raises StateError."""
        settings = self._file.settings(account_id)
        return API_VERSION if settings is None else settings.api_version

    def opened(self, account_id: str, start: Callable[[str], World], api_version: str) -> World:
        """The world that is kept of an account, or a new one that is kept from now on; raises StateError.

        Either has this API version from now on.
        """
        world = self._file.load(account_id, rules=self._rules, dunning=self._dunning)
        if world is None:
            return self._file.adopt(start(account_id))
        if world.settings.api_version != api_version:
            world = replace(world, settings=replace(world.settings, api_version=api_version))
            self._file.save(world)
        return world

    def account_ids(self) -> tuple[str, ...]:
        """The accounts that are kept."""
        return self._file.accounts()

    def save(self, world: World) -> None:
        """Keep what changed; called before anybody sees it.

        Raises StateError once closed, sqlite3.Error where the file cannot be written.
        """
        if self._is_closed:
            raise StateError(f"{self._file.path}: closed, as the bench is ending; nothing more is kept")
        self._file.save(world)

    def begin(self, bench: Bench, note: dict[str, Any]) -> None:
        """Open the accounts that are kept, go on where `note` ends, and write the first notes, so that
        whoever is killed at once has some; raises StateError.
        """
        for account_id in self.account_ids():
            if account_id != bench.main.id:
                bench.by_key.open(account_id)
        resume(bench, note)
        with self._writing:
            self._write(bench)

    def tick(self, bench: Bench) -> None:
        """Write the notes, if anything happened or time passed, and it is time to; raises sqlite3.Error."""
        is_idle = bench.news.revision == self._revision
        if is_idle and bench.now() == self._now:
            return
        pause_s = (IDLE_PAUSE_S if is_idle else PAUSE_S) * (1 + bench.outbox.waiting() // ATTEMPTS_NOTED)
        if time.monotonic() - self._noted_at < pause_s:
            return
        with self._writing:
            if not self._is_closed:
                self._write(bench)
        self._noted_at = time.monotonic()

    def _write(self, bench: Bench) -> None:
        revision, now = bench.news.revision, bench.now()
        # Counted before the attempts: an event in between is noted twice, never not at all.
        planned = {each.id: each.events_planned() for each in bench.accounts()}
        attempts = [asdict(each) for each in bench.outbox.unsettled()]
        note = {
            "now": now,
            "faults": asdict(bench.faults),
            "planned": planned,
            "attempts": attempts,
            "keys": bench.by_key.keys_shown(),
        }
        self._file.keep(NOTE, note)
        self._revision, self._now = revision, now

    def close(self, bench: Bench) -> None:
        """Write the notes for the last time and let go of the file; raises StateError where it is full."""
        with self._writing:
            if self._is_closed:
                return
            try:
                self._write(bench)
            except sqlite3.Error as problem:
                raise StateError(
                    f"{self._file.path}: the last notes could not be written: {problem}. Make room; a bench"
                    " that resumes it delivers again what came after the notes before."
                ) from problem
            finally:
                self._is_closed = True
                self._file.close()


def resume(bench: Bench, note: dict[str, Any]) -> None:
    """Go on where the last bench ended: its faults, its attempts, and the events it had not come to.

    A bench that was killed may have kept worlds that are later than its note, or no note at all.
    """
    latest = max(each.world.now for each in bench.accounts())
    if latest > bench.clock.now():
        bench.clock.move_to(latest)
    try:
        if note:
            bench.by_key.show_keys(note.get("keys", {}))
            bench.set_faults(Faults(**note["faults"]))
            bench.webhooks.restore([Attempt(**each) for each in note["attempts"]])
        planned: dict[str, int] = note["planned"] if note else {}
        for account in bench.accounts():
            bench.webhooks.plan(account, planned.get(account.id, 0), account.world)
    except (KeyError, TypeError, ValueError) as problem:
        raise StateError(f"what the file says of deliveries cannot be read: {problem!r}") from problem

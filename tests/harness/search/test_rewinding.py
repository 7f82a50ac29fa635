"""Each kind of store goes back in time exactly, and a proof on it is audited with real commits."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
from search.rehearsed import MANIFEST_PATH, rehearsal
from search.stories import CRASHES, DITHERED_UNASKED, FAILED, RECOVERED

from rehearsal_harness.core.findings import Verdict
from rehearsal_harness.rehearsal import Options
from rehearsal_harness.targets.audit import audit
from rehearsal_harness.targets.backend import REFERENCE
from rehearsal_harness.targets.databases import KINDS, fresh_database
from rehearsal_harness.targets.dying import ProcessDied, Transactions
from rehearsal_harness.targets.rewinding import Database

SEARCH = ":memory:"


def opened(kind: str, file: str = SEARCH, transactions: Transactions | None = None) -> Database:
    """A store in which texts can be noted."""
    watched = transactions or Transactions()
    database = fresh_database(kind, file, frozenset(), watched, crashes=transactions is not None)
    if kind != "json":
        database.connection.execute("CREATE TABLE notes (text TEXT NOT NULL PRIMARY KEY)")
    return database


def note(database: Database, text: str) -> None:
    """Note a text, which is an error when it is noted already."""
    connection = database.connection
    if hasattr(connection, "read"):
        before = connection.read() or b""
        if text.encode() in before.split():
            raise KeyError(text)
        connection.write(before + text.encode() + b" ")
    else:
        connection.execute(f"INSERT INTO notes VALUES ('{text}')")


def note_together(database: Database, *texts: str) -> None:
    """Note all of them or none."""
    with database.transaction():
        for text in texts:
            note(database, text)


def notes(database: Database) -> set[str]:
    """What is noted."""
    connection = database.connection
    if hasattr(connection, "read"):
        return set((connection.read() or b"").decode().split())
    return {text for (text,) in connection.execute("SELECT text FROM notes").fetchall()}


@pytest.mark.parametrize("kind", KINDS)
def test_a_rewind_brings_everything_back(kind: str) -> None:
    """Any number of times; marks before it stay, and equal contents have equal digests."""
    database = opened(kind)
    rewind = database.rewind
    empty = rewind.digest()
    rewind.mark(0)
    note(database, "one")
    rewind.mark(1)
    here = rewind.digest()
    for _ in range(3):
        note(database, "two")
        assert rewind.digest() != here
        rewind.rewind(1)
        assert (rewind.digest(), notes(database)) == (here, {"one"})
    rewind.rewind(0)
    assert (rewind.digest(), notes(database)) == (empty, set())


@pytest.mark.parametrize("kind", KINDS)
def test_what_happens_aside_leaves_no_trace(kind: str) -> None:
    """Straight after a mark, after a write, and after a failure; and only a write counts as one."""
    database = opened(kind)
    rewind = database.rewind
    rewind.mark(0)
    for texts in ((), ("one",)):
        for text in texts:
            note(database, text)
        here, writes = rewind.digest(), rewind.writes
        with rewind.aside():
            notes(database)
        assert rewind.writes == writes
        with rewind.aside():
            note(database, "aside")
        with pytest.raises(Exception, match=r"(?i)nowhere|read"), rewind.aside():
            _ask_nonsense(database)
        assert (rewind.digest(), notes(database)) == (here, set(texts))


def _ask_nonsense(database: Database) -> None:
    database.connection.execute("SELECT * FROM nowhere") if hasattr(database.connection, "execute") else int(
        "read"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_transaction_is_kept_or_undone(kind: str) -> None:
    """Nested ones too; a write that fails outside any transaction is undone alone."""
    database = opened(kind)
    database.rewind.mark(0)
    with database.transaction(), database.transaction():
        note(database, "one")
    for _ in range(2):
        with pytest.raises(Exception, match=r"(?i)unique|one"):
            note_together(database, "two", "one")
        with pytest.raises(Exception, match=r"(?i)unique|one"):
            note(database, "one")
    assert notes(database) == {"one"}
    note(database, "three")
    assert notes(database) == {"one", "three"}


@pytest.mark.parametrize("in_transaction", [True, False])
@pytest.mark.parametrize("file", [SEARCH, "real"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_process_dies_before_or_after_a_write_is_kept(
    kind: str, file: str, in_transaction: bool, tmp_path: Path
) -> None:
    """In a search, and where commits are real."""
    for strike_at, kept in ((0, {"one"}), (1, set()), (2, {"one"}), (3, {"one"})):
        transactions = Transactions()
        database = opened(kind, file if file == SEARCH else str(tmp_path / f"{strike_at}"), transactions)
        transactions.arm(strike_at)
        died = False
        try:
            if in_transaction:
                with transactions.watch(database.transaction()):
                    note(database, "one")
            else:
                note(database, "one")
        except ProcessDied:
            died = True
        assert (died, notes(database)) == (0 < strike_at < 3, kept)


@pytest.mark.parametrize("kind", KINDS)
def test_a_proof_is_audited_with_real_commits(kind: str) -> None:
    """Crashes, undecided seconds and a long story: PROVED, and the same store in a fresh process."""
    told = (DITHERED_UNASKED, CRASHES, RECOVERED, FAILED)
    results = [rehearsal(each, audit=2, store=kind).run() for each in told]
    audit(str(MANIFEST_PATH), REFERENCE, Options(audit=2, store=kind), results)

    assert [(result.verdict, result.audited) for result in results] == [(Verdict.PROVED, 2)] * len(told)


def test_the_clock_of_a_database_is_noticed() -> None:
    """It cannot be frozen, so whoever asks it is UNDETERMINED."""
    for sql in ("SELECT now()", "SELECT CURRENT_TIMESTAMP", "CREATE TABLE x (at timestamptz DEFAULT now())"):
        database = opened("postgresql")
        assert database.clock.asked == ""
        database.connection.execute(sql)
        assert database.clock.asked.startswith("SQL's own clock (")


def test_a_backend_may_use_transactions_of_the_driver() -> None:
    """And catch what fails in them."""
    database = opened("postgresql")
    database.rewind.mark(0)
    connection = database.connection
    with connection.transaction():
        note(database, "one")
    with pytest.raises(psycopg.errors.UniqueViolation), connection.transaction():
        note(database, "one")
    assert notes(database) == {"one"}
    database.rewind.rewind(0)
    assert notes(database) == set()

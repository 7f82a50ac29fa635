"""The store in a JSON file: durable, one writer, and a file that cannot be read is left as it is."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rehearsal_server.facts import Row
from rehearsal_server.store import StoreError
from rehearsal_server.store.json_file import JsonStore, Upgrade

ROW = Row("evt_1", "invoice.paid", "in_1", "cus_1", "sub_1", None, "device-1", None, 100, "{}", None)
OPEN_AND_WRITE = (
    "import sys; from rehearsal_server.store.json_file import JsonStore\n"
    "store = JsonStore.open(sys.argv[1]); store.probe(); print('open', flush=True); sys.stdin.read()"
)


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    return tmp_path / "facts.json"


def add(store: JsonStore, row: Row) -> None:
    """One transaction that adds a row."""
    with store.transaction():
        store.add_row(row)


def written(path: Path, *rows: Row) -> dict[str, Any]:
    """What a store with these rows leaves in a file."""
    store = JsonStore.open(path)
    for row in rows:
        add(store, row)
    store.probe()
    store.close()
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return document


def test_equal_facts_are_equal_bytes(tmp_path: Path) -> None:
    """Whatever the order they came in; one line for each row."""
    rows = [ROW, ROW._replace(event_id="evt_2"), ROW._replace(event_id="evt_0", object_id="in_2")]
    written(tmp_path / "a", *rows)
    written(tmp_path / "b", *reversed(rows))
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert sum("evt_" in line for line in (tmp_path / "a").read_text("utf-8").splitlines()) == 3


def test_only_the_owner_may_read_it(path: Path) -> None:
    """A new file; the mode of one that is there stays."""
    written(path)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o640)
    written(path, ROW)
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link(tmp_path: Path, path: Path) -> None:
    """The file behind it is replaced."""
    written(path)
    link = tmp_path / "link.json"
    link.symlink_to(path)
    written(link, ROW)
    assert link.is_symlink()
    assert len(json.loads(path.read_text("utf-8"))["rows"]) == 1


def test_it_is_told_to_the_disk_in_the_right_order(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new file, then the rename, then the folder."""
    store, told = JsonStore.open(path), []

    def noting(name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def call(*arguments: Any) -> Any:
            told.append(name if name == "replace" else "folder" if _is_folder(arguments[0]) else "file")
            return real(*arguments)

        return call

    for name in ("fsync", "replace"):
        monkeypatch.setattr(os, name, noting(name))
    add(store, ROW)
    monkeypatch.undo()
    store.close()
    assert told == ["file", "replace", "folder"]


def _is_folder(descriptor: int) -> bool:
    return os.path.isdir(f"/proc/self/fd/{descriptor}")


@pytest.mark.parametrize("fails", ["fsync", "replace"])
def test_a_disk_that_fails_keeps_nothing(path: Path, monkeypatch: pytest.MonkeyPatch, fails: str) -> None:
    """The transaction is undone, the file is as it was, and the next one is kept."""
    store = JsonStore.open(path)
    add(store, ROW)
    before = path.read_bytes()

    def full(*_: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, fails, full)
    with pytest.raises(StoreError, match=r"facts\.json cannot be written: No space left"):
        add(store, ROW._replace(event_id="evt_2"))
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert list(store.rows_of("in_1")) == [ROW]
    add(store, ROW._replace(event_id="evt_3"))
    assert len(store.rows_of("in_1")) == 2
    store.close()


def test_what_a_killed_writer_left_is_written_over(path: Path) -> None:
    """A half-written file beside it is nobody's."""
    path.with_name("facts.json.tmp").write_text('{"half')
    written(path, ROW)
    assert not path.with_name("facts.json.tmp").exists()


def test_a_second_process_is_refused(path: Path) -> None:
    """At its start, naming the file and what to do; when the first one is killed, the next is let in."""
    command = [sys.executable, "-c", OPEN_AND_WRITE, str(path)]
    pipe = subprocess.PIPE
    first = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    try:
        assert first.stdout is not None
        assert first.stdout.readline() == "open\n"
        with pytest.raises(StoreError, match=r"facts\.json is in use by another process .*: stop that one"):
            JsonStore.open(path)
    finally:
        first.kill()
        first.communicate()
    written(path, ROW)


VALID = json.dumps(
    {
        "format": "billing facts",
        "version": 1,
        "rows": [ROW._asdict()],
        "settlements": {},
        "unused_events": {},
        "activations": [],
        "cursors": {},
        "requests": [],
    }
)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "line 1, column 1: no JSON"),
        (VALID[:-9], r"line 1, column \d+: no JSON"),
        ("[" * 100_000, "nested too deeply"),
        (VALID.encode().replace(b"evt_1", b"evt_\xff"), "is no UTF-8"),
        ("[]", "no 'format'"),
        (VALID.replace("billing facts", "shopping list"), "no 'format'"),
        (VALID.replace('"version": 1', '"version": 2'), "version 2 is not known to this server"),
        (VALID.replace('"version": 1', '"version": true'), "version True is not known"),
        (VALID.replace('"version": 1', '"version": 0'), "version 0 is not known"),
        (VALID.replace('"created": 100', '"created": "100"'), r"rows\[0\]\.created is a str, expected"),
        (
            VALID.replace('"device": "device-1", ', ""),
            r"rows\[0\] is no row, expected an object with",
        ),
        (
            VALID.replace('"customer": "cus_1"', '"customer": 1'),
            r"rows\[0\]\.customer is a int, expected",
        ),
        (VALID.replace('"event_id": "evt_1"', '"event_id": null'), r"rows\[0\]\.event_id is a NoneType"),
        (VALID.replace("[{", "[{}, {"), r"rows\[0\] is no row"),
        (VALID.replace('"rows": [', f'"rows": [{json.dumps(ROW._asdict())}, '), "two rows of event evt_1"),
        (VALID.replace('"cursors"', '"curses"'), "'curses' is not known here"),
        (VALID.replace(', "cursors": {}', ""), "'cursors' is missing"),
        (VALID.replace('"cursors": {}', '"cursors": {"x": "y"}'), "'cursors' is not of its form"),
        (VALID.replace('"settlements": {}', '"settlements": []'), "'settlements' is not of its form"),
        (VALID.replace('"settlements": {}', '"settlements": {"a": [1, 2]}'), "'settlements' is not of its"),
        (VALID.replace('"activations": []', '"activations": [["a"]]'), "'activations' is not of its form"),
        (VALID.replace('"requests": []', '"requests": [["a", "b", "c"]]'), "'requests' is not of its form"),
        (VALID.replace('"unused_events": {}', '"unused_events": {"e": ["t"]}'), "'unused_events' is not of"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_and_left(path: Path, content: str | bytes, said: str) -> None:
    """Named, with the place and what to do; byte for byte what it was."""
    data = content if isinstance(content, bytes) else content.encode()
    path.write_bytes(data)
    with pytest.raises(StoreError, match=rf"facts\.json: .*{said}.*mend it, or put a copy in its place"):
        JsonStore.open(path)
    assert path.read_bytes() == data
    assert {each.name for each in path.parent.iterdir()} <= {"facts.json", "facts.json.lock"}
    path.write_text(VALID)
    JsonStore.open(path).close()


def test_an_older_version_is_upgraded_and_copied_first(path: Path) -> None:
    """When a step loses something, the file is copied beside itself, and never over an earlier copy."""
    older = json.loads(VALID) | {"version": 0, "nicknames": {"cus_1": "Ada"}}
    path.write_text(json.dumps(older))
    path.with_name("facts.json.before-forget").write_text("an earlier copy")

    def forget(document: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in document.items() if key != "nicknames"}

    store = JsonStore.open(path, {0: Upgrade("forget", True, forget)})
    store.probe()
    assert list(store.rows_of("in_1")) == [ROW]
    store.close()
    assert json.loads(path.read_text("utf-8"))["version"] == 1
    assert json.loads(path.with_name("facts.json.before-forget-2").read_text("utf-8")) == older
    assert path.with_name("facts.json.before-forget").read_text("utf-8") == "an earlier copy"


def test_a_folder_that_is_not_there_is_a_store_error(tmp_path: Path) -> None:
    """With the system's reason."""
    with pytest.raises(StoreError, match=r"nowhere does not exist"):
        JsonStore.open(tmp_path / "nowhere" / "facts.json")

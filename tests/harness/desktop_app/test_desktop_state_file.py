"""The file an installation lives in: made once, its owner's alone, replaced whole, never lost."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from rehearsal_harness.desktop_app import state_file


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    return tmp_path / "app" / "desktop.json"


def test_the_device_id_outlives_the_process(path: Path) -> None:
    """It is made when there is no file, and kept at once."""
    first = state_file.load(path)
    assert state_file.load(path) == first
    assert first.note == ""


def test_two_first_starts_at_once_make_one_device(path: Path) -> None:
    """Whoever comes second takes the id that is there."""
    with ThreadPoolExecutor(8) as threads:
        ids = {each.client.device.name for each in threads.map(state_file.load, [path] * 8)}
    assert len(ids) == 1


def test_only_the_owner_reads_it(path: Path) -> None:
    """It holds a token; a file that was open to others is closed by the next save."""
    client = state_file.load(path).client
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    state_file.save(path, client)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in path.parent.iterdir()] == ["desktop.json"]


def test_a_save_that_fails_leaves_the_old_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing beside it."""
    client = state_file.load(path).client
    before = path.read_bytes()

    def broken(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", broken)
    with pytest.raises(OSError, match="No space left"):
        state_file.save(path, replace(client, session_id="cs_1"))
    assert path.read_bytes() == before
    assert [each.name for each in path.parent.iterdir()] == ["desktop.json"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is not JSON"),
        (b"\xff\xfe", "it is not JSON"),
        (b"[" * 100_000, "it is not JSON"),
        (b"[]", "the file is not an object"),
        (b'{"version": 2}', "'version' is not 1"),
    ],
    ids=["empty", "no text", "deep", "list", "another version"],
)
def test_a_file_that_cannot_be_read_is_kept_aside(content: bytes, said: str, path: Path) -> None:
    """Its owner is told where it is; a second one does not overwrite the first."""
    path.parent.mkdir()
    for number in (1, 2):
        path.write_bytes(content)
        found = state_file.load(path)
        aside = path.with_name(f"desktop.json.unreadable-{number}")
        assert aside.read_bytes() == content
        assert said in found.note
        assert aside.name in found.note
        assert state_file.load(path).client == found.client

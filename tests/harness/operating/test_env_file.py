"""Env files: made once and whole, one value changed and nothing else, and never shown."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_harness.operating.env_file import (
    EnvFileError,
    create,
    fresh_text,
    read_env_file,
    replace_values,
    with_values,
)
from rehearsal_specs.manifest import Manifest

NAMES = st.from_regex(r"[A-Z][A-Z0-9_]{0,8}", fullmatch=True)
VALUES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Z")), max_size=12)
LINES = st.one_of(st.tuples(NAMES, VALUES).map("=".join), VALUES.map("# {}".format), st.just(""))


def test_a_new_file_holds_fresh_secrets_for_its_owner_only(local: Manifest, folder: Path) -> None:
    first, second = folder / "a", folder / "b"
    create(first, fresh_text(local))
    create(second, fresh_text(local))

    one, other = read_env_file(first), read_env_file(second)

    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert set(one) == {secret.name for secret in local.secrets}
    for secret in local.secrets:
        if secret.shape in ("signing_secret", "api_token"):
            assert len(one[secret.name]) >= 40
            assert one[secret.name] != other[secret.name]
        else:
            assert one[secret.name] == ""


def test_a_file_that_is_there_stays_as_it_is(folder: Path) -> None:
    path = folder / ".env"
    path.write_text("KEEP=me\n", "utf-8")
    with pytest.raises(EnvFileError, match="is there already and was left as it is"):
        create(path, "OTHER=1\n")
    assert path.read_text("utf-8") == "KEEP=me\n"
    assert os.listdir(folder) == [".env"]


def test_a_missing_folder_is_named(folder: Path) -> None:
    with pytest.raises(EnvFileError, match="there is no folder"):
        create(folder / "not" / "here", "")


def test_what_is_no_text_is_said_in_words(folder: Path) -> None:
    """Not by the name of an exception."""
    (folder / ".env").write_bytes(b"\xff\xfeA\0")

    with pytest.raises(EnvFileError, match=r"no UTF-8 text\. Expected NAME=value lines"):
        read_env_file(folder / ".env")


def test_a_dollar_in_a_secret_is_a_dollar(folder: Path) -> None:
    (folder / ".env").write_text("A=one\nB=x${A}y\n", "utf-8")
    assert read_env_file(folder / ".env")["B"] == "x${A}y"


@given(st.lists(LINES, max_size=8), NAMES, VALUES)
def test_one_value_changes_and_every_other_line_stays(lines: list[str], name: str, value: str) -> None:
    """Byte for byte, in their order."""
    text = "\n".join(lines)
    after = with_values(text, {name: value})
    ours = [line for line in lines if line.split("=")[0] == name]
    kept = [line for line in lines if line not in ours[-1:]]
    assert f"{name}={value}" in after.split("\n")
    assert [line for line in after.split("\n") if line in kept and line] == [line for line in kept if line]
    assert with_values(after, {name: value}) == after


def test_the_mode_of_a_file_is_kept(folder: Path) -> None:
    path = folder / ".env"
    path.write_text("# ours\nA=1\nB=2", "utf-8")
    path.chmod(0o640)
    replace_values(path, {"A": "3", "C": "4"})
    assert path.read_text("utf-8") == "# ours\nA=3\nB=2\nC=4\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(folder) == [".env"]


def test_a_link_to_a_file_stays_a_link(folder: Path) -> None:
    """The file that others read through another name is the one that changes."""
    (folder / "kept.env").write_text("A=1\n", "utf-8")
    (folder / ".env").symlink_to("kept.env")
    replace_values(folder / ".env", {"A": "2"})
    assert (folder / ".env").is_symlink()
    assert (folder / "kept.env").read_text("utf-8") == "A=2\n"


def test_a_full_disk_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was generated so far is in no forgotten file."""

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="no space left"):
        create(folder / ".env", "A=1\n")
    assert os.listdir(folder) == []

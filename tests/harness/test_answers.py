"""What a backend answers can be told in any report, whatever characters it holds."""

from __future__ import annotations

import pytest

from rehearsal_harness.targets.answers import answer_of


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (rb'{"code": "\u001b[31mRED"}', r"\x1b[31mRED"),
        (rb'{"code": "\ud800"}', r"\ud800"),
        (rb'{"code": "two\nlines"}', r"two\nlines"),
        ('{"code": "\x9b31m"}'.encode(), r"\x9b31m"),
        ('{"code": "é €"}'.encode(), "é €"),
    ],
    ids=["escape sequence", "half a character", "line end", "C1 control", "letters"],
)
def test_what_cannot_be_shown_is_told_as_its_escape(raw: bytes, shown: str) -> None:
    """Else a finding rewrites a terminal, breaks JUnit's XML, or cannot be written as UTF-8 at all."""
    assert answer_of(raw) == {"code": shown}


def test_what_is_inside_is_told_so_too() -> None:
    """Keys, lists and objects."""
    assert answer_of(rb'{"a": [{"\u0000": "\u0007"}], "b": 1}') == {"a": [{r"\x00": r"\x07"}], "b": 1}


@pytest.mark.parametrize("raw", [b"", b"[]", b"no", b"[" * 100_000], ids=["nothing", "list", "text", "deep"])
def test_what_is_no_object_says_nothing(raw: bytes) -> None:
    """A backend may answer anything."""
    assert answer_of(raw) == {}

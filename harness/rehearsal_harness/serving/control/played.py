"""What becomes of one action of a story that is played.

Decides: the words for it.  Does not know how anything is played.
"""

from __future__ import annotations

from typing import NamedTuple


class Played(NamedTuple):
    """What became of one action: done, holds, broken or undetermined; `said` says why or what was seen."""

    became: str
    said: str = ""
    expected: str = ""


class Unplayable(Exception):
    """This action cannot be played, or this expectation not looked at, in a running world."""

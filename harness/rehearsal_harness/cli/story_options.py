"""The words that `rehearse story` takes.

Decides: names and defaults.  Does not carry anything out (`story`), and imports nothing heavy.
"""

from __future__ import annotations

import argparse
from pathlib import Path

BENCH = "http://127.0.0.1:12111"
EXIT_CODES = (
    "exit status: 0 every expectation holds, 1 one does not, 2 usage or file error, 3 something could not be"
    " played or looked at live"
)


def story_options(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    story = commands.add_parser(
        "story",
        help="play the examples of a feature file into a running bench",
        description="Play what people do in a feature file, once, in the world of a running `rehearse serve`."
        " This proves nothing about other orders of webhooks: `rehearse run` does.",
        epilog=EXIT_CODES,
    )
    story.add_argument("feature", type=Path, metavar="FILE", help="a .feature file")
    story.add_argument("--live", action="store_true", required=True, help="play into the running world")
    said = f"the address of the running bench (default {BENCH})"
    story.add_argument("--at", default=BENCH, metavar="URL", help=said)
    story.add_argument(
        "--example", default="", metavar="TEXT", help="only examples whose rule or name contains TEXT"
    )
    story.add_argument(
        "--service",
        default="",
        metavar="NAME",
        help="the backend; default: features/NAME/FILE, or the only one",
    )
    story.add_argument("--json", action="store_true", help="print what became of each step as JSON")

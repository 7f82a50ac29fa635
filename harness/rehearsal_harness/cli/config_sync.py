"""`rehearse config-sync`: a dashboard's answers into a Worker's configuration; says what it would do, unless
told to do it.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from rehearsal_harness.cli import FINDING, PROVED, USAGE
from rehearsal_harness.cli.out import error, say
from rehearsal_harness.operating.config_sync import SECTION, Synced, secrets_among, synced
from rehearsal_harness.whole_files import READABLE, write_whole
from rehearsal_specs.diagnostics import SpecError
from rehearsal_specs.source import read_source

NO_GO = {"deployability": {"status": "NO_GO_LIVE_MONEY"}}


def run(options: argparse.Namespace) -> int:
    """0 when nothing needs fixing, 1 when something does, 2 for files that cannot be read or hold secrets."""
    try:
        answers = read_source(options.answers)
        problems = [*answers.problems, *secrets_among(answers)]
        if not isinstance(answers.get(SECTION), dict):
            problems.append(answers.at_value((), f"there is no mapping '{SECTION}'", f"{SECTION}: {{…}}"))
        if problems:
            raise SpecError(problems)
        text = options.wrangler.read_bytes().decode("utf-8")
        done = synced(answers, str(options.wrangler), text)
    except SpecError as problem:
        error(str(problem))
        return USAGE
    except UnicodeDecodeError:
        error(f"{options.wrangler}: this is not UTF-8; expected the text of a wrangler.jsonc")
        return USAGE
    if options.write and done.text != text:
        write_whole(options.wrangler.resolve(), done.text.encode("utf-8"))
    _show(done, written=options.write)
    _deployability(options.deployability, write=options.write)
    return FINDING if done.needs_fix else PROVED


def _show(done: Synced, *, written: bool) -> None:
    for title, entries, none in (
        ("Applied" if written else "Applied (with --write)", done.applied, "No config values changed."),
        ("Waiting", done.waiting, "Nothing is waited for."),
        ("Needs Fix", done.needs_fix, "No invalid billing config values found."),
    ):
        say("\n".join([title, *(f"- {each}" for each in entries or [none]), ""]))


def _deployability(path: Path | None, *, write: bool) -> None:
    """Makes the file where it is missing, closed; a status that is there was somebody's decision."""
    if path is None:
        return
    if path.exists():
        say(f"{path}: is there already, and stays as it is")
    elif write:
        write_whole(path, (json.dumps(NO_GO, indent=2) + "\n").encode(), READABLE)
        say(f"{path}: made, NO_GO_LIVE_MONEY")
    else:
        say(f"{path}: would be made, NO_GO_LIVE_MONEY")

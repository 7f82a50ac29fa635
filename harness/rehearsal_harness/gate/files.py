"""Is a secret in a file?  The repository, the decisions, and what runs have written.

Decides which files each word means.  Does not know what a secret looks like: rehearsal_harness.secret_scan
does.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from rehearsal_harness.core.gate import Input
from rehearsal_harness.gate.asking import Asking, met, not_met, unknown
from rehearsal_harness.reports.files import FOLDER
from rehearsal_harness.secret_scan import Leak, files_below, read_allow_list, scan
from rehearsal_specs.diagnostics import SpecError

SHOWN = 5


def repository_free_of_secrets(asking: Asking, which: str) -> Input:
    """`files`: all that is kept with the code; `decisions`: their files; `state`: what runs have written."""
    try:
        count, leaks = _scanned(asking, which)
    except SpecError as error:
        return unknown(f"the allow-list cannot be read: {error.diagnostics[0]}", "a list", "correct it")
    except OSError as error:
        return unknown(f"a file could not be looked through: {error.strerror}", "every file", "look into it")
    if leaks:
        shown = ", ".join(map(str, leaks[:SHOWN])) + (
            f", and {len(leaks) - SHOWN} more" if leaks[SHOWN:] else ""
        )
        step = "roll the secret at Stripe or wherever it opens something, then take it out of the file"
        return not_met(f"{len(leaks)} found: {shown}", "none", step)
    return met(f"none in {count} files")


def _scanned(asking: Asking, which: str) -> tuple[int, list[Leak]]:
    if which == "files":
        return _scan_folder(asking.folder, asking.left_out)
    if which == "decisions":
        paths = [Path(each.path) for each in asking.decisions]
    else:
        state = asking.folder / FOLDER
        paths = sorted(path for path in state.rglob("*") if path.is_file()) if state.is_dir() else []
    return len(paths), scan(paths, asking.folder)


def look_again() -> None:
    """Forget what the files of the folder were; for whoever asks more than once."""
    _scan_folder.cache_clear()


@cache
def _scan_folder(folder: Path, left_out: tuple[Path, ...]) -> tuple[int, list[Leak]]:
    """Once for all services of one command, or until somebody looks again."""
    paths = files_below(folder, left_out)
    return len(paths), scan(paths, folder, read_allow_list(folder))

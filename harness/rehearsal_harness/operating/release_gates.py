"""What has to pass before a release, in which order, and what is kept of it.

Decides: the gates, their commands, and the report's form (`release_gates.json`).  A gate passes with exit
status 0 and with nothing else; what a command printed is shown and never kept.  Does not run anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

GATES = ("tests", "features", "validate", "rehearse", "deploy-pack", "secret-scan", "pricing-snapshot")
_PYTEST = ("python", "-m", "pytest", "-q", "-p", "no:cacheprovider")


@dataclass(frozen=True, slots=True)
class Gate:
    """One command.  Its first word is `python` or `rehearse`; `name` is one of GATES."""

    name: str
    command: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passed:
    """A gate that was tried."""

    name: str
    command: tuple[str, ...]
    exit_code: int
    seconds: float


def gates_of(manifests: Sequence[Path], only: Sequence[str], skip: Sequence[str]) -> list[Gate]:
    """The gates to try, in order."""
    paths = tuple(map(str, manifests))
    every = [
        Gate("tests", (*_PYTEST, "tests")),
        Gate("features", (*_PYTEST, "features")),
        Gate("validate", ("rehearse", "validate", *paths)),
        Gate("rehearse", ("rehearse", "run", *paths)),
        *(Gate("deploy-pack", ("rehearse", "deploy-pack", path, "--check")) for path in paths),
        Gate("secret-scan", ("rehearse", "secret-scan", ".")),
        Gate("pricing-snapshot", ("rehearse", "pricing-model", "--check")),
    ]
    return [each for each in every if (not only or each.name in only) and each.name not in skip]


def report(started: str, tried: Sequence[Passed], wanted: Sequence[Gate]) -> dict[str, object]:
    """The report as plain data; `started` is UTC in ISO 8601.  Only a complete one can have passed."""
    complete = len(tried) == len(wanted)
    return {
        "format": 1,
        "started": started,
        "complete": complete,
        "passed": complete and bool(tried) and not any(each.exit_code for each in tried),
        "not_asked": [name for name in GATES if name not in {each.name for each in wanted}],
        "gates": [{**asdict(each), "command": list(each.command)} for each in tried],
    }

"""Run a sample of proved schedules again: plain replay, a fresh process, another hash seed, a real file.

Decides: whether a rewound search can be believed.  A search in memory proves logic; here every commit is a
commit, nothing is rewound, and ids that were drawn by chance or by hash order would differ.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rehearsal_harness.core.findings import Verdict
from rehearsal_harness.core.story_data import move_of_data, story_of_data, story_to_data
from rehearsal_harness.rehearsal import Options, Rehearsal, StoryResult
from rehearsal_harness.targets.backend import load_factory
from rehearsal_harness.targets.frozen import clock_for
from rehearsal_harness.targets.postgresql_server import ADDRESS, postgresql_address
from rehearsal_specs.reader import read_manifest

TIMEOUT_S = 600


def audit(manifest_path: str, app: str, options: Options, results: Sequence[StoryResult]) -> None:
    """Mark each proved result with how many of its sampled schedules gave the same store again, or make it
    UNDETERMINED.
    """
    audited = [result for result in results if result.verdict is Verdict.PROVED and result.samples]
    if not audited:
        return
    work = [
        {
            "story": story_to_data(result.story),
            "left_out": result.left_out,
            "schedules": [[move._asdict() for move in sample.moves] for sample in result.samples],
        }
        for result in audited
    ]
    asked = {
        "manifest": os.path.abspath(manifest_path),
        "app": app,
        "seed": options.seed,
        "start": options.start,
        "max_duplicates": options.max_duplicates,
        "store": options.store,
        "kind": options.store_of(read_manifest(manifest_path)),
        "work": work,
    }
    answers = _in_fresh_process(asked)
    for result, digests in zip(audited, answers, strict=True):
        wanted = [sample.digest.hex() for sample in result.samples]
        if digests == wanted:
            result.audited = len(digests)
        else:
            wrong = next(i for i, pair in enumerate(zip(digests, wanted, strict=True)) if pair[0] != pair[1])
            result.verdict = Verdict.UNDETERMINED
            result.reason = (
                f"audit: schedule {wrong + 1} of the sample ends in another store ({digests[wrong]}) when"
                " it is replayed with real commits in a fresh process; the backend depends on something"
                " that is not in its store, such as memory, chance, or the real clock"
            )


def _in_fresh_process(asked: dict[str, Any]) -> list[list[str]]:
    environ = dict(os.environ, PYTHONPATH=os.pathsep.join(path for path in sys.path if path))
    if asked["kind"] == "postgresql":
        environ[ADDRESS] = postgresql_address()
    environ["PYTHONHASHSEED"] = "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"
    done = subprocess.run(
        [sys.executable, "-m", "rehearsal_harness.targets.audit"],
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        env=environ,
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the audit's process failed:\n{done.stderr}")
    answers: list[list[str]] = json.loads(done.stdout)
    return answers


def _answer(asked: dict[str, Any], folder: Path) -> list[list[str]]:
    manifest, factory = read_manifest(asked["manifest"]), load_factory(asked["app"])
    names = ("seed", "start", "max_duplicates", "store")
    options = Options(**{name: asked[name] for name in names})
    answers: list[list[str]] = []
    for number, each in enumerate(asked["work"]):
        left_out = frozenset(each["left_out"])
        rehearsal = Rehearsal(manifest, factory, story_of_data(each["story"]), options, left_out=left_out)
        digests: list[str] = []
        for index, schedule in enumerate(each["schedules"]):
            moves = tuple(move_of_data(move) for move in schedule)
            with clock_for(asked["app"], options.start) as rehearsal.follow_clock:
                trace = rehearsal.follow(moves, database=str(folder / f"{number}-{index}.store"))
            broken = trace.violation.property_id if trace.violation else trace.impossible
            digests.append(broken or trace.digest.hex())
        answers.append(digests)
    return answers


def main() -> None:
    """Read what is asked from standard input, and answer on standard output."""
    with tempfile.TemporaryDirectory() as folder:
        sys.stdout.write(json.dumps(_answer(json.load(sys.stdin), Path(folder))))


if __name__ == "__main__":
    main()

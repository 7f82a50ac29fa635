"""docs/commands.md maps every command of the documents that started this, and says the truth of ours."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[3]
DATA = Path(__file__).parent / "data"
MODULES = {"rehearse": "rehearsal_harness.cli", "billing-server": "rehearsal_server"}
SEEDS = ROOT.parent / "shared" / "seeds"


class Row(NamedTuple):
    theirs: str
    ours: str
    status: str


def rows() -> list[Row]:
    text = (ROOT / "docs" / "commands.md").read_text("utf-8")
    found = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in text.splitlines()
        if line.startswith("| `")
    ]
    return [Row(theirs.strip("`"), ours, status) for theirs, _, ours, status in found]


def test_every_command_of_theirs_has_a_row() -> None:
    wanted = (DATA / "their_commands.txt").read_text("utf-8").splitlines()
    assert {row.theirs for row in rows()} == set(wanted)


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the documents that started this are not at hand")
def test_the_list_of_theirs_is_whole() -> None:
    """Each npm, npx, python3, bash and docker command of the documents is some line of the list."""
    wanted = (DATA / "their_commands.txt").read_text("utf-8")
    text = "\n".join(path.read_text("utf-8") for path in SEEDS.glob("*.txt"))
    names = set(re.findall(r"npm run [a-z0-9]+(?::[a-z0-9-]+)+", text.replace("npm run", "\nnpm run")))
    names |= set(re.findall(r"(?:npx wrangler|docker) \w+(?: \w+)?", text))
    names |= set(
        re.findall(r"(?:python3|bash) scripts/\w+\.\w+|stripe listen --forward-to \S+?(?=[\s`]|$)", text)
    )
    lines = wanted.splitlines()
    # In the documents some commands run into the next word: `npm run a:b` and `and` stand without a space.
    missing = [
        name for name in names if not any(line.startswith(name) or name.startswith(line) for line in lines)
    ]
    assert len(names) > 20
    assert missing == []


@pytest.mark.timeout(300)
def test_each_of_ours_runs_and_ends_as_the_table_says(tmp_path: Path) -> None:
    """In the order of the table, in one folder that was empty."""
    os.symlink(ROOT / "manifests", tmp_path / "manifests")
    shutil.copy(DATA / "wrangler.jsonc", tmp_path)
    (tmp_path / "answers.json").write_text(
        json.dumps({"billingCloud": {"allowedOrigin": "https://a.example.com"}})
    )
    kept = ("PATH", "HOME", "LANG", "PYTHONPATH", "VIRTUAL_ENV")
    environ = {name: os.environ[name] for name in kept if name in os.environ}
    wrong: list[str] = []
    for row in rows():
        if not row.ours.startswith("`"):
            assert row.status == ""
            continue
        name, *words = shlex.split(row.ours.strip("`"))
        command = [sys.executable, "-m", MODULES[name], *words]
        done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
        if str(done.returncode) != row.status:
            wrong.append(
                f"{row.ours}: {done.returncode}, not {row.status}: {(done.stdout + done.stderr)[-300:]}"
            )
    assert wrong == []

"""What the tidy tests share: the files that are in the repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(name="tracked", scope="session")
def _tracked() -> list[Path]:
    """Every tracked file; skips where there is no git checkout."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if not listed.stdout:
        pytest.skip("not a git checkout, so there are no tracked files to look through")
    return [path for name in listed.stdout.split("\0") if (path := ROOT / name).is_file()]

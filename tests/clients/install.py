"""Install the official clients that come from npm into a folder: `python install.py FOLDER`.

Decides: that a machine without Node, or whose registry cannot be reached, has no such clients: the tests that
need them are skipped and say so.  Versions are exact, in package.json beside this file.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path


def install(folder: Path) -> str:
    """Put the clients into `folder`/node_modules, once for each package.json; what went wrong, or ""."""
    wanted = (Path(__file__).parent / "package.json").read_text("utf-8")
    mark = folder / "installed.json"
    if mark.exists() and mark.read_text("utf-8") == wanted:
        return ""
    npm = shutil.which("npm")
    if npm is None:
        return "npm was not found; apt-get install nodejs npm"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text(wanted, "utf-8")
    quiet = ("--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
    done = subprocess.run([npm, "install", *quiet], cwd=folder, capture_output=True, text=True)
    if done.returncode:
        return f"npm install failed: {done.stderr.strip()[-400:]}"
    mark.write_text(wanted, "utf-8")
    return ""


if __name__ == "__main__":
    problem = install(Path(sys.argv[1]))
    if problem:
        print(f"the official clients of npm are not there: {problem}", file=sys.stderr)

"""What a report rests on, as SHA-256 digests: files, packages, and the backend itself.

Decides which files count.  Does not know reports: a digest that differs says only that something changed.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

REFERENCE = "rehearsal_harness.targets.reference:create"
IGNORED = frozenset({".git", ".rehearsal", ".tox", ".venv", "node_modules", "site-packages"})
KINDS = (".py", ".yaml", ".json", ".sql", ".html", ".js")


def files_digest(paths: set[Path]) -> str:
    """SHA-256 over the names and contents of files."""
    total = sha256()
    for path in sorted(paths):
        total.update(path.name.encode() + b"\0" + sha256(path.read_bytes()).digest())
    return total.hexdigest()


@cache
def tree_digest(folder: Path) -> str:
    """SHA-256 over the source and data files of a package, read once in a process."""
    total = sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in KINDS and not IGNORED.intersection(path.relative_to(folder).parts):
            total.update(path.relative_to(folder).as_posix().encode() + b"\0")
            total.update(sha256(path.read_bytes()).digest())
    return total.hexdigest()


def features_digest(folder: Path) -> str:
    """SHA-256 over the feature files of a service."""
    return files_digest(set(folder.glob("*.feature")))


def target_digest(app: str) -> str | None:
    """What identifies the backend `module:function`: the code of its package, or of the folder its module
    lies in; None when it cannot be said.
    """
    name = "rehearsal_server" if app == REFERENCE else app.partition(":")[0].partition(".")[0]
    try:
        spec = find_spec(name)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    if spec.submodule_search_locations:
        return tree_digest(Path(next(iter(spec.submodule_search_locations))))
    is_file = spec.origin is not None and Path(spec.origin).is_file()
    return tree_digest(Path(str(spec.origin)).parent) if is_file else None

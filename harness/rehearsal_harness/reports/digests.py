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
INSTALLED = frozenset({"site-packages", "dist-packages"})
# What says which versions a backend runs with; beside its code, or in the folder above.
LOCK_FILES = (
    *("requirements*.txt", "constraints*.txt", "pylock*.toml", "poetry.lock", "uv.lock", "pdm.lock"),
    *("Pipfile.lock", "package-lock.json"),
)
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
    lies in, and its lock files; None when it cannot be said.
    """
    name = "rehearsal_server" if app == REFERENCE else app.partition(":")[0].partition(".")[0]
    try:
        spec = find_spec(name)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    if spec.submodule_search_locations:
        return _code_and_locks(Path(next(iter(spec.submodule_search_locations))))
    is_file = spec.origin is not None and Path(spec.origin).is_file()
    return _code_and_locks(Path(str(spec.origin)).parent) if is_file else None


def _code_and_locks(folder: Path) -> str:
    places = [folder] if INSTALLED & {folder.name, folder.parent.name} else [folder, folder.parent]
    locks = {path for place in places for kind in LOCK_FILES for path in place.glob(kind) if path.is_file()}
    code = tree_digest(folder)
    return sha256(f"{code} {files_digest(locks)}".encode()).hexdigest() if locks else code

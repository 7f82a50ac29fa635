"""Files that are written whole or not at all, and survive a power cut once they are.

Decides: a file is written beside its place, synchronised, and renamed or linked over it; so nobody ever reads
half of one.  Does not know what is in it.  Source: POSIX rename(2), link(2), fsync(2).
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

PRIVATE = 0o600
READABLE = 0o644


def write_whole(path: Path, data: bytes, mode: int | None = None) -> None:
    """Put a file in its place, with this mode; without one, an old file's is kept and a new file is its
    owner's only.  Raises OSError, with the old file as it was.
    """
    if mode is None:
        mode = path.stat().st_mode & 0o777 if path.exists() else PRIVATE
    beside = _written(path, data)
    try:
        beside.chmod(mode)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def create_whole(path: Path, data: bytes) -> None:
    """A new file for its owner only; raises FileExistsError for one that is there, and leaves it alone."""
    beside = _written(path, data)
    try:
        os.link(beside, path)  # unlike a rename, this never replaces
    finally:
        beside.unlink()


def _written(path: Path, data: bytes) -> Path:
    """A synchronised file in the same folder, readable by its owner only."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:  # told of the file that was asked for, not of one beside it
        error.filename = str(path)
        raise
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:  # an interrupt, too, must leave no secrets behind
        Path(name).unlink()
        raise
    return Path(name)

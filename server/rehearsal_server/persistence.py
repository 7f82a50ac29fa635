"""Will this file still be there after a restart?

Decides whether a place is fit to keep what customers paid for.  Does not know what is kept, nor where a
place was named.  Rule: the manifest's production guard: where persistence is demanded, an absolute path on
a mounted disk.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

DEFAULT_FILES = {"sqlite": "entitlements.sqlite3", "json": "entitlements.json"}
_TEMPORARY = ("/tmp", "/var/tmp", "/dev/shm", "/run")


def temporary_folders() -> tuple[Path, ...]:
    """The folders that a restart may empty."""
    return tuple(Path(os.path.realpath(each)) for each in (tempfile.gettempdir(), *_TEMPORARY))


def place_of(
    named: str | None,
    demanded: str | None,
    temporary: tuple[Path, ...] | None = None,
    *,
    default: str = DEFAULT_FILES["sqlite"],
) -> tuple[Path | None, str]:
    """The file to use, or None, and what to tell the operator (may be empty).

    `named` is what the environment says, `demanded` what demands persistence (NAME=value), None when
    nothing does.
    """
    if demanded is None:
        if named is None:
            return Path(default), f"is not set: facts are kept in ./{default}"
        return Path(named), ""
    wish = f"{demanded} demands an absolute path on a persistent disk"
    if named is None:
        return None, f"is not set; {wish}"
    if not os.path.isabs(named):
        return None, f"is a relative path; {wish}"
    real = Path(os.path.realpath(named))
    for folder in temporary_folders() if temporary is None else temporary:
        if real.is_relative_to(folder):
            return None, f"is under the temporary folder {folder}; {wish}"
    return Path(named), ""


def is_on_root(file: Path) -> bool:
    """Is this existing file on the root file system, which a container loses with itself?"""
    return file.stat().st_dev == Path("/").stat().st_dev

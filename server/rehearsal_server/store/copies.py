"""Files that survive a power cut: written beside their place, synchronised, then renamed over it.

Decides in which order a disk is told things.  Does not know what is written.  A rename is atomic within one
folder, and is durable only when the folder itself was synchronised (POSIX rename(2), fsync(2)).
"""

from __future__ import annotations

import os
from pathlib import Path

OWNER_ONLY = 0o600  # what customers paid for is nobody else's business


def replace_file(path: Path, data: bytes) -> None:
    """Put `data` in the place of the file `path`, durably or not at all; raises OSError."""
    beside = path.with_name(f"{path.name}.tmp")  # one writer, so what a killed one left is written over
    try:
        mode = path.stat().st_mode & 0o777
    except FileNotFoundError:
        mode = OWNER_ONLY
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)
    os.replace(beside, path)
    _sync_folder(path.parent)


def sync(path: Path) -> None:
    """Make a file that was just written outlive a power cut; raises OSError."""
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    _sync_folder(path.parent)


def free_path(path: Path, name: str) -> Path:
    """Where to copy `path` before `name`: a name beside it that nothing has yet."""
    wished = path.with_name(f"{path.name}.before-{name}")
    number = 1
    while wished.exists():
        number += 1
        wished = path.with_name(f"{path.name}.before-{name}-{number}")
    return wished


def _sync_folder(folder: Path) -> None:
    if not hasattr(os, "O_DIRECTORY"):  # Windows opens no folder, and keeps its entries itself
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

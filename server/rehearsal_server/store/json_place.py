"""A real file for the JSON store, of which this process is the one writer.

Decides how a second process is kept out: by a lock on a file beside it, since the file itself is replaced at
each commit. Does not know what is written.  The system lifts the lock when the process ends, however it ends.
"""

from __future__ import annotations

import os
from pathlib import Path

from rehearsal_server.store import StoreError
from rehearsal_server.store.copies import free_path, replace_file, sync
from rehearsal_server.store.json_state import State


class JsonPlace:
    """A real file, of which this process is the one writer."""

    def __init__(self, path: str | Path) -> None:
        from filelock import FileLock

        self.path = Path(os.path.realpath(path))
        self.kept: State | None = None
        self._lock = FileLock(f"{self.path}.lock", timeout=0, thread_local=False)

    def take(self) -> None:
        """Become the one writer; raises StoreError when another process is."""
        from filelock import Timeout

        if not self.path.parent.is_dir():  # the lock would make it where a disk should be
            raise StoreError(f"the folder {self.path.parent} does not exist")
        if self.path.is_dir():
            raise StoreError(f"{self.path} is a folder, expected a file in one")
        try:
            self._lock.acquire()
        except Timeout:
            raise StoreError(
                f"{self.path} is in use by another process (it holds {self.path.name}.lock): stop that one,"
                " name another file, or use storage of kind sqlite or postgresql, which processes can share"
            ) from None
        except (OSError, NotImplementedError) as error:
            raise StoreError(f"{self.path} cannot be locked: {error}") from error

    def give_back(self) -> None:
        """Let another process write."""
        self._lock.release()

    def read(self) -> bytes | None:
        """As Place."""
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None

    def write(self, data: bytes) -> None:
        """As Place."""
        replace_file(self.path, data)

    def copy(self, name: str) -> str:
        """Copy the document beside itself before `name`; says where.  Raises OSError."""
        target = free_path(self.path, name)
        target.write_bytes(self.path.read_bytes())
        sync(target)
        return str(target)

"""Which code is this?  A build id that the health route reports, so that evidence can say what it is of.

Decides: a digest over the files of this package.  Does not know versions: two builds of one version differ.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

KINDS = (".py", ".sql", ".html", ".js")


@cache
def build_id() -> str:
    """SHA-256 over the names and contents of this package's files, in hexadecimal; read once."""
    total = sha256()
    folder = Path(__file__).parent
    for path in sorted(folder.rglob("*")):
        if path.suffix in KINDS:
            total.update(path.relative_to(folder).as_posix().encode() + b"\0")
            total.update(sha256(path.read_bytes()).digest())
    return total.hexdigest()

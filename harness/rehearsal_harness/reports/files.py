"""Where a run writes, and how: whole or not at all.

Decides the folder `.rehearsal` in the current one.  Does not know what is written.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FOLDER = Path(".rehearsal")


def write_json(path: Path, data: Any) -> None:
    """Write whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text(json.dumps(data, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    draft.replace(path)

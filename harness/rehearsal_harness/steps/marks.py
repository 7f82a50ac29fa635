"""What steps tell the plugin about an example, beside its story.

Decides: an example that its steps have judged by themselves rehearses no backend.
"""

from __future__ import annotations

import pytest

JUDGED = pytest.StashKey[bool]()

"""Is a secret in a file?  Where, and of which kind; never which.

Decides: what is looked through, by which detectors, and what an allow-list may excuse.  Asks nobody whether a
key works.
"""

from __future__ import annotations

from rehearsal_harness.secret_scan.allowing import ALLOW_FILES, AllowList, read_allow_list
from rehearsal_harness.secret_scan.detectors import RULES, find_secrets
from rehearsal_harness.secret_scan.scanning import Leak, files_below, scan

__all__ = [
    "ALLOW_FILES",
    "RULES",
    "AllowList",
    "Leak",
    "files_below",
    "find_secrets",
    "read_allow_list",
    "scan",
]

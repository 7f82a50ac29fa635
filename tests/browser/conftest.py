"""The fixtures of `looking`, for the tests beside it."""

from __future__ import annotations

from looking import _chromium, _page, _screenshot

__all__ = ["_chromium", "_page", "_screenshot"]

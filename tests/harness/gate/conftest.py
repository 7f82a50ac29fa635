"""The fixtures of `launching`, for the tests beside it."""

from __future__ import annotations

from launching import _launch

__all__ = ["_launch"]

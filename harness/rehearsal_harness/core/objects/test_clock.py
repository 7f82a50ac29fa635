"""A test clock: a time of their own for a few customers.

Source: the SDK type test_helpers.TestClock of stripe-python 16.1.0.
"""

from __future__ import annotations

from typing import ClassVar

from ..records import Record


class TestClock(Record, frozen=True, kw_only=True):
    """`frozen_time` is the second at which its customers live; `target_frozen_time` the one it advances to.

    `created` and `deletes_after` are seconds of the account's own time.
    """

    __test__: ClassVar[bool] = False  # no test, whatever pytest makes of the name
    OBJECT: ClassVar[str] = "test_helpers.test_clock"

    id: str
    created: int
    deletes_after: int
    frozen_time: int
    status: str
    name: str | None = None
    target_frozen_time: int | None = None
    deleted: bool = False

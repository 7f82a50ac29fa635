"""The API versions that Stripe published, and which of them look alike.

Decides: which versions are simulated (every one since 2020-08-27), and where the shape of something changed.
Does not know: what changed there (`render.version_changes`, `requests.versions`).
Source: the list in `params/_webhook_endpoint_create_params.py` of stripe-python 16.1.0; a version is named
YYYY-MM-DD or YYYY-MM-DD.flower, and only the first version of a flower may break anything
(https://docs.stripe.com/changelog).
"""

from __future__ import annotations

from bisect import bisect_right

API_VERSION = "2026-10-28.endive"
CLOVER = "2026-02-25.clover"

API_VERSIONS: tuple[str, ...] = (
    *("2020-08-27", "2022-08-01", "2022-11-15", "2023-08-16", "2023-10-16", "2024-04-10", "2024-06-20"),
    *("2024-09-30.acacia", "2024-10-28.acacia", "2024-11-20.acacia", "2024-12-18.acacia"),
    *("2025-01-27.acacia", "2025-02-24.acacia"),
    *("2025-03-31.basil", "2025-04-30.basil", "2025-05-28.basil"),
    *("2025-06-30.basil", "2025-07-30.basil", "2025-08-27.basil"),
    *("2025-09-30.clover", "2025-10-29.clover", "2025-11-17.clover", "2025-12-15.clover"),
    *("2026-01-28.clover", CLOVER),
    *("2026-03-25.dahlia", "2026-04-22.dahlia", "2026-05-27.dahlia"),
    *("2026-06-24.dahlia", "2026-07-29.dahlia", "2026-08-26.dahlia"),
    *("2026-09-30.endive", API_VERSION),
)
KNOWN = frozenset(API_VERSIONS)

# The first version of each shape, oldest first; versions between two of them look alike.
BEFORE_LATEST_CHARGE = "2020-08-27"
LATEST_CHARGE = "2022-11-15"
MARKETING_FEATURES = "2024-04-10"
ACACIA_FIRST = "2024-09-30.acacia"
BASIL_FIRST = "2025-03-31.basil"
CLOVER_FIRST = "2025-09-30.clover"
DAHLIA_FIRST = "2026-03-25.dahlia"
ENDIVE_FIRST = "2026-09-30.endive"
SHAPES = (
    BEFORE_LATEST_CHARGE,
    LATEST_CHARGE,
    MARKETING_FEATURES,
    ACACIA_FIRST,
    BASIL_FIRST,
    CLOVER_FIRST,
    DAHLIA_FIRST,
    ENDIVE_FIRST,
)


def shape_of(version: str) -> str:
    """The first version that looks as `version`, which is one of API_VERSIONS, does.

    >>> shape_of("2025-02-24.acacia"), shape_of("2026-10-28.endive")
    ('2024-09-30.acacia', '2026-09-30.endive')
    """
    return SHAPES[bisect_right(SHAPES, version) - 1]


def versions_like(shape: str) -> tuple[str, ...]:
    """Every version of that shape, oldest first."""
    return tuple(version for version in API_VERSIONS if shape_of(version) == shape)


def not_known(version: str) -> str:
    """What is said of a version that is not simulated, the ones that are included."""
    return f"'{version[:40]}'; simulated are {', '.join(reversed(API_VERSIONS))}"

"""Where an id stands: found once, remembered, and never believed."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from rehearsal_harness.core.requests import places
from rehearsal_harness.core.requests.places import place_of


@dataclass
class Rows:
    """Ids in an order; remembers which places somebody looked at."""

    ids: list[str]
    looks: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.ids)

    def at(self, position: int) -> str:
        """The row."""
        return self.ids[position]

    def id_at(self, position: int) -> str:
        """Its id."""
        self.looks.append(position)
        return self.ids[position]


@pytest.fixture(autouse=True)
def _forgotten() -> None:
    """Nothing is remembered from another test."""
    places._HINTS.clear()


def test_a_long_search_is_made_once() -> None:
    """What was passed on the way is found at one look."""
    rows = Rows([f"id_{number}" for number in range(1000)])
    assert place_of(rows, "id_0") == 0
    assert len(rows.looks) == 1000

    rows.looks.clear()
    assert [place_of(rows, f"id_{number}") for number in (5, 400, 700)] == [5, 400, 700]
    assert len(rows.looks) == 3


def test_a_hint_of_another_order_is_not_believed() -> None:
    """An order that was rewound, or another account's, is searched itself."""
    place_of(Rows([f"id_{number}" for number in range(1000)]), "id_0")

    assert place_of(Rows(["id_700", "id_1"]), "id_1") == 1
    assert place_of(Rows(["id_700", "id_1"]), "id_700") == 0
    assert place_of(Rows(["id_1"]), "id_700") is None


def test_a_short_search_remembers_nothing() -> None:
    """As those of a rehearsal."""
    place_of(Rows([f"id_{number}" for number in range(200)]), "id_0")
    assert places._HINTS == {}

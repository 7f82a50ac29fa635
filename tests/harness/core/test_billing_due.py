"""Time in slices: the same tasks in the same order, with room for others in between."""

from __future__ import annotations

import pytest
from worlds import START, subscriber

from rehearsal_harness.core.billing.due import advance, advance_some, is_due
from rehearsal_harness.core.calendar import DAY_S

MONTHS_S = 100 * DAY_S


@pytest.mark.parametrize("tasks_max", [1, 2, 1000])
def test_slices_together_give_the_world_of_one_advance(tasks_max: int) -> None:
    sliced = world = subscriber().world

    while sliced.now < START + MONTHS_S or is_due(sliced, START + MONTHS_S):
        sliced = advance_some(sliced, START + MONTHS_S, tasks_max=tasks_max)

    whole = advance(world, START + MONTHS_S)
    assert (sliced.version, sliced.now, len(sliced.events)) == (whole.version, whole.now, len(whole.events))


def test_a_slice_stops_at_the_second_of_its_last_task() -> None:
    world = subscriber().world
    due = world.next_due

    sliced = advance_some(world, START + MONTHS_S, tasks_max=1)

    assert sliced.now == due
    assert is_due(sliced, START + MONTHS_S)


def test_time_runs_forward_in_slices_too() -> None:
    world = subscriber().world

    with pytest.raises(ValueError, match="time runs forward: now is"):
        advance_some(world, world.now - 1, tasks_max=1)

"""What a watched world remembers of what was written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from worlds import START, subscriber

from rehearsal_harness.core.agenda import Agenda, Task, TaskKind
from rehearsal_harness.core.billing.due import advance
from rehearsal_harness.core.calendar import DAY_S
from rehearsal_harness.core.persistent import Table
from rehearsal_harness.core.touched import Touched
from rehearsal_harness.core.world import TABLES, World

RENEWED = START + 32 * DAY_S


def _written(before: World, after: World) -> set[tuple[str, str]]:
    """What differs, found by looking at everything."""
    return {
        (name, row.id)
        for name in TABLES.values()
        for row in getattr(after, name)
        if getattr(before, name).get(row.id) is not row
    }


def test_a_watched_world_names_every_row_that_was_written() -> None:
    before = subscriber().world.watched()

    after = advance(before, RENEWED)

    assert before.touched
    assert after.touched
    notes = after.touched.since(before.touched) or ()
    assert {(note.field, note.key) for note in notes if note.kind} == _written(before, after)
    subscription = next(iter(after.subscriptions))
    assert ("agenda", (TaskKind.PERIOD_ENDS, subscription.id)) in {(note.field, note.key) for note in notes}


def test_watching_changes_nothing_else() -> None:
    world = subscriber().world

    assert advance(world.watched(), RENEWED).version == advance(world, RENEWED).version
    assert advance(world, RENEWED).touched is None


def test_what_was_forgotten_is_not_told_again() -> None:
    before = subscriber().world.watched()
    half = advance(before, RENEWED)
    assert before.touched
    assert half.touched
    half.touched.forget()
    after = advance(half, START + 64 * DAY_S)
    assert after.touched

    assert after.touched.since(half.touched)
    assert after.touched.since(before.touched) is None


def test_a_world_of_another_history_is_no_ancestor() -> None:
    assert Touched().since(Touched()) is None


_TASKS = st.lists(
    st.builds(
        Task,
        due=st.integers(0, 9),
        kind=st.sampled_from(list(TaskKind)[:3]),
        object_id=st.sampled_from("abcdef"),
    ),
    max_size=30,
)


@given(_TASKS, _TASKS)
def test_an_agenda_that_was_taken_apart_and_put_together_goes_on_as_before(
    planned: list[Task], later: list[Task]
) -> None:
    whole = Agenda()
    for task in planned:
        whole = whole.plan(task)
    again = Agenda.of(reversed(list(whole)), whole.plans)
    for task in later:
        whole, again = whole.plan(task), again.plan(task)

    while whole.next_task is not None:
        assert again.next_task == whole.next_task
        last = whole.next_task
        whole, again = whole.drop(last.kind, last.object_id), again.drop(last.kind, last.object_id)
    assert again.next_task is None


def test_a_table_that_was_taken_apart_and_put_together_is_filed_as_before() -> None:
    invoices = subscriber().world.invoices

    filed = [(owner, row_id) for owner, ids in invoices.owners() for row_id in ids]
    again = Table.of(invoices, filed)

    assert list(again) == list(invoices)
    assert dict(again.owners()) == dict(invoices.owners())
    assert list(again.ids_since(0)) == [row.id for row in invoices]

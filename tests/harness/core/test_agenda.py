"""What happens by itself, and when."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rehearsal_harness.core.agenda import Agenda, Task, TaskKind

_TASKS = st.builds(
    Task,
    due=st.integers(0, 20),
    kind=st.sampled_from([TaskKind.CANCEL, TaskKind.FINALIZE, TaskKind.PERIOD_ENDS]),
    object_id=st.sampled_from(["a", "b", "c", "d"]),
)


@given(st.lists(st.tuples(st.booleans(), _TASKS), max_size=60))
def test_it_behaves_like_a_dictionary_that_is_sorted(plans: list[tuple[bool, Task]]) -> None:
    """After any plans and drops, the next task is the least by (second, kind, order of planning)."""
    agenda, model = Agenda(), dict[tuple[TaskKind, str], tuple[int, Task]]()
    for number, (planned, task) in enumerate(plans):
        if planned:
            agenda = agenda.plan(task)
            model[task.kind, task.object_id] = (number, task)
        else:
            agenda = agenda.drop(task.kind, task.object_id)
            model.pop((task.kind, task.object_id), None)
        order = sorted(model.values(), key=lambda entry: (entry[1].due, entry[1].kind, entry[0]))

        assert agenda.next_task == (order[0][1] if order else None)
        assert agenda.next_due == (order[0][1].due if order else None)
        assert len(agenda) == len(model)


def test_a_cancellation_comes_before_the_renewal_of_the_same_second() -> None:
    """Whatever was planned first."""
    agenda = Agenda().plan(Task(5, TaskKind.PERIOD_ENDS, "sub")).plan(Task(5, TaskKind.CANCEL, "sub"))

    assert agenda.next_task == Task(5, TaskKind.CANCEL, "sub")


def test_an_old_agenda_does_not_see_new_plans() -> None:
    """A rewind is keeping the old value."""
    one = Agenda().plan(Task(5, TaskKind.CANCEL, "sub"))
    one.plan(Task(3, TaskKind.CANCEL, "other"))
    one.drop(TaskKind.CANCEL, "sub")

    assert one.next_due == 5

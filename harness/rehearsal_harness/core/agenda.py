"""What happens by itself, and when: the world's calendar of tasks.

Decides: which task is next.  Tasks of one second run in the order of `TaskKind`, then in the order they were
planned.
Does not know: what a task does (`billing.due`).
Rule: the leftist heap of C. Okasaki, "Purely Functional Data Structures" (1998), section 3.1; planning,
dropping and looking at the next task never scan.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Set
from enum import IntEnum
from heapq import heappop, heappush
from typing import TypeAlias

from rpds import HashTrieMap

from .records import Record


class TaskKind(IntEnum):
    """The kinds of task, in the order in which they run within one second.

    A cancellation comes before the renewal that it prevents; money that is due before the next period opens;
    a period that opens when collection resumes is collected.
    """

    COLLECTION_RESUMES = -1
    CANCEL = 0
    INCOMPLETE_EXPIRES = 1
    FINALIZE = 2
    COLLECT = 3
    PERIOD_ENDS = 4
    TRIAL_WILL_END = 5
    INVOICE_UPCOMING = 6
    SESSION_EXPIRES = 7
    INVOICE_PAYMENT_PAID = 8
    CHARGE_SETTLES = 9
    COUPON_ENDS = 10
    CODE_ENDS = 11
    PAYMENT_SETTLES = 20
    REFUND_SETTLES = 21
    AUTHORIZATION_EXPIRES = 22
    CLOCK_DELETED = 90


class Task(Record, frozen=True, kw_only=False):
    """One thing to do at the unix second `due` to the object `object_id`."""

    due: int
    kind: TaskKind
    object_id: str


_Key: TypeAlias = tuple[int, int, int, str]  # due, kind, number of the plan, object id
_Heap: TypeAlias = "tuple[int, _Key, _Heap, _Heap] | None"  # rank, least key, left, right

_EMPTY: HashTrieMap[tuple[int, str], _Key] = HashTrieMap()


class Agenda(Record, frozen=True, kw_only=False, eq=False):
    """At most one task for each kind and object.

    A dropped task stays in the heap until it comes to the top.
    """

    _heap: _Heap = None
    _live: HashTrieMap[tuple[int, str], _Key] = _EMPTY
    plans: int = 0

    @staticmethod
    def of(tasks: Iterable[tuple[int, Task]], plans: int) -> Agenda:
        """The agenda on which each task was planned as the one of that number, out of `plans`."""
        heap: _Heap = None
        keys = sorted((task.due, int(task.kind), number, task.object_id) for number, task in tasks)
        for key in reversed(keys):
            heap = (1, key, heap, None)  # the least on top of a left spine, which is a leftist heap
        return Agenda(heap, HashTrieMap({(key[1], key[3]): key for key in keys}), plans)

    @property
    def next_due(self) -> int | None:
        """The instant of the next task, or None."""
        return None if self._heap is None else self._heap[1][0]

    @property
    def next_task(self) -> Task | None:
        """The next task, or None."""
        if self._heap is None:
            return None
        due, kind, _, object_id = self._heap[1]
        return Task(due, TaskKind(kind), object_id)

    def next_of(self, kinds: Set[TaskKind]) -> Task | None:
        """The next task of one of `kinds`, or None; looks at no more tasks than are due before it."""
        ahead = [] if self._heap is None else [(self._heap[1], self._heap)]
        while ahead:
            key, tree = heappop(ahead)
            due, kind, _, object_id = key
            if kind in kinds and self._live.get((kind, object_id)) == key:
                return Task(due, TaskKind(kind), object_id)
            for below in tree[2:]:
                if below is not None:
                    heappush(ahead, (below[1], below))
        return None

    def plan(self, task: Task) -> Agenda:
        """With `task`, in place of an earlier one of its kind and object."""
        number = self.plans
        key = (task.due, int(task.kind), number, task.object_id)
        live = self._live.insert((key[1], task.object_id), key)
        return Agenda(_settled(_merged(self._heap, (1, key, None, None)), live), live, number + 1)

    def drop(self, kind: TaskKind, object_id: str) -> Agenda:
        """Without the task of that kind and object, if there is one."""
        task = (int(kind), object_id)
        if task not in self._live:
            return self
        live = self._live.discard(task)
        return Agenda(_settled(self._heap, live), live, self.plans)

    def is_planned(self, kind: TaskKind, object_id: str) -> bool:
        """Whether a task of that kind is planned for the object."""
        return (int(kind), object_id) in self._live

    def planned(self, kind: int, object_id: str) -> tuple[int, Task] | None:
        """The task of that kind and object with the number of its plan, or None."""
        key = self._live.get((kind, object_id))
        return None if key is None else (key[2], Task(key[0], TaskKind(key[1]), object_id))

    def __iter__(self) -> Iterator[tuple[int, Task]]:
        """Every task with the number of its plan, in no order."""
        return ((key[2], Task(key[0], TaskKind(key[1]), key[3])) for key in self._live.values())

    def __len__(self) -> int:
        return len(self._live)

    def __repr__(self) -> str:
        return f"<Agenda of {len(self)}, next at {self.next_due}>"


def _settled(heap: _Heap, live: HashTrieMap[tuple[int, str], _Key]) -> _Heap:
    """The heap with a live task at its top."""
    while heap is not None and live.get((heap[1][1], heap[1][3])) is not heap[1]:
        heap = _merged(heap[2], heap[3])
    return heap


def _merged(one: _Heap, other: _Heap) -> _Heap:
    """Both heaps as one; walks down right spines only, which are O(log n) long."""
    spine: list[tuple[int, _Key, _Heap, _Heap]] = []
    while one is not None and other is not None:
        if other[1] < one[1]:
            one, other = other, one
        spine.append(one)
        one = one[3]
    merged = other if one is None else one
    for _, key, left, _ in reversed(spine):
        right = merged
        if left is None or (right is not None and left[0] < right[0]):
            left, right = right, left
        merged = (1 + (right[0] if right is not None else 0), key, left, right)
    return merged

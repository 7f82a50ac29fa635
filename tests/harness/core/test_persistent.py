"""Collections that never change."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from rehearsal_harness.core.persistent import Log, Table


@dataclass(frozen=True)
class _Row:
    id: str
    text: str = ""


def test_an_old_log_does_not_see_new_items() -> None:
    """Appending gives a new log; two logs may branch from one."""
    one: Log[str] = Log()
    two = one.append("a")
    left, right = two.append("left"), two.append("right")

    assert (list(one), list(two), list(left), list(right)) == ([], ["a"], ["a", "left"], ["a", "right"])


def test_a_log_is_read_from_any_place() -> None:
    """By index, from the back, since an index, and newest first."""
    log: Log[str] = Log()
    for item in "abc":
        log = log.append(item)

    assert (log[0], log[-1], len(log)) == ("a", "c", 3)
    assert list(log.since(1)) == ["b", "c"]
    assert list(log.newest_first()) == ["c", "b", "a"]
    with pytest.raises(IndexError):
        log[3]


def test_a_table_keeps_the_order_of_creation() -> None:
    """A row that is replaced stays where it was."""
    table: Table[_Row] = Table()
    for row_id in "bac":
        table = table.put(_Row(row_id))
    table = table.put(_Row("b", "new"))

    assert [row.id for row in table] == ["b", "a", "c"]
    assert [row.id for row in table.newest_first()] == ["c", "a", "b"]
    assert table["b"].text == "new"
    assert (len(table), "a" in table, "z" in table, table.get("z")) == (3, True, False, None)


def test_rows_are_found_by_what_they_belong_to() -> None:
    """Oldest first, in their newest form."""
    table: Table[_Row] = Table()
    table = table.put(_Row("a"), "ada").put(_Row("b"), "bob").put(_Row("c"), "ada")
    table = table.put(_Row("a", "new"), "ada")

    assert table.owned_by("ada") == (_Row("a", "new"), _Row("c"))
    assert table.ids_owned_by("eve") == ()

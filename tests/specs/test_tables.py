"""Compiled rows: a cause finds its one row, and a cause without a row is never ignored."""

from __future__ import annotations

import pickle

import pytest

from rehearsal_specs.tables import NoTransition, Rules, SpecRow


def _row(before: str, when: str, after: str) -> SpecRow:
    return SpecRow(
        id=f"{before}_{when}",
        object="subscription",
        before=before,
        when=when,
        after=after,
        emits=(),
        why="because",
        source="",
        assumed=True,
    )


@pytest.fixture(name="rules")
def _rules() -> Rules:
    return Rules([_row("active", "payment_fails", "past_due"), _row("active", "canceled_now", "canceled")])


class TestRules:
    def test_finds_the_row_of_a_cause(self, rules: Rules) -> None:
        """Object, status and cause together have one row."""
        assert rules.find("subscription", "active", "payment_fails").after == "past_due"

    def test_refuses_a_cause_without_a_row(self, rules: Rules) -> None:
        """An unknown cause names the known ones."""
        with pytest.raises(NoTransition) as caught:
            rules.find("subscription", "active", "resume")

        assert str(caught.value) == (
            "subscription is 'active'; no row for 'resume'. "
            "Causes known from 'active': canceled_now, payment_fails."
        )
        assert caught.value.known == ("canceled_now", "payment_fails")

    def test_says_when_a_status_is_terminal(self, rules: Rules) -> None:
        """A status that no row leaves is said to be terminal."""
        with pytest.raises(NoTransition, match=r"Causes known from 'canceled': none \(terminal\)\.$"):
            rules.find("subscription", "canceled", "payment_fails")

    def test_lists_the_causes_of_one_object_only(self, rules: Rules) -> None:
        """Another object's rows with the same status are not its own."""
        assert rules.causes_from("invoice", "active") == ()

    def test_can_be_handed_to_another_process(self, rules: Rules) -> None:
        """Rules survive pickling, so that a big search can use many processes."""
        copied = pickle.loads(pickle.dumps(rules))

        assert copied.find("subscription", "active", "payment_fails") == rules.rows[0]

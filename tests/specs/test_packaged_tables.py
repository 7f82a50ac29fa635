"""The tables that come with the package: complete, sourced, and of one vocabulary."""

from __future__ import annotations

from pathlib import Path

import pytest

from rehearsal_specs import reader
from rehearsal_specs.reader import (
    read_dunning,
    read_event_types,
    read_faults,
    read_manifest,
    read_properties,
    read_retry_tables,
    read_rules,
)
from rehearsal_specs.tables import PropertyKind, SpecRow

STATUSES = [
    "incomplete",
    "incomplete_expired",
    "trialing",
    "active",
    "past_due",
    "canceled",
    "unpaid",
    "paused",
]


@pytest.mark.parametrize("row", read_rules().rows, ids=lambda row: row.id)
def test_every_row_has_a_source_or_is_assumed(row: SpecRow) -> None:
    """A row of Stripe's behaviour says where it is from, or that nobody has published it."""
    assert row.source or row.assumed
    assert row.why


def test_the_tables_are_of_the_form_that_is_not_checked_at_each_start() -> None:
    """A start trusts what comes with the package, so it is checked here, as any other file is."""
    assert len(reader.rules_of(reader.packaged_tables()).rows) == len(read_rules().rows)


@pytest.mark.parametrize("name", ["events", "faults", "properties", "stripe/dunning"])
def test_the_other_files_are_of_their_form_too(name: str) -> None:
    """What comes with the package passes the check that files of other people must pass."""
    path = Path(reader.__file__).parent / f"{name}.yaml"

    assert reader.read_checked(path, path.stem)


def test_every_table_file_is_read() -> None:
    """Each file beside the dunning schedule is the one table of its object."""
    files = {path.stem for path in (Path(reader.__file__).parent / "stripe").glob("*.yaml")} - {"dunning"}

    assert len({row.object for row in read_rules().rows}) == len(files)


class TestEventTypes:
    def test_names_what_every_manifest_enables(self, manifest_path: Path) -> None:
        """The manifest's event types are known, and access needs each that is required."""
        types = read_event_types()

        for name in read_manifest(manifest_path).webhook.required_events:
            assert "access" in types[name].needed_by

    def test_names_what_every_row_emits(self) -> None:
        """A row can only emit an event type that is described."""
        assert {name for row in read_rules().rows for name in row.emits} <= set(read_event_types())

    def test_needs_come_from_a_closed_list(self) -> None:
        """needed_by uses the five words that the file explains."""
        used = {need for each in read_event_types().values() for need in each.needed_by}

        assert used == {"access", "license", "support", "ledger", "wiring"}


class TestProperties:
    def test_are_sentences_in_small_letters(self) -> None:
        """A property reads as a sentence in a report, without capital or full stop."""
        for each in read_properties().values():
            assert each.sentence[0].islower()
            assert not each.sentence.endswith(".")

    def test_sometimes_covers_every_status(self) -> None:
        """An empty rehearsal is caught for each of the eight statuses, for duplicates and for disorder."""
        sometimes = {id_ for id_, each in read_properties().items() if each.kind is PropertyKind.SOMETIMES}

        assert sometimes == {f"sometimes_{each}" for each in [*STATUSES, "duplicate", "out_of_order"]}

    def test_order_is_demanded_at_quiescence(self) -> None:
        """In mid-flight the orders may differ; only the end must be equal."""
        assert read_properties()["order_does_not_matter"].kind is PropertyKind.EVENTUALLY
        assert read_properties()["access_supported"].kind is PropertyKind.ALWAYS


class TestFaults:
    def test_duplicates_and_disorder_need_no_asking(self) -> None:
        """Only what Stripe really does all the time is part of every search."""
        assert {id_ for id_, each in read_faults().items() if each.default} == {"duplicate", "late"}

    def test_retries_end_where_stripe_says(self) -> None:
        """Live retries rise to 72 hours; test mode tries three times within hours; both are assumed."""
        tables = read_retry_tables()

        assert tables["live"].delays_s[-1] == 72 * 3600
        assert len(tables["test"].delays_s) == 3
        assert tables["test"].delays_s[-1] < 24 * 3600
        for each in tables.values():
            assert list(each.delays_s) == sorted(set(each.delays_s))
            assert each.assumed

    def test_dunning_is_assumed(self) -> None:
        """No account is like another: the schedule says that it is assumed, and rises."""
        dunning = read_dunning()

        assert dunning.assumed
        assert list(dunning.retry_days) == sorted(set(dunning.retry_days))
        assert dunning.final_action in {"cancel", "unpaid", "past_due"}

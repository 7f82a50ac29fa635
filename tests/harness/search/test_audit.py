"""Schedules of a rewound search end in the same store when they are followed alone, with real commits."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from search.rehearsed import MANIFEST_PATH, Guide, rehearsal, walk
from search.stories import (
    BOUGHT,
    CANCELED,
    CRASHES,
    DITHERED,
    DITHERED_UNASKED,
    DOWN,
    ENDED,
    FAILED,
    ONE_LOST,
    RECOVERED,
)

from rehearsal_harness.core.exploration import Sample
from rehearsal_harness.core.findings import Verdict
from rehearsal_harness.core.story import Story
from rehearsal_harness.rehearsal import Options
from rehearsal_harness.targets.audit import audit
from rehearsal_harness.targets.backend import REFERENCE

TOLD = [CANCELED, DITHERED, DITHERED_UNASKED, ENDED, FAILED, CRASHES, DOWN, ONE_LOST, RECOVERED]


@pytest.mark.parametrize("told", TOLD, ids=lambda told: told.name)
def test_a_sample_ends_in_the_same_store_on_a_file(told: Story, tmp_path: Path) -> None:
    """Plain replay on a fresh file database gives the digests of the search."""
    result = rehearsal(told, audit=8).run()

    assert result.samples
    for number, sample in enumerate(result.samples):
        trace = rehearsal(told).follow(sample.moves, database=str(tmp_path / f"{number}.sqlite3"))
        assert (trace.violation, trace.impossible, trace.digest) == (None, "", sample.digest)


@pytest.mark.parametrize("told", TOLD, ids=lambda told: told.name)
def test_a_schedule_drawn_by_chance_ends_alike_in_memory_and_on_a_file(told: Story, tmp_path: Path) -> None:
    """Also schedules that no search has chosen."""
    for seed in range(5):
        moves = walk(told, seed)
        in_memory = rehearsal(told).follow(moves)
        on_file = rehearsal(told).follow(moves, database=str(tmp_path / f"{seed}.sqlite3"))
        assert (on_file.digest, on_file.seen) == (in_memory.digest, in_memory.seen)


def test_a_fresh_process_with_another_hash_seed_agrees() -> None:
    """Every sampled schedule of several stories ends in the same store there."""
    options = Options(audit=4, store="sqlite")
    results = [rehearsal(told, audit=4).run() for told in (DITHERED_UNASKED, CRASHES, RECOVERED)]
    audit(str(MANIFEST_PATH), REFERENCE, options, results)

    assert [(result.verdict, result.audited) for result in results] == [(Verdict.PROVED, 4)] * 3


def test_another_schedule_is_noticed() -> None:
    """A sample whose digest is not that of its schedule makes a verdict UNDETERMINED."""
    result = rehearsal(BOUGHT, audit=2).run()
    first = result.samples[0]
    result.samples = (Sample(first.score, first.moves, bytes(len(first.digest))), result.samples[1])
    audit(str(MANIFEST_PATH), REFERENCE, Options(store="sqlite"), [result])

    assert result.verdict is Verdict.UNDETERMINED
    assert "schedule 1 of the sample" in result.reason


def test_chance_is_noticed() -> None:
    """A backend that draws lots is right each time, and another each time: its proof is not believed."""
    app = "broken.hidden:draws_lots"
    result = rehearsal(BOUGHT, app, audit=2).run()
    assert result.verdict is Verdict.PROVED
    audit(str(MANIFEST_PATH), app, Options(store="sqlite"), [result])

    assert result.verdict is Verdict.UNDETERMINED


def test_the_sample_depends_on_the_seed_alone() -> None:
    """The same seed keeps the same schedules, another seed others."""
    kept = [tuple(rehearsal(FAILED, audit=3, seed=seed).run().samples) for seed in (1, 1, 3)]

    assert kept[0] == kept[1]
    assert [sample.moves for sample in kept[0]] != [sample.moves for sample in kept[2]]


def test_refuted_results_are_not_audited() -> None:
    """There is nothing to believe."""
    result = replace(rehearsal(CANCELED, "broken.naive:only_the_flag_cancels", audit=2).run())
    audit(str(MANIFEST_PATH), "broken.naive:only_the_flag_cancels", Options(store="sqlite"), [result])

    assert (result.verdict, result.audited) == (Verdict.REFUTED, 0)


def test_every_event_of_a_walk_is_delivered() -> None:
    """The schedules drawn by chance are whole: nothing is pending at their end."""
    guide = Guide(RECOVERED)
    for move in walk(RECOVERED, 1):
        guide.go(*move)

    assert guide.moves.finished(guide.node)
    assert guide.checker.pending(guide.node) == 0

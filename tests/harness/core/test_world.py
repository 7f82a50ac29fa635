"""The simulated Stripe as one immutable value."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from worlds import START, empty, subscriber, visitor

from rehearsal_harness.core.change import Change
from rehearsal_harness.core.objects import Request
from rehearsal_harness.core.world import Settings


def test_time_alone_does_not_change_the_version() -> None:
    """Nothing happened; only `now` moved."""
    scene = subscriber()
    before = scene.world.version
    scene.wait(60)

    assert scene.world.version == before
    assert scene.world.now == START + 14 + 60


def test_equal_histories_have_equal_versions() -> None:
    """Built twice from nothing, the same version and the same event ids."""
    one, other = subscriber().renew().world, subscriber().renew().world

    assert one.version == other.version
    assert [event.id for event in one.events] == [event.id for event in other.events]


def test_reading_leaves_the_version() -> None:
    """Looking at tables, the next task and events changes nothing."""
    scene = subscriber()
    before = scene.world.version
    list(scene.world.events)
    list(scene.world.customers.newest_first())

    assert scene.world.next_due is not None
    assert scene.world.version == before


def test_seed_start_settings_and_dunning_are_part_of_the_version() -> None:
    """Worlds that begin differently never have equal versions."""
    worlds = [empty(), empty(START + 1), empty(settings=Settings(livemode=True))]

    assert len({world.version for world in worlds}) == 3


def test_another_cause_second_or_request_is_another_version() -> None:
    """What is done and when are folded in."""
    world = empty()
    versions = {
        Change(world, "one").done().version,
        Change(world, "other").done().version,
        Change(world, "one", at=START + 1).done().version,
        Change(world, "one", Request(id="req_1")).done().version,
    }

    assert len(versions) == 4


def test_a_fresh_world_has_nothing_to_do() -> None:
    """No task, no event; a session is the first thing that is due."""
    assert empty().next_due is None
    assert visitor().world.next_due == START + 86400


def test_another_process_with_another_hash_seed_builds_the_same_world() -> None:
    """Nothing depends on the order of Python's sets or on chance."""
    code = (
        "from worlds import subscriber; world = subscriber().renew().world;"
        "print(world.version.hex(), *(event.id for event in world.events))"
    )
    path = os.pathsep.join([str(Path(__file__).parent), *sys.path])
    printed = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(printed) == 1


def test_the_core_imports_no_edge() -> None:
    """Neither the SDK, nor a web framework, nor YAML, nor the reader of specs."""
    code = (
        "import sys, rehearsal_harness.core.billing.step, rehearsal_harness.core.render;"
        "print(sorted({'stripe', 'falcon', 'yaml', 'pytest', 'rehearsal_specs.reader'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"

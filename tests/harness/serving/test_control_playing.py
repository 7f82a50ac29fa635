"""Stories in the running world: the same acts and expectations as in a rehearsal, once and over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from controlling import Controlled, controlled

from rehearsal_harness.cli import main
from rehearsal_harness.resources import shipped

SERVICE = "nyra-billing-server"
SIGNED_IN = "aipowerprogress"
HEAD = "Feature: f\n  Rule: r\n    Example: e\n"
HELD, BROKEN, USAGE, UNDETERMINED = 0, 1, 2, 3


@pytest.fixture(scope="module")
def here() -> Iterator[Controlled]:
    with controlled(SERVICE, SIGNED_IN) as here:
        yield here


def told(here: Controlled, tmp_path: Path, *steps: str, options: tuple[str, ...] = ()) -> int:
    """The exit status of `rehearse story` for one example with these steps."""
    feature = tmp_path / "one.feature"
    feature.write_text(HEAD + "".join(f"      {each}\n" for each in steps), "utf-8")
    return main(["story", str(feature), "--live", "--at", here.address, "--service", SERVICE, *options])


def test_a_story_is_played_and_its_expectations_hold(
    here: Controlled, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """People act, webhooks arrive, the clock moves, and the backend is asked."""
    status = told(
        here,
        tmp_path,
        "Given Ada has an active subscription",
        "When Ada cancels in the Customer Portal",
        "Then Ada has access as ACTIVE",
        "And the paid features are open on her laptop",
        "And she keeps access until the cancellation date and is then refused as CANCELED",
    )

    assert status == HELD
    assert "HELD, in this one order" in capsys.readouterr().out


def test_a_running_clock_stands_still_for_a_story(here: Controlled, tmp_path: Path) -> None:
    """To the second; then it runs on."""
    here.post("clock", {"speed": 3600})
    steps = (
        "Given Ada has an active subscription",
        "When Ada cancels in the Customer Portal",
        "Then she keeps access until the cancellation date and is then refused as CANCELED",
    )

    assert told(here, tmp_path, *steps) == HELD
    assert here.get("clock")["speed"] == 3600
    here.post("clock", {"speed": 0})


def test_a_story_that_is_not_so_is_broken(
    here: Controlled, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The line, what was expected, and what was found."""
    steps = ("Given Ada has an active subscription", "When 1 days pass", "Then Ada has no access")

    assert told(here, tmp_path, *steps) == BROKEN
    assert (
        "✗ Then Ada has no access\n      expected no access, found access (ACTIVE)" in capsys.readouterr().out
    )


def test_stories_do_not_meet(here: Controlled, tmp_path: Path) -> None:
    """Every play has an Ada and a laptop of its own, and counts only what it brought."""
    steps = ("Given Ada has bought a subscription on her laptop", "Then Stripe holds 1 checkout session")

    assert [told(here, tmp_path, *steps), told(here, tmp_path, *steps)] == [HELD, HELD]


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ("Then she keeps access until a day after the paid period", "the backend is told of"),
    ],
)
def test_what_cannot_be_looked_at_live_is_undetermined(
    here: Controlled, tmp_path: Path, capsys: pytest.CaptureFixture[str], step: str, why: str
) -> None:
    """Never passed over."""
    status = told(here, tmp_path, "Given Ada has an active subscription", step)

    said = capsys.readouterr().out
    assert (status, why in said) == (UNDETERMINED, True)
    assert f"? {step}" in said


def test_what_did_not_go_wrong_is_said(
    here: Controlled, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A story whose point is a fault is not called held where nothing was there to go wrong."""
    steps = ("Given one webhook may never arrive", "Then Stripe holds 0 checkout sessions")

    assert told(here, tmp_path, *steps) == UNDETERMINED
    assert "(never_arrives) did not come about: `rehearse run` tries it" in capsys.readouterr().out


def test_the_outcome_of_each_step_is_told_as_json(
    here: Controlled, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """For scripts."""
    told(here, tmp_path, "Given Ada has an active subscription", "Then Ada has access", options=("--json",))

    (example,) = json.loads(capsys.readouterr().out)
    assert example["example"] == "r: e"
    assert [each["became"] for each in example["steps"] if each["action"] == "ExpectAccess"] == ["holds"]


def test_a_file_that_is_wrong_is_said_with_its_line(
    here: Controlled, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And nothing is played."""
    before = here.get("world")["counts"]

    assert told(here, tmp_path, "Given Ada has an activ subscription") == USAGE
    assert "one.feature:4: no such step" in capsys.readouterr().err
    assert here.get("world")["counts"] == before


def test_an_example_that_is_not_there_is_said(
    here: Controlled, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Rather than playing nothing."""
    status = told(here, tmp_path, "Given Ada has an active subscription", options=("--example", "other"))

    assert status == USAGE
    assert "no example whose rule or name contains 'other'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("address", "why"),
    [("http://127.0.0.1:9", "nobody answers"), ("127.0.0.1:12111", "no address"), ("", "no address")],
)
def test_without_a_bench_it_is_said_what_to_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], address: str, why: str
) -> None:
    """No traceback, and no verdict."""
    feature = tmp_path / "one.feature"
    feature.write_text(HEAD, "utf-8")

    assert main(["story", str(feature), "--live", "--at", address]) == USAGE
    assert why in capsys.readouterr().err


def test_a_play_takes_actions_one_by_one(here: Controlled) -> None:
    """The API that the command uses."""
    play = here.post("plays", {"service": SERVICE})["play"]

    first = here.post(f"plays/{play}", {"Checkout": {"person": "Bea", "device": "laptop"}})
    second = here.post(f"plays/{play}", {"Pay": {"person": "Bea", "card": "ok"}})

    assert (first["became"], first["said"]) == ("done", "answered 200 checkout")
    assert "customer.subscription.created" in second["events"]


@pytest.mark.parametrize(
    ("step", "status", "where"),
    [
        (None, 400, "action"),
        ({}, 400, "action"),
        ({"Pay": {}, "Wait": {}}, 400, "action"),
        ({"Pya": {}}, 400, "action"),
        ({"Pay": {"cards": "ok"}}, 400, "action.Pay"),
        ({"Pay": {"person": "Cleo", "card": "ok"}}, 409, "Pay"),
        ({"CancelNow": {"person": "Cleo"}}, 409, "CancelNow"),
    ],
)
def test_a_step_that_cannot_be_is_refused(here: Controlled, step: object, status: int, where: str) -> None:
    """Wrong data is 400; what nothing earlier made possible is 409."""
    play = here.post("plays", {"service": SERVICE})["play"]

    assert here.refused(f"plays/{play}", step)[:2] == (status, where)


def test_a_play_for_nobody_is_refused(here: Controlled) -> None:
    """With the services that there are."""
    assert here.refused("plays", {"service": "nyra"})[:2] == (400, "service")


def test_people_who_sign_in_play_too(here: Controlled) -> None:
    """They buy by offer, pay by link, are paid back; the backend is the one whose folder the file is in."""
    feature = shipped("features") / SIGNED_IN / "orders.feature"

    assert main(["story", str(feature), "--live", "--at", here.address]) == HELD


def test_where_several_backends_are_served_one_is_named(
    here: Controlled, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder says which, or the option does."""
    feature = tmp_path / "one.feature"
    feature.write_text(f"{HEAD}      Given Ada has an active subscription\n", "utf-8")

    assert main(["story", str(feature), "--live", "--at", here.address]) == USAGE
    assert f"Served are {SERVICE}, {SIGNED_IN}; say --service NAME" in capsys.readouterr().err

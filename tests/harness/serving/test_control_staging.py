"""Stories that want something otherwise: forged webhooks, another configuration, a crash, a lost webhook."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from controlling import Controlled, controlled

from rehearsal_harness.cli import main
from rehearsal_harness.resources import shipped

SERVICE = "nyra-billing-server"
HEAD = "Feature: f\n  Rule: r\n    Example: e\n"
HELD, BROKEN, UNDETERMINED = 0, 1, 3
SUBSCRIBED = "Given Ada has an active subscription"
FORGERIES = (
    "without a signature",
    "signed with a wrong secret",
    "with a stale signature",
    "with a signature from the future",
    "from the other mode",
)


@pytest.fixture(name="here")
def _here() -> Iterator[Controlled]:
    with controlled(SERVICE) as here:
        yield here


def told(here: Controlled, folder: Path, *steps: str) -> int:
    """The exit status of `rehearse story` for one example with these steps."""
    feature = folder / f"{len([*folder.iterdir()])}.feature"  # what was read is not read again
    feature.write_text(HEAD + "".join(f"      {each}\n" for each in steps), "utf-8")
    return main(["story", str(feature), "--live", "--at", here.address, "--service", SERVICE])


def played(here: Controlled, feature: str, example: str) -> int:
    """The exit status of `rehearse story` for one example of a shipped service."""
    path = shipped("features") / SERVICE / feature
    return main(["story", str(path), "--live", "--at", here.address, "--example", example])


@pytest.mark.parametrize("forgery", FORGERIES)
def test_forged_webhooks_are_posted_and_refused(
    here: Controlled, tmp_path: Path, capsys: pytest.CaptureFixture[str], forgery: str
) -> None:
    status = told(here, tmp_path, SUBSCRIBED, f"When somebody posts every event {forgery}")

    said = capsys.readouterr().out
    assert status == HELD, said
    assert "webhooks posted, " in said


@pytest.mark.parametrize(("status", "writes"), [("200 OK", False), ("400 Bad Request", True)])
def test_a_backend_that_believes_a_forged_webhook_is_broken(
    here: Controlled, tmp_path: Path, capsys: pytest.CaptureFixture[str], status: str, writes: bool
) -> None:
    """Whether it says so, or refuses and writes all the same."""
    assert told(here, tmp_path, SUBSCRIBED) == HELD
    (service,) = here.bench.services
    real = here.bench.backends[SERVICE].app
    facts = service.environ["NYRA_ENTITLEMENTS_FILE"]

    def believing(environ: dict[str, Any], start_response: Any) -> Any:
        if "HTTP_STRIPE_SIGNATURE" in environ or environ["PATH_INFO"] != "/api/billing/webhook":
            assert real is not None
            return real(environ, start_response)
        if writes:
            with sqlite3.connect(facts) as connection:
                connection.execute("CREATE TABLE IF NOT EXISTS forged (n)")
                connection.execute("INSERT INTO forged VALUES (1)")
        start_response(status, [("Content-Length", "0")])
        return [b""]

    here.bench.backends[SERVICE].app = believing

    assert told(here, tmp_path, SUBSCRIBED, "When somebody posts every event without a signature") == BROKEN
    said = capsys.readouterr().out
    assert "expected 4xx and nothing written" in said
    assert ("the store written" in said) == writes


def test_forged_webhooks_need_something_to_forge(
    here: Controlled, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(here, tmp_path, "When somebody posts every event without a signature") == UNDETERMINED
    assert "nothing has happened yet" in capsys.readouterr().out


def test_what_a_backend_writes_is_to_be_seen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Facts in a JSON document, too."""
    with controlled(SERVICE, store="json") as here:
        steps = (SUBSCRIBED, "When somebody posts every event without a signature")

        assert told(here, tmp_path, *steps) == HELD


def test_plans_begin_with_a_trial_for_one_story(here: Controlled, tmp_path: Path) -> None:
    """And not after it."""
    steps = ("Given every plan begins with a trial of 14 days", SUBSCRIBED)

    told(here, tmp_path, *steps)
    first = next(iter(here.bench.main.world.subscriptions.newest_first()))
    told(here, tmp_path, SUBSCRIBED)
    second = next(iter(here.bench.main.world.subscriptions.newest_first()))

    assert (first.status, second.status) == ("trialing", "active")


@pytest.mark.parametrize(
    ("feature", "example"),
    [
        ("rollback.feature", "nobody new"),
        ("rollback.feature", "and checkout comes back"),
        ("rollback.feature", "who had begun to pay gets what is paid"),
        ("failed_payment.feature", "leaves it unpaid"),
        ("webhooks.feature", "the endpoint was down for four days"),
        ("webhooks.feature", "the backend crashes at any transaction boundary"),
        ("webhooks.feature", "stripe cannot be asked when it is needed"),
        ("webhooks.feature", "one webhook never arrives until the backend reconciles"),
    ],
)
def test_a_shipped_story_of_each_kind_is_played(here: Controlled, feature: str, example: str) -> None:
    """Switches, collection, reconciliation and faults; and afterwards everything is as usual."""
    dunning = here.bench.main.world.dunning

    assert played(here, feature, example) == HELD

    assert here.bench.main.world.dunning is dunning
    assert here.bench.faults.are_none
    assert here.posted("actions", {"type": "StartCheckout"}).status_code == 200


@pytest.mark.parametrize("seed", [0, 1])
def test_a_crash_before_or_after_the_commit_is_told(
    here: Controlled, capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    """Stripe sees no answer, and sends the event again: it is acknowledged then."""
    here.post("faults", {"seed": seed})

    assert played(here, "webhooks.feature", "the backend crashes at any transaction boundary") == HELD

    assert "what went wrong: the backend crashed once" in capsys.readouterr().out
    statuses = [each.status for each in here.bench.outbox.deliveries(50)]
    assert statuses.count(502) == 1
    assert here.bench.outbox.waiting() == 0


def test_a_configuration_with_which_it_does_not_start_is_undetermined(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its reason; the backend goes on as before."""
    with controlled("nyra-billing-api") as here:
        feature = shipped("features") / "nyra-billing-api" / "deployment.feature"

        status = main(["story", str(feature), "--live", "--at", here.address, "--example", "with live keys"])

        assert status == UNDETERMINED
        assert "the backend does not start like that: " in capsys.readouterr().out
        assert here.get("licences")["licences"] == []


def test_a_story_that_begins_ends_the_one_before(here: Controlled) -> None:
    """Its backend is as usual again, so what it would see is no longer what it wants."""
    first = here.post("plays", {"switches": ["paused"]})["play"]
    assert here.posted("actions", {"type": "StartCheckout"}).status_code == 409

    here.post("plays", {})

    assert here.posted("actions", {"type": "StartCheckout"}).status_code == 200
    told = here.post(f"plays/{first}", {"Checkout": {"person": "Ada", "device": "laptop"}})
    assert (told["became"], "another began" in told["said"]) == ("undetermined", True)
    assert here.post(f"plays/{first}/end") == {"struck": [], "missed": []}


@pytest.mark.parametrize(
    ("wish", "where"),
    [
        ({"switches": ["of"]}, "plays.switches"),
        ({"faults": ["fire"]}, "plays.faults"),
        ({"trial_days": 0}, "plays.trial_days"),
        ({"dunning_final": "never"}, "plays.dunning_final"),
    ],
)
def test_what_no_story_can_want_is_refused(here: Controlled, wish: dict[str, Any], where: str) -> None:
    assert here.refused("plays", wish)[:2] == (400, where)

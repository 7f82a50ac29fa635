"""Every input of a gate that is GO, flipped one by one and back: what looks at it closes, and nothing else.

The rules themselves are flipped in test_gate_judging; here the environment, decisions, evidence, files and
Stripe are, and the collectors find out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from launching import NOW, ROOT, Launch, evidence_of, launched
from test_gate_show import options, rehearse_live

from rehearsal_harness.cli import gate
from rehearsal_harness.reports.evidence import sealed
from rehearsal_harness.stripe_api.client import stripe_client
from rehearsal_specs.manifest import Manifest
from rehearsal_specs.reader import read_manifest

MANIFEST = read_manifest(ROOT / "manifests" / "nyra-billing-server.yaml")
AT_STRIPE = {
    *(f"webhook_endpoint: {each}" for each in ("registered", "enabled", "url", "events", "version")),
    *(f"portal: {each}" for each in ("cancellation", "invoices", "payment_methods", "no_plan_changes")),
    "product_and_price: pro_monthly",
}
OF_A_PLACE = {f"webhook_endpoint: {each}" for each in ("enabled", "url", "events", "version", "acknowledged")}
HOSTED = {f"route: {each}" for each in ("GET /health", "GET /api/license/status")}
# What else an input decides than the need of its own name.
FURTHER = {
    "STRIPE_SECRET_KEY": AT_STRIPE,
    "NYRA_STRIPE_PRICE_PRO_MONTHLY": {"product_and_price: pro_monthly"},
    "NYRA_BILLING_BASE_URL": OF_A_PLACE | HOSTED,
    "monthly_price": {"product_and_price: pro_monthly"},
}
Flip = Callable[[Launch], None]


def needs(manifest: Manifest, kind: str) -> list[str]:
    rules = [each for each in manifest.go_no_go if each.mode in ("test", "both")]
    return sorted({need.argument for each in rules for need in each.needs if need.kind == kind})


def unset(name: str) -> Flip:
    return lambda launch: launch.environ.update({name: ""})


def undecided(key: str) -> Flip:
    def flip(launch: Launch) -> None:
        path = launch.folder / "decided.yaml"
        data = yaml.safe_load(path.read_text("utf-8"))
        del data[key]
        path.write_text(yaml.safe_dump(data), "utf-8")

    return flip


def stories(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Flip:
    """Other stories in the evidence."""

    def flip(launch: Launch) -> None:
        data = evidence_of(launch.manifest)
        launch.write_evidence(sealed({**data, "stories": [each | change(each) for each in data["stories"]]}))

    return flip


def unproved(rule: str) -> Flip:
    return stories(lambda each: {"verdict": "UNDETERMINED"} if each["rule"] == rule else {})


def undelivered(event: str) -> Flip:
    return stories(lambda each: {"delivered": [one for one in each["delivered"] if one != event]})


def portal_without(feature: str, enabled: bool) -> Flip:
    def flip(launch: Launch) -> None:
        client = stripe_client(launch.holder)
        (one,) = client.v1.billing_portal.configurations.list({"is_default": True}).data
        client.v1.billing_portal.configurations.update(one.id, {"features": {feature: {"enabled": enabled}}})  # type: ignore[misc]

    return flip


def endpoint_with(**changes: Any) -> Flip:
    def flip(launch: Launch) -> None:
        client = stripe_client(launch.holder)
        (one,) = client.v1.webhook_endpoints.list().data
        client.v1.webhook_endpoints.update(one.id, changes)  # type: ignore[arg-type]

    return flip


def price_archived(launch: Launch) -> None:
    price = launch.environ["NYRA_STRIPE_PRICE_PRO_MONTHLY"]
    stripe_client(launch.holder).v1.prices.update(price, {"active": False})


def left_behind(name: str) -> Flip:
    """A file with a key in it, as a run might leave one."""
    return lambda launch: (
        (launch.folder / name).write_text(f"key: sk_test_{'4eC39HqLyj' * 2}\n", "utf-8") and None
    )


def old(launch: Launch) -> None:
    launch.write_evidence(evidence_of(launch.manifest, at=NOW - 25 * 3_600))


OF_EVIDENCE = {
    "fresh_evidence: rehearsal",
    *(f"story_proved: {each}" for each in needs(MANIFEST, "story_proved")),
    *(f"event_handled: {each}" for each in needs(MANIFEST, "event_handled")),
}
CASES: dict[str, tuple[Flip, set[str]]] = {
    **{
        f"{kind} {name}": (unset(name), {f"{kind}: {name}"} | FURTHER.get(name, set()))
        for kind in ("secret", "variable")
        for name in needs(MANIFEST, kind)
    },
    **{
        f"decision {key}": (undecided(key), {f"decision: {key}"} | FURTHER.get(key, set()))
        for key in needs(MANIFEST, "decision")
    },
    **{
        f"story {each}": (unproved(each), {f"story_proved: {each}"})
        for each in needs(MANIFEST, "story_proved")
    },
    **{
        f"event {each}": (undelivered(each), {f"event_handled: {each}"})
        for each in needs(MANIFEST, "event_handled")
    },
    "old evidence": (old, OF_EVIDENCE),
    "portal cancellation": (portal_without("subscription_cancel", False), {"portal: cancellation"}),
    "portal invoices": (portal_without("invoice_history", False), {"portal: invoices"}),
    "portal cards": (portal_without("payment_method_update", False), {"portal: payment_methods"}),
    "endpoint off": (endpoint_with(disabled=True), {"webhook_endpoint: enabled"}),
    "endpoint deaf": (endpoint_with(enabled_events=["invoice.paid"]), {"webhook_endpoint: events"}),
    "endpoint elsewhere": (
        endpoint_with(url="https://example.test/api/billing/webhook"),
        OF_A_PLACE - {"webhook_endpoint: acknowledged"},
    ),
    "price archived": (price_archived, {"product_and_price: pro_monthly"}),
    "secret in a file": (left_behind("notes.md"), {"repository_free_of_secrets: files"}),
    "secret left by a run": (
        left_behind(".rehearsal/run.log"),
        {"repository_free_of_secrets: files", "repository_free_of_secrets: state"},
    ),
}


@pytest.fixture(name="launch", scope="module")
def _launch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launch]:
    """A service that may go, with decisions of its own to be edited."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rehearsal_harness.cli.live_rehearsal.time.time", lambda: NOW)
        with launched(Path(MANIFEST.path), tmp_path_factory.mktemp("flipping"), patch) as launch:
            assert rehearse_live(launch) == 0
            (launch.folder / "decided.yaml").write_text(launch.decisions.read_text("utf-8"), "utf-8")
            yield launch


@contextmanager
def flipped(launch: Launch, flip: Flip) -> Iterator[None]:
    """One input changed, and then everything as it was."""
    files = {path: path.read_bytes() for path in launch.folder.rglob("*") if path.is_file()}
    environ, world = dict(launch.environ), launch.holder.world
    flip(launch)
    try:
        yield
    finally:
        for path in launch.folder.rglob("*"):
            if path.is_file() and path not in files:
                path.unlink()
        for path, data in files.items():
            path.write_bytes(data)
        launch.environ, launch.holder.world = environ, world


def report_of(launch: Launch, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    from rehearsal_harness.gate.files import _scan_folder

    _scan_folder.cache_clear()
    capsys.readouterr()
    decisions = [str(launch.folder / "decided.yaml")]
    gate.run(options(launch, decisions=decisions), launch.environ, NOW)
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    return report


@pytest.mark.parametrize("case", CASES)
def test_one_input_closes_exactly_the_rules_that_look_at_it(
    launch: Launch, capsys: pytest.CaptureFixture[str], case: str
) -> None:
    """Flipped, the rules whose needs name it are open, and no other; flipped back, it is GO again."""
    flip, expected = CASES[case]
    with flipped(launch, flip):
        during = report_of(launch, capsys)
    after = report_of(launch, capsys)
    proofs = {proof["need"]: proof["state"] for rule in during["rules"] for proof in rule["proofs"]}
    named = {rule["id"] for rule in during["rules"] for proof in rule["proofs"] if proof["need"] in expected}

    assert {need for need, state in proofs.items() if state != "MET"} == expected
    assert {rule["id"] for rule in during["rules"] if rule["state"] != "MET"} == named
    assert (after["verdict"], after["blockers"], after["warnings"]) == ("GO", [], [])


def test_every_need_of_test_mode_is_flipped_by_some_input() -> None:
    """But for what only another version of the code or the account could change."""
    rules = [each for each in MANIFEST.go_no_go if each.mode in ("test", "both")]
    every = {str(need) for each in rules for need in each.needs}

    assert every - {need for _, expected in CASES.values() for need in expected} == {
        "repository_free_of_secrets: decisions",  # refused before anything is judged: exit status 2
        "storage_guard: NYRA_ENTITLEMENTS_FILE",  # test mode demands no persistence
    }

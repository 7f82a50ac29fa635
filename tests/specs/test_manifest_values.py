"""From a checked file to frozen values: the real manifest, and the two of the older form."""

from __future__ import annotations

import dataclasses
import hashlib
import pickle
from pathlib import Path

import pytest

from rehearsal_specs.manifest import Answer, Manifest, Route, WhenMissing
from rehearsal_specs.reader import read_manifest

DATA = Path(__file__).parent / "data"
DAY_S = 86_400


@pytest.fixture(name="manifest", scope="module")
def _manifest() -> Manifest:
    return read_manifest(Path(__file__).parents[2] / "manifests" / "nyra-billing-server.yaml")


class TestNyraBillingServer:
    def test_says_all_that_its_older_form_says(self, manifest: Manifest) -> None:
        """Routes, secrets, events and blockers are those of the deployment manifest it replaces."""
        older = read_manifest(DATA / "nyra-billing-server.json")

        assert manifest.service == older.service
        assert manifest.scope == older.scope
        assert manifest.routes == older.routes
        assert manifest.required_secrets == older.required_secrets
        assert manifest.webhook.required_events == older.webhook.required_events
        assert manifest.webhook.recommended_events == older.webhook.recommended_events
        assert manifest.blockers == older.blockers
        assert (manifest.port_env, manifest.default_port) == (older.port_env, older.default_port)

    def test_can_be_rehearsed(self, manifest: Manifest) -> None:
        """Nothing that a rehearsal needs is missing, and every route has an operation."""
        assert manifest.lacks() == ()
        assert tuple(each.route for each in manifest.operations) == manifest.routes

    def test_every_secret_says_what_its_absence_means(self, manifest: Manifest) -> None:
        """Each required secret has details, and all three reactions are in use."""
        assert tuple(each.name for each in manifest.secrets) == manifest.required_secrets
        assert {each.when_missing for each in manifest.secrets} == set(WhenMissing)

    def test_limits_past_due_after_three_days(self, manifest: Manifest) -> None:
        """past_due is allowed for three days and PAST_DUE afterwards."""
        assert manifest.access is not None
        rule = manifest.access.statuses["past_due"]

        assert (rule.answer.allowed, rule.for_s) == (True, 3 * DAY_S)
        assert rule.then is not None
        assert (rule.then.allowed, rule.then.code) == (False, "PAST_DUE")

    def test_allows_what_was_promised(self, manifest: Manifest) -> None:
        """Only active, trialing, past_due for a while, and a paid checkout that settles, may use it."""
        access = manifest.access
        assert access is not None

        allowed = {status for status, rule in access.statuses.items() if rule.answer.allowed}
        assert allowed == {"active", "trialing", "past_due"}
        assert len(access.statuses) == 8
        assert access.settling.allowed
        assert not access.no_subscription.allowed
        assert not access.payment_pending.allowed
        assert not access.renewal_overdue.allowed

    def test_counts_in_seconds(self, manifest: Manifest) -> None:
        """Hours and days of the file are seconds here."""
        access = manifest.access
        assert access is not None

        assert access.settling_s == DAY_S
        assert access.renewal_leeway_s == DAY_S
        assert access.offline_grace_s == 7 * DAY_S

    def test_sells_one_offer_whose_price_is_open(self, manifest: Manifest) -> None:
        """The amount is a decision that nobody has taken yet."""
        (offer,) = manifest.offers

        assert (offer.name, offer.currency, offer.interval) == ("NyrA Swarm Little Buddy Pro", "usd", "month")
        assert (offer.trial_days, offer.amount_cents) == (0, None)

    def test_gates_seven_features(self, manifest: Manifest) -> None:
        """The seven paid features of the desktop app are listed."""
        assert manifest.license is not None
        assert len(manifest.license.gated_features) == 7

    def test_keeps_what_the_gate_will_ask(self, manifest: Manifest) -> None:
        """Its go/no-go rules, seven stop conditions, five rollback steps, nine blockers."""
        counts = [manifest.go_no_go, manifest.stop_conditions, manifest.rollback, manifest.blockers]
        assert [len(each) for each in counts] == [27, 7, 5, 9]

    def test_finds_an_operation_by_name(self, manifest: Manifest) -> None:
        """An operation has its route and its options; an unknown one is None."""
        portal = manifest.operation("portal")

        assert portal is not None
        assert portal.route == Route(method="POST", path="/api/billing/portal")
        assert portal.options == {"return_url_env": "NYRA_BILLING_RETURN_URL"}
        assert manifest.operation("refund") is None

    def test_cannot_be_changed(self, manifest: Manifest) -> None:
        """Values are frozen."""
        with pytest.raises(dataclasses.FrozenInstanceError):
            manifest.service = "other"  # type: ignore[misc]

    def test_can_be_handed_to_another_process(self, manifest: Manifest) -> None:
        """A manifest survives pickling, so that a big search can use many processes."""
        assert pickle.loads(pickle.dumps(manifest)) == manifest

    def test_is_known_by_its_bytes(self, manifest: Manifest, manifest_path: Path) -> None:
        """The digest is the SHA-256 of the file."""
        assert manifest.digest == hashlib.sha256(manifest_path.read_bytes()).hexdigest()


class TestOlderForm:
    @pytest.mark.parametrize("name", ["nyra-billing-server", "nyra-billing-api"])
    def test_is_valid_as_it_stands(self, name: str) -> None:
        """A deployment manifest in JSON, without operations, is read unchanged."""
        manifest = read_manifest(DATA / f"{name}.json")

        assert manifest.service == name
        assert manifest.operations == ()
        assert manifest.access is None
        assert len(manifest.required_secrets) == 8

    def test_names_what_a_rehearsal_would_need(self) -> None:
        """What is missing for a rehearsal can be told by key."""
        server = read_manifest(DATA / "nyra-billing-server.json")
        api = read_manifest(DATA / "nyra-billing-api.json")

        assert server.lacks() == (
            "operations",
            "secrets",
            "storage.kind",
            "offers",
            "access",
            "license or identity",
        )
        assert api.lacks() == (
            "operations", "secrets", "storage.kind", "stripeWebhook", "offers", "access",
            "license or identity",
        )  # fmt: skip

    def test_live_blockers_are_blockers(self) -> None:
        """externalBlockers and liveBlockers are two words for one thing."""
        assert "Attorney/accountant review" in read_manifest(DATA / "nyra-billing-api.json").blockers


def test_an_answer_is_three_things() -> None:
    """Access is answered as allowed, phrase and CODE."""
    answer = Answer(allowed=True, phrase="the subscription is active", code="ACTIVE")

    assert dataclasses.astuple(answer) == (True, "the subscription is active", "ACTIVE")

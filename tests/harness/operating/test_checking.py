"""What an environment lacks: found by name, told by shape and mode, and never shown."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_harness.core.shapes import misshapen
from rehearsal_harness.operating.checking import BLOCKER, problems
from rehearsal_harness.resources import shipped
from rehearsal_harness.targets.backend import fake_environ
from rehearsal_specs.manifest import Manifest, Storage
from rehearsal_specs.reader import read_manifest

PRICES = {"NYRA_STRIPE_PRICE_PRO_MONTHLY": "price_1"}
LIVE_KEY = "sk_" + "live_" + "0" * 24


def names(manifest: Manifest, *, is_live: bool = False, **changes: str) -> list[str]:
    """The names with a blocker in an environment that is right but for `changes`."""
    environ = fake_environ(manifest, PRICES) | changes
    return [each.name for each in problems(manifest, environ, is_live=is_live) if each.severity == BLOCKER]


def test_a_right_environment_has_no_problem(local: Manifest) -> None:
    assert problems(local, fake_environ(local, PRICES), is_live=False) == []


def test_whatever_is_missing_is_named(local: Manifest) -> None:
    for secret in local.secrets:
        found = problems(local, fake_environ(local, PRICES) | {secret.name: " "}, is_live=False)
        assert [each.name for each in found] == [secret.name]
        assert found[0].severity == ("warning" if secret.when_missing == "degrade" else BLOCKER)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STRIPE_SECRET_KEY", LIVE_KEY),
        ("STRIPE_SECRET_KEY", "pk_test_" + "0" * 24),
        ("STRIPE_WEBHOOK_SECRET", "0" * 32),
        ("NYRA_STRIPE_PRICE_PRO_MONTHLY", "prod_1"),
        ("NYRA_BILLING_SUCCESS_URL", "http://app.example.test/"),
        ("NYRA_BILLING_SUCCESS_URL", "https://user:word@app.example.test/"),
        ("NYRA_LICENSE_SIGNING_SECRET", "short"),
    ],
)
def test_a_wrong_shape_blocks(local: Manifest, name: str, value: str) -> None:
    assert names(local, **{name: value}) == [name]


def test_live_mode_wants_a_live_key_and_https(local: Manifest) -> None:
    assert names(local, is_live=True) == ["STRIPE_SECRET_KEY"]
    assert names(local, STRIPE_SECRET_KEY=LIVE_KEY, is_live=True) == []
    own = {"NYRA_BILLING_SUCCESS_URL": "http://127.0.0.1:5173/"}
    assert names(local, **own) == []
    assert names(local, STRIPE_SECRET_KEY=LIVE_KEY, is_live=True, **own) == ["NYRA_BILLING_SUCCESS_URL"]


@pytest.mark.parametrize("place", ["", "facts.json", "./facts.json"])
def test_persistence_wants_an_absolute_path(local: Manifest, place: str) -> None:
    guard = {"NODE_ENV": "production", "NYRA_ENTITLEMENTS_FILE": place}
    assert names(local, **guard) == ["NYRA_ENTITLEMENTS_FILE"]
    assert names(local, NODE_ENV="production", NYRA_ENTITLEMENTS_FILE="/srv/facts.json") == []


def test_a_database_wants_its_address(local: Manifest) -> None:
    database = Storage(kind="postgresql", env="NYRA_ENTITLEMENTS_FILE", require_persistent=())
    assert names(replace(local, storage=database)) == ["NYRA_ENTITLEMENTS_FILE"]


def test_a_consoles_public_price_must_be_one_that_is_sold() -> None:
    manifest = read_manifest(shipped("manifests") / "accounts-svc-plus.yaml")
    public = {"NEXT_PUBLIC_STRIPE_PRICE_PAYGO": "price_a", "NEXT_PUBLIC_STRIPE_PRICE_SUBSCRIPTION": "price_b"}
    environ = fake_environ(manifest, public) | {"DATABASE_URL": "postgresql://db.example.test/accounts"}
    both = problems(manifest, environ | {"STRIPE_ALLOWED_PRICE_IDS": "price_a, price_b"}, is_live=False)
    one = problems(manifest, environ | {"STRIPE_ALLOWED_PRICE_IDS": "price_a"}, is_live=False)
    none = problems(manifest, environ | {"STRIPE_ALLOWED_PRICE_IDS": ""}, is_live=False)
    assert both == []
    assert [(each.severity, each.name) for each in one] == [
        (BLOCKER, "NEXT_PUBLIC_STRIPE_PRICE_SUBSCRIPTION")
    ]
    assert [(each.severity, each.name) for each in none] == [("warning", "STRIPE_ALLOWED_PRICE_IDS")]


@given(st.text(min_size=6), st.booleans())
def test_no_value_is_ever_shown(value: str, is_live: bool) -> None:
    """Whatever a variable holds, only what was expected is said."""
    manifest = read_manifest(shipped("manifests") / "nyra-billing-server.yaml")
    mark = f"held-{value}"
    environ = {secret.name: mark for secret in manifest.secrets}
    said = json.dumps(
        [str(each) for each in problems(manifest, environ, is_live=is_live)], ensure_ascii=False
    )
    assert mark not in said


def test_signing_keys_are_a_set_of_private_ones() -> None:
    assert misshapen("signing_keys", '{"keys": []}', is_live=False)
    assert misshapen("signing_keys", "no json", is_live=False)
    assert misshapen("signing_keys", '{"keys": [{"crv": "Ed25519", "d": "x"}]}', is_live=False) == ""

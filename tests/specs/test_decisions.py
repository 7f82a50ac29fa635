"""Decisions: what is open, what is wrong with a file, and that no secret is echoed."""

from __future__ import annotations

from pathlib import Path

import pytest

from rehearsal_specs.decisions import decision_fields, looks_secret, read_decisions
from rehearsal_specs.diagnostics import SpecError

KEY = "sk_" + "test_" + "4eC39HqLyjWDarjtT1zdp7dc"
SECRETS = {
    "Stripe key": KEY,
    "webhook secret": "whsec_" + "Zm9vYmFyZm9vYmFyZm9vYmFy",
    "card": "4111 1111 " + "1111 1111",
    "token": "a1" * 24,
}


def said_about(tmp_path: Path, text: str) -> str:
    path = tmp_path / "d.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(SpecError) as caught:
        read_decisions(path)
    return str(caught.value).replace(str(path), "d.yaml")


def test_null_and_false_are_open(tmp_path: Path) -> None:
    """A decision is settled when each of its fields is."""
    path = tmp_path / "d.yaml"
    path.write_text(
        "service: shop\nattorney_review: {approved: false, by: counsel, at: null}\n"
        "hosted_ai_cap:\n  amount_cents: 900\n",
        "utf-8",
    )
    decisions = read_decisions(path)

    assert decisions.by_key["attorney_review"].open == ("approved", "at")
    assert decisions.by_key["hosted_ai_cap"].open == ()
    assert decisions.by_key["hosted_ai_cap"].place == f"{path}:3"


def test_an_unknown_decision_is_named_with_the_nearest(tmp_path: Path) -> None:
    """Position, what is allowed, and what was probably meant."""
    said = said_about(tmp_path, "service: shop\nmontly_price: {amount_cents: 1, currency: usd}\n")

    assert said.startswith("d.yaml:2:1: unknown key 'montly_price'. Allowed: service, monthly_price, ")
    assert said.endswith("Did you mean 'monthly_price'?")


@pytest.mark.parametrize("secret", SECRETS.values(), ids=SECRETS)
@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("service: shop\nhost: {secret_store: '@', logs: x}\n", "d.yaml:2:22"),
        ("service: shop\nhost: {secret_store: x, logs: y, note: 'see @ for it'}\n", "d.yaml:2:40"),
        ("service: shop\nmonthly_price: {amount_cents: '@', currency: usd}\n", "d.yaml:2:31"),
        ("service: shop\n'@': 1\n", "d.yaml:2:1"),
    ],
)
def test_a_secret_is_refused_with_its_place_and_not_echoed(
    tmp_path: Path, secret: str, text: str, place: str
) -> None:
    """Wherever it stands, only the place is told."""
    said = said_about(tmp_path, text.replace("@", secret))

    assert f"{place}: a " in said
    assert "that looks like a secret" in said
    assert secret not in said


@pytest.mark.parametrize(
    "text",
    [
        "NyrA Swarm Little Buddy",
        "https://billing.example.test/a/very/long/path/that/goes/on/and/on/1234567890",
        "0b7c1f6e-aaaa-bbbb-cccc-0123456789ab",
        "2026-11-21",
        "support@a-company-with-a-very-long-name-2026.example.test",
        "data/releases/little-buddy-1.0.0-beta.1-windows-x64-setup.exe",
    ],
)
def test_names_dates_and_addresses_are_no_secrets(text: str) -> None:
    """What a decision is made of passes."""
    assert not looks_secret(text)


def test_every_decision_has_fields_to_settle() -> None:
    """No decision is met by being there."""
    assert len(decision_fields()) > 15
    assert all(decision_fields().values())

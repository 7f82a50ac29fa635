"""Signatures of licences: which keys an app may have, and which licences they let through."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st
from signed_manifest import jwk, private_key

from rehearsal_harness.core.desktop.license import LicenseRefused
from rehearsal_harness.core.desktop.settings import SettingsError
from rehearsal_harness.desktop_app.signature import check_as_received, checking_with, read_public_keys

CLAIMS = {"iss": "shop", "aud": "license", "device": "device-1", "iat": 1, "exp": 2}
SECRET = "signing-" + "0" * 64


def public(mark: int, kid: str) -> dict[str, str]:
    return {name: value for name, value in jwk(mark, kid=kid).items() if name != "d"}


def signed(mark: int = 1, kid: str | None = "one", **changes: Any) -> str:
    headers = {"kid": kid} if kid else None
    return jwt.encode({**CLAIMS, **changes}, private_key(mark), algorithm="EdDSA", headers=headers)


def written(place: Path, content: object) -> Path:
    path = place / "keys.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    return path


@pytest.fixture(name="keys", scope="module")
def _keys(tmp_path_factory: pytest.TempPathFactory) -> Any:
    content = {"keys": [public(2, "two"), public(1, "one")]}
    return read_public_keys(written(tmp_path_factory.mktemp("keys"), content))


def refusal(keys: Any, text: str) -> str:
    with pytest.raises(LicenseRefused) as refused:
        checking_with(keys)(text)
    return refused.value.code


def test_a_licence_of_any_known_key_is_read(keys: Any) -> None:
    """By its kid; its times are for the rules, so one that has ended is read too."""
    assert checking_with(keys)(signed(1, "one")) == CLAIMS
    assert checking_with(keys)(signed(2, "two")) == CLAIMS


def test_each_refusal_has_its_own_name(keys: Any) -> None:
    """What a person should do differs: update the app, refresh, or ask for support."""
    as_hs256 = private_key(1).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    assert refusal(keys, signed(3, "three")) == "LICENSE_KEY_UNKNOWN"
    assert refusal(keys, signed(1, None)) == "LICENSE_KEY_UNKNOWN"
    assert refusal(keys, signed(2, "one")) == "LICENSE_TAMPERED"
    assert refusal(keys, "noise") == "LICENSE_MALFORMED"
    assert refusal(keys, "é.é.é") == "LICENSE_MALFORMED"
    for text in (
        jwt.encode(CLAIMS, SECRET, algorithm="HS256", headers={"kid": "one"}),
        jwt.encode(CLAIMS, as_hs256, algorithm="HS256", headers={"kid": "one"}),
        jwt.encode(CLAIMS, None, algorithm="none", headers={"kid": "one"}),
    ):
        assert refusal(keys, text) == "LICENSE_NOT_SIGNED_BY_KEY"


@given(st.data())
def test_no_changed_licence_is_read(keys: Any, data: st.DataObject) -> None:
    """Change any one character: it is refused, or it still says the same."""
    text = signed()
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("Aa0-_.é"))
    changed = text[:at] + other + text[at + 1 :]
    try:
        assert checking_with(keys)(changed) == CLAIMS
    except LicenseRefused:
        assert changed != text


def test_without_keys_a_licence_is_taken_as_it_came() -> None:
    """The form with a shared secret: no desktop can check it, and the rules still read what it says."""
    assert check_as_received(jwt.encode(CLAIMS, SECRET, algorithm="HS256")) == CLAIMS
    with pytest.raises(LicenseRefused):
        check_as_received("noise")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("-----BEGIN PUBLIC KEY-----", "no JWK Set"),
        ({}, "no JWK Set"),
        ({"keys": 7}, "no JWK Set"),
        ({"keys": [{"kty": "OKP", "crv": "Ed25519"}]}, "no JWK Set"),
        ({"keys": [jwk(1, kid="one")]}, "holds a private key"),
        ({"keys": [{"kty": "oct", "k": "AAAA", "kid": "one"}]}, "not Ed25519"),
        ({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "AAAA", "kid": "one"}]}, "cannot be read"),
    ],
    ids=["PEM", "empty", "number", "no kid", "private", "shared secret", "short"],
)
def test_what_is_no_set_of_public_keys_is_refused(content: object, said: str, tmp_path: Path) -> None:
    """With the file, and the command that prints a right one."""
    path = written(tmp_path, content)
    with pytest.raises(SettingsError, match=said) as refused:
        read_public_keys(path)
    assert str(path) in str(refused.value)
    assert "billing-server public-keys" in str(refused.value)

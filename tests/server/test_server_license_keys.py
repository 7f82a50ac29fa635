"""Keys that sign licences: how they are read, which one signs, and what the world may see of them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jwt
import pytest
from served import Server, make_server
from signed_manifest import KEYS_ENV, jwk, key_set, private_key, signed_manifest
from stripe_says import NOW, completed, paid

from rehearsal_server.access import Access
from rehearsal_server.key_commands import new_signing_key, public_keys
from rehearsal_server.license_keys import SigningKeysError, public_set, read_signing_keys, with_new_key
from rehearsal_server.licenses import Audience, Bearer, Signer, TokenInvalidError
from rehearsal_server.startup import StartError, context_from
from rehearsal_server.store.sqlite import SqliteStore
from rehearsal_specs.manifest import AccessTable, Manifest
from rehearsal_specs.reader import read_manifest

SECRET = "signing-" + "0" * 64
ADA = Bearer(customer="cus_1", device="device-1")
ACCESS = Access(allowed=True, phrase="", code="ACTIVE", until=None, subscription_id="sub_1", status="active")


@pytest.fixture(name="signed_path")
def _signed_path(manifest_path: Path, tmp_path: Path) -> Path:
    return signed_manifest(manifest_path, tmp_path / "signed.yaml")


@pytest.fixture(name="signed")
def _signed(
    signed_path: Path, environ: dict[str, str], store: SqliteStore, connection: sqlite3.Connection
) -> Callable[[str | None], Server]:
    """A server whose signing keys are these; None: the variable is not set."""

    def signed(keys: str | None) -> Server:
        own = environ if keys is None else {**environ, KEYS_ENV: keys}
        return make_server(read_manifest(signed_path), own, store, connection)

    return signed


def licence(keys: str, table: AccessTable, audience: Audience = Audience.LICENSE) -> str:
    return Signer(SECRET, "nyra", read_signing_keys(keys)).sign(audience, ADA, ACCESS, table, NOW)


def claims_of(token: str, mark: int) -> dict[str, Any]:
    return dict(
        jwt.decode(
            token,
            private_key(mark).public_key(),
            algorithms=["EdDSA"],
            audience="license",
            options={"verify_exp": False, "verify_iat": False},
        )
    )


def test_a_key_is_called_by_its_thumbprint() -> None:
    """The example of RFC 8037, appendix A.3; a declared kid goes before it."""
    example = {
        "kty": "OKP",
        "crv": "Ed25519",
        "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    }
    (key,) = read_signing_keys(key_set(example))
    assert key.kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    (named,) = read_signing_keys(key_set({**example, "kid": "2026-06"}))
    assert named.kid == "2026-06"


def test_the_first_key_signs_licences_and_the_secret_signs_the_rest(table: AccessTable) -> None:
    """A device token is read by this server alone; a licence is checked with a public key."""
    token = licence(key_set(jwk(2), jwk(1)), table)
    assert jwt.get_unverified_header(token) == {
        "alg": "EdDSA",
        "kid": read_signing_keys(key_set(jwk(2)))[0].kid,
        "typ": "JWT",
    }
    assert claims_of(token, 2)["device"] == "device-1"
    with pytest.raises(jwt.InvalidSignatureError):
        claims_of(token, 1)
    own = licence(key_set(jwk(2)), table, Audience.DEVICE)
    assert jwt.get_unverified_header(own)["alg"] == "HS256"
    assert Signer(SECRET, "nyra").read(own, Audience.DEVICE, NOW) == ADA


def test_a_licence_of_a_key_opens_no_door(table: AccessTable) -> None:
    """The server takes back what the secret has signed, and nothing else."""
    signer = Signer(SECRET, "nyra", read_signing_keys(key_set(jwk(1))))
    for audience in Audience:
        with pytest.raises(TokenInvalidError):
            signer.read(licence(key_set(jwk(1)), table), audience, NOW)


def test_only_public_halves_are_published() -> None:
    """In the order of the keys, each with its id and what it is for."""
    published = public_set(read_signing_keys(key_set(jwk(2, kid="new"), jwk(1, kid="old"))))
    assert [each["kid"] for each in published["keys"]] == ["new", "old"]
    for each, mark in zip(published["keys"], (2, 1), strict=True):
        assert each == {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": jwk(mark)["x"],
            "kid": each["kid"],
            "alg": "EdDSA",
            "use": "sig",
        }


WRONG = {
    "not JSON": ("-----BEGIN PRIVATE KEY-----", "is not JSON"),
    "a list": (json.dumps([jwk(1)]), "holds no keys"),
    "no keys": (key_set(), "holds no keys"),
    "a shared secret": (key_set({"kty": "oct", "k": "AAAA"}), "key 1 is no Ed25519 key"),
    "another curve": (key_set(jwk(1), jwk(2, crv="Ed448")), "key 2 is no Ed25519 key"),
    "a public key": (key_set({"kty": "OKP", "crv": "Ed25519", "x": jwk(1)["x"]}), "key 1 is a public key"),
    "half a key": (key_set(jwk(1, d=jwk(1)["d"][:-4])), "key 1 cannot be read"),
    "not base64url": (key_set(jwk(1, d="!" * 43)), "key 1 cannot be read"),
    "halves of two keys": (key_set(jwk(1, x=jwk(2)["x"])), "key 1: 'x' is not the public half of 'd'"),
    "one kid twice": (key_set(jwk(1, kid="a"), jwk(2, kid="a")), "holds two keys with one kid"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_set_of_private_keys_is_refused(case: str, signed_path: Path, environ: Any) -> None:
    """At the start, by the name of the variable; no part of any key is shown."""
    source, said = WRONG[case]
    with pytest.raises(SigningKeysError, match=f"^{said}"):
        read_signing_keys(source)
    with pytest.raises(StartError) as caught:
        context_from(str(signed_path), {**environ, KEYS_ENV: source})
    assert str(caught.value).startswith(f"{KEYS_ENV} {said}")
    assert not [mark for mark in (1, 2) if jwk(mark)["d"][:8] in str(caught.value)]


def test_a_new_key_goes_before_the_old_ones() -> None:
    """So it signs from the next start on, and what the old one signed can still be checked."""
    first = with_new_key(None)
    both = with_new_key(first)
    new, old = read_signing_keys(both)
    assert [old.kid] == [each.kid for each in read_signing_keys(first)]
    assert new.kid != old.kid


def test_the_key_commands_read_the_declared_variable(signed_path: Path, environ: dict[str, str]) -> None:
    """They need no store and no Stripe."""
    own = {**environ, KEYS_ENV: key_set(jwk(1, kid="old"))}
    (published,) = json.loads(public_keys(str(signed_path), own))["keys"]
    assert (published["kid"], published["x"]) == ("old", jwk(1)["x"])
    assert "d" not in published
    assert [each.kid for each in read_signing_keys(new_signing_key(str(signed_path), own))][1:] == ["old"]
    assert len(read_signing_keys(new_signing_key(str(signed_path), environ))) == 1


def test_the_key_commands_say_what_is_missing(
    manifest_path: Path, signed_path: Path, environ: dict[str, str]
) -> None:
    """A manifest without keys, and a variable that is not set."""
    with pytest.raises(StartError, match=r"license\.signing_keys_env names no variable"):
        public_keys(str(manifest_path), environ)
    with pytest.raises(StartError, match=f"{KEYS_ENV} is not set"):
        public_keys(str(signed_path), environ)


def test_the_route_publishes_the_keys(signed: Callable[[str | None], Server]) -> None:
    """The same set, for whoever asks."""
    answer = signed(key_set(jwk(2), jwk(1))).client.simulate_get("/api/license/keys")
    assert answer.status_code == 200
    assert answer.json == public_set(read_signing_keys(key_set(jwk(2), jwk(1))))


def test_without_its_keys_a_server_gives_no_weaker_licence(signed: Callable[[str | None], Server]) -> None:
    """A desktop that checks signatures would believe none; a device that has its token still gets
    a portal."""
    server = signed(None)
    server.deliver(completed())
    server.deliver(paid())
    claim = "/api/license/status?checkoutSessionId=cs_test_1&deviceId=device-1"
    for path in ("/api/license/keys", claim):
        answer = server.client.simulate_get(path)
        assert (answer.status_code, answer.json["error"]["code"]) == (503, "NOT_CONFIGURED")
        assert KEYS_ENV in answer.json["error"]["message"]
    assert server.contents()["activations"] == []
    token = signed(key_set(jwk(1))).claim()["deviceAccessToken"]
    portal = server.client.simulate_post("/api/billing/portal", headers={"Authorization": f"Bearer {token}"})
    assert portal.json.get("error", {}).get("code") not in ("NOT_CONFIGURED", "TOKEN_INVALID")


def test_a_manifest_without_keys_stays_with_the_secret(manifest: Manifest) -> None:
    """The form of the seed is the default."""
    assert manifest.license is not None
    assert manifest.license.signing_keys_env is None

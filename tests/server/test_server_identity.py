"""Who is signed in: what a bearer token must prove, to the second."""

from __future__ import annotations

from dataclasses import replace

import jwt
import pytest
from signed_in import IDENTITY_KEY, manifest_of, token
from stripe_says import NOW

from rehearsal_server.identity import IdentityError, IdentityExpiredError, JwtIdentity, User
from rehearsal_specs.manifest import IdentityTerms, Manifest


@pytest.fixture(name="manifest", scope="module")
def _manifest() -> Manifest:
    return manifest_of("aipowerprogress")


@pytest.fixture(name="terms")
def _terms(manifest: Manifest) -> IdentityTerms:
    assert manifest.identity is not None
    return manifest.identity


@pytest.fixture(name="identity")
def _identity(terms: IdentityTerms) -> JwtIdentity:
    return JwtIdentity(IDENTITY_KEY, terms)


def test_a_token_proves_its_subject(identity: JwtIdentity, manifest: Manifest) -> None:
    assert identity.user(token(manifest), NOW) == User(id="ada", email="ada@example.test", is_admin=False)


@pytest.mark.parametrize(
    ("role", "is_admin"), [("admin", True), (["staff", "admin"], True), ("staff", False)]
)
def test_only_the_declared_claim_makes_an_operator(
    identity: JwtIdentity, manifest: Manifest, role: object, is_admin: bool
) -> None:
    assert identity.user(token(manifest, role=role), NOW).is_admin is is_admin


def test_without_a_declared_claim_nobody_is_an_operator(manifest: Manifest, terms: IdentityTerms) -> None:
    identity = JwtIdentity(IDENTITY_KEY, replace(terms, admin_claim=None))
    assert not identity.user(token(manifest, role="admin"), NOW).is_admin


def test_exp_is_over_at_its_own_second(identity: JwtIdentity, manifest: Manifest) -> None:
    made = token(manifest, exp=NOW + 10)
    assert identity.user(made, NOW + 9).id == "ada"
    with pytest.raises(IdentityExpiredError):
        identity.user(made, NOW + 10)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "somebody else"},
        {"aud": "another service"},
        {"exp": None},
        {"exp": "soon"},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": "new\nline"},
        {"nbf": NOW + 1},
        {"email": 7},
    ],
)
def test_other_tokens_prove_nobody(
    identity: JwtIdentity, manifest: Manifest, claims: dict[str, object]
) -> None:
    with pytest.raises(IdentityError):
        identity.user(token(manifest, **claims), NOW)


def test_the_token_does_not_choose_its_algorithm(identity: JwtIdentity, manifest: Manifest) -> None:
    """Neither `none` nor another hash (RFC 8725, section 3.1)."""
    claims = jwt.decode(token(manifest), options={"verify_signature": False})
    for other in (jwt.encode(claims, "", "none"), jwt.encode(claims, IDENTITY_KEY * 2, "HS512")):
        with pytest.raises(IdentityError):
            identity.user(other, NOW)


def test_a_public_key_verifies_what_the_private_one_signed(manifest: Manifest, terms: IdentityTerms) -> None:
    """EdDSA, with the PEM on one line as an environment variable holds it."""
    ed25519 = pytest.importorskip(
        "cryptography.hazmat.primitives.asymmetric.ed25519", reason="no cryptography"
    )
    from cryptography.hazmat.primitives import serialization

    private = ed25519.Ed25519PrivateKey.generate()
    pem = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    claims = jwt.decode(token(manifest), options={"verify_signature": False})
    identity = JwtIdentity(pem.decode().replace("\n", "\\n"), replace(terms, algorithm="EdDSA"))

    assert identity.user(jwt.encode(claims, private, "EdDSA"), NOW).id == "ada"
    with pytest.raises(IdentityError):
        identity.user(jwt.encode(claims, ed25519.Ed25519PrivateKey.generate(), "EdDSA"), NOW)

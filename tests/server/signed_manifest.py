"""A manifest whose licences are signed with Ed25519 keys, and keys that a test may show."""

from __future__ import annotations

import json
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

KEYS_ENV = "LICENSE_SIGNING_KEYS"

EDITS = (
    ("  - GET /api/license/status\n", "  - GET /api/license/status\n  - GET /api/license/keys\n"),
    (
        "    operation: license_status\n",
        "    operation: license_status\n  GET /api/license/keys:\n    operation: license_keys\n",
    ),
    ("requiredSecrets:\n", f"requiredSecrets:\n  - {KEYS_ENV}\n"),
    (
        "\nsecrets:\n",
        f"\nsecrets:\n  {KEYS_ENV}:\n    shape: signing_keys\n    when_missing: degrade\n"
        "    purpose: signs licences that a desktop checks offline\n",
    ),
    ("\nlicense:\n", f"\nlicense:\n  signing_keys_env: {KEYS_ENV}\n"),
)


def signed_manifest(original: Path, place: Path) -> Path:
    """A copy of a manifest, at `place`, whose licences are signed with keys and whose keys are published."""
    text = original.read_text("utf-8")
    for old, new in EDITS:
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        text = text.replace(old, new)
    place.write_text(text, "utf-8")
    return place


def private_key(mark: int) -> Ed25519PrivateKey:
    """A key like no other mark's."""
    return Ed25519PrivateKey.from_private_bytes(bytes([mark]) * 32)


def jwk(mark: int, **more: str) -> dict[str, str]:
    """The private key of a mark as a JWK."""
    found: dict[str, str] = OKPAlgorithm.to_jwk(private_key(mark), as_dict=True)
    return {**found, **more}


def key_set(*keys: object) -> str:
    """A JWK Set, as the variable holds it."""
    return json.dumps({"keys": keys})

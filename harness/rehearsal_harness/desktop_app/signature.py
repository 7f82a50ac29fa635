"""Whether a licence was signed by the server: the one check that needs cryptography.

Decides: Ed25519 only, and only keys that the app was given; whatever the licence itself says of its algorithm
opens nothing.  Does not know what a licence must say (`core.desktop.license`).  Without keys the signature is
a shared secret's, which no desktop may have: the licence is then taken as it was received.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehearsal_harness.core.desktop.license import Check, LicenseRefused
from rehearsal_harness.core.desktop.settings import SettingsError

if TYPE_CHECKING:
    from jwt.types import Options

PublicKeys = Mapping[str, Any]
EXPECTED = "expected what `billing-server public-keys` prints"
AS_RECEIVED: Options = {"verify_signature": False}
SIGNATURE_ONLY: Options = {
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_aud": False,
    "verify_iss": False,
}


def read_public_keys(path: Path) -> PublicKeys:
    """The keys of a JWK Set by their `kid`; raises SettingsError and OSError."""
    from jwt import PyJWK, PyJWTError

    try:
        listed = json.loads(path.read_bytes())["keys"]
        keys = {each["kid"]: each for each in listed}
    except (ValueError, RecursionError, KeyError, TypeError):
        raise SettingsError(f"{path}: no JWK Set of keys with a 'kid'; {EXPECTED}") from None
    for each in listed:
        if "d" in each:
            raise SettingsError(f"{path}: holds a private key, which no desktop may have; {EXPECTED}")
        if (each.get("kty"), each.get("crv")) != ("OKP", "Ed25519"):
            raise SettingsError(f"{path}: holds a key that is not Ed25519; {EXPECTED}")
    try:
        return {kid: PyJWK(each, algorithm="EdDSA").key for kid, each in keys.items()}
    except (PyJWTError, ValueError):
        raise SettingsError(f"{path}: holds a key that cannot be read; {EXPECTED}") from None


def checking_with(keys: PublicKeys) -> Check:
    """A check with these keys."""

    def check(text: str) -> Mapping[str, object]:
        import jwt

        header, claims = _read(text)
        if header.get("alg") != "EdDSA":
            reason = "the licence is not signed with a key that this app could check"
            raise LicenseRefused("LICENSE_NOT_SIGNED_BY_KEY", reason)
        key = keys.get(str(header.get("kid")))
        if key is None:
            reason = "the licence is signed with a key that this app does not know: update the app"
            raise LicenseRefused("LICENSE_KEY_UNKNOWN", reason)
        try:
            claims = jwt.decode(text, key, algorithms=["EdDSA"], options=SIGNATURE_ONLY)
        except (jwt.InvalidTokenError, ValueError, RecursionError):
            raise LicenseRefused("LICENSE_TAMPERED", "the licence is not as it was signed") from None
        return claims

    return check


def check_as_received(text: str) -> Mapping[str, object]:
    """What a licence says, believed without a signature; raises LicenseRefused."""
    return _read(text)[1]


def _read(text: str) -> tuple[Mapping[str, object], Mapping[str, object]]:
    """Header and claims, unverified."""
    import jwt

    try:
        header: Mapping[str, object] = jwt.get_unverified_header(text)
        claims: Mapping[str, object] = jwt.decode(text, options=AS_RECEIVED)
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        raise LicenseRefused("LICENSE_MALFORMED", "the licence is no JWT") from None
    return header, claims

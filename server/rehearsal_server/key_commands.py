"""The commands about licence keys: the public halves for a desktop's build, and a new key for a rotation.

Decides where the keys are looked for: in the variable that the manifest names.  Does not open the store and
does not ask Stripe.  What `new_signing_key` gives is secret and goes where the variable is kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import TypeVar

from rehearsal_server.license_keys import SigningKeysError, public_set, read_signing_keys, with_new_key
from rehearsal_server.settings import Settings
from rehearsal_server.startup import StartError
from rehearsal_specs.reader import read_manifest

Given = TypeVar("Given")
Found = TypeVar("Found")


def public_keys(path: str, environ: Mapping[str, str]) -> str:
    """The JWK Set of the public halves, as JSON; raises SpecError and StartError."""
    name, value = _keys(path, environ)
    if value is None:
        raise StartError(f"{name} is not set: no licence is signed with a key. {_HOW}")
    return json.dumps(public_set(_checked(name, read_signing_keys, value)), indent=2)


def new_signing_key(path: str, environ: Mapping[str, str]) -> str:
    """The next value of the variable: a new key first, then the keys it holds; raises SpecError and
    StartError.
    """
    name, value = _keys(path, environ)
    return _checked(name, with_new_key, value)


KEY_COMMANDS: Mapping[str, Callable[[str, Mapping[str, str]], str]] = {
    "public-keys": public_keys,
    "new-signing-key": new_signing_key,
}
_HOW = "Make one with: billing-server new-signing-key --manifest FILE"


def _keys(path: str, environ: Mapping[str, str]) -> tuple[str, str | None]:
    manifest = read_manifest(path)
    name = manifest.license.signing_keys_env if manifest.license else None
    if name is None:
        raise StartError(
            f"{path}: license.signing_keys_env names no variable: licences are signed with a shared secret"
        )
    return name, Settings.from_environ(manifest, environ).value(name)


def _checked(name: str, read: Callable[[Given], Found], value: Given) -> Found:
    try:
        return read(value)
    except SigningKeysError as error:
        raise StartError(f"{name} {error}") from None

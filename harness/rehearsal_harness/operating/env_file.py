"""Files of NAME=value lines: read, made once, or one value changed and nothing else.

Decides: how a new one is filled in (what the service itself signs with is generated; what comes from Stripe
stays empty, with a comment on where it is found), and that no file is ever half-written, or written over.
Rule: mode 0600, since it will hold secrets.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from rehearsal_harness.whole_files import create_whole, write_whole
from rehearsal_specs.manifest import Manifest, Secret

COMES_FROM = {
    "stripe_secret_key": "Stripe Dashboard, Developers, API keys; a test key first",
    "webhook_secret": "Stripe Dashboard, Webhooks, the endpoint's signing secret; or `stripe listen`",
    "price_id": "rehearse stripe-setup, or Stripe Dashboard, Product catalogue",
    "https_url": "an address of yours",
}


class EnvFileError(Exception):
    """The file cannot be used; the message says which, and what to do."""


def read_env_file(path: Path) -> dict[str, str]:
    """The values by name; raises EnvFileError.  Nothing is interpolated: a `$` in a secret is a `$`."""
    from dotenv import dotenv_values

    if not path.is_file():
        raise EnvFileError(
            f"{path}: there is no such file. Make one with `rehearse init-env MANIFEST --env {path}`"
        )
    try:
        found = dotenv_values(path, interpolate=False, encoding="utf-8")
    except UnicodeDecodeError:
        raise EnvFileError(f"{path}: it is no UTF-8 text. Expected NAME=value lines in UTF-8") from None
    except OSError as error:
        raise EnvFileError(f"{path} cannot be read: {error.strerror}. Let yourself read it") from None
    return {name: value for name, value in found.items() if value is not None}


def fresh_text(manifest: Manifest) -> str:
    """The content of a new file for this service, with generated signing secrets."""
    lines = [
        f"# {manifest.service}: the values it runs with.  Keep this file out of every repository.",
        "# What the service signs with was generated; what is empty comes from elsewhere.",
        "",
    ]
    for secret in manifest.secrets:
        source = COMES_FROM.get(secret.shape, "generated")
        lines += [f"# {secret.purpose} ({source})", f"{secret.name}={_generated(secret)}", ""]
    for variable in manifest.variables:
        default = "" if variable.default is None else variable.default
        lines += [f"# {variable.purpose}", f"#{variable.name}={default}", ""]
    return "\n".join(lines)


def create(path: Path, text: str) -> None:
    """Write a new file, whole or not at all; raises EnvFileError for one that is there, or has no folder."""
    if not path.parent.is_dir():
        raise EnvFileError(
            f"{path}: there is no folder {path.parent}. Make it first, or choose another --env FILE"
        )
    try:
        create_whole(path, text.encode())
    except FileExistsError:
        advice = "Move it away, or choose another"
        raise EnvFileError(f"{path} is there already and was left as it is. {advice}") from None


def with_values(text: str, values: Mapping[str, str]) -> str:
    """The same text with these names set: in their own line where one is, else at the end; every other line
    stays byte for byte.
    """
    lines = text.splitlines(keepends=True)
    for name, value in values.items():
        pattern = re.compile(rf"\s*(?:export\s+)?{re.escape(name)}\s*=")
        places = [index for index, line in enumerate(lines) if pattern.match(line)]
        if places:  # the last one counts, for every reader of such files
            end = "\n" if lines[places[-1]].endswith("\n") else ""
            lines[places[-1]] = f"{name}={value}{end}"
        else:
            if lines and not lines[-1].endswith("\n"):
                lines[-1] += "\n"
            lines.append(f"{name}={value}\n")
    return "".join(lines)


def replace_values(path: Path, values: Mapping[str, str]) -> None:
    """Set these names in the file, atomically, with its mode kept; a missing file is made."""
    path = path.resolve()  # a link stays a link; what it names is changed
    before = path.read_bytes() if path.exists() else b""
    write_whole(path, with_values(before.decode("utf-8"), values).encode())


def _generated(secret: Secret) -> str:
    make = _GENERATED.get(secret.shape)
    return "" if make is None else make()


def _signing_keys() -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from jwt.algorithms import OKPAlgorithm

    jwk = OKPAlgorithm.to_jwk(Ed25519PrivateKey.generate(), as_dict=True)
    return "'" + json.dumps({"keys": [jwk]}) + "'"


_GENERATED: Mapping[str, Callable[[], str]] = {
    "signing_secret": lambda: secrets.token_urlsafe(48),
    "api_token": lambda: secrets.token_urlsafe(32),
    "signing_keys": _signing_keys,
}

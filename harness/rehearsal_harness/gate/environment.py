"""What the environment says: secrets, variables, the live guard, the address of Stripe, the storage guard.

Decides: which shape a value must have in which mode.  Values never leave these functions: an input carries
the name and whether the shape is right.  Rules of shapes: https://docs.stripe.com/keys for Stripe's;
RFC 7518, section 3.2, for the length of a signing secret.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

from rehearsal_harness.core.gate import Input
from rehearsal_harness.gate.asking import Asking, bad_address, met, not_met

STRIPE_HOST = "api.stripe.com"
SIGNING_BYTES_MIN = 32
TOKEN_LENGTH_MIN = 16
_KEY = re.compile(r"(?:sk|rk)_(test|live)_[A-Za-z0-9_]{8,}")
_STORED = "set it in the host's secret store or in the shell, never in a file that is kept"
_FORMS = {
    "webhook_secret": (re.compile(r"whsec_[A-Za-z0-9+/=_-]{8,}"), "whsec_…"),
    "price_id": (re.compile(r"price_\w{4,}"), "price_…"),
    "api_token": (re.compile(rf"\S{{{TOKEN_LENGTH_MIN},}}"), f"{TOKEN_LENGTH_MIN} characters or more"),
}
_PLACEHOLDER = re.compile(r"(?i)replace[-_ ]?(?:with|me)|changeme|your[-_]|<.*>|…|\.\.\.$")


def secret(asking: Asking, name: str) -> Input:
    """Is it set, of the right shape, and of the mode asked about?"""
    shape = next(each.shape for each in asking.manifest.secrets if each.name == name)
    wanted = _wanted(shape, asking.mode)
    value = asking.environ.get(name, "").strip()
    if not value:
        return not_met(f"{name} is not set", wanted, _STORED)
    wrong = _wrong_shape(shape, value, asking)
    if wrong:
        return not_met(f"{name} is {wrong}", wanted, f"set {name} to {wanted}")
    return met(f"{name} is set, of the shape {shape}")


def _wanted(shape: str, mode: str) -> str:
    forms = {
        "stripe_secret_key": f"sk_{mode}_… or rk_{mode}_…",
        "https_url": "an https:// address" if mode == "live" else "an https:// address, or one of loopback",
        "signing_secret": f"{SIGNING_BYTES_MIN} bytes or more",
        "signing_keys": "a JWK Set with a private key",
    }
    return forms.get(shape) or _FORMS[shape][1]


def _wrong_shape(shape: str, value: str, asking: Asking) -> str:
    """What is wrong with a value, in words that do not hold it."""
    if _PLACEHOLDER.search(value):
        return "a placeholder"
    if shape == "stripe_secret_key":
        key = _KEY.fullmatch(value)
        if key is None:
            return "set, and no secret key of Stripe's"
        return "" if key[1] == asking.mode else f"a {key[1]} key, and this is {asking.mode} mode"
    if shape == "https_url":
        return bad_address(value.replace("{CHECKOUT_SESSION_ID}", "x"), is_live=asking.is_live)
    if shape == "signing_secret":
        return "" if len(value.encode()) >= SIGNING_BYTES_MIN else f"shorter than {SIGNING_BYTES_MIN} bytes"
    if shape == "signing_keys":
        return "" if _is_jwks(value) else "set, and no JWK Set"
    return "" if _FORMS[shape][0].fullmatch(value) else "set, and of another shape"


def _is_jwks(value: str) -> bool:
    try:
        keys = json.loads(value)["keys"]
        return any("d" in each for each in keys)
    except (ValueError, LookupError, TypeError):
        return False


def variable(asking: Asking, name: str) -> Input:
    """Is it set, or has it a default; and where it is an address or a price, of the right shape?"""
    value = asking.value(name)
    if not value:
        return not_met(f"{name} is not set", "a value", f"set {name} in the environment")
    if _PLACEHOLDER.search(value):
        return not_met(f"{name} is a placeholder", "a value", f"set {name} to what is meant")
    wrong, wanted = "", "an https:// address"
    if name in _addresses(asking):
        wrong = bad_address(value, is_live=asking.is_live)
    elif name in {each.price_env for each in asking.manifest.offers}:
        wanted = "price_…"
        wrong = "" if _FORMS["price_id"][0].fullmatch(value) else "set, and of another shape"
    if wrong:
        return not_met(f"{name} is {wrong}", wanted, f"set {name} to {wanted}")
    how = "set" if asking.environ.get(name, "").strip() else "at its default"
    return met(f"{name} is {how}")


def _addresses(asking: Asking) -> set[str]:
    """The variables that hold an address."""
    manifest = asking.manifest
    named = {each.options.get("site_url_env", "") for each in manifest.operations}
    named.add(manifest.cors_origin_env or "")
    if manifest.hosted:
        named.add(manifest.hosted.base_url_env)
    return named - {""}


def live_guard(asking: Asking, name: str) -> Input:
    """Has somebody opened live mode on purpose?"""
    if asking.value(name).casefold() == "true":
        return met(f"{name} is true")
    step = f"set {name}=true for this one command, once everything else is ready"
    return not_met(f"{name} is not true, so nothing was asked in live mode", "true", step)


def real_stripe(asking: Asking, name: str) -> Input:
    """Is Stripe Stripe?  A simulated one may answer in test mode only."""
    parts = urlsplit(asking.value(name) or f"https://{STRIPE_HOST}")
    if parts.scheme == "https" and parts.hostname == STRIPE_HOST:
        return met(f"{name} is Stripe's own address")
    if not asking.is_live:
        return met(f"{name} is another address: test mode may be simulated")
    step = f"unset {name}; a simulated answer shows nothing about real money"
    return not_met(f"{name} is not Stripe's address", f"https://{STRIPE_HOST}", step)


def storage_guard(asking: Asking, name: str) -> Input:
    """Would what customers paid for outlive a restart?"""
    storage = asking.manifest.storage
    assert storage is not None  # the manifest was checked
    value, pairs = asking.value(name), storage.require_persistent
    if storage.kind == "postgresql":
        if value.startswith(("postgres://", "postgresql://")):
            return met(f"{name} names a PostgreSQL database")
        found = f"{name} is {'no PostgreSQL address' if value else 'not set'}"
        return not_met(found, "postgresql://…", f"set {name} in the host's secret store")
    demands = [
        f"{key}={wanted}" for key, wanted in pairs if asking.value(key).casefold() == wanted.casefold()
    ]
    if pairs and asking.is_live and not demands:
        wish = " or ".join(f"{key}={wanted}" for key, wanted in pairs)
        return not_met("persistent storage is not demanded", wish, f"set {wish}")
    if not demands and not asking.is_live:
        return met("persistent storage is not demanded in test mode")
    found = _unfit(value)
    if found:
        wanted = "an absolute path on a mounted, persistent disk"
        return not_met(f"{name} is {found}", wanted, f"set {name} to {wanted}")
    return met(f"{name} is an absolute path outside temporary folders")


def _unfit(value: str) -> str:
    if not value:
        return "not set"
    if not os.path.isabs(value):
        return "a relative path"
    real = Path(os.path.realpath(value))
    temporary = (tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm", "/run")
    if any(real.is_relative_to(os.path.realpath(each)) for each in temporary):
        return "in a temporary folder"
    return ""

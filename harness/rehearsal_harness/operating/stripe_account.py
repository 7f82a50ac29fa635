"""Stripe's own client for an operator's commands.

Decides: which keys may be used without a second word: test keys only.  Does not know what is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from rehearsal_harness.core.shapes import LOOPBACK, is_stripe_key, mode_of_key
from rehearsal_specs.manifest import Manifest

if TYPE_CHECKING:
    from stripe import StripeClient

ADDRESS = "STRIPE_API_BASE"
TIMEOUT_S = 10
RETRIES = 2


class AccountRefused(Exception):
    """The key is missing, of another shape, or live; the message says what to do and never shows it."""


def refuse_unmeant(manifest: Manifest, environ: Mapping[str, str], *, allow_live: bool) -> None:
    """A dry run needs no key, but says at once what a live one would be told; raises AccountRefused."""
    if environ.get(_key_name(manifest), "").strip():
        client_of(manifest, environ, allow_live=allow_live)


def _key_name(manifest: Manifest) -> str:
    return next((each.name for each in manifest.secrets if each.shape == "stripe_secret_key"), "")


def client_of(manifest: Manifest, environ: Mapping[str, str], *, allow_live: bool) -> StripeClient:
    """A client with the manifest's key and API version; raises AccountRefused."""
    name = _key_name(manifest)
    key = environ.get(name, "").strip()
    if not key:
        raise AccountRefused(f"{name} is not set. Set a test key in the environment, or in the file of --env")
    mode = mode_of_key(key)
    if not mode or not is_stripe_key(key, is_live=mode == "live"):
        raise AccountRefused(f"{name} is no secret key of Stripe's; expected one that begins sk_test_")
    if mode == "live" and not allow_live:
        raise AccountRefused(f"{name} is a live key. Use a test key first; --allow-live if this is meant")
    address = environ.get(ADDRESS, "").strip() or "https://api.stripe.com"
    host = address.partition("://")[2].partition("/")[0].rpartition(":")[0].strip("[]")
    if address.startswith("http://") and (mode == "live" or host not in LOOPBACK):
        raise AccountRefused(f"{ADDRESS} is not https; only a test key may go to this machine without it")
    import stripe

    return stripe.StripeClient(
        key,
        base_addresses={"api": address.rstrip("/")},
        stripe_version=environ.get("STRIPE_API_VERSION") or manifest.webhook.api_version,
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_S),
    )

"""From a manifest's name and an environment to a context that may serve, or to one line that says why not.

Decides when a server must not start: a secret whose absence the manifest calls fatal, a file that a restart
could lose where persistence is demanded, an address of Stripe that a live key must not be sent to.
Messages carry names and what to do, never a value.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping

from stripe import RequestsClient, StripeClient

from rehearsal_server.context import Context, is_live
from rehearsal_server.cors import is_origin
from rehearsal_server.identity import identity_of
from rehearsal_server.license_keys import SigningKeysError, read_signing_keys
from rehearsal_server.settings import STRIPE_ADDRESS, STRIPE_VERSION, Settings
from rehearsal_server.storage import declared_store
from rehearsal_server.store import StoreError
from rehearsal_specs.manifest import Manifest, WhenMissing
from rehearsal_specs.reader import read_manifest

STRIPE_RETRIES = 2  # the SDK's client retries nothing unless told to
STRIPE_TIMEOUT_S = 8  # Stripe does not wait long for a webhook's answer, and one may need Stripe's own
SIGNING_BYTES_MIN = 32  # RFC 7518, section 3.2: a key for HS256 is at least as long as its hash
NO_KEY = "sk_not_configured"

log = logging.getLogger("rehearsal_server.startup")


class StartError(Exception):
    """The server must not start; the message says why and what to do, one line per reason."""


def context_from(path: str, environ: Mapping[str, str]) -> Context:
    """A context on real storage, real Stripe and the real clock; raises SpecError and StartError."""
    return context_of(read_manifest(path), environ)


def context_of(
    manifest: Manifest, environ: Mapping[str, str], clock: Callable[[], int] | None = None
) -> Context:
    """The same for a manifest that is read already, on another clock if one is given; raises StartError."""
    clock = clock or wall_clock
    if not manifest.operations:
        raise StartError(f"{manifest.path}: there is no 'operations' section, so no route can be served")
    settings = Settings.from_environ(manifest, environ)
    _refuse_missing(settings)
    _refuse_weak(manifest, settings)
    _refuse_origin(manifest, settings)
    stripe = stripe_client(manifest, settings)
    try:
        store = declared_store(manifest, settings, clock)
    except StoreError as error:
        raise StartError(str(error)) from error
    for name in open_lists(manifest, settings):
        log.warning("%s is not set: checkout sells any active price of Stripe's account", name)
    for secret in settings.missing:
        log.warning("%s is not set (%s): %s", secret.name, secret.when_missing.value, secret.purpose)
    return Context(
        manifest=manifest,
        settings=settings,
        store=store,
        stripe=stripe,
        clock=clock,
        identity=identity_of(manifest, settings),
    )


def open_lists(manifest: Manifest, settings: Settings) -> list[str]:
    """The allow-lists that the manifest declares and nobody has set: each then allows everything."""
    names = [each.options.get("allowed_prices_env") for each in manifest.operations]
    return [name for name in names if name is not None and settings.value(name) is None]


def wall_clock() -> int:
    """Unix seconds."""
    return int(time.time())


def stripe_client(manifest: Manifest, settings: Settings) -> StripeClient:
    """Stripe's own client: a fixed API version, explicit retries, and an address; raises StartError."""
    names = [each.name for each in manifest.secrets if each.shape == "stripe_secret_key"]
    keys = [key for key in map(settings.value, names) if key is not None]
    address = (settings.value(STRIPE_ADDRESS) or "https://api.stripe.com").rstrip("/")
    if not address.startswith(("http://", "https://")):
        raise StartError(f"{STRIPE_ADDRESS} must begin with https:// or http://")
    if address.startswith("http://") and any(map(is_live, keys)):
        raise StartError(f"{STRIPE_ADDRESS} is not https, and {names[0]} is a live key: use a test key")
    return StripeClient(
        keys[0] if keys else NO_KEY,
        base_addresses={"api": address},
        stripe_version=settings.value(STRIPE_VERSION) or manifest.webhook.api_version,
        max_network_retries=STRIPE_RETRIES,
        http_client=RequestsClient(timeout=STRIPE_TIMEOUT_S),
    )


def _refuse_missing(settings: Settings) -> None:
    fatal = settings.missing_with(WhenMissing.REFUSE_START)
    if fatal:
        lines = (f"{each.name} is not set: {each.purpose}. Set it in the environment." for each in fatal)
        raise StartError("\n".join(lines))


def _refuse_weak(manifest: Manifest, settings: Settings) -> None:
    for secret in manifest.secrets:
        value = settings.value(secret.name)
        if secret.shape == "signing_secret" and value and len(value.encode()) < SIGNING_BYTES_MIN:
            raise StartError(f"{secret.name} is shorter than {SIGNING_BYTES_MIN} bytes: use a random one")
        if secret.shape == "signing_keys" and value:
            try:
                read_signing_keys(value)
            except SigningKeysError as error:
                raise StartError(f"{secret.name} {error}") from None


def _refuse_origin(manifest: Manifest, settings: Settings) -> None:
    name = manifest.cors_origin_env
    origin = settings.value(name) if name else None
    if origin is not None and not is_origin(origin):
        raise StartError(f"{name} must be one origin, scheme://host[:port], with no path and no wildcard")

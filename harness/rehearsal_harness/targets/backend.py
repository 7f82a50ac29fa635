"""What a rehearsal hands to a backend, and what it wants back.

Decides: the collaborators of a backend under rehearsal (manifest, environment, database connection, Stripe
client, clock) and the fake values of its secrets.  Does not know which backend it is: a factory is named
as `module:function`, so anybody's can be rehearsed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from typing import TYPE_CHECKING, Any

from rehearsal_specs.manifest import Manifest

if TYPE_CHECKING:
    import stripe

WsgiApp = Callable[[dict[str, Any], Callable[..., Any]], Any]
REFERENCE = "rehearsal_harness.targets.reference:create"


@dataclass(frozen=True, slots=True, kw_only=True)
class Collaborators:
    """Everything a backend may use.

    `connection` is to where facts are kept, of the kind `storage`: a sqlite3 connection (sqlite), a psycopg
    connection (postgresql), or a document with `read()` and `write(data)` (json).  It is pinned inside a
    savepoint: use `transaction()` (which nests) and never commit or roll back; a backend with transactions of
    its own passes each through `watch`, so that it can die at their ends. `environ` holds the names that the
    manifest declares.  `clock` gives unix seconds, frozen.
    `fresh` gives a name that changes with all that happens at Stripe, and is equal for equal schedules.
    """

    manifest: Manifest
    environ: Mapping[str, str]
    storage: str
    connection: Any
    transaction: Callable[[], AbstractContextManager[object]]
    watch: Callable[[AbstractContextManager[object]], AbstractContextManager[object]]
    stripe: stripe.StripeClient
    clock: Callable[[], int]
    fresh: Callable[[], str]


@dataclass(frozen=True, slots=True)
class Backend:
    """A backend that runs: a WSGI app, and its catch-up with Stripe's event list where it has one."""

    app: WsgiApp
    reconcile: Callable[[], object] | None = None


Factory = Callable[[Collaborators], Backend]


class UnknownBackend(Exception):
    """No factory is found under the name given on the command line."""


def load_factory(name: str) -> Factory:
    """The factory `module:function`; raises UnknownBackend saying what is missing."""
    module_name, _, function = name.partition(":")
    if not function:
        raise UnknownBackend(f"'{name}' is not of the form module:function")
    try:
        module = import_module(module_name)
    except ModuleNotFoundError as error:
        raise UnknownBackend(f"no module '{error.name}' for '{name}'") from error
    factory: Factory | None = getattr(module, function, None)
    if factory is None:
        raise UnknownBackend(f"module '{module_name}' has no '{function}'")
    return factory


def fake_value(name: str, shape: str, price_id: str, *, is_live: bool = False) -> str:
    """A value of the right shape that nobody could mistake for a secret; equal for equal names."""
    mark = sha256(name.encode()).hexdigest()
    if shape == "signing_keys":
        return fake_signing_keys(mark)
    values = {
        "stripe_secret_key": f"sk_{'live' if is_live else 'test'}_" + "0" * 24,
        "webhook_secret": "whsec_" + "0" * 32,
        "price_id": price_id,
        "https_url": f"https://app.example.test/{name.lower().replace('_', '-')}",
    }
    return values.get(shape, f"rehearsal-{mark[:40]}")


def fake_signing_keys(mark: str) -> str:
    """A JWK Set of one Ed25519 key that spells out what it is: its private half reads rehearsal-…"""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from jwt.algorithms import OKPAlgorithm

    private = Ed25519PrivateKey.from_private_bytes(f"rehearsal-{mark[:22]}".encode())
    jwk = OKPAlgorithm.to_jwk(private, as_dict=True)
    return json.dumps({"keys": [{**jwk, "kid": f"rehearsal-{mark[:8]}"}]})


def fake_environ(
    manifest: Manifest, ids: Mapping[str, str], switches: Collection[str] = ()
) -> dict[str, str]:
    """A value for each secret of the manifest, and for the variables that sell and that switch.

    `ids` maps the names of prices and payment links to what is at Stripe; a story's `switches` are `paused`
    (the declared switch is on), `live` (a live key), `unsold` (no prices are configured), and `no_stripe` (no
    keys and no links either).
    """
    unset = {offer.price_env for offer in manifest.offers} if "unsold" in switches else set()
    sold = {} if "no_stripe" in switches else {name: ids[name] for name in ids if name not in unset}
    environ = {
        secret.name: fake_value(
            secret.name, secret.shape, sold.get(secret.name, ""), is_live="live" in switches
        )
        for secret in manifest.secrets
        if "no_stripe" not in switches or secret.shape not in ("stripe_secret_key", "webhook_secret")
    }
    declared = {variable.name for variable in manifest.variables}
    environ |= {name: value for name, value in sold.items() if name in declared}
    prices = [sold[offer.price_env] for offer in manifest.offers if offer.price_env in sold]
    listed = (each.options.get("allowed_prices_env", "") for each in manifest.operations)
    environ |= {name: ",".join(prices) for name in listed if name in declared}
    if manifest.pause_checkout_env is not None and "paused" in switches:
        environ[manifest.pause_checkout_env] = "true"
    return environ

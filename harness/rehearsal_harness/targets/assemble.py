"""Put one fresh backend together: database, simulated Stripe, clock, secrets, and the app itself.

Decides: what a fresh start is; a search begins at one.  Does not know what is searched.  A search
keeps facts in memory; the audit in a file, where commits are real.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple

from rehearsal_harness.core.story import Story
from rehearsal_harness.core.world import World
from rehearsal_harness.stripe_api.client import stripe_client
from rehearsal_harness.stripe_api.holder import Holder
from rehearsal_harness.targets.backend import Backend, Collaborators, Factory, fake_environ
from rehearsal_harness.targets.databases import fresh_database
from rehearsal_harness.targets.dying import Transactions
from rehearsal_harness.targets.frozen import Clock
from rehearsal_harness.targets.identity import Issuer
from rehearsal_harness.targets.probing import prober_of
from rehearsal_harness.targets.wsgi import Wire, WsgiTarget
from rehearsal_specs.manifest import Manifest


class Place(NamedTuple):
    """Where facts are kept: the kind of `storage`; a file or ":memory:"; columns that do not count."""

    storage: str
    database: str = ":memory:"
    left_out: frozenset[str] = frozenset()


def make_target(
    manifest: Manifest,
    factory: Factory,
    world: World,
    prices: Mapping[str, str],
    story: Story,
    place: Place,
    *,
    follow: Callable[[int], None] | None = None,
) -> WsgiTarget:
    """A backend that has seen nothing yet, with `world` as its Stripe, for one telling of `story`."""
    holder, clock, transactions = Holder(world), Clock(world.now, follow), Transactions()
    store = fresh_database(*place, transactions, crashes="crash" in dict(story.faults))
    issuer = None if manifest.identity is None else Issuer(manifest.identity)
    given = Collaborators(
        manifest=manifest,
        environ=_environ(manifest, prices, (), issuer),
        storage=place.storage,
        connection=store.connection,
        transaction=lambda: transactions.watch(store.transaction()),
        watch=transactions.watch,
        stripe=stripe_client(holder),
        clock=clock,
        fresh=lambda: holder.world.version.hex(),
    )

    def start(switches: tuple[str, ...]) -> Backend:
        return factory(_configured(given, _environ(manifest, prices, switches, issuer), holder))

    clock.begin()
    return WsgiTarget(
        start,
        story.switches,
        _wire(manifest, given.environ, world, issuer, rolling=story.rolling),
        holder,
        clock,
        store,
        transactions,
    )


def _environ(
    manifest: Manifest, sold: Mapping[str, str], switches: tuple[str, ...], issuer: Issuer | None
) -> dict[str, str]:
    environ = fake_environ(manifest, sold, switches)
    if manifest.identity is not None and issuer is not None:
        environ[manifest.identity.key_env] = issuer.verifying_key
    return environ


def _configured(given: Collaborators, environ: Mapping[str, str], holder: Holder) -> Collaborators:
    secrets = given.manifest.secrets
    name = next((each.name for each in secrets if each.shape == "stripe_secret_key"), "")
    return replace(given, environ=environ, stripe=stripe_client(holder, environ.get(name, "")))


def _wire(
    manifest: Manifest, environ: Mapping[str, str], world: World, issuer: Issuer | None, *, rolling: bool
) -> Wire:
    secret = next((each.name for each in manifest.secrets if each.shape == "webhook_secret"), "")
    known = environ.get(secret, "")
    return Wire(
        webhook_path=manifest.webhook.path,
        secrets=("whsec_" + "1" * 32, known) if rolling else (known,),
        tolerance_s=manifest.webhook.tolerance_s,
        api_version=world.settings.api_version,
        prober=prober_of(manifest, environ, issuer),
        issuer=issuer,
    )

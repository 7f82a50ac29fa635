"""Put one fresh backend together: database, simulated Stripe, clock, secrets, and the app itself.

Decides: what a fresh start is; a search begins at one.  Does not know what is searched.  `database` is
":memory:" for a search; a file for the audit, where commits are real.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping

from rehearsal_harness.core.story import Story
from rehearsal_harness.core.world import World
from rehearsal_harness.stripe_api.client import stripe_client
from rehearsal_harness.stripe_api.holder import Holder
from rehearsal_harness.targets.backend import Collaborators, Factory, fake_environ
from rehearsal_harness.targets.frozen import SqlClock
from rehearsal_harness.targets.sqlite_rewind import (
    SqliteRewind,
    Transactions,
    WatchedConnection,
    transaction_maker,
)
from rehearsal_harness.targets.wsgi import Clock, Wire, WsgiTarget
from rehearsal_specs.manifest import Manifest


def make_target(
    manifest: Manifest,
    factory: Factory,
    world: World,
    prices: Mapping[str, str],
    story: Story,
    *,
    database: str = ":memory:",
    follow: Callable[[int], None] | None = None,
) -> WsgiTarget:
    """A backend that has seen nothing yet, with `world` as its Stripe, for one telling of `story`."""
    holder, clock, transactions = Holder(world), Clock(world.now, follow), Transactions()
    connection = _connect(database, transactions, crashes="crash" in dict(story.faults))
    plain, environ = transaction_maker(connection), fake_environ(manifest, prices)
    given = Collaborators(
        manifest=manifest,
        environ=environ,
        connection=connection,
        transaction=lambda: transactions.watch(plain()),
        watch=transactions.watch,
        stripe=stripe_client(holder),
        clock=clock,
    )
    if follow is not None:
        follow(world.now)
    return WsgiTarget(
        lambda: factory(given),
        _wire(manifest, environ, world.settings.api_version, rolling=story.rolling),
        holder,
        clock,
        SqliteRewind(connection),
        transactions,
        SqlClock(connection),
    )


def _connect(database: str, transactions: Transactions, *, crashes: bool) -> sqlite3.Connection:
    if not crashes:
        return sqlite3.connect(database, isolation_level=None)
    connection = sqlite3.connect(database, isolation_level=None, factory=WatchedConnection)
    connection.transactions = transactions
    return connection


def routes_of(manifest: Manifest) -> dict[str, tuple[str, str]]:
    """Method and path of each operation."""
    return {each.name: (each.route.method, each.route.path) for each in manifest.operations}


def _wire(manifest: Manifest, environ: Mapping[str, str], api_version: str, *, rolling: bool) -> Wire:
    routes = routes_of(manifest)
    secret = next((each.name for each in manifest.secrets if each.shape == "webhook_secret"), "")
    known = environ.get(secret, "")
    return Wire(
        webhook_path=manifest.webhook.path,
        status_path=routes["license_status"][1],
        secrets=("whsec_" + "1" * 32, known) if rolling else (known,),
        admin_token=environ.get(manifest.license.admin_token_env, "") if manifest.license else "",
        tolerance_s=manifest.webhook.tolerance_s,
        api_version=api_version,
    )

"""The server a manifest declares: its routes bound to its operations.

Decides nothing about billing.  Does not read files, the environment or the clock; `__main__` does, and hands
everything in, as a rehearsal does with its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from types import SimpleNamespace
from typing import TYPE_CHECKING

import falcon

from rehearsal_server.context import Context
from rehearsal_server.cors import OneOrigin
from rehearsal_server.errors import WsgiApp, handle_errors
from rehearsal_server.identity import Identity, identity_of
from rehearsal_server.operations import OPERATIONS, Handler
from rehearsal_server.settings import Settings
from rehearsal_server.store import Store
from rehearsal_specs.manifest import Manifest

if TYPE_CHECKING:
    from stripe import StripeClient


def create_app(
    *,
    manifest: Manifest,
    settings: Settings,
    store: Store,
    stripe: StripeClient,
    clock: Callable[[], int],
    identity: Identity | None = None,
) -> WsgiApp:
    """A WSGI app.  `clock` gives unix seconds; `store` is migrated; `stripe` decides its own address and
    retries; `identity` None means what the manifest declares, if it does.
    """
    if identity is None:
        identity = identity_of(manifest, settings)
    return app_of(
        Context(
            manifest=manifest, settings=settings, store=store, stripe=stripe, clock=clock, identity=identity
        )
    )


def app_of(context: Context) -> WsgiApp:
    """The same, for a context that something else (a catch-up) shares."""
    origin = context.settings.value(context.manifest.cors_origin_env or "")
    app: WsgiApp = falcon.App(middleware=[OneOrigin(origin)] if origin else [])
    handle_errors(app)
    by_path: defaultdict[str, dict[str, Handler]] = defaultdict(dict)
    for operation in context.manifest.operations:
        handler = OPERATIONS[operation.name](context, operation)
        by_path[operation.route.path][f"on_{operation.route.method.lower()}"] = handler
    for path, responders in by_path.items():
        app.add_route(path, SimpleNamespace(**responders))
    return app

"""The backends of a bench as they run: begun, killed and begun again, and configured otherwise for a story.

Decides: what "the backend crashes" and "is configured otherwise" mean for a server inside this process: what
it had in memory is gone, and what it stored stays.  Does not know why anybody wants that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rehearsal_harness.serving.bench import Bench, Service
from rehearsal_harness.targets.backend import WsgiApp, fake_environ
from rehearsal_harness.targets.dying import ProcessDied, Transactions
from rehearsal_harness.targets.identity import Issuer, with_identities
from rehearsal_harness.targets.reference import catch_up, serve

if TYPE_CHECKING:
    from rehearsal_harness.serving.serving import Later


def begin(bench: Bench, service: Service, later: Later) -> None:
    """Serve it at the socket of `later` from now on; raises StartFailed."""
    later.app = app_of(bench, service)
    bench.backends[service.manifest.service] = later


def begin_again(bench: Bench, service: Service, transactions: Transactions | None = None) -> None:
    """The same backend as a new process, configured as `service` says; raises StartFailed, and then the one
    before goes on.  With `transactions` it may die at their ends, and is begun again where it does.
    """
    later = bench.backends[service.manifest.service]
    if transactions is None:
        later.app = app_of(bench, service)
    else:
        later.app = _Mortal(lambda: app_of(bench, service, transactions))


def app_of(bench: Bench, service: Service, transactions: Transactions | None = None) -> WsgiApp:
    """The service's server, with test identities beside it where people sign in; raises StartFailed."""
    watch = None if transactions is None else transactions.watch
    app = serve(service.manifest, service.environ, bench.clock.now, watch)
    if service.manifest.identity is None:
        return app
    return with_identities(app, Issuer(service.manifest.identity), bench.clock.now)


def with_its_secret(bench: Bench, service: Service) -> Service:
    """The service with the newest secret of its endpoint; the same where it has that already."""
    newest = bench.main.world.webhook_endpoints[service.endpoint_id].secret
    names = [each.name for each in service.manifest.secrets if each.shape == "webhook_secret"]
    if all(service.environ.get(name) == newest for name in names):
        return service
    return replace(service, environ={**service.environ, **dict.fromkeys(names, newest)})


def deploy_secret(bench: Bench, service: Service) -> None:
    """Begin the backend again with the newest secret of its endpoint, as its operator would; raises
    StartFailed."""
    after = with_its_secret(bench, service)
    begin_again(bench, after)
    bench.services = tuple(after if each is service else each for each in bench.services)
    bench.news.tell()


def reconcile(bench: Bench, service: Service) -> str:
    """The server's own command, run now: "" for done, else what went wrong; raises StartFailed."""
    return catch_up(service.manifest, service.environ, bench.clock.now)


def configured(service: Service, switches: Iterable[str], trial_days: int) -> Service:
    """The service with a story's switches (targets/backend.py) and with trials of so many days."""
    manifest, usual = service.manifest, service.environ
    if trial_days:
        offers = tuple(replace(offer, trial_days=trial_days) for offer in manifest.offers)
        manifest = replace(manifest, offers=offers)
    names = {name for each in manifest.offers for name in (each.price_env, each.payment_link_env) if name}
    ids = {name: usual[name] for name in names if name in usual}
    plain, wanted = fake_environ(manifest, ids), fake_environ(manifest, ids, tuple(switches))
    environ = {name: value for name, value in usual.items() if name in wanted or name not in plain}
    environ |= {name: value for name, value in wanted.items() if value != plain.get(name)}
    return replace(service, manifest=manifest, environ=environ)


class _Mortal:
    """A backend that may die: whoever asked gets no answer worth the name, and a new one is there at once."""

    def __init__(self, start: Callable[[], WsgiApp]) -> None:
        self._start = start
        self._app = start()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        try:
            return self._app(environ, start_response)
        except ProcessDied:
            self._app = self._start()
            start_response("502 Bad Gateway", [("Content-Length", "0")])
            return [b""]

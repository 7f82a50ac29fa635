"""The backends of a bench: the reference server for each manifest, on its own port, in this process.

Decides: the values of its secrets and variables, where it keeps its facts, and its webhook endpoint at the
simulated Stripe.  Does not know how it is run (`backends`), nor who looks at it.
Everything in an environment made here is made up; a real key is never taken from the shell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rehearsal_harness.core.render.hosted import hosted_at
from rehearsal_harness.core.requests import ApiRequest, Form
from rehearsal_harness.core.staging import with_offers, with_payment_links
from rehearsal_harness.serving.account import Account
from rehearsal_harness.serving.bench import MAIN_KEY, Bench, Service
from rehearsal_harness.targets.backend import fake_environ
from rehearsal_harness.targets.identity import Issuer
from rehearsal_specs.manifest import Manifest

STRIPE_ADDRESS = "STRIPE_API_BASE"
FACTS = {"sqlite": "facts.sqlite3", "json": "facts.json"}


def declare(bench: Bench, manifest: Manifest, url: str, folder: Path, store: str) -> Service:
    """What a manifest needs at the simulated Stripe, made there: prices, links and an endpoint at `url`.

    Facts go into `folder`; `store` "" means the manifest's kind.  Nothing runs yet.
    """
    manifest = _on_store(manifest, store)
    prices: dict[str, str] = {}
    links: dict[str, str] = {}

    def make(world: Any) -> Any:
        world, made = with_offers(world, manifest.offers)
        prices.update(made)
        world, _, urls = with_payment_links(world, manifest.offers, made)
        links.update(urls)
        return world

    bench.main.change(make)
    endpoint = _endpoint(bench.main, manifest, url)
    environ = _environ(bench, manifest, prices, links, url, folder)
    environ |= {each.name: endpoint["secret"] for each in manifest.secrets if each.shape == "webhook_secret"}
    return Service(
        manifest=manifest,
        path=Path(manifest.path),
        url=url,
        endpoint_id=endpoint["id"],
        environ=environ,
        prices=prices,
    )


def _on_store(manifest: Manifest, store: str) -> Manifest:
    if not store or manifest.storage is None or manifest.storage.kind == store:
        return manifest
    return replace(manifest, storage=replace(manifest.storage, kind=store, tables=()))


def _endpoint(account: Account, manifest: Manifest, url: str) -> Mapping[str, Any]:
    """The service's endpoint at this address: a new one, or the one that a resumed world has."""
    address = url + manifest.webhook.path
    for each in account.world.webhook_endpoints:
        if each.description == manifest.service and not each.deleted:
            if each.url != address:
                _ask(account, f"/v1/webhook_endpoints/{each.id}", {"url": address})
            return {"id": each.id, "secret": each.secret}
    form: Form = {
        "url": address,
        "enabled_events": {str(n): name for n, name in enumerate(manifest.webhook.enabled_events)},
        "api_version": manifest.webhook.api_version,
        "description": manifest.service,
    }
    return _ask(account, "/v1/webhook_endpoints", form)


def _ask(account: Account, path: str, form: Form) -> Mapping[str, Any]:
    headers = {"authorization": f"Bearer {MAIN_KEY}"}
    answer = account.run(ApiRequest(method="POST", path=path, params=form, headers=headers))
    assert answer.status == 200, answer.body
    return answer.body


def _environ(
    bench: Bench,
    manifest: Manifest,
    prices: Mapping[str, str],
    links: Mapping[str, str],
    url: str,
    folder: Path,
) -> dict[str, str]:
    environ = fake_environ(manifest, prices) | {STRIPE_ADDRESS: bench.address}
    environ |= {name: str(hosted_at(bench.address, link)) for name, link in links.items()}
    environ |= {
        each.name: f"{bench.address}/returned/{each.name}"
        for each in manifest.secrets
        if each.shape == "https_url"
    }
    environ |= dict.fromkeys(_own_sites(manifest.operations), url)
    if manifest.identity is not None:
        environ[manifest.identity.key_env] = Issuer(manifest.identity).verifying_key
    if manifest.storage is not None and manifest.storage.kind in FACTS:
        own = folder / manifest.service
        own.mkdir(parents=True, exist_ok=True)
        environ[manifest.storage.env] = str(own / FACTS[manifest.storage.kind])
    return environ


def _own_sites(operations: Sequence[Any]) -> list[str]:
    """The variables that hold the address of the service's own site, where it serves pages itself."""
    if not any(each.name == "page" for each in operations):
        return []
    return sorted({each.options["site_url_env"] for each in operations if "site_url_env" in each.options})

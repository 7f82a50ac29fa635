"""Webhooks that somebody else than Stripe posts to a running backend, and what it makes of them.

Decides: what each forgery looks like on the wire, and how it is seen whether the backend wrote anything.
Does not know which forgery must be refused (`core.refusing`).
Source: https://docs.stripe.com/webhooks#verify-manually (the scheme); PRAGMA data_version: another connection
has written (https://www.sqlite.org/pragma.html#pragma_data_version).
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from rehearsal_harness.core.commands import Reply
from rehearsal_harness.core.findings import Violation
from rehearsal_harness.core.node import Node
from rehearsal_harness.core.objects import Event
from rehearsal_harness.core.refusing import forgery_refused
from rehearsal_harness.core.render import render_event
from rehearsal_harness.core.render.hosted import hosted_at
from rehearsal_harness.targets.signing import in_other_mode, v1

if TYPE_CHECKING:
    from collections.abc import Callable

    from rehearsal_harness.serving.bench import Bench, Service

TIMEOUT_S = (2, 15)  # to connect, to answer


class CannotForge(Exception):
    """Nothing can be posted, or what came of it not be seen; the message says why."""


def forged(
    bench: Bench, service: Service, node: Node, since: int, fault: str
) -> tuple[int, Violation | None]:
    """Post each event since the `since`-th that the endpoint is told of, as somebody else would: how many,
    and the first answer that is wrong.  Raises CannotForge.
    """
    enabled = frozenset(service.manifest.webhook.enabled_events)
    events = [each for each in node.world.events.since(since) if each.type in enabled]
    if not events:
        raise CannotForge("nothing has happened yet that could be posted")
    with _looked_at(service) as looked:
        for event in events:
            before = looked()
            status = _posted(bench, service, node, event, fault)
            reply = Reply(status, {}, looked() != before, node.world)
            violation = forgery_refused(node, reply, event, fault)
            if violation is not None:
                return len(events), violation
    return len(events), None


def _posted(bench: Bench, service: Service, node: Node, event: Event, fault: str) -> int:
    import requests

    body, signature = _signed(bench, service, node, event, fault)
    headers = {"Content-Type": "application/json; charset=utf-8"}
    headers |= {"Stripe-Signature": signature} if signature else {}
    try:
        with requests.Session() as session:
            session.trust_env = False
            url = service.url + service.manifest.webhook.path
            answer = session.post(url, data=body, headers=headers, timeout=TIMEOUT_S, allow_redirects=False)
    except requests.RequestException as problem:
        raise CannotForge(f"the backend did not answer ({type(problem).__name__})") from None
    return answer.status_code


def _signed(bench: Bench, service: Service, node: Node, event: Event, fault: str) -> tuple[bytes, str]:
    endpoint = node.world.webhook_endpoints[service.endpoint_id]
    version = endpoint.api_version or node.world.settings.api_version
    shown = hosted_at(bench.address, render_event(event, version, node.world))
    body = json.dumps(shown, indent=2).encode()
    if fault == "unsigned":
        return body, ""
    if fault == "other_mode":
        body = in_other_mode(body)
    apart = service.manifest.webhook.tolerance_s + 1
    at = node.clock + {"stale": -apart, "future": apart}.get(fault, 0)
    secrets = endpoint.secrets_at(node.clock)
    if fault == "wrong_secret":
        secrets = tuple(each[::-1] for each in secrets)
    return body, ",".join([f"t={at}", *(v1(each, at, body) for each in secrets)])


@contextmanager
def _looked_at(service: Service) -> Iterator[Callable[[], object]]:
    """Something that changes when the backend has written."""
    storage = service.manifest.storage
    path = Path(service.environ.get(storage.env, "")) if storage is not None else Path()
    if storage is not None and storage.kind == "sqlite" and path.is_file():
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            yield lambda: connection.execute("PRAGMA data_version").fetchone()
    elif storage is not None and storage.kind == "json" and path.is_file():
        yield lambda: sha256(path.read_bytes()).digest()
    else:
        raise CannotForge("whether the backend writes cannot be seen from here: its facts are in no file")

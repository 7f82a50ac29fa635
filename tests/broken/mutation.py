"""How a mutant of the reference server is made.

Decides: the three places where it may be wrong: in front of the server (what reaches it, what it answers),
beside it (the manifest it is given), or inside, by replacing one name of one module for as long as it works.
Does not know the bugs: those are `mutants`, `webhooks` and `clients`.
"""

from __future__ import annotations

import hmac
import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from typing import Any

from rehearsal_harness.targets import reference
from rehearsal_harness.targets.backend import Backend, Collaborators, WsgiApp
from rehearsal_specs.manifest import AccessTable

Change = tuple[object, str, object]
Environ = dict[str, Any]
Around = Callable[[Environ, WsgiApp, Any], Any]


@contextmanager
def swapped(*changes: Change) -> Iterator[None]:
    """Inside, each (module or class, name) holds another value."""
    before = [(holder, name, getattr(holder, name)) for holder, name, _ in changes]
    for holder, name, value in changes:
        setattr(holder, name, value)
    try:
        yield
    finally:
        for holder, name, value in before:
            setattr(holder, name, value)


def inside(given: Collaborators, *changes: Change) -> Backend:
    """The reference server with names replaced while it works; not below what it keeps in a cache."""
    real = reference.create(given)

    def app(environ: Environ, start_response: Callable[..., Any]) -> list[bytes]:
        with swapped(*changes):
            return list(real.app(environ, start_response))

    def catch_up() -> object:
        with swapped(*changes):
            return real.reconcile()

    return Backend(app=app, reconcile=catch_up)


def beside(given: Collaborators, change: Callable[[AccessTable], AccessTable]) -> Backend:
    """The reference server with another access table than the one that is rehearsed."""
    manifest = replace(given.manifest, access=change(given.manifest.access))
    return reference.create(replace(given, manifest=manifest))


def in_front(given: Collaborators, around: Around) -> Backend:
    """The reference server behind `around(environ, app, start_response)`."""
    real = reference.create(given)

    def app(environ: Environ, start_response: Callable[..., Any]) -> Any:
        return around(environ, real.app, start_response)

    return Backend(app=app, reconcile=real.reconcile)


def asks_for(environ: Mapping[str, Any], route: str) -> bool:
    """Is it this route, given by the last word of its path?"""
    return str(environ["PATH_INFO"]).endswith(f"/{route}")


def peek(environ: Environ) -> bytes:
    """The body of a request, which can still be read afterwards."""
    body: bytes = environ["wsgi.input"].read()
    environ["wsgi.input"] = io.BytesIO(body)
    return body


def sign_again(given: Collaborators, environ: Environ, body: bytes) -> None:
    """Replace a delivery's body, and sign it as Stripe would now."""
    now = given.clock()
    secret = given.environ["STRIPE_WEBHOOK_SECRET"].encode()
    mac = hmac.new(secret, b"%d." % now + body, sha256).hexdigest()
    environ |= {"HTTP_STRIPE_SIGNATURE": f"t={now},v1={mac}", "CONTENT_LENGTH": str(len(body))}
    environ["wsgi.input"] = io.BytesIO(body)

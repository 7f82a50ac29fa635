"""Whatever is asked, the answer is in Stripe's shape: never a crash, never a success that means nothing.

Bounded: a few hundred requests drawn by chance, from the declared operations with parameters of their names,
and from anything at all.
"""

from __future__ import annotations

import json
import logging
from io import BytesIO
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from edges import KEY
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from worlds import subscriber

from rehearsal_harness.core.api_versions import API_VERSIONS
from rehearsal_harness.core.requests import OPERATIONS
from rehearsal_harness.core.requests.parameters import (
    Choice,
    Email,
    Flag,
    Hash,
    Kind,
    ListOf,
    Only,
    Url,
    Whole,
)
from rehearsal_harness.core.world import TABLES
from rehearsal_harness.stripe_api.app import create_stripe_app
from rehearsal_harness.stripe_api.holder import Holder

BOUNDED = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
WORLD = subscriber().world
IDS = [each.id for kind in TABLES for each in WORLD.table(kind)] + [each.id for each in WORLD.events]
WORDS = ("", "0", "1", "-1", "99999999999999999999", "true", "null", "usd", "now", "*", "é", "\x00", "a@b.c")
VALUES = st.sampled_from((*WORDS, *IDS)) | st.text(max_size=8)


@pytest.fixture(autouse=True)
def _everything_answered_conforms() -> None:
    """Not here: older versions are asked for too."""


def asked(method: str, path: str, query: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
    """Status and JSON of one request to a fresh account with a subscriber in it."""
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path.encode().decode("latin-1"),
        "QUERY_STRING": query,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": BytesIO(body),
        "HTTP_AUTHORIZATION": f"Bearer {KEY}",
    }
    environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()}
    said: list[str] = []
    app = create_stripe_app(Holder(WORLD))
    parts = app(environ, lambda status, _: said.append(status))
    return int(said[0].split()[0]), json.loads(b"".join(parts))


def check(status: int, body: Any, caplog: pytest.LogCaptureFixture) -> None:
    """2xx with an object, or an error of Stripe's types with a message; nothing was logged."""
    ours = [record for record in caplog.records if record.name.startswith("rehearsal_")]
    assert [record.message for record in ours if record.levelno >= logging.ERROR] == []
    assert isinstance(body, dict)
    if status == 200:
        assert "object" in body or "deleted" in body
    else:
        assert status in (400, 401, 402, 403, 404, 409, 413, 429)
        assert body["error"]["type"] in ("invalid_request_error", "card_error", "idempotency_error")
        assert isinstance(body["error"]["message"], str)


def leaves(kind: Kind, path: str) -> dict[str, Kind | None]:
    """The names of form fields that a kind of parameter reads, at every depth, and some it does not."""
    found: dict[str, Kind | None] = {path: None, f"{path}[nonsense]": None}
    if isinstance(kind, Hash):
        for name, field in kind.fields.items():
            found |= leaves(field, f"{path}[{name}]")
        return found
    if isinstance(kind, ListOf):
        return found | leaves(kind.kind, f"{path}[0]") | leaves(kind.kind, f"{path}[]")
    return found | {path: kind}


def fits(kind: Kind | None) -> st.SearchStrategy[str]:
    """Values that such a parameter may well take, mostly."""
    match kind:
        case Choice():
            return st.sampled_from(kind.simulated)
        case Only():
            return st.just(kind.value)
        case Flag():
            return st.sampled_from(("true", "false"))
        case Whole():
            return st.sampled_from(("0", "1", "2", "100", "1893456000"))
        case Url():
            return st.just("https://example.com/x")
        case Email():
            return st.just("a@example.com")
    return st.sampled_from((*IDS, "usd", "month", "100", "now"))


def needs(kind: Kind, path: str) -> dict[str, Kind]:
    """The fields without which a kind of parameter cannot be read, at every depth."""
    if isinstance(kind, Hash):
        outer = f"{path}[{{}}]" if path else "{}"
        found: dict[str, Kind] = {}
        for name in kind.required:
            found |= needs(kind.fields[name], outer.format(name))
        return found
    return needs(kind.kind, f"{path}[0]") if isinstance(kind, ListOf) else {path: kind}


FIELDS: dict[str, dict[str, Kind | None]] = {
    operation.route: {"nonsense": None}
    | {
        path: kind
        for name, each in operation.params.fields.items()
        for path, kind in leaves(each, name).items()
    }
    for operation in OPERATIONS
}
REQUIRED = {operation.route: needs(operation.params, "") for operation in OPERATIONS}


@BOUNDED
@given(data=st.data())
def test_declared_operations_with_drawn_parameters(
    data: st.DataObject, caplog: pytest.LogCaptureFixture
) -> None:
    """Every operation, ids that exist or do not, names it knows and names it does not."""
    route = data.draw(st.sampled_from(sorted(FIELDS)))
    method, _, path = route.partition(" ")
    path = path.replace(
        ":id", quote(data.draw(st.sampled_from(IDS) | st.text(min_size=1, max_size=4)), safe="")
    )
    sent = [(name, data.draw(fits(kind) | VALUES)) for name, kind in REQUIRED[route].items()]
    for name in data.draw(st.lists(st.sampled_from(sorted(FIELDS[route])), max_size=4)):
        sent.append((name, data.draw(fits(FIELDS[route][name]) | VALUES)))
    form = urlencode(sent)
    headers = data.draw(
        st.fixed_dictionaries(
            {},
            optional={
                "idempotency-key": st.text(st.characters(codec="latin-1"), max_size=300),
                "stripe-version": st.sampled_from((*API_VERSIONS, "", "1")),
            },
        )
    )
    query, body = ("", form.encode()) if method == "POST" else (form, b"")
    check(*asked(method, path, query, body, headers), caplog)


@BOUNDED
@given(
    method=st.sampled_from(("GET", "POST", "DELETE", "PUT", "PATCH", "TRACE", "X")),
    path=st.text(max_size=30).map(lambda text: f"/{text}")
    | st.sampled_from([operation.route.partition(" ")[2] for operation in OPERATIONS]),
    query=st.text(st.characters(codec="latin-1"), max_size=40),
    body=st.binary(max_size=60) | st.text(alphabet="ab[]=&%0.+", max_size=60).map(str.encode),
    headers=st.dictionaries(
        st.sampled_from(("authorization", "content-type", "stripe-version", "stripe-account", "user-agent")),
        st.text(st.characters(codec="latin-1"), max_size=20),
        max_size=3,
    ),
)
def test_anything_at_all(
    method: str,
    path: str,
    query: str,
    body: bytes,
    headers: dict[str, str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Methods, paths, bytes and headers that nobody declared."""
    check(*asked(method, path, query, body, headers), caplog)

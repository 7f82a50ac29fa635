"""The JSON API below /control/api/: what the control page knows and orders, for scripts.

Decides: addresses, and how an answer or a refusal looks: {"error": {"where", "what", "expected"}}.  Does not
know what an order does (`orders`) or what is read (`panel`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import falcon

from rehearsal_harness.core.requests import is_secret_key, key_of_request
from rehearsal_harness.serving.control import orders
from rehearsal_harness.serving.control.doing import DOABLE, START
from rehearsal_harness.serving.control.orders import Refused
from rehearsal_harness.serving.control.panel import NotHere, Panel
from rehearsal_harness.serving.control.starting import FIELDS as START_FIELDS
from rehearsal_harness.serving.control.wishes import WrongWish, shown

BASE = "/control/api"
BODY_BYTES_MAX = 2**16

Reading = Callable[..., dict[str, Any]]  # panel, account id, parts of the address
Ordering = Callable[..., dict[str, Any]]  # panel, JSON, account id, parts of the address


@dataclass(frozen=True, slots=True)
class Address:
    """One address: what a GET reads and a POST orders, None where there is no such thing."""

    path: str
    means: str
    get: Reading | None = None
    post: Ordering | None = None


def _actions(panel: Panel, account: str) -> dict[str, Any]:
    """The closed table of actions, with their fields."""
    table = {name: {"means": each.means, "fields": _fields(each.fields)} for name, each in DOABLE.items()}
    return {"actions": {START: {"means": "ask for a checkout page", "fields": _fields(START_FIELDS)}} | table}


def _fields(table: Mapping[str, Any]) -> dict[str, str]:
    return {
        name: f"{each.means}{' (required)' if each.is_required else ''}".strip()
        for name, each in table.items()
    }


def _index(panel: Panel, account: str) -> dict[str, Any]:
    return {
        "addresses": [
            {
                "path": BASE + each.path,
                "methods": [*(["GET"] if each.get else []), *(["POST"] if each.post else [])],
                "means": each.means,
            }
            for each in ADDRESSES
        ]
    }


ADDRESSES = (
    Address("", "these addresses", _index),
    Address("/accounts", "the accounts and whose key opens each", lambda p, a: {"accounts": p.accounts(a)}),
    Address("/world", "the newest 50 objects of each kind, and how many there are", lambda p, a: p.world(a)),
    Address(
        "/clock",
        "what time it is; move, run or stop the clock",
        lambda p, a: p.clock(),
        lambda p, given, a: orders.order_clock(p, given),
    ),
    Address(
        "/faults",
        "what goes wrong; change some of it",
        lambda p, a: p.faults(),
        lambda p, given, a: orders.order_faults(p, given),
    ),
    Address(
        "/deliveries", "the newest attempts, and the planned ones", lambda p, a: p.deliveries(account_id=a)
    ),
    Address(
        "/deliveries/{event}",
        "the attempts of one event",
        lambda p, a, event: p.deliveries(event, account_id=a),
    ),
    Address(
        "/deliveries/{event}/resend",
        "deliver an event once more",
        None,
        lambda p, given, a, event: orders.order_resend(p, event, given, a),
    ),
    Address("/timeline", "events and deliveries in true order, the newest first", lambda p, a: p.timeline(a)),
    Address(
        "/licences",
        "what each app would hold now; refresh one",
        lambda p, a: p.licences(a),
        lambda p, given, a: orders.order_refresh(p, given, a),
    ),
    Address(
        "/portal",
        "ask a backend for a Customer Portal, as an app or a user's browser would",
        None,
        lambda p, given, a: orders.order_portal(p, given, a),
    ),
    Address(
        "/actions",
        "what people may do; do it",
        _actions,
        lambda p, given, a: orders.order_action(p, given, a),
    ),
    Address("/endpoints", "the webhook endpoints, without their secrets", lambda p, a: p.endpoints(a)),
    Address(
        "/endpoints/{endpoint}",
        "switch an endpoint on or off, or roll its secret",
        None,
        lambda p, given, a, endpoint: orders.order_endpoint(p, endpoint, given, a),
    ),
    Address("/plays", "begin a story", None, lambda p, given, a: orders.order_play(p, given, a)),
    Address(
        "/plays/{play}",
        "play one action of a story",
        None,
        lambda p, given, a, play: orders.order_step(p, play, given),
    ),
    Address(
        "/plays/{play}/end",
        "end a story: the backend is configured as it was",
        None,
        lambda p, given, a, play: orders.order_end(p, play, given),
    ),
)


class Resource:
    """One address of the API."""

    def __init__(self, panel: Panel, address: Address) -> None:
        self._panel = panel
        self._address = address

    def on_get(self, req: falcon.Request, resp: falcon.Response, **parts: str) -> None:
        """What is read there."""
        read = self._address.get
        if read is None:
            raise falcon.HTTPMethodNotAllowed(["POST"])
        answer(resp, lambda: read(self._panel, account_asked(self._panel, req), **parts))

    def on_post(self, req: falcon.Request, resp: falcon.Response, **parts: str) -> None:
        """What is ordered there."""
        order = self._address.post
        if order is None:
            raise falcon.HTTPMethodNotAllowed(["GET"])
        answer(resp, lambda: order(self._panel, read_json(req), account_asked(self._panel, req), **parts))


def account_asked(panel: Panel, req: falcon.Request) -> str:
    """The id of the account that `?account=` names or else a key opens, as at /v1/; raises NotHere.

    Without either: the main one.
    """
    header = req.get_header("Authorization")
    named = req.get_param("account") or ""
    if named or header is None:
        return panel.account(named).id
    headers = {"authorization": header}
    if not is_secret_key(key_of_request(headers)):
        raise NotHere("account", "a key of another form", "a secret key, sk_test_…, or ?account=acct_…")
    return panel.bench.by_key.of(headers).id


def answer(resp: falcon.Response, make: Callable[[], dict[str, Any]]) -> None:
    """The JSON that `make` gives, or the refusal it raises."""
    resp.set_header("Cache-Control", "no-store")
    try:
        resp.media = make()
    except WrongWish as problem:
        resp.status, resp.media = 400, refusal_data(problem)
    except NotHere as problem:
        resp.status, resp.media = 404, refusal_data(problem)
    except Refused as problem:
        resp.status, resp.media = problem.status, refusal_data(problem)


def refusal_data(problem: WrongWish | NotHere | Refused) -> dict[str, Any]:
    """A refusal as JSON."""
    return {"error": {"where": problem.where, "what": problem.what, "expected": problem.expected}}


def read_json(req: falcon.Request) -> object:
    """The JSON of a request, None for an empty body; raises WrongWish."""
    content = req.bounded_stream.read(BODY_BYTES_MAX + 1)
    if len(content) > BODY_BYTES_MAX:
        raise WrongWish("body", "a large body", f"at most {BODY_BYTES_MAX} bytes of JSON")
    if not content.strip():
        return None
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise WrongWish("body", shown(content[:40].decode("utf-8", "replace")), "JSON") from None

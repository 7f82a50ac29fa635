"""Carry out what people do who sign in, as core/acting.py does for devices.

Decides: what each such action asks of the backend or of the simulated Stripe, and what the person keeps of
the answer.  Does not know tokens (whoever carries a request out mints them), nor which properties hold.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from rehearsal_harness.core import signed_in as told
from rehearsal_harness.core.acting import Act, Done, NotPossible, code_of, newest_session, session_of
from rehearsal_harness.core.commands import Reply, Send
from rehearsal_harness.core.node import Node, Person
from rehearsal_harness.core.owning import customers_of
from rehearsal_harness.core.service import Service
from rehearsal_harness.core.signed_in import BROWSER, Caller

Pairs = tuple[tuple[str, str], ...]


def buy(action: Any, node: Node, service: Service) -> Act:
    """Ask for the checkout of an offer, by the route that sells it."""
    offer = service.offers.get(action.offer)
    if offer is None:
        raise NotPossible(f"'{action.offer}' is no offer; offers are {', '.join(sorted(service.offers))}")
    if offer.credits and "credits_checkout" in service.routes:
        send = _send(node, service, "credits_checkout", action, body={"packs": 1})
    elif "price_checkout" in service.routes:
        send = _send(node, service, "price_checkout", action, body={"price_id": service.prices[offer.id]})
    else:
        send = _send(node, service, "plan_checkout", action, body={"plan_id": offer.id})
    reply: Reply = yield send
    person = _heard(node.person(action.person), reply)
    session = newest_session(reply.world, node.world) or _session_in(reply)
    if session in reply.world.checkout_sessions:
        person = person.at_checkout(session)
    return _answered(node, person, reply)


def _session_in(reply: Reply) -> str:
    """The session that an answer names: by its id, or by the end of its address."""
    url = str(reply.body.get("url") or "")
    return str(reply.body.get("sessionId") or urlsplit(url).path.rpartition("/")[2])


def ask(action: Any, node: Node, service: Service) -> Act:
    """A request to the route of an operation, or to the page `/path` itself."""
    query = urlencode(action.query)
    body = None if action.body is None else dict(action.body)
    reply: Reply = yield _send(node, service, action.operation, action, body=body, query=query)
    return _answered(node, _heard(node.person(action.person), reply), reply)


def come_back(action: Any, node: Node, service: Service) -> Act:
    """Follow the redirect to the success page of the newest session."""
    session = session_of(node, action.person)
    parts = urlsplit((session.success_url or "").replace("{CHECKOUT_SESSION_ID}", session.id))
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    reply: Reply = yield Send(
        node.world, node.clock, "GET", path, operation="success page", user=node.person(action.person).user
    )
    return _answered(node, _heard(node.person(action.person), reply), reply)


def ask_portal(action: Any, node: Node, service: Service) -> Act:
    """Ask for a Customer Portal; for somebody else's, every name under which her customer could be passed."""
    body: dict[str, str] = {}
    if action.of:
        customer = min(customers_of(node.world, node.person(action.of).user), default="")
        body = {"customer": customer, "customer_id": customer, "customerId": customer}
    reply: Reply = yield _send(node, service, "user_portal", action, body=body)
    return _answered(node, _heard(node.person(action.person), reply), reply)


def replay(action: Any, node: Node, service: Service) -> Act:
    """Ask for an event of Stripe's to be applied once more."""
    event_id = action.event_id or _newest_event(node, action.type)
    before, replies = node, []
    for _ in range(action.times):
        reply: Reply = yield _send(before, service, "replay", action, body={"event_id": event_id})
        replies.append(reply)
        before = before._replace(world=reply.world)
    last = replies[-1]._replace(
        changed=any(reply.changed for reply in replies),
        fetched=tuple(each for reply in replies for each in reply.fetched),
        writes=tuple(each for reply in replies for each in reply.writes),
    )
    return _answered(node, _heard(node.person(action.person), last), last)


def _newest_event(node: Node, type_: str) -> str:
    found = [event.id for event in node.world.events if event.type == type_]
    if not found:
        raise NotPossible(f"there has been no event of type {type_} yet")
    return found[-1]


def _send(
    node: Node,
    service: Service,
    operation: str,
    action: Any,
    *,
    body: Mapping[str, object] | None = None,
    query: str = "",
) -> Send:
    if operation not in service.routes and not operation.startswith("/"):
        raise NotPossible(f"the manifest declares no route for the operation '{operation}'")
    method, path = service.routes.get(operation, ("GET", operation))
    return Send(
        node.world,
        node.clock,
        getattr(action, "method", "") or method,
        f"{path}?{query}" if query else path,
        body,
        operation=operation,
        user="" if action.caller == Caller.NOBODY else node.person(action.person).user,
        is_operator=action.caller == Caller.OPERATOR,
        headers=getattr(action, "headers", ()),
    )


def _heard(person: Person, reply: Reply) -> Person:
    """The person after an answer to her browser."""
    device = person.device(BROWSER).answered(reply.status, code_of(reply))
    said = (*_flat("", reply.body), *(("header." + name, value) for name, value in reply.headers))
    return person.with_device(device)._replace(said=tuple(sorted(said)))


def _flat(prefix: str, value: Any) -> Pairs:
    """A JSON value as pairs: keys with dots between, numbers and flags as JSON writes them."""
    if isinstance(value, Mapping):
        return tuple(pair for key, each in value.items() for pair in _flat(f"{prefix}{key}.", each))
    if isinstance(value, (list, tuple)):
        counted = ((prefix + "count", str(len(value))),)
        return counted + tuple(pair for i, each in enumerate(value) for pair in _flat(f"{prefix}{i}.", each))
    return ((prefix.removesuffix("."), value if isinstance(value, str) else json.dumps(value)),)


def _answered(node: Node, person: Person, reply: Reply) -> Done:
    return Done(node.with_person(person)._replace(world=reply.world), reply)


ACTS = {
    told.Buy: buy,
    told.Ask: ask,
    told.ComeBack: come_back,
    told.AskPortal: ask_portal,
    told.Replay: replay,
}

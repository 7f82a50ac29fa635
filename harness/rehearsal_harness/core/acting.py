"""Carry out one action of a story at a node.

Decides: what each action asks of the backend (as commands) or of the simulated Stripe (as a step), and
what the client keeps of the answer.  Does not know the order of deliveries, nor which properties hold.
A person acts on what her client really holds: without a token there is no portal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from rehearsal_harness.core import actions as stripe_actions
from rehearsal_harness.core import story
from rehearsal_harness.core.billing.step import step
from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.commands import Command, Reply, Send
from rehearsal_harness.core.desktop import Device
from rehearsal_harness.core.desktop.asking import UNREACHABLE
from rehearsal_harness.core.node import Node, Person
from rehearsal_harness.core.objects import CheckoutSession, Invoice, Subscription
from rehearsal_harness.core.service import Service
from rehearsal_harness.core.world import World

Act = Generator[Command, Any, "Done"]


class Done(NamedTuple):
    """Where an action leads; `reply` is the backend's answer when it was asked."""

    node: Node
    reply: Reply | None = None


class NotPossible(Exception):
    """A story asks for what its earlier actions never made possible; the author's file is wrong."""


class NoSession(NotPossible):
    """A person has no checkout session: she never asked for one, or the backend made none."""


Acting = Callable[[Any, Node, Service], Act]


def _checkout(action: Any, node: Node, service: Service) -> Act:
    body = {"deviceId": action.device, "email": f"{action.person.lower()}@example.test"}
    reply: Reply = yield _send(node, service, "checkout", body=body)
    session = str(reply.body.get("sessionId") or newest_session(reply.world, node.world) or "")
    person = node.person(action.person)._replace(said=said_of(reply))
    if session in reply.world.checkout_sessions:
        person = person.at_checkout(session)
    device = person.device(action.device).answered(reply.status, code_of(reply))
    return _answered(node, person.with_device(device), reply)


def newest_session(after: World, before: World) -> str | None:
    """The checkout session that came into being between two worlds, None for none."""
    if len(after.checkout_sessions) == len(before.checkout_sessions):
        return None
    return next(after.checkout_sessions.newest_first()).id


def _activate(action: Any, node: Node, service: Service) -> Act:
    person = node.person(action.person)
    query = urlencode({"checkoutSessionId": person.session_id, "deviceId": action.device})
    reply: Reply = yield _send(node, service, "license_status", query=query)
    return _licensed(node, person, action.device, reply)


def _refresh(action: Any, node: Node, service: Service) -> Act:
    person = node.person(action.person)
    token = person.device(action.device).token
    reply: Reply = yield _send(node, service, "license_status", token=token)
    return _licensed(node, person, action.device, reply)


def _open_portal(action: Any, node: Node, service: Service) -> Act:
    person = node.person(action.person)
    device = person.device(action.device)
    reply: Reply = yield _send(node, service, "portal", token=device.token)
    device = device.answered(reply.status, code_of(reply))
    return _answered(node, person.with_device(device), reply)


def _reconcile(action: Any, node: Node, service: Service) -> Act:
    reply: Reply = yield Send(node.world, node.clock, "", "", operation="reconcile")
    return Done(node._replace(world=reply.world), reply)


def _licensed(node: Node, person: Person, name: str, reply: Reply) -> Done:
    device = person.device(name).licensed(reply.status, code_of(reply), reply.body)
    return _answered(node, person.with_device(device), reply)


def _answered(node: Node, person: Person, reply: Reply) -> Done:
    return Done(node.with_person(person)._replace(world=reply.world), reply)


def _send(
    node: Node,
    service: Service,
    operation: str,
    *,
    body: Mapping[str, str] | None = None,
    query: str = "",
    token: str = "",
) -> Send:
    if operation not in service.routes:
        raise NotPossible(f"the manifest declares no route for the operation '{operation}'")
    method, path = service.routes[operation]
    return Send(node.world, node.clock, method, f"{path}?{query}" if query else path, body, token, operation)


def code_of(reply: Reply) -> str:
    """The code of an answer: of its error, or of what it grants."""
    error = reply.body.get("error")
    found = (
        error.get("code") if isinstance(error, Mapping) else reply.body.get("code") or reply.body.get("kind")
    )
    return str(found or "")


def said_of(reply: Reply) -> tuple[tuple[str, str], ...]:
    """An answer as sorted pairs: the keys of its JSON with dots between, and its headers."""
    headers = ((f"header.{name}", value) for name, value in reply.headers)
    return tuple(sorted((*_flat("", reply.body), *headers)))


def _flat(prefix: str, value: Any) -> tuple[tuple[str, str], ...]:
    """A JSON value as pairs: keys with dots between, numbers and flags as JSON writes them."""
    if isinstance(value, Mapping):
        return tuple(pair for key, each in value.items() for pair in _flat(f"{prefix}{key}.", each))
    if isinstance(value, (list, tuple)):
        counted = ((prefix + "count", str(len(value))),)
        return counted + tuple(pair for i, each in enumerate(value) for pair in _flat(f"{prefix}{i}.", each))
    return ((prefix.removesuffix("."), value if isinstance(value, str) else json.dumps(value)),)


def at_stripe(make: Callable[[Any, Node], stripe_actions.Action]) -> Callable[[Any, Node, Service], Act]:
    """The act that is one step of the simulated Stripe; raises NotPossible where none leads on."""

    def act(action: Any, node: Node, service: Service) -> Act:
        try:
            world = step(node.world.at(node.clock), make(action, node))
        except LookupError as error:  # no such object, or no row of Stripe's tables leads on from here
            raise NotPossible(f"{action.label()}: {error}") from error
        return Done(node._replace(world=world))
        yield  # a generator that asks nothing of the backend

    return act


def _dither(action: Any, node: Node, service: Service) -> Act:
    subscription, world, clock = subscription_of(node, action.person).id, node.world, node.clock
    for change in (stripe_actions.CancelAtPeriodEnd, stripe_actions.UndoCancel) * action.times:
        clock += action.apart_s
        world = step(step(world, stripe_actions.Advance(clock)), change(subscription))
    return Done(node._replace(world=world, clock=clock))
    yield  # a generator that asks nothing of the backend


def _on_device(change: Callable[[Any, Node, Device], Device]) -> Acting:
    """What happens on one device alone; nobody is asked."""

    def act(action: Any, node: Node, service: Service) -> Act:
        person = node.person(action.person)
        device = change(action, node, person.device(action.device))
        return Done(node.with_person(person.with_device(device)))
        yield  # a generator that asks nothing of the backend

    return act


def session_of(node: Node, name: str) -> CheckoutSession:
    """The checkout session a person came from; raises NoSession."""
    session = node.world.checkout_sessions.get(node.person(name).session_id)
    if session is None:
        raise NoSession(f"{name} has no checkout session yet")
    return session


def subscription_of(node: Node, name: str) -> Subscription:
    """The newest subscription of a person; raises NotPossible."""
    found = node.world.subscriptions.get(session_of(node, name).subscription or "")
    if found is None:
        raise NotPossible(f"{name} has no subscription yet")
    return found


def open_invoice_of(node: Node, name: str) -> Invoice:
    """The invoice a person still owes; raises NotPossible."""
    invoice = node.world.invoices.get(subscription_of(node, name).latest_invoice or "")
    if invoice is None or invoice.status != "open":
        raise NotPossible(f"{name} owes no invoice")
    return invoice


ACTS: dict[type[story.Action], Acting] = {
    story.Checkout: _checkout,
    story.Activate: _activate,
    story.Refresh: _refresh,
    story.OpenPortal: _open_portal,
    story.RefreshInVain: _on_device(lambda a, n, device: device.answered(0, UNREACHABLE)),
    story.SetClockBack: _on_device(lambda a, n, device: device.clock_set_back(a.by_s, n.clock)),
    story.Reconcile: _reconcile,
    story.Pay: at_stripe(
        lambda a, n: stripe_actions.CompleteCheckout(session_of(n, a.person).id, Card(a.card))
    ),
    story.SettleDelayed: at_stripe(
        lambda a, n: stripe_actions.SettleDelayedPayment(session_of(n, a.person).id, a.succeeded)
    ),
    story.CancelAtPeriodEnd: at_stripe(
        lambda a, n: stripe_actions.CancelAtPeriodEnd(subscription_of(n, a.person).id)
    ),
    story.CancelNow: at_stripe(lambda a, n: stripe_actions.CancelNow(subscription_of(n, a.person).id)),
    story.UndoCancel: at_stripe(lambda a, n: stripe_actions.UndoCancel(subscription_of(n, a.person).id)),
    story.Dither: _dither,
    story.ReplaceCard: at_stripe(
        lambda a, n: stripe_actions.ReplaceCard(subscription_of(n, a.person).customer, Card(a.card))
    ),
    story.PayInvoice: at_stripe(lambda a, n: stripe_actions.PayInvoice(open_invoice_of(n, a.person).id)),
}

"""Carry out what people do who sign in, as core/acting.py does for devices.

Decides: what each such action asks of the backend or of the simulated Stripe, and what the person keeps of
the answer.  Does not know tokens (whoever carries a request out mints them), nor which properties hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from rehearsal_harness.core import actions as stripe_actions
from rehearsal_harness.core import signed_in as told
from rehearsal_harness.core.acting import (
    Act,
    Acting,
    Done,
    NotPossible,
    at_stripe,
    code_of,
    newest_session,
    said_of,
    session_of,
    subscription_of,
)
from rehearsal_harness.core.billing.step import step
from rehearsal_harness.core.commands import Reply, Send
from rehearsal_harness.core.node import Node, Person
from rehearsal_harness.core.owning import customers_of
from rehearsal_harness.core.service import Service
from rehearsal_harness.core.signed_in import BROWSER, Caller
from rehearsal_harness.core.staging import tell_usage
from rehearsal_harness.core.story import Action
from rehearsal_specs.manifest import Offer

Pairs = tuple[tuple[str, str], ...]


def buy(action: Any, node: Node, service: Service) -> Act:
    """Ask for the checkout of an offer, by the route that sells it."""
    reply: Reply = yield _order(action, node, service)
    person = _heard(node.person(action.person), reply)
    session = newest_session(reply.world, node.world) or _session_in(reply)
    if session in reply.world.checkout_sessions:
        person = person.at_checkout(session)
    return _answered(node, person, reply)


def _order(action: Any, node: Node, service: Service) -> Send:
    wishes: dict[str, object] = dict(action.wishes)
    if action.offer == told.FOREIGN:
        return _send(
            node, service, "price_checkout", action, body={"price_id": _foreign(node, service), **wishes}
        )
    offer = offer_named(action.offer, service)
    if offer.credits and "credits_checkout" in service.routes:
        return _send(node, service, "credits_checkout", action, body={"packs": 1, **wishes})
    if "price_checkout" in service.routes:
        body = {"price_id": service.prices[offer.id], **wishes}
        return _send(node, service, "price_checkout", action, body=body)
    return _send(node, service, "plan_checkout", action, body={"plan_id": offer.id, **wishes})


def offer_named(name: str, service: Service) -> Offer:
    """The offer of that name or id; raises NotPossible."""
    for offer in service.offers.values():
        if name in (offer.id, offer.name):
            return offer
    known = ", ".join(sorted(offer.name for offer in service.offers.values()))
    raise NotPossible(f"'{name}' is no offer; offers are {known}")


def _foreign(node: Node, service: Service) -> str:
    found = (price.id for price in node.world.prices if service.offer_at(price.id) is None)
    return next(found, "price_unknown")


def _session_in(reply: Reply) -> str:
    """The session that an answer names: by its id, or by the end of its address."""
    url = str(reply.body.get("url") or "")
    return str(reply.body.get("sessionId") or urlsplit(url).path.rpartition("/")[2])


def ask(action: Any, node: Node, service: Service) -> Act:
    """A request to the route of an operation, or to the page `/path` itself."""
    query = urlencode(_query(action, node))
    body = None if action.body is None else dict(action.body)
    reply: Reply = yield _send(node, service, action.operation, action, body=body, query=query)
    return _answered(node, _heard(node.person(action.person), reply), reply)


def _query(action: Any, node: Node) -> Pairs:
    if action.operation == "checkout_status" and not action.query:
        return (("session_id", session_of(node, action.person).id),)
    query: Pairs = action.query
    return query


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


def open_link(action: Any, node: Node, service: Service) -> Act:
    """Open the ready-made payment link of an offer; the page asks for an address."""
    offer = offer_named(action.offer, service)
    if offer.id not in service.links:
        raise NotPossible(f"'{offer.name}' has no payment link")
    person = node.person(action.person)
    opened = stripe_actions.OpenPaymentLink(service.links[offer.id], f"{person.user}@example.test")
    world = step(node.world.at(node.clock), opened)
    session = next(world.checkout_sessions.newest_first()).id
    return Done(node.with_person(person.at_checkout(session))._replace(world=world))
    yield  # a generator that asks nothing of the backend


def change_plan(action: Any, node: Node, service: Service) -> Act:
    """The subscription's price becomes that of another offer, at once."""
    price = service.prices[offer_named(action.offer, service).id]
    changed = at_stripe(lambda a, n: stripe_actions.ChangePlan(subscription_of(n, a.person).id, price))
    return (yield from changed(action, node, service))


def use(action: Any, node: Node, service: Service) -> Act:
    """Usage is told by whoever meters, which is not the backend: an API request of the merchant's."""
    subscription = subscription_of(node, action.person)
    meter_ids = {item.price.recurring.meter for item in subscription.items if item.price.recurring}
    meter = next((each for each in node.world.meters if each.id in meter_ids), None)
    if meter is None:
        raise NotPossible(f"{action.person} has nothing that is metered")
    payload = {meter.customer_key: subscription.customer, meter.value_key: str(action.units)}
    world = tell_usage(node.world.at(node.clock), meter.event_name, payload)
    return Done(node._replace(world=world))
    yield  # a generator that asks nothing of the backend


def _refund(action: Any, node: Node) -> stripe_actions.Action:
    payment = _payment_of(node, action.person)
    half = node.world.payment_intents[payment].amount // 2
    return stripe_actions.RefundPayment(payment, half if action.part else None)


def _payment_of(node: Node, name: str) -> str:
    payment = session_of(node, name).payment_intent
    if payment is None:
        raise NotPossible(f"{name} has paid nothing")
    return payment


def _dispute_of(node: Node, name: str) -> str:
    payment = _payment_of(node, name)
    found = (each.id for each in node.world.disputes if each.payment_intent == payment)
    dispute = next(found, None)
    if dispute is None:
        raise NotPossible(f"{name} disputes nothing")
    return dispute


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
        headers=_headers(action, service),
    )


def _headers(action: Any, service: Service) -> Pairs:
    own = {told.OWN_ORIGIN: service.origin}
    return tuple((name, own.get(value, value)) for name, value in getattr(action, "headers", ()))


def _heard(person: Person, reply: Reply) -> Person:
    """The person after an answer to her browser."""
    device = person.device(BROWSER).answered(reply.status, code_of(reply))
    return person.with_device(device)._replace(said=said_of(reply))


def _answered(node: Node, person: Person, reply: Reply) -> Done:
    return Done(node.with_person(person)._replace(world=reply.world), reply)


ACTS: dict[type[Action], Acting] = {
    told.Buy: buy,
    told.Ask: ask,
    told.ComeBack: come_back,
    told.AskPortal: ask_portal,
    told.Replay: replay,
    told.OpenLink: open_link,
    told.Use: use,
    told.ChangePlan: change_plan,
    told.Refund: at_stripe(_refund),
    told.Dispute: at_stripe(lambda a, n: stripe_actions.OpenDispute(_payment_of(n, a.person))),
    told.CloseDispute: at_stripe(lambda a, n: stripe_actions.CloseDispute(_dispute_of(n, a.person), a.won)),
}

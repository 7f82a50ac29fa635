"""What a single answer of the backend may not be, whatever came before it.

Decides: the properties that are judged at one exchange: forgeries, writes at Stripe, answers to clients,
whose portal is opened.  Does not know the graph.  Rule: specs/properties.yaml.
"""

from __future__ import annotations

from rehearsal_harness.core import story as told
from rehearsal_harness.core.commands import Reply
from rehearsal_harness.core.findings import Violation
from rehearsal_harness.core.node import Node
from rehearsal_harness.core.objects import Event
from rehearsal_harness.core.owning import customers_of
from rehearsal_harness.core.service import Service
from rehearsal_harness.core.signed_in import AskPortal, Buy, Caller

ALLOWED_WRITES = frozenset({"POST /v1/checkout/sessions", "POST /v1/billing_portal/sessions"})
BUYING = (told.Checkout, Buy)
REFUSED_FORGERIES = frozenset({"unsigned", "wrong_secret", "stale", "future"})


def customer_of(node: Node, person: str) -> str:
    """The customer a person became by her checkout, "" before."""
    session = node.world.checkout_sessions.get(node.person(person).session_id)
    return (session.customer if session else None) or ""


def judged(before: Node, reply: Reply, action: told.Action, service: Service) -> Violation | None:
    """What no answer to a client may be, whoever asked."""
    return (
        stripe_writes(before, reply, action.label())
        or client_answered(before, reply, action, service)
        or refused_quietly(before, reply, action)
        or sold(before, reply, action, service)
        or one_origin(before, reply, action, service)
    )


def client_answered(node: Node, reply: Reply, action: told.Action, service: Service) -> Violation | None:
    """No client's request fails by itself; the rehearsal breaks nothing that a client's request needs.  Only
    a checkout that the story has closed says so.
    """
    closed = service.may_close and reply.status == 503 and reply.world.version == node.world.version
    if reply.status < 500 or (closed and isinstance(action, BUYING)):
        return None
    return Violation(
        property_id="clients_are_answered",
        at=node.clock,
        subject=action.label(),
        expected="an answer below 500",
        observed=str(reply.status),
        line=action.line,
    )


def own_portal(before: Node, after: Node, action: told.OpenPortal) -> Violation | None:
    """A portal session is made for the customer whose device asked, and for nobody without a token."""
    sessions = after.world.portal_sessions
    if len(sessions) == len(before.world.portal_sessions):
        return None
    opened = next(sessions.newest_first()).customer
    own = (
        customer_of(before, action.person) if before.person(action.person).device(action.device).token else ""
    )
    if opened == own:
        return None
    return Violation(
        property_id="portal_for_its_owner",
        at=before.clock,
        subject=action.label(),
        expected=f"the portal of {own}" if own else "no portal without a token",
        observed=f"the portal of {opened}",
        line=action.line,
    )


def portal_of_user(before: Node, after: Node, action: AskPortal) -> Violation | None:
    """A signed-in user is led to a portal of her own customers only, and nobody else to any."""
    sessions = after.world.portal_sessions
    if len(sessions) == len(before.world.portal_sessions):
        return None
    opened = next(sessions.newest_first()).customer
    user = "" if action.caller == Caller.NOBODY else before.person(action.person).user
    own = sorted(customers_of(before.world, user)) if user else []
    if opened in own:
        return None
    return Violation(
        property_id="portal_for_its_owner",
        at=before.clock,
        subject=action.label(),
        expected=f"the portal of {' or '.join(own)}" if own else "no portal",
        observed=f"the portal of {opened}",
        line=action.line,
    )


def refused_quietly(before: Node, reply: Reply, action: told.Action) -> Violation | None:
    """What is refused has no effect."""
    if not 400 <= reply.status < 500:
        return None
    done = []
    if reply.changed:
        done.append("the store written")
    if reply.world.version != before.world.version:
        done.append("Stripe changed")
    if not done:
        return None
    return _at_action(
        "refused_changes_nothing", before, action, "no effect", f"{reply.status}, and {' and '.join(done)}"
    )


def sold(before: Node, reply: Reply, action: told.Action, service: Service) -> Violation | None:
    """What a new checkout session sells, and where it comes back to."""
    sessions = reply.world.checkout_sessions
    if len(sessions) == len(before.world.checkout_sessions):
        return None
    session = next(sessions.newest_first())
    foreign = [line.price.id for line in session.line_items if service.offer_at(line.price.id) is None]
    if foreign:
        wanted = f"one of {', '.join(sorted(service.prices.values()))}"
        return _at_action("sells_what_is_declared", before, action, wanted, ", ".join(foreign))
    for url in (session.success_url, session.cancel_url):
        if service.site and url and not f"{url}/".startswith(f"{service.site}/"):
            return _at_action("returns_to_own_site", before, action, f"{service.site}/…", url)
    return None


def one_origin(before: Node, reply: Reply, action: told.Action, service: Service) -> Violation | None:
    """Whose pages may read an answer."""
    allowed = dict(reply.headers).get("access-control-allow-origin")
    if allowed is None or allowed == service.origin:
        return None
    wanted = f"{service.origin} or none" if service.origin else "none"
    return _at_action("one_origin_reads", before, action, f"allowed origin {wanted}", allowed)


def _at_action(property_id: str, node: Node, action: told.Action, expected: str, observed: str) -> Violation:
    return Violation(
        property_id=property_id,
        at=node.clock,
        subject=action.label(),
        expected=expected,
        observed=observed,
        line=action.line,
    )


def stripe_writes(node: Node, reply: Reply, what: str) -> Violation | None:
    """The backend writes nothing at Stripe but what a customer asks for."""
    extra = [write for write in reply.writes if write not in ALLOWED_WRITES]
    if not extra:
        return None
    return Violation(
        property_id="stripe_writes_allowed",
        at=node.clock,
        subject=what,
        expected=f"nothing but {', '.join(sorted(ALLOWED_WRITES))}",
        observed=", ".join(extra),
    )


def duplicate_acknowledged(node: Node, reply: Reply, event: Event) -> Violation | None:
    """What was acknowledged once is acknowledged again: else Stripe goes on, and in the end disables the
    endpoint.
    """
    if 200 <= reply.status < 300:
        return None
    return Violation(
        property_id="every_event_acknowledged",
        at=node.clock,
        subject=f"{event.type} again",
        expected="2xx, as for the first delivery",
        observed=str(reply.status),
    )


def forgery_refused(node: Node, reply: Reply, event: Event, fault: str) -> Violation | None:
    """What Stripe did not send is refused; what its other mode sent is acknowledged."""
    refused = 400 <= reply.status < 500 and not reply.changed
    if refused if fault in REFUSED_FORGERIES else reply.status < 500:
        return None
    wanted = "4xx and nothing written" if fault in REFUSED_FORGERIES else "an acknowledged no-op"
    written = ", and the store written" if reply.changed else ""
    return Violation(
        property_id="forged_refused",
        at=node.clock,
        subject=f"{fault} {event.type}",
        expected=wanted,
        observed=f"{reply.status}{written}",
    )

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

ALLOWED_WRITES = frozenset({"POST /v1/checkout/sessions", "POST /v1/billing_portal/sessions"})
REFUSED_FORGERIES = frozenset({"unsigned", "wrong_secret", "stale", "future"})


def customer_of(node: Node, person: str) -> str:
    """The customer a person became by her checkout, "" before."""
    session = node.world.checkout_sessions.get(node.person(person).session_id)
    return (session.customer if session else None) or ""


def client_answered(node: Node, reply: Reply, action: told.Action) -> Violation | None:
    """No client's request fails by itself; the rehearsal breaks nothing that a client's request needs."""
    if reply.status < 500:
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

"""What orders and credits ought to be, from events alone; and what a probe reads."""

from __future__ import annotations

from dataclasses import replace

import pytest
from search.rehearsed import manifest_of
from search.site_stories import (
    BOUGHT,
    BY_DEBIT,
    CREDITS,
    DELAYED,
    DISPUTED,
    REFUNDED,
    WON,
)
from search.stories import ADA, ARRIVE, pay, story

from rehearsal_harness.core import signed_in
from rehearsal_harness.core.commands import Probe, Reply
from rehearsal_harness.core.findings import Counts
from rehearsal_harness.core.node import Node
from rehearsal_harness.core.orders import credits_of, learn_orders, state_of
from rehearsal_harness.core.owning import customers_of, user_of_session, users_of
from rehearsal_harness.core.service import Service
from rehearsal_harness.core.story import Arrive, Story
from rehearsal_harness.rehearsal import Options, Rehearsal
from rehearsal_harness.targets.backend import load_factory
from rehearsal_harness.targets.driver import drive
from rehearsal_harness.targets.identity import Issuer
from rehearsal_harness.targets.probing import prober_of

SITE = manifest_of("aipowerprogress")
PARTLY = story("a part is refunded", CREDITS, pay(), signed_in.Refund(person=ADA, part=True), *ARRIVE)


def ended(told: Story) -> tuple[Node, Service]:
    """Where a story ends that delivers nothing."""
    quiet = replace(told, actions=tuple(each for each in told.actions if not isinstance(each, Arrive)))
    target, node, moves, checker = Rehearsal(SITE, load_factory("broken.site:right"), quiet, Options()).fresh(
        Counts()
    )
    digest = b""
    while not moves.finished(node):
        move = next(each for each in moves.of(node) if each.kind == "proceed")
        landing = drive(moves.go(node, digest, move), target)
        node, digest = landing.node, landing.digest
    return node, checker.service


@pytest.mark.parametrize(
    ("told", "credits"),
    [(BOUGHT, 100), (BY_DEBIT, 100), (REFUNDED, 0), (PARTLY, 100), (DISPUTED, 0), (WON, 100)],
    ids=lambda each: getattr(each, "name", None),
)
def test_credits_are_there_while_the_money_is(told: Story, credits: int) -> None:
    """Once for each paid session, and nobody else's."""
    node, service = ended(told)
    orders = learn_orders(node.world.events)

    assert credits_of(orders, service, "ada") == credits
    assert credits_of(orders, service, "bea") == 0


def test_an_order_is_paid_when_its_money_is_there() -> None:
    """A completed checkout alone is being processed; what people deliver is paid, not fulfilled."""
    node, service = ended(DELAYED)
    events = list(node.world.events)
    (session,) = node.world.checkout_sessions
    told = [learn_orders(events[:count]).get(session.id) for count in range(len(events) + 1)]
    states = [state_of(order, service, has_access=False) for order in told]

    assert states[0] == "processing"
    assert states[-1] == "paid"
    assert set(states) == {"processing", "paid"}


def test_a_session_belongs_to_whom_it_names() -> None:
    """And so does the customer it made."""
    node, _ = ended(BOUGHT)
    (session,) = node.world.checkout_sessions

    assert user_of_session(session) == "ada"
    assert users_of(node.world) == {"ada"}
    assert customers_of(node.world, "ada") == {session.customer}
    assert customers_of(node.world, "bea") == frozenset()


def test_a_user_is_asked_about_with_her_own_token() -> None:
    """An order with none; what is no 200 is no access, and no state."""
    node, _ = ended(BOUGHT)
    issuer = Issuer(SITE.identity)
    prober = prober_of(SITE, {}, issuer)
    about_ada, about_order = Probe(node.world, 7, "ada"), Probe(node.world, 7, "cs_1", order=True)

    assert prober.question(about_ada).token == issuer.token("ada", 7)
    assert prober.question(about_order).token == ""
    ok, missing = Reply(200, {}, False, node.world), Reply(404, {}, False, node.world)
    assert prober.read(about_ada, ok, {"active": True, "code": "ACTIVE", "credits": 5}).credits == 5
    assert prober.read(about_ada, missing, {}) == (False, "HTTP 404", (), None, "")
    assert prober.read(about_order, ok, {"state": "paid"}).order == "paid"

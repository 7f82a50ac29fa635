"""What a story itself expects, at the point where it says so.

Decides: how each `Then` of a story is asked and judged.  Does not know Gherkin.  These expectations come on
top of the properties, which hold everywhere; they keep a story honest about what it is a story of.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

from rehearsal_harness.core import signed_in
from rehearsal_harness.core import story as told
from rehearsal_harness.core.acting import session_of, subscription_of
from rehearsal_harness.core.checking import Checker, say
from rehearsal_harness.core.commands import Command
from rehearsal_harness.core.findings import Violation
from rehearsal_harness.core.moments import instant_of
from rehearsal_harness.core.node import Node

Judge = Callable[[Checker, Node, bytes], Generator[Command, Any, "Violation | None"]]
Judging = Generator[Command, Any, "Violation | None"]


def expected_of(action: told.Action) -> Judge | None:
    """The judge of an expectation; None for an action that is not one."""
    judge = _JUDGES.get(type(action))
    return None if judge is None else partial(judge, action)


def _access(action: Any, checker: Checker, node: Node, digest: bytes) -> Judging:
    at = instant_of(action.at, node, action.person)
    subject = _subject(action.person, checker, node)
    if not subject:
        return None if not action.allowed else _violation(action, at, "access", "no customer yet")
    observed = yield from checker.ask(node, digest, subject, at)
    if observed.allowed == action.allowed and action.code in ("", observed.code or action.code):
        return None
    return _violation(action, at, say(action.allowed, action.code), say(observed.allowed, observed.code))


def _subject(person: str, checker: Checker, node: Node) -> str:
    """Whom to ask about: the user, or the customer her session made; "" for none yet."""
    if checker.service.by_user:
        return node.person(person).user
    return session_of(node, person).customer or ""


def _order(action: Any, checker: Checker, node: Node, digest: bytes) -> Judging:
    session = session_of(node, action.person)
    observed = yield from checker.ask(node, digest, session.id, node.clock)
    if observed.order == action.state:
        return None
    return _violation(action, node.clock, f"the order is {action.state}", observed.order)


def _credits(action: Any, checker: Checker, node: Node, digest: bytes) -> Judging:
    observed = yield from checker.ask(node, digest, node.person(action.person).user, node.clock)
    if observed.credits == action.count:
        return None
    return _violation(action, node.clock, f"{action.count} credits", f"{observed.credits} credits")


def _said(action: Any, checker: Checker, node: Node, digest: bytes) -> Judging:
    values = [value for key, value in node.person(action.person).said if fnmatchcase(key, action.key)]
    if any(fnmatchcase(value, action.value) for value in values) == action.wanted:
        return None
    wanted = f"{action.key} {'' if action.wanted else 'not '}{action.value}"
    return _violation(action, node.clock, wanted, ", ".join(values) or "no such thing")
    yield  # asks nothing: the answer is in her browser


def _features(action: Any, checker: Checker, node: Node, digest: bytes) -> Judging:
    at = instant_of(action.at, node, action.person)
    device = node.person(action.person).device(action.device)
    works = device.open_features(checker.service.gated, at)
    if bool(works) == action.open:
        return None
    expected = f"{', '.join(checker.service.gated)} {'open' if action.open else 'blocked'}"
    held = (
        f"all open, by a licence until {device.expires_at}" if works else f"all blocked {device.code}".strip()
    )
    return _violation(action, at, expected, held)
    yield  # asks nothing: a desktop decides by what it holds


def _answer(action: Any, checker: Checker, node: Node, digest: bytes) -> Judging:
    device = node.person(action.person).device(action.device)
    if (device.status, action.code or device.code) == (action.status, device.code):
        return None
    return _violation(action, node.clock, f"{action.status} {action.code}", f"{device.status} {device.code}")
    yield


def _count(action: Any, checker: Checker, node: Node, digest: bytes) -> Judging:
    held = len(getattr(node.world, action.kind))
    if held == action.count:
        return None
    return _violation(action, node.clock, f"{action.count} {action.kind}", f"{held}")
    yield


def _status(action: Any, checker: Checker, node: Node, digest: bytes) -> Judging:
    status = str(subscription_of(node, action.person).status)
    if status == action.status:
        return None
    return _violation(action, node.clock, f"Stripe says {action.status}", f"Stripe says {status}")
    yield


_JUDGES: dict[type[told.Action], Callable[[Any, Checker, Node, bytes], Judging]] = {
    told.ExpectAccess: _access,
    told.ExpectFeatures: _features,
    told.ExpectAnswer: _answer,
    told.ExpectCount: _count,
    told.ExpectStatus: _status,
    signed_in.ExpectOrder: _order,
    signed_in.ExpectCredits: _credits,
    signed_in.ExpectSaid: _said,
}


def _violation(action: told.Action, at: int, expected: str, observed: str) -> Violation:
    return Violation(
        property_id="story_expectation",
        at=at,
        subject=action.person,
        expected=expected,
        observed=observed,
        line=action.line,
    )

"""One node held against the properties: what is asked, what is remembered, what a device may keep."""

from __future__ import annotations

import jwt
import pytest
from search.rehearsed import Guide
from search.stories import ACTIVATED, AGAIN, BOUGHT, CANCELED, DAY_S, FAILED

from rehearsal_harness.core.checking import say
from rehearsal_harness.core.commands import Digest, Probe
from rehearsal_harness.core.desktop import Device
from rehearsal_harness.core.findings import Violation
from rehearsal_harness.core.licensed import check_device, token_expiry
from rehearsal_harness.targets.driver import drive

SECRET = "secret-" + "0" * 40


def token(**claims: object) -> str:
    return jwt.encode(claims, SECRET, algorithm="HS256")


class Counting:
    """A target that counts the probes it answers."""

    def __init__(self, guide: Guide) -> None:
        self._target = guide.target
        self.probes: list[Probe] = []

    def execute(self, command: object) -> object:
        """The target's own answer."""
        if isinstance(command, Probe):
            self.probes.append(command)
        return self._target.execute(command)


@pytest.fixture(name="paid")
def _paid() -> Guide:
    """Ada has paid, and the backend was told everything."""
    guide = Guide(BOUGHT)
    guide.proceed(2)
    guide.go("deliver", 0)
    guide.go("deliver", 1)
    return guide


def customer(guide: Guide) -> str:
    (found,) = guide.node.world.customers
    return found.id


def licence(guide: Guide, **answer: object) -> Violation | None:
    """What is wrong with a device that was just answered this."""
    device = Device("laptop").licensed(200, "ACTIVE", {"active": True, **answer})
    return check_device(guide.checker, guide.node, customer(guide), device, answer)


def test_it_asks_now_and_around_each_boundary(paid: Guide) -> None:
    """At quiescence a second before and after: the paid period's end, its leeway's, and the settling's."""
    now = paid.node.clock
    (known,) = paid.checker.everything(paid.node)[customer(paid)]
    ends = (now + DAY_S, known.paid_through, known.paid_through + DAY_S)
    asked = paid.checker.instants(paid.node, customer(paid), quiescent=True)

    assert asked == sorted({now, *(end + side for end in ends for side in (-1, 1))})
    in_flight = paid.checker.instants(paid.node, customer(paid), quiescent=False)
    assert in_flight == [now, *(end + 1 for end in ends)]


def test_equal_stores_are_asked_once(paid: Guide) -> None:
    """An answer is remembered by store, instant and customer."""
    target = Counting(paid)
    for digest in (b"one", b"one", b"two"):
        drive(paid.checker.ask(paid.node, digest, customer(paid), paid.node.clock), target)

    assert len(target.probes) == 2


def test_where_stripe_was_asked_another_world_is_asked_again() -> None:
    """A backend that keeps nothing answers by Stripe's present."""
    guide = Guide(CANCELED, "broken.asking:asks_stripe_each_time")
    guide.proceed(2)
    guide.go("deliver", 1)
    target, digest = Counting(guide), guide.target.execute(Digest())
    before = guide.node
    guide.proceed()
    for node in (before, before, guide.node):
        drive(guide.checker.ask(node, digest, customer(guide), node.clock), target)

    assert [probe.world for probe in target.probes] == [before.world, guide.node.world]


def test_a_probe_leaves_no_trace(paid: Guide) -> None:
    """The store is the same after any number of questions."""
    digest = paid.target.execute(Digest())
    drive(paid.checker.check(paid.node, paid.digest), paid.target)

    assert paid.target.execute(Digest()) == digest


def test_nothing_is_demanded_before_it_was_told() -> None:
    """A backend that knows nothing yet may answer nothing; at quiescence it may not."""
    guide = Guide(BOUGHT, "broken.naive:access_tied_to_subscription_created")
    guide.proceed(2)
    guide.go("deliver", 0)
    assert drive(guide.checker.check(guide.node, guide.digest), guide.target) is None
    guide.go("deliver", 1)
    found = drive(guide.checker.check(guide.node, guide.digest), guide.target)
    assert (found.property_id, found.observed) == ("access_agrees", "no access (NO_SUBSCRIPTION)")


def test_a_fetch_about_one_subscription_says_nothing_of_another() -> None:
    """Only the events of the objects that were fetched are knowable."""
    guide = Guide(AGAIN)
    guide.proceed(5)
    old, new = list(guide.node.world.subscriptions)
    of_old = guide.checker.told_by(guide.node, frozenset({old.id}))
    of_new = guide.checker.told_by(guide.node, frozenset({new.id}))

    assert (of_old & of_new, of_old | of_new) == (0, 0b11111)


def test_a_right_licence_is_right(paid: Guide) -> None:
    """Seven days, in both tokens and beside them."""
    end = paid.node.clock + 7 * DAY_S
    both = {name: token(exp=end) for name in ("deviceAccessToken", "license")}

    assert licence(paid, expiresAt=end, **both) is None


@pytest.mark.parametrize("name", ["deviceAccessToken", "license"])
@pytest.mark.parametrize("claims", [{}, {"exp": 2**40}, {"exp": "soon"}], ids=str)
def test_every_token_expires_in_time(paid: Guide, name: str, claims: dict[str, object]) -> None:
    """The one for the server and the one for the device."""
    assert licence(paid, **{name: token(**claims)}).property_id == "token_within_boundary"


def test_a_token_ends_with_the_access() -> None:
    """A day before the cancellation date a token for a week is too long."""
    guide = Guide(CANCELED)
    guide.proceed(3)
    for event in (0, 1, 2):
        guide.go("deliver", event)
    (known,) = guide.checker.everything(guide.node)[customer(guide)]
    guide.node = guide.node._replace(clock=known.cancel_at - DAY_S)

    assert licence(guide, deviceAccessToken=token(exp=known.cancel_at)) is None
    wrong = licence(guide, deviceAccessToken=token(exp=known.cancel_at + 1))
    assert (wrong.property_id, wrong.expected) == ("token_within_boundary", "exp within the access")


def test_a_licence_before_any_webhook_is_not_supported() -> None:
    """The redirect proves nothing."""
    guide = Guide(ACTIVATED)
    guide.proceed(2)

    assert licence(guide).property_id == "access_supported"


def test_what_a_device_has_cached_is_not_held_against_a_refusal(paid: Guide) -> None:
    """A refused device keeps its licence until that expires by itself."""
    cached = Device("laptop", active=True, expires_at=1).answered(401, "TOKEN_EXPIRED")
    gone = paid.node._replace(clock=paid.node.clock + 90 * DAY_S)

    assert check_device(paid.checker, gone, customer(paid), cached, {}) is None


def test_a_device_is_told_what_is_so(paid: Guide) -> None:
    """At quiescence it may not be kept waiting."""
    waiting = Device("laptop").licensed(200, "CHECKOUT_PENDING", {"active": False})
    wrong = check_device(paid.checker, paid.node, customer(paid), waiting, {})

    assert (wrong.property_id, wrong.expected) == ("access_agrees", "access (ACTIVE)")


def test_the_events_of_a_story_are_those_the_endpoint_is_sent() -> None:
    """Stripe has much more to say than five types."""
    guide = Guide(FAILED)
    guide.proceed(2)

    assert [event.type for event in guide.checker.deliverable(guide.node)] == [
        "checkout.session.completed",
        "invoice.paid",
    ]
    assert len(guide.node.world.events) > 5


@pytest.mark.parametrize(
    ("text", "expiry"),
    [
        (token(exp=5), 5),
        (token(), None),
        (token(exp="5"), None),
        ("opaque", None),
        ("a.b.c", None),
        ("a.bnVsbA.c", None),  # null
        ("", None),
    ],
)
def test_the_expiry_of_a_token(text: str, expiry: int | None) -> None:
    """Whatever is no JWT with an `exp` in whole seconds has none."""
    assert token_expiry(text) == expiry


def test_an_answer_is_said_in_words() -> None:
    """With its code where it has one."""
    assert [say(True, "ACTIVE"), say(False, "")] == ["access (ACTIVE)", "no access"]

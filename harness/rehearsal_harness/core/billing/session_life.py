"""How a checkout session begins, and how it ends without a payment.

Decides: when it expires, that the way back is told then, and what somebody finds who takes it.
Does not know: how it is paid (`checkout`, `one_time`, `setup_page`).
Rule: https://docs.stripe.com/payments/checkout/abandoned-carts: the address works for 30 days, and each time
makes a new session that is a copy of the expired one.
"""

from __future__ import annotations

from ..actions import ExpireCheckout, RecoverCheckout
from ..agenda import TaskKind
from ..calendar import DAY_S
from ..change import Change
from ..objects import CheckoutSession, SessionStatus
from ..objects.checkout_page import NOTHING
from ..records import replace
from . import setup_page
from .causes import Cause

_USABLE_S = 30 * DAY_S


def open_session(change: Change, session: CheckoutSession) -> CheckoutSession:
    """The merchant creates a session; nobody is told, and it expires by itself at `expires_at`."""
    change.plan(TaskKind.SESSION_EXPIRES, session.expires_at, session.id)
    return change.create(session)


def expire(change: Change, action: ExpireCheckout) -> None:
    """The merchant ends an open session."""
    _expire(change, action.session_id, Cause.SESSION_EXPIRED_BY_REQUEST)


def session_expires(change: Change, session_id: str) -> None:
    """Nobody paid in time."""
    _expire(change, session_id, Cause.SESSION_EXPIRES)


def _expire(change: Change, session_id: str, cause: Cause) -> None:
    before = change.get(CheckoutSession, session_id)
    row = change.row(CheckoutSession, before, cause)
    if before.setup_intent is not None:
        setup_page.expire(change, before)
    expired = replace(with_way_back(change, before), status=SessionStatus(row.after))
    change.follow(row, before, expired)
    change.drop(TaskKind.SESSION_EXPIRES, session_id)


def with_way_back(change: Change, session: CheckoutSession) -> CheckoutSession:
    """The session, which expires now, with the address that recovers it, if it is to have one."""
    way = session.page.recovery
    if way is None:
        return session
    mode = "live" if change.world.settings.livemode else "test"
    url = f"https://buy.stripe.com/r/{mode}_{session.id.rpartition('_')[2]}"
    told = replace(way, url=url, expires_at=change.now + _USABLE_S)
    return replace(session, page=replace(session.page, recovery=told))


def recover(change: Change, action: RecoverCheckout) -> None:
    """Open a copy; raises NoTransition for a session that has not expired."""
    expired = change.get(CheckoutSession, action.session_id)
    change.update(expired, expired, Cause.CHECKOUT_RECOVERED)
    key = f"{expired.id}|{change.now}|{len(change.table(CheckoutSession))}"
    way = expired.page.recovery
    copy = replace(
        expired,
        id=change.new_id("cs", key),
        created=change.now,
        expires_at=change.now + DAY_S,
        status=SessionStatus.OPEN,
        line_items=tuple(
            replace(line, id=change.new_id("li", f"{key}|{position}"))
            for position, line in enumerate(expired.line_items)
        ),
        declined_tries=0,
        collected=NOTHING,
        allow_promotion_codes=way.allow_promotion_codes if way else expired.allow_promotion_codes,
        page=replace(expired.page, recovery=None, recovered_from=expired.id),
    )
    open_session(change, copy)

"""The actions of a story that are no request of anybody's: time, webhooks, the backend itself.

Decides: how each is carried out in the running world.  Does not know the acts of people (`playing`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rehearsal_harness.core import signed_in, story
from rehearsal_harness.core.moments import instant_of
from rehearsal_harness.serving.backends import reconcile as run_reconcile
from rehearsal_harness.serving.control.clock_orders import iso
from rehearsal_harness.serving.control.forging import forged
from rehearsal_harness.serving.control.played import Played, Unplayable
from rehearsal_harness.serving.look.words import several

if TYPE_CHECKING:
    from rehearsal_harness.serving.control.playing import Play

SETTLE_S = 30
OUTAGE = "what Stripe sends meanwhile is lost"


def wait(play: Play, action: Any) -> str:
    """Time passes, and what is due on the way happens."""
    to = instant_of(action.until, play.node(), action.person)
    play.advance(to)
    return f"it is {iso(play.bench.clock.now())}"


def arrive(play: Play, action: Any) -> str:
    """The webhooks that are due have been tried, and what failed was tried again."""
    if action.late:
        return "no time passes for late ones"
    _settle(play)
    due = _tried_again(play)
    while due is not None:
        play.advance(due)
        _settle(play)
        due = _tried_again(play)
    return ""


def _settle(play: Play) -> None:
    if not play.bench.outbox.wait_settled(play.bench.clock.now(), SETTLE_S):
        raise Unplayable(f"webhooks are still on their way after {SETTLE_S} s")


def _tried_again(play: Play) -> int | None:
    """When the backend is next told what it did not acknowledge; what never arrives is not waited for."""
    planned = play.bench.outbox.pending(account_id=play.bench.main.id)
    ours = (each for each in planned if each.endpoint_id == play.service.endpoint_id)
    return next((each.due for each in ours if each.struck != "lost"), None)


def forge(play: Play, action: Any) -> Played:
    """Everything that this story has brought is posted again, by somebody else."""
    _settle(play)
    node = play.node()
    count, violation = forged(play.bench, play.service, node, len(play.held.events), action.fault)
    if violation is not None:
        return Played("broken", f"{violation.subject}: {violation.observed}", violation.expected)
    return Played("holds", f"{several(count, 'webhook')} posted, {action.fault.replace('_', ' ')}")


def reconcile(play: Play, action: Any) -> str:
    """The server's own command, as an operator or a timer runs it."""
    problem = run_reconcile(play.bench, play.service)
    if problem:
        raise Unplayable(f"`billing-server reconcile`: {problem}")
    return "by the server's own command"


def reconfigure(play: Play, action: Any) -> str:
    """The backend is another process, with these switches."""
    _settle(play)
    play.staged.configure(action.switches)
    play.service = play.staged.service
    return f"begun again, {', '.join(action.switches) or 'as usual'}"


def outage(play: Play, action: Any) -> str:
    """Everything that is sent for a while is lost."""
    kept = play.bench.faults
    play.bench.set_faults(replace(kept, lose_percent=100))
    try:
        play.advance(play.bench.clock.now() + action.delay_s)
    finally:
        play.bench.set_faults(kept)
    return OUTAGE


def dither(play: Play, action: Any) -> str:
    """Cancel and take back, with time between the changes."""
    for each in (story.CancelAtPeriodEnd, story.UndoCancel) * action.times:
        play.advance(play.bench.clock.now() + action.apart_s)
        play.act(each(person=action.person, line=action.line))
    return ""


BY_HAND: Mapping[type[story.Action], Callable[[Any, Any], str | Played]] = {
    story.Forge: forge,
    story.Reconcile: reconcile,
    signed_in.Reconfigure: reconfigure,
    story.Wait: wait,
    story.Arrive: arrive,
    story.Outage: outage,
    story.Dither: dither,
}

"""Broken backends as people write them: one row per subscription, overwritten by each event.

Each function is a factory for `rehearse run --app broken.naive:<name>`, and its docstring says what its
author believed.  `running_winner` is the best such a backend can be, and is still wrong within a second.
"""

from __future__ import annotations

from broken.habits import ENDED, HANDLED, Habits, Held, Told, newer_or_equal_unless_ended, stated_end
from broken.ledger import Ledger
from broken.shop import open_shop

from rehearsal_harness.targets.backend import Backend, Collaborators

MONTH_S = 30 * 86_400


def _open(given: Collaborators, **habits: object) -> Backend:
    return open_shop(given, Ledger(given, Habits(**habits)))


def running_winner(given: Collaborators) -> Backend:
    """`created` orders the events of a subscription, and of two in one second the later arrival is right."""
    return _open(given)


def last_write_wins(given: Collaborators) -> Backend:
    """Events arrive in the order in which things happened."""
    return _open(given, overwrites=lambda held, told: True)


def newer_created_only(given: Collaborators) -> Backend:
    """What does not come from a later second is old."""
    later = newer_or_equal_unless_ended
    return _open(given, overwrites=lambda held, told: told.created != held.status_at and later(held, told))


def newer_or_equal_created(given: Collaborators) -> Backend:
    """What comes from the same second is newer, also when it is delivered again."""
    return _open(given)


def pairwise_tie_break(given: Collaborators) -> Backend:
    """In one second, an event follows another if it undoes what that one set."""

    def overwrites(held: Held, told: Told) -> bool:
        if held.status in ENDED or told.created != held.status_at:
            return newer_or_equal_unless_ended(held, told)
        return told.before.get("cancel_at", held.cancel_at) == held.cancel_at

    return _open(given, overwrites=overwrites)


def latest_cancellation_wins(given: Collaborators) -> Backend:
    """Any fixed order within a second will do, say that of the dates: it is a join, and not the truth."""

    def overwrites(held: Held, told: Told) -> bool:
        if held.status in ENDED or told.created != held.status_at:
            return newer_or_equal_unless_ended(held, told)
        return (stated_end(told) or 0) >= (held.cancel_at or 0)

    return _open(given, overwrites=overwrites)


def duplicate_pays_twice(given: Collaborators) -> Backend:
    """Each invoice.paid adds a month."""
    return _open(given, paid_through=lambda held, told: (held.paid_through or told.created) + MONTH_S)


def updated_after_deleted_resurrects(given: Collaborators) -> Backend:
    """A deleted subscription needs no row."""
    return _open(given, deletes_row=lambda told: told.type == "customer.subscription.deleted")


def unpaid_checkout_grants(given: Collaborators) -> Backend:
    """Who completed the checkout has paid."""
    return _open(given, is_paid=lambda told: True)


def cancel_at_period_end_revokes_at_once(given: Collaborators) -> Backend:
    """Who has cancelled is out."""
    return _open(given, status=lambda told: "canceled" if stated_end(told) else told.body["status"])


def access_tied_to_subscription_created(given: Collaborators) -> Backend:
    """Every subscription begins with customer.subscription.created, which the endpoint is never sent."""
    return _open(given, needs_row=lambda told: told.type != "customer.subscription.created")


def old_deletion_revokes_new(given: Collaborators) -> Backend:
    """A customer has one subscription."""
    return _open(
        given,
        key=lambda told: told.customer,
        overwrites=lambda held, told: told.created >= held.status_at,
        reuses_customer=True,
    )


def id_row_committed_before_work(given: Collaborators) -> Backend:
    """An event id is written down first, so that nothing is done twice."""
    return _open(given, remembers=lambda told: told.event_id, one_transaction=False)


def dedup_by_type_and_object(given: Collaborators) -> Backend:
    """The same kind of event of the same object is a duplicate."""
    return _open(given, remembers=lambda told: f"{told.type} {told.object_id}")


def grace_from_arrival(given: Collaborators) -> Backend:
    """The days of grace begin when we hear of the failure."""
    return _open(given, past_due_since=lambda told, now: now)


def drops_old_events(given: Collaborators) -> Backend:
    """What is more than an hour old is a replay."""
    return _open(given, ignores=lambda told, now: told.created < now - 3_600)


def invoice_before_checkout_dropped(given: Collaborators) -> Backend:
    """Nothing is heard of a subscription before its checkout is completed."""
    return _open(given, needs_row=lambda told: not told.type.startswith("checkout.session."))


def uses_period_of_invoice(given: Collaborators) -> Backend:
    """An invoice's own period_end is how far it pays; it ends the period before."""
    return _open(given, paid_through=lambda held, told: max(told.body["period_end"], held.paid_through or 0))


def first_payment_counts(given: Collaborators) -> Backend:
    """The paid period is set when the customer pays; renewals come by themselves."""
    lines = Habits().paid_through
    return _open(given, paid_through=lambda held, told: held.paid_through or lines(held, told))


def earliest_line_counts(given: Collaborators) -> Backend:
    """Of several ends the earliest is the safe one."""
    lines = Habits().paid_through

    def earliest(held: Held, told: Told) -> int:
        end = lines(Held(""), told)
        return end if held.paid_through is None else min(end, held.paid_through)

    return _open(given, paid_through=earliest)


def last_payment_counts(given: Collaborators) -> Backend:
    """The last invoice.paid to arrive is the newest."""
    lines = Habits().paid_through
    return _open(given, paid_through=lambda held, told: lines(Held(""), told))


def whoever_is_not_canceled_is_active(given: Collaborators) -> Backend:
    """There are two statuses."""
    known = ("canceled", "incomplete_expired")
    return _open(given, status=lambda told: s if (s := told.body["status"]) in known else "active")


def only_the_flag_cancels(given: Collaborators) -> Backend:
    """A portal cancellation sets cancel_at_period_end; under flexible billing it sets cancel_at instead."""
    return _open(
        given, cancel_at=lambda told: stated_end(told) if told.body["cancel_at_period_end"] else None
    )


def no_delayed_payments(given: Collaborators) -> Backend:
    """Money comes with the checkout or not at all: what settles later is not listened to."""
    return _open(given, handled=HANDLED - {"invoice.paid"})

"""Small stories as values: for each broken backend one that finds it, with as few deliveries as can be.

Decides: which property each bug breaks, and after how many deliveries at least.  The stories are the
checklist's in their smallest form; features/ tells them in Gherkin.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rehearsal_harness.core import story as told
from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.signed_in import Reconfigure
from rehearsal_harness.core.story import Action, Anchor, Moment, Story

HOUR_S, DAY_S = 3_600, 86_400
ADA, LAPTOP, TABLET = "Ada", "laptop", "tablet"
NOW = Moment(Anchor.NOW)
ARRIVE = (told.Arrive(), told.Arrive(late=True))
CHECKOUT = told.Checkout(person=ADA, device=LAPTOP)
ACTIVATE = told.Activate(person=ADA, device=LAPTOP)
CANCEL = told.CancelAtPeriodEnd(person=ADA)
UNDO = told.UndoCancel(person=ADA)
CANCEL_NOW = told.CancelNow(person=ADA)
RENEW = told.Wait(person=ADA, until=Moment(Anchor.PERIOD_END, HOUR_S))
DECLINE = told.ReplaceCard(person=ADA, card=Card.ATTACHES_THEN_DECLINES)
RECONCILE = told.Reconcile()
OUTAGE = told.Outage(delay_s=4 * DAY_S)
NINE_DAYS = told.Wait(person=ADA, until=Moment(Anchor.NOW, 9 * DAY_S))
MINUTE = told.Wait(person=ADA, until=Moment(Anchor.NOW, 60))


def pay(card: Card = Card.OK) -> Action:
    """Ada completes the hosted page."""
    return told.Pay(person=ADA, card=card)


def dither(times: int, apart_s: int = 0) -> Action:
    """Ada cancels and takes it back."""
    return told.Dither(person=ADA, times=times, apart_s=apart_s)


def allows(code: str, *, at: Moment = NOW, allowed: bool = True) -> Action:
    """What the backend must answer about Ada."""
    return told.ExpectAccess(person=ADA, at=at, allowed=allowed, code=code)


def answered(status: int, code: str) -> Action:
    """What Ada's laptop must have been answered last."""
    return told.ExpectAnswer(person=ADA, device=LAPTOP, status=status, code=code)


def story(name: str, *actions: Action, **settings: Any) -> Story:
    """A story of this file."""
    return Story(name=name, rule="", feature="", path="stories.py", line=1, actions=actions, **settings)


BUY = (CHECKOUT, pay())
ACTIVE = (*BUY, *ARRIVE)
FAIL = (DECLINE, RENEW)
RECOVER = (told.ReplaceCard(person=ADA, card=Card.OK), told.PayInvoice(person=ADA))
TO_THE_LAST_DAY = told.Wait(person=ADA, until=Moment(Anchor.CANCEL_AT, -DAY_S))
A_DAY_LATER = told.Wait(person=ADA, until=Moment(Anchor.FAILED_PAYMENT, DAY_S))
PAID_END = Moment(Anchor.PAID_THROUGH, DAY_S)
CRASH, FETCH_FAILS, LOST = (("crash", 1),), (("stripe_fails_fetch", 1),), (("never_arrives", 1),)

BOUGHT = story("bought", *ACTIVE)
BOUGHT_TO_THE_END = story("to the end", *ACTIVE, allows("RENEWAL_OVERDUE", at=PAID_END, allowed=False))
DELAYED = story("a bank debit is on its way", CHECKOUT, pay(Card.DELAYED), *ARRIVE)
CRASHES = story("a crash", *ACTIVE, faults=CRASH)
CANCELED = story("canceled at the period's end", *BUY, CANCEL, *ARRIVE)
ENDED = story("canceled and ended at once", *BUY, CANCEL, CANCEL_NOW, *ARRIVE)
UNDONE = story("canceled, and back a minute later", *ACTIVE, CANCEL, MINUTE, UNDO, *ARRIVE)
DITHERED = story("canceled and back within a second", *ACTIVE, dither(1), *ARRIVE)
DITHERED_UNASKED = story(
    "canceled and back, and Stripe fails once", *ACTIVE, dither(1), *ARRIVE, faults=FETCH_FAILS
)
AGAIN = story(
    "bought again elsewhere", *BUY, CANCEL_NOW, told.Checkout(person=ADA, device=TABLET), pay(), *ARRIVE
)
AGAIN_LATER = story("bought again afterwards", *ACTIVE, CANCEL_NOW, *ARRIVE, *BUY, *ARRIVE)
RENEWED = story("renewed", *ACTIVE, RENEW, *ARRIVE)
TRIAL = story("paid the day after a trial", *BUY, RENEW, *ARRIVE, trial_days=1)
FAILED = story("a renewal is declined", *ACTIVE, *FAIL, *ARRIVE)
FAILED_AND_CANCELED = story(
    "declined, and canceled a day later", *ACTIVE, *FAIL, A_DAY_LATER, CANCEL, *ARRIVE
)
RECOVERED = story("declined and made up for", *ACTIVE, *FAIL, *ARRIVE, *RECOVER, *ARRIVE)
ACTIVATED = story("activated", *ACTIVE, ACTIVATE)
REDIRECTED = story("activated before any webhook", *BUY, ACTIVATE, *ARRIVE)
LAST_DAY = story("activated on the last day", *BUY, CANCEL, *ARRIVE, TO_THE_LAST_DAY, ACTIVATE)
PORTAL = story("no portal without a token", *ACTIVE, told.OpenPortal(person=ADA, device=LAPTOP))
TWO_CLICKS = story("a double click", CHECKOUT, CHECKOUT, told.ExpectCount(kind="checkout_sessions", count=1))
SUBSCRIBED = story("already subscribed", *ACTIVE, CHECKOUT, answered(409, "ALREADY_SUBSCRIBED"))
REINSTALLED = story(
    "reinstalled",
    *ACTIVE,
    ACTIVATE,
    told.Activate(person=ADA, device=TABLET),
    told.ExpectFeatures(person=ADA, device=TABLET, at=NOW, open=True),
)
BACK_TOO_LATE = story(
    "offline while it ended",
    *ACTIVE,
    ACTIVATE,
    CANCEL_NOW,
    *ARRIVE,
    NINE_DAYS,
    told.Refresh(person=ADA, device=LAPTOP),
)
DOWN = story("down for four days", *BUY, OUTAGE, RECONCILE, *ARRIVE)
DOWN_TWICE = story("down again within a second", *BUY, RECONCILE, CANCEL, OUTAGE, RECONCILE, *ARRIVE)
PAUSED = story("checkout is paused", *ACTIVE, Reconfigure(switches=("paused",)))
ONE_LOST = story("one webhook is lost", *BUY, CANCEL, *ARRIVE, RECONCILE, *ARRIVE, faults=LOST)


def forged(how: str) -> Story:
    """Somebody posts what was bought before Stripe does."""
    return story(f"posted {how}", *BUY, told.Forge(fault=how), *ARRIVE)


@dataclass(frozen=True, slots=True)
class Case:
    """A broken backend (under tests/), its story, the property it breaks, and after how many deliveries."""

    app: str
    story: Story
    property_id: str
    deliveries: int

    @property
    def name(self) -> str:
        """The bug's name."""
        return self.app.rpartition(":")[2]


AGREES, ENDS, SUPPORTED = "access_agrees", "access_ends_when_told", "access_supported"
REFUSED, WITHIN, EXPECTED = "forged_refused", "token_within_boundary", "story_expectation"
ACKNOWLEDGED, UNCHANGED = "every_event_acknowledged", "duplicate_changes_nothing"

# The bugs that the project must find, in the order of its list.
LISTED = (
    Case("naive:last_write_wins", UNDONE, AGREES, 4),
    Case("naive:newer_created_only", DITHERED, AGREES, 4),
    Case("naive:newer_or_equal_created", DITHERED, AGREES, 4),
    Case("naive:pairwise_tie_break", DITHERED, AGREES, 4),
    Case("naive:duplicate_pays_twice", BOUGHT, UNCHANGED, 2),
    Case("naive:updated_after_deleted_resurrects", ENDED, ENDS, 2),
    Case("clients:access_from_redirect", REDIRECTED, SUPPORTED, 0),
    Case("webhooks:unsigned_accepted", forged("unsigned"), REFUSED, 0),
    Case("webhooks:stale_accepted", forged("stale"), REFUSED, 0),
    Case("webhooks:future_accepted", forged("future"), REFUSED, 0),
    Case("naive:cancel_at_period_end_revokes_at_once", CANCELED, AGREES, 3),
    Case("mutants:past_due_never_limited", FAILED, ENDS, 3),
    Case("naive:id_row_committed_before_work", CRASHES, AGREES, 3),
    Case("naive:access_tied_to_subscription_created", BOUGHT, AGREES, 2),
    Case("naive:unpaid_checkout_grants", DELAYED, SUPPORTED, 1),
    Case("naive:old_deletion_revokes_new", AGAIN, AGREES, 5),
    Case("clients:token_never_expires", ACTIVATED, WITHIN, 2),
)
OTHERS = (
    Case("naive:latest_cancellation_wins", DITHERED, AGREES, 4),
    Case("naive:dedup_by_type_and_object", UNDONE, AGREES, 4),
    Case("naive:grace_from_arrival", FAILED, ENDS, 3),
    Case("naive:drops_old_events", BOUGHT, AGREES, 2),
    Case("naive:invoice_before_checkout_dropped", BOUGHT, AGREES, 2),
    Case("naive:uses_period_of_invoice", BOUGHT, AGREES, 2),
    Case("naive:first_payment_counts", RENEWED, AGREES, 4),
    Case("naive:earliest_line_counts", RENEWED, AGREES, 4),
    Case("naive:last_payment_counts", TRIAL, UNCHANGED, 3),
    Case("naive:whoever_is_not_canceled_is_active", FAILED, AGREES, 5),
    Case("naive:only_the_flag_cancels", CANCELED, ENDS, 2),
    Case("naive:no_delayed_payments", BOUGHT, AGREES, 2),
    Case("mutants:past_due_at_once", FAILED, AGREES, 5),
    Case("mutants:first_failure_forgotten", FAILED_AND_CANCELED, ENDS, 4),
    Case("mutants:no_leeway", BOUGHT, AGREES, 2),
    Case("mutants:boundary_off_by_one", BOUGHT_TO_THE_END, EXPECTED, 2),
    Case("mutants:cancel_at_ignored", CANCELED, ENDS, 2),
    Case("mutants:access_by_email", AGAIN_LATER, ENDS, 4),
    Case("mutants:reconcile_stops_at_what_is_known", ONE_LOST, AGREES, 2),
    Case("mutants:reconcile_starts_after_its_cursor", DOWN_TWICE, ENDS, 0),
    Case("mutants:reconcile_does_nothing", DOWN, AGREES, 0),
    Case("mutants:no_reconcile", DOWN, "clients_are_answered", 0),
    Case("webhooks:any_secret_accepted", forged("wrong_secret"), REFUSED, 0),
    Case("webhooks:other_mode_applied", forged("other_mode"), SUPPORTED, 0),
    Case("webhooks:one_type_fails", FAILED, ACKNOWLEDGED, 4),
    Case("webhooks:one_type_answered_404", FAILED, ACKNOWLEDGED, 4),
    Case("webhooks:failures_acknowledged", DITHERED_UNASKED, AGREES, 4),
    Case("webhooks:writes_at_stripe", CANCELED, "stripe_writes_allowed", 1),
    Case("clients:token_for_ten_years", ACTIVATED, WITHIN, 2),
    Case("clients:token_outlives_cancellation", LAST_DAY, WITHIN, 3),
    Case("clients:one_device_only", REINSTALLED, AGREES, 2),
    Case("clients:portal_without_token", PORTAL, "portal_for_its_owner", 2),
    Case("clients:double_click_sells_twice", TWO_CLICKS, EXPECTED, 0),
    Case("clients:sells_to_subscribers", SUBSCRIBED, EXPECTED, 2),
)
# Where a search must look twice: the order of rows, writes outside transactions, memory, many duplicates.
HIDDEN = (
    Case("hidden:last_row_wins", DITHERED, AGREES, 4),
    Case("hidden:id_row_without_transaction", CRASHES, AGREES, 3),
    Case("hidden:works_later", CRASHES, AGREES, 2),
    Case("mutants:nobody_is_let_in_while_paused", PAUSED, AGREES, 2),
    Case("hidden:locks_out_on_the_fourth_delivery", BOUGHT, UNCHANGED, 5),
    Case("asking:rereads_events", RENEWED, AGREES, 3),
    Case("webhooks:duplicate_is_an_error", BOUGHT, ACKNOWLEDGED, 2),
    Case("clients:devices_get_nothing", ACTIVATED, AGREES, 2),
    Case("clients:licence_never_expires", ACTIVATED, WITHIN, 2),
    Case("clients:expires_at_lies", ACTIVATED, WITHIN, 2),
)
BROKEN = (*LISTED, *OTHERS, *HIDDEN)
STORIES = (*{id(case.story): case.story for case in BROKEN}.values(), RECOVERED, BACK_TOO_LATE)

"""What a backend ought to answer, worked out from what the simulated Stripe knows to be true.

Decides: access from events read in their *true* order, where the last word simply wins, and the most
that may be granted by a backend that has been told only some of them.  Does not know the order in
which they were delivered, nor anything of the server's own rules: it is written apart from
server.access on purpose, so that the two do not share one misunderstanding.
Rule: the access table of the manifest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from rehearsal_harness.core.objects import CheckoutSession, Event, Invoice, Subscription
from rehearsal_harness.core.objects.invoice import InvoiceLine
from rehearsal_specs.manifest import AccessTable, Answer

TERMINAL = frozenset({"canceled", "incomplete_expired"})
USAGE_TRUST_S = 31 * 86_400
NO_ACCESS = frozenset({"unpaid", "paused", "incomplete"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a set of events says of one subscription; instants are unix seconds.

    `status` is "" until an event of the subscription itself says one.  `status_at` and `paid_at` are
    places in the true order, so that "later" is never a question of seconds.
    """

    customer: str
    subscription: str
    first_created: int
    status: str = ""
    status_at: int = -1
    status_second: int = -1
    past_due_since: int | None = None
    cancel_at: int | None = None
    paid_through: int | None = None
    paid_at: int = -1
    settled_second: int | None = None
    failures: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """The answer a customer ought to get; `until` ends an allowed answer.

    `also`: another code that is as right, where no event has told the status and Stripe could be asked.
    """

    answer: Answer
    until: int | None = None
    also: str = ""

    def has_code(self, code: str) -> bool:
        """Is this a right code?  A backend that names none is not wrong about it."""
        return code in ("", self.answer.code, self.also or self.answer.code)

    @property
    def allowed(self) -> bool:
        """May the customer use the product?"""
        return self.answer.allowed


def learn(events: Iterable[Event]) -> dict[str, list[Known]]:
    """The subscriptions of each customer, from `events` in true order."""
    known: dict[str, Known] = {}
    for event in events:
        found = _subject(event)
        if found is not None:
            subscription, customer = found
            before = known.get(subscription) or Known(
                customer=customer, subscription=subscription, first_created=event.created
            )
            known[subscription] = _told(before, event)
    by_customer: dict[str, list[Known]] = {}
    for each in known.values():
        by_customer.setdefault(each.customer, []).append(each)
    return by_customer


def _subject(event: Event) -> tuple[str, str] | None:
    after = event.after
    if isinstance(after, Subscription):
        return after.id, after.customer
    if isinstance(after, (Invoice, CheckoutSession)) and after.subscription and after.customer:
        return after.subscription, after.customer
    return None


def _told(known: Known, event: Event) -> Known:
    after = event.after
    if isinstance(after, Subscription):
        return _told_status(known, event, after)
    if isinstance(after, CheckoutSession):
        paid = after.payment_status in ("paid", "no_payment_required")
        settled = event.type in ("checkout.session.completed", "checkout.session.async_payment_succeeded")
        if paid and settled and known.settled_second is None:
            return replace(known, settled_second=event.created)
        return known
    if isinstance(after, Invoice):
        return _told_invoice(known, event, after)
    return known


def _told_status(known: Known, event: Event, after: Subscription) -> Known:
    status = str(after.status)
    since = known.past_due_since if known.status == "past_due" else event.created
    end = after.current_period_end if after.cancel_at_period_end else None
    return replace(
        known,
        status=status,
        status_at=event.index,
        status_second=event.created,
        past_due_since=since if status == "past_due" else None,
        cancel_at=after.cancel_at if after.cancel_at is not None else end,
    )


def _told_invoice(known: Known, event: Event, after: Invoice) -> Known:
    if event.type == "invoice.paid":
        ends = [_pays_through(line, after.created) for line in after.lines]
        through = max([*ends, known.paid_through or 0])
        failures = {invoice: at for invoice, at in known.failures.items() if invoice != after.id}
        return replace(known, paid_through=through, paid_at=event.index, failures=failures)
    if event.type == "invoice.payment_failed" and after.id not in known.failures:
        return replace(known, failures={**known.failures, after.id: event.created})
    return known


def _pays_through(line: InvoiceLine, created: int) -> int:
    """Usage is billed afterwards, and trusted for as long again, a month at least.  A proration waits for an
    invoice too, but pays for its own time.
    """
    end = line.period_end
    return (
        end
        if end > created or line.invoice_item is not None
        else end + max(end - line.period_start, USAGE_TRUST_S)
    )


def expect(known: Iterable[Known], table: AccessTable, at: int) -> Expected:
    """What a backend that was told all this ought to answer at `at`, over all subscriptions."""
    answers = [(_expect_one(each, table, at), each) for each in known]
    if not answers:
        return Expected(answer=table.no_subscription)
    allowed = [expected for expected, _ in answers if expected.allowed]
    if allowed:
        return max(allowed, key=lambda each: each.until or 0)
    newest = max(answers, key=lambda pair: (pair[1].first_created, pair[1].subscription))
    return newest[0]


def _expect_one(known: Known, table: AccessTable, at: int) -> Expected:
    if known.status in TERMINAL:
        return Expected(answer=table.statuses[known.status].answer)
    if known.cancel_at is not None and at >= known.cancel_at:
        return Expected(answer=table.statuses["canceled"].answer)
    answer, until = _before_cancel(known, table, at)
    if answer.allowed and until is not None and known.cancel_at is not None:
        until = min(until, known.cancel_at)
    also = table.statuses["trialing"].answer.code if answer.allowed and not known.status else ""
    return Expected(answer=answer, until=until if answer.allowed else None, also=also)


def _before_cancel(known: Known, table: AccessTable, at: int) -> tuple[Answer, int | None]:
    if known.status in NO_ACCESS:
        return table.statuses[known.status].answer, None
    since = past_due_since(known)
    if since is not None:
        rule = table.statuses["past_due"]
        end = since + (rule.for_s or 0)
        late = known.paid_through is None or (rule.for_s is not None and at >= end)
        return (rule.then or rule.answer, None) if late else (rule.answer, end)
    if known.paid_through is None:
        if known.settled_second is not None and at < known.settled_second + table.settling_s:
            return table.settling, known.settled_second + table.settling_s
        return table.payment_pending, None
    end = known.paid_through + table.renewal_leeway_s
    if at >= end:
        return table.renewal_overdue, None
    return table.statuses[known.status or "active"].answer, end


def past_due_since(known: Known) -> int | None:
    """The instant at which a payment is known to be owed, or None."""
    if known.status == "past_due":
        return known.past_due_since
    later = [second for second in known.failures.values() if second > known.status_second]
    return min(later) if later else None


def boundaries(known: Iterable[Known], table: AccessTable) -> set[int]:
    """Every instant at which the answer of this table may change for these subscriptions."""
    instants: set[int | None] = set()
    for each in known:
        instants |= {each.cancel_at, each.paid_through}
        if each.paid_through is not None:
            instants.add(each.paid_through + table.renewal_leeway_s)
        if each.settled_second is not None:
            instants.add(each.settled_second + table.settling_s)
        since = past_due_since(each)
        if since is not None:
            instants.add(since + (table.statuses["past_due"].for_s or 0))
    return {instant for instant in instants if instant is not None}


def refusal(known: Iterable[Known], table: AccessTable, at: int) -> str:
    """Why nobody who was told only this may grant access at `at`: a property id, "" when one may.

    Kinder than `expect`: in mid-flight a backend may believe a payment over an older status.
    """
    reasons = [_refusal_one(each, table, at) for each in known]
    if "" in reasons:
        return ""
    return "access_ends_when_told" if "access_ends_when_told" in reasons else "access_supported"


def _refusal_one(known: Known, table: AccessTable, at: int) -> str:
    if known.status in TERMINAL or (known.cancel_at is not None and at >= known.cancel_at):
        return "access_ends_when_told"
    settling = known.settled_second is not None and at < known.settled_second + table.settling_s
    paid = known.paid_through is not None and at < known.paid_through + table.renewal_leeway_s
    if known.paid_at > known.status_at and paid:
        return ""
    if known.status in NO_ACCESS:
        return "access_ends_when_told"
    since = past_due_since(known)
    if known.paid_through is not None and since is not None:
        limit = table.statuses["past_due"].for_s
        owed = known.status == "past_due" and limit is not None and at >= since + limit
        return "access_ends_when_told" if owed else ""
    return "" if settling or paid else "access_supported"

"""A story: what people do, in order, as data.

Decides: the vocabulary of actions a story may hold.  Does not know: how an action is carried
out (acting.py), in which order webhooks arrive (exploration.py), or Gherkin (steps/).
A story is written as a Gherkin example; each step appends actions.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum


class Anchor(StrEnum):
    """The instants a story may name."""

    NOW = "now"
    CHECKOUT = "checkout"
    PERIOD_END = "period_end"
    PAID_THROUGH = "paid_through"
    FAILED_PAYMENT = "failed_payment"
    CANCEL_AT = "cancel_at"


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant of the story: an anchor of one person's subscription, plus `offset_s` seconds."""

    anchor: Anchor
    offset_s: int = 0

    def __str__(self) -> str:
        return f"{self.anchor}{self.offset_s:+d}s" if self.offset_s else str(self.anchor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing that happens.  `line` is the feature-file line that said so."""

    person: str = ""
    line: int = 0

    def label(self) -> str:
        """How a trace names this action, e.g. `Ada: Pay(card=ok)`; what is empty is left out."""
        values = [(f.name, getattr(self, f.name)) for f in fields(self) if f.name not in ("person", "line")]
        shown = [f"{name}={value}" for name, value in values if value not in ("", (), None)]
        what = f"{type(self).__name__}({', '.join(shown)})"
        return f"{self.person}: {what}" if self.person else what


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkout(Action):
    """Ask the backend for a Checkout Session, from one device."""

    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pay(Action):
    """Complete the hosted checkout page with a test card."""

    card: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleDelayed(Action):
    """A delayed payment method (bank debit) succeeds or fails days later."""

    succeeded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Activate(Action):
    """Claim the licence for a device with the checkout session."""

    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Refresh(Action):
    """Ask for the licence again with the device's token."""

    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPortal(Action):
    """Ask the backend for a Customer Portal session with the device's token."""

    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshInVain(Action):
    """Ask for the licence again, where no server can be reached."""

    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SetClockBack(Action):
    """The owner of a device sets its clock back, while the app is running."""

    device: str
    by_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAtPeriodEnd(Action):
    """Cancel in the portal: access should last to the end of what is paid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelNow(Action):
    """The subscription is canceled at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoCancel(Action):
    """Take a scheduled cancellation back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dither(Action):
    """Cancel and take it back, `times` times, each change `apart_s` after the one before; nothing is
    delivered meanwhile.
    """

    times: int
    apart_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceCard(Action):
    """Put another test card on file."""

    card: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PayInvoice(Action):
    """Pay the open invoice by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(Action):
    """Let time pass up to `until`; what falls due on the way happens on the way."""

    until: Moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrive(Action):
    """Nothing else happens until every event is acknowledged; `late`: at the last retry."""

    late: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage(Action):
    """The endpoint is down for `delay_s`; what Stripe sends meanwhile and before never arrives."""

    delay_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconcile(Action):
    """The backend lists Stripe's events since its cursor and folds them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forge(Action):
    """Somebody who is not Stripe, or Stripe's other mode, posts to the webhook route."""

    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectAccess(Action):
    """What the backend must answer about a person at a moment."""

    at: Moment
    allowed: bool
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectFeatures(Action):
    """What the person's desktop must do with its gated features at a moment."""

    device: str
    at: Moment
    open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectAnswer(Action):
    """What the backend's last answer to one of the person's devices must have been."""

    device: str
    status: int
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectCount(Action):
    """How many objects of a kind Stripe must hold."""

    kind: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectStatus(Action):
    """The status Stripe itself must give the person's newest subscription."""

    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A Gherkin example, read: actions in order and the faults it allows.

    `rolling`: Stripe signs with two secrets, of which the backend has the older one.  `dunning_final`: what
    Stripe does when collection has failed for good, "" for the declared default.  `switches`: how the backend
    is configured other than usual (targets/backend.py).
    """

    name: str
    rule: str
    feature: str
    path: str
    line: int
    tags: frozenset[str] = frozenset()
    actions: tuple[Action, ...] = ()
    faults: tuple[tuple[str, int], ...] = field(default=())
    trial_days: int = 0
    dunning_final: str = ""
    rolling: bool = False
    switches: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """`rule: example`, unique within a run."""
        return f"{self.rule}: {self.name}" if self.rule else self.name

"""What people do who sign in: they buy by offer, look at their account, ask for a portal; operators replay.

Decides: the vocabulary of such actions, as data, beside that of core/story.py.  Does not know how an action
is carried out (visiting.py), nor Gherkin (steps/).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rehearsal_harness.core.story import Action

FOREIGN = "a price of the account that is not offered"
BROWSER = "browser"  # the device of whoever signs in: it holds no licence, only the last answer


OWN_ORIGIN = "the declared origin"


class Caller(StrEnum):
    """As whom a request is made: the person herself, the person as an operator, or nobody signed in."""

    USER = "user"
    OPERATOR = "operator"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Buy(Action):
    """Ask the backend for the checkout of an offer, by its name or id; `wishes` go along with the request.

    `FOREIGN` asks for a price of the same Stripe account that is none of the offers'.
    """

    offer: str
    caller: str = Caller.USER
    wishes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenLink(Action):
    """Open the ready-made payment link of an offer, by its name or id."""

    offer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Action):
    """A request to the route of an operation; `body`, `query` and `headers` are sorted pairs.

    `body` None sends none; `method` "" is the route's own.  A header's value OWN_ORIGIN stands for the one
    whose pages may call.
    """

    operation: str
    caller: str = Caller.USER
    method: str = ""
    body: tuple[tuple[str, str], ...] | None = None
    query: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ComeBack(Action):
    """Follow the redirect to the success page, whether anything was paid or not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPortal(Action):
    """Ask for a Customer Portal; `of` names somebody else whose customer id is passed along."""

    caller: str = Caller.USER
    of: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay(Action):
    """Ask for the newest event of a type to be applied once more, `times` times; `event_id` for another."""

    type: str = ""
    event_id: str = ""
    caller: str = Caller.OPERATOR
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconfigure(Action):
    """From here on the backend runs with these switches (targets/backend.py); what it stored stays."""

    switches: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund(Action):
    """The merchant pays the newest order back, whole or in part."""

    part: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute(Action):
    """The person's bank takes the money of the newest order back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseDispute(Action):
    """The dispute is decided."""

    won: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Use(Action):
    """Whoever meters tells Stripe that the person has used so many units."""

    units: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePlan(Action):
    """The subscription of the person goes over to another offer."""

    offer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectOrder(Action):
    """The state that the backend must give the person's newest order."""

    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectCredits(Action):
    """How many credits the backend must say the person has."""

    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectSaid(Action):
    """What the last answer to the person must hold: a key of its JSON, with dots between, or a header, and a
    pattern for its value as a shell writes it (`*`); `wanted` False: it may not.
    """

    key: str
    value: str = "*"
    wanted: bool = True

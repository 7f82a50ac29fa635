"""How steps are declared: any keyword, one pattern, and the words that patterns are made of.

Decides: the types of a pattern's placeholders (a moment, a card, a forgery), so that a step file is only its
sentences. Does not know any sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any, ParamSpec, TypeVar

from pytest_bdd import parsers
from pytest_bdd.steps import step as any_keyword

from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.objects.subscription import SubscriptionStatus
from rehearsal_harness.core.signed_in import OWN_ORIGIN, Caller
from rehearsal_harness.core.story import Anchor, Moment

HOUR_S = 3_600
DAY_S = 86_400

MOMENTS = {
    "now": Moment(Anchor.NOW),
    "the end of the paid period": Moment(Anchor.PAID_THROUGH),
    "a day after the paid period": Moment(Anchor.PAID_THROUGH, DAY_S),
    "the cancellation date": Moment(Anchor.CANCEL_AT),
    "3 days after the failed payment": Moment(Anchor.FAILED_PAYMENT, 3 * DAY_S),
    "8 days from now": Moment(Anchor.NOW, 8 * DAY_S),
    "6 days from now": Moment(Anchor.NOW, 6 * DAY_S),
}
PAYMENTS = {
    "with a good card": Card.OK,
    "with a card that is declined": Card.DECLINED,
    "by bank debit": Card.DELAYED,
}
UNITS_S = {"hours": HOUR_S, "days": DAY_S}
PACES_S = {" within a second": 0, ", a second apart": 1}
FORGERIES = {
    "without a signature": "unsigned",
    "signed with a wrong secret": "wrong_secret",
    "with a stale signature": "stale",
    "with a signature from the future": "future",
    "from the other mode": "other_mode",
}
CALLERS = {"without signing in": Caller.NOBODY, "as an operator": Caller.OPERATOR}
PAGES = {
    "her account": "account",
    "her subscriptions": "subscriptions",
    "her order": "checkout_status",
    "what is sold": "billing_status",
    "the health of the service": "health",
    "the operators' page": "admin_billing",
    "the state of the services": "services_status",
}
PLACES = {
    "another page of the site": "/pricing?checkout=success",
    "another host": "https://evil.test/",
    "another host without a scheme": "//evil.test",
    "another host behind a backslash": "/\\evil.test",
    "another host in disguise": "/%2F%2Fevil.test",
    "a script": "javascript:alert(1)",
}
SHOWN = {
    "a page of Stripe's to pay on": ("url", "https://checkout.stripe.com/*"),
    "a page of Stripe's to manage it on": ("url", "https://billing.stripe.com/*"),
    "a ready-made payment link": ("kind", "payment_link"),
    "a request for an invoice": ("kind", "request"),
    "that the service is well": ("ok", "true"),
    "that the service is not open for live money": ("deployability*", "NO_GO_LIVE_MONEY"),
    "that a replay changed nothing": ("changed", "false"),
    "that a replay made up for what was missed": ("changed", "true"),
    "a subscription with Stripe": ("subscriptions.*.provider", "stripe"),
    "that her page may read it": ("header.access-control-allow-origin", "*"),
    "an answer that nobody may keep": ("header.cache-control", "*no-store*"),
    "that checkout is open": ("checkout_enabled", "true"),
    "that checkout is closed": ("checkout_enabled", "false"),
    "that payments are ready": ("services.0.ready", "true"),
    "an address of anybody's": ("*", "*@*"),
    "a checkout and its webhook": ("checkouts.0.*", "cs_*"),
    "that a secret was taken out": ("redacted.count", "1"),
    "that nothing was taken out": ("redacted.count", "0"),
}
SWITCHES = {
    "checkout is paused": "paused",
    "checkout goes on": "",
    "the service has live keys": "live",
    "no prices are configured": "unsold",
    "Stripe is not configured": "no_stripe",
}
WEBHOOKS = {
    "checkout": "checkout.session.completed",
    "invoice payment": "invoice.paid",
    "refund": "charge.refunded",
}
MENTIONED = {
    "a live key": "sk_live_" + "0" * 24,
    "a webhook secret": "whsec_" + "0" * 32,
    "a card number": "4242 4242 4242 4242",
    "nothing secret": "a shop with a heart",
}
ORIGINS = {"the declared origin": OWN_ORIGIN, "another origin": "https://evil.test"}


class Placeholder:
    """A type of placeholder: the words it takes (`pattern`, as the parse package wants it) and what they
    mean.
    """

    def __init__(self, pattern: str, meaning: Callable[[str], Any] = str) -> None:
        self.pattern = pattern
        self._meaning = meaning

    def __call__(self, text: str) -> Any:
        return self._meaning(text)


def _one_of(meaning: Mapping[str, Any]) -> Placeholder:
    words = "|".join(re.escape(word) for word in sorted(meaning, key=len, reverse=True))
    return Placeholder(words, meaning.__getitem__)


TYPES: dict[str, Placeholder] = {
    "Who": Placeholder("[A-Za-z]+(?:'s)?"),
    "Code": Placeholder("[A-Z][A-Z_]+"),
    "Count": Placeholder("[1-9][0-9]{0,2}", int),
    "Status": Placeholder("|".join(sorted(SubscriptionStatus, key=len, reverse=True))),
    "Final": Placeholder("cancel|unpaid|past_due"),
    "Moment": _one_of(MOMENTS),
    "Payment": _one_of(PAYMENTS),
    "Unit": _one_of(UNITS_S),
    "Pace": _one_of(PACES_S),
    "Works": _one_of({"open": True, "blocked": False}),
    "Settles": _one_of({"succeeds": True, "fails": False}),
    "Forgery": _one_of(FORGERIES),
    "Caller": _one_of(CALLERS),
    "Page": _one_of(PAGES),
    "Place": _one_of(PLACES),
    "Shown": _one_of(SHOWN),
    "Switch": _one_of(SWITCHES),
    "Webhook": _one_of(WEBHOOKS),
    "Origin": _one_of(ORIGINS),
    "Mention": _one_of(MENTIONED),
    "OrderState": Placeholder("processing|paid|fulfilled|failed"),
    "Share": _one_of({"everything": False, "a part": True}),
    "Outcome": _one_of({"won": True, "lost": False}),
}

P = ParamSpec("P")
T = TypeVar("T")


SENTENCES: list[str] = []


def step(sentence: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Declare a step of any keyword for `sentence`."""
    SENTENCES.append(re.sub(r"\{(\w+)(?::\w+)?\}", r"<\1>", sentence))
    return any_keyword(parsers.parse(sentence, extra_types=TYPES))


def nearest_sentence(text: str) -> str:
    """The declared sentence most like `text`, `<count> <unit> pass`; empty when none is near."""
    return next(iter(get_close_matches(text, SENTENCES, n=1, cutoff=0.5)), "")

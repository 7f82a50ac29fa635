"""How steps are declared: any keyword, one pattern, and the words that patterns are made of.

Decides: the types of a pattern's placeholders (a moment, a card, a forgery), so that a step file is only its sentences.
Does not know any sentence.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from parse import with_pattern
from pytest_bdd import parsers
from pytest_bdd.steps import step as any_keyword

from rehearsal_harness.core.story import Anchor, Moment

HOUR_S = 3_600
DAY_S = 86_400

MOMENTS = {
    "now": Moment(Anchor.NOW),
    "the end of the paid period": Moment(Anchor.PAID_THROUGH),
    "a day after the paid period": Moment(Anchor.PAID_THROUGH, DAY_S),
    "the cancellation date": Moment(Anchor.CANCEL_AT),
    "24 hours after the checkout": Moment(Anchor.CHECKOUT, DAY_S),
    "3 days after the failed payment": Moment(Anchor.FAILED_PAYMENT, 3 * DAY_S),
    "an hour after the failed payment": Moment(Anchor.FAILED_PAYMENT, HOUR_S),
    "8 days from now": Moment(Anchor.NOW, 8 * DAY_S),
    "6 days from now": Moment(Anchor.NOW, 6 * DAY_S),
    "40 days from now": Moment(Anchor.NOW, 40 * DAY_S),
}
FORGERIES = {
    "without a signature": "unsigned",
    "signed with a wrong secret": "wrong_secret",
    "with a stale signature": "stale",
    "with a signature from the future": "future",
    "from the other mode": "other_mode",
}


def _one_of(words: dict[str, Any]) -> Callable[[str], Any]:
    @with_pattern("|".join(sorted(words, key=len, reverse=True)))
    def convert(text: str) -> Any:
        return words[text]

    return convert


@with_pattern(r"[A-Z][A-Z_]+")
def _code(text: str) -> str:
    return text


@with_pattern(r"[A-Za-z]+")
def _name(text: str) -> str:
    return text


TYPES: dict[str, Callable[[str], Any]] = {
    "Who": _name,
    "Code": _code,
    "Moment": _one_of(MOMENTS),
    "Forgery": _one_of(FORGERIES),
}

F = TypeVar("F", bound=Callable[..., Any])


def step(sentence: str) -> Callable[[F], F]:
    """Declare a step of any keyword for `sentence`."""
    return any_keyword(parsers.parse(sentence, extra_types=TYPES))

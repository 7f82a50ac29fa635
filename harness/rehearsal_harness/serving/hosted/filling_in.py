"""The part of a form in which a payment method is chosen, as it was sent.

Decides: which card is meant, and what is wrong with a form.  Does not know what becomes of the card.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from . import cards
from .cards import TestCard

OTHER = "other"  # the choice that stands for the number typed beside it
_EMAIL = re.compile(r"[^@\s<>()]+@[^@\s<>()]+\.[^@\s<>().]+")
_EMAIL_CHARS_MAX = 512

Problem = tuple[str, str]  # the id of the field, and a sentence


@dataclass(frozen=True, slots=True)
class Chosen:
    """The card, None where the form names none, and what was typed, to be shown again."""

    card: TestCard | None
    choice: str
    number: str
    problems: tuple[Problem, ...] = ()


def chosen_card(form: Mapping[str, str]) -> Chosen:
    """The card that the form names: a typed number before a choice that does not fit it."""
    choice, number = form.get("card", ""), form.get("number", "")
    if choice != OTHER and (known := cards.find(choice)) is not None and not number:
        return Chosen(known, known.number, "")
    if not number:
        problem = ("card", "Choose a test card, or type its number.")
        return Chosen(None, choice, "", (problem,))
    typed = cards.find(number)
    if typed is None:
        problem = ("number", "No test card has this number. Never type a real one here.")
        return Chosen(None, OTHER, "", (problem,))  # it might be a real one, so it is not shown again
    return Chosen(typed, OTHER, typed.spaced)


def email_problems(email: str) -> tuple[Problem, ...]:
    """What is wrong with an address; nothing if it could be one."""
    if len(email) <= _EMAIL_CHARS_MAX and _EMAIL.fullmatch(email):
        return ()
    return (("email", "Enter an e-mail address such as ada@example.com."),)

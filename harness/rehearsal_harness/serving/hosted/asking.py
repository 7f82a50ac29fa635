"""The answers on a checkout page: what is wrong with them, and what they become.

Decides: which answer is missing, too short or too long, and which quantity is out of bounds.  Does not know
what is asked (`questions`), or where an answer goes (`core.billing.filling_in`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields

from rehearsal_harness.core.objects import Address, CheckoutSession, Collected, Shipping

from .filling_in import Problem
from .questions import TAX_ID_TYPES, Field, Group

_ADDRESS = tuple(each.name for each in fields(Address))


@dataclass(frozen=True, slots=True)
class Answers:
    """A form as it was sent: what to show again, what is wrong, and what it comes to."""

    typed: dict[str, str]
    problems: tuple[Problem, ...]
    collected: Collected


def read_answers(session: CheckoutSession, groups: Iterable[Group], form: Mapping[str, str]) -> Answers:
    """The answers that `form` holds to what is asked."""
    asked = [field for group in groups for field in group.fields]
    typed = {field.id: form.get(field.id, "") for field in asked if field.id in form or field.kind == "check"}
    problems = tuple(
        (field.id, said) for field in asked if (said := _problem(field, typed.get(field.id, "")))
    )
    if typed.get("tax_id") and "tax_id_type" not in typed:
        typed["tax_id_type"] = TAX_ID_TYPES[0]
    return Answers(typed, problems, _collected(session, typed))


def _problem(field: Field, answer: str) -> str:
    """What is wrong with an answer, or ""."""
    name = field.label
    if not answer:
        if not field.needed:
            return ""
        return f"Tick this to go on: {name}." if field.kind == "check" else f"Fill in: {name}."
    if field.options and answer not in dict(field.options):
        return f"Choose one of the options: {name}."
    if field.kind == "numeric" and not (answer.isascii() and answer.isdigit()):
        return f"Use digits only: {name}."
    if not field.least <= len(answer) <= field.most:
        bounds = f"between {field.least} and {field.most}" if field.least else f"at most {field.most}"
        return f"Use {bounds} characters: {name}."
    return ""


def _collected(session: CheckoutSession, typed: Mapping[str, str]) -> Collected:
    shipping = None
    if session.page.shipping_countries:
        shipping = Shipping(
            name=typed.get("shipping_name") or None,
            phone=typed.get("phone") or None,
            address=_address("shipping", typed),
        )
    tax_id = typed.get("tax_id")
    keys = [each.key for each in session.page.custom_fields]
    return Collected(
        name=typed.get("name") or None,
        phone=typed.get("phone") or None,
        address=_address("billing", typed),
        shipping=shipping,
        business_name=typed.get("business_name") or None,
        individual_name=typed.get("individual_name") or None,
        tax_ids=((typed.get("tax_id_type", ""), tax_id),) if tax_id else (),
        answers=tuple((key, answer) for key in keys if (answer := typed.get(f"custom_{key}"))),
        terms_accepted=bool(typed.get("terms")),
        promotions=bool(typed["promotions"]) if "promotions" in typed else None,
    )


def _address(prefix: str, typed: Mapping[str, str]) -> Address | None:
    lines = {name: typed.get(f"{prefix}_{name}") or None for name in _ADDRESS}
    return Address(**lines) if any(lines.values()) else None


@dataclass(frozen=True, slots=True)
class Order:
    """How many of what, and how it is sent, as the form says; what differs from the session is a change."""

    quantities: tuple[tuple[str, int], ...]
    shipping_rate: str | None
    problems: tuple[Problem, ...]

    @property
    def is_changed(self) -> bool:
        """Whether something else is due than was shown."""
        return bool(self.quantities or self.shipping_rate)


def read_order(session: CheckoutSession, form: Mapping[str, str]) -> Order:
    """What of the order the form changes."""
    changed: list[tuple[str, int]] = []
    problems: list[Problem] = []
    left = len(session.line_items)
    for line in session.line_items:
        name = f"quantity_{line.id}"
        bounds, sent = line.adjustable, form.get(name)
        if bounds is None or sent is None or sent == str(line.quantity):
            continue
        wanted = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 7 else -1
        if not bounds.minimum <= wanted <= bounds.maximum:
            sentence = f"Take between {bounds.minimum} and {bounds.maximum} of it."
            problems.append((name, sentence))
        else:
            changed.append((line.id, wanted))
            left -= wanted == 0
    if changed and not left:
        problems.append((f"quantity_{changed[-1][0]}", "Something has to be left in the order."))
        changed = []
    rate = form.get("shipping_rate")
    offered = {each.shipping_rate for each in session.page.shipping_options}
    chosen = rate if rate in offered and rate != session.shipping_rate else None
    return Order(tuple(changed), chosen, tuple(problems))

"""What a checkout session sells, in words and amounts for its page.

Decides: how lines, a trial and the amount due are told.  Does not know what paying does (`core.billing`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit

from rehearsal_harness.core.calendar import DAY_S
from rehearsal_harness.core.currencies import plain
from rehearsal_harness.core.objects import CheckoutSession, LineItem, Price, Product, ShippingRate
from rehearsal_harness.core.world import World
from rehearsal_harness.serving.look import day, money


@dataclass(frozen=True, slots=True)
class Line:
    """One line: what, how it is charged, and its amount as text."""

    name: str
    detail: str
    amount: str
    field: str = ""
    quantity: int = 1
    least: int | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """One way to send it: the id of its rate, and what is told of it."""

    rate: str
    name: str
    detail: str
    amount: str


@dataclass(frozen=True, slots=True)
class Purchase:
    """All that a page says about what is bought; `then` is "" where nothing follows, `shipping` is the name
    and the amount of the way that is chosen."""

    heading: str
    lines: tuple[Line, ...]
    discounts: tuple[tuple[str, str], ...]
    due_label: str
    due: str
    then: str
    button: str
    merchant: str
    shipping: tuple[str, str] | None = None


_BUTTONS = {"book": "Book", "donate": "Donate", "subscribe": "Subscribe"}


def purchase(world: World, session: CheckoutSession, now: int) -> Purchase:
    """The words for `session`, read at the unix second `now`."""
    lines = tuple(_line(world, session, each) for each in session.line_items)
    names = " and ".join(dict.fromkeys(each.name for each in lines))
    due = money(session.amount_total, session.currency) if session.line_items else ""
    word = _BUTTONS.get(session.page.submit_type or "")
    verb, begin = ("Try", "Start the trial") if session.has_trial else ("Subscribe to", "Subscribe")
    heading, button = {
        "subscription": (f"{verb} {names}", begin),
        "payment": (names, f"Pay {due}" if session.amount_total else "Complete the order"),
        "setup": ("Save a payment method", "Save it"),
    }[session.mode]
    return Purchase(
        heading=heading,
        lines=lines,
        discounts=tuple(_discounts(session)),
        due_label="Due today",
        due=due,
        then=_then(session, now),
        button=f"{word} {due}".strip() if word and session.mode == "payment" else word or button,
        merchant=merchant(session),
        shipping=_chosen(ways(world, session), session),
    )


def merchant(session: CheckoutSession) -> str:
    """Whom the money would go to: the host of the merchant's own page."""
    return urlsplit(session.success_url or session.cancel_url or session.page.return_url or "").netloc


def product_name(world: World, price: Price) -> str:
    """The name of a price's product."""
    product = world.table(Product).get(price.product)
    return product.name if product else price.product


def every(price: Price) -> str:
    """How often a price is charged: `per month`, `every 3 months`, or `once`."""
    recurring = price.recurring
    if recurring is None:
        return "once"
    count = recurring.interval_count
    return f"per {recurring.interval}" if count == 1 else f"every {count} {recurring.interval}s"


def charged(price: Price) -> str:
    """What a price costs, and how often."""
    if price.tiers:
        return f"in {price.tiers_mode} tiers, {every(price)}"
    unit = money(price.unit_amount, price.currency)
    if price.unit_amount_decimal is not None:
        unit = f"{price.currency.upper()} {plain(Decimal(price.unit_amount_decimal), price.currency)}"
    each = f" for each {price.divide_by}" if price.divide_by else ""
    used = " for each unit used, billed" if price.is_metered else ""
    return f"{unit}{each}{used} {every(price)}"


def _line(world: World, session: CheckoutSession, item: LineItem) -> Line:
    price = item.price
    details = [price.nickname or "", "" if item.quantity == 1 else f"{item.quantity} ×", charged(price)]
    later = session.has_trial and price.recurring is not None
    if later and session.trial_end:
        details.append(f"free until {day(session.trial_end)}")
    elif later:
        details.append(f"after {session.trial_period_days} days free")
    amount = 0 if later else item.amount
    return Line(
        product_name(world, price),
        " ".join(filter(None, details)),
        money(amount, price.currency),
        f"quantity_{item.id}",
        item.quantity,
        item.adjustable.minimum if item.adjustable else None,
    )


def ways(world: World, session: CheckoutSession) -> list[Way]:
    """The ways to send it that the session offers."""
    rates = [world.get(ShippingRate, each.shipping_rate) for each in session.page.shipping_options]
    return [
        Way(each.id, each.display_name, _takes(each), money(each.amount, each.currency)) for each in rates
    ]


def _takes(rate: ShippingRate) -> str:
    """How long it takes, as far as that is told."""
    least, most = rate.at_least, rate.at_most
    if least and most and least != most:
        return f"{_span(least)} to {_span(most)}"
    if least and most:
        return _span(most)
    return f"at least {_span(least)}" if least else f"at most {_span(most)}" if most else ""


def _span(bound: tuple[str, int]) -> str:
    unit, count = bound
    return f"{count} {unit.replace('_', ' ')}{'' if count == 1 else 's'}"


def _chosen(offered: list[Way], session: CheckoutSession) -> tuple[str, str] | None:
    found = next((each for each in offered if each.rate == session.shipping_rate), None)
    return (f"Shipping: {found.name}", found.amount) if found else None


def _less(session: CheckoutSession) -> str:
    """What is taken off later periods, too."""
    lasting = [each.coupon for each in session.discounts if each.coupon.duration != "once"]
    if not lasting:
        return ""
    months = lasting[0].duration_in_months
    return f", less the discount for {months} months" if months else ", less the discount"


def _discounts(session: CheckoutSession) -> Iterator[tuple[str, str]]:
    """The name of each discount, and what it takes off what is due today."""
    for each, column in zip(session.discounts, zip(*session.line_discounts, strict=True), strict=False):
        coupon = each.coupon
        off = f"{coupon.percent_off} %" if coupon.percent_off is not None else ""
        name = " ".join(filter(None, (coupon.name or "Discount", f"({off} off)" if off else "")))
        yield name, money(-sum(column), session.currency)


def _then(session: CheckoutSession, now: int) -> str:
    recurring = [each for each in session.line_items if each.price.recurring is not None]
    if session.mode != "subscription" or not recurring:
        return ""
    total = money(sum(each.amount for each in recurring), session.currency)
    rhythm = every(recurring[0].price)
    if session.has_trial:
        begins = day(session.trial_end or now + session.trial_period_days * DAY_S)
        return f"Then {total} {rhythm}, from {begins}, until you cancel{_less(session)}."
    return f"Then {total} {rhythm} until you cancel{_less(session)}."

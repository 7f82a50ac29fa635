"""Products and prices at Stripe, made once and found again by lookup key.

Decides: what is made, what is used again, and when a new price takes a lookup key over: Stripe's prices
cannot change their amount.  Run twice, it makes nothing the second time.  Does not know files or terminals.
Sources: https://docs.stripe.com/products-prices/manage-prices#lookup-keys, https://docs.stripe.com/api/payment-link.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rehearsal_specs.manifest import Offer

if TYPE_CHECKING:
    from stripe import Price, StripeClient
    from stripe.params import PriceCreateParams


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """An offer with its decided amount."""

    offer: Offer
    amount_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What became of one thing: `kind` product, price or payment_link; `was` created, reused, or planned."""

    kind: str
    was: str
    id: str
    about: str
    url: str = ""


class UndecidedPrice(Exception):
    """An offer has no amount: a person decides it first."""


def wanted_of(offers: tuple[Offer, ...], price_cents: int | None) -> list[Wanted]:
    """Each offer with its amount, the manifest's or else `price_cents`; raises UndecidedPrice."""
    undecided = [offer.id for offer in offers if offer.amount_cents is None]
    if undecided and price_cents is None:
        raise UndecidedPrice(
            f"the price of {', '.join(undecided)} is not decided; say it with --price-cents N"
        )
    if not undecided and price_cents is not None:
        if len(offers) != 1:
            raise UndecidedPrice("--price-cents says one price, and the manifest decides each of several")
        return [Wanted(offer=offers[0], amount_cents=price_cents)]
    return [
        Wanted(offer=each, amount_cents=price_cents if each.amount_cents is None else each.amount_cents)  # type: ignore[arg-type]
        for each in offers
    ]


def plan(wanted: list[Wanted], *, with_links: bool) -> Iterator[Done]:
    """What a run that executes would make or use again; Stripe is not asked."""
    for each in wanted:
        yield Done(kind="product", was="planned", id="", about=each.offer.name)
        yield Done(kind="price", was="planned", id="", about=_described(each))
        if with_links:
            yield Done(kind="payment_link", was="planned", id="", about=each.offer.name)


def execute(stripe: StripeClient, wanted: list[Wanted], *, with_links: bool) -> Iterator[Done]:
    """Make or find each, one after another; raises StripeError.  A caller may stop between two."""
    for each in wanted:
        price = _price_by_key(stripe, each.offer.id)
        product = _product_of(price) if price is not None else _product_by_offer(stripe, each.offer)
        if product is None:
            made = stripe.v1.products.create(
                {"name": each.offer.name, "metadata": {"offer_id": each.offer.id}}
            )
            product = made.id
            yield Done(kind="product", was="created", id=product, about=each.offer.name)
        else:
            yield Done(kind="product", was="reused", id=product, about=each.offer.name)
        if price is None or not _is_as_wanted(price, each):
            price = stripe.v1.prices.create(_price_params(each, product))
            yield Done(kind="price", was="created", id=price.id, about=_described(each))
        else:
            yield Done(kind="price", was="reused", id=price.id, about=_described(each))
        if with_links:
            yield link_for(stripe, each.offer, price.id)


def link_for(stripe: StripeClient, offer: Offer, price_id: str) -> Done:
    """The active payment link of an offer for this price, made when there is none; raises StripeError."""
    for link in stripe.v1.payment_links.list({"active": True, "limit": 100}).auto_paging_iter():
        note = link.to_dict(for_json=True).get("metadata") or {}
        if (note.get("offer_id"), note.get("price")) == (offer.id, price_id):
            return Done(kind="payment_link", was="reused", id=link.id, about=offer.name, url=link.url)
    quantity: dict[str, Any] = {} if offer.is_metered else {"quantity": 1}
    link = stripe.v1.payment_links.create(
        {
            "line_items": [{"price": price_id, **quantity}],  # type: ignore[typeddict-item]
            "metadata": {"offer_id": offer.id, "price": price_id},
        }
    )
    return Done(kind="payment_link", was="created", id=link.id, about=offer.name, url=link.url)


def _price_by_key(stripe: StripeClient, lookup_key: str) -> Price | None:
    found = stripe.v1.prices.list({"lookup_keys": [lookup_key], "active": True, "limit": 1}).data
    return found[0] if found else None


def _product_by_offer(stripe: StripeClient, offer: Offer) -> str | None:
    """A product that an earlier run made, and was stopped before its price."""
    for product in stripe.v1.products.list({"active": True, "limit": 100}).auto_paging_iter():
        if (product.to_dict(for_json=True).get("metadata") or {}).get("offer_id") == offer.id:
            return product.id
    return None


def _product_of(price: Price) -> str:
    return price.product if isinstance(price.product, str) else price.product.id


def _is_as_wanted(price: Price, wanted: Wanted) -> bool:
    interval = price.recurring.interval if price.recurring else ""
    is_metered = bool(price.recurring) and price.recurring.usage_type == "metered"  # type: ignore[union-attr]
    offer = wanted.offer
    return (price.unit_amount, price.currency, interval, is_metered) == (
        wanted.amount_cents,
        offer.currency,
        offer.interval,
        offer.is_metered,
    )


def _price_params(wanted: Wanted, product: str) -> PriceCreateParams:
    offer = wanted.offer
    params: PriceCreateParams = {
        "product": product,
        "currency": offer.currency,
        "unit_amount": wanted.amount_cents,
        "lookup_key": offer.id,
        "transfer_lookup_key": True,
        "metadata": {"offer_id": offer.id},
    }
    if offer.mode == "subscription":
        params["recurring"] = {"interval": offer.interval}
        if offer.is_metered:
            params["recurring"]["usage_type"] = "metered"
    return params


def _described(wanted: Wanted) -> str:
    offer = wanted.offer
    every = f" each {offer.interval}" if offer.interval else ""
    usage = " for one unit of usage" if offer.is_metered else ""
    return (
        f"{offer.name}: {wanted.amount_cents / 100:.2f} {offer.currency}{usage}{every}, lookup key {offer.id}"
    )

"""The stage of a rehearsal: a Stripe account set up as its manifest needs it.

Decides: which products, prices and portal configuration exist before the first story begins, made by the same
requests a person's set-up would make.  Does not know the story.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from rehearsal_harness.core.render import render
from rehearsal_harness.core.requests import ApiRequest, Form, handle
from rehearsal_harness.core.requests.portal_configurations import save_default_portal
from rehearsal_harness.core.world import Settings, World
from rehearsal_specs.manifest import Offer
from rehearsal_specs.tables import Dunning, Rules

UNDECIDED_PRICE_CENTS = 2_500  # the example price of the set-up command; nothing rehearsed depends on it


class StageError(Exception):
    """The simulated Stripe refused the set-up: we are wrong, not the author."""


def stage(
    rules: Rules,
    dunning: Dunning,
    offers: Sequence[Offer],
    *,
    at: int,
    seed: int,
    settings: Settings | None = None,
    final_action: str = "",
) -> tuple[World, dict[str, str]]:
    """The world at the unix second `at`, and the price id for each offer's `price_env`."""
    if final_action:
        dunning = replace(dunning, final_action=final_action)
    world = World.start(rules, dunning, at=at, seed=seed, settings=settings or Settings())
    world = save_default_portal(world)
    prices: dict[str, str] = {}
    for offer in offers:
        world, prices[offer.price_env] = _price(world, offer)
    return world, prices


def with_offers(world: World, offers: Sequence[Offer]) -> tuple[World, dict[str, str]]:
    """The same account with a price for each offer, and their ids by `price_env`; a price that is there
    already, by its lookup key, is taken.
    """
    known = {each.lookup_key: each.id for each in world.prices if each.active and each.lookup_key}
    prices: dict[str, str] = {}
    for offer in offers:
        if offer.id not in known:
            world, known[offer.id] = _price(world, offer)
        prices[offer.price_env] = known[offer.id]
    return world, prices


def with_payment_links(
    world: World, offers: Sequence[Offer], prices: Mapping[str, str]
) -> tuple[World, dict[str, str], dict[str, str]]:
    """The same account with a payment link for each offer that names one; its id and its address at Stripe,
    by the offer's `payment_link_env`.  A link that is there already, by the offer in its metadata, is taken.
    """
    known = {dict(each.metadata).get("offer_id"): each for each in world.payment_links if each.active}
    ids: dict[str, str] = {}
    urls: dict[str, str] = {}
    for offer in offers:
        if offer.payment_link_env is not None:
            held = known.get(offer.id)
            if held is not None:
                shown = render(held, livemode=world.settings.livemode)
                ids[offer.payment_link_env], urls[offer.payment_link_env] = held.id, str(shown["url"])
                continue
            form: dict[str, str | Form] = {
                "line_items": {"0": {"price": prices[offer.price_env], "quantity": "1"}},
                "metadata": {"offer_id": offer.id},
            }
            world, link = _made(world, "/v1/payment_links", form)
            ids[offer.payment_link_env], urls[offer.payment_link_env] = str(link["id"]), str(link["url"])
    return world, ids, urls


def with_foreign_price(world: World) -> World:
    """The same account with one more active price, which is none of the offers'."""
    foreign = Offer(
        id="not_offered",
        name="Something else of the same account",
        mode="subscription",
        currency="usd",
        interval="month",
        trial_days=0,
        price_env="",
        amount_cents=100,
    )
    return _price(world, foreign)[0]


def _price(world: World, offer: Offer) -> tuple[World, str]:
    world, product = _post(world, "/v1/products", {"name": offer.name})
    form: dict[str, str | Form] = {
        "product": product,
        "currency": offer.currency,
        "unit_amount": str(offer.amount_cents or UNDECIDED_PRICE_CENTS),
        "lookup_key": offer.id,
    }
    if offer.mode == "subscription":
        form["recurring"] = {"interval": offer.interval}
    if offer.is_metered:
        meter: dict[str, str | Form] = {
            "display_name": offer.name,
            "event_name": offer.id,
            "default_aggregation": {"formula": "sum"},
        }
        world, meter_id = _post(world, "/v1/billing/meters", meter)
        form["recurring"] = {"interval": offer.interval, "usage_type": "metered", "meter": meter_id}
    return _post(world, "/v1/prices", form)


def tell_usage(world: World, event_name: str, payload: Mapping[str, str]) -> World:
    """The same account after whoever meters has told of usage."""
    return _made(world, "/v1/billing/meter_events", {"event_name": event_name, "payload": payload})[0]


def _post(world: World, path: str, form: Mapping[str, str | Form]) -> tuple[World, str]:
    world, made = _made(world, path, form)
    return world, str(made["id"])


def _made(world: World, path: str, form: Mapping[str, str | Form]) -> tuple[World, Mapping[str, Any]]:
    mode = "live" if world.settings.livemode else "test"
    headers = {"authorization": f"Bearer sk_{mode}_" + "0" * 24}
    world, answer = handle(world, ApiRequest(method="POST", path=path, params=form, headers=headers))
    if answer.status != 200:
        raise StageError(f"POST {path} is answered {answer.status}: {answer.body['error']['message']}")
    return world, answer.body

"""What a search needs to know of the service it rehearses, taken from its manifest.

Decides: whose access is asked about (a customer's, or a signed-in user's), and which offer a price belongs
to.  Does not know files, nor how the backend is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rehearsal_specs.manifest import AccessTable, Manifest, Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One service as a search sees it.

    `routes`: method and path of each operation; `prices`: the price at Stripe of each offer's id; `links`:
    the payment link of each that has one; `by_user`: people sign in, so that all customers and subscriptions
    of one user count together; `site` and `origin`: where checkouts come back to, and whose pages may read,
    "" where none is declared; `may_close`: the story closes the checkout, which may then answer 503.
    """

    table: AccessTable
    enabled: frozenset[str]
    routes: Mapping[str, tuple[str, str]]
    offers: Mapping[str, Offer]
    prices: Mapping[str, str]
    links: Mapping[str, str]
    gated: tuple[str, ...]
    by_user: bool
    site: str
    origin: str
    may_close: bool = False

    @property
    def has_orders(self) -> bool:
        """Can anybody ask what became of a checkout session?"""
        return "checkout_status" in self.routes

    def offer_at(self, price_id: str) -> Offer | None:
        """The offer that is sold at this price, None for a foreign one."""
        found = (self.offers[offer] for offer, price in self.prices.items() if price == price_id)
        return next(found, None)


def _variable(manifest: Manifest, name: str | None) -> str:
    found = (each.default or "" for each in manifest.variables if each.name == name)
    return next(found, "").rstrip("/")


def service_of(
    manifest: Manifest, prices: Mapping[str, str], links: Mapping[str, str], *, may_close: bool = False
) -> Service:
    """The service that a complete manifest declares; `prices` and `links` by the offers' variables."""
    assert manifest.access is not None  # whoever rehearses a manifest has asked what it lacks
    sites = (_variable(manifest, each.options.get("site_url_env")) for each in manifest.operations)
    return Service(
        table=manifest.access,
        enabled=frozenset(manifest.webhook.required_events),
        routes={each.name: (each.route.method, each.route.path) for each in manifest.operations},
        offers={offer.id: offer for offer in manifest.offers},
        prices={offer.id: prices[offer.price_env] for offer in manifest.offers},
        links={
            offer.id: links[offer.payment_link_env]
            for offer in manifest.offers
            if offer.payment_link_env is not None and offer.payment_link_env in links
        },
        gated=manifest.license.gated_features if manifest.license else (),
        by_user=manifest.license is None,
        site=next((site for site in sites if site), ""),
        origin=_variable(manifest, manifest.cors_origin_env),
        may_close=may_close,
    )

"""What Stripe itself says: webhook endpoint, Customer Portal, product and price.

Decides: what each must look like.  Asks through the official SDK, reads only, never a list longer than a
page, and never longer than asking.TIMEOUT_S in all.  Of what Stripe says about an error only its class and
status are told: its messages may hold a part of the key. Sources:
https://docs.stripe.com/api/webhook_endpoints, /customer_portal/configurations, /prices.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rehearsal_harness.core.currencies import plain
from rehearsal_harness.core.gate import Input, State
from rehearsal_harness.gate.asking import TIMEOUT_S, Asking, bad_address, met, not_met, unknown, within
from rehearsal_harness.gate.decided import decided_amount
from rehearsal_harness.gate.environment import real_stripe, secret
from rehearsal_specs.manifest import Offer

if TYPE_CHECKING:
    from stripe import StripeClient

ADDRESS = "STRIPE_API_BASE"
_CALL_S = 4
_AGAIN = "mend the connection to Stripe, and ask again"
_PORTAL = {
    "cancellation": ("subscription_cancel", True),
    "invoices": ("invoice_history", True),
    "payment_methods": ("payment_method_update", True),
    "no_plan_changes": ("subscription_update", False),
}


@dataclass(frozen=True, slots=True)
class Account:
    """What was read of the account: endpoints, the portal's default configuration, prices by id."""

    endpoints: tuple[Mapping[str, Any], ...]
    portal: Mapping[str, Any] | None
    prices: Mapping[str, Mapping[str, Any] | None]


def read_account(asking: Asking, offers: Iterable[str]) -> Account | Input:
    """What Stripe says, or the input that stands for every question that could not be asked."""
    if asking.closed:
        return unknown(asking.closed, "an answer of Stripe's", "open the live guard once all else is ready")
    name = next((each.name for each in asking.manifest.secrets if each.shape == "stripe_secret_key"), "")
    if not name or secret(asking, name).state is not State.MET:
        return unknown(f"not asked: {name or 'the key'} is not in place", "a key", f"set {name} first")
    if real_stripe(asking, ADDRESS).state is not State.MET:
        return unknown(f"not asked: {ADDRESS} is not Stripe", "Stripe", f"unset {ADDRESS}")
    if bad_address(asking.value(ADDRESS) or "https://api.stripe.com", is_live=asking.is_live):
        return unknown(f"not asked: {ADDRESS} is no address to send a key to", "https://", f"unset {ADDRESS}")
    ids = [asking.value(offer.price_env) for offer in asking.manifest.offers if offer.id in set(offers)]
    key = asking.environ[name].strip()
    try:
        account = within(TIMEOUT_S, lambda: _read(_client(asking, key), ids))
    except Exception as error:
        status = getattr(error, "http_status", None)
        said = f"{type(error).__name__}{f' {status}' if status else ''}"
        return unknown(f"Stripe could not be asked: {said}", f"an answer within {TIMEOUT_S} s", _AGAIN)
    if account is None:
        return unknown(f"no answer of Stripe's within {TIMEOUT_S} s", "an answer", _AGAIN)
    return account


def _client(asking: Asking, key: str) -> StripeClient:
    from stripe import RequestsClient, StripeClient

    return StripeClient(
        key,
        base_addresses={"api": (asking.value(ADDRESS) or "https://api.stripe.com").rstrip("/")},
        stripe_version=asking.value("STRIPE_API_VERSION") or asking.manifest.webhook.api_version,
        max_network_retries=0,
        http_client=RequestsClient(timeout=_CALL_S),
    )


def _read(client: StripeClient, price_ids: Iterable[str]) -> Account:
    from stripe import InvalidRequestError

    endpoints = client.v1.webhook_endpoints.list({"limit": 16}).to_dict()["data"]
    portals = client.v1.billing_portal.configurations.list({"is_default": True, "limit": 1}).to_dict()["data"]
    prices: dict[str, Mapping[str, Any] | None] = {}
    for price_id in price_ids:
        if not price_id.startswith("price_"):
            continue
        try:
            prices[price_id] = client.v1.prices.retrieve(price_id, {"expand": ["product"]}).to_dict()
        except InvalidRequestError:
            prices[price_id] = None  # no such price in this mode
    return Account(tuple(endpoints), portals[0] if portals else None, prices)


def webhook_endpoint(asking: Asking, account: Account, aspect: str) -> Input:
    """One aspect of the endpoint that is registered for this service."""
    hook, wanted = asking.manifest.webhook, asking.base_url + asking.manifest.webhook.path
    at_path = [each for each in account.endpoints if urlsplit(str(each["url"])).path == hook.path]
    here = [each for each in at_path if each["url"] == wanted]
    if not at_path:
        step = f"register {wanted or hook.path} as a webhook endpoint in Stripe's Dashboard"
        return not_met(f"no endpoint with the path {hook.path}", "one registered endpoint", step)
    if aspect == "registered":
        return met(f"{len(at_path)} registered with the path {hook.path}")
    if not here:
        return not_met("its URL is another", wanted or "the backend's address", "correct the endpoint's URL")
    one = here[0]
    if aspect == "url":
        return met("its URL is the backend's webhook route")
    if aspect == "enabled":
        if one["status"] == "enabled":
            return met("it is enabled")
        return not_met(f"it is {one['status']}", "enabled", "enable it in Stripe's Dashboard")
    if aspect == "version":
        if one["api_version"] == hook.api_version:
            return met(f"it is pinned to {hook.api_version}")
        step = f"make a new endpoint pinned to {hook.api_version}; an endpoint's version never changes"
        return not_met(
            f"its version is {one['api_version'] or 'the account default'}", hook.api_version, step
        )
    lacking = (
        [] if "*" in one["enabled_events"] else sorted({*hook.required_events} - {*one["enabled_events"]})
    )
    if lacking:
        return not_met(f"it lacks {', '.join(lacking)}", "every required event", "add them to the endpoint")
    return met(f"it receives all {len(hook.required_events)} required events")


def portal(asking: Asking, account: Account, aspect: str) -> Input:
    """One feature of the portal's default configuration."""
    if account.portal is None:
        return not_met("no default configuration", "one", "save the portal's settings in Stripe's Dashboard")
    feature, wanted = _PORTAL[aspect]
    plans = [each for each in asking.manifest.offers if each.mode == "subscription"]
    if aspect == "no_plan_changes" and len(plans) > 1:
        return met(f"{len(plans)} plans are offered, so they may be changed")
    is_on = bool(account.portal["features"][feature]["enabled"])
    word = {True: "on", False: "off"}
    if is_on is wanted:
        return met(f"{feature} is {word[is_on]}")
    step = f"switch {feature} {word[wanted]} in the portal's settings in Stripe's Dashboard"
    return not_met(f"{feature} is {word[is_on]}", word[wanted], step)


def product_and_price(asking: Asking, account: Account, offer_id: str) -> Input:
    """Is the offer's price there, active, of this mode, and as it was decided?"""
    offer = asking.manifest.offer(offer_id)
    assert offer is not None  # the manifest was checked
    name = offer.price_env
    price = account.prices.get(asking.value(name))
    if price is None:
        found = f"{name} names no price of this mode" if asking.value(name) else f"{name} is not set"
        return not_met(found, "a price", f"create product and price, and set {name} to its id")
    wrong = [*_unsold(price, asking), *_unlike(price, offer, asking)]
    if wrong:
        step = "create a price as decided (prices cannot be changed), and set its id"
        return not_met(f"the price in {name}: {'; '.join(wrong)}", f"as offered: {offer.name}", step)
    return met(f"product and price are active and as offered: {_money(price)}")


def _unsold(price: Mapping[str, Any], asking: Asking) -> Iterable[str]:
    product = price["product"]
    if not price["active"]:
        yield "it is not active"
    if isinstance(product, dict) and not product.get("active", False):
        yield "its product is not active"
    if bool(price["livemode"]) is not asking.is_live:
        yield f"it is of {'live' if price['livemode'] else 'test'} mode"


def _unlike(price: Mapping[str, Any], offer: Offer, asking: Asking) -> Iterable[str]:
    decisions = {key: each for file in asking.decisions for key, each in file.by_key.items()}
    decided = (offer.amount_cents, offer.currency) if offer.amount_cents else decided_amount(decisions)
    if decided is None:
        yield f"it costs {_money(price)}, and no amount is decided"
    elif (price["unit_amount"], price["currency"]) != decided:
        yield f"it costs {_money(price)}, decided is {plain(*decided)} {decided[1]}"
    recurring = price.get("recurring")
    interval = recurring["interval"] if recurring else ""
    if interval != offer.interval:
        yield f"it is paid {f'each {interval}' if interval else 'once'}"
    if recurring and (recurring["usage_type"] == "metered") is not offer.is_metered:
        yield f"its usage is {recurring['usage_type']}"


def _money(price: Mapping[str, Any]) -> str:
    return f"{plain(price['unit_amount'] or 0, price['currency'])} {price['currency']}"

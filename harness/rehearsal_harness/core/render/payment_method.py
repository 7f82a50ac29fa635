"""Payment methods, sources and tokens as JSON.

Source: the types PaymentMethod, Card and Token of stripe-python 16.1.0.
"""

from __future__ import annotations

from typing import Any

from ..cards import BEHAVIOR, Card
from ..objects import Address, PaymentMethod, Source, Token
from .contact import render_address

_US_BANK = {
    "account_holder_type": "individual",
    "account_type": "checking",
    "bank_name": "STRIPE TEST BANK",
    "financial_connections_account": None,
    "fingerprint": None,
    "networks": {"preferred": "ach", "supported": ["ach"]},
    "routing_number": "110000000",
}


def render_payment_method(method: PaymentMethod, livemode: bool) -> dict[str, Any]:
    """A card, or the debit of an account whose bank answers later."""
    kind = BEHAVIOR[method.card].type
    rendered = {
        "id": method.id,
        "object": "payment_method",
        "allow_redisplay": method.allow_redisplay,
        "billing_details": billing_details(method.email, method.name, method.phone, method.address),
        "created": method.created,
        "customer": method.customer,
        "customer_account": None,
        "livemode": livemode,
        "metadata": dict(method.metadata),
        "type": kind,
    }
    if kind == "card":
        rendered[kind] = _card(method)
    elif kind == "sepa_debit":
        rendered[kind] = sepa(method.card)
    else:
        rendered[kind] = {**us_bank(method.card), "status_details": None}
    return rendered


def billing_details(
    email: str | None,
    name: str | None = None,
    phone: str | None = None,
    address: Address | None = None,
) -> dict[str, Any]:
    """Who pays, as far as she said."""
    return {
        "address": render_address(address),
        "email": email,
        "name": name,
        "phone": phone,
        "tax_id": None,
    }


def sepa(card: Card) -> dict[str, Any]:
    """An account in Germany."""
    return {
        "bank_code": None,
        "branch_code": None,
        "country": "DE",
        "fingerprint": None,
        "generated_from": None,
        "last4": BEHAVIOR[card].last4,
    }


def us_bank(card: Card) -> dict[str, Any]:
    """An account in the US."""
    return {**_US_BANK, "last4": BEHAVIOR[card].last4}


def checks(card: Card) -> dict[str, str | None]:
    """What the bank said of the code and the address."""
    found = BEHAVIOR[card].checks
    return {
        "address_line1_check": found.line1,
        "address_postal_code_check": found.zip,
        "cvc_check": found.cvc,
    }


def _card(method: PaymentMethod) -> dict[str, Any]:
    behavior = BEHAVIOR[method.card]
    return {
        "brand": behavior.brand,
        "checks": checks(method.card),
        "country": "US",
        "display_brand": behavior.display_brand,
        "exp_month": method.exp_month,
        "exp_year": method.exp_year,
        "fingerprint": None,
        "funding": behavior.funding,
        "generated_from": None,
        "last4": behavior.last4,
        "networks": {"available": [behavior.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }


def render_source(source: Source, livemode: bool) -> dict[str, Any]:
    """A card as its customer's `sources` show it; it does not say its mode."""
    address = source.address or Address()
    return {
        **_plain_card(source, source.customer),
        "address_city": address.city,
        "address_country": address.country,
        "address_line1": address.line1,
        "address_line2": address.line2,
        "address_state": address.state,
        "address_zip": address.postal_code,
        "metadata": dict(source.metadata),
    }


def render_token(token: Token, livemode: bool) -> dict[str, Any]:
    """The token, with the card in it, which is nobody's."""
    lines = ("city", "country", "line1", "line2", "state", "zip")
    card = {**_plain_card(token, None), **{f"address_{line}": None for line in lines}, "metadata": {}}
    return {
        "id": token.id,
        "object": "token",
        "card": {**card, "id": f"card_{token.id.removeprefix('tok_')}"},
        "client_ip": None,
        "created": token.created,
        "livemode": livemode,
        "type": "card",
        "used": token.used,
    }


def _plain_card(source: Source | Token, customer: str | None) -> dict[str, Any]:
    behavior = BEHAVIOR[source.card]
    return {
        "id": source.id,
        "object": "card",
        "address_line1_check": behavior.checks.line1,
        "address_zip_check": behavior.checks.zip,
        "allow_redisplay": "unspecified",
        "brand": behavior.source_brand,
        "country": "US",
        "customer": customer,
        "cvc_check": behavior.checks.cvc,
        "dynamic_last4": None,
        "exp_month": source.exp_month,
        "exp_year": source.exp_year,
        "fingerprint": None,
        "funding": behavior.funding,
        "last4": behavior.last4,
        "name": source.name,
        "regulated_status": "unregulated",
        "tokenization_method": None,
    }

"""What a checkout page asks beside the payment method: fields in groups, as data.

Decides: which session asks what, in which order, and what stands in a field at first.  Does not know what
becomes of an answer (`asking`), or how a field looks.
Rule: https://docs.stripe.com/api/checkout/sessions/create; a card is always paid with in somebody's name and
country, which are filled in here so that nobody has to.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rehearsal_harness.core.objects import CheckoutPage, CheckoutSession, Customer, CustomField

COUNTRIES = {
    "AT": "Austria",
    "AU": "Australia",
    "BE": "Belgium",
    "BR": "Brazil",
    "CA": "Canada",
    "CH": "Switzerland",
    "CN": "China",
    "CZ": "Czechia",
    "DE": "Germany",
    "DK": "Denmark",
    "ES": "Spain",
    "FI": "Finland",
    "FR": "France",
    "GB": "United Kingdom",
    "HK": "Hong Kong",
    "IE": "Ireland",
    "IN": "India",
    "IT": "Italy",
    "JP": "Japan",
    "MX": "Mexico",
    "NL": "Netherlands",
    "NO": "Norway",
    "NZ": "New Zealand",
    "PL": "Poland",
    "PT": "Portugal",
    "SE": "Sweden",
    "SG": "Singapore",
    "US": "United States",
    "ZA": "South Africa",
}
TAX_ID_TYPES = ("eu_vat", "gb_vat", "us_ein", "au_abn", "ca_bn", "ch_vat", "in_gst", "jp_cn", "no_vat")
_SOMEBODY = "Ada Lovelace"
_SOMEWHERE = "US"
_ADDRESS = (
    ("line1", "Address", "address-line1", True),
    ("line2", "Address, second line", "address-line2", False),
    ("postal_code", "Postal code", "postal-code", False),
    ("city", "City", "address-level2", True),
    ("state", "State or province", "address-level1", False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question; `options` are (value, label) of a choice, `least` and `most` bound the length."""

    id: str
    label: str
    kind: str = "text"
    needed: bool = True
    value: str = ""
    fills: str = "off"
    options: tuple[tuple[str, str], ...] = ()
    least: int = 0
    most: int = 500
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under a heading; `late` ones come after the payment method."""

    title: str
    fields: tuple[Field, ...]
    hint: str = ""
    late: bool = False


def groups_of(session: CheckoutSession, customer: Customer | None, *, with_card: bool) -> list[Group]:
    """What the page of `session` asks; a `customer` who is known is not asked all again."""
    page, texts = session.page, dict(session.page.custom_text)
    found = [
        Group("Contact", tuple(_contact(page, customer))),
        Group("Shipping address", tuple(_shipping(page)), texts.get("shipping_address", "")),
        Group("Billing address", tuple(_billing(session, customer, with_card)), late=True),
        Group("Tax id", tuple(_tax_id(page))),
        Group("The shop asks", tuple(_custom(each) for each in page.custom_fields)),
        Group("Before you go on", tuple(_consents(page, texts)), late=True),
    ]
    return [each for each in found if each.fields]


def _contact(page: CheckoutPage, customer: Customer | None) -> Iterator[Field]:
    if page.phone:
        known = (customer.phone if customer else None) or ""
        yield Field(id="phone", label="Phone", kind="tel", fills="tel", value=known, most=20)
    for kind, how in (("business", page.business_name), ("individual", page.individual_name)):
        if how:
            fills = "organization" if kind == "business" else "name"
            needed = how == "required"
            label = f"{kind.capitalize()} name"
            yield Field(id=f"{kind}_name", label=label, needed=needed, fills=fills, most=150)


def _shipping(page: CheckoutPage) -> Iterator[Field]:
    if page.shipping_countries:
        yield Field(id="shipping_name", label="Name of who receives it", fills="shipping name")
        yield from _address("shipping", page.shipping_countries, "")


def _billing(session: CheckoutSession, customer: Customer | None, with_card: bool) -> Iterator[Field]:
    asked = session.billing_address_collection == "required"
    if not with_card and not asked:
        return
    name = (customer.name if customer else None) or _SOMEBODY
    yield Field(id="name", label="Name on the card", needed=asked, value=name, fills="billing name")
    if asked:
        yield from _address("billing", tuple(COUNTRIES), _SOMEWHERE)
    else:
        yield _country("billing", tuple(COUNTRIES), _SOMEWHERE, needed=False)


def _address(prefix: str, countries: tuple[str, ...], country: str) -> Iterator[Field]:
    for name, label, fills, needed in _ADDRESS:
        yield Field(id=f"{prefix}_{name}", label=label, needed=needed, fills=f"{prefix} {fills}")
    yield _country(prefix, countries, country)


def _country(prefix: str, countries: tuple[str, ...], country: str, *, needed: bool = True) -> Field:
    named = sorted(((each, COUNTRIES.get(each, each)) for each in countries), key=lambda pair: pair[1])
    chosen = country or named[0][0]
    return Field(
        id=f"{prefix}_country",
        label="Country",
        kind="choice",
        needed=needed,
        fills=f"{prefix} country",
        options=tuple(named),
        value=chosen,
    )


def _tax_id(page: CheckoutPage) -> Iterator[Field]:
    if page.tax_id is not None:
        needed = page.tax_id == "if_supported"
        types = tuple((each, each) for each in TAX_ID_TYPES)
        yield Field(id="tax_id_type", label="Kind of tax id", kind="choice", options=types, needed=False)
        yield Field(id="tax_id", label="Tax id", needed=needed, most=40)


def _custom(field: CustomField) -> Field:
    kind = {"dropdown": "choice", "numeric": "numeric", "text": "text"}[field.type]
    nothing = (("", "–"),) if kind == "choice" else ()
    return Field(
        id=f"custom_{field.key}",
        label=field.label,
        kind=kind,
        needed=not field.optional,
        value=field.default_value or "",
        options=(*nothing, *field.options),
        least=field.minimum_length or 0,
        most=field.maximum_length or 255,
    )


def _consents(page: CheckoutPage, texts: dict[str, str]) -> Iterator[Field]:
    asks = dict(page.consent)
    if asks.get("promotions") == "auto":
        yield Field(id="promotions", label="Send me news and offers", kind="check", needed=False)
    if asks.get("terms_of_service") == "required":
        label = texts.get("terms_of_service_acceptance", "I agree to the terms of service")
        yield Field(id="terms", label=label, kind="check")

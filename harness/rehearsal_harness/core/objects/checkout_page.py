"""What the page of a Checkout Session asks a customer, and what was answered.

Source: the SDK type checkout.Session of stripe-python 16.1.0.  Names are the parameters' own; what a session
does not have is empty, so that sessions that ask nothing share one value.
"""

from __future__ import annotations

from ..records import Record
from .contact import Address, Shipping

Pairs = tuple[tuple[str, str], ...]


class AdjustableQuantity(Record, frozen=True, kw_only=True):
    """How many of a line a customer may take."""

    minimum: int = 0
    maximum: int = 99


class CustomField(Record, frozen=True, kw_only=True):
    """A question of the merchant's: `type` is text, numeric or dropdown, `options` are (value, label)."""

    key: str
    label: str
    type: str
    optional: bool = False
    options: Pairs = ()
    default_value: str | None = None
    minimum_length: int | None = None
    maximum_length: int | None = None


class Recovery(Record, frozen=True, kw_only=True):
    """A way back to a session that expired: `url` makes a copy of it until `expires_at`."""

    allow_promotion_codes: bool = False
    expires_at: int | None = None
    url: str | None = None


class ShippingOption(Record, frozen=True, kw_only=True):
    """One way to send what is bought, by the id of its shipping rate, and what it costs."""

    shipping_rate: str
    amount: int


class InvoiceData(Record, frozen=True, kw_only=True):
    """What the invoice of a one-time payment says."""

    description: str | None = None
    footer: str | None = None
    custom_fields: Pairs = ()
    metadata: Pairs = ()


class CheckoutPage(Record, frozen=True, kw_only=True):
    """What the page is, and what it asks.

    `consent`, `custom_text`, `customer_update` and `saved_methods` are what was sent, by name;
    `business_name` and `individual_name` are None, `required` or `optional`; `tax_id` is None, `never` or
    `if_supported` (required); `shipping_countries` is empty where no address to send to is asked.
    """

    ui_mode: str = "hosted_page"
    return_url: str | None = None
    redirect_on_completion: str | None = None
    submit_type: str | None = None
    custom_text: Pairs = ()
    custom_fields: tuple[CustomField, ...] = ()
    consent: Pairs = ()
    phone: bool = False
    business_name: str | None = None
    individual_name: str | None = None
    tax_id: str | None = None
    shipping_countries: tuple[str, ...] = ()
    shipping_options: tuple[ShippingOption, ...] = ()
    customer_update: Pairs = ()
    saved_methods: tuple[tuple[str, str | tuple[str, ...]], ...] = ()
    recovery: Recovery | None = None
    recovered_from: str | None = None
    invoice: InvoiceData | None = None

    @property
    def is_hosted(self) -> bool:
        """Whether Stripe shows it at an address of its own."""
        return self.ui_mode == "hosted_page"


class Collected(Record, frozen=True, kw_only=True):
    """What a customer said on the page; `tax_ids` are (type, value), `answers` (key of the field, value).

    `promotions` is whether news are wanted, None where it was not asked.
    """

    name: str | None = None
    phone: str | None = None
    address: Address | None = None
    shipping: Shipping | None = None
    business_name: str | None = None
    individual_name: str | None = None
    tax_ids: Pairs = ()
    answers: Pairs = ()
    terms_accepted: bool = False
    promotions: bool | None = None


ASKS_NOTHING = CheckoutPage()
NOTHING = Collected()

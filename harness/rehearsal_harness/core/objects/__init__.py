"""The nouns of the simulated Stripe, as frozen typed values.

Decides: which facts of a Stripe object the simulation keeps.  Does not know: how they change (`billing`), how
they look on the wire (`render`).  Names are Stripe's own, letter for letter, API version 2026-10-28.endive.
Every class has OBJECT, Stripe's own `object` string, which is also the name of its table of rules.  Metadata
is a tuple of (key, value) pairs in the order Stripe keeps them, so that objects stay immutable.
"""

from __future__ import annotations

from .catalogue import CustomAmount, Feature, Plan, Price, Product, Recurring, Tier
from .checkout_page import (
    AdjustableQuantity,
    CheckoutPage,
    Collected,
    CustomField,
    InvoiceData,
    Recovery,
    ShippingOption,
)
from .checkout_session import CheckoutSession, LineItem, PaymentStatus, SessionDiscount, SessionStatus
from .contact import Address, Shipping
from .customer import Customer, CustomerBalanceTransaction, CustomerDetails
from .discount import Coupon, Discount, PromotionCode
from .entitlements import ActiveEntitlement, EntitlementSummary
from .event import Event, Request
from .invoice import Invoice, InvoiceLine, InvoicePayment, InvoiceStatus
from .invoice_item import InvoiceItem
from .meter import Meter, MeterEvent
from .payment import Charge, PaymentIntent, PaymentMethod, SetupIntent, Source, Token
from .payment_link import PaymentLink
from .portal import PortalConfiguration, PortalFeatures, PortalFlow, PortalProduct, PortalSession
from .reversal import BalanceTransaction, Dispute, EarlyFraudWarning, Refund
from .shipping_rate import ShippingRate
from .subscription import AnchorConfig, Subscription, SubscriptionItem, SubscriptionStatus
from .tax_id import TaxId
from .test_clock import TestClock
from .webhook_endpoint import WebhookEndpoint

Metadata = tuple[tuple[str, str], ...]

StripeObject = (
    Customer
    | PaymentMethod
    | Product
    | Price
    | Feature
    | CheckoutSession
    | Subscription
    | Invoice
    | PaymentIntent
    | Charge
    | SetupIntent
    | Source
    | Token
    | TaxId
    | ShippingRate
    | InvoicePayment
    | PortalSession
    | PortalConfiguration
    | WebhookEndpoint
    | EntitlementSummary
    | Refund
    | CustomerBalanceTransaction
    | Dispute
    | EarlyFraudWarning
    | BalanceTransaction
    | PaymentLink
    | Meter
    | MeterEvent
    | InvoiceItem
    | Coupon
    | PromotionCode
    | Discount
    | Plan
    | TestClock
)

__all__ = [
    "ActiveEntitlement",
    "Address",
    "AdjustableQuantity",
    "AnchorConfig",
    "BalanceTransaction",
    "Charge",
    "CheckoutPage",
    "CheckoutSession",
    "Collected",
    "Coupon",
    "CustomAmount",
    "CustomField",
    "Customer",
    "CustomerBalanceTransaction",
    "CustomerDetails",
    "Discount",
    "Dispute",
    "EarlyFraudWarning",
    "EntitlementSummary",
    "Event",
    "Feature",
    "Invoice",
    "InvoiceData",
    "InvoiceItem",
    "InvoiceLine",
    "InvoicePayment",
    "InvoiceStatus",
    "LineItem",
    "Metadata",
    "Meter",
    "MeterEvent",
    "PaymentIntent",
    "PaymentLink",
    "PaymentMethod",
    "PaymentStatus",
    "Plan",
    "PortalConfiguration",
    "PortalFeatures",
    "PortalFlow",
    "PortalProduct",
    "PortalSession",
    "Price",
    "Product",
    "PromotionCode",
    "Recovery",
    "Recurring",
    "Refund",
    "Request",
    "SessionDiscount",
    "SessionStatus",
    "SetupIntent",
    "Shipping",
    "ShippingOption",
    "ShippingRate",
    "Source",
    "StripeObject",
    "Subscription",
    "SubscriptionItem",
    "SubscriptionStatus",
    "TaxId",
    "TestClock",
    "Tier",
    "Token",
    "WebhookEndpoint",
]

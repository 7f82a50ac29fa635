"""Which function renders which object.

Decides: nothing else.  Does not know: events, which are an object before and after (`event`).
An object without a renderer is our own error and a KeyError.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..objects import (
    BalanceTransaction,
    Charge,
    CheckoutSession,
    Coupon,
    Customer,
    CustomerBalanceTransaction,
    Discount,
    Dispute,
    EarlyFraudWarning,
    EntitlementSummary,
    Feature,
    Invoice,
    InvoiceItem,
    InvoicePayment,
    Meter,
    MeterEvent,
    PaymentIntent,
    PaymentLink,
    PaymentMethod,
    Plan,
    PortalConfiguration,
    PortalSession,
    Price,
    Product,
    PromotionCode,
    Refund,
    SetupIntent,
    ShippingRate,
    Source,
    StripeObject,
    Subscription,
    TaxId,
    TestClock,
    Token,
    WebhookEndpoint,
)
from . import (
    catalogue,
    charge,
    checkout_session,
    customer,
    discount,
    entitlements,
    intents,
    invoice,
    invoice_item,
    meter,
    payment_link,
    payment_method,
    portal,
    reversal,
    shipping_rate,
    subscription,
)
from .test_clock import render_test_clock
from .webhook_endpoint import render_webhook_endpoint

_RENDERERS: Mapping[type[Any], Callable[[Any, bool], dict[str, Any]]] = {
    Customer: customer.render_customer,
    CustomerBalanceTransaction: customer.render_balance_transaction,
    PaymentMethod: payment_method.render_payment_method,
    Product: catalogue.render_product,
    Price: catalogue.render_price,
    Feature: catalogue.render_feature,
    CheckoutSession: checkout_session.render_checkout_session,
    Subscription: subscription.render_subscription,
    Invoice: invoice.render_invoice,
    InvoicePayment: invoice.render_invoice_payment,
    PaymentIntent: intents.render_payment_intent,
    Charge: charge.render_charge,
    SetupIntent: intents.render_setup_intent,
    Source: payment_method.render_source,
    Token: payment_method.render_token,
    TaxId: customer.render_tax_id,
    ShippingRate: shipping_rate.render_shipping_rate,
    PortalSession: portal.render_portal_session,
    PortalConfiguration: portal.render_portal_configuration,
    WebhookEndpoint: render_webhook_endpoint,
    TestClock: render_test_clock,
    Refund: reversal.render_refund,
    Dispute: reversal.render_dispute,
    EarlyFraudWarning: reversal.render_early_fraud_warning,
    BalanceTransaction: reversal.render_balance_transaction,
    InvoiceItem: invoice_item.render_invoice_item,
    Meter: meter.render_meter,
    MeterEvent: meter.render_meter_event,
    PaymentLink: payment_link.render_payment_link,
    EntitlementSummary: entitlements.render_entitlement_summary,
    Coupon: discount.render_coupon,
    PromotionCode: discount.render_promotion_code,
    Discount: discount.render_discount,
    Plan: catalogue.render_plan_object,
}


def render(obj: StripeObject, *, livemode: bool) -> dict[str, Any]:
    """The object as Stripe's API and its events show it."""
    return _RENDERERS[type(obj)](obj, livemode)


def deleted(obj: StripeObject) -> dict[str, Any]:
    """What a DELETE answers, and a GET of a deleted customer."""
    return {"id": obj.id, "object": obj.OBJECT, "deleted": True}

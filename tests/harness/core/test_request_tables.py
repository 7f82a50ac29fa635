"""The declared parameters are Stripe's own: no name is missing, none is made up.

The witness is the official SDK, whose typed parameters come from Stripe's specification of the same API
version.
"""

from __future__ import annotations

import importlib
import typing
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest
import stripe
import typing_extensions
from stripe._request_options import RequestOptions

from rehearsal_harness.core.event_types import EVENT_TYPES
from rehearsal_harness.core.requests import OPERATIONS
from rehearsal_harness.core.requests.operation import Operation
from rehearsal_harness.core.requests.parameters import Choice, Hash, Kind, ListOf
from rehearsal_specs.reader import read_rules

# route -> the SDK's name for its parameters
PARAMS = {
    "DELETE /v1/subscriptions/:id": "SubscriptionCancelParams",
    "GET /v1/balance_transactions": "BalanceTransactionListParams",
    "GET /v1/billing/meters": "billing.MeterListParams",
    "GET /v1/billing_portal/configurations": "billing_portal.ConfigurationListParams",
    "GET /v1/charges": "ChargeListParams",
    "GET /v1/checkout/sessions": "checkout.SessionListParams",
    "GET /v1/checkout/sessions/:id/line_items": "checkout.SessionListLineItemsParams",
    "GET /v1/coupons": "CouponListParams",
    "GET /v1/customers": "CustomerListParams",
    "GET /v1/customers/:id/balance_transactions": "CustomerListBalanceTransactionsParams",
    "GET /v1/customers/:id/payment_methods": "CustomerListPaymentMethodsParams",
    "GET /v1/customers/:id/sources": "CustomerListSourcesParams",
    "GET /v1/customers/:id/tax_ids": "CustomerListTaxIdsParams",
    "GET /v1/disputes": "DisputeListParams",
    "GET /v1/entitlements/active_entitlements": "entitlements.ActiveEntitlementListParams",
    "GET /v1/entitlements/features": "entitlements.FeatureListParams",
    "GET /v1/events": "EventListParams",
    "GET /v1/invoice_payments": "InvoicePaymentListParams",
    "GET /v1/invoiceitems": "InvoiceItemListParams",
    "GET /v1/invoices": "InvoiceListParams",
    "GET /v1/invoices/:id/lines": "InvoiceListLinesParams",
    "GET /v1/payment_intents": "PaymentIntentListParams",
    "GET /v1/payment_intents/:id": "PaymentIntentRetrieveParams",
    "GET /v1/payment_links": "PaymentLinkListParams",
    "GET /v1/payment_links/:id/line_items": "PaymentLinkListLineItemsParams",
    "GET /v1/payment_methods": "PaymentMethodListParams",
    "GET /v1/credit_notes": "CreditNoteListParams",
    "GET /v1/plans": "PlanListParams",
    "GET /v1/quotes": "QuoteListParams",
    "GET /v1/reviews": "ReviewListParams",
    "GET /v1/subscription_schedules": "SubscriptionScheduleListParams",
    "GET /v1/tax_ids": "TaxIdListParams",
    "GET /v1/tax_rates": "TaxRateListParams",
    "GET /v1/prices": "PriceListParams",
    "GET /v1/products": "ProductListParams",
    "GET /v1/promotion_codes": "PromotionCodeListParams",
    "GET /v1/radar/early_fraud_warnings": "radar.EarlyFraudWarningListParams",
    "GET /v1/refunds": "RefundListParams",
    "GET /v1/setup_intents": "SetupIntentListParams",
    "GET /v1/setup_intents/:id": "SetupIntentRetrieveParams",
    "GET /v1/subscriptions": "SubscriptionListParams",
    "GET /v1/test_helpers/test_clocks": "test_helpers.TestClockListParams",
    "GET /v1/webhook_endpoints": "WebhookEndpointListParams",
    "POST /v1/billing/meter_events": "billing.MeterEventCreateParams",
    "POST /v1/billing/meters": "billing.MeterCreateParams",
    "POST /v1/billing_portal/configurations": "billing_portal.ConfigurationCreateParams",
    "POST /v1/billing_portal/configurations/:id": "billing_portal.ConfigurationModifyParams",
    "POST /v1/billing_portal/sessions": "billing_portal.SessionCreateParams",
    "POST /v1/charges": "ChargeCreateParams",
    "POST /v1/charges/:id": "ChargeModifyParams",
    "POST /v1/charges/:id/capture": "ChargeCaptureParams",
    "POST /v1/checkout/sessions": "checkout.SessionCreateParams",
    "POST /v1/checkout/sessions/:id": "checkout.SessionModifyParams",
    "POST /v1/checkout/sessions/:id/expire": "checkout.SessionExpireParams",
    "POST /v1/coupons": "CouponCreateParams",
    "POST /v1/coupons/:id": "CouponModifyParams",
    "POST /v1/customers": "CustomerCreateParams",
    "POST /v1/customers/:id": "CustomerModifyParams",
    "POST /v1/customers/:id/balance_transactions": "CustomerCreateBalanceTransactionParams",
    "POST /v1/customers/:id/balance_transactions/:id": "CustomerModifyBalanceTransactionParams",
    "POST /v1/customers/:id/cards": "CustomerCreateSourceParams",
    "POST /v1/customers/:id/sources": "CustomerCreateSourceParams",
    "POST /v1/customers/:id/sources/:id": "CustomerModifySourceParams",
    "POST /v1/customers/:id/tax_ids": "CustomerCreateTaxIdParams",
    "POST /v1/disputes/:id": "DisputeModifyParams",
    "POST /v1/entitlements/features": "entitlements.FeatureCreateParams",
    "POST /v1/invoiceitems": "InvoiceItemCreateParams",
    "POST /v1/invoiceitems/:id": "InvoiceItemModifyParams",
    "POST /v1/invoices": "InvoiceCreateParams",
    "POST /v1/invoices/:id": "InvoiceModifyParams",
    "POST /v1/invoices/create_preview": "InvoiceCreatePreviewParams",
    "POST /v1/invoices/:id/finalize": "InvoiceFinalizeInvoiceParams",
    "POST /v1/invoices/:id/pay": "InvoicePayParams",
    "POST /v1/payment_intents": "PaymentIntentCreateParams",
    "POST /v1/payment_intents/:id": "PaymentIntentModifyParams",
    "POST /v1/payment_intents/:id/cancel": "PaymentIntentCancelParams",
    "POST /v1/payment_intents/:id/capture": "PaymentIntentCaptureParams",
    "POST /v1/payment_intents/:id/confirm": "PaymentIntentConfirmParams",
    "POST /v1/payment_links": "PaymentLinkCreateParams",
    "POST /v1/payment_links/:id": "PaymentLinkModifyParams",
    "POST /v1/payment_methods": "PaymentMethodCreateParams",
    "POST /v1/payment_methods/:id": "PaymentMethodModifyParams",
    "POST /v1/payment_methods/:id/attach": "PaymentMethodAttachParams",
    "POST /v1/plans": "PlanCreateParams",
    "POST /v1/plans/:id": "PlanModifyParams",
    "POST /v1/prices": "PriceCreateParams",
    "POST /v1/prices/:id": "PriceModifyParams",
    "POST /v1/products": "ProductCreateParams",
    "POST /v1/products/:id": "ProductModifyParams",
    "POST /v1/products/:id/features": "ProductCreateFeatureParams",
    "POST /v1/promotion_codes": "PromotionCodeCreateParams",
    "POST /v1/promotion_codes/:id": "PromotionCodeModifyParams",
    "POST /v1/refunds": "RefundCreateParams",
    "POST /v1/refunds/:id": "RefundModifyParams",
    "POST /v1/setup_intents": "SetupIntentCreateParams",
    "POST /v1/setup_intents/:id": "SetupIntentModifyParams",
    "POST /v1/setup_intents/:id/cancel": "SetupIntentCancelParams",
    "POST /v1/setup_intents/:id/confirm": "SetupIntentConfirmParams",
    "GET /v1/shipping_rates": "ShippingRateListParams",
    "POST /v1/shipping_rates": "ShippingRateCreateParams",
    "POST /v1/shipping_rates/:id": "ShippingRateModifyParams",
    "DELETE /v1/subscription_items/:id": "SubscriptionItemDeleteParams",
    "GET /v1/subscription_items": "SubscriptionItemListParams",
    "POST /v1/subscription_items": "SubscriptionItemCreateParams",
    "POST /v1/subscription_items/:id": "SubscriptionItemModifyParams",
    "POST /v1/subscriptions": "SubscriptionCreateParams",
    "POST /v1/subscriptions/:id": "SubscriptionModifyParams",
    "POST /v1/subscriptions/:id/pause": "SubscriptionPauseParams",
    "POST /v1/subscriptions/:id/resume": "SubscriptionResumeParams",
    "POST /v1/test_helpers/test_clocks": "test_helpers.TestClockCreateParams",
    "POST /v1/test_helpers/test_clocks/:id/advance": "test_helpers.TestClockAdvanceParams",
    "POST /v1/tokens": "TokenCreateParams",
    "POST /v1/webhook_endpoints": "WebhookEndpointCreateParams",
    "POST /v1/webhook_endpoints/:id": "WebhookEndpointModifyParams",
}
PARAMS |= {
    f"GET /v1/{resource}/search": f"{name}SearchParams"
    for resource, name in {
        "charges": "Charge",
        "customers": "Customer",
        "invoices": "Invoice",
        "payment_intents": "PaymentIntent",
        "prices": "Price",
        "products": "Product",
        "subscriptions": "Subscription",
    }.items()
}
# What the SDK does not know: what the Stripe CLI sends.
OTHERS = {
    "POST /v1/events/:id/retry": {"account", "expand", "for_stripecli", "webhook_endpoint"},
    "POST /v1/payment_pages/:id/confirm": {"expand", "expected_amount", "payment_method"},
}
EXPAND_ONLY = {"expand"}
# Stripe takes a card inside an intent's payment_method_data from merchants that may handle raw card data; the
# SDK does not say so.  Every operation here accepts expand.
UNDOCUMENTED = (
    "DELETE /v1/subscription_items/:id[expand]: only one knows it",
    "[payment_method_data][card]: only one knows it",
    "[payment_method_data][type]: words ['card']",
)


def sdk_fields(params: Any) -> dict[str, Any]:
    """The fields of one of the SDK's parameter classes, less the options of a request."""
    module = importlib.import_module(params.__module__)
    known = {
        **vars(stripe),
        **vars(module),
        "Decimal": Decimal,
        "Mapping": Mapping,
        "UntypedStripeObject": dict,
        "StripeContext": str,
    }
    hints = typing.get_type_hints(params, globalns=known, include_extras=True)
    return {name: hint for name, hint in hints.items() if name not in RequestOptions.__annotations__}


def nested(hint: Any) -> Any | None:
    """The parameter class inside Optional, List or NotRequired, if there is one."""
    if typing_extensions.is_typeddict(hint):
        return hint
    return next((found for inner in typing.get_args(hint) if (found := nested(inner))), None)


def words(hint: Any) -> set[str]:
    """The literal words inside."""
    if typing.get_origin(hint) is typing.Literal:
        return set(typing.get_args(hint)) - {""}
    return set().union(*(words(inner) for inner in typing.get_args(hint)), set())


def differences(kind: Kind, hint: Any, path: str) -> list[str]:
    """Where a declared kind and the SDK's type disagree on names or words."""
    while isinstance(kind, ListOf):
        kind = kind.kind
    if isinstance(kind, Choice) and words(hint) and words(hint) != {*kind.simulated, *kind.others}:
        return [f"{path}: words {sorted(words(hint) ^ {*kind.simulated, *kind.others})}"]
    params = nested(hint)
    if not isinstance(kind, Hash) or params is None:
        return []
    theirs = sdk_fields(params)
    found = [f"{path}[{name}]: only one knows it" for name in sorted(kind.fields.keys() ^ theirs.keys())]
    required = {name for name, each in theirs.items() if typing.get_origin(each) is not typing.NotRequired}
    found += [f"{path}[{name}]: must be required" for name in sorted(required - {*kind.required})]
    for name in kind.fields.keys() & theirs.keys():
        found += differences(kind.fields[name], theirs[name], f"{path}[{name}]")
    return found


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.route)
def test_the_declared_parameters_are_stripes(operation: Operation) -> None:
    """Names at every depth, words of every choice, and what is required; operations without parameters take
    expand."""
    if operation.route not in PARAMS:
        assert set(operation.params.fields) == OTHERS.get(operation.route, EXPAND_ONLY)
        return
    module, _, name = f"stripe.params.{PARAMS[operation.route]}".rpartition(".")
    params = getattr(importlib.import_module(module), name)

    found = differences(operation.params, params, operation.route)
    assert [each for each in found if not each.endswith(UNDOCUMENTED)] == []


def test_the_event_types_are_stripes() -> None:
    """As the SDK lists them; those that rows emit are among them."""
    params = importlib.import_module("stripe.params").WebhookEndpointCreateParams
    assert words(sdk_fields(params)["enabled_events"]) - {"*"} == EVENT_TYPES
    assert {each for row in read_rules().rows for each in row.emits} <= EVENT_TYPES

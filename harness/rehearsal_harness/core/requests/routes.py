"""Every operation of the simulated Stripe, found by method and path.

Decides: which operation a path means.  Does not know: what it does.
The list in README comes from OPERATIONS; what is not in it is refused by name.
"""

from __future__ import annotations

from . import (
    account,
    balance,
    charges,
    checkout_sessions,
    coupons,
    customer_balance,
    customer_sources,
    customer_tax_ids,
    customers,
    discounts,
    disputes,
    early_fraud_warnings,
    entitlements,
    events,
    invoice_items,
    invoice_payments,
    invoice_previews,
    invoice_steps,
    invoices,
    meters,
    never_made,
    payment_intents,
    payment_links,
    payment_methods,
    payment_pages,
    plans,
    portal_configurations,
    portal_sessions,
    prices,
    products,
    promotion_codes,
    refunds,
    refusal,
    search,
    setup_intents,
    shipping_rates,
    subscribing,
    subscription_item_calls,
    subscriptions,
    test_clocks,
    tokens,
    webhook_endpoints,
)
from .operation import Operation

OPERATIONS: tuple[Operation, ...] = (
    *account.OPERATIONS,
    *balance.OPERATIONS,
    *charges.OPERATIONS,
    *checkout_sessions.OPERATIONS,
    *coupons.OPERATIONS,
    *customer_balance.OPERATIONS,
    *customer_sources.OPERATIONS,
    *customer_tax_ids.OPERATIONS,
    *customers.OPERATIONS,
    *discounts.OPERATIONS,
    *disputes.OPERATIONS,
    *early_fraud_warnings.OPERATIONS,
    *entitlements.OPERATIONS,
    *events.OPERATIONS,
    *invoice_items.OPERATIONS,
    *invoice_payments.OPERATIONS,
    *invoice_steps.OPERATIONS,
    *invoice_previews.OPERATIONS,
    *invoices.OPERATIONS,
    *meters.OPERATIONS,
    *never_made.OPERATIONS,
    *payment_links.OPERATIONS,
    *plans.OPERATIONS,
    *payment_intents.OPERATIONS,
    *payment_methods.OPERATIONS,
    *payment_pages.OPERATIONS,
    *portal_configurations.OPERATIONS,
    *portal_sessions.OPERATIONS,
    *prices.OPERATIONS,
    *products.OPERATIONS,
    *promotion_codes.OPERATIONS,
    *refunds.OPERATIONS,
    *setup_intents.OPERATIONS,
    *shipping_rates.OPERATIONS,
    *search.OPERATIONS,
    *subscribing.OPERATIONS,
    *subscription_item_calls.OPERATIONS,
    *subscriptions.OPERATIONS,
    *tokens.OPERATIONS,
    *test_clocks.OPERATIONS,
    *webhook_endpoints.OPERATIONS,
)

# The first words of the paths that Stripe has, from the services of stripe-python 16.1.0 and the CLI.
_RESOURCES = """
    account account_links account_sessions accounts apple_pay application_fees apps balance
    balance_settings balance_transactions billing billing_portal charges checkout climate
    confirmation_tokens country_specs coupons credit_notes customer_sessions customers disputes
    entitlements ephemeral_keys events exchange_rates file_links files financial_connections forwarding
    identity invoice_payments invoice_rendering_templates invoiceitems invoices issuing mandates
    payment_attempt_records payment_intents payment_links payment_method_configurations
    payment_method_domains payment_methods payment_pages payment_records payouts plans prices
    product_catalog products promotion_codes quotes radar refunds reporting reviews setup_attempts
    setup_intents shipping_rates sigma sources stripecli subscription_items subscription_schedules
    subscriptions tax tax_codes tax_ids tax_rates terminal test_helpers three_d_secure tokens topups
    transfers treasury webhook_endpoints
"""
RESOURCES = frozenset(_RESOURCES.split())

# Words of paths that stand where an id could: an operation of that name that is not simulated is no object.
_NO_IDS = frozenset(("", "create_preview", "search", "upcoming"))
_PLAIN = {operation.route: operation for operation in OPERATIONS if ":id" not in operation.route}
# (method, the path before the id, the path after it) -> the operation.
_WITH_ID = {operation.around_id: operation for operation in OPERATIONS if ":id" in operation.route}


def find(method: str, path: str) -> tuple[Operation, str]:
    """The operation and the id in the path, "" where it has none; raises Refusal 404.

    Of an object within another the ids are given as one text, with a slash between them.
    """
    plain = _PLAIN.get(f"{method} {path}")
    if plain is not None:
        return plain, ""
    segments = path.split("/")
    for position in (-1, -2):
        before, after = segments[:position], segments[position:][1:]
        found = _WITH_ID.get((method, "/".join(before), "/".join(after)))
        if found is not None and segments[position] not in _NO_IDS:
            return found, segments[position]
    inner = _WITH_ID.get((method, "/".join(segments[:-3]), f"{segments[-2]}/:id")) if segments[3:] else None
    if inner is not None and segments[-1] and segments[-3]:
        return inner, f"{segments[-3]}/{segments[-1]}"
    is_stripes = segments[1:2] == ["v2"] or (
        segments[1:2] == ["v1"] and segments[2:3] and segments[2] in RESOURCES
    )
    if is_stripes and method in ("GET", "POST", "DELETE") and not path.endswith("/"):
        raise refusal.operation_not_simulated(method, path)
    raise refusal.unrecognized_url(method, path)

"""The events that `stripe trigger` of CLI 1.52 offers, and which of them the simulated Stripe brings about.

`EXPECTED` must be brought about: the CLI says so, and the event stands in /v1/events.  `REFUSED` are refused,
each by what it asks for that is not simulated.  A trigger in neither, or one that is brought about though it
stands in `REFUSED`, fails the test: so this file stays true.
"""

from __future__ import annotations

# A trigger that is named otherwise than the event it brings about.
SEEN_AS = {
    "subscription.payment_failed": "invoice.payment_failed",
    "subscription.payment_succeeded": "invoice.payment_succeeded",
}
_EXPECTED = """
billing_portal.configuration.created billing_portal.configuration.updated
billing_portal.session.created charge.captured charge.dispute.closed charge.dispute.created
charge.dispute.updated charge.failed charge.refund.updated charge.refunded charge.succeeded
checkout.session.async_payment_failed checkout.session.async_payment_succeeded
checkout.session.completed checkout.session.expired coupon.created coupon.deleted coupon.updated
customer.created customer.deleted customer.discount.created customer.discount.deleted
customer.discount.updated customer.source.created customer.source.updated
customer.subscription.created customer.subscription.deleted customer.subscription.paused
customer.subscription.trial_will_end
customer.subscription.updated customer.updated invoice.created invoice.deleted invoice.finalized
invoice.marked_uncollectible invoice.paid invoice.payment_action_required invoice.payment_failed
invoice.payment_succeeded invoice.sent invoice.updated invoice.voided invoiceitem.created
invoiceitem.deleted payment_intent.amount_capturable_updated payment_intent.canceled
payment_intent.created payment_intent.payment_failed payment_intent.processing
payment_intent.requires_action payment_intent.succeeded payment_link.created payment_link.updated
payment_method.attached payment_method.detached payment_method.updated plan.created plan.deleted
plan.updated price.created price.updated product.created product.deleted product.updated
promotion_code.created promotion_code.updated setup_intent.canceled setup_intent.created
setup_intent.requires_action setup_intent.setup_failed setup_intent.succeeded
subscription.payment_failed subscription.payment_succeeded test_helpers.test_clock.advancing
test_helpers.test_clock.created test_helpers.test_clock.deleted test_helpers.test_clock.ready
"""
EXPECTED: frozenset[str] = frozenset(_EXPECTED.split())
_WHY: dict[str, str] = {
    "Connect: POST /v1/accounts": (
        "account.application.deauthorized account.updated transfer.created transfer.reversed transfer.updated"
    ),
    "no balance of an account": "balance.available",
    "POST /v1/test_helpers/customers/:id/fund_cash_balance": (
        "cash_balance.funds_available customer_cash_balance_transaction.created"
    ),
    "POST /v1/credit_notes": "credit_note.created credit_note.updated credit_note.voided",
    "Identity: POST /v1/identity/verification_sessions": (
        "identity.verification_session.canceled identity.verification_session.created "
        "identity.verification_session.redacted"
    ),
    "Issuing: POST /v1/issuing/cardholders": (
        "issuing_authorization.request issuing_authorization.request.eu issuing_authorization.request.gb "
        "issuing_card.created issuing_card.created.eu issuing_card.created.gb issuing_cardholder.created "
        "issuing_cardholder.created.eu issuing_cardholder.created.gb issuing_transaction.created "
        "issuing_transaction.purchase_details_receipt_updated issuing_transaction.updated"
    ),
    "customer_balance as a payment method": "payment_intent.partially_funded",
    "POST /v1/payouts": "payout.created payout.updated",
    "POST /v1/quotes": "quote.accepted quote.canceled quote.created quote.finalized",
    "POST /v1/reporting/report_runs": "reporting.report_run.succeeded",
    "POST /v1/subscription_schedules": (
        "subscription_schedule.aborted subscription_schedule.canceled subscription_schedule.completed "
        "subscription_schedule.created subscription_schedule.expiring subscription_schedule.released "
        "subscription_schedule.updated"
    ),
    "POST /v1/tax_rates": "tax_rate.created tax_rate.updated",
    "POST /v1/topups": "topup.created",
    "thin events: POST /v2/billing/meter_event_session": (
        "v1.billing.meter.error_report_triggered v1.billing.meter.no_meter_found"
    ),
}
REFUSED: dict[str, str] = {name: why for why, names in _WHY.items() for name in names.split()}

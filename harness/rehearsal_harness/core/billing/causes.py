"""The closed registry of causes: the only words that `when` in a specification row may use.

Decides: names.  Does not know: what follows from a cause; that is a row of
specs/rehearsal_specs/stripe/*.yaml.
"""

from __future__ import annotations

from enum import StrEnum


class Cause(StrEnum):
    """Why something changes.  The comment names who or what acts."""

    # a customer on the hosted checkout page
    CHECKOUT_PAID = "checkout_paid"
    CHECKOUT_PAYMENT_FAILS = "checkout_payment_fails"
    CHECKOUT_PAYMENT_PENDING = "checkout_payment_pending"
    CHECKOUT_NEEDS_NO_PAYMENT = "checkout_needs_no_payment"
    CHECKOUT_CREATES_CUSTOMER = "checkout_creates_customer"
    # a customer in the portal, or the merchant by API
    PAYMENT_METHOD_ATTACHES = "payment_method_attaches"
    PAYMENT_METHOD_REFUSED = "payment_method_refused"
    DEFAULT_PAYMENT_METHOD_SET = "default_payment_method_set"
    PAYMENT_METHOD_DETACHES = "payment_method_detaches"
    PLAN_CHANGED = "plan_changed"
    CANCELED_NOW = "canceled_now"
    CANCELLATION_SCHEDULED = "cancellation_scheduled"
    CANCELLATION_EXPLAINED = "cancellation_explained"
    CANCELLATION_UNDONE = "cancellation_undone"
    LINK_OPENED = "link_opened"
    # the merchant, by API
    CREATED = "created"
    CREATED_WITH_METHOD = "created_with_method"
    METHOD_GIVEN = "method_given"
    UPDATED = "updated"
    DELETED = "deleted"
    ENABLED = "enabled"
    DISABLED = "disabled"
    INVOICE_SENT = "invoice_sent"
    VOIDED = "voided"
    MARKED_UNCOLLECTIBLE = "marked_uncollectible"
    PAID_OUT_OF_BAND = "paid_out_of_band"
    SESSION_EXPIRED_BY_REQUEST = "session_expired_by_request"
    SUBSCRIBED_AND_PAID = "subscribed_and_paid"
    SUBSCRIBED_AND_NOT_PAID = "subscribed_and_not_paid"
    SUBSCRIBED_WITH_TRIAL = "subscribed_with_trial"
    SUBSCRIBED_AND_PENDING = "subscribed_and_pending"
    # money
    FIRST_INVOICE = "first_invoice"
    INVOICE_FINALIZED = "invoice_finalized"
    NOTHING_TO_PAY = "nothing_to_pay"
    FIRST_PAYMENT_SUCCEEDS = "first_payment_succeeds"
    PAYMENT_SUCCEEDS = "payment_succeeds"
    PAYMENT_FAILS = "payment_fails"
    PAYMENT_NEEDS_ACTION = "payment_needs_action"
    PAYMENT_PENDING = "payment_pending"
    PAYMENT_AUTHORIZED = "payment_authorized"
    CAPTURED = "captured"
    PAYMENT_CANCELED = "payment_canceled"
    AUTHENTICATED = "authenticated"
    AUTHENTICATION_FAILS = "authentication_fails"
    PAYMENT_REPORTED = "payment_reported"
    RETRY_SKIPPED = "retry_skipped"
    RETRIES_END_CANCELED = "retries_end_canceled"
    RETRIES_END_UNPAID = "retries_end_unpaid"
    RETRIES_END_PAST_DUE = "retries_end_past_due"
    COLLECTION_STOPS = "collection_stops"
    LATEST_INVOICE_PAID = "latest_invoice_paid"
    DELAYED_PAYMENT_SUCCEEDS = "delayed_payment_succeeds"
    DELAYED_PAYMENT_FAILS = "delayed_payment_fails"
    FUNDS_SETTLE = "funds_settle"
    REFUNDED = "refunded"
    REFUND_PENDING = "refund_pending"
    REFUND_SETTLES = "refund_settles"
    REFUND_FAILS = "refund_fails"
    # the customer's bank, against the merchant
    DISPUTED = "disputed"
    INQUIRED = "inquired"
    FUNDS_WITHDRAWN = "funds_withdrawn"
    DISPUTE_ANSWERED = "dispute_answered"
    DISPUTE_WON = "dispute_won"
    DISPUTE_LOST = "dispute_lost"
    # time
    SESSION_EXPIRES = "session_expires"
    AUTHORIZATION_EXPIRES = "authorization_expires"
    INCOMPLETE_EXPIRES = "incomplete_expires"
    TRIAL_WILL_END = "trial_will_end"
    TRIAL_ENDS = "trial_ends"
    INVOICE_UPCOMING = "invoice_upcoming"
    PERIOD_ENDS = "period_ends"
    CANCEL_AT_REACHED = "cancel_at_reached"
    ENTITLEMENTS_CHANGE = "entitlements_change"

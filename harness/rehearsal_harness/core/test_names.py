"""The names under which Stripe's test mode hands out payment methods, and the numbers that tests may type.

Decides: which test card `pm_card_visa`, `tok_visa`, a card number or a bank account stands for.
Does not know: what the card does (`cards`).
Source: https://docs.stripe.com/testing, the columns "PaymentMethod" and "Token";
https://docs.stripe.com/payments/sepa-debit and https://docs.stripe.com/payments/ach-direct-debit.
"""

from __future__ import annotations

from .cards import BEHAVIOR, Card

# What follows `pm_card_` and `tok_`; Stripe spells some with the brand in front as well.
_CARDS: dict[str, Card] = {
    "visa": Card.OK,
    "us": Card.OK,
    "threeDSecureOptional": Card.OK,
    "threeDSecureNotSupported": Card.OK,
    "visa_debit": Card.VISA_DEBIT,
    "mastercard": Card.MASTERCARD,
    "mastercard_debit": Card.MASTERCARD_DEBIT,
    "mastercard_prepaid": Card.MASTERCARD_PREPAID,
    "amex": Card.AMEX,
    "discover": Card.DISCOVER,
    "diners": Card.DINERS,
    "jcb": Card.JCB,
    "unionpay": Card.UNIONPAY,
    "bypassPending": Card.BYPASS_PENDING,
    "chargeDeclined": Card.DECLINED,
    "visa_chargeDeclined": Card.DECLINED,
    "chargeDeclinedInsufficientFunds": Card.INSUFFICIENT_FUNDS,
    "visa_chargeDeclinedInsufficientFunds": Card.INSUFFICIENT_FUNDS,
    "chargeDeclinedLostCard": Card.LOST_CARD,
    "visa_chargeDeclinedLostCard": Card.LOST_CARD,
    "chargeDeclinedStolenCard": Card.STOLEN_CARD,
    "visa_chargeDeclinedStolenCard": Card.STOLEN_CARD,
    "chargeDeclinedExpiredCard": Card.EXPIRED_CARD,
    "chargeDeclinedIncorrectCvc": Card.INCORRECT_CVC,
    "chargeDeclinedProcessingError": Card.PROCESSING_ERROR,
    "visa_chargeDeclinedVelocityLimitExceeded": Card.VELOCITY_EXCEEDED,
    "chargeDeclinedVelocityLimitExceeded": Card.VELOCITY_EXCEEDED,
    "chargeDeclinedFraudulent": Card.FRAUDULENT,
    "radarBlock": Card.FRAUDULENT,
    "riskLevelHighest": Card.HIGHEST_RISK,
    "riskLevelElevated": Card.ELEVATED_RISK,
    "cvcCheckFail": Card.CVC_CHECK_FAILS,
    "avsZipFail": Card.ZIP_CHECK_FAILS,
    "avsLine1Fail": Card.LINE1_CHECK_FAILS,
    "avsFail": Card.ADDRESS_CHECKS_FAIL,
    "avsUnchecked": Card.ADDRESS_UNCHECKED,
    "cvcCheckFailElevatedRisk": Card.CVC_FAILS_ELEVATED_RISK,
    "avsZipFailElevatedRisk": Card.ZIP_FAILS_ELEVATED_RISK,
    "createIssuerFraudRecord": Card.FRAUD_WARNING,
    "visa_chargeCustomerFail": Card.ATTACHES_THEN_DECLINES,
    "chargeCustomerFail": Card.ATTACHES_THEN_DECLINES,
    "authenticationRequired": Card.REQUIRES_ACTION,
    "authenticationRequiredOnSetup": Card.AUTHENTICATE_UNLESS_SET_UP,
    "authenticationRequiredSetupForOffSession": Card.ALREADY_SET_UP,
    "authenticationRequiredChargeDeclinedInsufficientFunds": Card.AUTHENTICATE_THEN_DECLINES,
    "threeDSecure2Required": Card.THREE_D_SECURE_2,
    "threeDSecureRequired": Card.THREE_D_SECURE,
    "createDispute": Card.DISPUTED_AS_FRAUDULENT,
    "createDisputeProductNotReceived": Card.DISPUTED_AS_NOT_RECEIVED,
    "createDisputeInquiry": Card.DISPUTE_INQUIRY,
    "refundPending": Card.REFUND_PENDING,
    "pendingRefund": Card.REFUND_PENDING,
    "refundFail": Card.REFUND_FAILS,
}
_METHODS: dict[str, Card] = {
    **{f"pm_card_{name}": card for name, card in _CARDS.items()},
    "pm_usBankAccount": Card.US_BANK_ACCOUNT,
    "pm_usBankAccount_success": Card.US_BANK_ACCOUNT,
    "pm_usBankAccount_processing": Card.US_BANK_ACCOUNT,
    "pm_usBankAccount_accountClosed": Card.US_BANK_ACCOUNT_FAILS,
    "pm_usBankAccount_noAccount": Card.US_BANK_ACCOUNT_FAILS,
    "pm_usBankAccount_insufficientFunds": Card.US_BANK_ACCOUNT_FAILS,
    "pm_usBankAccount_debitNotAuthorized": Card.US_BANK_ACCOUNT_FAILS,
}
_TOKENS: dict[str, Card] = {f"tok_{name}": card for name, card in _CARDS.items()}
_NUMBERS: dict[str, Card] = {
    **{behavior.number: card for card, behavior in BEHAVIOR.items() if behavior.type == "card"},
    "4000000000003055": Card.OK,  # supports 3D Secure and does not ask for it
    "2223003122003222": Card.MASTERCARD,
    "371449635398431": Card.AMEX,
    "6011000990139424": Card.DISCOVER,
    "36227206271667": Card.DINERS,
}
# The middle of an IBAN decides, whatever the country: https://docs.stripe.com/payments/sepa-debit
_FAILING_IBANS = (
    *("AT861904300235473202", "AT591904300235473203", "DE62370400440532013001", "DE20370400440532013003"),
    *("FR8420041010050500013M02607", "FR7920041010050500013M02601", "IE69AIBK93115212345679"),
    *("NL79ABNA0417164301", "NL55ABNA0417164303", "IT60X0542811101000000654321"),
    "IT60X0542811101000000123456",  # of the Stripe CLI's trigger checkout.session.async_payment_failed
)

_FAILING_ACCOUNTS = ("000111111113", "000111111116", "000222222227", "000333333335", "000444444440")


# Stripe has these as well: several disputes of one charge, rules of Radar that an account sets, captchas.
_NOT_SIMULATED = (
    *("adaptive3dsChallenge", "createCe3EligibleDispute", "createComplianceDispute"),
    *("createMultipleDisputes", "freeTrialAbuseBlock", "highEfwScore", "highFraudDisputeScore"),
    *("radarDynamicRiskThreshold", "visa_chargeCustomerFailLostCard", "visa_chargeCustomerFailStolenCard"),
)
_NUMBERS_NOT_SIMULATED = (
    *("4000000404000079", "4000008400000407", "4000008400000159", "4000008400001017", "4001858821843804"),
    *("4000008405600003", "4000000000001208", "4000000000003725"),
)


def is_not_simulated(name: str) -> bool:
    """Whether Stripe has a test card of that name or number which this imitation has not."""
    digits = name.replace(" ", "").replace("-", "")
    kind, _, suffix = name.removeprefix("pm_").partition("_")
    return digits in _NUMBERS_NOT_SIMULATED or (kind in ("card", "tok") and suffix in _NOT_SIMULATED)


def method_named(method_id: str) -> Card | None:
    """The test card of a shared payment method such as `pm_card_visa`, or None."""
    return _METHODS.get(method_id)


def token_named(token_id: str) -> Card | None:
    """The test card of a shared token such as `tok_visa`, or None."""
    return _TOKENS.get(token_id)


def card_numbered(number: str) -> Card | None:
    """The test card with that number, spaces and dashes aside, or None."""
    return _NUMBERS.get(number.replace(" ", "").replace("-", ""))


def sepa_account(iban: str) -> Card:
    """The bank debit of that account; one that is not said to fail pays."""
    return Card.DELAYED_THEN_FAILS if iban.replace(" ", "") in _FAILING_IBANS else Card.DELAYED


def us_account(account_number: str) -> Card:
    """The bank debit of that account in the US; one that is not said to fail pays."""
    return Card.US_BANK_ACCOUNT_FAILS if account_number in _FAILING_ACCOUNTS else Card.US_BANK_ACCOUNT

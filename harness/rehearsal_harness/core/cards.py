"""Stripe's test cards and test accounts, by what they do.

Decides: whether a payment method can be attached, whether its bank asks for the customer, what becomes of a
charge and of its checks, and of the refund or the dispute that may follow.  Does not know: subscriptions, nor
under which names (`pm_card_visa`, `tok_visa`) a merchant asks for one (`test_names`).
Source: https://docs.stripe.com/testing (numbers, decline codes, disputes, refunds), and for the account
numbers of bank debits https://docs.stripe.com/payments/sepa-debit and
https://docs.stripe.com/payments/ach-direct-debit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum


class Card(StrEnum):
    """A payment method under the name of its behaviour, or of its brand where it simply works."""

    OK = "ok"
    DECLINED = "declined"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    ATTACHES_THEN_DECLINES = "attaches_then_declines"
    REQUIRES_ACTION = "requires_action"
    DELAYED = "delayed"
    MASTERCARD = "mastercard"
    AMEX = "amex"
    DISCOVER = "discover"
    DINERS = "diners"
    JCB = "jcb"
    UNIONPAY = "unionpay"
    VISA_DEBIT = "visa_debit"
    MASTERCARD_DEBIT = "mastercard_debit"
    MASTERCARD_PREPAID = "mastercard_prepaid"
    BYPASS_PENDING = "bypass_pending"
    LOST_CARD = "lost_card"
    STOLEN_CARD = "stolen_card"
    EXPIRED_CARD = "expired_card"
    INCORRECT_CVC = "incorrect_cvc"
    PROCESSING_ERROR = "processing_error"
    VELOCITY_EXCEEDED = "velocity_exceeded"
    FRAUDULENT = "fraudulent"
    AUTHENTICATE_UNLESS_SET_UP = "authenticate_unless_set_up"
    ALREADY_SET_UP = "already_set_up"
    AUTHENTICATE_THEN_DECLINES = "authenticate_then_declines"
    THREE_D_SECURE_2 = "three_d_secure_2"
    THREE_D_SECURE = "three_d_secure"
    DISPUTED_AS_FRAUDULENT = "disputed_as_fraudulent"
    DISPUTED_AS_NOT_RECEIVED = "disputed_as_not_received"
    DISPUTE_INQUIRY = "dispute_inquiry"
    REFUND_PENDING = "refund_pending"
    REFUND_FAILS = "refund_fails"
    DELAYED_THEN_FAILS = "delayed_then_fails"
    FRAUD_WARNING = "fraud_warning"
    CVC_CHECK_FAILS = "cvc_check_fails"
    ZIP_CHECK_FAILS = "zip_check_fails"
    LINE1_CHECK_FAILS = "line1_check_fails"
    ADDRESS_CHECKS_FAIL = "address_checks_fail"
    ADDRESS_UNCHECKED = "address_unchecked"
    ELEVATED_RISK = "elevated_risk"
    CVC_FAILS_ELEVATED_RISK = "cvc_fails_elevated_risk"
    ZIP_FAILS_ELEVATED_RISK = "zip_fails_elevated_risk"
    HIGHEST_RISK = "highest_risk"
    US_BANK_ACCOUNT = "us_bank_account"
    US_BANK_ACCOUNT_FAILS = "us_bank_account_fails"


_SOURCE_BRANDS = {
    "amex": "American Express",
    "diners": "Diners Club",
    "jcb": "JCB",
    "mastercard": "MasterCard",
    "unionpay": "UnionPay",
}


class Outcome(StrEnum):
    """What becomes of a charge."""

    SUCCEEDED = "succeeded"
    DECLINED = "declined"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"


class Asks(StrEnum):
    """When the bank wants the customer to authenticate a payment that a merchant confirms by API."""

    NEVER = "never"
    UNLESS_SET_UP = "unless_set_up"  # for off-session payments, while the customer was there
    ALWAYS = "always"


class After(StrEnum):
    """What follows a payment, or its refund, without anybody doing anything."""

    NOTHING = "nothing"
    DISPUTED_AS_FRAUDULENT = "fraudulent"  # the words are those of dispute.reason
    DISPUTED_AS_NOT_RECEIVED = "product_not_received"
    INQUIRY = "inquiry"
    REFUND_PENDING = "refund_pending"
    REFUND_FAILS = "refund_fails"
    FRAUD_WARNING = "fraud_warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checks:
    """What the bank says of the security code and of the address, in Stripe's words: pass, fail, unavailable,
    or None for what was not asked.  A card whose check fails answers so whatever was sent with it, as though
    the code or the address had been: assumed."""

    cvc: str | None = "pass"
    line1: str | None = None
    zip: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CardBehavior:
    """`attaches`: may be saved to a customer; `on_session`: the customer is there; `off_session`: is not.

    `asks` is about payments by API only; on a page of Stripe's the customer is there to answer.
    `risk_level` is Radar's word, where it has one; a payment of the highest risk is blocked.
    `settles`: what the bank says at last of a payment that was processing, a while after one by API.
    """

    number: str
    attaches: bool = True
    on_session: Outcome = Outcome.SUCCEEDED
    off_session: Outcome = Outcome.SUCCEEDED
    decline_code: str | None = None
    code: str = "card_declined"
    asks: Asks = Asks.NEVER
    after: After = After.NOTHING
    checks: Checks = Checks()
    risk_level: str | None = None
    settles: bool = True
    type: str = "card"
    brand: str = "visa"
    funding: str = "credit"

    @property
    def display_brand(self) -> str:
        """The brand as a payment method shows it to a customer."""
        return {"amex": "american_express", "diners": "diners_club"}.get(self.brand, self.brand)

    @property
    def source_brand(self) -> str:
        """The brand as a card of the old kind names it."""
        return _SOURCE_BRANDS.get(self.brand, self.brand.title())

    @property
    def last4(self) -> str:
        """The last four characters of the number."""
        return self.number[-4:]


def _declined(number: str, decline_code: str, code: str = "card_declined", **more: bool) -> CardBehavior:
    return CardBehavior(
        number=number,
        on_session=Outcome.DECLINED,
        off_session=Outcome.DECLINED,
        decline_code=decline_code,
        code=code,
        attaches=more.get("attaches", False),
    )


def _asking(number: str, asks: Asks = Asks.ALWAYS, decline_code: str | None = None) -> CardBehavior:
    """A decline code is that of the charge which follows the authentication."""
    return CardBehavior(
        number=number,
        on_session=Outcome.DECLINED if decline_code else Outcome.SUCCEEDED,
        off_session=Outcome.REQUIRES_ACTION,
        decline_code=decline_code or "authentication_required",
        asks=asks,
    )


def _looks(number: str, brand: str, funding: str = "credit") -> CardBehavior:
    return CardBehavior(number=number, brand=brand, funding=funding)


def _followed(number: str, after: After) -> CardBehavior:
    return CardBehavior(number=number, after=after)


def _checked(number: str, risk_level: str | None = None, **checks: str) -> CardBehavior:
    """Pays all the same: a rule of the account that blocks what fails a check is not simulated."""
    return CardBehavior(number=number, checks=Checks(**checks), risk_level=risk_level)


def _blocked(number: str) -> CardBehavior:
    return replace(_declined(number, "fraudulent", attaches=True), risk_level="highest")


def _debit(number: str, type: str, *, settles: bool = True) -> CardBehavior:
    pending = Outcome.PROCESSING
    return CardBehavior(number=number, on_session=pending, off_session=pending, type=type, settles=settles)


BEHAVIOR: dict[Card, CardBehavior] = {
    Card.OK: _looks("4242424242424242", "visa"),
    Card.DECLINED: _declined("4000000000000002", "generic_decline"),
    Card.INSUFFICIENT_FUNDS: _declined("4000000000009995", "insufficient_funds"),
    Card.ATTACHES_THEN_DECLINES: _declined("4000000000000341", "generic_decline", attaches=True),
    Card.REQUIRES_ACTION: _asking("4000002760003184"),
    Card.DELAYED: _debit("DE89370400440532013000", "sepa_debit"),
    Card.MASTERCARD: _looks("5555555555554444", "mastercard"),
    Card.AMEX: _looks("378282246310005", "amex"),
    Card.DISCOVER: _looks("6011111111111117", "discover"),
    Card.DINERS: _looks("3056930009020004", "diners"),
    Card.JCB: _looks("3566002020360505", "jcb"),
    Card.UNIONPAY: _looks("6200000000000005", "unionpay"),
    Card.VISA_DEBIT: _looks("4000056655665556", "visa", "debit"),
    Card.MASTERCARD_DEBIT: _looks("5200828282828210", "mastercard", "debit"),
    Card.MASTERCARD_PREPAID: _looks("5105105105105100", "mastercard", "prepaid"),
    Card.BYPASS_PENDING: _looks("4000000000000077", "visa"),
    Card.LOST_CARD: _declined("4000000000009987", "lost_card"),
    Card.STOLEN_CARD: _declined("4000000000009979", "stolen_card"),
    Card.EXPIRED_CARD: _declined("4000000000000069", "expired_card", "expired_card"),
    Card.INCORRECT_CVC: _declined("4000000000000127", "incorrect_cvc", "incorrect_cvc"),
    Card.PROCESSING_ERROR: _declined("4000000000000119", "processing_error", "processing_error"),
    Card.VELOCITY_EXCEEDED: _declined("4000000000006975", "card_velocity_exceeded"),
    Card.FRAUDULENT: _blocked("4100000000000019"),
    Card.HIGHEST_RISK: _blocked("4000000000004954"),
    Card.ELEVATED_RISK: _checked("4000000000009235", "elevated"),
    Card.CVC_CHECK_FAILS: _checked("4000000000000101", cvc="fail"),
    Card.ZIP_CHECK_FAILS: _checked("4000000000000036", zip="fail"),
    Card.LINE1_CHECK_FAILS: _checked("4000000000000028", line1="fail"),
    Card.ADDRESS_CHECKS_FAIL: _checked("4000000000000010", line1="fail", zip="fail"),
    Card.ADDRESS_UNCHECKED: _checked("4000000000000044", line1="unavailable", zip="unavailable"),
    Card.CVC_FAILS_ELEVATED_RISK: _checked("4000058400307872", "elevated", cvc="fail"),
    Card.ZIP_FAILS_ELEVATED_RISK: _checked("4000058400306072", "elevated", zip="fail"),
    Card.FRAUD_WARNING: _followed("4000000000005423", After.FRAUD_WARNING),
    Card.AUTHENTICATE_UNLESS_SET_UP: _asking("4000002500003155", Asks.UNLESS_SET_UP),
    Card.ALREADY_SET_UP: CardBehavior(number="4000003800000446", asks=Asks.UNLESS_SET_UP),
    Card.AUTHENTICATE_THEN_DECLINES: _asking("4000008260003178", decline_code="insufficient_funds"),
    Card.THREE_D_SECURE_2: _asking("4000000000003220"),
    Card.THREE_D_SECURE: _asking("4000000000003063"),
    Card.DISPUTED_AS_FRAUDULENT: _followed("4000000000000259", After.DISPUTED_AS_FRAUDULENT),
    Card.DISPUTED_AS_NOT_RECEIVED: _followed("4000000000002685", After.DISPUTED_AS_NOT_RECEIVED),
    Card.DISPUTE_INQUIRY: _followed("4000000000001976", After.INQUIRY),
    Card.REFUND_PENDING: _followed("4000000000007726", After.REFUND_PENDING),
    Card.REFUND_FAILS: _followed("4000000000005126", After.REFUND_FAILS),
    Card.DELAYED_THEN_FAILS: _debit("DE62370400440532013001", "sepa_debit", settles=False),
    Card.US_BANK_ACCOUNT: _debit("000123456789", "us_bank_account"),
    Card.US_BANK_ACCOUNT_FAILS: _debit("000111111113", "us_bank_account", settles=False),
}

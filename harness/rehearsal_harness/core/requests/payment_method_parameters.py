"""What a payment method may be made of, and which one a request means.

Decides: the parameters of a payment method (whole, or inside an intent's), and how `pm_card_visa`, an id or a
hash becomes the method that is used.  Does not know: what is done with it.
Rule: https://docs.stripe.com/api/payment_methods/create and https://docs.stripe.com/testing.  A raw card
number is refused as Stripe refuses it, unless it is one of the test numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..billing import payment_method as billing
from ..cards import Card
from ..change import Change
from ..objects import PaymentMethod, Token
from ..records import replace
from ..test_names import card_numbered, is_not_simulated, method_named, sepa_account, token_named, us_account
from . import refusal
from .contact_parameters import BILLING_DETAILS, billing_details_of
from .metadata import Metadata
from .operation import given, metadata_of
from .parameters import Choice, Hash, Kind, Raw, Text, Whole, harmless, not_simulated, text_of

SIMULATED_TYPES = ("card", "sepa_debit", "us_bank_account")
_OTHER_TYPES = (
    "acss_debit affirm afterpay_clearpay alipay alma amazon_pay au_becs_debit bacs_debit bancontact billie "
    "bizum blik boleto cashapp crypto customer_balance eps fpx giropay grabpay ideal kakao_pay klarna "
    "konbini kr_card link mb_way mobilepay multibanco naver_pay nz_bank_account oxxo p24 "
    "pay_by_bank payco paynow paypal paypay payto pix promptpay revolut_pay samsung_pay satispay scalapay "
    "sequra sofort sunbit swish twint upi wechat_pay zip"
)
REDISPLAY = Choice("always limited unspecified")
TYPE = Choice(" ".join(SIMULATED_TYPES), f"custom {_OTHER_TYPES}")
EXPIRY: Mapping[str, Kind] = {"exp_month": Whole(least=1, most=12), "exp_year": Whole(least=2000, most=2100)}
CARD = Hash({**EXPIRY, "number": Text(), "cvc": Text(most=4), "token": Text(), **harmless("networks")})
US_BANK_ACCOUNT = Hash(
    {
        "account_holder_type": Choice("company individual"),
        "account_number": Text(),
        "account_type": Choice("checking savings"),
        "routing_number": Text(),
        **not_simulated("financial_connections_account"),
    }
)
SEPA_DEBIT = Hash({"iban": Text()}, required=("iban",))
_SHARED: Mapping[str, Kind] = {
    "allow_redisplay": REDISPLAY,
    "billing_details": BILLING_DETAILS,
    "metadata": Metadata(),
    "sepa_debit": SEPA_DEBIT,
    "us_bank_account": US_BANK_ACCOUNT,
    **harmless("radar_options"),
    **not_simulated(f"{_OTHER_TYPES} interac_present"),
}
CREATE: Mapping[str, Kind] = {
    **_SHARED,
    "card": CARD,
    "type": TYPE,
    **not_simulated("custom customer payment_method"),
}
# `card` is not in the SDK's types: Stripe takes it from merchants that may handle raw card data.
DATA = Hash(
    {**_SHARED, "card": CARD, "type": Choice(" ".join(SIMULATED_TYPES), _OTHER_TYPES)}, required=("type",)
)


_RAW_CARD = Hash(
    {
        **EXPIRY,
        "cvc": Text(most=4),
        "name": Text(),
        "number": Text(),
        "object": Choice("card"),
        **harmless(
            "address_city address_country address_line1 address_line2 address_state address_zip metadata"
        ),
    },
    required=("exp_month", "exp_year", "number"),
)


@dataclass(frozen=True, slots=True)
class SourceOrCard:
    """The id of a token or a source, or a card in a hash, as the oldest integrations send it."""

    def read(self, raw: Raw, param: str) -> str | dict[str, Any]:
        return str(Text().read(raw, param)) if isinstance(raw, str) else _RAW_CARD.read(raw, param)


@dataclass(frozen=True, slots=True)
class MethodType:
    """The name of a kind of payment method that is simulated."""

    def read(self, raw: Raw, param: str) -> str:
        text = text_of(raw, param)
        if text not in SIMULATED_TYPES:
            raise refusal.not_simulated(param, text)
        return text


def made(change: Change, params: Mapping[str, Any], inside: str = "") -> PaymentMethod:
    """A new payment method as the parameters describe it, which stand inside the parameter `inside`."""
    kind = params.get("type")
    if kind is None:
        raise refusal.missing_parameter("type")
    details = params.get(kind)
    if details is None:
        raise refusal.missing_parameter(f"{inside}[{kind}]" if inside else kind)
    fields: dict[str, Any] = {**billing_details_of(params), **given(params, "allow_redisplay")}
    fields["metadata"] = metadata_of(params)
    if kind == "card":
        param = f"{inside}[card]" if inside else "card"
        card, expiry = card_of(change, details, param)
        return billing.make(change, card, **expiry, **fields)
    card = sepa_account(details["iban"]) if kind == "sepa_debit" else us_account(_account(details))
    return billing.make(change, card, **fields)


def _account(details: Mapping[str, Any]) -> str:
    if "account_number" not in details:
        raise refusal.missing_parameter("us_bank_account[account_number]")
    return str(details["account_number"])


def card_of(change: Change, details: Mapping[str, Any], param: str) -> tuple[Card, dict[str, Any]]:
    """The test card that a hash means, and when it expires; a token of a page is used up."""
    if "token" in details:
        return card_of_token(change, details["token"], f"{param}[token]")
    if "number" not in details:
        raise refusal.missing_parameter(f"{param}[number]")
    return card_of_number(details, param)


def card_of_number(details: Mapping[str, Any], param: str) -> tuple[Card, dict[str, Any]]:
    """The test card of a typed number; raises Refusal for any other number, as Stripe does."""
    digits = details["number"].replace(" ", "").replace("-", "")
    card = card_numbered(digits)
    if card is None:
        if is_not_simulated(digits):
            raise refusal.not_simulated(f"{param}[number]", digits)
        if not _is_number(digits):
            raise refusal.card_error("Your card number is incorrect.", "incorrect_number", param="number")
        message = (
            "Sending credit card numbers directly to the Stripe API is generally unsafe. To continue "
            "processing use Stripe.js, the Stripe mobile bindings, or Stripe Elements. The simulated Stripe "
            "takes test card numbers such as 4242424242424242 and no other."
        )
        raise refusal.invalid(message, f"{param}[number]")
    for name in EXPIRY:
        if name not in details:
            raise refusal.missing_parameter(f"{param}[{name}]")
    return card, {name: details[name] for name in EXPIRY}


def _is_number(digits: str) -> bool:
    """By the check digit, which is Luhn's (ISO/IEC 7812-1)."""
    if not (digits.isascii() and digits.isdigit() and 12 <= len(digits) <= 19):
        return False
    doubled = [int(each) * (1 + index % 2) for index, each in enumerate(reversed(digits))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


def card_of_source(
    change: Change, source: str | Mapping[str, Any], param: str
) -> tuple[Card, dict[str, Any]]:
    """The test card that a SourceOrCard means, when it expires, and whose name is on it."""
    if isinstance(source, str):
        return card_of_token(change, source, param)
    card, expiry = card_of_number(source, param)
    return card, {**expiry, **given(source, "name")}


def card_of_token(change: Change, token_id: str, param: str) -> tuple[Card, dict[str, Any]]:
    """The card of `tok_visa` or of a token that a page made, which can be used once."""
    card = token_named(token_id)
    if card is not None:
        return card, {}
    token = change.table(Token).get(token_id)
    if token is None and is_not_simulated(token_id):
        raise refusal.not_simulated(param, token_id)
    if token is None:
        raise refusal.no_such("token", token_id, param, in_path=False)
    if token.used:
        message = f"You cannot use a Stripe token more than once: {token_id}."
        raise refusal.invalid(message, param, "token_already_used")
    change.put(replace(token, used=True))
    return token.card, {"exp_month": token.exp_month, "exp_year": token.exp_year}


def found(change: Change, method_id: str, param: str, *, in_path: bool = False) -> PaymentMethod:
    """The method of that id; one of Stripe's shared ids stands for a new method.  Raises Refusal."""
    card = method_named(method_id)
    if card is not None:
        return billing.make(change, card)
    method = change.table(PaymentMethod).get(method_id)
    if method is None and is_not_simulated(method_id):
        raise refusal.not_simulated(param, method_id)
    if method is None:
        raise refusal.no_such("PaymentMethod", method_id, "id" if in_path else param, in_path=in_path)
    return method


def usable(change: Change, method: PaymentMethod, customer: str | None, intent: str) -> PaymentMethod:
    """The method, if an intent (`PaymentIntent` or `SetupIntent`) of this customer may use it."""
    if method.consumed:
        message = (
            f"The provided PaymentMethod was previously used with a {intent} without Customer attachment, "
            "shared with a connected account without Customer attachment, or was detached from a Customer. "
            "It may not be used again. To use a PaymentMethod multiple times, you must attach it to a "
            "Customer first."
        )
        raise refusal.invalid(message, "payment_method")
    if method.customer is None or method.customer == customer:
        return method
    if customer is None:
        message = (
            f"The PaymentMethod you provided ({method.id}) belongs to the Customer {method.customer}. Please "
            f"include the Customer in the `customer` parameter on the {intent}."
        )
    else:
        message = (
            f"The customer does not have a payment method with the ID {method.id}. The payment method must "
            "be attached to the customer."
        )
    raise refusal.invalid(message, "payment_method")

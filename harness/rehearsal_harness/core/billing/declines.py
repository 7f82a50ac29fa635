"""What a bank's refusal says.

Decides: the code and the words for each decline code.  Does not know: which card is refused (`cards`).
Source: https://docs.stripe.com/declines/codes and https://docs.stripe.com/error-codes; the message is what a
customer may be shown.
"""

from __future__ import annotations

from ..cards import BEHAVIOR, Card
from ..objects import PaymentMethod
from ..objects.payment import PaymentError

AUTHENTICATION_REQUIRED = "authentication_required"
_DECLINED = "Your card was declined."
_MESSAGES = {
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "card_velocity_exceeded": (
        "Your card was declined for making repeated attempts too frequently or exceeding its amount limit."
    ),
    AUTHENTICATION_REQUIRED: "Your card was declined. This transaction requires authentication.",
}
_NOT_AUTHENTICATED = (
    "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new "
    "PaymentMethod to attempt to fulfill this {intent} again."
)


def message_of(decline_code: str | None) -> str:
    """What a customer is told; a stolen card is not called one."""
    return _MESSAGES.get(decline_code or "", _DECLINED)


def refused(
    method: PaymentMethod, decline_code: str | None = None, charge: str | None = None
) -> PaymentError:
    """The bank refuses `method`, for the reason its card has unless another is given."""
    behavior = BEHAVIOR[method.card]
    reason = decline_code or behavior.decline_code or "generic_decline"
    code = AUTHENTICATION_REQUIRED if reason == AUTHENTICATION_REQUIRED else behavior.code
    return PaymentError(
        code=code, decline_code=reason, message=message_of(reason), charge=charge, method=method
    )


def not_authenticated(method: PaymentMethod, *, setup: bool) -> PaymentError:
    """The customer did not convince her bank."""
    kind, intent = ("setup", "SetupIntent") if setup else ("payment", "PaymentIntent")
    return PaymentError(
        code=f"{kind}_intent_authentication_failure",
        decline_code=None,
        message=_NOT_AUTHENTICATED.format(intent=intent),
        method=method,
    )


def code_of(card: Card, decline_code: str | None) -> str:
    """The code of a failed charge with this card."""
    return AUTHENTICATION_REQUIRED if decline_code == AUTHENTICATION_REQUIRED else BEHAVIOR[card].code


def type_of(method: PaymentMethod) -> str:
    """The kind of a method: card, sepa_debit or us_bank_account."""
    return BEHAVIOR[method.card].type

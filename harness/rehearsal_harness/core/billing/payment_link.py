"""Payment links: everybody who opens one gets a Checkout Session of their own.

Decides: what such a session begins with.  Does not know: how it is paid (`checkout`, `one_time`).
Rule: https://docs.stripe.com/payment-links/create and https://docs.stripe.com/payment-links/url-parameters:
the link's metadata is copied; a client_reference_id with other characters is dropped without a word.
"""

from __future__ import annotations

import re

from ..actions import OpenPaymentLink
from ..calendar import DAY_S
from ..change import Change
from ..objects import CheckoutSession, PaymentLink
from ..records import replace
from .causes import Cause
from .session_life import open_session

_REFERENCE = re.compile(r"[A-Za-z0-9_-]{1,200}")


def open_link(change: Change, action: OpenPaymentLink) -> None:
    """Open a session for whoever came; raises NoTransition for a link that is not active."""
    link = change.get(PaymentLink, action.payment_link_id)
    change.update(link, link, Cause.LINK_OPENED)
    key = f"{link.id}|{change.now}|{len(change.table(CheckoutSession))}"
    reference = action.client_reference_id
    subscribing = link.mode == "subscription"
    session = CheckoutSession(
        id=change.new_id("cs", key),
        created=change.now,
        mode=link.mode,
        line_items=tuple(
            replace(line, id=change.new_id("li", f"{key}|{position}"))
            for position, line in enumerate(link.line_items)
        ),
        expires_at=change.now + DAY_S,
        success_url=link.redirect_url,
        payer_email=action.email,
        customer_creation=None if subscribing else link.customer_creation,
        client_reference_id=reference if reference and _REFERENCE.fullmatch(reference) else None,
        allow_promotion_codes=link.allow_promotion_codes,
        billing_address_collection=link.billing_address_collection,
        payment_method_collection=link.payment_method_collection if subscribing else "if_required",
        payment_link=link.id,
        trial_period_days=link.trial_period_days,
        missing_payment_method=link.missing_payment_method or "create_invoice",
        subscription_description=link.subscription_description,
        subscription_metadata=link.subscription_metadata,
        payment_intent_metadata=link.payment_intent_metadata,
        metadata=link.metadata,
        page=link.page,
    )
    open_session(change, session)

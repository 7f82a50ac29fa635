"""The customer portal as JSON.

Decides: its keys.  Pauses in the portal are not simulated and switched off.
Source: the types of billing_portal in stripe-python 16.1.0.
"""

from __future__ import annotations

from typing import Any

from ..objects import PortalConfiguration, PortalFeatures, PortalFlow, PortalSession


def render_portal_session(session: PortalSession, livemode: bool) -> dict[str, Any]:
    """A link into the portal."""
    return {
        "id": session.id,
        "object": "billing_portal.session",
        "configuration": session.configuration,
        "created": session.created,
        "customer": session.customer,
        "customer_account": None,
        "flow": _flow(session.flow) if session.flow else None,
        "livemode": livemode,
        "locale": session.locale,
        "on_behalf_of": None,
        "return_url": session.return_url,
        "url": f"https://billing.stripe.com/p/session/{session.id}",
    }


def _flow(flow: PortalFlow) -> dict[str, Any]:
    redirect = {"return_url": flow.return_url} if flow.return_url else None
    said = flow.confirmed
    ends = "redirect" if redirect else "portal_homepage" if said is None else "hosted_confirmation"
    target = {"subscription": flow.subscription}
    item: dict[str, Any] = {"id": flow.item, "price": flow.price}
    if flow.quantity is not None:
        item["quantity"] = flow.quantity
    confirm = {"discounts": None, "items": [item], **target}
    return {
        "after_completion": {
            "hosted_confirmation": None if said is None else {"custom_message": said or None},
            "redirect": redirect,
            "type": ends,
        },
        "customer_update": None,
        "subscription_cancel": {"retention": None, **target} if flow.type == "subscription_cancel" else None,
        "subscription_pause": None,
        "subscription_update": target if flow.type == "subscription_update" else None,
        "subscription_update_confirm": confirm if flow.type == "subscription_update_confirm" else None,
        "type": flow.type,
    }


def render_portal_configuration(configuration: PortalConfiguration, livemode: bool) -> dict[str, Any]:
    """What the portal offers."""
    login_url = f"https://billing.stripe.com/p/login/{configuration.id}"
    return {
        "id": configuration.id,
        "object": "billing_portal.configuration",
        "active": configuration.active,
        "application": None,
        "business_profile": {
            "headline": configuration.headline,
            "privacy_policy_url": configuration.privacy_policy_url,
            "terms_of_service_url": configuration.terms_of_service_url,
        },
        "created": configuration.created,
        "default_return_url": configuration.default_return_url,
        "features": _features(configuration.features),
        "is_default": configuration.is_default,
        "livemode": livemode,
        "login_page": {
            "enabled": configuration.login_page,
            "url": login_url if configuration.login_page else None,
        },
        "metadata": dict(configuration.metadata),
        "name": configuration.name,
        "updated": configuration.updated,
    }


def _features(features: PortalFeatures) -> dict[str, Any]:
    return {
        "customer_update": {
            "allowed_updates": list(features.allowed_updates),
            "enabled": features.customer_update,
        },
        "invoice_history": {"enabled": features.invoice_history},
        "payment_method_update": {
            "enabled": features.payment_method_update,
            "payment_method_configuration": None,
        },
        "subscription_cancel": {
            "cancellation_reason": {
                "enabled": features.cancellation_reason,
                "feedback_options": None,
                "options": list(features.cancellation_options),
            },
            "enabled": features.subscription_cancel,
            "mode": features.cancel_mode,
            "proration_behavior": "none",
        },
        "subscription_pause": {"duration": {"interval_options": [], "type": "indefinite"}, "enabled": False},
        "subscription_update": {
            "billing_cycle_anchor": None,
            "default_allowed_updates": list(features.default_allowed_updates),
            "enabled": features.subscription_update,
            "proration_behavior": features.proration_behavior,
            "schedule_at_period_end": {"conditions": []},
            "trial_update_behavior": features.trial_update_behavior,
        },
    }


def render_products(features: PortalFeatures) -> list[dict[str, Any]]:
    """`features.subscription_update.products`, which is there only when it is expanded."""
    default = "quantity" in features.default_allowed_updates
    return [
        {
            "adjustable_quantity": {
                "enabled": default if each.adjustable is None else each.adjustable,
                "maximum": each.most,
                "minimum": each.least,
            },
            "prices": list(each.prices),
            "product": each.product,
        }
        for each in features.products
    ]

"""What a Checkout Session or a payment link asks on its page, read from a request.

Decides: which of the questions go together, and with which mode.  Does not know what is done with an answer
(`billing.collected`).
Source: https://docs.stripe.com/api/checkout/sessions/create; that https://docs.stripe.com/payments/checkout/abandoned-carts
is for payments only, and that `customer_update` needs a customer.  The words of refusals are ours where no
source has Stripe's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..objects import CheckoutPage, CustomField, InvoiceData, Recovery
from ..records import replace
from . import refusal
from .metadata import merged

_HOSTED = "hosted_page"


def page_of(params: Mapping[str, Any], mode: str, page: CheckoutPage | None = None) -> CheckoutPage:
    """`page`, or one that asks nothing, with what `params` say; raises Refusal."""
    page = page or CheckoutPage()
    if mode == "setup":
        _refuse_in(params, mode, "submit_type phone_number_collection shipping_address_collection")
    sent: dict[str, Any] = {}
    if "custom_fields" in params:
        sent["custom_fields"] = _fields(params["custom_fields"])
    if "custom_text" in params:
        messages = {name: each["message"] for name, each in params["custom_text"].items() if each}
        kept = {name: text for name, text in page.custom_text if name not in params["custom_text"]}
        sent["custom_text"] = tuple((kept | messages).items())
    if "consent_collection" in params:
        sent["consent"] = _consent(params["consent_collection"])
    if "phone_number_collection" in params:
        sent["phone"] = params["phone_number_collection"]["enabled"]
    if "submit_type" in params:
        sent["submit_type"] = _submit_type(params["submit_type"], mode)
    if "shipping_address_collection" in params:
        where = params["shipping_address_collection"] or {}
        sent["shipping_countries"] = tuple(where.get("allowed_countries", ()))
    if "tax_id_collection" in params:
        asked = params["tax_id_collection"]
        sent["tax_id"] = asked.get("required", "never") if asked["enabled"] else None
    sent |= _names(params.get("name_collection", {}))
    if "invoice_creation" in params:
        sent["invoice"] = _invoice(params, mode)
    return replace(page, **sent)


def session_page(params: Mapping[str, Any]) -> CheckoutPage:
    """What the page of a session to be made is and asks; raises Refusal."""
    mode = params["mode"]
    page = page_of(params, mode)
    saved = params.get("saved_payment_method_options", {})
    return replace(
        page,
        **_place(params),
        saved_methods=tuple(
            (name, tuple(value) if isinstance(value, list) else value) for name, value in saved.items()
        ),
        customer_update=_customer_update(params),
        recovery=_recovery(params),
    )


def _place(params: Mapping[str, Any]) -> dict[str, Any]:
    """Where the page is shown, and where a customer goes from there."""
    ui_mode = params.get("ui_mode", _HOSTED)
    if ui_mode == _HOSTED:
        if "success_url" not in params:
            raise refusal.missing_parameter("success_url")
        _not_with(params, ui_mode, "redirect_on_completion return_url")
        return {}
    _not_with(params, ui_mode, "cancel_url success_url")
    if ui_mode == "elements":
        _not_with(params, ui_mode, "custom_fields redirect_on_completion")
    stays = params.get("redirect_on_completion") == "never"
    if stays and "return_url" in params:
        message = "`return_url` cannot be set when `redirect_on_completion` is `never`."
        raise refusal.invalid(message, "return_url")
    if not stays and ui_mode == "embedded_page" and "return_url" not in params:
        raise refusal.missing_parameter("return_url")
    redirects = params.get("redirect_on_completion", "always") if ui_mode != "elements" else None
    return {
        "ui_mode": ui_mode,
        "return_url": params.get("return_url"),
        "redirect_on_completion": redirects,
    }


def _not_with(params: Mapping[str, Any], ui_mode: str, names: str) -> None:
    found = [name for name in names.split() if name in params]
    if found:
        message = f"The following parameters are not supported with 'ui_mode: {ui_mode}': {', '.join(found)}."
        raise refusal.invalid(message, found[0])


def _refuse_in(params: Mapping[str, Any], mode: str, names: str) -> None:
    for name in names.split():
        if name in params:
            raise refusal.invalid(f"You can not pass `{name}` in `{mode}` mode.", name)


def _fields(sent: Sequence[Mapping[str, Any]]) -> tuple[CustomField, ...]:
    fields = tuple(_field(each, f"custom_fields[{at}]") for at, each in enumerate(sent))
    if len({each.key for each in fields}) < len(fields):
        raise refusal.invalid("Each custom field must have a `key` of its own.", "custom_fields")
    return fields


def _field(sent: Mapping[str, Any], param: str) -> CustomField:
    kind: str = sent["type"]
    for other in {"dropdown", "numeric", "text"} - {kind}:
        if other in sent:
            message = f"`{other}` can only be set on a custom field of type `{other}`."
            raise refusal.invalid(message, f"{param}[{other}]")
    more = sent.get(kind, {})
    if kind == "dropdown" and not more.get("options"):
        raise refusal.missing_parameter(f"{param}[dropdown][options]")
    options = tuple((each["value"], each["label"]) for each in more.get("options", ()))
    default = more.get("default_value")
    if options and default is not None and default not in dict(options):
        message = "`default_value` must match the `value` of one of the options."
        raise refusal.invalid(message, f"{param}[dropdown][default_value]")
    return CustomField(
        key=sent["key"],
        label=sent["label"]["custom"],
        type=kind,
        optional=sent.get("optional", False),
        options=options,
        default_value=default,
        minimum_length=more.get("minimum_length"),
        maximum_length=more.get("maximum_length"),
    )


def _consent(sent: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name, value if isinstance(value, str) else value["position"]) for name, value in sent.items()
    )


def _submit_type(word: str, mode: str) -> str:
    """A word for the button, which must fit what the button does."""
    if mode == "subscription" and word not in ("auto", "subscribe"):
        message = f"`submit_type` can not be `{word}` in `subscription` mode."
        raise refusal.invalid(message, "submit_type")
    return word


def _names(sent: Mapping[str, Any]) -> dict[str, str | None]:
    return {
        f"{kind}_name": ("optional" if asked.get("optional") else "required") if asked["enabled"] else None
        for kind, asked in sent.items()
    }


def _invoice(params: Mapping[str, Any], mode: str) -> InvoiceData | None:
    asked = params["invoice_creation"]
    if not asked["enabled"]:
        return None
    if mode != "payment":
        message = "`invoice_creation` can only be enabled in `payment` mode."
        raise refusal.invalid(message, "invoice_creation")
    data = asked.get("invoice_data", {})
    return InvoiceData(
        description=data.get("description"),
        footer=data.get("footer"),
        custom_fields=tuple((each["name"], each["value"]) for each in data.get("custom_fields", ())),
        metadata=merged((), data.get("metadata")),
    )


def _customer_update(params: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    sent = params.get("customer_update", {})
    if sent and "customer" not in params:
        message = "`customer_update` can only be used with `customer`."
        raise refusal.invalid(message, "customer_update")
    return tuple(sent.items())


def _recovery(params: Mapping[str, Any]) -> Recovery | None:
    sent = params.get("after_expiration", {}).get("recovery")
    if sent is None or not sent["enabled"]:
        return None
    if params["mode"] != "payment":
        message = "`after_expiration[recovery]` can only be enabled in `payment` mode."
        raise refusal.invalid(message, "after_expiration[recovery]")
    return Recovery(allow_promotion_codes=sent.get("allow_promotion_codes", False))

"""What a shop lets the checkout page ask and be, as the official SDK sees it."""

from __future__ import annotations

from typing import Any

import pytest
import stripe
from edges import Account
from worlds import START

from rehearsal_harness.core.actions import Advance, CompleteCheckout, FillInCheckout
from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.objects import Address, Collected, Shipping

DAY_S = 24 * 3600
HERE = Address(line1="1 Main St", city="Springfield", postal_code="12345", state="IL", country="US")
SAID = Collected(
    name="Ada Lovelace",
    phone="+15550100",
    address=HERE,
    shipping=Shipping(name="Charles", address=HERE),
    tax_ids=(("eu_vat", "DE123456789"),),
    answers=(("size", "m"),),
    terms_accepted=True,
    promotions=False,
)
ASKING: dict[str, Any] = {
    "phone_number_collection": {"enabled": True},
    "shipping_address_collection": {"allowed_countries": ["US", "CA"]},
    "tax_id_collection": {"enabled": True},
    "consent_collection": {"terms_of_service": "required", "promotions": "auto"},
    "custom_text": {"submit": {"message": "Thank you"}},
    "custom_fields": [
        {
            "key": "size",
            "label": {"type": "custom", "custom": "Size"},
            "type": "dropdown",
            "dropdown": {"options": [{"label": "Medium", "value": "m"}]},
        }
    ],
}


def once(account: Account, **fields: Any) -> Any:
    """A new session for one payment."""
    return account.session(price=account.price(recurring=None).id, mode="payment", **fields)


def retrieved(account: Account, session: Any) -> Any:
    """The session as it is now."""
    return account.stripe.v1.checkout.sessions.retrieve(session.id)


def test_what_is_asked_and_answered_is_on_the_session(account: Account) -> None:
    """Questions stand there from the beginning, answers once it is complete."""
    session = once(account, customer_creation="always", **ASKING)

    assert session.custom_fields[0].dropdown.value is None
    assert session.shipping_address_collection.allowed_countries == ["US", "CA"]
    assert (session.custom_text.submit.message, session.customer_details) == ("Thank you", None)

    account.do(FillInCheckout(session.id, SAID))
    account.do(CompleteCheckout(session.id, email="ada@example.com"))
    done = retrieved(account, session)

    assert done.custom_fields[0].dropdown.value == "m"
    assert (done.customer_details.name, done.customer_details.phone) == ("Ada Lovelace", "+15550100")
    assert done.customer_details.address.country == "US"
    assert done.customer_details.tax_ids[0].value == "DE123456789"
    assert done.collected_information.shipping_details.name == "Charles"
    assert (done.consent.terms_of_service, done.consent.promotions) == ("accepted", "opt_out")


def test_answers_reach_the_customer_and_the_payment(account: Account) -> None:
    """A new customer has name, phone and addresses; the payment knows where to send it."""
    session = once(account, customer_creation="always", **ASKING)
    account.do(FillInCheckout(session.id, SAID))
    account.do(CompleteCheckout(session.id, email="ada@example.com"))
    done = retrieved(account, session)
    customer = account.stripe.v1.customers.retrieve(done.customer)
    intent = account.stripe.v1.payment_intents.retrieve(done.payment_intent)

    assert (customer.name, customer.phone, customer.address.city) == (
        "Ada Lovelace",
        "+15550100",
        "Springfield",
    )
    assert (customer.shipping.name, intent.shipping.name) == ("Charles", "Charles")
    assert account.stripe.v1.customers.tax_ids.list(customer.id).data[0].value == "DE123456789"
    charge = account.stripe.v1.charges.retrieve(intent.latest_charge)
    assert charge.billing_details.name == "Ada Lovelace"


@pytest.mark.parametrize(("update", "name"), [({}, "Old"), ({"name": "auto"}, "Ada Lovelace")])
def test_a_known_customer_keeps_what_the_shop_does_not_let_change(
    account: Account, update: dict[str, str], name: str
) -> None:
    """customer_update says which fields the page may change."""
    customer = account.stripe.v1.customers.create({"name": "Old", "email": "ada@example.com"})
    session = account.session(customer=customer.id, customer_update=update or {"address": "never"})
    account.do(FillInCheckout(session.id, SAID))
    account.do(CompleteCheckout(session.id))

    assert account.stripe.v1.customers.retrieve(customer.id).name == name


def test_an_embedded_session_has_a_secret_and_no_address(account: Account) -> None:
    """The shop's own page opens it with the client secret, and it leads to return_url."""
    price = account.price().id
    session = account.stripe.v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "line_items": [{"price": price, "quantity": 1}],
            "ui_mode": "embedded_page",
            "return_url": "https://app.example.com/done?session={CHECKOUT_SESSION_ID}",
        }
    )

    assert (session.ui_mode, session.url, session.redirect_on_completion) == (
        "embedded_page",
        None,
        "always",
    )
    assert session.client_secret.startswith(f"{session.id}_secret_")


@pytest.mark.parametrize(
    ("fields", "param", "words"),
    [
        ({"ui_mode": "embedded_page"}, "success_url", "not supported with 'ui_mode: embedded_page'"),
        ({"return_url": "https://a.example.com"}, "return_url", "not supported with 'ui_mode: hosted_page'"),
        ({"payment_method_collection": "if_required"}, "payment_method_collection", "`subscription` mode"),
        ({"customer_update": {"name": "auto"}}, "customer_update", "only be used with `customer`"),
        (
            {"shipping_address_collection": {"allowed_countries": ["KP"]}},
            "shipping_address_collection[allowed_countries][0]",
            "ships to",
        ),
        (
            {"custom_fields": [{"key": "a b", "label": {}, "type": "text"}]},
            "custom_fields[0][key]",
            "alphanum",
        ),
        (
            {"custom_text": {"submit": {"message": "x" * 1201}}},
            "custom_text[submit][message]",
            "at most 1200",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(
    account: Account, fields: dict[str, Any], param: str, words: str
) -> None:
    """By the name of the parameter."""
    with pytest.raises(stripe.InvalidRequestError, match=words) as refused:
        once(account, **fields)

    assert refused.value.param == param


def test_a_session_that_expires_tells_the_way_back(account: Account) -> None:
    """For 30 days, to a copy; only payments have one."""
    session = once(account, after_expiration={"recovery": {"enabled": True, "allow_promotion_codes": True}})
    assert session.after_expiration.recovery.url is None

    account.do(Advance(session.expires_at))
    way = retrieved(account, session).after_expiration.recovery

    assert way.url.startswith("https://buy.stripe.com/r/test_")
    assert way.expires_at == session.expires_at + 30 * DAY_S
    with pytest.raises(stripe.InvalidRequestError, match="`payment` mode"):
        account.session(after_expiration={"recovery": {"enabled": True}})


def test_a_trial_can_begin_without_a_payment_method(account: Account) -> None:
    """payment_method_collection=if_required; when the trial ends the subscription does what was settled."""
    session = account.session(
        payment_method_collection="if_required",
        subscription_data={
            "trial_period_days": 7,
            "trial_settings": {"end_behavior": {"missing_payment_method": "cancel"}},
            "description": "Pro",
        },
    )
    account.do(CompleteCheckout(session.id, email="ada@example.com"))
    done = retrieved(account, session)
    subscription = account.stripe.v1.subscriptions.retrieve(done.subscription)

    assert (done.payment_status, subscription.status) == ("no_payment_required", "trialing")
    assert subscription.description == "Pro"
    assert not account.stripe.v1.customers.payment_methods.list(done.customer).data
    account.do(Advance(START + 7 * DAY_S))
    assert account.stripe.v1.subscriptions.retrieve(done.subscription).status == "canceled"


def test_a_trial_ends_when_the_shop_says(account: Account) -> None:
    """trial_end is an instant, at least two days ahead."""
    session = account.session(subscription_data={"trial_end": START + 5 * DAY_S})
    assert session.amount_total == 0
    account.do(CompleteCheckout(session.id, email="ada@example.com"))
    subscription_id = retrieved(account, session).subscription

    assert account.stripe.v1.subscriptions.retrieve(subscription_id).trial_end == START + 5 * DAY_S
    with pytest.raises(stripe.InvalidRequestError, match="at least 2 days in the future"):
        account.session(subscription_data={"trial_end": START + DAY_S})


@pytest.mark.parametrize(("card", "status"), [(Card.OK, "paid"), (Card.DELAYED, "open")])
def test_a_payment_can_have_an_invoice(account: Account, card: Card, status: str) -> None:
    """It is paid by the payment; while the bank has not answered it is open."""
    session = once(
        account,
        invoice_creation={
            "enabled": True,
            "invoice_data": {"description": "Ours", "metadata": {"order": "7"}},
        },
        allowed_payment_method_types=["card", "sepa_debit"],
    )
    assert session.customer_creation == "always"
    account.do(CompleteCheckout(session.id, card, email="ada@example.com"))
    done = retrieved(account, session)
    invoice = account.stripe.v1.invoices.retrieve(done.invoice)

    assert (invoice.status, invoice.total, invoice.description) == (status, 1200, "Ours")
    assert (invoice.metadata.to_dict(), invoice.customer) == ({"order": "7"}, done.customer)
    assert invoice.lines.data[0].description == "Pro"


def test_a_coupon_on_a_payment_is_redeemed_and_on_its_invoice(account: Account) -> None:
    """What the page took off the invoice takes off, too."""
    coupon = account.stripe.v1.coupons.create({"percent_off": 50, "duration": "once"})
    session = once(account, discounts=[{"coupon": coupon.id}], invoice_creation={"enabled": True})
    account.do(CompleteCheckout(session.id, email="ada@example.com"))
    invoice = account.stripe.v1.invoices.retrieve(retrieved(account, session).invoice)

    assert (invoice.total, invoice.status) == (600, "paid")
    assert account.stripe.v1.coupons.retrieve(coupon.id).times_redeemed == 1


def test_metadata_of_a_session_can_be_changed(account: Account) -> None:
    """Key by key, as everywhere."""
    session = account.session(metadata={"a": "1", "b": "2"})

    changed = account.stripe.v1.checkout.sessions.update(session.id, {"metadata": {"b": "", "c": "3"}})

    assert changed.metadata.to_dict() == {"a": "1", "c": "3"}


def test_a_quantity_can_be_adjusted_before_it_is_paid(account: Account) -> None:
    """Within its bounds; a line that has none stays."""
    price = account.price(recurring=None).id
    session = once(
        account,
        line_items=[
            {"price": price, "quantity": 1, "adjustable_quantity": {"enabled": True, "maximum": 5}},
        ],
    )
    line = account.stripe.v1.checkout.sessions.line_items.list(session.id).data[0]
    assert (line.adjustable_quantity.minimum, line.adjustable_quantity.maximum) == (0, 5)

    account.do(FillInCheckout(session.id, quantities=((line.id, 3),)))

    assert retrieved(account, session).amount_total == 3600


def test_shipping_is_paid_with_the_order(account: Account) -> None:
    """The first way is chosen until the customer chooses another."""
    saved = account.stripe.v1.shipping_rates.create(
        {"display_name": "Next day", "fixed_amount": {"amount": 1500, "currency": "usd"}}
    )
    free = {
        "display_name": "Free",
        "type": "fixed_amount",
        "fixed_amount": {"amount": 0, "currency": "usd"},
        "delivery_estimate": {"minimum": {"unit": "business_day", "value": 5}},
    }
    session = once(
        account, shipping_options=[{"shipping_rate_data": free}, {"shipping_rate": saved.id}], **ASKING
    )
    assert (session.amount_total, session.shipping_cost.amount_total) == (1200, 0)

    account.do(FillInCheckout(session.id, shipping_rate=saved.id))
    account.do(CompleteCheckout(session.id, email="ada@example.com"))
    done = account.stripe.v1.checkout.sessions.retrieve(
        session.id, {"expand": ["shipping_cost.shipping_rate", "payment_intent"]}
    )

    assert (done.amount_subtotal, done.amount_total, done.total_details.amount_shipping) == (1200, 2700, 1500)
    assert done.shipping_cost.shipping_rate.display_name == "Next day"
    assert done.payment_intent.amount == 2700


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"fixed_amount": {"amount": 1, "currency": "eur"}}, "no amount in `usd`"),
        ({}, "Missing required param: shipping_options"),
    ],
)
def test_a_shipping_rate_must_fit_the_order(account: Account, fields: dict[str, Any], words: str) -> None:
    """In its currency, and with an amount."""
    with pytest.raises(stripe.InvalidRequestError, match=words):
        once(account, shipping_options=[{"shipping_rate_data": {"display_name": "Post", **fields}}])


def test_a_subscription_is_not_sent(account: Account) -> None:
    """Only payments have shipping options."""
    rate = {"display_name": "Post", "fixed_amount": {"amount": 1, "currency": "usd"}}
    with pytest.raises(stripe.InvalidRequestError, match="`payment` mode"):
        account.session(shipping_options=[{"shipping_rate_data": rate}])


def test_shipping_rates_are_listed_and_switched_off(account: Account) -> None:
    """One that is not active is offered no more."""
    rates = account.stripe.v1.shipping_rates
    made = rates.create({"display_name": "Post", "fixed_amount": {"amount": 1, "currency": "usd"}})
    off = rates.update(made.id, {"active": False, "metadata": {"a": "b"}})

    assert (off.active, rates.retrieve(made.id).metadata.to_dict()) == (False, {"a": "b"})
    assert [each.id for each in rates.list({"active": False}).data] == [made.id]
    with pytest.raises(stripe.InvalidRequestError, match="is not active"):
        once(account, shipping_options=[{"shipping_rate": made.id}])


def test_kinds_of_payment_methods_that_are_not_simulated_are_not_offered(account: Account) -> None:
    """They stand on the session beside a card; alone they are refused by name."""
    session = once(account, allowed_payment_method_types=["card", "klarna"])
    assert session.payment_method_types == ["card", "klarna"]

    with pytest.raises(stripe.InvalidRequestError, match="does not simulate"):
        once(account, allowed_payment_method_types=["klarna"])
    with pytest.raises(stripe.InvalidRequestError, match="is no type of payment method"):
        once(account, allowed_payment_method_types=["card", "cash"])


def test_a_method_can_be_kept_without_a_currency_where_its_kind_is_named(account: Account) -> None:
    """Stripe needs the currency only to choose kinds itself."""
    setup = {"mode": "setup", "success_url": "https://app.example.com/"}
    session = account.stripe.v1.checkout.sessions.create(
        {**setup, "allowed_payment_method_types": ["card"]}  # type: ignore[typeddict-item]
    )
    assert session.currency is None
    account.do(CompleteCheckout(session.id, email="ada@example.com"))

    assert retrieved(account, session).status == "complete"
    with pytest.raises(stripe.InvalidRequestError, match="currency"):
        account.stripe.v1.checkout.sessions.create(setup)  # type: ignore[arg-type]

"""What the checkout page asks beside the card, as somebody without script sees it: fill in, correct, pay."""

from __future__ import annotations

from typing import Any

import pytest
from benches import ask
from hosting import ASKS, GOOD, SHOP, Visitor, location, price_of, session, session_of, text_of

from rehearsal_harness.core.actions import ExpireCheckout
from rehearsal_harness.serving.bench import Bench

ASKING: dict[str, Any] = {
    "phone_number_collection": {"enabled": "true"},
    "shipping_address_collection": {"allowed_countries": {"0": "US", "1": "CA"}},
    "consent_collection": {"terms_of_service": "required"},
    "custom_text": {"submit": {"message": "Thank you for looking."}},
    "custom_fields": {
        "0": {
            "key": "engraving",
            "label": {"type": "custom", "custom": "What shall stand on it?"},
            "type": "text",
            "text": {"minimum_length": "3"},
        }
    },
}
FILLED = {
    "phone": "+15550100",
    "shipping_name": "Charles",
    "shipping_line1": "1 Main St",
    "shipping_city": "Springfield",
    "shipping_postal_code": "12345",
    "shipping_country": "US",
    "custom_engraving": "For Ada",
    "terms": "yes",
}


def adjustable(bench: Bench, **bounds: str) -> str:
    """The id of a session for something of which one may take more."""
    line = {
        "price": price_of(bench, interval=None),
        "quantity": "1",
        "adjustable_quantity": {"enabled": "true", **bounds},
    }
    return session_of(bench, mode="payment", line_items={"0": line})


def test_each_question_has_its_label(bench: Bench, visitor: Visitor) -> None:
    """And the shop's own words stand where it wants them."""
    page = visitor.look(f"/c/pay/{session_of(bench, **ASKING)}")
    text = text_of(page)

    for label in ("Phone", "Name of who receives it", "What shall stand on it?", "I agree to the terms"):
        assert label in text
    assert "Thank you for looking." in text
    assert "Canada" in text
    assert "Germany" in text  # a card is from anywhere


def test_a_missing_answer_is_asked_again_and_nothing_is_lost(bench: Bench, visitor: Visitor) -> None:
    """Each problem is named beside its field; what was typed is still there."""
    session_id = session_of(bench, **ASKING)
    visitor.pay(session_id, **{**FILLED, "custom_engraving": "no", "terms": "", "shipping_city": ""})
    page = visitor.look(f"/c/pay/{session_id}")

    assert "Use between 3 and 255 characters: What shall stand on it?" in text_of(page)
    assert "Fill in: City." in text_of(page)
    assert "Tick this to go on: I agree to the terms of service." in text_of(page)
    assert 'value="1 Main St"' in page.text
    assert session(bench, session_id)["status"] == "open"


@pytest.mark.parametrize("card", [GOOD, ASKS])
def test_answers_are_on_the_session_that_was_paid(bench: Bench, visitor: Visitor, card: str) -> None:
    """Also where the bank has asked in between."""
    session_id = session_of(bench, **ASKING)
    to = location(visitor.pay(session_id, card=card, name="Ada", billing_country="GB", **FILLED))
    if to.endswith("/authenticate"):
        to = location(visitor.send(to, answer="complete"))
    paid = session(bench, session_id)

    assert to.startswith(f"{SHOP}/ok")
    assert paid["custom_fields"][0]["text"]["value"] == "For Ada"
    assert paid["collected_information"]["shipping_details"]["address"]["city"] == "Springfield"
    assert (paid["customer_details"]["name"], paid["customer_details"]["address"]["country"]) == ("Ada", "GB")
    assert paid["consent"]["terms_of_service"] == "accepted"


def test_a_required_billing_address_is_required(bench: Bench, visitor: Visitor) -> None:
    """Street and city, not the country alone."""
    session_id = session_of(bench, billing_address_collection="required")
    visitor.pay(session_id, name="Ada", billing_country="GB")
    page = visitor.look(f"/c/pay/{session_id}")

    assert "Fill in: Address." in text_of(page)
    visitor.pay(session_id, name="Ada", billing_country="GB", billing_line1="1 A St", billing_city="Bath")
    assert session(bench, session_id)["customer_details"]["address"]["city"] == "Bath"


def test_another_quantity_is_shown_before_it_is_paid(bench: Bench, visitor: Visitor) -> None:
    """The button of the page changes the order first, and pays the next time."""
    session_id = adjustable(bench)
    line = session_line(bench, session_id)
    answer = visitor.pay(session_id, **{f"quantity_{line}": "3"})
    page = text_of(visitor.look(location(answer)))

    assert "Something else is due now." in page
    assert "Due today $36.00" in page
    assert session(bench, session_id)["status"] == "open"
    visitor.pay(session_id, **{f"quantity_{line}": "3"})
    assert session(bench, session_id)["amount_total"] == 3600


def session_line(bench: Bench, session_id: str) -> str:
    """The id of the session's first line."""
    path = f"/v1/checkout/sessions/{session_id}/line_items"
    return str(ask(bench.main, "GET", path)["data"][0]["id"])


@pytest.mark.parametrize(
    ("wanted", "said"),
    [("9", "Take between 2 and 5 of it."), ("many", "Take between 2 and 5 of it.")],
)
def test_a_quantity_out_of_bounds_is_refused(bench: Bench, visitor: Visitor, wanted: str, said: str) -> None:
    """In place, and nothing changes."""
    line_item = {
        "price": price_of(bench, interval=None),
        "quantity": "2",
        "adjustable_quantity": {"enabled": "true", "minimum": "2", "maximum": "5"},
    }
    session_id = session_of(bench, mode="payment", line_items={"0": line_item})
    line = session_line(bench, session_id)
    answer = visitor.send(f"/c/pay/{session_id}", update="order", **{f"quantity_{line}": wanted})

    assert said in text_of(visitor.look(location(answer)))
    assert session(bench, session_id)["amount_total"] == 2400


def test_the_last_line_cannot_be_taken_out(bench: Bench, visitor: Visitor) -> None:
    """An order of nothing is none."""
    session_id = adjustable(bench)
    line = session_line(bench, session_id)
    answer = visitor.send(f"/c/pay/{session_id}", update="order", **{f"quantity_{line}": "0"})

    assert "Something has to be left in the order." in text_of(visitor.look(location(answer)))


def test_update_never_pays(bench: Bench, visitor: Visitor) -> None:
    """Also where nothing was changed."""
    session_id = adjustable(bench)
    visitor.pay(session_id, update="order")

    assert session(bench, session_id)["status"] == "open"


def test_a_trial_without_a_card_asks_for_none(bench: Bench, visitor: Visitor) -> None:
    """payment_method_collection=if_required and nothing due."""
    session_id = session_of(
        bench, payment_method_collection="if_required", subscription_data={"trial_period_days": "7"}
    )
    assert "Pay with a test card" not in visitor.look(f"/c/pay/{session_id}").text

    answer = visitor.send(f"/c/pay/{session_id}", email="ada@example.com")

    assert location(answer).startswith(f"{SHOP}/ok")
    assert session(bench, session_id)["payment_status"] == "no_payment_required"


def test_an_embedded_page_can_be_opened_here_and_leads_back(bench: Bench, visitor: Visitor) -> None:
    """To return_url; a session that stays says that it is done."""
    line = {"0": {"price": price_of(bench), "quantity": "1"}}
    shared: dict[str, Any] = {"mode": "subscription", "line_items": line, "ui_mode": "embedded_page"}
    returns = ask(
        bench.main,
        "POST",
        "/v1/checkout/sessions",
        **shared,
        return_url=f"{SHOP}/done?session={{CHECKOUT_SESSION_ID}}",
    )["id"]
    stays = ask(bench.main, "POST", "/v1/checkout/sessions", **shared, redirect_on_completion="never")["id"]

    assert location(visitor.pay(returns)) == f"{SHOP}/done?session={returns}"
    assert "you’re all done here" in text_of(visitor.look(location(visitor.pay(stays))))


def test_the_way_back_leads_to_a_copy(bench: Bench, visitor: Visitor) -> None:
    """Once the session has expired, and not before."""
    price = price_of(bench, interval=None)
    session_id = session_of(
        bench, price=price, mode="payment", after_expiration={"recovery": {"enabled": "true"}}
    )
    way = f"/b/r/{session_id.removeprefix('cs_')}"
    mode, _, code = session_id.removeprefix("cs_").partition("_")
    assert visitor.look(way).status_code == 410

    bench.main.act(ExpireCheckout(session_id))
    url = session(bench, session_id)["after_expiration"]["recovery"]["url"]
    copy = visitor.look("/b/r/" + url.rpartition("/r/")[2]).headers["location"].rpartition("/")[2]

    assert (mode, url.rpartition("_")[2]) == ("test", code)
    assert session(bench, copy)["recovered_from"] == session_id
    assert location(visitor.pay(copy)) == f"{SHOP}/ok?session={copy}"


def test_another_way_to_send_it_is_shown_before_it_is_paid(bench: Bench, visitor: Visitor) -> None:
    """Each way with its price; choosing one changes what is due."""
    rates = [
        {"display_name": name, "fixed_amount": {"amount": cents, "currency": "usd"}}
        for name, cents in (("Free shipping", "0"), ("Next day air", "1500"))
    ]
    options = {str(at): {"shipping_rate_data": rate} for at, rate in enumerate(rates)}
    session_id = session_of(bench, mode="payment", shipping_options=options)
    fast = session(bench, session_id)["shipping_options"][1]["shipping_rate"]
    first = text_of(visitor.look(f"/c/pay/{session_id}"))
    answer = visitor.pay(session_id, shipping_rate=fast)
    second = text_of(visitor.look(location(answer)))

    assert "Free shipping" in first
    assert "Shipping: Next day air $15.00" in second
    assert "Due today $27.00" in second
    visitor.pay(session_id, shipping_rate=fast)
    assert session(bench, session_id)["total_details"]["amount_shipping"] == 1500

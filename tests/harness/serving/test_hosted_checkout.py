"""The checkout page, as somebody without script sees it: pay, be declined, be asked, leave, come back."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from benches import AT, Inbox, ask
from falcon import testing
from hosting import (
    ASKS,
    DECLINED,
    GOOD,
    SHOP,
    Visitor,
    location,
    price_of,
    session,
    session_of,
    text_of,
    types_since,
)

from rehearsal_harness.core.actions import CompleteCheckout, ExpireCheckout
from rehearsal_harness.serving.app import create_bench_app
from rehearsal_harness.serving.bench import Bench
from rehearsal_harness.serving.hosted.arriving import WAIT_S, wait_until_told
from rehearsal_harness.serving.hosted.cards import GROUPS

DAY_S = 24 * 3600


def test_the_page_says_what_is_bought_and_for_how_much(bench: Bench, visitor: Visitor) -> None:
    """Product, price, rhythm, what is due, and the shop it is for."""
    page = visitor.look(f"/c/pay/{session_of(bench)}")
    text = text_of(page)

    assert page.status_code == 200
    assert "Subscribe to Pro" in text
    assert "Due today $12.00" in text
    assert "Then $12.00 per month until you cancel." in text
    assert "Back to shop.example.test" in text
    assert f'href="{SHOP}/back"' in page.text


def test_a_trial_is_free_today_and_says_when_it_is_not(bench: Bench, visitor: Visitor) -> None:
    """The amount due is nothing; what follows has a date."""
    text = text_of(visitor.look(f"/c/pay/{session_of(bench, subscription_data={'trial_period_days': '7'})}"))

    assert "Try Pro" in text
    assert "Due today $0.00" in text
    assert "Then $12.00 per month, from 9 October 2096, until you cancel." in text
    assert "Start the trial" in text


@pytest.mark.parametrize(
    ("price", "said"),
    [
        ({"unit_amount_decimal": "0.5"}, "USD 0.005 per month"),
        ({"unit_amount": "300", "transform_quantity": {"divide_by": "5", "round": "up"}}, "$3.00 for each 5"),
        (
            {
                "billing_scheme": "tiered",
                "tiers_mode": "graduated",
                "tiers": {"0": {"up_to": "inf", "unit_amount": "100"}},
            },
            "in graduated tiers, per month",
        ),
    ],
)
def test_prices_of_every_kind_are_told(
    bench: Bench, visitor: Visitor, price: dict[str, Any], said: str
) -> None:
    """Fractions of a cent, packages, tiers."""
    product = ask(bench.main, "POST", "/v1/products", name="Pro")["id"]
    shared = {"product": product, "currency": "usd", "recurring": {"interval": "month"}}
    made = ask(bench.main, "POST", "/v1/prices", **shared, **price)["id"]

    assert said in text_of(visitor.look(f"/c/pay/{session_of(bench, price=made)}"))


def test_every_test_card_is_offered_with_its_meaning(bench: Bench, visitor: Visitor) -> None:
    """One radio button for each, under the heading of its group."""
    page = visitor.look(f"/c/pay/{session_of(bench)}")

    for group in GROUPS:
        assert f">{group.title}</span>" in page.text
        for card in group.cards:
            assert f'value="{card.number}"' in page.text
            assert card.meaning in text_of(page)


def test_paying_leads_to_the_shop_with_the_sessions_id(bench: Bench, visitor: Visitor) -> None:
    """The placeholder of success_url is filled in, and the money is there."""
    session_id = session_of(bench)

    assert location(visitor.pay(session_id)) == f"{SHOP}/ok?session={session_id}"
    assert session(bench, session_id)["payment_status"] == "paid"
    assert session(bench, session_id)["customer_details"]["email"] == "ada@example.com"


def test_a_shops_address_may_have_any_letters(bench: Bench, visitor: Visitor) -> None:
    """What a header cannot carry is escaped; what is escaped already stays."""
    session_id = session_of(bench, success_url=f"{SHOP}/grün%20er?a=1&b={{CHECKOUT_SESSION_ID}}#x")

    assert location(visitor.pay(session_id)) == f"{SHOP}/gr%C3%BCn%20er?a=1&b={session_id}#x"


@pytest.mark.parametrize("typed", ["4242 4242 4242 4242", "4242-4242-4242-4242", GOOD])
def test_a_number_may_be_typed(bench: Bench, visitor: Visitor, typed: str) -> None:
    """With spaces, with dashes, or plain."""
    answer = visitor.pay(session_of(bench), "other", number=typed)

    assert location(answer).startswith(SHOP)


def test_a_declined_card_leaves_the_session_open_and_says_so_once(bench: Bench, visitor: Visitor) -> None:
    """The page shows the refusal and what was entered; a reload shows it no more."""
    session_id = session_of(bench)
    back = location(visitor.pay(session_id, DECLINED))
    page = visitor.look(back)

    assert back == f"/c/pay/{session_id}"
    assert "Your card was declined." in text_of(page)
    assert 'role="alert"' in page.text
    assert 'value="ada@example.com"' in page.text
    assert re.search(rf'value="{DECLINED}" checked', page.text)
    assert session(bench, session_id)["status"] == "open"
    assert "Your card was declined." not in text_of(visitor.look(back))


def test_after_a_refusal_another_card_pays(bench: Bench, visitor: Visitor) -> None:
    """The same page, the same session."""
    session_id = session_of(bench)
    visitor.pay(session_id, DECLINED)

    assert location(visitor.pay(session_id)).startswith(SHOP)


def test_a_second_press_of_the_button_pays_nothing(bench: Bench, visitor: Visitor) -> None:
    """It leads to the shop like the first, and nothing more happens."""
    session_id = session_of(bench)
    first = visitor.pay(session_id)
    version = bench.main.world.version
    second = visitor.pay(session_id)

    assert location(second) == location(first)
    assert bench.main.world.version == version


def test_a_page_of_another_site_cannot_press_the_button(bench: Bench) -> None:
    """A browser names the origin of a form; a foreign one is refused, and the reason is a page."""
    session_id = session_of(bench)
    headers = {"Origin": "https://evil.example", "Accept": "text/html"}
    client = testing.TestClient(create_bench_app(bench, ()))
    answer = client.simulate_post(f"/c/pay/{session_id}", headers=headers, body="card=4242424242424242")

    assert answer.status_code == 403
    assert "only the bench&#39;s own pages may change it" in answer.text
    assert session(bench, session_id)["status"] == "open"


def test_eight_presses_at_once_are_one(bench: Bench, visitor: Visitor) -> None:
    """Whoever is first pays; all the others are led to the shop, or told that it is open no more."""
    session_id = session_of(bench)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: location(visitor.pay(session_id)), range(8)))

    assert {each.partition("?")[0] for each in answers} == {f"{SHOP}/ok"}
    assert len(bench.main.world.subscriptions) == 1


def test_the_page_of_another_account_is_its_own(bench: Bench, visitor: Visitor) -> None:
    """Two accounts that ask for the same get sessions of different ids, and each is paid for itself."""
    other = bench.by_key.open("acct_other")
    mine = session_of(bench)
    theirs = session_of(bench, account=other)
    visitor.pay(theirs)

    assert mine != theirs
    assert len(other.world.subscriptions) == 1
    assert len(bench.main.world.subscriptions) == 0


def test_who_comes_back_after_paying_is_told_that_it_is_done(bench: Bench, visitor: Visitor) -> None:
    """No form is left to send, no copy is kept by the browser, and the shop is one link away."""
    session_id = session_of(bench)
    visitor.pay(session_id)
    page = visitor.look(f"/c/pay/{session_id}")

    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "The payment succeeded. You are not charged again" in text_of(page)
    assert "<form" not in page.text
    assert f"{SHOP}/ok?session={session_id}" in page.text


def test_an_expired_session_says_so_and_takes_no_money(bench: Bench, visitor: Visitor) -> None:
    """By the clock, a day later; a form that was still open pays nothing."""
    session_id = session_of(bench)
    bench.advance_to(AT + DAY_S, wait=True)
    sent = visitor.pay(session_id)
    page = visitor.look(location(sent))

    assert page.status_code == 410
    assert "This session has expired" in text_of(page)
    assert session(bench, session_id)["status"] == "expired"


def test_a_visitor_may_play_the_shop_that_ends_the_session(bench: Bench, visitor: Visitor) -> None:
    """As POST /v1/checkout/sessions/:id/expire would; twice is as good as once."""
    session_id = session_of(bench)

    assert location(visitor.send(f"/c/pay/{session_id}/play", part="expire")) == f"/c/pay/{session_id}"
    assert location(visitor.send(f"/c/pay/{session_id}/play", part="expire")) == f"/c/pay/{session_id}"
    assert session(bench, session_id)["status"] == "expired"


def test_a_payment_that_ends_elsewhere_meanwhile_is_not_made(bench: Bench, visitor: Visitor) -> None:
    """The shop expired the session while the form was open."""
    session_id = session_of(bench)
    bench.main.act(ExpireCheckout(session_id))

    assert location(visitor.pay(session_id)) == f"/c/pay/{session_id}"
    assert session(bench, session_id)["payment_status"] == "unpaid"


@pytest.mark.parametrize("mode", ["payment", "subscription"])
def test_a_card_that_is_disputed_is_disputed_at_once(bench: Bench, visitor: Visitor, mode: str) -> None:
    """The payment succeeds, only to be disputed."""
    count = len(bench.main.world.events)
    visitor.pay(session_of(bench, mode=mode), "4000000000000259")

    assert "charge.dispute.created" in types_since(bench, count)


def test_a_payment_method_is_kept_without_a_payment(bench: Bench, visitor: Visitor) -> None:
    """Mode setup: no amount, a card that may be declined or asked for, and then it is kept."""
    params = {"mode": "setup", "currency": "usd", "success_url": f"{SHOP}/kept"}
    session_id = ask(bench.main, "POST", "/v1/checkout/sessions", **params)["id"]
    text = text_of(visitor.look(f"/c/pay/{session_id}"))
    refused = visitor.look(location(visitor.pay(session_id, DECLINED)))
    asked = location(visitor.pay(session_id, ASKS))
    failed = visitor.look(location(visitor.send(asked, answer="fail")))
    paid = visitor.pay(session_id)

    assert "Nothing is charged now." in text
    assert "$" not in text
    assert "Your card was declined." in text_of(refused)
    assert "unable to authenticate" in text_of(failed)
    assert location(paid) == f"{SHOP}/kept"
    assert "Nothing had to be paid." in text_of(visitor.look(f"/c/pay/{session_id}"))


def test_a_known_customer_is_not_asked_for_an_address(bench: Bench, visitor: Visitor) -> None:
    """The customer's own is shown; what a form says instead is ignored."""
    customer = ask(bench.main, "POST", "/v1/customers", email="grace@example.com")["id"]
    session_id = session_of(bench, customer=customer)
    page = visitor.look(f"/c/pay/{session_id}")
    visitor.send(f"/c/pay/{session_id}", email="eve@example.com", card=GOOD)

    assert "grace@example.com" in text_of(page)
    assert 'name="email"' not in page.text
    assert session(bench, session_id)["customer_details"]["email"] == "grace@example.com"


def test_a_free_order_needs_no_card(bench: Bench, visitor: Visitor) -> None:
    """A price of nothing, once: no card is asked for."""
    session_id = session_of(bench, mode="payment", price=price_of(bench, cents=0, interval=None))
    page = visitor.look(f"/c/pay/{session_id}")

    assert 'name="card"' not in page.text
    assert "Complete the order" in text_of(page)
    assert location(visitor.send(f"/c/pay/{session_id}", email="ada@example.com")).startswith(SHOP)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"card": GOOD}, "Enter an e-mail address"),
        ({"email": "ada", "card": GOOD}, "Enter an e-mail address"),
        ({"email": "a" * 600 + "@example.com", "card": GOOD}, "Enter an e-mail address"),
        ({"email": "ada@example.com"}, "Choose a test card"),
        ({"email": "ada@example.com", "card": "other"}, "Choose a test card"),
        ({"email": "ada@example.com", "card": "other", "number": "12"}, "No test card has this number"),
    ],
)
def test_what_is_missing_is_said_beside_its_field(
    bench: Bench, visitor: Visitor, fields: dict[str, str], said: str
) -> None:
    """In the summary, which links to the field; nothing is tried."""
    session_id = session_of(bench)
    count = len(bench.main.world.events)
    page = visitor.look(location(visitor.send(f"/c/pay/{session_id}", **fields)))

    assert said in text_of(page)
    assert re.search(r'<a href="#(email|card|number)">', page.text)
    assert types_since(bench, count) == []


def test_a_number_that_might_be_a_real_card_is_never_shown_again(bench: Bench, visitor: Visitor) -> None:
    """It stands neither in the page nor in an address."""
    session_id, real = session_of(bench), "4111111111111" + "111"
    answer = visitor.pay(session_id, "other", number=real)

    assert real not in location(answer)
    assert real not in visitor.look(location(answer)).text


@pytest.mark.parametrize("body", ["\0\xff", "%", "a" * 100_000, "&".join(f"f{n}=" for n in range(500)), "[]"])
def test_garbage_for_a_form_is_an_empty_form(bench: Bench, visitor: Visitor, body: str) -> None:
    """Not a traceback: the page says what is missing."""
    session_id = session_of(bench)

    assert location(visitor.send(f"/c/pay/{session_id}", body=body)) == f"/c/pay/{session_id}"


@pytest.mark.parametrize("path", ["/c/pay/cs_test_none", "/c/pay/x%3Cscript%3E", "/b/none", "/b/%00"])
def test_an_unknown_id_is_a_page_that_says_so(visitor: Visitor, path: str) -> None:
    """404, with what to do; markup in an address stays text."""
    page = visitor.look(path)

    assert page.status_code == 404
    assert "There is no such" in text_of(page)
    assert "<script" not in page.text


def test_an_unknown_session_takes_no_form(visitor: Visitor) -> None:
    """404 for each address of it."""
    for tail in ("", "/authenticate", "/play"):
        assert visitor.send(f"/c/pay/cs_test_none{tail}").status_code == 404


def test_markup_in_a_products_name_stays_text(bench: Bench, visitor: Visitor) -> None:
    """A name cannot become part of the page."""
    session_id = session_of(bench, price=price_of(bench, name="<script>alert(1)</script>"))

    assert "<script" not in visitor.look(f"/c/pay/{session_id}").text


def test_the_way_back_waits_until_the_shop_was_told(bench: Bench, visitor: Visitor) -> None:
    """A visitor arrives after checkout.session.completed was acknowledged."""
    inbox = Inbox()
    ask(bench.main, "POST", "/v1/webhook_endpoints", url=inbox.url, enabled_events={"0": "*"})
    visitor.pay(session_of(bench))
    told = [each.event_type for each in bench.outbox.deliveries() if each.acknowledged]
    inbox.close()

    assert "checkout.session.completed" in told


def test_the_way_back_does_not_wait_for_a_shop_that_is_down(bench: Bench, visitor: Visitor) -> None:
    """A failed delivery is tried again hours later; the visitor is not kept until then."""
    ask(
        bench.main,
        "POST",
        "/v1/webhook_endpoints",
        url="http://127.0.0.1:9/",
        enabled_events={"0": "checkout.session.completed"},
    )

    assert location(visitor.pay(session_of(bench))).startswith(SHOP)
    assert [each.acknowledged for each in bench.outbox.deliveries()] == [False]


def test_the_way_back_waits_ten_seconds_at_most(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a shop takes its time, the visitor arrives before the webhook."""
    session_id = session_of(bench)
    world = bench.main.act(CompleteCheckout(session_id))
    monkeypatch.setattr(bench.outbox, "endpoints_waiting_for", lambda event_id: 1)
    wait_until_told(bench, world, session_id, wait_s=0.01)

    assert WAIT_S == 10

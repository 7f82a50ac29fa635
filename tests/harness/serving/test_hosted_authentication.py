"""What a bank asks and answers: 3D Secure, its pages, and debits that take days."""

from __future__ import annotations

from typing import Any

import pytest
from benches import ask
from hosting import (
    ASKS,
    DEBIT,
    SHOP,
    Visitor,
    location,
    session,
    session_of,
    text_of,
    types_since,
)

from rehearsal_harness.serving.bench import Bench

DAY_S = 24 * 3600


def test_three_d_secure_asks_before_anything_is_paid(bench: Bench, visitor: Visitor) -> None:
    """The bank's page stands in between; `complete` pays."""
    session_id = session_of(bench)
    asked = location(visitor.pay(session_id, ASKS))

    assert asked == f"/c/pay/{session_id}/authenticate"
    assert "A payment of $12.00" in text_of(visitor.look(asked))
    assert session(bench, session_id)["status"] == "open"
    assert location(visitor.send(asked, answer="complete")).startswith(SHOP)
    assert session(bench, session_id)["payment_status"] == "paid"


def test_three_d_secure_that_fails_leaves_the_session_open(bench: Bench, visitor: Visitor) -> None:
    """The page says why, and keeps what was entered."""
    session_id = session_of(bench)
    asked = location(visitor.pay(session_id, ASKS))
    page = visitor.look(location(visitor.send(asked, answer="fail")))

    assert "unable to authenticate your payment method" in text_of(page)
    assert 'value="ada@example.com"' in page.text
    assert session(bench, session_id)["status"] == "open"


def test_a_failed_authentication_is_told_as_stripe_tells_it(bench: Bench, visitor: Visitor) -> None:
    """The bank asked, there is no charge, and no event of the session."""
    asked = location(visitor.pay(session_of(bench), ASKS))
    count = len(bench.main.world.events)
    visitor.send(asked, answer="fail")

    assert types_since(bench, count) == [
        "payment_intent.created",
        "payment_intent.requires_action",
        "payment_intent.payment_failed",
    ]


def test_a_failed_authentication_in_a_trial_is_a_setup_intents(bench: Bench, visitor: Visitor) -> None:
    """Nothing was to be paid, so it is the setup that fails."""
    session_id = session_of(bench, subscription_data={"trial_period_days": "7"})
    asked = location(visitor.pay(session_id, ASKS))
    count = len(bench.main.world.events)
    visitor.send(asked, answer="fail")

    assert types_since(bench, count)[-1] == "setup_intent.setup_failed"
    assert location(visitor.pay(session_id)).startswith(SHOP)


def test_a_card_that_asks_and_then_declines_is_declined_afterwards(bench: Bench, visitor: Visitor) -> None:
    """The bank's yes is not yet the money."""
    session_id = session_of(bench)
    asked = location(visitor.pay(session_id, "4000008260003178"))
    page = visitor.look(location(visitor.send(asked, answer="complete")))

    assert "Your card has insufficient funds." in text_of(page)
    assert session(bench, session_id)["status"] == "open"


def confirmed(bench: Bench, **more: Any) -> dict[str, Any]:
    """A payment intent by API whose bank asks."""
    params = {
        "amount": "500",
        "currency": "usd",
        "confirm": "true",
        "payment_method": "pm_card_authenticationRequired",
        "automatic_payment_methods": {"enabled": "true", "allow_redirects": "never"},
    }
    return dict(ask(bench.main, "POST", "/v1/payment_intents", **{**params, **more}))


@pytest.mark.parametrize(
    ("answer", "status"), [("complete", "succeeded"), ("fail", "requires_payment_method")]
)
def test_an_intent_made_by_api_is_authenticated_on_its_page(
    bench: Bench, visitor: Visitor, answer: str, status: str
) -> None:
    """Where its next_action leads; then on to the merchant's page, which is told which intent it was."""
    intent = confirmed(
        bench, return_url=f"{SHOP}/done?a=1#here", automatic_payment_methods={"enabled": "true"}
    )
    path = intent["next_action"]["redirect_to_url"]["url"].removeprefix(bench.address)

    assert "A payment of $5.00 with the test card" in text_of(visitor.look(path))
    there = location(visitor.send(path, answer=answer))
    assert there.startswith(f"{SHOP}/done?a=1&payment_intent={intent['id']}&payment_intent_client_secret=")
    assert there.endswith("#here")
    assert ask(bench.main, "GET", f"/v1/payment_intents/{intent['id']}")["status"] == status


def test_an_intent_that_does_not_ask_says_so(bench: Bench, visitor: Visitor) -> None:
    """Answered already, or answered with neither word: nothing changes."""
    intent = confirmed(bench)["id"]

    assert location(visitor.send(f"/3ds/{intent}", answer="perhaps")) == f"/3ds/{intent}"
    assert location(visitor.send(f"/3ds/{intent}", answer="complete")) == f"/3ds/{intent}"
    assert "does not wait for an answer" in text_of(visitor.look(f"/3ds/{intent}"))
    assert location(visitor.send(f"/3ds/{intent}", answer="fail")) == f"/3ds/{intent}"
    assert visitor.look("/3ds/pi_none").status_code == 404
    assert visitor.look("/3ds/seti_none").status_code == 404


def test_the_banks_page_without_a_payment_leads_back(bench: Bench, visitor: Visitor) -> None:
    """Opened by hand, answered twice, or answered with something else."""
    session_id = session_of(bench)
    asked = f"/c/pay/{session_id}/authenticate"

    assert location(visitor.look(asked)) == f"/c/pay/{session_id}"
    assert location(visitor.send(asked, answer="complete")) == f"/c/pay/{session_id}"
    visitor.pay(session_id, ASKS)
    assert location(visitor.send(asked, answer="perhaps")) == asked
    visitor.send(asked, answer="complete")
    assert location(visitor.send(asked, answer="complete")).startswith(SHOP)


@pytest.mark.parametrize(("part", "status"), [("bank_pays", "paid"), ("bank_refuses", "unpaid")])
def test_a_bank_debit_completes_unpaid_until_the_bank_answers(
    bench: Bench, visitor: Visitor, part: str, status: str
) -> None:
    """The shop is told that the order is complete; later, whether the money came."""
    session_id = session_of(bench, mode="payment")

    assert location(visitor.pay(session_id, DEBIT)).startswith(SHOP)
    assert session(bench, session_id)["payment_status"] == "unpaid"
    assert "The bank has not answered yet" in text_of(visitor.look(f"/c/pay/{session_id}"))
    visitor.send(f"/c/pay/{session_id}/play", part=part)
    assert session(bench, session_id)["payment_status"] == status

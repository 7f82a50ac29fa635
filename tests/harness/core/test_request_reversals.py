"""Charges in the old way, refunds and disputes by API: https://docs.stripe.com/testing."""

from __future__ import annotations

from typing import Any

import pytest
from merchant import Merchant
from worlds import empty, subscriber

from rehearsal_harness.core.calendar import DAY_S
from rehearsal_harness.core.cards import Card

TEN = {"amount": 1000, "currency": "usd"}


@pytest.fixture(name="shop")
def _shop() -> Merchant:
    return Merchant(empty())


def test_a_token_is_charged_directly(shop: Merchant) -> None:
    """Without an intent; the source is shown as a card."""
    charge = shop.post("charges", **TEN, source="tok_visa", description="ten", metadata={"a": "b"})

    assert shop.happened == ["charge.succeeded"]
    assert (charge["payment_intent"], charge["paid"], charge["description"]) == (None, True, "ten")
    assert charge["source"]["object"] == "card"
    assert shop.post(f"charges/{charge['id']}", metadata={"a": ""})["metadata"] == {}
    assert shop.happened == ["charge.updated"]


def test_a_customer_is_charged_by_her_default_source(shop: Merchant) -> None:
    """Or by the one that is named; without any it is 402."""
    customer = shop.post("customers", source="tok_visa")
    charge = shop.post("charges", **TEN, customer=customer["id"])
    assert (charge["customer"], charge["source"]["id"]) == (customer["id"], customer["default_source"])
    bare = shop.post("customers")["id"]

    assert shop.refused("charges", **TEN, customer=bare)["code"] == "missing"
    assert shop.status == 402
    assert shop.refused("charges", **TEN)["message"] == "Must provide source or customer."


def test_a_declined_token_names_the_failed_charge(shop: Merchant) -> None:
    """402 with its id; a card whose bank asks for its holder cannot be charged in this way."""
    error = shop.refused("charges", **TEN, source="tok_chargeDeclined")
    assert (shop.status, shop.happened) == (402, ["charge.failed"])
    assert shop.get(f"charges/{error['charge']}")["status"] == "failed"

    error = shop.refused("charges", **TEN, source="tok_authenticationRequired")
    assert error["decline_code"] == "authentication_required"


def test_a_charge_is_reserved_and_captured(shop: Merchant) -> None:
    """Once, and within seven days."""
    charge = f"charges/{shop.post('charges', **TEN, source='tok_visa', capture=False)['id']}"
    assert shop.post(f"{charge}/capture", amount=600)["amount_captured"] == 600
    assert shop.happened == ["charge.captured"]
    assert shop.refused(f"{charge}/capture")["code"] == "charge_already_captured"
    shop.post("charges", **TEN, source="tok_visa", capture=False)
    shop.wait(7 * DAY_S)

    assert "charge.expired" in shop.happened


def test_what_an_intent_reserved_is_captured_there(shop: Merchant) -> None:
    """The refusal names the way."""
    intent = shop.pay(capture_method="manual")
    error = shop.refused(f"charges/{intent['latest_charge']}/capture")

    assert f"/v1/payment_intents/{intent['id']}/capture" in error["message"]


def test_a_refund_may_take_its_time(shop: Merchant) -> None:
    """4000000000007726: pending, and succeeded later."""
    refund = shop.post("refunds", payment_intent=shop.pay("pm_card_refundPending")["id"])
    assert (refund["status"], shop.happened) == ("pending", ["refund.created", "charge.refunded"])
    shop.wait(60)

    assert shop.happened == ["charge.updated", "refund.updated", "charge.refund.updated"]
    assert shop.get(f"refunds/{refund['id']}")["status"] == "succeeded"


def test_a_refund_may_fail_after_all(shop: Merchant) -> None:
    """4000000000005126: succeeded, and then not."""
    intent = shop.pay("pm_card_refundFail")
    refund = shop.post("refunds", charge=intent["latest_charge"])["id"]
    shop.wait(60)

    assert shop.happened[-1] == "refund.failed"
    assert shop.get(f"refunds/{refund}")["failure_reason"] == "unknown"
    assert shop.get(f"charges/{intent['latest_charge']}")["amount_refunded"] == 0


def test_a_refund_that_is_on_its_way_is_not_canceled(shop: Merchant) -> None:
    """Only one that waits for the customer could be."""
    refund = shop.post("refunds", payment_intent=shop.pay()["id"])["id"]

    assert "requires_action" in shop.refused(f"refunds/{refund}/cancel")["message"]
    assert shop.status == 400


def test_what_is_only_reserved_is_not_refunded(shop: Merchant) -> None:
    """It is released by canceling."""
    shop.refused("refunds", payment_intent=shop.pay(capture_method="manual")["id"])

    assert shop.status == 400


def _dispute(shop: Merchant, card: str = "pm_card_createDispute") -> dict[str, Any]:
    (dispute,) = shop.get("disputes", payment_intent=shop.pay(card)["id"])["data"]
    found: dict[str, Any] = dispute
    return found


def test_some_cards_are_disputed_at_once(shop: Merchant) -> None:
    """4000000000000259: the payment succeeds, and its money is taken back."""
    dispute = _dispute(shop)

    types = [event.type for event in shop.world.events]
    assert types[-3:] == [
        "payment_intent.succeeded",
        "charge.dispute.created",
        "charge.dispute.funds_withdrawn",
    ]
    assert (dispute["status"], dispute["reason"], dispute["amount"]) == ("needs_response", "fraudulent", 1000)
    assert shop.get(f"charges/{dispute['charge']}")["disputed"] is True
    assert shop.refused("refunds", charge=dispute["charge"])["code"] == "charge_disputed"
    assert _dispute(shop, "pm_card_createDisputeProductNotReceived")["reason"] == "product_not_received"


def test_a_subscription_paid_with_such_a_card_is_disputed_too() -> None:
    """On the hosted page as well; the subscription goes on."""
    scene = subscriber(card=Card.DISPUTED_AS_FRAUDULENT)

    assert [dispute.status for dispute in scene.world.disputes] == ["needs_response"]
    assert scene.subscription.status == "active"


@pytest.mark.parametrize(
    ("text", "status", "told"),
    [
        (
            "winning_evidence",
            "won",
            ["charge.dispute.updated", "charge.dispute.closed", "charge.dispute.funds_reinstated"],
        ),
        ("losing_evidence", "lost", ["charge.dispute.updated", "charge.dispute.closed"]),
        ("they did receive it", "under_review", ["charge.dispute.updated"]),
    ],
)
def test_evidence_decides_a_test_dispute(shop: Merchant, text: str, status: str, told: list[str]) -> None:
    """By its uncategorized_text, at once; any other text waits for the bank."""
    dispute = _dispute(shop)
    answered = shop.post(f"disputes/{dispute['id']}", evidence={"uncategorized_text": text})

    assert (answered["status"], shop.happened) == (status, told)
    assert answered["evidence"]["uncategorized_text"] == text
    assert answered["evidence_details"]["submission_count"] == 1
    error = shop.refused(f"disputes/{dispute['id']}", evidence={"uncategorized_text": text})
    assert error["param"] == "evidence"


def test_evidence_may_be_gathered_first(shop: Merchant) -> None:
    """submit=false keeps it, and the dispute waits."""
    path = f"disputes/{_dispute(shop)['id']}"
    kept = shop.post(path, evidence={"customer_name": "Ada"}, submit=False)
    assert (kept["status"], kept["evidence"]["customer_name"]) == ("needs_response", "Ada")
    sent = shop.post(path, evidence={"uncategorized_text": "winning_evidence"})

    assert (sent["status"], sent["evidence"]["customer_name"]) == ("won", "Ada")


def test_a_dispute_that_is_closed_is_lost(shop: Merchant) -> None:
    """The merchant accepts it, once."""
    path = f"disputes/{_dispute(shop)['id']}/close"

    assert (shop.post(path)["status"], shop.happened) == ("lost", ["charge.dispute.closed"])
    assert shop.refused(path)["message"].startswith("This dispute is already lost")


def test_an_inquiry_takes_no_money(shop: Merchant) -> None:
    """4000000000001976: the bank only asks."""
    dispute = _dispute(shop, "pm_card_createDisputeInquiry")
    assert (dispute["status"], dispute["balance_transactions"]) == ("warning_needs_response", [])
    winning = {"uncategorized_text": "winning_evidence"}

    assert shop.post(f"disputes/{dispute['id']}", evidence=winning)["status"] == "warning_closed"
    assert "charge.dispute.funds_reinstated" not in shop.happened


def test_what_an_invoice_brought_is_in_the_balance_at_once(shop: Merchant) -> None:
    """The charge names its balance transaction from the beginning, and a refund of it leaves the balance."""
    customer = shop.post("customers", source="tok_visa")["id"]
    shop.post("invoiceitems", customer=customer, amount=1000, currency="usd")
    draft = shop.post("invoices", customer=customer, pending_invoice_items_behavior="include")["id"]
    paid = shop.post(f"invoices/{draft}/pay")
    assert paid["status"] == "paid"
    (charge,) = shop.get("charges", customer=customer, expand=["data.balance_transaction"])["data"]
    moved = charge["balance_transaction"]
    assert (moved["amount"], moved["net"], moved["source"], moved["type"]) == (
        1000,
        941,
        charge["id"],
        "charge",
    )

    refund = shop.post("refunds", charge=charge["id"])
    assert shop.get("balance")["available"][0]["amount"] == -59
    for source, count in ((charge["id"], 1), (refund["id"], 1), ("ch_0", 0)):
        assert len(shop.get("balance_transactions", source=source)["data"]) == count


def test_what_a_failing_refund_moved_is_found_by_it(shop: Merchant) -> None:
    """It left, and came back."""
    refund = shop.post("refunds", payment_intent=shop.pay("pm_card_refundFail")["id"])["id"]
    shop.wait(3600)
    moved = shop.get("balance_transactions", source=refund)["data"]
    assert [(each["type"], each["amount"]) for each in moved] == [("refund_failure", 1000), ("refund", -1000)]


def test_what_a_dispute_moved_is_found_by_it(shop: Merchant) -> None:
    """The amount and a fee."""
    moved = shop.get("balance_transactions", source=_dispute(shop)["id"])["data"]
    assert [(each["amount"], each["fee"]) for each in moved] == [(-1000, 1500)]


def test_the_balance_is_what_was_earned_less_what_went(shop: Merchant) -> None:
    """A payment less its fee, a refund whole, a dispute and its fee; each is a balance transaction."""
    charge = shop.pay()["latest_charge"]
    shop.wait(3)
    paid = shop.get(f"charges/{charge}", expand=["balance_transaction"])["balance_transaction"]
    assert (paid["amount"], paid["fee"], paid["net"], paid["source"]) == (1000, 59, 941, charge)
    refund = shop.post("refunds", charge=charge, amount=400, expand=["balance_transaction"])
    assert refund["balance_transaction"]["net"] == -400
    _dispute(shop)

    assert shop.get("balance")["available"][0]["amount"] == 941 - 400 - 1000 - 1500
    shop.wait(3)
    assert shop.get("balance")["available"][0]["amount"] == 941 - 400 + 941 - 1000 - 1500
    kinds = [each["type"] for each in shop.get("balance_transactions")["data"]]
    assert kinds == ["charge", "adjustment", "refund", "charge"]
    (found,) = shop.get("balance_transactions", source=charge)["data"]
    assert shop.get(f"balance_transactions/{found['id']}") == paid

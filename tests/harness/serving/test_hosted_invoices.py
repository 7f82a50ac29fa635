"""The pages of invoices, and how they are paid there."""

from __future__ import annotations

from benches import ask
from hosting import (
    DECLINED,
    GOOD,
    Visitor,
    location,
    now,
    portal,
    text_of,
)

from rehearsal_harness.core.actions import ReplaceCard
from rehearsal_harness.core.cards import Card
from rehearsal_harness.core.objects import Subscription
from rehearsal_harness.serving.bench import Bench

MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 24 * 3_600
CANNOT_PAY = "4000000000000341"


def unpaid_invoice(bench: Bench, bought: Subscription) -> str:
    """The id of a renewal's invoice whose payment failed."""
    bench.main.act(ReplaceCard(bought.customer, Card.ATTACHES_THEN_DECLINES))
    bench.advance_to(bought.current_period_end + 2 * HOUR_S, wait=True)
    return str(now(bench, bought).latest_invoice)


def test_an_open_invoice_is_paid_on_its_page(bench: Bench, visitor: Visitor, bought: Subscription) -> None:
    """A card that is declined is said so; a good one pays, and revives the subscription."""
    invoice = unpaid_invoice(bench, bought)
    path = f"/i/{invoice}"
    overview = text_of(visitor.look(portal(bench, bought.customer)))
    refused = visitor.look(location(visitor.send(path, card=DECLINED)))

    assert "past due" in overview
    assert "Pay the open invoice" in overview
    assert "Your card was declined." in text_of(refused)
    assert "Pay $12.00" in text_of(refused)
    page = visitor.look(location(visitor.send(path, card=GOOD)))
    assert "Nothing is owed here." in text_of(page)
    assert now(bench, bought).status == "active"


def test_an_invoice_of_the_shops_own_is_in_the_portal_and_payable(
    bench: Bench, visitor: Visitor, bought: Subscription
) -> None:
    """Without a subscription; a coupon is a line of its own."""
    coupon = ask(bench.main, "POST", "/v1/coupons", percent_off="50", duration="once")["id"]
    item = {"customer": bought.customer, "amount": "5000", "currency": "usd", "description": "A talk"}
    draft = ask(
        bench.main,
        "POST",
        "/v1/invoices",
        customer=bought.customer,
        collection_method="send_invoice",
        days_until_due="30",
        discounts={"0": {"coupon": coupon}},
    )
    ask(bench.main, "POST", "/v1/invoiceitems", invoice=draft["id"], **item)
    ask(bench.main, "POST", f"/v1/invoices/{draft['id']}/finalize")
    page = visitor.look(f"/i/{draft['id']}")

    assert f'href="/i/{draft["id"]}"' in visitor.look(portal(bench, bought.customer)).text
    assert "A talk" in text_of(page)
    assert "Discount −$25.00 Total $25.00" in text_of(page)
    assert "Due 1 November 2096" in text_of(page)
    visitor.send(f"/i/{draft['id']}", card=GOOD)
    assert ask(bench.main, "GET", f"/v1/invoices/{draft['id']}")["status"] == "paid"


def test_a_paid_invoice_is_not_paid_again(bench: Bench, visitor: Visitor, bought: Subscription) -> None:
    """Its page has no form, and a form that is sent all the same does nothing."""
    version = bench.main.world.version

    assert "<form" not in visitor.look(f"/i/{bought.latest_invoice}").text
    assert location(visitor.send(f"/i/{bought.latest_invoice}", card=GOOD)) == f"/i/{bought.latest_invoice}"
    assert bench.main.world.version == version


def test_a_draft_has_no_page_and_no_file(bench: Bench, visitor: Visitor, bought: Subscription) -> None:
    """404 for both, as for an invoice that nobody knows."""
    bench.advance_to(bought.current_period_end, wait=True)
    draft = now(bench, bought).latest_invoice

    assert visitor.look(f"/i/{draft}").status_code == 404
    assert visitor.look("/i/in_none").status_code == 404
    assert visitor.look(f"/invoice/{draft}/pdf").status_code == 404

"""Payment links: each visitor gets a session."""

from __future__ import annotations

from benches import ask
from hosting import (
    Visitor,
    location,
    price_of,
    session,
    text_of,
)

from rehearsal_harness.serving.bench import Bench

DAY_S = 24 * 3600


def test_a_link_opens_a_session_for_everybody_who_comes(bench: Bench, visitor: Visitor) -> None:
    """Each visit its own; what stands in the address goes with it."""
    lines = {"0": {"price": price_of(bench), "quantity": "1"}}
    link = ask(bench.main, "POST", "/v1/payment_links", line_items=lines)
    path = link["url"].removeprefix(bench.address)
    first = location(visitor.look(path, "client_reference_id=user-7&prefilled_email=ada%40example.com"))
    second = location(visitor.look(path))
    opened = session(bench, first.removeprefix("/c/pay/"))

    assert first != second
    assert opened["client_reference_id"] == "user-7"
    assert 'value="ada@example.com"' in visitor.look(first).text


def test_a_link_without_a_page_of_the_shop_ends_on_ours(bench: Bench, visitor: Visitor) -> None:
    """There is no success_url, so the checkout page itself says thank you."""
    lines = {"0": {"price": price_of(bench), "quantity": "1"}}
    link = ask(bench.main, "POST", "/v1/payment_links", line_items=lines)
    page = location(visitor.look(link["url"].removeprefix(bench.address)))

    assert location(visitor.pay(page.removeprefix("/c/pay/"))) == page
    assert "Thank you" in text_of(visitor.look(page))


def test_a_link_that_was_switched_off_says_so_in_the_shops_words(bench: Bench, visitor: Visitor) -> None:
    """410; no session is opened."""
    lines = {"0": {"price": price_of(bench), "quantity": "1"}}
    link = ask(bench.main, "POST", "/v1/payment_links", line_items=lines)
    ask(bench.main, "POST", f"/v1/payment_links/{link['id']}", active="false", inactive_message="Sold out.")
    page = visitor.look(link["url"].removeprefix(bench.address))

    assert page.status_code == 410
    assert "Sold out." in text_of(page)
    assert len(bench.main.world.checkout_sessions) == 0

"""The hosted pages in a real browser: by clicks, by keyboard, on a phone, and back again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from benches import ask, still_bench
from hosting import ASKS, DEBIT, DECLINED, price_of
from looking import WIDTHS, Screenshot, audit, heading_problems, leave, scrolls_sideways, widen

from rehearsal_harness.serving.app import create_bench_app
from rehearsal_harness.serving.bench import Bench
from rehearsal_harness.serving.hosted.cards import GROUPS
from rehearsal_harness.serving.serving import listen

AT = 1_800_000_000
ADDRESS = "ada@example.com"


@dataclass(frozen=True)
class Shop:
    """A shop whose pages are the bench's own stand-ins."""

    bench: Bench

    def session(self, **params: Any) -> str:
        """The address of a new checkout page."""
        shared = {
            "mode": "subscription",
            "line_items": {"0": {"price": price_of(self.bench), "quantity": "1"}},
            "success_url": f"{self.bench.address}/returned/paid?session={{CHECKOUT_SESSION_ID}}",
            "cancel_url": f"{self.bench.address}/returned/left",
        }
        return str(ask(self.bench.main, "POST", "/v1/checkout/sessions", **{**shared, **params})["url"])

    def portal(self, features: dict[str, Any] | None = None) -> str:
        """The address of a new portal page of the newest customer."""
        params: dict[str, Any] = {}
        if features is not None:
            made = ask(self.bench.main, "POST", "/v1/billing_portal/configurations", features=features)
            params["configuration"] = made["id"]
        customer = next(self.bench.main.world.customers.newest_first()).id
        back = f"{self.bench.address}/returned/account"
        path = "/v1/billing_portal/sessions"
        return str(ask(self.bench.main, "POST", path, customer=customer, return_url=back, **params)["url"])

    @property
    def statuses(self) -> list[str]:
        """The status of every subscription, the newest first."""
        return [each.status for each in self.bench.main.world.subscriptions.newest_first()]


@pytest.fixture(name="shop")
def _shop() -> Iterator[Shop]:
    with still_bench(at=AT) as bench:
        app = create_bench_app(bench)
        listening = listen(app, "127.0.0.1", 0, threads=4, what="the pages", option="--port")
        bench.address = f"http://127.0.0.1:{listening.port}"
        yield Shop(bench)
        listening.close()


def subscribe(page: Any, address: str, card: str = "") -> None:
    """Fill in the checkout page, press its button, and wait for what it leads to."""
    page.goto(address)
    page.get_by_label("E-mail").fill(ADDRESS)
    if card:
        group = page.locator("details", has=page.locator(f"input[value='{card}']"))
        if group.get_attribute("open") is None:
            group.locator("summary").click()
        page.locator(f"input[value='{card}']").check()
    leave(page, page.get_by_role("button", name="Subscribe"))


def tab_to(page: Any, selector: str) -> None:
    """Press Tab until the focus is there."""
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"no {selector} within 20 presses of Tab")


def look_at(page: Any, screenshot: Screenshot, name: str) -> None:
    """Keep a screenshot at each width; nobody is shut out and nothing is cut off."""
    assert audit(page) == []
    assert heading_problems(page) == []
    for width in WIDTHS:
        assert scrolls_sideways(page, width) == []
        screenshot(f"hosted-{name}-{width}")


def small_targets(page: Any) -> list[str]:
    """Buttons, links that stand alone and fields that are less than 44 pixels high."""
    found: list[str] = page.evaluate(
        """() => [...document.querySelectorAll("button, a.button, a.link, a.mark, .choice, summary,"
              + "input:not([type=radio], [type=checkbox], [type=hidden]), .tick, select, textarea")]
          .filter(each => each.checkVisibility() && each.getBoundingClientRect().height < 44)
          .map(each => each.outerHTML.slice(0, 100))"""
    )
    return found


def test_a_good_card_leads_to_the_shop(shop: Shop, page: Any, screenshot: Screenshot) -> None:
    """One address, one press, and the subscription is there."""
    address = shop.session()
    page.goto(address)
    look_at(page, screenshot, "checkout")
    subscribe(page, address)

    assert "/returned/paid?session=cs_test_" in page.url
    assert shop.statuses == ["active"]


def test_a_declined_card_is_told_in_place(shop: Shop, page: Any, screenshot: Screenshot) -> None:
    """The focus is on what went wrong, what was typed is still there, and another card pays."""
    subscribe(page, shop.session(), DECLINED)

    assert page.get_by_role("alert").inner_text().startswith("Your card was declined.")
    assert page.evaluate("document.activeElement.id") == "problem"
    assert page.get_by_label("E-mail").input_value() == ADDRESS
    look_at(page, screenshot, "declined")
    page.locator("input[name=card]").first.check()
    leave(page, page.get_by_role("button", name="Subscribe"))
    assert shop.statuses == ["active"]


def test_three_d_secure_asks_and_may_be_failed(shop: Shop, page: Any, screenshot: Screenshot) -> None:
    """Fail, try again, complete."""
    subscribe(page, shop.session(), ASKS)
    look_at(page, screenshot, "3d-secure")
    leave(page, page.get_by_role("button", name="Fail authentication"))

    assert "unable to authenticate" in page.get_by_role("alert").inner_text()
    assert shop.statuses == []
    leave(page, page.get_by_role("button", name="Subscribe"))
    leave(page, page.get_by_role("button", name="Complete authentication"))
    assert shop.statuses == ["active"]


def test_the_back_button_after_paying_pays_nothing(shop: Shop, page: Any, screenshot: Screenshot) -> None:
    """The page is asked for again, and says that it is done."""
    subscribe(page, shop.session())
    page.go_back()

    page.get_by_role("heading", level=1, name="you’re all done here").wait_for()
    assert page.get_by_role("button").count() == 0
    look_at(page, screenshot, "done")
    assert shop.statuses == ["active"]


def test_two_presses_of_the_button_are_one(shop: Shop, page: Any) -> None:
    """As an impatient finger does it."""
    page.goto(shop.session())
    page.get_by_label("E-mail").fill(ADDRESS)
    page.get_by_role("button", name="Subscribe").dblclick()
    page.wait_for_url("**/returned/paid?**")

    assert shop.statuses == ["active"]


def test_two_open_pages_of_one_session_are_paid_once(shop: Shop, page: Any) -> None:
    """The second press, on a page that was open all the time, leads to the shop, too."""
    address = shop.session()
    other = page.context.new_page()
    other.goto(address)
    other.get_by_label("E-mail").fill(ADDRESS)
    subscribe(page, address)
    leave(other, other.get_by_role("button", name="Subscribe"))

    assert "/returned/paid" in other.url
    assert shop.statuses == ["active"]


def test_a_code_that_is_typed_and_entered_is_used_and_not_yet_paid(
    shop: Shop, page: Any, screenshot: Screenshot
) -> None:
    """Enter in the field shows the lower price; only the next press pays."""
    coupon = ask(shop.bench.main, "POST", "/v1/coupons", percent_off="25", duration="once")["id"]
    code: Any = {"code": "SPRING", "promotion": {"type": "coupon", "coupon": coupon}}
    ask(shop.bench.main, "POST", "/v1/promotion_codes", **code)
    page.goto(shop.session(allow_promotion_codes="true"))
    page.get_by_label("E-mail").fill(ADDRESS)
    page.get_by_label("Promotion code").fill("spring")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_role("button", name="Remove the code").wait_for()
    look_at(page, screenshot, "promotion-code")

    assert shop.statuses == []
    leave(page, page.get_by_role("button", name="Subscribe"))
    assert shop.bench.main.world.invoices.newest_first().__next__().total == 900


def test_who_leaves_is_back_in_the_shop(shop: Shop, page: Any) -> None:
    """The session stays open."""
    page.goto(shop.session())
    leave(page, page.get_by_role("link", name="Back to"))

    assert page.url.endswith("/returned/left")
    assert shop.statuses == []


def test_an_expired_session_says_so(shop: Shop, page: Any, screenshot: Screenshot) -> None:
    """Ended by the shop, whose part anybody may play."""
    page.excused.append("410")
    page.goto(shop.session())
    leave(page, page.get_by_role("button", name="Let this session expire"))

    assert page.get_by_role("heading", level=1).inner_text() == "This session has expired"
    look_at(page, screenshot, "expired")


def test_a_bank_debit_waits_for_its_bank(shop: Shop, page: Any, screenshot: Screenshot) -> None:
    """Complete and unpaid; the bank's part may be played later."""
    address = shop.session()
    subscribe(page, address, DEBIT)
    page.goto(address)
    look_at(page, screenshot, "processing")
    leave(page, page.get_by_role("button", name="The bank pays"))

    assert "The payment succeeded." in page.get_by_role("status").inner_text()


def test_cancel_with_one_press_and_change_ones_mind(shop: Shop, page: Any, screenshot: Screenshot) -> None:
    """It ends with its period; until then it can be kept."""
    subscribe(page, shop.session())
    page.goto(shop.portal())
    look_at(page, screenshot, "portal")
    leave(page, page.get_by_role("button", name="Cancel Pro"))

    assert page.get_by_role("status").inner_text() == "Canceled: Pro ends on 15 February 2027."
    look_at(page, screenshot, "canceled")
    leave(page, page.get_by_role("button", name="Keep Pro"))
    assert "Pro goes on" in page.get_by_role("status").inner_text()
    assert page.get_by_role("button", name="Cancel Pro").is_visible()


def test_cancel_now_and_say_why(shop: Shop, page: Any, screenshot: Screenshot) -> None:
    """It has ended before anything is asked."""
    reason = {"enabled": "true", "options": {"0": "unused", "1": "other"}}
    cancel = {"enabled": "true", "mode": "immediately", "cancellation_reason": reason}
    subscribe(page, shop.session())
    page.goto(shop.portal({"subscription_cancel": cancel, "invoice_history": {"enabled": "true"}}))
    leave(page, page.get_by_role("button", name="Cancel Pro"))

    assert shop.statuses == ["canceled"]
    look_at(page, screenshot, "why")
    page.get_by_label("I no longer need it").check()
    leave(page, page.get_by_role("button", name="Send"))
    assert page.get_by_role("status").inner_text() == "Thank you for telling."


def test_another_card_and_the_invoices(shop: Shop, page: Any, screenshot: Screenshot) -> None:
    """From the portal to the card page and back, then to an invoice."""
    subscribe(page, shop.session())
    page.goto(shop.portal())
    leave(page, page.get_by_role("link", name="Change the payment method"))
    look_at(page, screenshot, "card")
    leave(page, page.get_by_role("button", name="Save"))
    assert "Saved" in page.get_by_role("status").inner_text()
    leave(page, page.locator("table a"))
    look_at(page, screenshot, "invoice")

    assert "Nothing is owed here." in page.get_by_role("status").inner_text()


def test_subscribing_and_canceling_by_keyboard_alone(shop: Shop, page: Any) -> None:
    """The first key leads past the frame; tab, arrows and enter do the rest."""
    page.goto(shop.session())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")
    page.keyboard.press("Tab")
    page.keyboard.type(ADDRESS)
    tab_to(page, "input[name=card]")
    tab_to(page, "summary")  # of the declined ones
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    for _ in GROUPS[0].cards:
        page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.value") == DECLINED
    for _ in GROUPS[0].cards:
        page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/returned/paid?**")
    page.goto(shop.portal())
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()

    assert shop.bench.main.world.subscriptions.newest_first().__next__().cancel_at is not None


def test_every_target_can_be_hit_with_a_thumb(shop: Shop, page: Any) -> None:
    """44 pixels high at least, on a phone."""
    widen(page, 320, 640)
    address = shop.session()
    page.goto(address)
    assert small_targets(page) == []
    subscribe(page, address)
    page.goto(shop.portal())
    assert small_targets(page) == []


def test_pages_are_as_readable_in_the_dark(shop: Shop, page: Any, screenshot: Screenshot) -> None:
    """Contrast included, as axe measures it."""
    page.emulate_media(color_scheme="dark")
    subscribe(page, shop.session(), DECLINED)
    look_at(page, screenshot, "declined-dark")
    subscribe(page, shop.session())
    page.goto(shop.portal())
    look_at(page, screenshot, "portal-dark")


ASKING: dict[str, Any] = {
    "phone_number_collection": {"enabled": "true"},
    "billing_address_collection": "required",
    "shipping_address_collection": {"allowed_countries": {"0": "US", "1": "CA"}},
    "tax_id_collection": {"enabled": "true"},
    "consent_collection": {"terms_of_service": "required", "promotions": "auto"},
    "custom_text": {"submit": {"message": "Thank you for looking."}},
    "custom_fields": {
        "0": {
            "key": "size",
            "label": {"type": "custom", "custom": "Size"},
            "type": "dropdown",
            "dropdown": {"options": {"0": {"label": "Medium", "value": "m"}}},
        }
    },
}


def test_what_a_shop_asks_can_be_answered_by_everybody(shop: Shop, page: Any, screenshot: Screenshot) -> None:
    """Every question has its label, fits a phone, and is told where an answer is missing."""
    line = {
        "price": price_of(shop.bench, interval=None),
        "quantity": "1",
        "adjustable_quantity": {"enabled": "true"},
    }
    rates = [
        {"display_name": name, "fixed_amount": {"amount": cents, "currency": "usd"}}
        for name, cents in (("Free shipping", "0"), ("Next day air", "1500"))
    ]
    options = {str(at): {"shipping_rate_data": rate} for at, rate in enumerate(rates)}
    page.goto(shop.session(mode="payment", line_items={"0": line}, shipping_options=options, **ASKING))
    look_at(page, screenshot, "asking")
    assert small_targets(page) == []

    page.get_by_label("E-mail").fill(ADDRESS)
    leave(page, page.get_by_role("button", name="Pay $12.00"))
    assert page.evaluate("document.activeElement.id") == "problem"
    look_at(page, screenshot, "asked-again")
    page.get_by_role("link", name="Fill in: Phone.").click()
    assert page.evaluate("document.activeElement.id") == "phone"


def test_a_quantity_is_changed_by_keyboard_and_priced_before_it_is_paid(shop: Shop, page: Any) -> None:
    """Enter in the field changes the order, never pays it."""
    line = {
        "price": price_of(shop.bench, interval=None),
        "quantity": "1",
        "adjustable_quantity": {"enabled": "true"},
    }
    page.goto(shop.session(mode="payment", line_items={"0": line}))
    page.get_by_label("E-mail").fill(ADDRESS)
    page.get_by_label("Quantity of Pro").fill("3")
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert page.get_by_role("alert").inner_text().startswith("The order has changed")
    leave(page, page.get_by_role("button", name="Pay $36.00"))
    assert "/returned/paid" in page.url


def test_seats_are_changed_in_the_portal(shop: Shop, page: Any, screenshot: Screenshot) -> None:
    """What more seats cost is told before they are taken."""
    subscribe(page, shop.session())
    price = next(shop.bench.main.world.subscriptions.newest_first()).items[0].price
    features = {
        "subscription_update": {
            "enabled": "true",
            "default_allowed_updates": {"0": "quantity"},
            "products": {"0": {"product": price.product, "prices": {"0": price.id}}},
        }
    }
    page.goto(shop.portal(features))
    leave(page, page.get_by_role("link", name="Change the plan"))
    page.get_by_label("Quantity").fill("4")
    leave(page, page.get_by_role("button", name="Show what it costs"))
    look_at(page, screenshot, "seats")
    assert small_targets(page) == []
    leave(page, page.get_by_role("button", name="Change the plan"))

    assert "Changed to 4 × Pro" in page.get_by_role("status").inner_text()

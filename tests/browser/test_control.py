"""The control page in a real browser: a whole story by clicks, live updates, a phone, and no script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
import requests
from benches import ask
from controlling import Controlled, controlled
from looking import WIDTHS, Screenshot, audit, heading_problems, leave, scrolls_sideways, widen

from rehearsal_harness.serving.control.stream import STREAMS_MAX
from rehearsal_harness.serving.faults import Faults
from rehearsal_harness.serving.serving import STRIPE_THREADS

AT = 1_780_272_000  # 2026-06-01T00:00:00Z
SERVICE = "nyra-billing-server"


@pytest.fixture(name="here")
def _here() -> Iterator[Controlled]:
    with controlled(SERVICE, at=AT, threads=STRIPE_THREADS) as here:
        yield here


def look_at(page: Any, screenshot: Screenshot, name: str) -> None:
    """Keep a screenshot at each width; nobody is shut out and nothing is cut off."""
    assert audit(page) == []
    assert heading_problems(page) == []
    for width in WIDTHS:
        assert scrolls_sideways(page, width) == []
        screenshot(f"control-{name}-{width}")
    widen(page, 1400)


def press(page: Any, name: str) -> None:
    """Click the first button of that name."""
    page.get_by_role("button", name=name, exact=True).first.click()


def hosted(page: Any, said: str) -> Any:
    """The hosted page that this message links to, in its own tab."""
    with page.context.expect_page() as opened:
        page.locator("#said p", has_text=said).get_by_role("link", name="Open the hosted page").click()
    return opened.value


def licence(page: Any, words: str) -> None:
    """Wait until the app's card says so; the page is never loaded again."""
    page.locator(".licence", has_text=words).wait_for()


def test_from_checkout_to_revoked_by_clicks(here: Controlled, page: Any, screenshot: Screenshot) -> None:
    """Start a checkout, pay, see the app come alive, cancel in the portal, let the period end: it is over."""
    page.goto(here.address)
    page.evaluate("window.sameVisit = true")
    press(page, "Start checkout")
    checkout = hosted(page, "A checkout is open.")
    leave(checkout, checkout.get_by_role("button", name="Subscribe"))
    checkout.close()

    licence(page, "may use it")
    press(page, "Activate laptop")
    licence(page, "has its paid features open")
    look_at(page, screenshot, "active")

    press(page, "Open the portal of laptop")
    portal = hosted(page, "The backend opened a portal.")
    leave(portal, portal.get_by_role("button", name="Cancel").first)
    page.get_by_text("ends with its period").first.wait_for()
    portal.close()

    press(page, "Period end")
    licence(page, "CANCELED")
    press(page, "Refresh laptop")
    licence(page, "has its paid features shut")
    look_at(page, screenshot, "revoked")
    assert page.evaluate("window.sameVisit")


def test_what_changes_elsewhere_appears_without_a_reload(here: Controlled, page: Any) -> None:
    """A customer made by API stands on the page a moment later, and what is open stays open."""
    page.goto(here.address)
    page.locator("#curl-world summary").click()

    ask(here.bench.main, "POST", "/v1/customers", email="somebody@example.test")

    page.locator("#customers").get_by_text("somebody@example.test").wait_for()
    assert page.locator("#curl-world").get_attribute("open") is not None


def test_what_somebody_is_typing_is_left_alone(here: Controlled, page: Any) -> None:
    """An update of everything else does not take it away."""
    page.goto(here.address)
    page.get_by_label("Dropped").fill("42")

    ask(here.bench.main, "POST", "/v1/customers", email="somebody@example.test")
    page.locator("#customers").get_by_text("somebody@example.test").wait_for()

    assert page.get_by_label("Dropped").input_value() == "42"
    press(page, "Set faults")
    page.get_by_text("The faults are set.").first.wait_for()
    assert here.bench.faults.drop_percent == 42
    press(page, "All off")
    page.get_by_text("All faults are off.").first.wait_for()
    assert here.bench.faults.are_none


def test_a_press_that_has_begun_is_not_lost(here: Controlled, page: Any) -> None:
    """What changes before the button is let go does not take the button away."""
    here.post("actions", {"type": "StartCheckout"})
    page.goto(here.address)
    page.locator("#checkout_sessions summary").first.hover()
    page.mouse.down()
    with page.expect_response("**/control/sections*"):
        ask(here.bench.main, "POST", "/v1/customers", email="somebody@example.test")
    page.evaluate("fetch('/control/sections').then(each => each.json())")  # the page has seen its own by then

    page.mouse.up()

    page.locator("#checkout_sessions details[open]").first.wait_for()
    page.locator("#customers").get_by_text("somebody@example.test").first.wait_for()


def test_webhooks_that_go_wrong_are_drawn(here: Controlled, page: Any, screenshot: Screenshot) -> None:
    """Dropped, delayed, doubled, shuffled: shapes and words, on a phone as a list."""
    faults = Faults(seed=5, drop_percent=30, duplicate_percent=40, delay_percent=30, shuffle=True)
    here.bench.set_faults(faults)
    started = here.post("actions", {"type": "StartCheckout"})
    here.post("actions", {"type": "CompleteCheckout", "session_id": started["session"]})
    here.post("clock", {"advance": "day", "wait": True})

    page.goto(here.address)

    drawing = page.locator("#timeline svg.lanes")
    drawing.locator("text", has_text="dropped").first.wait_for()
    drawing.locator("text", has_text=re.compile("try 2|duplicate")).first.wait_for()
    look_at(page, screenshot, "faults")
    widen(page, 320)
    drawing.wait_for(state="hidden")
    page.locator(".narrow-list .moments li").first.wait_for()


def test_a_refusal_is_said_where_people_look(here: Controlled, page: Any) -> None:
    """Where, what and expected, announced."""
    page.excused.append("400")
    page.goto(here.address)

    press(page, "Next invoice")

    page.locator("#said").get_by_text("no invoice is ahead").wait_for()


def test_a_command_is_copied(here: Controlled, page: Any) -> None:
    """The button says that it did, and the command is there to read."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(here.address)
    page.locator("#curl-clock summary").click()
    button = page.locator("#curl-clock").get_by_role("button", name="Copy").first
    button.evaluate(
        """button => {
          const told = done => new MutationObserver(() => done(button.textContent)).observe(
            button, { childList: true });
          window.told = new Promise(told);
        }"""
    )

    button.click()

    assert page.evaluate("window.told") == "Copied"
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#curl-clock code").first.inner_text()
    assert copied.startswith(f"curl -s {here.address}/control/api/clock")


def test_each_action_of_a_row_is_there_as_a_command_by_keyboard(
    here: Controlled, page: Any, screenshot: Screenshot
) -> None:
    """A menu opens, its commands open, one is copied; nobody is shut out, and a phone shows all of it."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    here.post("actions", {"type": "StartCheckout"})
    page.goto(here.address)
    menu = page.locator("#checkout_sessions .menu")
    menu.locator("summary").first.press("Enter")
    menu.locator(".curl summary").press("Enter")

    menu.get_by_role("button", name="Copy").first.press("Enter")

    page.wait_for_function("navigator.clipboard.readText().then(text => text.includes('curl'))")
    assert '"type": "CompleteCheckout"' in page.evaluate("navigator.clipboard.readText()")
    look_at(page, screenshot, "commands")


def test_time_is_stopped_on_its_way(here: Controlled, page: Any) -> None:
    """A long advance shows how far it is, and a button that ends it."""
    started = here.post("actions", {"type": "StartCheckout"})
    here.post("actions", {"type": "CompleteCheckout", "session_id": started["session"]})
    here.settle()
    here.bench.set_faults(Faults(slow_ms=200))
    page.goto(here.address)

    here.post("clock", {"advance_s": 80 * 365 * 86_400})
    press(page, "Stop")

    page.get_by_text("The clock stops where it is.").first.wait_for()
    moving = here.bench.moving
    assert moving is not None
    assert moving.finished.wait(120)
    assert moving.at < moving.to


def test_everything_works_by_keyboard(here: Controlled, page: Any) -> None:
    """The first stop is the way past the top; a button is pressed with the space bar."""
    page.goto(here.address)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"

    page.get_by_role("button", name="+1 day", exact=True).focus()
    page.keyboard.press("Space")

    page.get_by_text("2 June 2026").first.wait_for()


def test_without_a_script_forms_still_work(chromium: Any, here: Controlled) -> None:
    """They post, and come back with what became of it."""
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(here.address)

    leave(page, page.get_by_role("button", name="Start checkout"))

    assert page.get_by_text("A checkout is open.").is_visible()
    leave(page, page.locator("#said").get_by_role("link"))
    assert "/c/pay/cs_" in page.url
    context.close()


def test_a_page_that_may_not_listen_asks_now_and_then(here: Controlled, page: Any) -> None:
    """Forty others listen; it learns of changes all the same."""
    page.excused.append("503")
    with ExitStack() as stack:
        for _ in range(STREAMS_MAX):
            url = f"{here.address}/control/stream"
            stack.enter_context(requests.get(url, stream=True, timeout=120))
        with page.expect_response("**/control/stream") as answer:
            page.goto(here.address)
        assert answer.value.status == 503

        ask(here.bench.main, "POST", "/v1/customers", email="somebody@example.test")

        page.locator("#customers").get_by_text("somebody@example.test").wait_for()


def test_another_account_is_chosen_and_stays_chosen(
    here: Controlled, page: Any, screenshot: Screenshot
) -> None:
    """The choice appears when a second key is used; what changes in that account appears by itself."""
    page.goto(here.address)
    other = here.bench.by_key.of({"authorization": "Bearer sk_test_" + "8" * 24})
    ask(other, "POST", "/v1/customers", email="grace@example.test")

    page.get_by_label("Account").select_option(other.id)
    press(page, "Show")
    page.wait_for_url(f"**/?account={other.id}")
    page.locator("#customers").get_by_text("grace@example.test").wait_for()
    ask(other, "POST", "/v1/customers", email="second@example.test")
    page.locator("#customers").get_by_text("second@example.test").wait_for()
    press(page, "+1 day")

    page.get_by_text("2 June 2026").first.wait_for()
    page.locator("#customers").get_by_text("grace@example.test").wait_for()
    look_at(page, screenshot, "account")


def test_what_is_said_is_seen_wherever_one_presses(here: Controlled, page: Any) -> None:
    """At the foot of the page, too; and what did not change is not put there anew."""
    page.goto(here.address)
    page.evaluate("document.querySelector('[data-live=webhooks] button').mine = true")
    before = page.locator("#clock").bounding_box()["y"]
    press(page, "All off")

    page.get_by_text("All faults are off.").wait_for()

    box = page.locator("#said .notice").bounding_box()
    assert 0 <= box["y"] < page.viewport_size["height"]
    page.evaluate("scrollTo(0, 0)")
    assert page.locator("#clock").bounding_box()["y"] == before
    ask(here.bench.main, "POST", "/v1/customers", email="somebody@example.test")
    page.locator("#customers").get_by_text("somebody@example.test").wait_for()
    assert page.evaluate("document.querySelector('[data-live=webhooks] button').mine")

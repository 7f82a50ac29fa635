"""The customer portal, as somebody without script sees it, and the pages of invoices."""

from __future__ import annotations

import pytest
from benches import AT, ask
from hosting import (
    DECLINED,
    GOOD,
    SHOP,
    Visitor,
    location,
    now,
    portal,
    session_of,
    text_of,
    types_since,
)

from rehearsal_harness.core.objects import Subscription
from rehearsal_harness.core.requests import save_default_portal
from rehearsal_harness.serving.bench import Bench

MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 24 * 3_600
CANNOT_PAY = "4000000000000341"


def test_the_overview_tells_what_one_has(bench: Bench, visitor: Visitor, bought: Subscription) -> None:
    """Plan, price, next payment, payment method, invoices, and the way back."""
    page = visitor.look(portal(bench, bought.customer))
    text = text_of(page)

    assert "Pro active $12.00 per month Renews on 2 November 2096." in text
    assert "Visa ending in 4242" in text
    assert "ada@example.com" in text
    assert f'href="/i/{bought.latest_invoice}"' in page.text
    assert "Back to shop.example.test" in text


def test_a_subscription_with_a_coupon_says_so(bench: Bench, visitor: Visitor) -> None:
    """What a period costs is the price, less the discount."""
    coupon = ask(bench.main, "POST", "/v1/coupons", percent_off="10", duration="forever")["id"]
    visitor.pay(session_of(bench, discounts={"0": {"coupon": coupon}}))
    customer = next(bench.main.world.customers.newest_first()).id

    assert "$12.00 per month, less the discount" in text_of(visitor.look(portal(bench, customer)))


def test_canceling_is_one_press_and_keeps_the_period(
    bench: Bench, visitor: Visitor, bought: Subscription
) -> None:
    """The overview's own button; it ends with the period that is paid for."""
    path = portal(bench, bought.customer)

    assert f'action="{path}/cancel/{bought.id}"' in visitor.look(path).text
    page = visitor.look(location(visitor.send(f"{path}/cancel/{bought.id}")))
    assert "Canceled: Pro ends on 2 November 2096." in text_of(page)
    assert now(bench, bought).cancel_at == bought.current_period_end
    assert now(bench, bought).status == "active"
    bench.advance_to(bought.current_period_end, wait=True)
    assert now(bench, bought).status == "canceled"


def test_a_cancellation_can_be_taken_back(bench: Bench, visitor: Visitor, bought: Subscription) -> None:
    """The button to keep it stands where the button to cancel was."""
    path = portal(bench, bought.customer)
    visitor.send(f"{path}/cancel/{bought.id}")

    assert "Keep Pro" in text_of(visitor.look(path))
    page = visitor.look(location(visitor.send(f"{path}/undo/{bought.id}")))
    assert "Pro goes on" in text_of(page)
    assert now(bench, bought).cancel_at is None


def test_canceling_now_ends_at_once(bench: Bench, visitor: Visitor, bought: Subscription) -> None:
    """Where the configuration says so; the page said that it cannot be undone."""
    path = portal(bench, bought.customer, {"subscription_cancel": {"enabled": "true", "mode": "immediately"}})

    assert "it ends at once, and that cannot be undone." in text_of(visitor.look(path))
    page = visitor.look(location(visitor.send(f"{path}/cancel/{bought.id}")))
    assert "Canceled: Pro has ended." in text_of(page)
    assert "Ended on 2 October 2096." in text_of(page)
    assert now(bench, bought).status == "canceled"


def test_canceling_twice_is_canceling_once(bench: Bench, visitor: Visitor, bought: Subscription) -> None:
    """A second press, or a press after the end, changes nothing."""
    path = portal(bench, bought.customer)
    visitor.send(f"{path}/cancel/{bought.id}")
    version = bench.main.world.version

    assert location(visitor.send(f"{path}/cancel/{bought.id}")) == path
    assert bench.main.world.version == version


def test_the_reason_is_asked_afterwards_and_may_be_left_out(
    bench: Bench, visitor: Visitor, bought: Subscription
) -> None:
    """It is canceled either way; what is said is a second update."""
    reason = {"enabled": "true", "options": {"0": "too_expensive", "1": "unused"}}
    features = {
        "subscription_cancel": {"enabled": "true", "mode": "at_period_end", "cancellation_reason": reason}
    }
    path = portal(bench, bought.customer, features)
    page = visitor.look(location(visitor.send(f"{path}/cancel/{bought.id}")))
    count = len(bench.main.world.events)
    visitor.send(f"{path}/explain/{bought.id}", feedback="unused", comment="Moved on.")

    assert "It is too expensive" in text_of(page)
    assert types_since(bench, count) == ["customer.subscription.updated"]
    assert now(bench, bought).cancellation_feedback == "unused"
    assert now(bench, bought).cancellation_comment == "Moved on."


@pytest.mark.parametrize("fields", [{}, {"feedback": "spite"}, {"feedback": "", "comment": "  "}])
def test_a_reason_that_was_not_offered_is_none(
    bench: Bench, visitor: Visitor, bought: Subscription, fields: dict[str, str]
) -> None:
    """Nothing is written."""
    reason = {"enabled": "true", "options": {"0": "unused"}}
    features = {
        "subscription_cancel": {"enabled": "true", "mode": "at_period_end", "cancellation_reason": reason}
    }
    path = portal(bench, bought.customer, features)
    visitor.send(f"{path}/cancel/{bought.id}")
    count = len(bench.main.world.events)
    visitor.send(f"{path}/explain/{bought.id}", **fields)

    assert types_since(bench, count) == []


def test_another_card_is_the_next_one_charged(bench: Bench, visitor: Visitor, bought: Subscription) -> None:
    """It becomes the customer's default."""
    path = portal(bench, bought.customer)
    before = bench.main.world.customers[bought.customer].default_payment_method
    page = visitor.look(location(visitor.send(f"{path}/card", card=CANNOT_PAY)))

    assert "The next payment uses it." in text_of(page)
    assert "ending in 0341" in text_of(page)
    assert bench.main.world.customers[bought.customer].default_payment_method != before


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"card": DECLINED}, "Your card was declined."),
        ({}, "Choose a test card"),
        ({"card": "other", "number": "1"}, "No test card has this number"),
    ],
)
def test_a_card_that_is_refused_leaves_the_old_one(
    bench: Bench, visitor: Visitor, bought: Subscription, fields: dict[str, str], said: str
) -> None:
    """The page says so and is shown again."""
    path = portal(bench, bought.customer)
    before = bench.main.world.customers[bought.customer]
    back = location(visitor.send(f"{path}/card", **fields))

    assert back == f"{path}/card"
    assert said in text_of(visitor.look(back))
    assert bench.main.world.customers[bought.customer] == before


def test_details_are_corrected_as_far_as_is_allowed(
    bench: Bench, visitor: Visitor, bought: Subscription
) -> None:
    """A field that is not offered is ignored; an address that is none is refused."""
    features = {"customer_update": {"enabled": "true", "allowed_updates": {"0": "email", "1": "name"}}}
    path = portal(bench, bought.customer, features)
    refused = visitor.look(location(visitor.send(f"{path}/details", name="Ada", email="nowhere")))
    visitor.send(f"{path}/details", name="Ada L.", email="new@example.com", phone="1")
    customer = bench.main.world.customers[bought.customer]

    assert "Enter an e-mail address" in text_of(refused)
    assert 'value="nowhere"' in refused.text
    assert (customer.name, customer.email, customer.phone) == ("Ada L.", "new@example.com", None)


@pytest.mark.parametrize("task", ["cancel/{0}", "undo/{0}", "explain/{0}", "plan/{0}", "card", "details"])
def test_what_the_configuration_does_not_offer_is_refused(
    bench: Bench, visitor: Visitor, bought: Subscription, task: str
) -> None:
    """The overview shows no way there, and the address alone does nothing."""
    path = portal(bench, bought.customer, {"invoice_history": {"enabled": "false"}})
    page = visitor.look(path)
    version = bench.main.world.version
    answer = visitor.send(f"{path}/{task.format(bought.id)}", card=GOOD, email="eve@example.com")

    assert "<form" not in page.text
    assert "Invoices" not in text_of(page)
    assert answer.status_code == 403
    assert "does not let a customer" in text_of(answer)
    assert bench.main.world.version == version


def test_nobody_reaches_anothers_subscription(bench: Bench, visitor: Visitor, bought: Subscription) -> None:
    """An id in an address opens nothing that is not one's own."""
    other = ask(bench.main, "POST", "/v1/customers", email="eve@example.com")["id"]
    path = portal(bench, other)

    assert "No subscription" in text_of(visitor.look(path))
    assert visitor.send(f"{path}/cancel/{bought.id}").status_code == 404
    assert now(bench, bought).cancel_at is None


def test_an_unused_link_dies_after_five_minutes(bench: Bench, visitor: Visitor, bought: Subscription) -> None:
    """In the world's time; the page leads back to the shop."""
    path = portal(bench, bought.customer)
    bench.advance_to(AT + 5 * MINUTE_S + 1, wait=True)
    page = visitor.look(path)

    assert page.status_code == 410
    assert "This link has expired" in text_of(page)
    assert f'href="{SHOP}/account"' in page.text
    assert visitor.send(f"{path}/cancel/{bought.id}").status_code == 410


def test_a_used_link_lives_for_an_hour_after_each_use(
    bench: Bench, visitor: Visitor, bought: Subscription
) -> None:
    """Two uses an hour apart are both alive, and a third is not an hour and a second later."""
    path = portal(bench, bought.customer)
    statuses = []
    for later_s in (0, HOUR_S, HOUR_S, HOUR_S + 1):
        bench.advance_to(bench.now() + later_s, wait=True)
        statuses.append(visitor.look(path).status_code)

    assert statuses == [200, 200, 200, 410]


def test_a_link_into_one_task_opens_that_task(bench: Bench, visitor: Visitor, bought: Subscription) -> None:
    """And ends on the shop's page where it names one."""
    flow = {
        "type": "subscription_cancel",
        "subscription_cancel": {"subscription": bought.id},
        "after_completion": {"type": "redirect", "redirect": {"return_url": f"{SHOP}/sorry"}},
    }
    path = portal(bench, bought.customer, flow_data=flow)
    task = location(visitor.look(path))

    assert task == f"{path}/cancel/{bought.id}"
    assert "you keep it until 2 November 2096" in text_of(visitor.look(task))
    assert location(visitor.send(task)) == f"{SHOP}/sorry"
    assert location(visitor.look(task)) == f"{path}/home"
    assert visitor.look(f"{path}/home").status_code == 200


def test_a_link_into_the_card_page_comes_back_to_the_overview(
    bench: Bench, visitor: Visitor, bought: Subscription
) -> None:
    """Where it names no page of the shop."""
    path = portal(bench, bought.customer, flow_data={"type": "payment_method_update"})

    assert location(visitor.look(path)) == f"{path}/card"
    assert location(visitor.send(f"{path}/card", card=GOOD)) == f"{path}/home"


def test_a_deleted_customer_has_no_portal(bench: Bench, visitor: Visitor, bought: Subscription) -> None:
    """410."""
    path = portal(bench, bought.customer)
    ask(bench.main, "DELETE", f"/v1/customers/{bought.customer}")

    assert visitor.look(path).status_code == 410


@pytest.mark.parametrize("tail", ["", "/home", "/card", "/details", "/cancel/sub_1"])
def test_an_unknown_portal_is_a_page_that_says_so(visitor: Visitor, tail: str) -> None:
    """404 for looking; 404 or 405 for sending."""
    assert visitor.look(f"/p/session/bps_none{tail}").status_code == 404
    assert visitor.send(f"/p/session/bps_none{tail}").status_code in (404, 405)


def test_the_login_page_lets_a_customer_in(bench: Bench, visitor: Visitor, bought: Subscription) -> None:
    """By an address that is known; any other is told so."""
    params = {"login_page": {"enabled": "true"}, "features": {"invoice_history": {"enabled": "true"}}}
    made = ask(bench.main, "POST", "/v1/billing_portal/configurations", **params)
    path = made["login_page"]["url"].removeprefix(bench.address)
    portal_path = location(visitor.send(path, email="ada@example.com"))

    assert "Manage your subscription" in text_of(visitor.look(path))
    assert "Pro active" in text_of(visitor.look(portal_path))
    for wrong, said in (("eve@example.com", "No customer of this account"), ("eve", "Enter an e-mail")):
        assert said in text_of(visitor.look(location(visitor.send(path, email=wrong))))


def test_a_login_page_that_is_not_offered_is_not_there(
    bench: Bench, visitor: Visitor, bought: Subscription
) -> None:
    """The default configuration has none."""
    configuration = next(iter(bench.main.world.portal_configurations)).id

    assert visitor.look(f"/p/login/{configuration}").status_code == 404
    assert visitor.send("/p/login/bpc_none", email="ada@example.com").status_code == 404


def test_the_default_configuration_is_saved_once(bench: Bench) -> None:
    """However often the owner saves the settings."""
    again = save_default_portal(save_default_portal(bench.main.world))

    assert [each.is_default for each in again.portal_configurations] == [True]

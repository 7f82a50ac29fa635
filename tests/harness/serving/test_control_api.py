"""The JSON API of the control page: every order, and every refusal with where, what and expected."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, fields
from typing import Any

import pytest
import requests
from benches import AT, Inbox, ask
from controlling import TIMEOUT_S, Controlled, controlled

from rehearsal_harness.core.agenda import TaskKind
from rehearsal_harness.serving.control.api import ADDRESSES, BASE
from rehearsal_harness.serving.control.doing import DOABLE
from rehearsal_harness.serving.control.panel import DUE

DAY_S = 86_400


@pytest.fixture
def here() -> Iterator[Controlled]:
    with controlled() as here:
        yield here


def subscriber(here: Controlled, card: str = "ok") -> dict[str, str]:
    """Ada, who has paid at a checkout session; ids by kind."""
    account = here.bench.main
    product = ask(account, "POST", "/v1/products", name="Pro")
    price = ask(
        account,
        "POST",
        "/v1/prices",
        product=product["id"],
        currency="usd",
        unit_amount="1200",
        recurring={"interval": "month"},
    )
    session = ask(
        account,
        "POST",
        "/v1/checkout/sessions",
        mode="subscription",
        success_url="https://example.test",
        customer_email="ada@example.test",
        line_items={"0": {"price": price["id"], "quantity": "1"}},
    )
    here.post("actions", {"type": "CompleteCheckout", "session_id": session["id"], "card": card})
    paid = ask(account, "GET", f"/v1/checkout/sessions/{session['id']}")
    return {
        "price": price["id"],
        "session": session["id"],
        "subscription": paid["subscription"],
        "customer": paid["customer"],
    }


def test_the_index_names_every_address(here: Controlled) -> None:
    """Whoever finds one address finds all."""
    told = here.get("")["addresses"]

    assert [each["path"] for each in told] == [BASE + each.path for each in ADDRESSES]
    (clock,) = (each for each in told if each["path"] == f"{BASE}/clock")
    assert clock["methods"] == ["GET", "POST"]


def test_the_world_is_told_newest_first_with_counts(here: Controlled) -> None:
    """Sixty customers: fifty rows, and the number of all."""
    for number in range(60):
        ask(here.bench.main, "POST", "/v1/customers", email=f"{number}@example.test")

    world = here.get("world")

    assert len(world["customers"]) == 50
    assert world["customers"][0]["email"] == "59@example.test"
    assert world["counts"]["customers"] == 60


def test_a_subscription_is_shown_with_status_and_period_end(here: Controlled) -> None:
    """What a developer looks at first."""
    ids = subscriber(here)

    (row,) = here.get("world")["subscriptions"]

    assert (row["id"], row["status"], row["email"]) == (ids["subscription"], "active", "ada@example.test")
    assert row["current_period_end"] > AT


def test_no_secret_is_in_the_world(here: Controlled) -> None:
    """Endpoints are listed without the secrets that sign."""
    made = ask(
        here.bench.main,
        "POST",
        "/v1/webhook_endpoints",
        url="https://example.test/hook",
        enabled_events={"0": "*"},
    )

    answers = [requests.get(f"{here.address}{path}", timeout=TIMEOUT_S).text for path in _readable()]

    assert made["secret"] not in "".join(answers)


def _readable() -> list[str]:
    return [
        "/",
        "/control/sections",
        *(BASE + each.path for each in ADDRESSES if each.get and "{" not in each.path),
    ]


@pytest.mark.parametrize(
    ("order", "seconds"),
    [
        ({"advance_s": 90}, 90),
        ({"advance": "hour"}, 3600),
        ({"advance": "day"}, DAY_S),
        ({"to": AT + 5}, 5),
        ({"to": "2096-10-03T07:06:40Z"}, DAY_S),
    ],
)
def test_the_clock_goes_where_it_is_told(here: Controlled, order: dict[str, Any], seconds: int) -> None:
    """By seconds, by a unit of the calendar, to an instant."""
    assert here.post("clock", {**order, "wait": True})["now"] == AT + seconds


def test_the_clock_goes_to_the_next_invoice_and_period(here: Controlled) -> None:
    """The end of the period makes the invoice; an hour later it is finalized."""
    subscriber(here)
    end = here.get("world")["subscriptions"][0]["current_period_end"]

    first = here.post("clock", {"to_next": "period", "wait": True})["now"]
    second = here.post("clock", {"to_next": "invoice", "wait": True})["now"]

    assert (first, second - first) == (end, 3600)
    assert here.get("world")["invoices"][0]["billing_reason"] == "subscription_cycle"


def test_what_is_due_next_is_said_in_words(here: Controlled) -> None:
    """A period that ends is called so; a kind without words of its own still happens."""
    assert set(DUE) <= set(TaskKind)
    subscriber(here)
    here.post("clock", {"advance": "hour", "wait": True})

    assert here.get("clock")["next_what"] == "a period ends"


def test_the_clock_runs_and_stands(here: Controlled) -> None:
    """Speed is simulated seconds for each real one."""
    assert here.post("clock", {"speed": 60})["speed"] == 60
    assert here.post("clock", {"speed": 0})["speed"] == 0


@pytest.mark.parametrize(
    ("order", "where", "what"),
    [
        (None, "clock", "None"),
        ([], "clock", "[]"),
        ({}, "clock", "none of them"),
        ({"advance_s": 1, "to": 2}, "clock", "advance_s and to"),
        ({"advance_s": -1}, "clock.advance_s", "-1"),
        ({"advance_s": True}, "clock.advance_s", "True"),
        ({"advance_s": "1"}, "clock.advance_s", "'1'"),
        ({"advance_s": 10**12}, "clock.advance_s", "1000000000000"),
        ({"advance": "fortnight"}, "clock.advance", "'fortnight'"),
        ({"to": "tomorrow"}, "clock.to", "'tomorrow'"),
        ({"to": 5}, "clock.to", "1970-01-01T00:00:05Z is past"),
        ({"to_next": "invoice"}, "clock.to_next", "no invoice is ahead"),
        ({"speed": -1}, "clock.speed", "-1"),
        ({"sped": 1}, "clock", "unknown field 'sped'"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(here: Controlled, order: Any, where: str, what: str) -> None:
    """Where, what was found; the clock stays."""
    status, *told = here.refused("clock", order)

    assert (status, told[0], told[1]) == (400, where, what)
    assert here.get("clock")["now"] == AT


def test_an_unknown_name_is_answered_with_the_nearest(here: Controlled) -> None:
    """Whoever mistypes is told what was meant."""
    assert here.refused("clock", {"sped": 1})[3].startswith("'speed'?")
    assert here.refused("faults", {"drop": 1})[3].startswith("'drop_percent'?")
    assert here.refused("actions", {"type": "CancelNo"})[3].startswith("'CancelNow'?")
    assert here.refused("actions", {"type": "CancelNow", "subscription": "x"})[3].startswith(
        "'subscription_id'?"
    )


def test_faults_are_set_one_by_one_and_taken_off_together(here: Controlled) -> None:
    """What is not named stays."""
    here.post("faults", {"drop_percent": 30})
    both = here.post("faults", {"shuffle": True, "seed": 7})

    assert (both["drop_percent"], both["shuffle"], both["seed"]) == (30, True, 7)
    calm = here.post("faults", {"none": True})
    assert (calm["drop_percent"], calm["shuffle"], calm["seed"]) == (0, False, 7)


@pytest.mark.parametrize(
    ("faults", "where"),
    [
        ({"drop_percent": 101}, "faults.drop_percent"),
        ({"drop_percent": "30"}, "faults.drop_percent"),
        ({"shuffle": 1}, "faults.shuffle"),
        ({"slow_ms": -1}, "faults.slow_ms"),
        ("all", "faults"),
    ],
)
def test_a_fault_out_of_range_is_refused(here: Controlled, faults: Any, where: str) -> None:
    """And nothing is changed."""
    before = here.get("faults")

    assert here.refused("faults", faults)[:2] == (400, where)
    assert here.get("faults") == before


def test_every_action_of_the_table_is_listed_with_its_fields(here: Controlled) -> None:
    """The table is closed, and told."""
    told = here.get("actions")["actions"]

    assert list(told) == ["StartCheckout", *DOABLE]
    assert "(required)" in told["CancelNow"]["fields"]["subscription_id"]


def test_the_table_of_actions_is_true_to_the_core() -> None:
    """Each field is one of the action's, and what the core cannot do without is required."""
    for name, doable in DOABLE.items():
        known = {each.name: each for each in fields(doable.kind)}
        needed = {each.name for each in known.values() if each.default is MISSING}
        assert doable.fields.keys() <= known.keys(), name
        assert needed == {each for each, field in doable.fields.items() if field.is_required}, name


def test_a_bank_debit_is_settled(here: Controlled) -> None:
    """By the payment that the page shows as processing."""
    session = subscriber(here, card="delayed")["session"]
    (payment,) = [each for each in here.get("world")["payments"] if each["status"] == "processing"]

    here.post("actions", {"type": "SettlePayment", "payment_intent_id": payment["id"], "succeeded": True})

    assert here.get("world")["subscriptions"][0]["status"] == "active"
    assert session not in [each["id"] for each in here.get("world")["checkout_sessions"]]


def test_actions_happen_and_name_their_events(here: Controlled) -> None:
    """A subscription is canceled at its end, taken back, and canceled at once."""
    subscription = subscriber(here)["subscription"]

    def act(name: str) -> list[str]:
        told = here.post("actions", {"type": name, "subscription_id": subscription})
        return [event["type"] for event in told["events"]]

    assert act("CancelAtPeriodEnd") == ["customer.subscription.updated"]
    assert act("UndoCancel") == ["customer.subscription.updated"]
    assert "customer.subscription.deleted" in act("CancelNow")


@pytest.mark.parametrize(
    ("action", "status", "where"),
    [
        ("CancelNow", 400, "action"),
        ({}, 400, "action.type"),
        ({"type": "Advance", "to": 1}, 400, "action.type"),
        ({"type": "CancelNow"}, 400, "CancelNow.subscription_id"),
        ({"type": "CancelNow", "subscription_id": ""}, 400, "CancelNow.subscription_id"),
        ({"type": "CancelNow", "subscription_id": "sub_none"}, 404, "CancelNow"),
        ({"type": "CancelNow", "subscription_id": "sub_none", "via": "mail"}, 400, "CancelNow.via"),
        ({"type": "ReplaceCard", "customer_id": "cus_1", "card": "gold"}, 400, "ReplaceCard.card"),
        (
            {"type": "RefundPayment", "payment_id": "pi_1", "amount_cents": 0},
            400,
            "RefundPayment.amount_cents",
        ),
        ({"type": "StartCheckout"}, 400, "service"),
        ({"type": "StartCheckout", "email": "nobody"}, 400, "StartCheckout.email"),
    ],
)
def test_an_action_that_cannot_be_is_refused(here: Controlled, action: Any, status: int, where: str) -> None:
    """Wrong fields are 400, unknown objects 404; nothing happens."""
    before = here.get("world")["counts"]

    assert here.refused("actions", action)[:2] == (status, where)
    assert here.get("world")["counts"] == before


def test_an_action_that_the_status_forbids_is_refused(here: Controlled) -> None:
    """What has ended cannot end again."""
    subscription = subscriber(here)["subscription"]
    cancel = {"type": "CancelNow", "subscription_id": subscription}
    here.post("actions", cancel)

    assert here.refused("actions", cancel)[:2] == (409, "CancelNow")


def test_deliveries_are_told_and_can_be_sent_again(here: Controlled, inbox: Inbox) -> None:
    """Every attempt with status, latency and body; a resend is one more."""
    ask(
        here.bench.main,
        "POST",
        "/v1/webhook_endpoints",
        url=inbox.url,
        enabled_events={"0": "customer.created"},
    )
    ask(here.bench.main, "POST", "/v1/customers")
    here.settle()
    (first,) = here.get("deliveries")["deliveries"]

    here.post(f"deliveries/{first['event_id']}/resend", {})
    here.settle()

    told = here.get(f"deliveries/{first['event_id']}")["deliveries"]
    assert [(each["cause"], each["status"], each["answer"]) for each in told] == [
        ("resend", 200, "seen"),
        ("event", 200, "seen"),
    ]
    assert all(each["latency_ms"] > 0 for each in told)


def test_what_is_not_there_is_404(here: Controlled) -> None:
    """Events, endpoints, plays and accounts."""
    assert here.refused("deliveries/evt_none/resend", {})[:2] == (404, "resend")
    assert here.refused("endpoints/we_none", {"status": "enabled"})[:2] == (404, "endpoint")
    assert here.refused("plays/7", {"Pay": {}})[:2] == (404, "play")
    assert requests.get(f"{here.address}{BASE}/world?account=acct_none", timeout=TIMEOUT_S).status_code == 404


def test_an_endpoint_is_switched_off_and_on(here: Controlled, inbox: Inbox) -> None:
    """What happens meanwhile is not sent there."""
    made = ask(here.bench.main, "POST", "/v1/webhook_endpoints", url=inbox.url, enabled_events={"0": "*"})

    (off,) = here.post(f"endpoints/{made['id']}", {"status": "disabled"})["endpoints"]
    ask(here.bench.main, "POST", "/v1/customers")
    (on,) = here.post(f"endpoints/{made['id']}", {"status": "enabled"})["endpoints"]
    here.settle()

    assert (off["status"], on["status"], inbox.received) == ("disabled", "enabled", [])


def test_after_a_roll_both_secrets_sign(here: Controlled, inbox: Inbox) -> None:
    """For as long as the old one is kept; then only the new one."""
    made = ask(
        here.bench.main,
        "POST",
        "/v1/webhook_endpoints",
        url=inbox.url,
        enabled_events={"0": "customer.created"},
    )
    here.post(f"endpoints/{made['id']}", {"roll_secret": True, "keep_s": 60})

    ask(here.bench.main, "POST", "/v1/customers")
    here.post("clock", {"advance_s": 60, "wait": True})
    ask(here.bench.main, "POST", "/v1/customers")
    here.settle()

    signatures = [headers["Stripe-Signature"].count("v1=") for headers, _ in inbox.received]
    assert signatures == [2, 1]


@pytest.mark.parametrize(
    "wish", [None, {}, {"status": "paused"}, {"roll_secret": 1}, {"roll_secret": True, "keep_s": 90_000}]
)
def test_a_wish_that_no_endpoint_knows_is_refused(here: Controlled, wish: Any) -> None:
    """Before any endpoint is looked for."""
    assert here.refused("endpoints/we_1", wish)[0] == 400


@pytest.mark.parametrize(
    ("body", "what"),
    [(b"{", "'{'"), (b"[" * 5000, "'[[["), (b"\xff", "'�'"), (b"x" * 70_000, "a large body")],
)
def test_a_body_that_is_no_json_is_refused(here: Controlled, body: bytes, what: str) -> None:
    """However deep or long."""
    answer = requests.post(f"{here.address}{BASE}/clock", data=body, timeout=TIMEOUT_S)

    assert answer.status_code == 400
    assert answer.json()["error"]["what"].startswith(what)


def test_a_method_that_an_address_does_not_have_is_405(here: Controlled) -> None:
    """Reading and ordering are apart."""
    assert requests.get(f"{here.address}{BASE}/plays", timeout=TIMEOUT_S).status_code == 405
    assert here.posted("world", {}).status_code == 405


def test_another_sites_page_cannot_order(here: Controlled) -> None:
    """A browser says where a request comes from."""
    answer = requests.post(
        f"{here.address}{BASE}/clock",
        json={"advance": "year"},
        headers={"Origin": "https://evil.example"},
        timeout=TIMEOUT_S,
    )

    assert answer.status_code == 403
    assert here.get("clock")["now"] == AT


def test_the_timeline_tells_events_with_their_deliveries(here: Controlled, inbox: Inbox) -> None:
    """Newest first, each with what every endpoint was told."""
    ask(
        here.bench.main,
        "POST",
        "/v1/webhook_endpoints",
        url=inbox.url,
        enabled_events={"0": "customer.created"},
    )
    ask(here.bench.main, "POST", "/v1/customers", email="ada@example.test")
    here.settle()

    moment = here.get("timeline")["moments"][0]

    assert (moment["type"], moment["lane"], moment["email"], moment["by"]) == (
        "customer.created",
        "people",
        "ada@example.test",
        "API",
    )
    assert [each["outcome"] for each in moment["deliveries"]] == ["delivered"]


def test_a_rolled_secret_is_given_to_the_backend_by_its_operator() -> None:
    """Until then it refuses what only the new one signs; somebody else's endpoint is none of ours."""
    with controlled("nyra-billing-server") as here:
        (service,) = here.bench.services
        path = f"endpoints/{service.endpoint_id}"
        here.post(path, {"roll_secret": True, "keep_s": 0})
        assert "Give the new secret to the backend" in requests.get(here.address, timeout=TIMEOUT_S).text
        started = here.post("actions", {"type": "StartCheckout"})
        here.post("actions", {"type": "CompleteCheckout", "session_id": started["session"]})
        here.settle()
        assert {each["status"] for each in here.get("deliveries")["deliveries"]} == {400}

        here.post(path, {"deploy": True})
        here.post("clock", {"advance": "week", "wait": True})
        here.settle()

        assert here.get("licences")["licences"][0]["answer"]["active"]
        assert "Give the new secret" not in requests.get(here.address, timeout=TIMEOUT_S).text
        made = ask(
            here.bench.main,
            "POST",
            "/v1/webhook_endpoints",
            url="http://127.0.0.1:9/",
            enabled_events={"0": "*"},
        )
        assert here.refused(f"endpoints/{made['id']}", {"deploy": True})[:2] == (409, "endpoint.deploy")


def test_a_backend_catches_up_with_what_was_lost() -> None:
    """By its own command; one that Stripe does not answer is told, and nothing is skipped."""
    with controlled("nyra-billing-server") as here:
        (service,) = here.bench.services
        path = f"endpoints/{service.endpoint_id}"
        here.post("faults", {"lose_percent": 100})
        started = here.post("actions", {"type": "StartCheckout"})
        here.post("actions", {"type": "CompleteCheckout", "session_id": started["session"]})
        here.settle()
        here.post("faults", {"api_errors": 1_000})
        assert here.refused(path, {"reconcile": True})[:2] == (409, "endpoint.reconcile")
        assert not here.get("licences")["licences"][0]["answer"]["active"]
        here.post("faults", {"none": True})

        here.post(path, {"reconcile": True})

        assert here.get("licences")["licences"][0]["answer"]["active"]

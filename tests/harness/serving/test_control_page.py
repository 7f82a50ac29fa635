"""The control page without a script: everything there, forms that post, bounded however large the world."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import html5lib
import pytest
import requests
from benches import ask
from controlling import TIMEOUT_S, Controlled, controlled

from rehearsal_harness.serving.control import desk
from rehearsal_harness.serving.control import looks as module
from rehearsal_harness.serving.control.looks import Looks
from rehearsal_harness.serving.control.panel import Panel

SERVICE = "nyra-billing-server"
MANY = 3_000


@pytest.fixture
def here() -> Iterator[Controlled]:
    with controlled(SERVICE) as here:
        yield here


def page(here: Controlled, query: str = "") -> str:
    """The page, which must be there and well-formed HTML."""
    answer = requests.get(f"{here.address}/{query}", timeout=TIMEOUT_S)
    assert answer.status_code == 200
    parser = html5lib.HTMLParser(strict=True)
    parser.parse(answer.text)
    return answer.text


def sent(here: Controlled, follow: bool = True, **form: str) -> requests.Response:
    """A form, as a browser without a script sends it."""
    return requests.post(f"{here.address}/control/do", data=form, timeout=TIMEOUT_S, allow_redirects=follow)


def form_of(source: str, what: str, **fields: str) -> dict[str, str]:
    """The hidden fields of the first form of the page that has these."""
    for form in re.findall(r"<form.*?</form>", source, re.DOTALL):
        found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
        if found.get("what") == what and fields.items() <= found.items():
            return found
    raise AssertionError(f"no form {what} {fields}")


def test_an_empty_world_says_what_to_do(here: Controlled) -> None:
    """No section is left blank."""
    source = page(here)

    for words in ("Nobody has started a checkout yet", "Nothing goes wrong at the moment", "SIMULATED"):
        assert words in source


def test_the_speed_that_runs_is_the_one_chosen(here: Controlled) -> None:
    """A form that shows another speed would set it with the next press."""
    sent(here, what="clock", speed="3600")

    assert '<option value="3600" selected>' in page(here)


def test_a_story_by_forms_alone(here: Controlled) -> None:
    """Start, pay, activate, cancel, let the period end: each is a form and a redirect."""
    told = sent(here, what="start", offer=f"{SERVICE}/pro_monthly", device="laptop", email="ada@example.test")
    assert "A checkout is open." in told.text
    assert "/c/pay/cs_" in told.text

    sent(here, **form_of(page(here), "action", type="CompleteCheckout"))
    here.settle()
    assert "may use it" in page(here)

    told = sent(here, **form_of(page(here), "refresh", device="laptop"))
    assert "The app on laptop asked: ACTIVE." in told.text

    told = sent(here, **form_of(page(here), "action", type="CancelAtPeriodEnd"))
    assert "CancelAtPeriodEnd: 1 event." in told.text
    assert "ends with its period" in page(here)

    sent(here, **form_of(page(here), "clock", to_next="period"))
    moving = here.bench.moving
    assert moving is not None
    moving.finished.wait(TIMEOUT_S)
    here.settle()
    source = page(here)
    assert "may not" in source
    assert "CANCELED" in source


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"what": "clock", "advance_s": "-1"}, "clock.advance_s"),
        ({"what": "clock", "to": "soon"}, "clock.to"),
        ({"what": "faults", "drop_percent": "all"}, "faults.drop_percent"),
        ({"what": "start", "offer": "nobody/nothing"}, "service"),
        ({"what": "action", "type": "CancelNow", "subscription_id": "sub_none"}, "CancelNow"),
        ({"what": "resend", "event": "evt_none"}, "resend"),
        ({"what": "endpoint", "endpoint": "we_none", "status": "disabled"}, "endpoint"),
        ({"what": "nothing"}, "what"),
        ({}, "what"),
    ],
)
def test_a_form_that_makes_no_sense_is_said_on_the_page(
    here: Controlled, form: dict[str, str], said: str
) -> None:
    """Where, what and expected, and the page is there."""
    answer = sent(here, **form)

    assert answer.status_code == 200
    assert f"<strong>{said}</strong>" in answer.text


def test_the_script_is_answered_json(here: Controlled) -> None:
    """The same form, without a redirect."""
    headers = {"Accept": "application/json"}
    answer = requests.post(
        f"{here.address}/control/do",
        data={"what": "faults", "drop_percent": "7", "shuffle": "true"},
        headers=headers,
        timeout=TIMEOUT_S,
    )

    assert (answer.status_code, answer.json()) == (200, {"said": "The faults are set."})
    assert (here.bench.faults.drop_percent, here.bench.faults.shuffle) == (7, True)


def test_what_somebody_typed_is_no_markup(here: Controlled) -> None:
    """Neither a customer's name, nor a question in the address."""
    ask(here.bench.main, "POST", "/v1/customers", email="<script>alert(1)</script>@example.test")

    source = page(here, "?said=<b>hello</b>&where=<i>x</i>&what=y&expected=z&link=javascript:alert(1)")

    assert "<script>alert" not in source
    assert "<b>hello" not in source
    assert "<i>x" not in source
    assert "javascript:" not in source


def test_no_secret_is_on_the_page(here: Controlled) -> None:
    """But for the key of the simulated account."""
    (service,) = here.bench.services
    secrets = {
        service.environ[each.name]
        for each in service.manifest.secrets
        if each.shape in ("webhook_secret", "api_token", "signing_secret")
    }

    source = page(here)

    assert secrets
    assert [secret for secret in secrets if secret in source] == []


def test_a_large_world_is_a_small_page(here: Controlled) -> None:
    """Fifty rows of each kind and the number of all; no look at every object takes a second."""
    for number in range(MANY):
        ask(here.bench.main, "POST", "/v1/customers", email=f"{number}@example.test")

    source = page(here)

    assert f"{MANY:,}" in source
    assert source.count("@example.test") < 500
    assert len(source) < 1_000_000


def test_pages_that_ask_at_once_share_one_look(here: Controlled, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty pages cost one."""
    looks: list[Any] = []
    real = module.values_of
    monkeypatch.setattr(module, "values_of", lambda *words: looks.append(1) or real(*words))

    for _ in range(5):
        requests.get(f"{here.address}/control/sections", timeout=TIMEOUT_S)

    assert len(looks) == 1
    here.bench.news.tell()
    requests.get(f"{here.address}/control/sections", timeout=TIMEOUT_S)
    assert len(looks) == 2


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/control/control.js", "text/javascript"),
        ("/control/control.css", "text/css"),
        ("/look/style.css", "text/css"),
    ],
)
def test_the_page_brings_its_own_files(here: Controlled, path: str, kind: str) -> None:
    """From this machine, with their types."""
    answer = requests.get(f"{here.address}{path}", timeout=TIMEOUT_S)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith(kind)


def test_a_backend_that_hangs_does_not_hold_up_the_page(
    here: Controlled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its answer is missing, and said to be."""
    told = here.post("actions", {"type": "StartCheckout", "device": "slow"})
    here.post("actions", {"type": "CompleteCheckout", "session_id": told["session"]})
    here.settle()
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        here.bench.services = tuple(replace(each, url=url) for each in here.bench.services)
        here.bench.news.tell()
        monkeypatch.setattr(desk, "PATIENCE_S", 0.5)

        source = page(here)

    assert "no answer within 0.5 s" in source


def test_whoever_waits_for_a_look_shares_it(here: Controlled, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thirty pages that ask while everything changes cost two looks, not thirty."""
    asked = threading.Semaphore(0)

    def now() -> float:
        asked.release()
        return time.monotonic()

    looks, seen = Looks(Panel(here.bench), now), list[int]()
    first, going = threading.Event(), threading.Event()

    def slow(panel: Panel, account_id: str) -> dict[str, Any]:
        seen.append(panel.bench.news.revision)
        panel.bench.news.tell()
        first.set()
        going.wait(TIMEOUT_S)
        return {}

    monkeypatch.setattr(module, "values_of", slow)
    pages = [threading.Thread(target=looks.values) for _ in range(30)]
    pages[0].start()
    first.wait(TIMEOUT_S)
    for each in pages[1:]:
        each.start()
    for _ in range(3 + len(pages[1:])):  # the first looked at its watch thrice
        assert asked.acquire(timeout=TIMEOUT_S)
    going.set()
    for each in pages:
        each.join(TIMEOUT_S)

    assert len(seen) == 2

"""How pages look: words for money and time, and a frame that says SIMULATED and lets nothing in."""

from __future__ import annotations

import re

import falcon
import pytest
from falcon import testing

from rehearsal_harness.serving import look
from rehearsal_harness.serving.look import pages

BASE = "look/base.html"


@pytest.mark.parametrize(
    ("amount", "currency", "read"),
    [
        (0, "usd", "$0.00"),
        (5, "usd", "$0.05"),
        (123456, "usd", "$1,234.56"),
        (-1099, "eur", "−€10.99"),
        (700, "jpy", "¥700"),
        (2500, "chf", "CHF\N{NO-BREAK SPACE}25.00"),
    ],
)
def test_money_reads_as_people_write_it(amount: int, currency: str, read: str) -> None:
    """Two decimals, thousands apart, whole units where the currency has no smaller ones."""
    assert look.money(amount, currency) == read


def test_instants_are_told_in_utc() -> None:
    """A second reads the same on every machine, and nothing is said where there is none."""
    assert look.day(1_800_000_000) == "15 January 2027"
    assert look.instant(1_800_000_000) == "15 January 2027, 08:00:00 UTC"
    assert look.iso(1_800_000_000) == "2027-01-15T08:00:00Z"
    assert (look.day(None), look.instant(None)) == ("", "")


def test_every_page_says_that_it_is_simulated() -> None:
    """In its title, above everything else, and at its end; the first link skips to the content."""
    text = look.render(BASE)

    assert "SIMULATED</title>" in text
    assert "No money moves." in text
    assert text.index('class="skip"') < text.index('class="tape"') < text.index("<main")
    assert text.index("It is not Stripe’s") > text.index("</main>")


def test_no_script_and_no_style_stands_in_the_frame() -> None:
    """What the policy of the pages forbids is not there."""
    assert re.findall(r"<script|<style| style=| on\w+=", look.render(BASE)) == []


def test_a_page_is_never_kept_nor_framed_and_loads_nothing_from_elsewhere() -> None:
    """The headers of every page; the stylesheet comes from the bench."""
    app = falcon.App()
    for path, resource in pages.routes():
        app.add_route(path, resource)

    class Page:
        def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
            pages.answer(resp, BASE, status=404)

    app.add_route("/page", Page())
    client = testing.TestClient(app)
    page, style = client.simulate_get("/page"), client.simulate_get(look.STYLESHEET)

    assert page.status_code == 404
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert f'href="{look.STYLESHEET}"' in page.text
    assert style.headers["content-type"].startswith("text/css")
    assert "url(" not in style.text
    assert "@import" not in style.text


@pytest.mark.parametrize(
    ("accept", "kind"), [("text/html,application/xml;q=0.9", "text/html"), ("*/*", "application/json")]
)
def test_an_error_is_a_page_for_people(accept: str, kind: str) -> None:
    """And JSON for programs."""
    app = falcon.App()
    app.set_error_serializer(pages.show_error)
    answer = testing.TestClient(app).simulate_get("/nowhere", headers={"accept": accept})

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith(kind)
    assert "404" in answer.text

"""The site's pages: offers follow readiness, claims about money follow verified events; sound HTML."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from itertools import pairwise

import pytest
from bought import CREDITS, DEPOSIT, buys, retains
from paged import BROWSER, text_of, visit
from served import Server
from signed_in import bearer, server_of, token
from test_server_site_status import WITHOUT_STRIPE

SHOPS = ["/pricing", "/assistant/pricing"]
BUSINESS = [*SHOPS, "/services", "/hire", "/assistant"]
PUBLIC = [*BUSINESS, "/assistant/thanks", "/privacy", "/terms", "/refund"]
CHECKOUT, PORTAL, CREDIT = "/api/billing/checkout", "/api/billing/portal", "/api/compute/credits/checkout"
EVIL = '"><script>alert(1)</script>'


@pytest.fixture(name="server")
def _server() -> Server:
    return server_of("aipowerprogress")


@pytest.fixture(name="bare")
def _bare() -> Server:
    """The same without Stripe."""
    return server_of("aipowerprogress", **WITHOUT_STRIPE)


def operator(server: Server) -> dict[str, str]:
    return bearer(server, "olga", role="admin")


@pytest.mark.parametrize("path", [*PUBLIC, "/account", "/admin/billing"])
@pytest.mark.parametrize("is_signed_in", [False, True])
def test_a_page_is_sound_html(server: Server, path: str, is_signed_in: bool) -> None:
    """One main heading, headings in order, every id once, no reference to none, every field named."""
    buys(server, DEPOSIT)
    retains(server)
    server.client.simulate_post("/api/saas/service-request", json={"name": "<b>", "email": "b@example.test"})
    guarded = path in ("/account", "/admin/billing")
    status = 401 if guarded and not is_signed_in else 200
    page = visit(server, path, operator(server) if is_signed_in else None, status)

    assert page.root.get("lang") == "en"
    assert [len(page.all(tag)) for tag in ("title", "h1", "header", "main", "footer")] == [1] * 5
    assert {each.get("aria-label") for each in page.all("nav")} == {"Site", "Policies"}
    levels = [int(each.tag[1]) for each in page.root.iter() if each.tag in ("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))
    ids = [each.get("id") for each in page.having("id")]
    assert len(ids) == len(set(ids))
    for attribute in ("aria-labelledby", "aria-describedby", "for"):
        assert {each.get(attribute) for each in page.having(attribute)} <= set(ids)
    labelled = {each.get("for") for each in page.all("label")}
    fields = [each for tag in ("input", "select", "textarea") for each in page.all(tag)]
    assert {each.get("id") for each in fields if each.get("type") != "hidden"} <= labelled
    assert all(text_of(each) for tag in ("a", "button", "th") for each in page.all(tag))
    assert page.all("a")[0].get("href") == "#main"
    assert len(page.having("aria-current", "page")) <= 1


@pytest.mark.parametrize("path", [*PUBLIC, "/account"])
def test_a_page_loads_nothing_of_others_and_runs_nothing_inline(server: Server, path: str) -> None:
    """One script, from this server; the one style is known by its hash; no handler and no style attribute."""
    page = visit(server, path, status=401 if path == "/account" else 200)
    (script,) = page.all("script")
    assert (script.get("src"), script.text) == ("/static/site_billing.js", None)
    assert [
        each for each in page.root.iter() for key in each.attrib if key.startswith("on") or key == "style"
    ] == []
    policy = dict(part.split(" ", 1) for part in page.answer.headers["content-security-policy"].split("; "))
    (style,) = page.all("style")
    digest = b64encode(sha256((style.text or "").encode()).digest()).decode()
    assert policy["style-src"] == f"'sha256-{digest}'"
    assert (policy["default-src"], policy["script-src"], policy["base-uri"]) == ("'none'", "'self'", "'none'")
    assert policy["frame-ancestors"] == "'none'"
    assert page.answer.headers["x-content-type-options"] == "nosniff"
    assert page.answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", PUBLIC)
def test_every_link_of_a_page_leads_somewhere(server: Server, path: str) -> None:
    page = visit(server, path)
    own = {link.partition("?")[0] for link in page.links() if link.startswith("/")}
    assert own
    for link in own:
        assert server.client.simulate_get(link, headers=BROWSER).status_code in (200, 401)
    assert {link for link in page.links() if not link.startswith(("/", "#"))} <= {
        "https://stripe.com/privacy"
    }


@pytest.mark.parametrize("path", SHOPS)
def test_what_can_be_bought_has_a_pay_button(server: Server, path: str) -> None:
    assert visit(server, path).forms() == {
        f"{CHECKOUT} deposit_500": "Pay $500 for Project Deposit",
        f"{CHECKOUT} hourly_1h": "Pay $125 for Quick Help (1 hour)",
        f"{CHECKOUT} retainer": "Pay $999/month for Monthly Retainer",
    }


@pytest.mark.parametrize("path", SHOPS)
def test_a_plan_without_a_price_has_a_request_and_the_others_keep_their_button(path: str) -> None:
    page = visit(server_of("aipowerprogress", STRIPE_PRICE_HOURLY_1H=""), path)
    assert set(page.forms()) == {f"{CHECKOUT} deposit_500", f"{CHECKOUT} retainer"}
    assert "/assistant?plan=hourly_1h" in page.links()


@pytest.mark.parametrize("path", [*BUSINESS, "/account"])
@pytest.mark.parametrize(
    "changes",
    [WITHOUT_STRIPE, {"STRIPE_WEBHOOK_SECRET": ""}, {"PPIA_CHECKOUT_PAUSED": "true"}],
    ids=["without Stripe", "without the webhook", "paused"],
)
def test_no_dead_pay_button_remains(path: str, changes: dict[str, str]) -> None:
    """Without Stripe, with half of it, or paused, a page says so and leads to a request."""
    server = server_of("aipowerprogress", **changes)
    page = visit(server, path, bearer(server) if path == "/account" else None)
    assert set(page.forms()) <= {"/api/saas/service-request"}
    assert not any(text_of(each).startswith("Pay") for tag in ("a", "button") for each in page.all(tag))
    assert "Online payment is not available right now. Send a request" in page.words
    assert any(link.startswith("/assistant") for link in page.links())


@pytest.mark.parametrize("path", [*BUSINESS, "/account"])
def test_every_page_says_of_readiness_what_the_status_says(server: Server, bare: Server, path: str) -> None:
    for each in (server, bare):
        said = each.client.simulate_get("/api/billing/status").json["summary"]
        (target,) = visit(each, path, bearer(each)).having("data-ppia-billing-summary")
        assert text_of(target) == said


@pytest.mark.parametrize("path", SHOPS)
def test_a_canceled_checkout_is_said_honestly(server: Server, path: str) -> None:
    page = visit(server, f"{path}?checkout=cancel")
    (notice,) = page.having("data-ppia-billing-return", path.strip("/").replace("/", "_"))
    assert text_of(notice).startswith("You left the checkout. Coming back here neither charges nor confirms")
    assert notice.get("role") == "status"
    assert "hidden" not in notice.attrib


@pytest.mark.parametrize("path", [*SHOPS, "/assistant/thanks"])
def test_without_a_return_no_notice_is_shown(server: Server, path: str) -> None:
    (notice,) = visit(server, path).having("data-ppia-billing-return")
    assert "hidden" in notice.attrib
    assert text_of(notice) == ""


def thanks(server: Server, session_id: str) -> str:
    page = visit(server, f"/assistant/thanks?checkout=success&session_id={session_id}")
    (notice,) = page.having("data-ppia-billing-return", "assistant_thanks")
    return text_of(notice)


def test_coming_back_from_a_checkout_proves_no_payment(server: Server) -> None:
    """Until the webhook is in, the page says processing; afterwards what the webhook said."""
    assert "processing: only Stripe's verified webhook can confirm" in thanks(server, "cs_test_1")
    assert "proves no payment" in thanks(server, "nonsense")
    assert thanks(server, buys(server, DEPOSIT)).startswith(
        "Stripe's verified webhook has confirmed your payment"
    )
    assert "what you bought is there" in thanks(server, buys(server, CREDITS))


@pytest.mark.parametrize("path", BUSINESS)
def test_the_assistant_opens_from_a_link_that_works_without_it(server: Server, path: str) -> None:
    (link,) = visit(server, path).having("data-ppia-open-widget", "1")
    assert link.get("data-ppia-widgetcontext") == path.strip("/").replace("/", "_")
    assert link.get("href") == "/assistant"


def test_a_request_form_begins_with_the_plan_that_was_asked_for(server: Server) -> None:
    (chosen,) = visit(server, "/assistant?plan=retainer").having("selected")
    assert chosen.get("value") == "retainer"
    assert visit(server, "/assistant?plan=gold").having("selected") == []


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("query", ["checkout={}", "checkout=success&session_id={}", "plan={}", "request={}"])
def test_nothing_of_an_address_becomes_markup(server: Server, path: str, query: str) -> None:
    page = visit(server, f"{path}?{query.format(EVIL.replace(' ', '+'))}")
    assert len(page.all("script")) == 1
    assert EVIL not in page.answer.text


def test_policy_pages_say_what_the_service_does(server: Server) -> None:
    terms, refund, privacy = (visit(server, path).words for path in ("/terms", "/refund", "/privacy"))
    for said in (
        "Project Deposit $500",
        "Quick Help (1 hour) $125",
        "Monthly Retainer renews every month for $999",
    ):
        assert said in terms
    assert "The last payment failed; access goes on for three days." in terms
    assert "Manage billing" in refund
    assert "paid back in full are taken back" in refund
    assert "replaced before it is stored" in privacy


def test_the_address_to_write_to_is_named_when_there_is_one(server: Server) -> None:
    assert not [each for each in visit(server, "/terms").links() if each.startswith("mailto:")]
    named = server_of("aipowerprogress", PPIA_CONTACT="desk@example.test")
    assert "mailto:desk@example.test" in visit(named, "/terms").links()


def test_an_account_shows_history_and_the_way_to_the_portal(server: Server) -> None:
    buys(server, DEPOSIT)
    retains(server)
    page = visit(server, "/account", bearer(server))
    assert page.forms() == {PORTAL: "Manage billing", CREDIT: "Buy 100 credits for $10"}
    assert "Active: the subscription is active" in page.words
    assert "2026-06-01 00:00 UTC Project Deposit $500 paid" in page.words


def test_there_is_no_portal_without_a_purchase(server: Server) -> None:
    page = visit(server, "/account", bearer(server))
    assert PORTAL not in page.forms()
    assert "Nothing was bought with this sign-in yet" in page.words


def test_signed_out_pages_say_so(server: Server) -> None:
    account = visit(server, "/account", status=401)
    assert "You are not signed in" in account.words
    assert account.forms() == {}
    assert "Webhook events" not in visit(server, "/admin/billing", status=401).words
    assert (
        "an ordinary sign-in does not open it" in visit(server, "/admin/billing", bearer(server), 403).words
    )


def test_operators_see_events_checkouts_and_requests(server: Server) -> None:
    buys(server, DEPOSIT)
    retains(server)
    server.client.simulate_post(
        "/api/saas/service-request", json={"name": "Bea", "email": "b@example.test", "details": EVIL}
    )
    page = visit(server, "/admin/billing", operator(server))
    for said in ("evt_1", "cs_test_1", "sub_1", "retainer cus_1 sub_1", "Bea"):
        assert said in page.words
    assert len(page.all("script")) == 1


def test_a_form_of_a_page_works_without_the_script(server: Server) -> None:
    """The browser sends it itself, and is led to Stripe."""
    told = {"id": "cs_test_1", "url": "https://checkout.stripe.com/1", "expires_at": 2**40}
    server.stripe.answers["POST /v1/checkout/sessions"] = (200, told | {"object": "checkout.session"})
    headers = BROWSER | {"Content-Type": "application/x-www-form-urlencoded"}
    body = "plan_id=deposit_500&cancel_path=%2Fpricing%3Fcheckout%3Dcancel"
    answer = server.client.simulate_post(CHECKOUT, body=body, headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (303, "https://checkout.stripe.com/1")
    assert server.stripe.sent[-1][1]["cancel_url"] == "http://127.0.0.1:8000/pricing?checkout=cancel"


def test_a_browser_is_signed_in_by_the_declared_cookie(server: Server) -> None:
    buys(server, DEPOSIT)
    signed_in = token(server.context.manifest)
    page = visit(server, "/account", {"Cookie": f"ppia_session={signed_in}"})
    assert "Project Deposit" in page.words


@pytest.mark.parametrize(
    ("site", "status"), [("same-origin", 200), ("cross-site", 403), ("same-site", 403), ("", 403)]
)
def test_a_cookie_opens_the_portal_from_the_sites_own_pages_only(
    server: Server, site: str, status: int
) -> None:
    """Else any page that a signed-in user visits could make her browser ask."""
    buys(server, DEPOSIT)
    portal = {"id": "bps_1", "object": "billing_portal.session", "url": "https://billing.stripe.com/p/1"}
    server.stripe.answers["POST /v1/billing_portal/sessions"] = (200, portal)
    headers = {"Cookie": f"ppia_session={token(server.context.manifest)}"}
    if site:
        headers["Sec-Fetch-Site"] = site
    answer = server.client.simulate_post(PORTAL, headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.json["error"]["code"] == "CROSS_SITE"
        assert server.stripe.sent == []


def test_a_cookie_that_proves_nobody_is_refused(server: Server) -> None:
    answer = server.client.simulate_get("/account", headers={"Cookie": "ppia_session=nonsense"})
    assert (answer.status_code, answer.json["error"]["code"]) == (401, "TOKEN_INVALID")

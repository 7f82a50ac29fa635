"""The pages' one script, run by Node on a document of a few elements: it asks, shows, and gives up."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from typing import Any

import pytest
from served import Server
from signed_in import server_of

from rehearsal_server.returning import TEXTS

FUNCTIONS = [
    *("LoadBillingStatus", "ApplyBillingPlanCards", "InstallBillingPayButtonHandler", "BillingSummaryText"),
    *("CheckoutReturnState", "BillingReturnText", "RefreshBillingReturnNotices"),
]
# As little of a browser as the script uses; `story` says what it is asked to do, and gives what comes of it.
BROWSER = """
"use strict";
const { script, search, answers, story } = JSON.parse(require("fs").readFileSync(0, "utf-8"));
class Element {
  constructor(attributes = {}, children = []) { Object.assign(this, { attributes, children, hidden: true }); }
  getAttribute(name) { return this.attributes[name] ?? null; }
  hasAttribute(name) { return name in this.attributes; }
  setAttribute(name, value) { this.attributes[name] = value; }
  replaceChildren(child) { this.textContent = child.textContent; }
  remove() { this.removed = true; }
  querySelector() { return this.button; }
  querySelectorAll(selector) {
    return this.children.filter((each) => selector.slice(1, -1) in each.attributes);
  }
}
const notice = new Element({ "data-ppia-billing-return": "pricing", "data-state": "" });
const summary = new Element({ "data-ppia-billing-summary": "pricing" });
const online = new Element({ "data-ppia-online": "", "data-ppia-pay": "" });
online.button = { disabled: false };
const card = new Element({ "data-ppia-plan": "deposit_500" }, [online]);
const asked = [], pauses = [];
global.document = Object.assign(new Element({}, [notice, card, online]), {
  readyState: "complete", createElement: () => ({}), listeners: {},
  addEventListener(kind, heard) { this.listeners[kind] = heard; },
});
global.window = { location: { search, assign(url) { this.went = url; } }, addEventListener() {} };
global.FormData = class { *[Symbol.iterator]() { yield ["plan_id", "deposit_500"]; } };
global.setTimeout = (resume, pause) => { pauses.push(pause); setImmediate(resume); };
global.fetch = async (path, options) => {
  asked.push([options.method || "GET", path]);
  const { status, body } = answers.length > 1 ? answers.shift() : answers[0];
  return { ok: status === 200, json: async () => body };
};
eval(script);
(async () => {
  document.children.push(summary);
  const come = await eval(story);
  const { textContent: text, hidden } = notice;
  const seen = { come, text, hidden, asked, pauses, summary: summary.textContent, removed: !!online.removed };
  console.log(JSON.stringify({ ...seen, went: window.location.went, disabled: online.button.disabled }));
})();
"""


@pytest.fixture(name="server")
def _server() -> Server:
    return server_of("aipowerprogress")


def script(server: Server) -> str:
    answer = server.client.simulate_get("/static/site_billing.js")
    assert answer.headers["content-type"].startswith("text/javascript")
    return answer.text


def run(server: Server, story: str, *answers: Any, search: str = "", status: int = 200) -> dict[str, Any]:
    """What comes of a story in which the server answers so, the last answer again and again."""
    if (node := shutil.which("node")) is None:
        pytest.skip("there is no node here to run the script with")
    told = [{"status": status, "body": body} for body in answers or ({},)]
    given = {"script": script(server), "search": search, "answers": told, "story": story}
    done = subprocess.run([node, "-e", BROWSER], input=json.dumps(given), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_the_script_has_the_agreed_functions_and_nothing_left_to_fill_in(server: Server) -> None:
    text = script(server)
    assert [name for name in FUNCTIONS if f"function ppia{name}(" not in text] == []
    assert "__" not in text
    assert re.findall(r"innerHTML|eval\(|document\.write", text) == []


def test_the_address_says_what_it_says_and_no_more(server: Server) -> None:
    for search, checkout, session_id in (
        ("?checkout=success&session_id=cs_test_1", "success", "cs_test_1"),
        ("?checkout=success&session_id=<b>", "success", ""),
        ("?checkout=cancel&session_id=cs_test_1", "cancel", ""),
        ("?checkout=paid", "", ""),
        ("", "", ""),
    ):
        found = run(server, "window.ppiaCheckoutReturnState()", search=search)["come"]
        assert found == {"checkout": checkout, "sessionId": session_id}


@pytest.mark.parametrize("state", ["paid", "fulfilled", "failed"])
def test_it_asks_until_the_webhook_has_spoken(server: Server, state: str) -> None:
    seen = run(
        server,
        "window.ppiaRefreshBillingReturnNotices([1, 2, 3])",
        {"state": "processing"},
        {"state": "processing"},
        {"state": state},
        search="?checkout=success&session_id=cs_test_1",
    )
    assert seen["come"] == state
    assert (seen["text"], seen["hidden"]) == (TEXTS[state], False)
    assert {path for _, path in seen["asked"]} == {"/api/billing/checkout-status?session_id=cs_test_1"}


@pytest.mark.parametrize("status", [200, 503])
def test_it_gives_up_and_claims_nothing(server: Server, status: int) -> None:
    """A bounded number of questions with growing pauses, then an honest sentence."""
    search = "?checkout=success&session_id=cs_test_1"
    story = "window.ppiaRefreshBillingReturnNotices()"
    seen = run(server, story, {"state": "processing"}, search=search, status=status)
    assert (seen["come"], seen["text"]) == ("waiting", TEXTS["waiting"])
    assert (
        len(seen["asked"]) == len(seen["pauses"]) == 16
    )  # eight by itself when it starts, eight by the story
    assert sorted(seen["pauses"]) == sorted(2 * sorted(set(seen["pauses"])))


def test_a_cancel_asks_nobody(server: Server) -> None:
    seen = run(server, "window.ppiaRefreshBillingReturnNotices()", search="?checkout=cancel")
    assert (seen["text"], seen["asked"]) == (TEXTS["cancel"], [])


@pytest.mark.parametrize("available", [True, False])
def test_a_button_goes_when_its_plan_can_no_longer_be_bought(server: Server, available: bool) -> None:
    status = {"summary": "how it is", "plans": {"deposit_500": {"available": available, "reason": "why"}}}
    story = "window.ppiaLoadBillingStatus().then(window.ppiaApplyBillingPlanCards)"
    seen = run(server, story, status)
    assert (seen["summary"], seen["removed"]) == ("how it is", not available)


def test_without_an_answer_the_page_stays_as_it_came(server: Server) -> None:
    seen = run(server, "window.ppiaLoadBillingStatus().then(window.ppiaApplyBillingPlanCards)", status=503)
    assert (seen["removed"], seen.get("summary")) == (False, None)


PRESS = """(async () => {
  online.attributes.action = "/api/billing/checkout";
  online.parentElement = card;
  await document.listeners.submit({ target: online, preventDefault() {} });
})()"""


def test_a_pay_button_leads_to_where_it_is_paid(server: Server) -> None:
    seen = run(server, PRESS, {"url": "https://checkout.stripe.com/1"})
    assert seen["asked"] == [["POST", "/api/billing/checkout"]]
    assert (seen["went"], seen["disabled"]) == ("https://checkout.stripe.com/1", True)


def test_a_pay_button_that_fails_can_be_pressed_again(server: Server) -> None:
    seen = run(server, PRESS, {"error": {"message": "paused"}}, status=503)
    assert (seen.get("went"), seen["disabled"]) == (None, False)

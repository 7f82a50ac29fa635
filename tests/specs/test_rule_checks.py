"""Go/no-go rules that name what is not there, and the lines of the documents that they stand for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal_specs.checklists import read_checklists
from rehearsal_specs.reader import read_manifest

Complaints = Callable[..., list[str]]

MANIFESTS = sorted((Path(__file__).parents[2] / "manifests").glob("*.yaml"))
PRICE = "    needs:\n      - decision: monthly_price\n"

# What stands for `decision: monthly_price`, and what is said about it.
WRONG = {
    "kind": ("»decison: monthly_price", "unknown key 'decison'. Allowed: decision, secret, "),
    "decision": ("decision: »montly_price", "'montly_price' is no decision. Allowed: monthly_price, "),
    "secret": ("secret: »STRIPE_KEY", "'STRIPE_KEY' is no declared secret. Allowed: STRIPE_SECRET_KEY, "),
    "variable": ("variable: »NODE", "'NODE' is no declared variable. Allowed: NYRA_BILLING_PORT, "),
    "guard": ("live_guard: »NODE_ENV", "'NODE_ENV' is no hosted.allow_live_env. Allowed: NYRA_ALLOW_LIVE"),
    "stripe": ("real_stripe: »STRIPE", "'STRIPE' is no declared variable. Allowed: "),
    "route": ("route: »GET /healthz", "'GET /healthz' is no declared route. Allowed: GET /health, "),
    "event": (
        "event_handled: »invoice.payed",
        "'invoice.payed' is no event of stripeWebhook. Allowed: checkout.session.completed, ",
    ),
    "endpoint": (
        "webhook_endpoint: »enabld",
        "'webhook_endpoint' is the text 'enabld'. Allowed: registered, ",
    ),
    "guarded store": (
        "storage_guard: »NODE_ENV",
        "'NODE_ENV' is no storage.env. Allowed: NYRA_ENTITLEMENTS_FILE",
    ),
    "portal": (
        "portal: »cancelation",
        "'portal' is the text 'cancelation'. Allowed: cancellation, invoices, ",
    ),
    "offer": ("product_and_price: »pro", "'pro' is no declared offer. Allowed: pro_monthly."),
    "page": ("policy_page: »GET /terms", "'GET /terms' is no declared GET route. Allowed: GET /health, "),
    "inbox": ("support_round_trip: »inbox", "'inbox' is no decision about an inbox. Allowed: support_inbox."),
    "review": (
        "legal_review: »atorney",
        "'legal_review' is the text 'atorney'. Allowed: attorney, accountant.",
    ),
    "evidence": (
        "fresh_evidence: »hostd",
        "'fresh_evidence' is the text 'hostd'. Allowed: rehearsal, hosted.",
    ),
    "nothing": ("»{}", "item 1 of 'needs' is empty. Allowed: one kind and its argument."),
    "old form": (
        "»STRIPE_SECRET_KEY",
        "item 1 of 'needs' is the text 'STRIPE_SECRET_KEY'. Allowed: a mapping.",
    ),
}


@pytest.mark.parametrize(("need", "said"), WRONG.values(), ids=WRONG)
def test_a_need_that_names_nothing_is_named_at_its_place(
    complaints_after: Complaints, need: str, said: str
) -> None:
    """One complaint, at the argument or the kind, with what is allowed."""
    (only,) = complaints_after((PRICE, f"    needs:\n      - {need}\n"))

    assert only.startswith(f"here: {said}")


@pytest.mark.parametrize(
    ("need", "hint"), [("decision: »montly_price", "monthly_price"), ("»storie_proved: x", "story_proved")]
)
def test_the_nearest_name_is_offered(complaints_after: Complaints, need: str, hint: str) -> None:
    """A misspelt kind or reference comes with the name that was probably meant."""
    (only,) = complaints_after((PRICE, f"    needs:\n      - {need}\n"))

    assert only.endswith(f"Did you mean '{hint}'?")


def test_a_cited_line_must_be_one(complaints_after: Complaints) -> None:
    """A rule cannot cite a line that no document has."""
    (only,) = complaints_after(('cites: ["000-191"]', 'cites: [»"000-9191"]'))

    assert only.startswith("here: '000-9191' is no line of checklists.yaml.")


def test_each_line_has_a_rule_and_each_rule_cites_a_line() -> None:
    """No line of the documents is forgotten, and no rule is without one."""
    rules = {(path.stem, each.id): each for path in MANIFESTS for each in read_manifest(path).go_no_go}
    cited = {line for each in rules.values() for line in each.cites}

    assert sorted(set(read_checklists()) - cited) == []
    assert sorted(place for place, each in rules.items() if not each.cites) == []


def test_every_document_is_there() -> None:
    """All five, each with more than one kind of line."""
    kinds = {(line.id[:3], line.kind) for line in read_checklists().values()}

    assert {document for document, _ in kinds} == {"000", "001", "002", "003", "004"}
    assert all(len([each for each in kinds if each[0] == document]) > 1 for document, _ in kinds)

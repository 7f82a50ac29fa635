"""What a schema refuses: one line each, at the right place, with what is allowed.

In the cases a » marks the place that must be named.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from rehearsal_specs import schema_check

Complaints = Callable[..., list[str]]

SCHEMAS = sorted((Path(schema_check.__file__).parent / "schema").glob("*.json"))
TEXT = "text (in quotes if it looks like something else)"

WRONG = {
    "unknown key at the top": (
        "\nlicense:\n",
        "\n»licence:\n",
        "unknown key 'licence'. Allowed: service, scope, runtime, container, routes, operations, "
        "requiredSecrets, requiredVars, secrets, variables, storage, stripeWebhook, offers, access, "
        "license, checks, externalBlockers, liveBlockers, go_no_go, stop_conditions, rollback, "
        "identity, cors, deployability, pause_checkout, hosted, pages. "
        "Did you mean 'license'?",
    ),
    "unknown key inside": (
        "  issuer: nyra",
        "  »isuer: nyra",
        "unknown key 'isuer'. Allowed: issuer, signing_secret_env, signing_keys_env, admin_token_env, "
        "gated_features. "
        "Did you mean 'issuer'?",
    ),
    "unknown key with no near name": (
        "    price_env: NYRA",
        "    »zzz: 1\n    price_env: NYRA",
        "unknown key 'zzz'. Allowed: name, mode, currency, interval, trial_days, price_env, amount_cents, "
        "usage, payment_link_env, credits, fulfilment.",
    ),
    "unknown subscription status": (
        "    unpaid:\n",
        "    »un_paid:\n",
        "unknown key 'un_paid'. Allowed: incomplete, incomplete_expired, trialing, active, past_due, "
        "canceled, unpaid, paused. Did you mean 'unpaid'?",
    ),
    "grace on a status that has none": (
        "      code: UNPAID\n",
        "      code: UNPAID\n      »for_days: 3\n",
        "unknown key 'for_days'. Allowed: allowed, phrase, code.",
    ),
    "unknown option of an operation": (
        "    return_url_env: NYRA",
        "    »offer: pro_monthly\n    return_url_env: NYRA",
        "unknown key 'offer'. Allowed: operation, return_url_env.",
    ),
    "misspelt operation key": (
        "    operation: health",
        "    »opration: health",
        "unknown key 'opration'. Allowed: operation, offer, success_url_env, cancel_url_env, site_url_env, "
        "success_path, cancel_path, request_path, allowed_prices_env, return_url_env, return_path, "
        "secret_env, template. Did you mean 'operation'?",
    ),
    "unknown operation": (
        "operation: license_status",
        "operation: »licence_status",
        "'operation' is the text 'licence_status'. Allowed: health, checkout, plan_checkout, "
        "price_checkout, credits_checkout, portal, user_portal, webhook, replay, license_status, "
        "license_keys, subscriptions, account, admin_billing, billing_status, checkout_status, "
        "services_status, service_request, page, script. Did you mean 'license_status'?",
    ),
    "interval of a one-time payment": (
        "    mode: subscription\n    currency: usd\n    interval: month\n    trial_days: 0\n",
        "    mode: payment\n    currency: usd\n    interval: »month\n",
        "'interval' is the text 'month'. Allowed: only a subscription has it.",
    ),
    "missing option of an operation": (
        "  POST /api/billing/checkout:\n    operation: checkout\n    offer: pro_monthly\n",
        "  »POST /api/billing/checkout:\n    operation: checkout\n",
        "'POST /api/billing/checkout' lacks the key 'offer'.",
    ),
    "missing key at the top": (
        "service: nyra-billing-server\n\n".replace("\n\n", "\n"),
        "»",
        "the file lacks the key 'service'.",
    ),
    "missing subscription status": (
        "  statuses:\n    active:\n      allowed: true\n      phrase: the subscription is active\n"
        "      code: ACTIVE\n",
        "  »statuses:\n",
        "'statuses' lacks the key 'active'.",
    ),
    "boolean in capitals": (
        "  settling:\n    allowed: true",
        "  settling:\n    allowed: »True",
        "'allowed' is the text 'True'. Allowed: true or false. Did you mean 'true'?",
    ),
    "text for a boolean": (
        "  settling:\n    allowed: true",
        "  settling:\n    allowed: »NO",
        "'allowed' is the text 'NO'. Allowed: true or false.",
    ),
    "number for text": (
        "service: nyra-billing-server",
        "service: »12",
        f"'service' is the number 12. Allowed: {TEXT}.",
    ),
    "boolean for text": (
        '    default: "false"\n    purpose: "true refuses',
        '    default: »false\n    purpose: "true refuses',
        f"'default' is false. Allowed: {TEXT} or nothing.",
    ),
    "boolean for a number": (
        "defaultPort: 8788",
        "defaultPort: »true",
        "'defaultPort' is true. Allowed: a whole number.",
    ),
    "text for a number": (
        "defaultPort: 8788",
        "defaultPort: »'8788'",
        "'defaultPort' is the text '8788'. Allowed: a whole number.",
    ),
    "list for text": (
        "scope: NyrA Swarm",
        "scope: »[NyrA]  # NyrA Swarm",
        f"'scope' is a list. Allowed: {TEXT}.",
    ),
    "mapping for a list": (
        "  recommendedEvents:\n    - ent",
        "  recommendedEvents:\n    »on: ent",
        "'recommendedEvents' is a mapping. Allowed: a list.",
    ),
    "nothing for text": ("runtime: Python 3.11", "runtime:»", f"'runtime' is empty. Allowed: {TEXT}."),
    "empty text": (
        "issuer: nyra-billing-server",
        "issuer: »''",
        "'issuer' is empty text. Allowed: text that is not empty.",
    ),
    "empty list": (
        "  requiredEvents:\n    - checkout.session.completed\n    - invoice.paid\n"
        "    - invoice.payment_failed\n"
        "    - customer.subscription.updated\n    - customer.subscription.deleted\n",
        "  requiredEvents: »[]\n",
        "'requiredEvents' is empty. Allowed: at least one event type.",
    ),
    "number in a list": (
        "- voice\n",
        "- »5\n",
        f"item 2 of 'gated_features' is the number 5. Allowed: {TEXT}.",
    ),
    "item given twice": (
        "- realtime\n",
        "- realtime\n    - »voice\n",
        "item 4 of 'gated_features' is the text 'voice' once more. Allowed: each item once.",
    ),
    "no variable's name": (
        "portEnv: NYRA_BILLING_PORT",
        "portEnv: »nyra-billing-port",
        "'portEnv' is the text 'nyra-billing-port'. "
        "Allowed: the name of an environment variable, such as STRIPE_SECRET_KEY.",
    ),
    "no variable's name as a key": (
        "  STRIPE_API_BASE:\n",
        "  »stripe-api-base:\n",
        "the key 'stripe-api-base'. Allowed: the name of an environment variable, such as STRIPE_SECRET_KEY.",
    ),
    "no route": (
        "  - GET /api/license/status\n",
        "  - GET /api/license/status\n  - »get /api\n",
        "item 6 of 'routes' is the text 'get /api'. Allowed: METHOD /path, such as GET /health.",
    ),
    "port out of range": (
        "defaultPort: 8788",
        "defaultPort: »70000",
        "'defaultPort' is the number 70000. Allowed: 65535 or less.",
    ),
    "leeway within the draft hour": (
        "renewal_leeway_hours: 24",
        "renewal_leeway_hours: »1",
        "'renewal_leeway_hours' is the number 1. "
        "Allowed: 2 to 10000 hours; a renewal invoice is still a draft for its first hour.",
    ),
    "unknown reaction to a missing secret": (
        "    when_missing: refuse_start\n    purpose: signs",
        "    when_missing: »refuse\n    purpose: signs",
        "'when_missing' is the text 'refuse'. Allowed: refuse_start, unhealthy, degrade. "
        "Did you mean 'refuse_start'?",
    ),
}


@pytest.mark.parametrize(("old", "new", "said"), WRONG.values(), ids=WRONG)
def test_a_wrong_place_is_named(complaints_after: Complaints, old: str, new: str, said: str) -> None:
    """One mistake in a manifest is complained about at its own line and column."""
    assert complaints_after((old, new)) == [f"here: {said}"]


def test_an_allowed_past_due_has_an_end(complaints_after: Complaints) -> None:
    """past_due may be allowed only for a while, so that a failed invoice limits access at last."""
    seen = complaints_after(("    past_due:\n", "    »past_due:\n"), ("      for_days: 3\n", ""))

    assert seen == ["here: 'past_due' lacks the key 'for_days', which 'then' needs."]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("null", "m.yaml:1:1: the file is empty. Allowed: a mapping."),
        ("- a", "m.yaml:1:1: the file is a list. Allowed: a mapping."),
        ("text", "m.yaml:1:1: the file is the text 'text'. Allowed: a mapping."),
    ],
)
def test_the_root_is_a_mapping(complaints: Complaints, content: str, said: str) -> None:
    """A file that holds something else than a mapping is said to."""
    assert complaints(content) == [said]


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
def test_schemas_are_schemas(path: Path) -> None:
    """Every schema is valid by Draft 2020-12."""
    schema = json.loads(path.read_text("utf-8"))

    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.stem)
def test_schemas_close_their_objects(path: Path) -> None:
    """Unknown means stop: every object of a schema lists its keys, or says what any key must be."""

    def open_objects(node: object, trail: str) -> list[str]:
        if isinstance(node, list):
            return [
                found for index, each in enumerate(node) for found in open_objects(each, f"{trail}/{index}")
            ]
        if not isinstance(node, dict):
            return []
        is_open = node.get("type") == "object" and "additionalProperties" not in node and "allOf" not in node
        inner = [found for key, each in node.items() for found in open_objects(each, f"{trail}/{key}")]
        return [trail, *inner] if is_open else inner

    assert open_objects(json.loads(path.read_text("utf-8")), "#") == []

"""Names that name nothing, and parts that contradict each other.

In the cases a » marks the place that must be named.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

Complaints = Callable[..., list[str]]

ROUTES = (
    "GET /health, POST /api/billing/checkout, POST /api/billing/portal, POST /api/billing/webhook, "
    "GET /api/license/status"
)
URLS = "NYRA_BILLING_SUCCESS_URL, NYRA_BILLING_CANCEL_URL, NYRA_BILLING_RETURN_URL"
SECRETS = (
    "STRIPE_SECRET_KEY, STRIPE_WEBHOOK_SECRET, NYRA_STRIPE_PRICE_PRO_MONTHLY, "
    f"{URLS}, NYRA_LICENSE_API_TOKEN, NYRA_LICENSE_SIGNING_SECRET"
)
NAMES = (
    f"{SECRETS}, NYRA_BILLING_PORT, NYRA_ENTITLEMENTS_FILE, NYRA_BILLING_REQUIRE_PERSISTENT_STORAGE, "
    "NODE_ENV, NYRA_BILLING_CHECKOUT_PAUSED, STRIPE_API_BASE, NYRA_BILLING_BASE_URL, "
    "NYRA_REHEARSAL_EMAIL, NYRA_BILLING_REHEARSAL_EXECUTE, "
    "NYRA_ALLOW_LIVE_BILLING_REHEARSAL"
)

WRONG = {
    "duplicate route": (
        "  - GET /api/license/status\n",
        "  - GET /api/license/status\n  - »GET /health\n",
        "the route 'GET /health' is given twice, first in line 17. Allowed: each route once.",
    ),
    "operation for an undeclared route": (
        "  POST /api/billing/portal:\n",
        "  »POST /api/billing/portl:\n",
        f"the operation of 'POST /api/billing/portl', which 'routes' does not declare. Allowed: {ROUTES}. "
        "Did you mean 'POST /api/billing/portal'?",
    ),
    "route without an operation": (
        "  - GET /api/license/status\n",
        "  - GET /api/license/status\n  - »DELETE /api/devices\n",
        "the route 'DELETE /api/devices' has no operation. Allowed: an entry under 'operations'.",
    ),
    "health check that is no route": (
        "healthCheck: GET /health\n",
        "healthCheck: »GET /healthz\n",
        f"'GET /healthz' is no declared route. Allowed: {ROUTES}. Did you mean 'GET /health'?",
    ),
    "option naming an undeclared variable": (
        "return_url_env: NYRA_BILLING_RETURN_URL",
        "return_url_env: »NYRA_BILLING_RETRUN_URL",
        f"'NYRA_BILLING_RETRUN_URL' is no declared secret or variable. Allowed: {NAMES}. "
        "Did you mean 'NYRA_BILLING_RETURN_URL'?",
    ),
    "option naming a secret of another shape": (
        "return_url_env: NYRA_BILLING_RETURN_URL",
        "return_url_env: »STRIPE_SECRET_KEY",
        f"'STRIPE_SECRET_KEY' is a secret of the shape stripe_secret_key. Allowed: {URLS}.",
    ),
    "offer naming an undeclared price": (
        "price_env: NYRA_STRIPE_PRICE_PRO_MONTHLY",
        "price_env: »PRICE",
        f"'PRICE' is no declared secret or variable. Allowed: {NAMES}.",
    ),
    "undeclared offer": (
        "    offer: pro_monthly",
        "    offer: »pro_montly",
        "'pro_montly' is no declared offer. Allowed: pro_monthly. Did you mean 'pro_monthly'?",
    ),
    "undeclared signing secret": (
        "signing_secret_env: NYRA_LICENSE_SIGNING_SECRET",
        "signing_secret_env: »NYRA_LICENCE_SIGNING_SECRET",
        f"'NYRA_LICENCE_SIGNING_SECRET' is no declared secret or variable. Allowed: {NAMES}. "
        "Did you mean 'NYRA_LICENSE_SIGNING_SECRET'?",
    ),
    "signing secret that is a variable": (
        "signing_secret_env: NYRA_LICENSE_SIGNING_SECRET",
        "signing_secret_env: »NODE_ENV",
        "'NODE_ENV' is a variable, not a secret. Allowed: NYRA_LICENSE_SIGNING_SECRET.",
    ),
    "signing keys that are another secret": (
        "  signing_secret_env: NYRA_LICENSE_SIGNING_SECRET",
        "  signing_secret_env: NYRA_LICENSE_SIGNING_SECRET\n  signing_keys_env: »NYRA_LICENSE_SIGNING_SECRET",
        "'NYRA_LICENSE_SIGNING_SECRET' is a secret of the shape signing_secret. Allowed: none is declared.",
    ),
    "undeclared port variable": (
        "portEnv: NYRA_BILLING_PORT",
        "portEnv: »PORT",
        f"'PORT' is no declared secret or variable. Allowed: {NAMES}.",
    ),
    "undeclared storage variable": (
        "  env: NYRA_ENTITLEMENTS_FILE",
        "  env: »NYRA_ENTITLEMENT_FILE",
        f"'NYRA_ENTITLEMENT_FILE' is no declared secret or variable. Allowed: {NAMES}. "
        "Did you mean 'NYRA_ENTITLEMENTS_FILE'?",
    ),
    "undeclared storage guard": (
        "    NODE_ENV: production",
        "    »NODE_ENVIRONMENT: production",
        f"'NODE_ENVIRONMENT' is no declared secret or variable. Allowed: {NAMES}. Did you mean 'NODE_ENV'?",
    ),
    "required secret without details": (
        "requiredSecrets:\n",
        "requiredSecrets:\n  - »STRIPE_ACCOUNT\n",
        f"'STRIPE_ACCOUNT' is no declared entry of 'secrets'. Allowed: {SECRETS}.",
    ),
    "details of a secret that is not required": (
        "secrets:\n",
        "secrets:\n  »EXTRA: {shape: api_token, when_missing: degrade, purpose: x}\n",
        "the secret 'EXTRA' is not listed in 'requiredSecrets'.",
    ),
    "required variable without details": (
        "variables:\n",
        "requiredVars:\n  - »NODE_ENVS\nvariables:\n",
        "'NODE_ENVS' is no declared entry of 'variables'. Allowed: "
        f"{NAMES.removeprefix(SECRETS)[2:]}. Did you mean 'NODE_ENV'?",
    ),
    "secret that is a variable too": (
        "variables:\n",
        "variables:\n  »STRIPE_SECRET_KEY: {purpose: x}\n",
        "'STRIPE_SECRET_KEY' is declared as a secret too. Allowed: one of the two.",
    ),
    "no key for Stripe": (
        "secrets:\n  STRIPE_SECRET_KEY:\n    shape: stripe_secret_key\n",
        "»secrets:\n  STRIPE_SECRET_KEY:\n    shape: api_token\n",
        "no secret has the shape stripe_secret_key. Allowed: one that has.",
    ),
    "unknown event type": (
        "    - invoice.paid\n",
        "    - »invoice.payed\n",
        "the event type 'invoice.payed' is not known. Allowed: a type of events.yaml. "
        "Did you mean 'invoice.paid'?",
    ),
    "unknown recommended event type": (
        "    - entitlements.active",
        "    - »entitlement.active",
        "the event type 'entitlement.active_entitlement_summary.updated' is not known. "
        "Allowed: a type of events.yaml. Did you mean 'entitlements.active_entitlement_summary.updated'?",
    ),
    "event both required and recommended": (
        "    - entitlements.active",
        "    - »invoice.paid\n    - entitlements.active",
        "the event type 'invoice.paid' is required already.",
    ),
    "value of a secret": (
        "https://api.stripe.com",
        "»sk_test_" + "0" * 24,
        "the value of a secret, beginning sk_test_. Allowed: the names of environment variables.",
    ),
}


@pytest.mark.parametrize(("old", "new", "said"), WRONG.values(), ids=WRONG)
def test_a_name_that_names_nothing_is_named(
    complaints_after: Complaints, old: str, new: str, said: str
) -> None:
    """One broken reference is complained about once, at the name."""
    assert complaints_after((old, new)) == [f"here: {said}"]


def test_the_webhook_path_is_a_post_route(complaints_after: Complaints) -> None:
    """A webhook path that no POST route serves is named, and the operation that disagrees with it."""
    first, second = complaints_after(("  path: /api/billing/webhook", "  path: »/api/billing/webhooks"))

    assert first.endswith(
        "'POST /api/billing/webhook' is the operation webhook, while the webhook path is "
        "'/api/billing/webhooks'. Allowed: webhook at that path, and nowhere else."
    )
    assert second == (
        "here: the webhook path '/api/billing/webhooks' has no POST route. Allowed: /api/billing/checkout, "
        "/api/billing/portal, /api/billing/webhook. Did you mean '/api/billing/webhook'?"
    )


def test_an_operation_has_its_method(complaints_after: Complaints) -> None:
    """Checkout is a POST; on a GET route it is complained about at the route."""
    edits = [
        ("  - POST /api/billing/portal\n", "  - GET /api/billing/portal\n"),
        ("  POST /api/billing/portal:\n", "  »GET /api/billing/portal:\n"),
    ]

    assert complaints_after(*edits) == [
        "here: 'GET /api/billing/portal' for the operation portal. Allowed: a POST route."
    ]


def test_an_operation_needs_its_parts(complaints_after: Complaints) -> None:
    """Without the part that an operation rests on, the operation says so."""
    seen = complaints_after(
        ("    operation: webhook\n", "    operation: »webhook\n"), ("\nstorage:\n", "\nzzz:\n")
    )

    assert seen[0] == "here: the operation webhook needs 'storage', which is not there."
    assert ": unknown key 'zzz'." in seen[1]


def test_a_misspelt_secret_is_not_called_superfluous(complaints_after: Complaints) -> None:
    """A typo in the details of a secret is told by those who name it, with the typo as the nearest name."""
    typo = ("  NYRA_LICENSE_API_TOKEN:\n", "  NYRA_LICENSE_API_TOKENS:\n")

    required, *others = complaints_after(
        typo, ("  - NYRA_LICENSE_API_TOKEN\n", "  - »NYRA_LICENSE_API_TOKEN\n")
    )

    assert required == (
        f"here: 'NYRA_LICENSE_API_TOKEN' is no declared entry of 'secrets'. "
        f"Allowed: {SECRETS.replace('API_TOKEN', 'API_TOKENS')}. Did you mean 'NYRA_LICENSE_API_TOKENS'?"
    )
    assert len(others) == 1, "the licence terms name it too"
    assert all("'NYRA_LICENSE_API_TOKEN' is no declared secret or variable" in each for each in others)

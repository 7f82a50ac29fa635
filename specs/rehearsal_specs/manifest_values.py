"""A checked manifest's plain data, turned into the frozen values of `manifest`.

Decides: defaults, and seconds out of hours and days.  Does not know positions or diagnostics: the data is
right, the schema and the cross-checks have said so.  The defaults are Stripe's own
(https://docs.stripe.com/webhooks).
"""

from __future__ import annotations

from typing import Any

from rehearsal_specs.manifest import (
    AccessTable,
    Answer,
    GoNoGo,
    HostedTerms,
    IdentityTerms,
    LicenseTerms,
    Manifest,
    Need,
    Offer,
    Operation,
    Route,
    Secret,
    StatusRule,
    Storage,
    Variable,
    Webhook,
    WhenMissing,
)
from rehearsal_specs.site_pages import Page, SitePages

Raw = dict[str, Any]

HOUR_S = 3_600
DAY_S = 86_400
DEFAULT_API_VERSION = "2026-10-28.endive"
DEFAULT_FRESH_HOURS = 24
DEFAULT_TOLERANCE_S = 300  # what Stripe's libraries accept between signing and arrival


def manifest_of(path: str, digest: str, raw: Raw) -> Manifest:
    """The manifest that `raw` says."""
    container = raw.get("container", {})
    return Manifest(
        path=path,
        digest=digest,
        service=raw["service"],
        scope=raw["scope"],
        runtime=raw["runtime"],
        port_env=container.get("portEnv"),
        default_port=container.get("defaultPort"),
        routes=tuple(_route(each) for each in raw["routes"]),
        operations=tuple(_operation(route, each) for route, each in raw.get("operations", {}).items()),
        required_secrets=tuple(raw["requiredSecrets"]),
        secrets=tuple(_secret(name, each) for name, each in raw.get("secrets", {}).items()),
        variables=tuple(_variable(name, each) for name, each in raw.get("variables", {}).items()),
        storage=_storage(raw.get("storage", {})),
        webhook=_webhook(raw.get("stripeWebhook", {})),
        access=_access(raw["access"]) if "access" in raw else None,
        offers=tuple(_offer(id_, each) for id_, each in raw.get("offers", {}).items()),
        blockers=tuple(raw.get("externalBlockers", []) + raw.get("liveBlockers", [])),
        go_no_go=tuple(_rule(id_, each) for id_, each in raw.get("go_no_go", {}).items()),
        stop_conditions=tuple(raw.get("stop_conditions", [])),
        rollback=tuple(raw.get("rollback", [])),
        license=_license(raw["license"]) if "license" in raw else None,
        identity=_identity(raw["identity"]) if "identity" in raw else None,
        cors_origin_env=raw.get("cors", {}).get("origin_env"),
        deployability_env=raw.get("deployability", {}).get("env"),
        pause_checkout_env=raw.get("pause_checkout", {}).get("env"),
        pages=_pages(raw["pages"]) if "pages" in raw else None,
        hosted=HostedTerms(**raw["hosted"]) if "hosted" in raw else None,
        required_variables=tuple(raw.get("requiredVars", [])),
    )


def _route(text: str) -> Route:
    method, path = text.split(" ", 1)
    return Route(method=method, path=path)


def _operation(route: str, raw: Raw) -> Operation:
    options = {key: value for key, value in raw.items() if key != "operation"}
    return Operation(route=_route(route), name=raw["operation"], options=options)


def _secret(name: str, raw: Raw) -> Secret:
    when_missing = WhenMissing(raw["when_missing"])
    return Secret(name=name, shape=raw["shape"], when_missing=when_missing, purpose=raw["purpose"])


def _variable(name: str, raw: Raw) -> Variable:
    return Variable(name=name, default=raw.get("default"), purpose=raw["purpose"])


def _storage(raw: Raw) -> Storage | None:
    if "kind" not in raw:
        return None
    persistent = tuple(raw.get("require_persistent", {}).items())
    tables = tuple(raw.get("tables", []))
    return Storage(kind=raw["kind"], env=raw["env"], require_persistent=persistent, tables=tables)


def _webhook(raw: Raw) -> Webhook:
    return Webhook(
        path=raw.get("path", ""),
        required_events=tuple(raw.get("requiredEvents", [])),
        recommended_events=tuple(raw.get("recommendedEvents", [])),
        api_version=raw.get("api_version", DEFAULT_API_VERSION),
        tolerance_s=raw.get("tolerance_s", DEFAULT_TOLERANCE_S),
    )


def _answer(raw: Raw) -> Answer:
    return Answer(allowed=raw["allowed"], phrase=raw["phrase"], code=raw["code"])


def _status_rule(status: str, raw: Raw) -> StatusRule:
    return StatusRule(
        status=status,
        answer=_answer(raw),
        for_s=raw["for_days"] * DAY_S if "for_days" in raw else None,
        then=_answer(raw["then"]) if "then" in raw else None,
    )


def _access(raw: Raw) -> AccessTable:
    rules = {status: _status_rule(status, each) for status, each in raw["statuses"].items()}
    return AccessTable(
        entitlement=raw["entitlement"],
        statuses=rules,
        no_subscription=_answer(raw["no_subscription"]),
        settling=_answer(raw["settling"]),
        payment_pending=_answer(raw["payment_pending"]),
        renewal_overdue=_answer(raw["renewal_overdue"]),
        settling_s=raw["settling_hours"] * HOUR_S,
        renewal_leeway_s=raw["renewal_leeway_hours"] * HOUR_S,
        offline_grace_s=raw["offline_grace_days"] * DAY_S,
    )


def _offer(id_: str, raw: Raw) -> Offer:
    return Offer(
        id=id_,
        name=raw["name"],
        mode=raw["mode"],
        currency=raw["currency"],
        interval=raw.get("interval", ""),
        trial_days=raw.get("trial_days", 0),
        price_env=raw["price_env"],
        amount_cents=raw.get("amount_cents"),
        is_metered=raw.get("usage") == "metered",
        payment_link_env=raw.get("payment_link_env"),
        credits=raw.get("credits", 0),
        by_hand=raw.get("fulfilment") == "by_hand",
    )


def _rule(id_: str, raw: Raw) -> GoNoGo:
    return GoNoGo(
        id=id_,
        title=raw["title"],
        mode=raw["mode"],
        severity=raw["severity"],
        needs=tuple(Need(*pair) for each in raw.get("needs", []) for pair in each.items()),
        why=raw["why"],
        source=raw["source"],
        fresh_s=raw.get("fresh_hours", DEFAULT_FRESH_HOURS) * HOUR_S,
        cites=tuple(raw.get("cites", [])),
    )


def _identity(raw: Raw) -> IdentityTerms:
    claim = raw.get("admin_claim")
    return IdentityTerms(
        key_env=raw["key_env"],
        algorithm=raw["algorithm"],
        issuer=raw["issuer"],
        audience=raw["audience"],
        admin_claim=None if claim is None else (claim["name"], claim["value"]),
        cookie=raw.get("cookie"),
    )


def _license(raw: Raw) -> LicenseTerms:
    return LicenseTerms(
        signing_secret_env=raw["signing_secret_env"],
        admin_token_env=raw["admin_token_env"],
        issuer=raw["issuer"],
        gated_features=tuple(raw["gated_features"]),
        signing_keys_env=raw.get("signing_keys_env"),
    )


def _pages(raw: Raw) -> SitePages:
    return SitePages(
        business=raw["business"],
        attribute_prefix=raw["attribute_prefix"],
        contact_env=raw.get("contact_env"),
        each={template: _page(each) for template, each in raw["each"].items()},
    )


def _page(raw: Raw) -> Page:
    return Page(
        title=raw["title"],
        heading=raw["heading"],
        intro=raw["intro"],
        nav=raw.get("nav", ""),
        widget_context=raw.get("widget_context", ""),
        paragraphs=tuple(raw.get("paragraphs", [])),
    )

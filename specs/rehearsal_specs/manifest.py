"""What a manifest declares about one billing service, as frozen values.

Decides the vocabulary: routes, operations, secrets, storage, webhook, access, offers, go/no-go rules.  Does
not know files; `reader` makes these values.  Durations are seconds here, whatever unit the file shows;
money is in the smallest unit of the currency.  Keys and route strings follow the deployment manifests in
use (`METHOD /path`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rehearsal_specs.site_pages import SitePages


class WhenMissing(StrEnum):
    """What the server does when a secret is not set."""

    REFUSE_START = "refuse_start"  # exits before it listens
    UNHEALTHY = "unhealthy"  # runs, but GET /health answers 503 naming it
    DEGRADE = "degrade"  # healthy; only the operations that need it answer 503


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Route:
    """`str(route)` is `METHOD /path`."""

    method: str
    path: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """What answers a route.  `name` is of the closed registry in the manifest schema; `options` name offers
    and environment variables, never values."""

    route: Route
    name: str
    options: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """An environment variable whose value is never printed; `shape` says what a right value looks like."""

    name: str
    shape: str
    when_missing: WhenMissing
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """An environment variable that is no secret; `default` None means unset."""

    name: str
    default: str | None
    purpose: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """Where facts are kept: `kind` is sqlite, json or postgresql; `env` names the variable that says where.

    Any pair of `require_persistent` (variable, value) found in the environment demands a persistent place.
    `tables` are kept for people and other tools beside the facts.
    """

    kind: str
    env: str
    require_persistent: tuple[tuple[str, str], ...]
    tables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """May the customer use the product; the sentence for people; the CODE for programs."""

    allowed: bool
    phrase: str
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusRule:
    """The answer for one subscription status: `answer`; with `for_s`, for so many seconds, and then `then`.

    Only past_due has the latter two, and an allowed past_due always does.
    """

    status: str
    answer: Answer
    for_s: int | None
    then: Answer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessTable:
    """What the business promises for each subscription status (all eight), and around it."""

    entitlement: str
    statuses: Mapping[str, StatusRule]
    no_subscription: Answer
    settling: Answer
    payment_pending: Answer
    renewal_overdue: Answer
    settling_s: int
    renewal_leeway_s: int
    offline_grace_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What is sold.  `amount_cents` None means that nobody has decided the price yet.

    `mode` is a Checkout Session's: subscription, with an `interval` and `is_metered` where usage is billed
    afterwards; or payment, then `interval` is "".  `payment_link_env` names a ready-made link of Stripe's.
    `credits` is how many one unit settles.  `by_hand`: people deliver it, so that paid is not yet fulfilled.
    """

    id: str
    name: str
    mode: str
    currency: str
    interval: str
    trial_days: int
    price_env: str
    amount_cents: int | None
    is_metered: bool = False
    payment_link_env: str | None = None
    credits: int = 0
    by_hand: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityTerms:
    """Who signs people in: how a bearer JWT is verified, and which claim makes its bearer an operator.

    `key_env` names the key: a shared secret for HS256, a PEM public key for the others.  Without an
    `admin_claim` (name and value) nobody is an operator.  `cookie` may carry the token of a browser.
    """

    key_env: str
    algorithm: str
    issuer: str
    audience: str
    admin_claim: tuple[str, str] | None
    cookie: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """The endpoint registered at Stripe.  `path` is empty when the manifest declares no webhook."""

    path: str
    required_events: tuple[str, ...]
    recommended_events: tuple[str, ...]
    api_version: str
    tolerance_s: int

    @property
    def enabled_events(self) -> tuple[str, ...]:
        """Every event type that the endpoint receives, required ones first."""
        return self.required_events + self.recommended_events


@dataclass(frozen=True, slots=True, order=True)
class Need:
    """One thing that a rule looks at: a `kind` of the closed registry in the manifest schema, and which one.

    `str(need)` is `kind: argument`, as in the file.
    """

    kind: str
    argument: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.argument}"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoNoGo:
    """One rule of the release gate: `mode` test, live or both; `severity` blocker or warning.

    It is met when all its `needs` are.  What is dated counts for `fresh_s` seconds.  `cites` are the lines of
    checklists.yaml that the rule stands for.
    """

    id: str
    title: str
    mode: str
    severity: str
    needs: tuple[Need, ...]
    why: str
    source: str
    fresh_s: int
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseTerms:
    """Who signs licences, who may ask for any of them, and which paid features a device locks without one.

    `signing_keys_env` names private keys; a device checks licences with their public halves, offline.  None:
    licences are signed with the shared secret, and a device cannot check them.
    """

    signing_secret_env: str
    admin_token_env: str
    issuer: str
    gated_features: tuple[str, ...]
    signing_keys_env: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedTerms:
    """The variables of a live rehearsal: address of the hosted backend, e-mail address of its checkout, and
    the two that must be "true": before a checkout is created, before anything is asked in live mode.
    """

    base_url_env: str
    email_env: str
    execute_env: str
    allow_live_env: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """One service.  `digest` is the SHA-256 of the file's bytes.

    A manifest of the older form, without `operations`, is valid: `operations`, `secrets`, `offers` are then
    empty and `access`, `license`, `storage` None.  `cors_origin_env` names the one origin whose pages may
    call; `deployability_env` the file that says whether live money may be taken; `pause_checkout_env` the
    switch that stops new checkouts.
    """

    path: str
    digest: str
    service: str
    scope: str
    runtime: str
    port_env: str | None
    default_port: int | None
    routes: tuple[Route, ...]
    operations: tuple[Operation, ...]
    required_secrets: tuple[str, ...]
    secrets: tuple[Secret, ...]
    variables: tuple[Variable, ...]
    storage: Storage | None
    webhook: Webhook
    access: AccessTable | None
    offers: tuple[Offer, ...]
    blockers: tuple[str, ...]
    go_no_go: tuple[GoNoGo, ...]
    stop_conditions: tuple[str, ...]
    rollback: tuple[str, ...]
    license: LicenseTerms | None
    identity: IdentityTerms | None = None
    cors_origin_env: str | None = None
    deployability_env: str | None = None
    pause_checkout_env: str | None = None
    pages: SitePages | None = None
    hosted: HostedTerms | None = None
    required_variables: tuple[str, ...] = ()

    def offer(self, id_: str) -> Offer | None:
        """The offer of that id, or None."""
        return next((each for each in self.offers if each.id == id_), None)

    def operation(self, name: str) -> Operation | None:
        """The operation called `name`, or None."""
        return next((each for each in self.operations if each.name == name), None)

    def lacks(self) -> tuple[str, ...]:
        """The keys that a rehearsal needs and the file does not have; empty when it can be rehearsed."""
        needed = {
            "operations": self.operations,
            "secrets": self.secrets,
            "storage.kind": self.storage,
            "stripeWebhook": self.webhook.path,
            "offers": self.offers,
            "access": self.access,
            "license or identity": self.license or self.identity,
        }
        return tuple(key for key, value in needed.items() if not value)

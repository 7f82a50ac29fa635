"""Needs in, inputs out: which collector answers which kind.

Decides the registry, and what a preflight leaves out.  Does not judge, and asks nothing that no rule of the
mode needs.  A collector that crashes is our mistake: it is UNDETERMINED, by the name of the error alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from rehearsal_harness.core.gate import Input
from rehearsal_harness.gate.asking import Asking, unknown
from rehearsal_harness.gate.decided import decision, legal_review, support_round_trip
from rehearsal_harness.gate.environment import live_guard, real_stripe, secret, storage_guard, variable
from rehearsal_harness.gate.files import repository_free_of_secrets
from rehearsal_harness.gate.hosted import pages, routes
from rehearsal_harness.gate.proved import (
    acknowledged,
    event_handled,
    fresh_evidence,
    read_evidence,
    story_proved,
)
from rehearsal_specs.manifest import GoNoGo, Need

HOSTED = ("route", "policy_page")
ACKNOWLEDGED = Need("webhook_endpoint", "acknowledged")


def is_hosted(need: Need) -> bool:
    """Does it need the hosted backend?  A preflight leaves it out."""
    return need.kind in HOSTED or need == ACKNOWLEDGED or need == Need("fresh_evidence", "hosted")


def collect(asking: Asking, needs: Iterable[Need]) -> dict[Need, Input]:
    """What was found about each need."""
    by_kind: dict[str, list[str]] = {}
    for need in sorted(set(needs)):
        by_kind.setdefault(need.kind, []).append(need.argument)
    found: dict[Need, Input] = {}
    for name, kinds in GROUPS.items():
        wanted = {kind: by_kind[kind] for kind in kinds if kind in by_kind}
        if wanted:
            found |= _answers(asking, name, wanted)
    return found


def _answers(asking: Asking, name: str, wanted: dict[str, list[str]]) -> dict[Need, Input]:
    try:
        return COLLECTORS[name](asking, wanted)
    except Exception as error:
        said = f"the collector '{name}' has crashed: {type(error).__name__}; this is our mistake"
        crashed = unknown(said, "an answer", "report it, with the command that was run")
        return {Need(kind, each): crashed for kind, arguments in wanted.items() for each in arguments}


Wanted = dict[str, list[str]]


def _one_by_one(asking: Asking, wanted: Wanted) -> dict[Need, Input]:
    return {
        Need(kind, argument): SIMPLE[kind](asking, argument)
        for kind, arguments in wanted.items()
        for argument in arguments
    }


def _hosted(asking: Asking, wanted: Wanted) -> dict[Need, Input]:
    found = {Need("route", each): got for each, got in routes(asking, wanted.get("route", [])).items()}
    policies = pages(asking, wanted.get("policy_page", []))
    return found | {Need("policy_page", each): got for each, got in policies.items()}


def _evidence(asking: Asking, wanted: Wanted) -> dict[Need, Input]:
    rehearsal = read_evidence(asking, "rehearsal")
    found: dict[Need, Input] = {}
    for kind in wanted.get("fresh_evidence", []):
        evidence = rehearsal if kind == "rehearsal" else read_evidence(asking, kind)
        found[Need("fresh_evidence", kind)] = fresh_evidence(asking, evidence, kind)
    for rule in wanted.get("story_proved", []):
        found[Need("story_proved", rule)] = story_proved(asking, rehearsal, rule)
    for event in wanted.get("event_handled", []):
        found[Need("event_handled", event)] = event_handled(asking, rehearsal, event)
    return found


def _stripe(asking: Asking, wanted: Wanted) -> dict[Need, Input]:
    from rehearsal_harness.gate import at_stripe

    found: dict[Need, Input] = {}
    if "acknowledged" in wanted.get("webhook_endpoint", []):
        found[ACKNOWLEDGED] = acknowledged(asking, read_evidence(asking, "hosted"))
    judges = {
        "webhook_endpoint": at_stripe.webhook_endpoint,
        "portal": at_stripe.portal,
        "product_and_price": at_stripe.product_and_price,
    }
    open_ = {Need(kind, each) for kind, arguments in wanted.items() for each in arguments} - {*found}
    if not open_:
        return found
    account = at_stripe.read_account(asking, wanted.get("product_and_price", []))
    for need in open_:
        if isinstance(account, Input):
            found[need] = account
        else:
            found[need] = judges[need.kind](asking, account, need.argument)
    return found


SIMPLE: dict[str, Callable[[Asking, str], Input]] = {
    "decision": decision,
    "support_round_trip": support_round_trip,
    "legal_review": legal_review,
    "secret": secret,
    "variable": variable,
    "live_guard": live_guard,
    "real_stripe": real_stripe,
    "storage_guard": storage_guard,
    "repository_free_of_secrets": repository_free_of_secrets,
}
GROUPS: dict[str, tuple[str, ...]] = {
    "here": tuple(SIMPLE),
    "evidence": ("fresh_evidence", "story_proved", "event_handled"),
    "hosted": HOSTED,
    "stripe": ("webhook_endpoint", "portal", "product_and_price"),
}
COLLECTORS: dict[str, Callable[[Asking, Wanted], dict[Need, Input]]] = {
    "here": _one_by_one,
    "evidence": _evidence,
    "hosted": _hosted,
    "stripe": _stripe,
}


def needs_of(rules: Iterable[GoNoGo], mode: str) -> set[Need]:
    """Everything that the rules of a mode look at."""
    return {need for rule in rules if rule.mode in (mode, "both") for need in rule.needs}

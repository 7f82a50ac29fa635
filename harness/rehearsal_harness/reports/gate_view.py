"""What a gate's page tells of one service, section by section, as plain values.

Decides: which needs belong to which section, and what is counted.  Does not know HTML.  Values come from the
verdict, the manifest and the evidence; secrets by name and shape, since that is all that inputs hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import gmtime, strftime
from typing import Any

from rehearsal_harness.core.gate import GateReport, GateVerdict, Input, RuleResult, State
from rehearsal_specs.manifest import Manifest, Need, Secret

AREAS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Decisions and reviews", ("decision", "support_round_trip", "legal_review")),
    ("Rehearsal", ("fresh_evidence", "story_proved")),
    ("Webhooks", ("webhook_endpoint", "event_handled")),
    ("Stripe account", ("product_and_price", "portal")),
    ("Secrets and settings", ("secret", "variable", "live_guard", "real_stripe")),
    ("Storage", ("storage_guard",)),
    ("Hosted backend", ("route", "policy_page")),
    ("No secret in a file", ("repository_free_of_secrets",)),
)
PORTAL = {
    "cancellation": "Customers can cancel",
    "invoices": "Customers see their invoices",
    "payment_methods": "Customers can update payment methods",
    "no_plan_changes": "Plans cannot be changed while there is one plan",
}
ENDPOINT = {
    "registered": "Registered at Stripe",
    "enabled": "Enabled",
    "url": "Its URL is the backend's",
    "events": "Receives every required event",
    "version": "Pinned to the API version",
    "acknowledged": "Test events were acknowledged",
}
SENTENCE = {
    GateVerdict.GO: "Every rule that closes the gate is met, each with its proof.",
    GateVerdict.NO_GO: "It may not take money yet: rules are known not to be met.",
    GateVerdict.UNDETERMINED: "Nobody knows yet whether it may take money; what is not known is no pass.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One service's verdict, and the evidence it rests on: empty where there is none; `refusal` says why
    evidence is not believed.
    """

    manifest: Manifest
    report: GateReport
    evidence: Mapping[str, Any]
    refusal: str


def service_view(asked: Asked, command: str) -> dict[str, Any]:
    """Everything that the page tells of one service, by section."""
    manifest, report = asked.manifest, asked.report
    return {
        "name": manifest.service,
        "scope": manifest.scope,
        "mode": report.mode,
        "command": command,
        "verdict": report.verdict,
        "sentence": SENTENCE[report.verdict],
        "counts": _counts(report),
        "blockers": [_open(each) for each in report.blockers],
        "warnings": [_open(each) for each in report.warnings],
        "areas": _areas(report),
        "events": _events(asked),
        "endpoint": _aspects(report, "webhook_endpoint", ENDPOINT),
        "storage": _storage(asked),
        "portal": _aspects(report, "portal", PORTAL),
        "secrets": [_secret(each, report) for each in manifest.secrets],
        "rehearsal": _rehearsal(asked),
        "rollback": manifest.rollback,
        "stop_conditions": manifest.stop_conditions,
        "rules": [_rule(each) for each in report.results],
        "not_asked": len(report.not_asked),
        "manifest": {"path": manifest.path, "digest": manifest.digest},
    }


def _counts(report: GateReport) -> list[tuple[int, str]]:
    met = sum(each.state is State.MET for each in report.results)
    return [
        (len(report.blockers), "blocker" if len(report.blockers) == 1 else "blockers"),
        (len(report.warnings), "warning" if len(report.warnings) == 1 else "warnings"),
        (met, "rule met" if met == 1 else "rules met"),
    ]


def _open(result: RuleResult) -> dict[str, Any]:
    """A rule that is open: equal findings once, with all that they close."""
    same: dict[Input, list[str]] = {}
    for proof in result.unmet:
        same.setdefault(proof.input, []).append(str(proof.need))
    return {
        "id": result.rule.id,
        "title": result.rule.title,
        "why": result.rule.why,
        "state": result.state,
        "findings": [{"needs": needs, "input": found} for found, needs in same.items()],
    }


def _areas(report: GateReport) -> list[dict[str, Any]]:
    """The snapshot: each area with how many of its needs are met, worst state first in weight."""
    found = []
    for name, kinds in AREAS:
        states = [each.state for need, each in report.inputs.items() if need.kind in kinds]
        worst = next((each for each in (State.NOT_MET, State.UNDETERMINED) if each in states), State.MET)
        left_out = sum(each.kind in kinds for each in report.not_asked)
        if states or left_out:
            count = f"{states.count(State.MET)} of {len(states)}" if states else "left out by this command"
            found.append({"name": name, "state": worst if states else None, "count": count})
    return found


def _events(asked: Asked) -> list[dict[str, Any]]:
    """Each event: does the endpoint receive it, and which proved stories delivered it?"""
    hook, inputs = asked.manifest.webhook, asked.report.inputs
    endpoint = inputs.get(Need("webhook_endpoint", "events"))
    told = (
        []
        if asked.refusal
        else [each for each in asked.evidence.get("stories", ()) if each["verdict"] == "PROVED"]
    )
    rows = []
    for event in hook.enabled_events:
        stories = [each for each in told if event in each["delivered"]]
        handled = inputs.get(Need("event_handled", event))
        state = handled.state if handled else State.MET if stories else State.UNDETERMINED
        rows.append(
            {
                "type": event,
                "kind": "required" if event in hook.required_events else "recommended",
                "enabled": _enabled(endpoint, event, event in hook.required_events),
                "handled": state,
                "stories": _told(stories, handled),
            }
        )
    return rows


def _enabled(endpoint: Input | None, event: str, is_required: bool) -> State | None:
    """Whether Stripe sends the event to the endpoint, as far as the endpoint's finding tells."""
    if endpoint is None or not is_required:
        return None
    lacking = re.findall(r"[\w.]+\w", endpoint.found) if endpoint.state is State.NOT_MET else []
    if lacking[:2] != ["it", "lacks"] and endpoint.state is not State.MET:
        return State.UNDETERMINED
    return State.NOT_MET if event in lacking else State.MET


def _told(stories: Sequence[Mapping[str, Any]], handled: Input | None) -> str:
    if not stories:
        return handled.found if handled else "no proved story delivered it"
    first = f"{stories[0]['rule']}: {stories[0]['name']}"
    more = f", and {len(stories) - 1} more proved stories" if stories[1:] else ""
    return first + more


def _aspects(report: GateReport, kind: str, titles: Mapping[str, str]) -> list[dict[str, Any]]:
    inputs = report.inputs
    left_out = {Need(kind, each) for each in titles} & {*report.not_asked}
    return [
        {
            "title": title,
            "state": found.state if found else None,
            "found": found.found if found else "left out",
        }
        for aspect, title in titles.items()
        for need in [Need(kind, aspect)]
        for found in [inputs.get(need)]
        if found or need in left_out
    ]


def _storage(asked: Asked) -> dict[str, Any] | None:
    storage = asked.manifest.storage
    if storage is None:
        return None
    found = asked.report.inputs.get(Need("storage_guard", storage.env))
    return {
        "kind": storage.kind,
        "env": storage.env,
        "demands": [f"{name}={value}" for name, value in storage.require_persistent],
        "state": found.state if found else None,
        "found": found.found if found else "no rule of this mode looks at it",
        "next": found.next_step if found else "",
    }


def _secret(secret: Secret, report: GateReport) -> dict[str, Any]:
    """By name: whether the shape is right, never the value."""
    found = report.inputs.get(Need("secret", secret.name))
    return {
        "name": secret.name,
        "purpose": secret.purpose,
        "shape": secret.shape.replace("_", " "),
        "state": found.state if found else None,
        "found": found.found.removeprefix(f"{secret.name} is ")
        if found
        else "no rule of this mode looks at it",
    }


def _rehearsal(asked: Asked) -> dict[str, Any]:
    data = asked.evidence
    if not data:
        return {"refusal": asked.refusal, "verdict": None}
    stories = data["stories"]
    total = {name: sum(each[name] for each in stories) for name in ("schedules", "deliveries", "audited")}
    facts = [
        ("Stories", f"{sum(each['verdict'] == 'PROVED' for each in stories):,} proved of {len(stories):,}"),
        ("Schedules", f"{total['schedules']:,}"),
        ("Deliveries", f"{total['deliveries']:,}"),
        ("Audited on a real file", f"{total['audited']:,}"),
        ("Rehearsed", moment(data["at"])),
        ("Seed", str(data["seed"])),
        ("Backend", data["target"]["kind"]),
        ("Its digest", (data["target"]["digest"] or "it cannot say")[:16]),
    ]
    return {
        "refusal": asked.refusal,
        "verdict": data["verdict"],
        "facts": facts,
        "rules": _story_rules(stories),
        "broken": sorted({each["broken"] for each in stories if each["broken"]}),
    }


def _story_rules(stories: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Examples by their `Rule:`, the worst verdict of each."""
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for each in stories:
        grouped.setdefault(each["rule"], []).append(each)
    return [
        {
            "title": rule,
            "verdict": next(
                (v for v in ("REFUTED", "UNDETERMINED") if any(e["verdict"] == v for e in told)), "PROVED"
            ),
            "examples": len(told),
            "schedules": f"{sum(each['schedules'] for each in told):,}",
            "deliveries": f"{sum(each['deliveries'] for each in told):,}",
        }
        for rule, told in grouped.items()
    ]


def _rule(result: RuleResult) -> dict[str, Any]:
    rule = result.rule
    return {
        "id": rule.id,
        "title": rule.title,
        "state": result.state,
        "severity": rule.severity,
        "mode": rule.mode,
        "source": rule.source,
        "cites": rule.cites,
        "proofs": [(str(each.need), each.input.state, each.input.found) for each in result.proofs],
    }


def moment(at: int) -> str:
    """A unix second for people, in UTC."""
    return strftime("%Y-%m-%d %H:%M UTC", gmtime(at))

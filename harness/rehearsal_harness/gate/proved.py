"""What evidence shows: that a rehearsal was run, that a story was proved, that an event was handled.

Decides: evidence is believed when it is readable, sealed, complete, of this manifest, of these specs,
features and tools, and of a backend that says what it is and is that still.  Does not judge its age: the rule
says how long it is fresh.  What is not believed is UNDETERMINED, with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from rehearsal_harness.core.gate import Input
from rehearsal_harness.gate.asking import Asking, met, not_met, unknown
from rehearsal_harness.gate.hosted import build_now
from rehearsal_harness.reports.digests import target_digest
from rehearsal_harness.reports.evidence import digests_of, evidence_path, seal
from rehearsal_specs.diagnostics import SpecError
from rehearsal_specs.schema_check import check
from rehearsal_specs.source import read_source


@dataclass(frozen=True, slots=True)
class Evidence:
    """One file: `data` where it is believed or refuted, else `refusal` says why not."""

    path: Path
    data: Mapping[str, Any]
    refusal: str


def read_evidence(asking: Asking, kind: str) -> Evidence:
    """The evidence of a service, `rehearsal` or `hosted`."""
    path = asking.folder / evidence_path(asking.manifest.service, kind)
    if not path.is_file():
        return Evidence(path, {}, "there is none")
    try:
        document = read_source(path)
        problems = [*document.problems, *check(document, "evidence")]
    except SpecError as error:
        problems = list(error.diagnostics)
    if problems:
        return Evidence(path, {}, f"it cannot be read: line {problems[0].line}, {problems[0].found}")
    data = cast(dict[str, Any], document.data)
    return Evidence(path, data, _refusal(asking, kind, data))


def _refusal(asking: Asking, kind: str, data: Mapping[str, Any]) -> str:
    """Why evidence is not believed, empty when it is."""
    if data["digest"] != seal(data):
        return "it was changed after it was written"
    if data["service"] != asking.manifest.service or data["kind"] != kind:
        return f"it is {data['kind']} evidence of {data['service']}"
    now = digests_of(asking.manifest, asking.features)
    other = [name for name in now if data["digests"][name] != now[name]]
    if other:
        return f"it is of another {', another '.join(other)}"
    if not data["complete"]:
        return "it is partial: stopped early, with too few duplicates, or on another kind of store"
    said = data["target"]["digest"]
    if said is None:
        return "its backend cannot say what it is"
    if kind == "rehearsal" and said != target_digest(data["target"]["kind"]):
        return "its backend has changed since"
    return _other_backend(asking, data) if kind == "hosted" else ""


def _other_backend(asking: Asking, data: Mapping[str, Any]) -> str:
    """Is the hosted backend another one than the one that was rehearsed?"""
    if data["mode"] != asking.mode and not asking.is_live:
        return f"it is of {data['mode']} mode"
    if data["target"]["kind"] != asking.base_url:
        return "it is of a backend at another address"
    if asking.closed:
        return asking.closed
    build = build_now(asking)
    if build is None:
        return "the backend cannot say now what it is"
    return "" if build == data["target"]["digest"] else "its backend has changed since"


def fresh_evidence(asking: Asking, evidence: Evidence, kind: str) -> Input:
    """Was everything shown, for what is here now?"""
    refused = _refused(asking, evidence, kind)
    if refused is not None:
        return refused
    data = evidence.data
    shown = [*data["stories"], *data["checks"]]
    bad = next((each for each in shown if each["verdict"] == data["verdict"]), None)
    if data["verdict"] == "REFUTED":
        named = f": {bad.get('rule', '')} {bad['name']}" if bad else ""
        return not_met(f"refuted{named}", "every story proved", "mend the backend, and rehearse again")
    if data["verdict"] != "PROVED" or not shown:
        return unknown(f"{data['verdict']}, {len(shown)} shown", "PROVED", _again(asking, kind))
    return met(f"{len(shown)} proved, seed {data['seed']}", as_of=data["at"])


def story_proved(asking: Asking, evidence: Evidence, rule: str) -> Input:
    """Is every example below this rule of the features proved?"""
    refused = _refused(asking, evidence, "rehearsal")
    if refused is not None:
        return refused
    stories = [each for each in evidence.data["stories"] if each["rule"] == rule]
    if not stories:
        step = f"write a story below 'Rule: {rule}', and rehearse"
        return not_met("no story was rehearsed for it", "at least one", step)
    for verdict, say in (("REFUTED", not_met), ("UNDETERMINED", unknown)):
        bad = [each["name"] for each in stories if each["verdict"] == verdict]
        if bad:
            return say(f"{verdict}: {', '.join(bad)}", "PROVED", _again(asking, "rehearsal"))
    return met(f"{len(stories)} proved", as_of=evidence.data["at"])


def event_handled(asking: Asking, evidence: Evidence, event: str) -> Input:
    """Was it delivered, and acknowledged, in a story that was proved?"""
    refused = _refused(asking, evidence, "rehearsal")
    if refused is not None:
        return refused
    told = [each for each in evidence.data["stories"] if event in each["delivered"]]
    proved = [each for each in told if each["verdict"] == "PROVED"]
    if not proved:
        found = "no proved story delivered it" if told else "no story delivered it"
        return not_met(found, "a proved story", f"write a story in which Stripe sends {event}, and rehearse")
    return met(f"delivered in {len(proved)} proved stories", as_of=evidence.data["at"])


def acknowledged(asking: Asking, evidence: Evidence) -> Input:
    """Did the hosted backend acknowledge a signed test event, and refuse a forged one?"""
    refused = _refused(asking, evidence, "hosted")
    if refused is not None:
        return refused
    checks = {each["name"]: each for each in evidence.data["checks"]}
    for name in ("signed event", "forged event"):
        found = checks.get(name)
        if found is None or found["verdict"] == "UNDETERMINED":
            return unknown(f"{name}: not known", "an answer", _again(asking, "hosted"))
        if found["verdict"] != "PROVED":
            return not_met(
                f"{name}: {found['found']}", "200 when signed, 400 when forged", "mend the backend"
            )
    return met("a signed test event was acknowledged, a forged one refused", as_of=evidence.data["at"])


def _refused(asking: Asking, evidence: Evidence, kind: str) -> Input | None:
    if not evidence.refusal:
        return None
    return unknown(
        f"{kind} evidence: {evidence.refusal}",
        f"{evidence_path(asking.manifest.service, kind)}, fresh",
        _again(asking, kind),
    )


def _again(asking: Asking, kind: str) -> str:
    command = "run" if kind == "rehearsal" else "live-rehearsal"
    mode = f" --mode {asking.mode}" if kind == "hosted" else ""
    env = "".join(f" --env {each}" for each in asking.left_out) if kind == "hosted" else ""
    return f"rehearse {command} {asking.manifest.path}{mode}{env}"

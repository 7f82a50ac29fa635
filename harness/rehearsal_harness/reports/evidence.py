"""Evidence: what a rehearsal showed, for a gate that was not there.

Decides the form of `.rehearsal/evidence/<service>.json` (specs/schema/evidence.json) and its seal: a digest
over everything else in the file, which tells an edit by hand or a broken copy, and no more than that.  Does
not know rules.  Nothing secret can get in: counts, verdicts, digests, and names out of features.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehearsal_harness.reports.digests import features_digest, target_digest, tree_digest
from rehearsal_harness.reports.files import FOLDER
from rehearsal_harness.resources import package_folder
from rehearsal_specs.manifest import Manifest
from rehearsal_specs.reader import read_properties

if TYPE_CHECKING:
    from rehearsal_harness.rehearsal import StoryResult

FORMAT = 1


def evidence_path(service: str, kind: str = "rehearsal") -> Path:
    """Where the evidence of a service is kept; `kind` is rehearsal or hosted."""
    return FOLDER / "evidence" / (f"{service}.json" if kind == "rehearsal" else f"{service}.{kind}.json")


def digests_of(manifest: Manifest, features: Path) -> dict[str, str]:
    """The digests of what a rehearsal rests on, but for the backend."""
    return {
        "manifest": manifest.digest,
        "specs": tree_digest(package_folder("rehearsal_specs")),
        "features": features_digest(features),
        "tool": tree_digest(package_folder("rehearsal_harness")),
    }


def rehearsal_evidence(
    manifest: Manifest,
    features: Path,
    results: Sequence[StoryResult],
    *,
    app: str,
    seed: int,
    at: int,
    complete: bool,
    verdict: str,
) -> dict[str, Any]:
    """What the stories of one manifest showed at the unix second `at`, sealed."""
    return sealed(
        {
            "format": FORMAT,
            "kind": "rehearsal",
            "service": manifest.service,
            "mode": "test",
            "verdict": verdict,
            "complete": complete,
            "at": at,
            "seed": seed,
            "digests": digests_of(manifest, features),
            "target": {"kind": app, "digest": target_digest(app)},
            "stories": [_story(each) for each in results],
            "properties": _properties(results),
            "checks": [],
        }
    )


def hosted_evidence(
    manifest: Manifest,
    features: Path,
    checks: Iterable[Mapping[str, str]],
    *,
    mode: str,
    target: Mapping[str, str | None],
    at: int,
    verdict: str,
) -> dict[str, Any]:
    """What a hosted backend answered at the unix second `at`, sealed."""
    return sealed(
        {
            "format": FORMAT,
            "kind": "hosted",
            "service": manifest.service,
            "mode": mode,
            "verdict": verdict,
            "complete": True,
            "at": at,
            "seed": 0,
            "digests": digests_of(manifest, features),
            "target": dict(target),
            "stories": [],
            "properties": {},
            "checks": [dict(each) for each in checks],
        }
    )


def sealed(data: dict[str, Any]) -> dict[str, Any]:
    """The same with its own digest."""
    return {**data, "digest": seal(data)}


def seal(data: Mapping[str, Any]) -> str:
    """SHA-256 over everything but the seal itself."""
    rest = {key: value for key, value in data.items() if key != "digest"}
    return sha256(json.dumps(rest, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def statement(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """The evidence as an in-toto statement with the test-result predicate.

    Source: https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md
    """
    words = {"PROVED": "PASSED", "REFUTED": "FAILED", "UNDETERMINED": "WARNED"}
    tests = [
        *((each["verdict"], f"{each['rule']}: {each['name']}") for each in evidence["stories"]),
        *((each["verdict"], each["name"]) for each in evidence["checks"]),
    ]
    digests = {"target": evidence["target"]["digest"], **evidence["digests"]}
    configuration = [
        {"name": name, "digest": {"sha256": digest}}
        for name, digest in sorted(digests.items())
        if name != "target" and digest
    ]
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [
            {"name": evidence["target"]["kind"], "digest": {"sha256": digests["target"] or "0" * 64}}
        ],
        "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
        "predicate": {
            "result": words[evidence["verdict"]],
            "configuration": configuration,
            **{
                f"{word.lower()}Tests": [name for verdict, name in tests if words[verdict] == word]
                for word in ("PASSED", "WARNED", "FAILED")
            },
        },
    }


def _story(result: StoryResult) -> dict[str, Any]:
    counts, story = result.counts, result.story
    return {
        "rule": story.rule or story.feature,
        "name": story.name,
        "verdict": str(result.verdict),
        "reason": result.reason,
        "broken": result.finding.violation.property_id if result.finding else "",
        "delivered": sorted(result.delivered),
        "events": counts.events,
        "nodes": counts.nodes,
        "deliveries": counts.deliveries,
        "schedules": counts.schedules,
        "audited": result.audited,
    }


def _properties(results: Sequence[StoryResult]) -> dict[str, str]:
    """What all stories together showed of each property: broken once is REFUTED, unfinished UNDETERMINED."""
    broken = {each.finding.violation.property_id for each in results if each.finding}
    reached = frozenset[str]().union(*(each.reached for each in results))
    unfinished = not results or any(each.verdict == "UNDETERMINED" for each in results)
    found = {}
    for id_ in read_properties():
        if id_.startswith("sometimes_"):
            if id_ in reached:
                found[id_] = "PROVED"
        elif id_ in broken:
            found[id_] = "REFUTED"
        else:
            found[id_] = "UNDETERMINED" if unfinished else "PROVED"
    return found

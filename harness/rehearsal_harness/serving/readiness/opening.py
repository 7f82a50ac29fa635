"""What a gate is asked about a backend of the bench: its manifest as it is now, its made-up environment.

Decides: that evidence is dated by the real clock and a signature by the bench's, and that nothing is taken
from the shell: live mode stays shut here.  Does not know pages.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace

from rehearsal_harness.core.gate import judge
from rehearsal_harness.gate.asking import Asking
from rehearsal_harness.gate.collecting import collect, needs_of
from rehearsal_harness.gate.files import look_again
from rehearsal_harness.gate.live import rehearse_hosted
from rehearsal_harness.gate.opening import open_asking
from rehearsal_harness.gate.proved import read_evidence
from rehearsal_harness.reports.evidence import evidence_path, sealed
from rehearsal_harness.reports.files import write_json
from rehearsal_harness.reports.gate_view import Asked
from rehearsal_harness.serving.bench import Service
from rehearsal_specs.reader import read_manifest

VISITOR = "ada@example.test"


def asking_of(service: Service, mode: str) -> Asking:
    """The question, with files as they are now; raises SpecError."""
    manifest = read_manifest(service.path)
    return open_asking(
        manifest, mode=mode, environ=_environ(service), env_file="", decisions=(), now=int(time.time())
    )


def _environ(service: Service) -> Mapping[str, str]:
    terms = service.manifest.hosted
    if terms is None:
        return service.environ
    return {**service.environ, terms.base_url_env: service.url, terms.email_env: VISITOR}


def asked(asking: Asking) -> Asked:
    """The verdict, and the evidence it rests on."""
    look_again()
    rules = asking.manifest.go_no_go
    inputs = collect(asking, needs_of(rules, asking.mode))
    report = judge(rules, inputs, asking.mode, asking.now)
    evidence = read_evidence(asking, "rehearsal")
    return Asked(manifest=asking.manifest, report=report, evidence=evidence.data, refusal=evidence.refusal)


def rehearse_backend(asking: Asking, now: int) -> str:
    """Rehearse the backend as a hosted one, write the evidence, tell the verdict; `now` is its clock's."""
    found = rehearse_hosted(replace(asking, now=now))
    evidence = sealed({name: each for name, each in found.items() if name != "digest"} | {"at": asking.now})
    write_json(asking.folder / evidence_path(asking.manifest.service, "hosted"), evidence)
    return str(evidence["verdict"])

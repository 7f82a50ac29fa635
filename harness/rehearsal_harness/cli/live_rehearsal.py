"""`rehearse live-rehearsal`: ask the hosted backend what can be asked, and write evidence.

Decides: what must be set before anything is asked, and the exit status.  Does not know how the backend is
asked.  A checkout is created only where the manifest's `hosted.execute_env` is true.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Mapping

from rehearsal_harness.cli import FINDING, PROVED, UNDETERMINED, USAGE
from rehearsal_harness.cli.out import error, say
from rehearsal_harness.core.gate import State
from rehearsal_harness.gate.asking import Asking, bad_address
from rehearsal_harness.gate.environment import secret
from rehearsal_harness.gate.opening import open_asking
from rehearsal_harness.resources import manifests_named
from rehearsal_specs.diagnostics import SpecError
from rehearsal_specs.reader import read_manifest


def run(options: argparse.Namespace, environ: Mapping[str, str] = os.environ) -> int:
    """The status of one rehearsal of one hosted backend."""
    at = int(time.time())
    try:
        paths, problems = manifests_named([options.manifest])
        if problems or len(paths) != 1:
            raise SpecError(problems)
        manifest = read_manifest(paths[0])
        asking = open_asking(
            manifest, mode=options.mode, environ=environ, env_file=options.env or "", decisions=(), now=at
        )
    except SpecError as problem:
        error(str(problem) or f"{options.manifest}: one manifest at a time")
        return USAGE
    missing = list(_missing(asking))
    if missing:
        for each in missing:
            error(f"{manifest.path}: nothing was asked: {each}")
        return USAGE
    return _rehearse(asking, as_json=options.json)


def _missing(asking: Asking) -> list[str]:
    """What must be set or opened first; empty when all is."""
    terms = asking.manifest.hosted
    if terms is None:
        return ["the manifest has no 'hosted' section, which names the variables of a live rehearsal"]
    if asking.closed:
        return [asking.closed]
    found = [f"{name} is not set" for name in (terms.base_url_env, terms.email_env) if not asking.value(name)]
    wrong = bad_address(asking.base_url, is_live=asking.is_live) if asking.base_url else ""
    found += [f"{terms.base_url_env} is {wrong}"] if wrong else []
    for each in asking.manifest.secrets:
        if each.shape in ("stripe_secret_key", "webhook_secret"):
            looked = secret(asking, each.name)
            found += [] if looked.state is State.MET else [looked.found]
    return found


def _rehearse(asking: Asking, *, as_json: bool) -> int:
    from rehearsal_harness.gate.live import rehearse_hosted
    from rehearsal_harness.reports.evidence import evidence_path
    from rehearsal_harness.reports.files import write_json

    evidence = rehearse_hosted(asking)
    path = evidence_path(asking.manifest.service, "hosted")
    write_json(path, evidence)
    if as_json:
        say(json.dumps(evidence, indent=2))
    else:
        for each in evidence["checks"]:
            say(f"  {each['verdict']:<12} {each['name']}: {each['found']}")
        say(f"\n{evidence['verdict']} · {asking.mode} · {len(evidence['checks'])} asked · evidence {path}")
    return {"PROVED": PROVED, "REFUTED": FINDING}.get(evidence["verdict"], UNDETERMINED)

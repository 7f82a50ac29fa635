"""What a container host is handed: image, requirements, and what to know of each service.

Decides: what each of these files says.  One image serves every manifest; the service is a build argument.
Does not read or write files, and knows no value of a secret.  The keys are those of the
deployment manifest that the service was first described with.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from rehearsal_specs.manifest import Manifest

KEYS = (
    *("service", "scope", "runtime", "container", "storage", "routes", "requiredSecrets", "requiredVars"),
    *("stripeWebhook", "checks", "externalBlockers", "liveBlockers"),
)
DOCKERFILE = """\
# syntax=docker/dockerfile:1
# Made by `rehearse deploy-pack`; edit harness/rehearsal_harness/operating/deploy_pack.py instead.
# docker build -f server/Dockerfile --build-arg SERVICE=<name of a manifest> -t <name>:local .
FROM python:3.13-slim

ARG SERVICE
ENV SERVICE=${SERVICE} PYTHONPATH=/app/specs:/app/server PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app

COPY server/requirements.txt server/requirements.txt
RUN pip install --no-cache-dir -r server/requirements.txt

COPY specs/rehearsal_specs specs/rehearsal_specs
COPY server/rehearsal_server server/rehearsal_server
COPY manifests manifests
RUN test -f "manifests/${SERVICE}.yaml" && useradd --system --uid 10001 billing \\
    && mkdir /data && chown billing /data

USER billing
VOLUME /data

HEALTHCHECK --interval=30s --timeout=5s --start-period=10s \\
  CMD ["python", "-c", "import os, yaml, urllib.request; \\
c = yaml.safe_load(open('manifests/' + os.environ['SERVICE'] + '.yaml'))['container']; \\
port = os.environ.get(c['portEnv']) or c['defaultPort']; \\
urllib.request.urlopen('http://127.0.0.1:%s%s' % (port, c['healthCheck'].split()[1]), timeout=4)"]

# 0.0.0.0 inside the container only: what is published is the host's choice, and HTTPS ends in front of it.
CMD ["sh", "-c", "exec python -m rehearsal_server --manifest manifests/${SERVICE}.yaml --host 0.0.0.0"]
"""
DOCKERIGNORE = """\
# What may enter an image is named; everything else stays out: tests, features, docs, harness, .git.
*
!manifests
!server
!specs
# And of these, never:
**/.env*
**/*.env
**/*.log
**/.data
**/.rehearsal
**/.venv
**/__pycache__
**/data
**/logs
**/node_modules
**/*.sqlite3*
manifests/decisions
server/deployment
"""


def imported(sources: Iterable[str]) -> set[str]:
    """The packages, neither ours nor Python's own, that these modules import."""
    names: set[str] = set()
    for source in sources:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
    return {each for each in names - sys.stdlib_module_names if not each.startswith("rehearsal_")}


def requirements(pyproject: str, names: set[str], packages: Mapping[str, list[str]]) -> str:
    """Which of the project's requirements bring these packages; `packages`: of each, its distributions."""
    project = tomllib.loads(pyproject)["project"]
    wanted = {_plain(name) for each in names for name in packages.get(each, [])}
    every = project["dependencies"] + project["optional-dependencies"]["postgresql"]
    lines = sorted(each for each in every if _plain(re.split(r"[\[<>=~!]", each)[0]) in wanted)
    return "# What server/ and specs/ import, with pyproject's bounds.\n" + "\n".join(lines) + "\n"


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).casefold()


def deployment_manifest(raw: Mapping[str, Any]) -> str:
    """The manifest in the deployment manifest's keys; what only rehearsal and server need is left out."""
    kept: dict[str, Any] = {key: raw[key] for key in KEYS if key in raw}
    for key in ("storage", "stripeWebhook"):
        if key in kept:
            kept[key] = {name: each for name, each in kept[key].items() if "_" not in name and name != "kind"}
    return json.dumps(kept, indent=2, ensure_ascii=False) + "\n"


def example_env(manifest: Manifest) -> str:
    """Every name with its purpose, and no value."""
    lines = [f"# {manifest.service}: copy it elsewhere and fill it in there; never commit values."]
    for secret in manifest.secrets:
        lines += ["", f"# {secret.purpose}", f"{secret.name}="]
    for variable in manifest.variables:
        default = "" if variable.default is None else f" (default {variable.default})"
        lines += ["", f"# {variable.purpose}{default}", f"{variable.name}="]
    return "\n".join(lines) + "\n"


def checklist(manifest: Manifest, raw: Mapping[str, Any]) -> str:
    """What people do and check before, at and after a deployment."""
    parts = {**_of_the_host(manifest, raw["container"]), **_of_the_people(manifest, raw)}
    intro = "Stripe secret keys stay in this service's secret store, never in a desktop app or a page."
    text = f"# {manifest.service}: deployment checklist\n\nScope: {manifest.scope}.\n\n{intro}\n"
    for title, items in parts.items():
        if items:
            text += f"\n## {title}\n\n" + "".join(f"- [ ] {item}\n" for item in items)
    return text


def _of_the_host(manifest: Manifest, container: Mapping[str, Any]) -> dict[str, list[str]]:
    service = manifest.service
    storage = manifest.storage.env if manifest.storage else ""
    return {
        "Deployable shape": [
            f"Runtime: {manifest.runtime}.",
            f"Container entrypoint: `{container['dockerfile']}`. Build context: the repository.",
            f"Start command: `{container['startCommand']}`.",
            f"Health check: `{container['healthCheck']}`. Port: `{container['portEnv']}`, "
            f"{container['defaultPort']} when unset.",
            f"Public webhook path: `POST {manifest.webhook.path}`.",
            f"Build: `docker build -f server/Dockerfile --build-arg SERVICE={service} -t {service}:local .`",
            f"Run: `docker run --rm --env-file <private file> -v <volume>:/data "
            f"-p 127.0.0.1:{container['defaultPort']}:{container['defaultPort']} {service}:local`",
        ],
        "Required secret store values": [f"`{name}`" for name in manifest.required_secrets],
        "Host requirements": [
            "HTTPS public URL for the backend.",
            "Private secret store; no value in the image or the repository.",
            "Logs available for webhook and debug review.",
            f"Persistent storage, named by `{storage}`, outside the image.",
            f"Stripe webhook endpoint: `https://<billing-domain>{manifest.webhook.path}`.",
        ],
        "Webhook events": [f"`{each}`" for each in manifest.webhook.required_events]
        + [f"`{each}` (recommended)" for each in manifest.webhook.recommended_events],
    }


def _of_the_people(manifest: Manifest, raw: Mapping[str, Any]) -> dict[str, list[str]]:
    path = f"manifests/{manifest.service}.yaml"
    return {
        "Before deployment": [
            f"`rehearse validate {path}` is silent.",
            f"`rehearse check {path} --env <private file>` finds no blocker.",
            f"`rehearse run {path}` proves every story.",
            f"`rehearse storage-test {path}` passes.",
            f"`rehearse deploy-pack {path} --check` finds nothing stale.",
            f"`rehearse preflight {path} --mode test` passes, before any paid checkout link is shown.",
        ],
        "No live money until": [f"{each.title}." for each in manifest.go_no_go]
        or list(raw.get("liveBlockers", raw.get("externalBlockers", []))),
        "Open outside of the code": list(manifest.blockers),
        "Rollback": _rollback(manifest),
    }


def _rollback(manifest: Manifest) -> list[str]:
    if manifest.pause_checkout_env is None:
        return list(manifest.rollback)
    pause = (
        f"Set `{manifest.pause_checkout_env}=true`: checkout answers 503 CHECKOUT_PAUSED; the rest goes on."
    )
    return [pause, *manifest.rollback]

"""From the words of a command line to an Asking: environment, decisions, features.

Decides: which files of decisions count, and that the process's environment beats an env file.  Does not know
rules.  Raises SpecError where a file is wrong; messages never hold a value of the environment.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from rehearsal_harness.gate.asking import Asking
from rehearsal_harness.operating.env_file import EnvFileError, read_env_file
from rehearsal_harness.resources import features_for
from rehearsal_specs.decisions import Decisions, read_decisions
from rehearsal_specs.diagnostics import Diagnostic, SpecError, nearest, quoted
from rehearsal_specs.manifest import Manifest
from rehearsal_specs.source import read_source

_RULE = re.compile(r"^\s*Rule:\s*(.+?)\s*$", re.MULTILINE)


def open_asking(
    manifest: Manifest,
    *,
    mode: str,
    environ: Mapping[str, str],
    env_file: str,
    decisions: Sequence[str],
    now: int,
    services: Collection[str] = (),
) -> Asking:
    """Everything the collectors are given; raises SpecError.

    `decisions` may hold files of the other `services` that are asked about; they are left to those.
    """
    features = features_for(Path(manifest.path), manifest.service)
    problems = list(_unknown_stories(manifest, features))
    from_file: dict[str, str] = {}
    try:
        from_file = read_env_file(Path(env_file)) if env_file else {}
    except EnvFileError as error:
        problems.append(Diagnostic(env_file, 1, 1, str(error)))
    read = _decisions(manifest, decisions, services, problems)
    if problems:
        raise SpecError(problems)
    return Asking(
        manifest=manifest,
        features=features,
        mode=mode,
        environ={**from_file, **environ},
        decisions=read,
        now=now,
        folder=Path.cwd(),
        left_out=(Path(env_file),) if env_file else (),
    )


def _decisions(
    manifest: Manifest, named: Sequence[str], services: Collection[str], problems: list[Diagnostic]
) -> list[Decisions]:
    """Of the files that were named those of this service, else `decisions/<service>.yaml` beside the manifest
    where it is there."""
    read = []
    for path in named:
        try:
            file = read_decisions(path)
        except SpecError as error:
            problems += error.diagnostics
            continue
        if file.service == manifest.service:
            read.append(file)
        elif file.service not in services:
            found = f"decisions of the service {quoted(file.service)}"
            problems.append(Diagnostic(file.path, 1, 1, found, manifest.service))
    beside = Path(manifest.path).parent / "decisions" / f"{manifest.service}.yaml"
    if read or problems or not beside.is_file():
        return read
    return _decisions(manifest, [str(beside)], (), problems)


def _unknown_stories(manifest: Manifest, features: Path) -> Iterator[Diagnostic]:
    """Rules that need the proof of a story that no feature tells."""
    needed = {
        each.argument for rule in manifest.go_no_go for each in rule.needs if each.kind == "story_proved"
    }
    if not needed:
        return
    told = {name for path in features.glob("*.feature") for name in _RULE.findall(path.read_text("utf-8"))}
    if needed <= told:
        return
    document = read_source(manifest.path)
    for rule in document.mapping("go_no_go"):
        listed = document.get("go_no_go", rule, "needs")
        for index in range(len(listed) if isinstance(listed, list) else 0):
            keys = ("go_no_go", rule, "needs", index, "story_proved")
            name = document.get(*keys)
            if isinstance(name, str) and name not in told:
                found = f"no feature of {manifest.service} has the rule {quoted(name)}"
                yield document.at_value(keys, found, f"a Rule: of {features}", nearest(name, told))

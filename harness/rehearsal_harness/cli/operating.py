"""What the operator's commands share: the one manifest of the command line, its environment, and its errors.

Decides: that a file of --env comes before the process's environment, and how a wrong file is said.  Does not
know any command.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from rehearsal_harness.cli import USAGE
from rehearsal_harness.cli.out import error
from rehearsal_harness.operating.env_file import EnvFileError, read_env_file
from rehearsal_harness.resources import manifests_named
from rehearsal_specs.diagnostics import SpecError
from rehearsal_specs.manifest import Manifest
from rehearsal_specs.reader import read_manifest


class UsageError(Exception):
    """The command cannot begin; the message says why and what to do."""


def on_manifest(options: argparse.Namespace, carry_out: Callable[[Path, Manifest], int]) -> int:
    """Run a command on its manifest; 2 when the file, or what goes with it, is wrong."""
    try:
        path = manifest_path(options.manifest)
        manifest = read_manifest(path)
        lacking = manifest.lacks()
        if lacking:
            raise UsageError(
                f"{path}: the manifest lacks {', '.join(lacking)}, so no service can be started from it"
            )
        return carry_out(path, manifest)
    except (SpecError, EnvFileError, UsageError) as problem:
        error(str(problem))
        return USAGE


def manifest_path(word: str) -> Path:
    """The one manifest that a word names; raises UsageError."""
    paths, found = manifests_named([word])
    if found:
        raise UsageError("\n".join(map(str, found)))
    if len(paths) != 1:
        raise UsageError(f"{word}: {len(paths)} manifests are there; name one of them")
    return paths[0]


def environ_of(options: argparse.Namespace) -> Mapping[str, str]:
    """The environment, with the values of --env in front; raises EnvFileError."""
    return {**os.environ, **(read_env_file(options.env) if options.env else {})}

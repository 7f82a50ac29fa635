"""What is told of a crash, when nobody knows what an exception's message holds.

Decides whose values are left out beyond the usual: those of every secret that a manifest names, shipped or on
the command line, and all that the env file holds.  Never fails itself.
"""

from __future__ import annotations

import argparse
import os
from contextlib import suppress
from pathlib import Path
from traceback import format_exception

from rehearsal_harness.cli.telling import without_secrets
from rehearsal_harness.resources import shipped


def crash_text(options: argparse.Namespace, problem: BaseException) -> str:
    """The traceback with its causes and notes, with the name of its variable in the place of each secret."""
    return told("".join(format_exception(problem)).rstrip("\n"), options)


def told(text: str, options: argparse.Namespace) -> str:
    """A text that may hold secrets of the command's environment, without them."""
    from_file: dict[str, str] = {}
    with suppress(Exception):
        from rehearsal_harness.operating.env_file import read_env_file

        if getattr(options, "env", None):
            from_file = read_env_file(Path(options.env))
    names = _names(options) | {*from_file}
    return without_secrets(without_secrets(text, os.environ, names), from_file, names)


def _names(options: argparse.Namespace) -> set[str]:
    """The secrets of the shipped manifests and of those on the command line."""
    from rehearsal_specs.source import read_source

    words = [getattr(options, "manifest", None), *(getattr(options, "manifests", None) or ())]
    paths = [Path(str(each)) for each in words if each]
    names: set[str] = set()
    for folder in [shipped("manifests"), *(each for each in paths if each.is_dir())]:
        paths += [each for each in folder.iterdir() if each.is_file()]
    for path in paths:
        with suppress(Exception):
            document = read_source(path)
            for key in ("requiredSecrets", "secrets"):
                listed = document.get(key)
                names |= {str(each) for each in listed} if isinstance(listed, list | dict) else set()
    return names

"""docs/gate.md: its recipes parse, its commands are understood, its table knows every kind of need."""

from __future__ import annotations

import configparser
import json
import re
import shlex
from pathlib import Path

import pytest
import yaml
from launching import ROOT

from rehearsal_harness.cli import _parser
from rehearsal_specs import schema_check

TEXT = (ROOT / "docs" / "gate.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)


def commands(kind: str, text: str) -> list[str]:
    """The `rehearse` commands of one block, however its format folds them."""
    if kind == "ini":
        parsed = configparser.ConfigParser()
        parsed.read_string(text)
        lines = [line for name in parsed.sections() for line in parsed[name]["commands"].splitlines()]
    elif kind == "yaml":
        lines = strings(yaml.safe_load(text))
    else:
        lines = text.splitlines()
    return [line for line in lines if line.startswith("rehearse ")]


def strings(data: object) -> list[str]:
    if isinstance(data, dict):
        return [each for value in data.values() for each in strings(value)]
    if isinstance(data, list):
        return [each for value in data for each in strings(value)]
    return [data] if isinstance(data, str) else []


COMMANDS = [each for kind, text in BLOCKS for each in commands(kind, text)]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_understood(command: str) -> None:
    """By the command line itself; the manifests that it names are there."""
    words = shlex.split(command)[1:]
    options = _parser().parse_args(words)
    named = getattr(options, "manifests", None) or [options.manifest]

    assert all((ROOT / each).is_file() for each in named)


def test_every_recipe_shows_commands() -> None:
    """GitHub Actions, GitLab and tox rehearse and ask."""
    for heading in ("GitHub Actions", "GitLab", "tox"):
        section = TEXT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
        shown = [
            each
            for kind, text in re.findall(r"^```(\w*)\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
            for each in commands(kind, text)
        ]
        assert [each.split()[1] for each in shown] == ["run", "preflight"], heading


def test_the_table_knows_every_kind_of_need() -> None:
    """And no other."""
    schema = Path(schema_check.__file__).parent / "schema" / "manifest.json"
    kinds = json.loads(schema.read_text("utf-8"))["$defs"]["need"]["properties"]
    section = TEXT.partition("| a need |")[2].partition("\n\n")[0]

    assert set(re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)) == set(kinds)


def test_what_is_copied_is_there() -> None:
    """The example decisions."""
    for name in re.findall(r"^cp (\S+) ", TEXT, re.MULTILINE):
        assert (ROOT / name).is_file()

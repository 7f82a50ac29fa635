"""docs/bench.md, read by a machine: its commands are run against a bench, and say what the guide says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from official import Bench, a_bench

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "bench.md").read_text("utf-8")
SAID = re.compile(r"# → (.+)$", re.MULTILINE)
SERVICE = "nyra-billing-server"


def blocks(language: str) -> list[str]:
    """The fenced blocks of one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.fixture(name="served", scope="module")
def _served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """What the guide's first command starts, on other ports."""
    with a_bench(tmp_path_factory.mktemp("guide"), str(ROOT / "manifests" / f"{SERVICE}.yaml")) as bench:
        yield bench


def here(text: str, bench: Bench) -> str:
    """The guide's text with the ports of this bench."""
    return text.replace("http://127.0.0.1:12111", bench.address).replace(":12111", _port(bench.address))


def _port(address: str) -> str:
    return f":{address.rpartition(':')[2]}"


def environ(bench: Bench, **more: str) -> dict[str, str]:
    """What a person's shell has."""
    return {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "BACKEND": bench.backends[SERVICE],
        "STRIPE_SUPPRESS_NOTICES": "true",
        **more,
    }


def test_the_guide_begins_with_the_command_that_is_tested() -> None:
    """Its other commands run against what this one starts."""
    assert blocks("sh")[0] == f"rehearse serve manifests/{SERVICE}.yaml\n"


def test_every_command_of_the_guide_says_what_the_guide_says(served: Bench, tmp_path: Path) -> None:
    """In order, in one shell; the CLI's commands are tried in test_clients_cli.py."""
    if shutil.which("node") is None or shutil.which("curl") is None:
        pytest.skip("needs node and curl")
    commands = "".join(block for block in blocks("sh")[1:] if not block.startswith("stripe "))
    (tmp_path / "docs").symlink_to(ROOT / "docs")
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", here(commands, served)],
        cwd=tmp_path,
        env=environ(served),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rest = done.stdout
    for expected in SAID.findall(here(commands, served)):
        assert expected in rest, f"{expected!r} was not said after {done.stdout[: -len(rest)][-500:]!r}"
        rest = rest.partition(expected)[2]


def test_the_guides_python_reaches_stripe(served: Bench) -> None:
    """The client of stripe-python as it is shown."""
    (code,) = blocks("python")
    done = subprocess.run(
        [sys.executable, "-c", here(code, served)],
        env=environ(served),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.startswith("prod_"), done.stderr


def test_the_guides_javascript_reaches_stripe(served: Bench, installed: Path) -> None:
    """The client of stripe-node as it is shown."""
    code = blocks("js")[-1].replace("port: 12111", f"port: {_port(served.address)[1:]}")
    done = subprocess.run(
        ["node", "-e", code],
        env=environ(served, NODE_PATH=str(installed / "node_modules")),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout.startswith("prod_"), done.stderr


@pytest.mark.parametrize("sample", ["desktop.py", "desktop.mjs"])
def test_a_sample_is_short(sample: str) -> None:
    """About forty lines, and nothing but the language."""
    assert len((ROOT / "docs" / "samples" / sample).read_text("utf-8").splitlines()) <= 45

"""What the tests of official clients share: an address of the simulated Stripe, and the clients.

Decides: where clients are found (CLIENTS names the folder that install.py filled) and why a test is skipped.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from official import Bench, Cli, a_bench

HERE = Path(__file__).parent
MISSING = "needs the official clients of npm; run tox -e clients"
BINARY = {"x86_64": "cli-linux-x64", "aarch64": "cli-linux-arm64"}


@pytest.fixture(name="bench", scope="session")
def _bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """A simulated Stripe that runs as long as the tests do; each test has accounts of its own in it."""
    with a_bench(tmp_path_factory.mktemp("bench")) as bench:
        yield bench


@pytest.fixture(name="key")
def _key(request: pytest.FixtureRequest) -> str:
    """The secret key of this test's own account."""
    from hashlib import sha256

    return "sk_test_" + sha256(request.node.nodeid.encode()).hexdigest()[:32]


@pytest.fixture(name="installed", scope="session")
def _installed() -> Path:
    """The folder with node_modules; skips where there is none."""
    folder = Path(os.environ.get("CLIENTS") or HERE)
    if not (folder / "node_modules").is_dir():
        pytest.skip(MISSING)
    return folder


@pytest.fixture(name="cli", scope="session")
def _cli(installed: Path, bench: Bench, tmp_path_factory: pytest.TempPathFactory) -> Cli:
    """The official Stripe CLI, pointed at the bench, with a home of its own."""
    name = BINARY.get(platform.machine(), "")
    binary = installed / "node_modules" / "@stripe" / name / "bin" / "stripe"
    if not binary.exists():
        pytest.skip(f"{MISSING}: no Stripe CLI for {platform.system()} {platform.machine()}")
    return Cli(binary, bench.address, tmp_path_factory.mktemp("home"))


@pytest.fixture(name="node", scope="session")
def _node(installed: Path, bench: Bench) -> Callable[..., dict[str, Any]]:
    """`node(script, key, **environ)` runs a script of this folder; what it printed last, which is JSON."""
    program = shutil.which("node")
    if program is None:
        pytest.skip("node was not found; apt-get install nodejs")

    def run(script: str, key: str, **environ: str) -> dict[str, Any]:
        done = subprocess.run(
            [program, str(HERE / script)],
            env={
                "PATH": os.environ["PATH"],
                "NODE_PATH": str(installed / "node_modules"),
                "STRIPE_ADDRESS": bench.address,
                "STRIPE_SECRET_KEY": key,
                **environ,
            },
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return said

    return run

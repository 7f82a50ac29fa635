"""The deploy pack is as the manifests say, holds no value, and its image has enough to serve."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from rehearsal_harness.cli import main
from rehearsal_harness.operating.deploy_pack import DOCKERFILE, DOCKERIGNORE, imported
from rehearsal_harness.targets.backend import fake_environ
from rehearsal_specs.reader import read_manifest

ROOT = Path(__file__).parents[3]
SERVICES = sorted(path.stem for path in (ROOT / "manifests").glob("*.yaml"))
# What another requirement's extra brings.
BROUGHT = {"cryptography": "PyJWT[crypto]", "psycopg_pool": "psycopg[binary,pool]"}
SERVED = """
import runpy, sys
for name in ("rehearsal_harness", "pytest", "pytest_bdd", "rich", "responses", "freezegun", "detect_secrets"):
    sys.modules[name] = None
sys.argv[0] = "rehearsal_server"
runpy.run_module("rehearsal_server", run_name="__main__")
"""
TIMEOUT_S = 120


@pytest.mark.parametrize("service", SERVICES)
def test_the_deploy_pack_is_as_the_manifest_says(service: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever changes a manifest makes its pack again."""
    status = main(["deploy-pack", str(ROOT / "manifests" / f"{service}.yaml"), "--check"])

    assert (status, capsys.readouterr().out.count("stale")) == (0, 0)


def test_a_stale_file_is_named_and_made_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--check writes nothing and exits with 1; without it the file is as it should be."""
    for name in ("manifests", "server", "specs"):
        copied(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copy(ROOT / ".dockerignore", tmp_path)
    stale = tmp_path / "server" / "Dockerfile"
    stale.write_text("FROM scratch\n", "utf-8")
    manifest = str(tmp_path / "manifests" / f"{SERVICES[0]}.yaml")

    assert main(["deploy-pack", manifest, "--check"]) == 1
    assert stale.read_text("utf-8") == "FROM scratch\n"
    assert "stale  server/Dockerfile\n" in capsys.readouterr().out
    assert main(["deploy-pack", manifest]) == 0
    assert stale.read_text("utf-8") == DOCKERFILE


def test_outside_of_a_checkout_nothing_is_written(tmp_path: Path) -> None:
    """There is no server to pack."""
    (tmp_path / "manifests").mkdir()
    shutil.copy(ROOT / "manifests" / f"{SERVICES[0]}.yaml", tmp_path / "manifests")

    assert main(["deploy-pack", str(tmp_path / "manifests" / f"{SERVICES[0]}.yaml")]) == 2
    assert [each.name for each in tmp_path.iterdir()] == ["manifests"]


def test_the_requirements_are_what_server_and_specs_import() -> None:
    """Nothing is missing, nothing is the harness's."""
    modules = [each for part in ("server", "specs") for each in (ROOT / part).rglob("*.py")]
    sources = [each.read_text("utf-8") for each in modules]
    listed = {
        re.split(r"[\[>]", line)[0].casefold()
        for line in (ROOT / "server" / "requirements.txt").read_text("utf-8").splitlines()[1:]
    }
    provided = packages_distributions()
    needed = {
        provided[name][0].casefold().replace("_", "-") for name in imported(sources) if name not in BROUGHT
    }

    assert needed == listed


@pytest.mark.parametrize("service", SERVICES)
def test_example_envs_have_names_and_no_values(service: str) -> None:
    """Every secret and variable of the manifest, each once."""
    manifest = read_manifest(ROOT / "manifests" / f"{service}.yaml")
    text = (ROOT / "server" / "deployment" / service / "env.example").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]

    assert lines == [f"{each.name}=" for each in (*manifest.secrets, *manifest.variables)]


def test_the_deployment_manifest_has_the_keys_it_was_first_described_with() -> None:
    """The local server's, key for key; what only the rehearsal needs is not there."""
    path = ROOT / "server" / "deployment" / "nyra-billing-server" / "deployment-manifest.json"
    given = json.loads(path.read_text("utf-8"))
    before = json.loads((ROOT / "tests" / "specs" / "data" / "nyra-billing-server.json").read_text("utf-8"))

    assert set(given) - set(before) == set()
    assert set(before) - set(given) == set()
    assert given["container"]["buildContext"] == "."
    assert set(given["storage"]) <= set(before["storage"])
    assert given["stripeWebhook"] == before["stripeWebhook"]


def test_the_image_runs_as_nobody_in_particular_and_holds_no_secret() -> None:
    """A user of its own before the start, and no name of a secret."""
    lines = DOCKERFILE.splitlines()

    assert lines.index("USER billing") < next(n for n, line in enumerate(lines) if line.startswith("CMD"))
    assert not re.search(r"SECRET|TOKEN|KEY|PASSWORD", DOCKERFILE)
    assert "\n*\n" in DOCKERIGNORE
    assert "**/.env*\n" in DOCKERIGNORE


def test_what_the_image_holds_is_enough_to_serve(tmp_path: Path) -> None:
    """The Dockerfile's COPY lines done in a folder: the server starts there without the harness."""
    for source, target in re.findall(r"^COPY (\S+) (\S+)$", DOCKERFILE, re.MULTILINE):
        (tmp_path / target).parent.mkdir(parents=True, exist_ok=True)
        copied(ROOT / source, tmp_path / target)
    service = "nyra-billing-server"
    manifest = read_manifest(ROOT / "manifests" / f"{service}.yaml")
    environ = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        **fake_environ(manifest, {offer.price_env: f"price_{offer.id}" for offer in manifest.offers}),
        "PYTHONPATH": f"{tmp_path}/specs:{tmp_path}/server",
        str(manifest.storage and manifest.storage.env): str(tmp_path / "entitlements.json"),
    }
    command = [sys.executable, "-c", SERVED, "--manifest", f"manifests/{service}.yaml", "--port", "0"]
    server = subprocess.Popen(command, cwd=tmp_path, env=environ, stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        said = server.stdout.readline()
        assert "listens on" in said
        assert asked(f"{said.split()[-1]}/health")["service"] == service
    finally:
        server.terminate()
        server.communicate(timeout=TIMEOUT_S)


def copied(source: Path, target: Path) -> None:
    """A file, or a folder without what Python is writing there meanwhile."""
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copy(source, target)


def asked(url: str) -> dict[str, object]:
    """The answer's JSON."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as answer:
            return dict(json.load(answer))
    except urllib.error.HTTPError as ill:
        with ill:
            return dict(json.load(ill))

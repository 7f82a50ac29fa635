"""No command tells a secret, in any form, whatever the secrets are; not even when it crashes.

One table has a row for every way to run every command; the secrets of all services are random, and right or
wrong in many ways.  What is printed, and every file that is left behind, is looked through.
"""

from __future__ import annotations

import argparse
import json
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest
from launching import ROOT, Launch, launched

from rehearsal_harness.cli import _parser, main
from rehearsal_specs.reader import read_manifest

LOCAL, SITE, ACCOUNTS = "nyra-billing-server", "aipowerprogress", "accounts-svc-plus"
WRANGLER = ROOT / "tests" / "harness" / "operating" / "data" / "wrangler.jsonc"
SHAPES = {
    "stripe_secret_key": "sk_test_{}",
    "webhook_secret": "whsec_{}",
    "signing_secret": "{}",
    "api_token": "{}",
}
ODD = ("{}", "sk_live_{}", "whsec_{}", "https://ada:{}@example.test/", "price_{}", "<{}>", 'a"b\\{}', "{}\n")
GATE = ("--env", ".env", "--junit", "gate.xml", "--sarif", "gate.sarif", "--html", "gate.html")
SPACED = ("Customer.Portal", "change.her.mind")
# A word in braces is a file that `world` makes; SECRET is one of the secrets, pasted into the wrong place.
ROWS = [
    f"validate {LOCAL} {SITE}",
    "validate --json {manifest-with-secrets}",
    "validate {manifest-with-secrets}",
    "validate SECRET",
    f"run {LOCAL} --story Customer.Portal --audit 1 -v --junit run.xml",
    f"run {LOCAL} --story SECRET --json",
    "replay {decisions-with-secrets}",
    "explain SECRET",
    "coverage SECRET --json",
    "story {decisions-with-secrets} --live --at http://127.0.0.1:9",
    "story {decisions-with-secrets} --live --service SECRET",
    "story SECRET --live --at http://ada:SECRET@127.0.0.1:9 --service SECRET",
    f"desktop settings --server-url BACKEND --email ada@example.test --manifest {LOCAL}",
    "desktop settings --server-url http://ada:SECRET@example.test",
    "desktop refresh --json",
    "desktop status --json",
    f"check {LOCAL}",
    f"check {LOCAL} --env .env --mode live --json",
    f"check {ACCOUNTS} --json",
    f"init-env {LOCAL} --env .env",
    f"init-env {LOCAL} --env .env.local",
    f"smoke {LOCAL}",
    f"storage-test {LOCAL} --folder .",
    f"stripe-setup {LOCAL} --env .env --price-cents 2500",
    f"stripe-setup {LOCAL} --price-cents 2500 --execute",
    f"payment-links {SITE} --env .env",
    f"payment-links {SITE} --apply",
    "pricing-model --inputs {decisions-with-secrets} --json",
    "config-sync {answers-with-secrets} --wrangler {wrangler} --write",
    f"deploy-pack {LOCAL}",
    "release-gates {manifest-with-secrets} --only validate --only secret-scan",
    "secret-scan",
    *(
        f"{command} {LOCAL} {SITE} {ACCOUNTS} --mode {mode} {form} {' '.join(GATE)}"
        for command in ("gate", "preflight")
        for mode in ("test", "live")
        for form in ("", "--json", "--github")
    ),
    f"gate {LOCAL} --mode test --decisions {{decisions-with-secrets}}",
    f"gate {LOCAL} --mode SECRET",
    f"live-rehearsal {LOCAL} --mode test --json",
    f"live-rehearsal {LOCAL} --mode live --env .env",
    f"live-rehearsal {SITE} --mode test",
]


REFUTED = "--app broken.naive:last_write_wins --store sqlite --story change.her.mind --audit 0"
SLOW = [row for row in ROWS if row.startswith(("storage-test", "smoke", "run"))]


@dataclass
class World:
    """A folder, and what must not be told of it; `texts` names the files that hold secrets on purpose."""

    launch: Launch
    secrets: list[str]
    texts: dict[str, Path]

    def words(self, row: str) -> list[str]:
        """A row as the words of a command line."""
        found = next((self.launch.folder / ".rehearsal").glob("findings/*.json"), Path("none.json"))
        backend = self.launch.environ["NYRA_BILLING_BASE_URL"]
        words = {"SECRET": self.secrets[0], "BACKEND": backend, "FINDING": str(found)}
        words |= {f"{{{name}}}": path.name for name, path in self.texts.items()}
        for name, word in words.items():
            row = row.replace(name, word)
        return [word.replace(".", " ") if word in SPACED else word for word in row.split()]

    def leaks(self, said: str) -> list[str]:
        """Which secrets are in what was said or written, by their number."""
        kept = {each.resolve() for each in self.texts.values()}
        files = [
            each for each in self.launch.folder.rglob("*") if each.is_file() and each.resolve() not in kept
        ]
        told = {str(each): each.read_text("utf-8", "replace") for each in files if ".env" not in each.name}
        told["output"] = said
        return [
            f"{place}: secret {number}"
            for place, text in told.items()
            for number, value in enumerate(self.secrets)
            if value in text
        ]


def services() -> list[str]:
    return [f"{ROOT / 'manifests' / name}.yaml" for name in (LOCAL, SITE, ACCOUNTS, "nyra-billing-api")]


def random_secrets(is_odd: bool) -> dict[str, tuple[str, str]]:
    """Value and its random part for each secret of each service, and for a database's password."""
    found = {}
    declared = {each.name: each.shape for path in services() for each in read_manifest(path).secrets}
    for number, (name, shape) in enumerate(sorted(declared.items())):
        if shape in SHAPES:
            token = secrets.token_hex(24)
            form = ODD[number % len(ODD)] if is_odd else SHAPES[shape]
            found[name] = (form.format(token), token)
    password = secrets.token_hex(12)
    found["DATABASE_URL"] = (f"postgresql://ada:{password}@127.0.0.1:9/none", password)
    return found


@pytest.fixture(name="world")
def _world(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """Everything launched, secrets in the environment and in .env, files with secrets pasted in.

    They are odd, unless the test asks for right ones.
    """
    given = random_secrets(getattr(request, "param", "odd") == "odd")
    with launched(ROOT / "manifests" / f"{LOCAL}.yaml", tmp_path, monkeypatch) as launch:
        launch.environ |= {name: value for name, (value, _) in given.items()}
        for name, value in launch.environ.items():
            monkeypatch.setenv(name, value)
        tokens = [token for _, token in given.values()]
        yield World(launch, tokens, pasted(tmp_path, [value for value, _ in given.values()]))


def pasted(folder: Path, values: list[str]) -> dict[str, Path]:
    """Files with secrets where none belongs."""
    key, hook, *_, database = sorted(values, key=len)
    manifest = (ROOT / "manifests" / f"{LOCAL}.yaml").read_text("utf-8")
    texts = {
        ".env": "".join(f"VALUE_{number}='{value}'\n" for number, value in enumerate(values)),
        "manifest-with-secrets": manifest.replace("defaultPort: 8788", f"defaultPort: {json.dumps(key)}")
        .replace("kind: json", f"kind: {json.dumps(hook)}")
        .replace("runtime:", f"{json.dumps(database)}: x\nruntime:"),
        "decisions-with-secrets": f"service: {LOCAL}\nhost: {{secret_store: {json.dumps(key)}, logs: x}}\n"
        f"{json.dumps(hook)}: {json.dumps(database)}\n",
        "answers-with-secrets": json.dumps(
            {
                "billingCloud": {
                    "allowedOrigin": key,
                    "d1DatabaseId": hook,
                    database: hook,
                    "stripeApiVersion": key,
                }
            }
        ),
    }
    paths = {name: folder / (name if name.startswith(".") else f"{name}.yaml") for name in texts}
    for name, text in texts.items():
        paths[name].write_text(text, "utf-8")
    shutil.copy(WRANGLER, folder / "wrangler.jsonc")
    return paths | {"wrangler": folder / "wrangler.jsonc"}


def commands() -> set[str]:
    """Every word that the program takes."""
    actions = _parser()._subparsers
    assert actions is not None
    (found,) = [set(each.choices) for each in actions._group_actions if isinstance(each.choices, dict)]
    return found


@pytest.mark.parametrize(
    ("row", "world"),
    [(row, kind) for kind in ("right", "odd") for row in ROWS if kind == "right" or row not in SLOW],
    indirect=["world"],
)
def test_no_command_tells_a_secret(world: World, capfd: pytest.CaptureFixture[str], row: str) -> None:
    """Neither on standard output or error, nor in a file that it leaves."""
    with suppress(SystemExit):  # of argparse
        main(world.words(row))
    said = capfd.readouterr()

    assert world.leaks(said.out + said.err) == []


def test_a_bench_tells_no_secret(world: World) -> None:
    """As a process of its own, served for a moment with a state file."""
    script = "from rehearsal_harness.cli import main; raise SystemExit(main())"
    words = ["serve", LOCAL, "--port", "0", "--backend-port", "0", "--state", "bench.json"]
    process = subprocess.Popen(
        [sys.executable, "-c", script, *words],
        cwd=world.launch.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=120)

    assert world.leaks(first + rest) == []


def test_a_finding_is_made_and_followed(world: World, capfd: pytest.CaptureFixture[str]) -> None:
    """A naive backend is refuted, and the finding replayed."""
    statuses = [main(world.words(row)) for row in (f"run {LOCAL} {REFUTED}", "replay FINDING")]

    assert statuses == [1, 1]
    assert world.leaks(capfd.readouterr().out) == []


def test_every_command_has_a_row() -> None:
    """Whoever adds a command adds how it is run to the table, or a test of its own beside it."""
    assert commands() - {row.split()[0] for row in ROWS} == {"serve"}


def crash_with(values: list[str]) -> Callable[..., int]:
    def crash(*_: object, **__: object) -> int:
        try:
            raise KeyError(values[0])
        except KeyError as first:
            problem = RuntimeError(f"cannot use {values!r}", *values)
            problem.add_note(json.dumps(values))
            raise problem from first

    return crash


@pytest.mark.parametrize("command", sorted(commands()))
def test_no_crash_tells_a_secret(
    command: str, world: World, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever an exception, its causes and its notes say, the traceback tells names in their place."""
    module = import_module(
        f"rehearsal_harness.cli.{'gate' if command == 'preflight' else command.replace('-', '_')}"
    )
    values = [
        value for name, value in world.launch.environ.items() if any(each in value for each in world.secrets)
    ]
    monkeypatch.setattr(module, "run", crash_with(values))
    monkeypatch.setattr("rehearsal_harness.cli._parser", lambda: Words(command))

    assert main([command]) == 3
    said = capfd.readouterr()
    assert "this is our mistake" in said.err
    assert "<STRIPE_SECRET_KEY>" in said.err
    assert world.leaks(said.out + said.err) == []


class Words:
    """A parser that takes nothing but the command."""

    def __init__(self, command: str) -> None:
        self.command = command

    def parse_known_args(self, _: object) -> tuple[argparse.Namespace, list[str]]:
        manifest = f"{ROOT / 'manifests' / LOCAL}.yaml"
        return argparse.Namespace(command=self.command, manifest=manifest), []


def test_the_crash_of_a_thread_tells_no_secret(world: World) -> None:
    """It is told like any other."""
    script = (
        "import os, threading, time\n"
        "from rehearsal_harness import cli\n"
        "from rehearsal_harness.cli import explain\n"
        "def crash():\n"
        "    raise RuntimeError(dict(os.environ))\n"
        "def run(options):\n"
        "    thread = threading.Thread(target=crash); thread.start(); thread.join(); return 0\n"
        "explain.run = run\n"
        "cli.main()\n"
    )
    words = [sys.executable, "-c", script, "explain", "x"]
    done = subprocess.run(words, cwd=world.launch.folder, capture_output=True, text=True, check=True)

    assert "RuntimeError" in done.stderr
    assert world.leaks(done.stdout + done.stderr) == []

"""Imports point one way: specs <- server, specs <- core <- edges <- steps and cli."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HARNESS = "rehearsal_harness"
CORE = f"harness/{HARNESS}/core"
KNOWS_THE_SERVER = f"harness/{HARNESS}/targets/reference.py"
EDGES = (
    *(
        "cli",
        "desktop_app",
        "gate",
        "operating",
        "reports",
        "secret_scan",
        "serving",
        "steps",
        "stripe_api",
        "targets",
    ),
    *("closing_servers", "rehearsal", "resources", "whole_files"),
)
READER = (
    "reader",
    "source",
    "yaml_source",
    "json_source",
    "schema_check",
    "manifest_checks",
    "manifest_values",
    "rule_checks",
    "decisions",
    "checklists",
)
OUTSIDE = (
    *(
        "falcon",
        "jsonschema",
        "jwt",
        "pytest",
        "pytest_bdd",
        "responses",
        "rich",
        "stripe",
        "waitress",
        "yaml",
    ),
    *("asyncio", "concurrent", "http", "requests", "select", "socket", "ssl", "subprocess", "urllib.request"),
    *(
        "io",
        "logging",
        "multiprocessing",
        "os",
        "pathlib",
        "shutil",
        "sqlite3",
        "sys",
        "tempfile",
        "threading",
    ),
    *("freezegun", "random", "secrets", "time", "uuid"),
)
HARNESS_ONLY = ("freezegun", "pytest", "pytest_bdd", "responses", "rich")
# What reaches outside without an import, or asks for the time through a type that may be imported.
OUTSIDE_CALLS = frozenset(
    {"__import__", "breakpoint", "eval", "exec", "import_module", "input", "open", "print"}
)
OUTSIDE_METHODS = frozenset(
    {"now", "open", "read_bytes", "read_text", "today", "utcnow", "write_bytes", "write_text"}
)

# Whose modules, which imports are not allowed there, and why.
RULES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("specs", ("rehearsal_server", HARNESS), "specs know neither server nor harness"),
    ("specs", ("falcon", "stripe", *HARNESS_ONLY), "specs load nothing heavy"),
    ("server", (HARNESS,), "the server never imports the harness"),
    ("server", HARNESS_ONLY, "the server runs without the harness's packages"),
    (CORE, tuple(f"{HARNESS}.{each}" for each in EDGES), "core may not import edges"),
    (
        CORE,
        tuple(f"rehearsal_specs.{each}" for each in READER),
        "core takes the types of specs, not its reader",
    ),
    (CORE, OUTSIDE, "core opens nothing and asks nobody"),
    ("harness", ("rehearsal_server",), "only targets/reference.py knows the server"),
    *(
        (
            f"harness/{HARNESS}/{edge}",
            (f"{HARNESS}.steps", f"{HARNESS}.cli"),
            "edges know nobody who drives them",
        )
        for edge in ("desktop_app", "gate", "reports", "secret_scan", "serving", "stripe_api", "targets")
    ),
)
PURE = ("server/rehearsal_server/facts.py", "server/rehearsal_server/access.py")


def imported(source: str, package: str) -> Iterator[tuple[int, str]]:
    """Line and full name of each thing imported; `package` resolves the relative ones."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            outer = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = [*outer, *([node.module] if node.module else [])]
            yield from ((node.lineno, ".".join([*base, alias.name])) for alias in node.names)


def wrong_imports(path: str, source: str, banned: tuple[str, ...], why: str) -> list[str]:
    """`path:line: imports name; why` for each banned import of one module, type-checking ones included."""
    package = ".".join(Path(path).parts[1:-1])
    found = {
        (line, each)
        for line, name in imported(source, package)
        for each in banned
        if f"{name}.".startswith(f"{each}.")
    }
    return [f"{path}:{line}: imports {name}; {why}" for line, name in sorted(found)]


def outside_calls(path: str, source: str) -> list[str]:
    """`path:line: calls name` for each call that opens something or asks for the time."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            function = node.func.id if isinstance(node.func, ast.Name) else method
            if function in OUTSIDE_CALLS or method in OUTSIDE_METHODS:
                found.append((node.lineno, ast.unparse(node.func)))
    return [f"{path}:{line}: calls {name}; expected to be passed in" for line, name in sorted(found)]


def modules(folder: str) -> dict[str, str]:
    """The modules below a folder: path from the root to source."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
        for path in sorted((ROOT / folder).rglob("*.py"))
    }


@pytest.mark.parametrize(("folder", "banned", "why"), RULES, ids=[f"{rule[0]}-{rule[2]}" for rule in RULES])
def test_imports_point_one_way(folder: str, banned: tuple[str, ...], why: str) -> None:
    """No module imports against the direction that ARCHITECTURE.md draws."""
    found = [
        offence
        for path, source in modules(folder).items()
        if not (path == KNOWS_THE_SERVER and "rehearsal_server" in banned)
        for offence in wrong_imports(path, source, banned, why)
    ]

    assert found == []


def test_nothing_imports_tests() -> None:
    """Neither a test nor a helper of tests is imported by what is shipped."""
    helpers = tuple(sorted({"tests", *(Path(path).stem for path in modules("tests"))}))
    found = [
        offence
        for folder in ("specs", "server", "harness")
        for path, source in modules(folder).items()
        for offence in wrong_imports(path, source, helpers, "nothing imports tests")
    ]

    assert found == []


def test_core_opens_nothing_and_asks_nobody_for_the_time() -> None:
    """What core knows is passed in: no file, no socket, no clock."""
    assert [each for path, source in modules(CORE).items() for each in outside_calls(path, source)] == []


@pytest.mark.parametrize("path", PURE, ids=lambda path: Path(path).stem)
def test_facts_and_access_are_pure(path: str) -> None:
    """The join and the access table open no file and no socket, and ask nobody for the time."""
    source = (ROOT / path).read_text("utf-8")

    assert wrong_imports(path, source, (*OUTSIDE, "datetime"), "expected to be pure") == []
    assert outside_calls(path, source) == []


@pytest.mark.parametrize(
    "line",
    [
        "import rehearsal_harness.cli",
        "import rehearsal_harness.cli.run as run",
        "from rehearsal_harness import cli",
        "from rehearsal_harness.cli import main",
        "from .. import cli",
        "from ..cli import run",
        "def late():\n    from ..cli.run import run",
        "if TYPE_CHECKING:\n    from rehearsal_harness.cli import main",
    ],
)
def test_a_wrong_import_is_reported_with_its_line(line: str) -> None:
    """However an import is written, the check sees what it names."""
    number = 1 + len(line.splitlines())

    assert wrong_imports(f"{CORE}/x.py", f"import json\n{line}\n", (f"{HARNESS}.cli",), "no") == [
        f"{CORE}/x.py:{number}: imports {HARNESS}.cli; no"
    ]


def test_a_name_that_only_begins_alike_is_no_offence() -> None:
    """`timeit` is not `time`, and a sibling module called `time` is not the clock."""
    assert wrong_imports(f"{CORE}/x.py", "import timeit\nfrom . import time\n", ("time",), "no") == []


def test_a_call_that_reaches_outside_is_reported_with_its_line() -> None:
    """The clock can be asked through a type, and a file opened without an import."""
    source = (
        "from datetime import datetime\ndatetime.now()\nopen('x')\npath.read_text()\ndatetime(2026, 1, 1)\n"
    )

    assert outside_calls("x.py", source) == [
        "x.py:2: calls datetime.now; expected to be passed in",
        "x.py:3: calls open; expected to be passed in",
        "x.py:4: calls path.read_text; expected to be passed in",
    ]


@pytest.mark.parametrize("module", [f"{HARNESS}.cli", f"{HARNESS}.cli.validate", "rehearsal_specs.reader"])
def test_heavy_packages_are_imported_late(module: str) -> None:
    """What `validate` needs loads neither the SDK, nor Falcon, nor pytest, nor rich."""
    heavy = ["stripe", "falcon", "pytest", "rich", "responses", "freezegun"]
    code = f"import sys, {module}; print(*[name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == []

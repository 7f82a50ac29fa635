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
EDGES = ("cli", "steps", "targets", "reports", "stripe_api", "rehearsal", "resources")
OUTSIDE = (
    "falcon",
    "stripe",
    "yaml",
    "time",
    "random",
    "socket",
    "os",
    "pathlib",
    "sqlite3",
    "requests",
    "pytest",
)

# Whose modules, which imports are not allowed there, and why.
RULES: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("specs", ("rehearsal_server", HARNESS), "specs know neither server nor harness"),
    ("server", (HARNESS,), "the server never imports the harness"),
    (f"harness/{HARNESS}/core", tuple(f"{HARNESS}.{each}" for each in EDGES), "core may not import edges"),
    (f"harness/{HARNESS}/core", ("rehearsal_specs.reader", *OUTSIDE), "core opens nothing and asks nobody"),
    (f"harness/{HARNESS}", ("rehearsal_server",), "only targets/reference.py knows the server"),
    (
        f"harness/{HARNESS}/targets",
        (f"{HARNESS}.steps", f"{HARNESS}.cli"),
        "edges do not import what drives them",
    ),
    (
        f"harness/{HARNESS}/reports",
        (f"{HARNESS}.steps", f"{HARNESS}.cli"),
        "edges do not import what drives them",
    ),
    (
        f"harness/{HARNESS}/stripe_api",
        (f"{HARNESS}.steps", f"{HARNESS}.cli"),
        "edges do not import what drives them",
    ),
)
PURE = (ROOT / "server/rehearsal_server/facts.py", ROOT / "server/rehearsal_server/access.py")


def imported(source: str, package: str) -> Iterator[tuple[int, str]]:
    """Line and full name of each import; `package` resolves the relative ones."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            yield node.lineno, ".".join([*base, *([node.module] if node.module else [])])


def offences(path: Path, source: str, banned: tuple[str, ...], why: str) -> list[str]:
    """`path:line: why (name)` for each banned import of one module."""
    package = ".".join(path.relative_to(ROOT).parts[1:-1])
    found = imported(source, package)
    return [
        f"{path.relative_to(ROOT)}:{line}: {why} ({name})"
        for line, name in found
        if any(name == each or name.startswith(f"{each}.") for each in banned)
    ]


@pytest.mark.parametrize(
    ("folder", "banned", "why"), RULES, ids=lambda value: value if isinstance(value, str) else ""
)
def test_imports_point_one_way(folder: str, banned: tuple[str, ...], why: str) -> None:
    """No module imports against the direction that ARCHITECTURE.md draws."""
    exempt = ROOT / f"harness/{HARNESS}/targets/reference.py"
    found = [
        offence
        for path in sorted((ROOT / folder).rglob("*.py"))
        if path != exempt
        for offence in offences(path, path.read_text("utf-8"), banned, why)
    ]

    assert found == []


@pytest.mark.parametrize("path", PURE, ids=lambda path: path.stem)
def test_facts_and_access_are_pure(path: Path) -> None:
    """The join and the access table open no file and no socket, and ask nobody for the time."""
    assert offences(path, path.read_text("utf-8"), (*OUTSIDE, "datetime"), "is pure") == []


def test_a_wrong_import_is_reported_with_its_line() -> None:
    """The check itself sees absolute and relative imports."""
    path = ROOT / f"harness/{HARNESS}/core/x.py"
    source = "import json\nfrom rehearsal_harness.cli import main\nfrom ..targets import wsgi\n"

    assert offences(path, source, (f"{HARNESS}.cli", f"{HARNESS}.targets"), "no") == [
        f"harness/{HARNESS}/core/x.py:2: no ({HARNESS}.cli)",
        f"harness/{HARNESS}/core/x.py:3: no ({HARNESS}.targets)",
    ]


@pytest.mark.parametrize("module", [f"{HARNESS}.cli", f"{HARNESS}.cli.validate", "rehearsal_specs.reader"])
def test_heavy_packages_are_imported_late(module: str) -> None:
    """What `validate` needs loads neither the SDK, nor Falcon, nor pytest, nor rich."""
    heavy = ["stripe", "falcon", "pytest", "rich", "responses", "freezegun"]
    code = f"import sys, {module}; print(*[name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.split() == []

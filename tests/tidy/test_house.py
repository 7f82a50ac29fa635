"""Size, names and secrets: what a reader should not have to look for."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal_specs.reader import read_faults, read_properties

ROOT = Path(__file__).parents[2]
SOURCES = sorted(
    path
    for folder in ("specs", "server", "harness")
    for path in (ROOT / folder).rglob("*.py")
    if path.stat().st_size
)
FUNCTION_LINES_MAX, MODULE_LINES_MAX = 40, 300
SECRET = re.compile(r"(?:[sr]k_(?:test|live)|whsec)_(?!0{8}|1{8})[A-Za-z0-9]{8,}")
BANNED_IN_STORES = {
    r"\.commit\(": "transaction()",
    r"\.rollback\(": "transaction()",
    r"with (?:self\.)?_?conn(?:ection)?:": "transaction()",
    r"executescript": "one statement at a time",
    r"(?i)\bor rollback\b": "OR IGNORE, or ON CONFLICT",
    r"(?i)\bautoincrement\b": "a natural key",
    r"(?i)\bcurrent_timestamp\b|\bnow\(\)": "an instant passed in",
    r"(?i)\bdeferr(?:ed|able)\b": "an immediate constraint",
}
# Faults that no move is needed for: another move is the same to the backend.
COVERED = {
    "late": "the order of deliveries, and the move 'late'",
    "lost_answer": "a duplicate",
    "lost_request": "a late delivery",
    "redirect_before_webhook": "a story that activates before its webhooks arrive",
}
TOP_LEVEL = {
    *(
        "specs",
        "features",
        "harness",
        "server",
        "manifests",
        "tests",
        "docs",
        "tox.ini",
        "pyproject.toml",
        ".ci",
    ),
    *("README.md", "LICENSE", "CHANGELOG.md", "ARCHITECTURE.md", "CONTRIBUTING.md", ".gitignore"),
}


def too_long(source: str) -> Iterator[str]:
    """`line: name has n lines` for each function over the limit."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and node.end_lineno is not None:
            lines = node.end_lineno - node.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                yield f"{node.lineno}: {node.name} has {lines} lines"


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    if not listed:
        pytest.skip("not a git checkout, so there are no tracked files to look through")
    return [ROOT / name for name in listed.splitlines() if (ROOT / name).is_file()]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: "/".join(path.parts[-2:]))
def test_modules_are_small_and_say_what_they_decide(path: Path) -> None:
    """A module opens with a docstring, and neither it nor a function of it outgrows a screenful or two."""
    source = path.read_text("utf-8")

    assert ast.get_docstring(ast.parse(source)), f"{path}:1: no docstring"
    assert len(source.splitlines()) <= MODULE_LINES_MAX
    assert list(too_long(source)) == []


def test_a_long_function_is_reported() -> None:
    """The check itself counts."""
    assert list(too_long("def f():\n" + "    x = 1\n" * 40)) == ["1: f has 41 lines"]


@pytest.mark.parametrize("pattern", BANNED_IN_STORES)
def test_stores_keep_outer_savepoints(pattern: str) -> None:
    """Nothing in a store silently ends a transaction it did not begin, or draws what a rewind cannot undo."""
    files = [*ROOT.glob("server/rehearsal_server/store/**/*.py"), *ROOT.glob("server/**/*.sql")]
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}; use {BANNED_IN_STORES[pattern]}"
        for path in files
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(pattern, line) and not line.lstrip().startswith(("#", "--", '"""'))
    ]

    assert found == []


def test_no_secret_lies_in_a_file() -> None:
    """Nothing could be mistaken for a key: fakes are made of zeros, or put together at run time."""
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines(), 1)
        if SECRET.search(line)
    ]

    assert found == []


def test_a_secret_would_be_seen() -> None:
    """The pattern knows keys and webhook secrets, and lets zeros be."""
    assert SECRET.search("sk_" + "live_" + "4eC39HqLyjWD")
    assert not SECRET.search("sk_test_" + "0" * 24)


def test_nothing_in_code_names_a_service() -> None:
    """What differs between services is declared in a manifest."""
    names = re.compile(
        "|".join(path.stem.split("-")[0] for path in (ROOT / "manifests").glob("*.yaml")), re.I
    )
    found = [str(path.relative_to(ROOT)) for path in SOURCES if names.search(path.read_text("utf-8"))]

    assert found == []


def test_properties_are_judged_and_exist() -> None:
    """Each property is named by code that judges it, and code names no other."""
    code = "".join(path.read_text("utf-8") for path in SOURCES)
    named = set(re.findall(r'property_id="(\w+)"', code))
    declared = set(read_properties())

    assert sorted(named - declared) == []
    assert (
        sorted(each for each in declared if f'"{each}"' not in code and not each.startswith("sometimes_"))
        == []
    )


def test_faults_strike_or_are_covered() -> None:
    """Each fault is a move of the search or a way to forge, or it is said which move is the same."""
    code = "".join(path.read_text("utf-8") for path in SOURCES)

    assert sorted(each for each in read_faults() if f'"{each}"' not in code and each not in COVERED) == []


def test_top_level_names_are_the_given_ones() -> None:
    """Whoever lists the folder finds what ARCHITECTURE.md names."""
    assert sorted({path.relative_to(ROOT).parts[0] for path in tracked()} - TOP_LEVEL) == []

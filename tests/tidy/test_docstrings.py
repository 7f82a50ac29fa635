"""What is public says what it is: modules, classes, functions and methods have docstrings."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for folder in ("specs", "server", "harness")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path.stat().st_size
}
DOCSTRING_LINES_MAX = 8
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def undocumented(path: str, source: str, said_elsewhere: frozenset[str] = frozenset()) -> list[str]:
    """`path:line: …` for what is public and says nothing: the module, its classes, functions and methods.

    A step is said by its sentence; a method of a port or of a base class (`said_elsewhere`) is said there.
    """
    tree = ast.parse(source)
    told = [line for line in (ast.get_docstring(tree) or "").splitlines() if line.strip()]
    found = []
    if not 1 <= len(told) <= DOCSTRING_LINES_MAX:
        found = [f"{path}:1: a docstring of {len(told)} lines, expected 1 to {DOCSTRING_LINES_MAX}"]
    for node, owner in public(tree):
        if ast.get_docstring(node) is None and not (owner and node.name in said_elsewhere):
            found.append(f"{path}:{node.lineno}: {owner}{node.name} has no docstring, expected one")
    return found


def public(tree: ast.Module) -> Iterator[tuple[Definition, str]]:
    """Each public definition, and for a method `Class.`; steps left out."""
    pending: list[tuple[ast.stmt, str]] = [(node, "") for node in tree.body]
    for node, owner in pending:
        if isinstance(node, Definition) and not node.name.startswith("_"):
            if not any(ast.unparse(each).startswith("step(") for each in node.decorator_list):
                yield node, owner
            if isinstance(node, ast.ClassDef):
                pending += [(each, f"{node.name}.") for each in node.body]


def documented_in_ports() -> frozenset[str]:
    """Names of the methods that some Protocol or base of the sources documents."""
    bases = {
        ast.unparse(base).split("[")[0].rpartition(".")[2]
        for source in SOURCES.values()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef)
        for base in node.bases
    }
    return frozenset(
        method.name
        for source in SOURCES.values()
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ClassDef)
        and (node.name in bases or any(ast.unparse(base) == "Protocol" for base in node.bases))
        for method in node.body
        if isinstance(method, ast.FunctionDef) and ast.get_docstring(method)
    )


def test_what_is_public_says_what_it_is() -> None:
    """Every public class, function and method has a docstring, its own or its port's."""
    ports = documented_in_ports()

    assert [each for path, source in SOURCES.items() for each in undocumented(path, source, ports)] == []


def test_what_says_nothing_is_reported() -> None:
    """Private names, steps and methods that a port explains may be silent; nothing else may."""
    silent = "    def read(self): ...\n    def _own(self): ...\n    def write(self): ...\n"
    source = f"@step('x')\ndef a(): ...\ndef b(): ...\ndef _c(): ...\nclass D:\n{silent}"

    assert undocumented("x.py", source, frozenset({"read"})) == [
        "x.py:1: a docstring of 0 lines, expected 1 to 8",
        "x.py:3: b has no docstring, expected one",
        "x.py:5: D has no docstring, expected one",
        "x.py:8: D.write has no docstring, expected one",
    ]
    assert undocumented("x.py", '"""' + "words\n" * 9 + '"""') == [
        "x.py:1: a docstring of 9 lines, expected 1 to 8"
    ]

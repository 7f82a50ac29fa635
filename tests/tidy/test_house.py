"""Size, names and secrets: what a reader should not have to look for."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from rehearsal_harness.secret_scan import detectors
from rehearsal_specs.reader import read_faults, read_properties, read_rules

ROOT = Path(__file__).parents[2]
SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
    for folder in ("specs", "server", "harness")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if path.stat().st_size
}
CODE = "".join(SOURCES.values())
FUNCTION_LINES_MAX, MODULE_LINES_MAX = 40, 300
SECRET = re.compile(r"(?:[sr]k_(?:test|live)|whsec)_(?!0{8}|1{8})[A-Za-z0-9]{8,}")
CARD = re.compile(r"(?<![\w.-])\d{4}([ -]?)\d{4}\1\d{4}\1\d{3,4}(?![\w.-])")
TEST_CARDS = detectors._TEST_CARDS
# A construct that no store may use, and its replacement.
BANNED_IN_STORES = {
    r"\.commit\(": "transaction()",
    r"\.rollback\(": "transaction()",
    r"\bwith (?!.*transaction\(\)).*conn\w*(?:\(\))?(?: as \w+)?\s*:": "with store.transaction()",
    r"executescript\(": "one statement at a time",
    r"(?i)\bor rollback\b": "OR IGNORE, or ON CONFLICT",
    r"(?i)\bautoincrement\b|\bserial\b|\bnextval\b|\bcreate sequence\b|\bas identity\b": "a natural key",
    r"(?i)\bcurrent_(?:timestamp|date|time)\b|\bnow\(\)|'now'|\bunixepoch\(": "an instant passed in",
    r"(?i)\brandom(?:blob)?\(|\bgen_random_uuid\(": "a value passed in",
    r"(?i)\bdeferr(?:ed|able)\b|\bdefer_foreign_keys\b": "an immediate constraint",
}
# Statuses that no story can reach, and why.
UNREACHED = {"sometimes_paused": "a trial pauses on terms that only the API takes, and no story can say"}
# Faults that no move is needed for: another move is the same to the backend.
COVERED = {
    "late": "the order of deliveries, and the move 'late'",
    "lost_answer": "a duplicate",
    "lost_request": "a late delivery",
    "redirect_before_webhook": "a story that activates before its webhooks arrive",
}


def too_long(path: str, source: str) -> list[str]:
    """`path:line: …` for a module or a function that is over its limit."""
    count = len(source.splitlines())
    found = (
        [f"{path}:1: {count} lines, expected at most {MODULE_LINES_MAX}"] if count > MODULE_LINES_MAX else []
    )
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno is not None:
            lines = node.end_lineno - node.lineno + 1
            if lines > FUNCTION_LINES_MAX:
                what = f"{node.name} has {lines} lines, expected at most {FUNCTION_LINES_MAX}"
                found.append(f"{path}:{node.lineno}: {what}")
    return found


def banned_in_store(path: str, source: str) -> list[str]:
    """`path:line: text; use …` for each construct that ends a transaction or draws what no rewind undoes."""
    return [
        f"{path}:{number}: {line.strip()}; use {instead}"
        for number, line in enumerate(source.splitlines(), 1)
        if not line.lstrip().startswith(("#", "--"))
        for pattern, instead in BANNED_IN_STORES.items()
        if re.search(pattern, line)
    ]


def secrets(path: str, source: str) -> list[str]:
    """`path:line: …` for what could be mistaken for a key or a card; the text itself is never repeated."""
    found = []
    for number, line in enumerate(source.splitlines(), 1):
        if SECRET.search(line):
            found.append(f"{path}:{number}: looks like a key, expected zeros or parts joined at run time")
        numbers = {re.sub(r"\D", "", match[0]) for match in CARD.finditer(line)}
        if any(luhn(each) for each in numbers - TEST_CARDS):
            found.append(
                f"{path}:{number}: looks like a card number, expected one that Stripe publishes for tests"
            )
    return found


def luhn(number: str) -> bool:
    """Whether the check digit is right, as on every card."""
    digits = [int(each) for each in reversed(number)]
    doubled = [sum(divmod(2 * each, 10)) for each in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


@pytest.mark.parametrize("path", SOURCES)
def test_modules_are_small_and_say_what_they_decide(path: str) -> None:
    """A module opens with a docstring, and neither it nor a function of it outgrows a screenful or two."""
    assert too_long(path, SOURCES[path]) == []


def test_what_is_too_long_is_reported() -> None:
    """The check itself counts functions, coroutines and modules."""
    assert too_long("x.py", "def f():\n" + "    x = 1\n" * 40 + "async def g():\n" + "    x = 1\n" * 40) == [
        "x.py:1: f has 41 lines, expected at most 40",
        "x.py:42: g has 41 lines, expected at most 40",
    ]
    assert too_long("x.py", "x = 1\n" * 301) == ["x.py:1: 301 lines, expected at most 300"]


def test_stores_keep_outer_savepoints() -> None:
    """Nothing in a store silently ends a transaction it did not begin, or draws what a rewind cannot undo."""
    store = ROOT / "server" / "rehearsal_server" / "store"
    files = [path for path in sorted(store.rglob("*")) if path.suffix in {".py", ".sql"}]
    found = [
        problem
        for path in files
        for problem in banned_in_store(str(path.relative_to(ROOT)), path.read_text("utf-8"))
    ]

    assert len(files) > 2
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        "connection.commit()",
        "self._mine.connection.rollback()",
        "with connection:",
        "with self._connect() as conn:",
        "with self._connection():",
        "connection.executescript(text)",
        "INSERT OR ROLLBACK INTO rows VALUES (1)",
        "id INTEGER PRIMARY KEY AUTOINCREMENT",
        "id BIGINT GENERATED ALWAYS AS IDENTITY",
        "SELECT nextval('rows_id')",
        "at TEXT DEFAULT CURRENT_TIMESTAMP",
        "SELECT strftime('%s', 'now')",
        "SELECT NOW()",
        "SELECT hex(randomblob(8))",
        "REFERENCES rows (id) DEFERRABLE INITIALLY DEFERRED",
    ],
)
def test_what_a_store_may_not_do_is_reported_with_its_replacement(line: str) -> None:
    """Each banned construct is seen, with its line and what to use instead."""
    (said,) = banned_in_store("x.py", f"x = 1\n{line}\n")

    assert said.startswith(f"x.py:2: {line}; use ")


def test_what_a_store_should_do_is_not_reported() -> None:
    """A transaction of the store's own, and SQL that is told the time, pass."""
    source = (
        "with self.transaction():\n    self._run('COMMIT')\nwith closing(connection.cursor()) as cursor:\n"
    )

    assert banned_in_store("x.py", source + "-- autoincrement would be wrong\n") == []


def test_no_secret_lies_in_a_file(tracked: list[Path]) -> None:
    """Nothing could be mistaken for a key: fakes are made of zeros, or put together at run time."""
    found = [
        problem
        for path in tracked
        for problem in secrets(str(path.relative_to(ROOT)), path.read_text("utf-8", errors="replace"))
    ]

    assert found == []


@pytest.mark.parametrize(
    "text",
    [
        "sk_" + "live_" + "4eC39HqLyjWD",
        "rk_" + "test_" + "a1b2c3d4",
        "whsec_" + "Zm9vYmFy",
        "4111 1111 " + "1111 1111",
    ],
)
def test_a_secret_would_be_seen(text: str) -> None:
    """Keys, webhook secrets and cards are reported by place; what was found is not repeated."""
    (said,) = secrets("x.py", f"x = 1\nkey = '{text}'\n")

    assert said.startswith("x.py:2: looks like a ")
    assert text not in said


def test_fakes_are_not_reported() -> None:
    """Zeros, Stripe's published cards, and numbers that are no cards pass."""
    assert secrets("x.py", f"{'sk_test_' + '0' * 24} 4242424242424242 1234567890123456") == []


def test_nothing_in_code_names_a_service() -> None:
    """What differs between services is declared in a manifest; tables and schemas name none either."""
    stems = [path.stem for path in (ROOT / "manifests").glob("*.yaml")]
    services = {stem.split("-")[0] for stem in stems} - {"accounts"}  # accounts are Stripe's noun too
    services |= {stem.replace("-", "[-_. ]") for stem in stems}
    tables = {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
        for path in (ROOT / "specs").rglob("*")
        if path.suffix in {".json", ".yaml"} and path.name != "checklists.yaml"  # quotes documents
    }
    found = [
        f"{path}:{number}: names '{name[0]}', expected only a manifest to"
        for path, source in {**SOURCES, **tables}.items()
        for number, line in enumerate(source.splitlines(), 1)
        if (name := re.search("|".join(services), line, re.IGNORECASE))
    ]

    assert services
    assert found == []


def test_properties_are_judged_and_exist() -> None:
    """Each property is named by code that judges it, and code names no other."""
    named = set(re.findall(r'property_id="(\w+)"', CODE))
    declared = set(read_properties())
    judged = {each for each in declared if not each.startswith("sometimes_")}

    assert sorted(named - declared) == []
    assert sorted(each for each in judged if f'"{each}"' not in CODE) == []


def test_a_rehearsal_can_get_to_every_sometimes() -> None:
    """Each status that a table leads a subscription to has its `sometimes_`; the search names the others."""
    statuses = {row.after for row in read_rules().rows if row.object == "subscription"}
    sometimes = {each for each in read_properties() if each.startswith("sometimes_")}
    named = set(re.findall(r'"(sometimes_\w+)"', CODE))

    assert 'f"sometimes_{' in CODE
    reached = named | {f"sometimes_{each}" for each in statuses}
    assert sometimes - set(UNREACHED) == reached - set(UNREACHED)
    assert set(UNREACHED) <= sometimes


def test_faults_strike_or_are_covered() -> None:
    """Each fault is a move of the search or a way to forge, or it is said which move is the same."""
    faults = read_faults()

    assert sorted(each for each in faults if f'"{each}"' not in CODE and each not in COVERED) == []
    assert sorted(set(COVERED) - set(faults)) == []

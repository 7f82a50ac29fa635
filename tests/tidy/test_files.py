"""The repository as a stranger finds it: what documents promise is there, and no machine's traces are."""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Set
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
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
    *("README.md", "LICENSE", "CHANGELOG.md", "ARCHITECTURE.md", "CONTRIBUTING.md"),
    *(".gitignore", ".dockerignore"),
}
CHANGES = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
# Hosts that a file may name: sources of rules, and names that no machine has (RFC 2606, RFC 6761).
HOSTS = re.compile(
    r"(?:.+\.)?(?:stripe\.com|example\.com|example|test|invalid|localhost)"
    r"|www\.(?:sqlite|postgresql|w3)\.org|(?:fetch|url)\.spec\.whatwg\.org|developers\.cloudflare\.com"
    r"|(?:docs\.)?github\.com|in-toto\.io|docs\.oasis-open\.org|json\.schemastore\.org|json-schema\.org|keepachangelog\.com|127\.0\.0\.1"
)
URL_HOST = re.compile(r"\bhttps?://([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)")
# A folder of one machine: somebody's home, a mount, a work folder, a folder below the temporary one.
MACHINE_PATH = re.compile(r"(?<![\w.}>/-])/(?:(?:home|mnt|root|work|Users|workspace)/|tmp/[\w.-]+/)")
WAY_UP = re.compile(r"(?<![\w.])(?:\.\./)+[\w./-]+")
NOTE_TO_SELF = re.compile(r"\b(?:TO" r"DO|FIX" r"ME|X" r"XX|HA" r"CK)\b")


def traces(path: str, source: str) -> list[str]:
    """`path:line: …` for what belongs to the machine or the day on which a file was written."""
    found: list[tuple[int, str]] = []
    for number, line in enumerate(source.splitlines(), 1):
        if trace := MACHINE_PATH.search(line):
            found.append((number, f"a path of one machine ('{trace[0]}'), expected a relative one"))
        for host in URL_HOST.findall(line):
            if not HOSTS.fullmatch(host):
                found.append(
                    (number, f"names the host {host}, expected a source of rules or a reserved name")
                )
        for way in WAY_UP.findall(line):
            target = (ROOT / path).parent.joinpath(way).resolve()
            if not (target.is_relative_to(ROOT) and target.exists()):
                found.append((number, f"'{way}' leads nowhere in the checkout, expected a file of it"))
        if note := NOTE_TO_SELF.search(line):
            found.append((number, f"a note to oneself ('{note[0]}'), expected it done or in an issue"))
    return [f"{path}:{number}: {problem}" for number, problem in found]


def changelog_problems(text: str) -> list[str]:
    """`CHANGELOG.md:line: …` where the form of Keep a Changelog 1.1.0 is left."""
    found: list[tuple[int, str]] = []
    versions: list[str] = []
    lines = text.splitlines()
    if lines[:1] != ["# Changelog"]:
        found.append((1, "expected '# Changelog'"))
    for number, line in enumerate(lines, 1):
        if re.match("## ", line):
            if not re.fullmatch(r"## \[(?:Unreleased\]|\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2})", line):
                found.append((number, f"'{line}', expected '## [Unreleased]' or '## [1.2.3] - 2026-01-31'"))
            elif line in versions or (line == "## [Unreleased]" and versions):
                found.append((number, f"'{line}', expected each version once and [Unreleased] first"))
            versions.append(line)
        elif re.match("###+ ", line) and line.removeprefix("### ") not in CHANGES:
            found.append((number, f"'{line}', expected one of {', '.join(sorted(CHANGES))}"))
    written = [(number, line) for number, line in enumerate(lines, 1) if line]
    for (number, line), (_, following) in zip(written, [*written[1:], (0, "## ")], strict=True):
        empty = re.match("### ", line) and re.match("###? ", following)
        if empty or (re.match(r"## \[\d", line) and re.match("## ", following)):
            found.append((number, f"'{line}' with nothing below, expected entries"))
    return [f"CHANGELOG.md:{number}: {problem}" for number, problem in found]


def shown(text: str) -> Iterator[tuple[int, str]]:
    """Line and text of the code in Markdown: the lines of a block, and spans."""
    fenced = False
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("```"):
            fenced = not fenced
        else:
            yield from ((number, code) for code in ([line] if fenced else re.findall("`([^`]+)`", line)))


def unknown_commands(path: str, text: str, known: Mapping[str, Set[str]]) -> list[str]:
    """`path:line: …` for each `rehearse WORD` or `tox -e ENV` in code that the program would refuse."""
    called = {"rehearse": r"(?:^|[/ ])rehearse ([a-z][\w-]*)", "tox": r"\btox -e ?([\w,]+)"}
    return [
        f"{path}:{number}: {command} knows no '{word}', expected one of {', '.join(sorted(known[command]))}"
        for number, code in shown(text)
        for command, pattern in called.items()
        for words in re.findall(pattern, code)
        for word in words.split(",")
        if word not in known[command]
    ]


def broken_links(document: Path, text: str) -> list[str]:
    """`path:line: …` for each relative link that leads nowhere."""
    return [
        f"{document.name}:{number}: links to {target}, expected a file that exists"
        for number, line in enumerate(text.splitlines(), 1)
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", line)
        if not (document.parent / target).exists()
    ]


def tox() -> configparser.ConfigParser:
    parsed = configparser.ConfigParser(interpolation=None)
    parsed.read(ROOT / "tox.ini", "utf-8")
    return parsed


@pytest.fixture(name="known", scope="module")
def _known() -> dict[str, Set[str]]:
    """What `rehearse` and `tox` understand, asked of themselves."""
    words = [sys.executable, "-c", "from rehearsal_harness.cli import main; main(['--help'])"]
    shown = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    environments = {name.removeprefix("testenv:") for name in tox().sections() if ":" in name}
    return {"rehearse": set(re.findall(r"^ {4}([a-z][\w-]*)\s", shown, re.MULTILINE)), "tox": environments}


def test_no_file_bears_a_machines_traces(tracked: list[Path]) -> None:
    """No path of one machine, no host but sources, no way out of the checkout, no note to oneself."""
    found = [
        trace
        for path in tracked
        for trace in traces(str(path.relative_to(ROOT)), path.read_text("utf-8", errors="replace"))
    ]

    assert found == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("open('/" + "home/ada/x')", "a path of one machine"),
        ("/" + "tmp/env/bin/python", "a path of one machine"),
        ("https" + "://mirror.lan/simple", "names the host mirror.lan"),
        ("see " + "../" * 5 + "else.json", "leads nowhere in the checkout"),
        ("# TO" + "DO later", "a note to oneself"),
    ],
)
def test_a_trace_is_reported_with_its_line(line: str, said: str) -> None:
    """The check itself sees each kind of trace."""
    (found,) = traces("docs/x.md", f"\n{line}\n")

    assert found.startswith("docs/x.md:2: ")
    assert said in found


@pytest.mark.parametrize(
    "line",
    [
        "https://docs.stripe.com/webhooks",
        "https://app.example.test/a",
        "http://127.0.0.1:1",
        "[a](.." + "/README.md)",
    ],
)
def test_what_belongs_to_no_machine_is_not_reported(line: str) -> None:
    """Sources, reserved names and paths inside the checkout pass."""
    assert traces("docs/x.md", line) == []


def test_the_changelog_keeps_its_form() -> None:
    """CHANGELOG.md is shaped as Keep a Changelog says."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")

    assert "https://keepachangelog.com/" in text
    assert "## [Unreleased]" in text
    assert changelog_problems(text) == []


def test_a_changelog_out_of_form_is_reported() -> None:
    """Headings of another form, an unknown kind of change and an empty one are reported with their lines."""
    text = (
        "# Changes\n## 1.0\n### Better\n- x\n### Fixed\n## [1.0.0] - 2026-01-31\n- y\n## [Unreleased]\n- z\n"
    )

    assert changelog_problems(text) == [
        "CHANGELOG.md:1: expected '# Changelog'",
        "CHANGELOG.md:2: '## 1.0', expected '## [Unreleased]' or '## [1.2.3] - 2026-01-31'",
        "CHANGELOG.md:3: '### Better', expected one of Added, Changed, Deprecated, Fixed, Removed, Security",
        "CHANGELOG.md:8: '## [Unreleased]', expected each version once and [Unreleased] first",
        "CHANGELOG.md:5: '### Fixed' with nothing below, expected entries",
    ]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_documents_name_commands_and_files_that_exist(document: Path, known: dict[str, Set[str]]) -> None:
    """Each `rehearse` command and tox environment that is shown exists, and each link leads somewhere."""
    text = document.read_text("utf-8")

    assert unknown_commands(document.name, text, known) == []
    assert broken_links(document, text) == []


def test_commands_and_links_that_do_not_exist_are_reported() -> None:
    """The check itself sees a misspelt command, an environment that is not there, and a dead link."""
    text = (
        "We rehearse `it`: `rehearse rnu x`, `rehearse run`\n```\ntox -e lint,typos\n```\n[a](nowhere.md)\n"
    )

    assert unknown_commands("x.md", text, {"rehearse": {"run"}, "tox": {"lint"}}) == [
        "x.md:1: rehearse knows no 'rnu', expected one of run",
        "x.md:3: tox knows no 'typos', expected one of lint",
    ]
    assert broken_links(ROOT / "x.md", text) == ["x.md:5: links to nowhere.md, expected a file that exists"]


def test_the_readmes_programs_are_installed() -> None:
    """`rehearse` and `billing-server`, as the README calls them, are scripts of the package that exist."""
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]

    assert set(scripts) == {"rehearse", "billing-server"}
    for name in scripts:
        assert re.search(rf"^(?:\$ .*)?{name} ", README, re.MULTILINE), f"README.md never shows {name}"


def test_every_tox_environment_is_there_and_the_front_door_is_the_readmes() -> None:
    """What `tox` runs by itself is declared, and `.ci/run` calls the README's test command."""
    declared = tox()
    named = [each.strip() for each in declared["tox"]["env_list"].split(",")]
    commands = [line for line in README.splitlines() if line.endswith("/tox")]

    assert [each for each in named if f"testenv:{each}" not in declared] == []
    assert len(commands) == 1
    assert commands[0] in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()


def test_top_level_names_are_the_given_ones(tracked: list[Path]) -> None:
    """Whoever lists the folder finds what ARCHITECTURE.md names."""
    assert sorted({path.relative_to(ROOT).parts[0] for path in tracked} - TOP_LEVEL) == []

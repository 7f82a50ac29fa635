"""The release gates: each is tried, what came of it is kept, and one that fails is seen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rehearsal_harness.cli import main, release_gates
from rehearsal_harness.operating.release_gates import GATES, Gate, Passed, gates_of, report
from rehearsal_specs.schema_check import check
from rehearsal_specs.source import read_source

MANIFEST = Path(__file__).parents[3] / "manifests" / "nyra-billing-server.yaml"


def kept_in(folder: Path) -> dict[str, object]:
    """The one report in a folder, as its schema wants it."""
    (path,) = folder.glob("*.json")
    assert check(read_source(path), "release_gates") == []
    return dict(json.loads(path.read_text("utf-8")))


def test_a_gate_is_run_and_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Command, exit code and seconds; what was not asked is said."""
    status = main(["release-gates", str(MANIFEST), "--only", "validate", "--folder", str(tmp_path)])

    kept = kept_in(tmp_path)
    assert (status, kept["passed"], kept["complete"]) == (0, True, True)
    assert kept["not_asked"] == [name for name in GATES if name != "validate"]
    assert "1 of 1 gates pass" in capsys.readouterr().out


def test_a_gate_that_fails_shows_the_end_of_its_output(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no snapshot in an empty folder: exit status 1, and why."""
    monkeypatch.chdir(tmp_path)
    status = main(["release-gates", str(MANIFEST), "--only", "pricing-snapshot", "--folder", "kept"])

    said = capsys.readouterr().out
    assert (status, kept_in(tmp_path / "kept")["passed"]) == (1, False)
    assert "FAIL" in said
    assert "pricing_snapshot.json" in said


def test_an_interrupt_keeps_what_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second gate is interrupted: the first is kept, and the report is not complete."""

    def tried(gate: Gate) -> Passed:
        if gate.name == "secret-scan":
            raise KeyboardInterrupt
        return Passed(gate.name, gate.command, 0, 0.1)

    monkeypatch.setattr(release_gates, "_tried", tried)
    words = ["--only", "validate", "--only", "secret-scan", "--folder", str(tmp_path)]
    status = main(["release-gates", str(MANIFEST), *words])

    kept = kept_in(tmp_path)
    assert (status, kept["complete"], kept["passed"]) == (3, False, False)
    assert len(kept["gates"]) == 1  # type: ignore[arg-type]


def test_every_gate_is_asked_unless_left_out() -> None:
    """All of GATES, in order; --skip leaves out."""
    assert tuple(each.name for each in gates_of([MANIFEST], [], [])) == GATES
    assert "tests" not in {each.name for each in gates_of([MANIFEST], [], ["tests"])}


@pytest.mark.parametrize("code", [1, 2, 3, -9])
def test_only_exit_status_zero_passes(code: int) -> None:
    """Undetermined is never a pass."""
    gate = Gate("rehearse", ("rehearse", "run"))

    assert report("", [Passed(gate.name, gate.command, code, 1)], [gate])["passed"] is False


def test_no_gate_left_is_a_mistake(tmp_path: Path) -> None:
    """Nothing tried is nothing passed."""
    assert main(["release-gates", str(MANIFEST), "--only", "tests", "--skip", "tests"]) == 2


def test_a_secret_is_found_by_place_and_not_repeated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """File, line, column and kind."""
    secret = "whsec_" + "a1B2" * 6
    (tmp_path / "notes.txt").write_text(f"one\nkey {secret}\n", "utf-8")

    assert main(["secret-scan", str(tmp_path)]) == 1
    said = "".join(capsys.readouterr())
    assert "notes.txt:2:5: webhook-secret" in said
    assert secret not in said

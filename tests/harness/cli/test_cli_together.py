"""Several services at once: the same results as one after the other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rehearsal_harness.cli import PROVED, main
from rehearsal_harness.cli.together import workers_for
from rehearsal_harness.resources import shipped

SERVICES = ("nyra-billing-api", "nyra-billing-server")


@pytest.fixture(name="manifests")
def _manifests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two services with one small story each."""
    monkeypatch.chdir(tmp_path)
    for service in SERVICES:
        folder = tmp_path / "features" / service
        folder.mkdir(parents=True)
        (folder / "one.feature").write_text(
            "Feature: f\n  Rule: r\n    Example: e\n      Given Ada has bought a subscription on her laptop\n"
            "      When the webhooks arrive in every possible order\n      Then Ada has access as ACTIVE\n"
        )
        (tmp_path / "manifests").mkdir(exist_ok=True)
        source = shipped("manifests") / f"{service}.yaml"
        (tmp_path / "manifests" / f"{service}.yaml").write_bytes(source.read_bytes())
    return [str(tmp_path / "manifests" / f"{service}.yaml") for service in SERVICES]


def reports(jobs: str, manifests: list[str], capsys: pytest.CaptureFixture[str]) -> list[object]:
    """What is printed, without how long it took."""
    assert main(["run", *manifests, "--audit", "0", "--json", "--jobs", jobs]) == PROVED
    text, found = capsys.readouterr().out, []
    while text.strip():
        report, end = json.JSONDecoder().raw_decode(text.lstrip())
        text = text.lstrip()[end:]
        found.append(timeless(report))
    return found


def timeless(value: object) -> object:
    """The same data without seconds."""
    if isinstance(value, dict):
        return {key: timeless(each) for key, each in value.items() if "seconds" not in key}
    return [timeless(each) for each in value] if isinstance(value, list) else value


def test_results_do_not_depend_on_how_many_run_at_once(
    manifests: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """In the order in which the services were named."""
    alone = reports("1", manifests, capsys)

    assert [report["service"] for report in alone] == list(SERVICES)
    assert reports("2", manifests, capsys) == alone


def test_what_is_wrong_with_a_feature_is_said(
    manifests: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The other service is rehearsed all the same."""
    Path("features", SERVICES[0], "one.feature").write_text(
        "Feature: f\n  Rule: r\n    Example: e\n      Given x\n"
    )

    assert main(["run", *manifests, "--audit", "0", "--jobs", "2"]) == 2
    said = capsys.readouterr()
    assert "no such step: 'x'" in said.err
    assert f"{SERVICES[1]} · reference server" in said.out


@pytest.mark.parametrize(("runs", "asked", "workers"), [(4, 2, 2), (1, 8, 1), (3, 3, 3)])
def test_no_more_processes_than_services(runs: int, asked: int, workers: int) -> None:
    """And as many as asked for."""
    assert workers_for(runs, asked) == workers

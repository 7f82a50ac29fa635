"""A dashboard's answers in a Worker's configuration: one block changes, and no secret goes in."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from rehearsal_harness.cli import main

GIVEN = Path(__file__).parent / "data" / "wrangler.jsonc"
UUID = "0b0f6e51-8b1d-4c1f-9a55-3b8c5d3f2a10"
PLACEHOLDER = "replace-with-cloudflare-d1-database-id"
NEWEST = "2026-10-28.endive"


def synced(folder: Path, answers: dict[str, object], *more: str) -> tuple[int, str]:
    """Exit status, and the configuration afterwards."""
    file, wrangler = folder / "answers.json", folder / "wrangler.jsonc"
    file.write_text(json.dumps({"pricing": {"monthly": 25}, "billingCloud": answers}, indent=1), "utf-8")
    if not wrangler.exists():
        shutil.copy(GIVEN, wrangler)
    status = main(["config-sync", str(file), "--wrangler", str(wrangler), *more])
    return status, wrangler.read_text("utf-8")


def production(text: str) -> tuple[str, str]:
    """What stands before the production block, and the block."""
    before, _, after = text.partition('"production"')
    return before, after


def test_without_write_it_only_says_what_would_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A dry run shows the change and leaves the file."""
    status, text = synced(tmp_path, {"d1DatabaseId": UUID})

    assert (status, text) == (0, GIVEN.read_text("utf-8"))
    assert f"Production billing D1 database_id: '{PLACEHOLDER}' → '{UUID}'" in capsys.readouterr().out


def test_only_the_values_of_the_production_block_change(tmp_path: Path) -> None:
    """Comments, formatting and the other blocks stay, byte for byte."""
    answers: dict[str, object] = {
        "allowedOrigin": "https://shop.example",
        "d1DatabaseId": UUID,
        "stripeApiVersion": NEWEST,
    }
    status, text = synced(tmp_path, answers, "--write")

    before, block = production(GIVEN.read_text("utf-8"))
    block = block.replace("https://site.example", "https://shop.example").replace(PLACEHOLDER, UUID)
    block = block.replace("2026-02-25.clover", NEWEST)
    assert status == 0
    assert production(text) == (before, block)
    assert list(tmp_path.glob(".wrangler*")) == []


def test_done_twice_nothing_is_applied(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The second run finds everything as it should be."""
    synced(tmp_path, {"d1DatabaseId": UUID}, "--write")
    capsys.readouterr()
    status, _ = synced(tmp_path, {"d1DatabaseId": UUID}, "--write")

    assert status == 0
    assert "Applied\n- No config values changed." in capsys.readouterr().out


@pytest.mark.parametrize("answer", [{}, {"d1DatabaseId": PLACEHOLDER}, {"d1DatabaseId": ""}])
def test_the_placeholder_is_waited_for(
    answer: dict[str, object], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As the page says it: create the database and enter its id."""
    status, _ = synced(tmp_path, answer)

    said = (
        "Waiting\n- Production billing D1 database_id: "
        "Create the billing D1 database and enter billingCloud.d1DatabaseId in the dashboard.\n"
    )
    assert status == 0
    assert said in capsys.readouterr().out


@pytest.mark.parametrize(
    ("key", "answer"),
    [
        ("allowedOrigin", "https://shop.example/"),
        ("allowedOrigin", "https://shop.example/path"),
        ("allowedOrigin", "https://*.shop.example"),
        ("allowedOrigin", "*"),
        ("allowedOrigin", "http://shop.example"),
        ("allowedOrigin", "https://Shop.example"),
        ("allowedOrigin", "https://a@shop.example"),
        ("allowedOrigin", "https://shop.example:99999"),
        ("allowedOrigin", 1),
        ("d1DatabaseId", "nyra_billing"),
        ("stripeApiVersion", "2019-01-01"),
        ("stripe_api_version", NEWEST),
    ],
)
def test_what_is_wrong_needs_a_fix_and_is_not_written(
    key: str, answer: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each complaint says where in the answers."""
    status, text = synced(tmp_path, {key: answer}, "--write")

    assert (status, text) == (1, GIVEN.read_text("utf-8"))
    assert "answers.json:6:" in capsys.readouterr().out.partition("Needs Fix")[2]


@pytest.mark.parametrize(
    ("key", "answer"),
    [("d1DatabaseId", "sk_live_" + "0" * 24), ("note", "whsec_" + "0" * 24), ("signingSecret", "abc")],
)
def test_a_secret_is_refused_and_not_repeated(
    key: str, answer: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is written, not even the answers that are right."""
    status, text = synced(tmp_path, {"allowedOrigin": "https://shop.example", key: answer}, "--write")

    said = "".join(capsys.readouterr())
    assert (status, text) == (2, GIVEN.read_text("utf-8"))
    assert "answers.json:7:" in said
    assert answer not in said.replace("config-sync", "")


@pytest.mark.parametrize("answer", ["https://user:hunter2@shop.example", "Zq9" * 16])
@pytest.mark.parametrize("key", ["allowedOrigin", "d1DatabaseId", "stripeApiVersion"])
def test_a_wrong_answer_is_not_repeated(
    key: str, answer: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A password or a token without a known beginning may have been entered in the wrong place."""
    status, _ = synced(tmp_path, {key: answer})

    assert status == 1
    assert answer not in "".join(capsys.readouterr())


def test_a_configuration_without_a_production_block_needs_a_fix(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is guessed into a file of another shape."""
    (tmp_path / "wrangler.jsonc").write_text("{} // empty\n", "utf-8")
    status, text = synced(tmp_path, {"d1DatabaseId": UUID}, "--write")

    assert (status, text) == (1, "{} // empty\n")
    assert capsys.readouterr().out.count("has no such value in env.production") == 3


@pytest.mark.parametrize("text", ["", "{", '{"a": 1, "a": 2}', "{'a': 1}", "/* {}"])
def test_what_is_no_json_with_comments_is_an_error(text: str, tmp_path: Path) -> None:
    """The file stays as it is."""
    (tmp_path / "wrangler.jsonc").write_text(text, "utf-8")

    assert synced(tmp_path, {"d1DatabaseId": UUID}, "--write") == (2, text)


def test_deployability_is_made_closed_and_never_changed(tmp_path: Path) -> None:
    """Config sync never opens, and never takes a decision back."""
    file = tmp_path / "deployability.json"
    synced(tmp_path, {}, "--deployability", str(file))
    assert not file.exists()

    synced(tmp_path, {}, "--deployability", str(file), "--write")
    assert json.loads(file.read_text("utf-8")) == {"deployability": {"status": "NO_GO_LIVE_MONEY"}}

    file.write_text('{"deployability": {"status": "OTHER"}}', "utf-8")
    synced(tmp_path, {}, "--deployability", str(file), "--write")
    assert "OTHER" in file.read_text("utf-8")

"""The gate's page, as people meet it: on a phone, on a wide screen, on paper, in the dark, by ear."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from launching import NOW, ROOT, launched
from looking import WIDTHS, Screenshot, audit, heading_problems, scrolls_sideways, widen
from test_gate_show import options, rehearse_live

from rehearsal_harness.cli import gate

SECTIONS = [
    *("Blockers", "Readiness snapshot", "Webhook events", "Storage guard"),
    *("Customer portal", "Secrets", "Rehearsal", "Rollback", "All rules"),
]
PAGES = ("go", "no-go", "nothing-known", "two-services")


@pytest.fixture(name="made", scope="module")
def _made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Pages of a service that may go, of live mode, of a folder without evidence, and of two services."""
    folder = tmp_path_factory.mktemp("gate")
    made = {name: folder / f"{name}.html" for name in PAGES}
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(StringIO()):
        patch.setattr("rehearsal_harness.cli.live_rehearsal.time.time", lambda: NOW)
        with launched(ROOT / "manifests" / "nyra-billing-server.yaml", folder, patch) as launch:
            assert rehearse_live(launch) == 0
            given = {"command": "gate", "json": False}
            gate.run(options(launch, html=str(made["go"]), **given), launch.environ, NOW)
            gate.run(options(launch, mode="live", html=str(made["no-go"]), **given), launch.environ, NOW)
            two = [str(launch.manifest_path), str(ROOT / "manifests" / "nyra-billing-api.yaml")]
            named = options(launch, manifests=two, decisions=None, html=str(made["two-services"]))
            gate.run(named, launch.environ, NOW)
            patch.chdir(tmp_path_factory.mktemp("empty"))
            gate.run(options(launch, html=str(made["nothing-known"]), **given), launch.environ, NOW)
    return made


@pytest.fixture(name="shown", params=PAGES)
def _shown(request: pytest.FixtureRequest, page: Any, made: dict[str, Path]) -> Any:
    """Each of the pages, opened as the file that it is."""
    page.goto(made[request.param].as_uri())
    page.name = request.param
    return page


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_wider_than_the_window(shown: Any, screenshot: Screenshot, width: int) -> None:
    """On a phone, a tablet and a desk, nobody has to scroll sideways."""
    assert scrolls_sideways(shown, width) == []
    screenshot(f"gate-{shown.name}-{width}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(shown: Any, screenshot: Screenshot, scheme: str) -> None:
    """Contrast, names, landmarks and tables are right, in the light and in the dark."""
    shown.emulate_media(color_scheme=scheme)

    assert audit(shown) == []
    assert heading_problems(shown) == []
    screenshot(f"gate-{shown.name}-{scheme}")


def test_it_is_one_file_that_fetches_nothing_and_runs_nothing(shown: Any) -> None:
    """Not one request but for the file itself, and not one script."""
    assert [url for url in shown.requested if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in shown.requested if url.startswith("file:")]) == 1
    assert shown.locator("script, link[href^='http'], img, iframe, [onclick]").count() == 0


def test_each_table_says_what_its_cells_are(shown: Any) -> None:
    """A name, a header for each column, and one for each row; also on a phone, where rows are stacked."""
    widen(shown, 320)
    tables = shown.get_by_role("table").all()

    assert len(tables) >= 4
    for table in tables:
        heads = table.get_by_role("columnheader").count()
        rows = table.get_by_role("row").count() - 1
        assert table.get_attribute("aria-labelledby")
        assert table.locator("th[scope=col]").count() == heads > 1
        assert table.locator("th[scope=row]").count() == table.get_by_role("rowheader").count() == rows
        assert table.get_by_role("cell").count() == rows * (heads - 1)


def test_sections_stand_in_the_order_of_a_launch_meeting(page: Any, made: dict[str, Path]) -> None:
    """Verdict first, then what blocks, and last every rule."""
    page.goto(made["go"].as_uri())

    assert page.get_by_role("heading", name="GO for nyra-billing-server in test mode", level=1).is_visible()
    assert [each for each in page.locator("h2").all_inner_texts() if each != "Warnings"] == SECTIONS


def test_a_state_is_told_by_a_word(shown: Any) -> None:
    """Whoever sees no colours, or hears the page, is told the same."""
    words = {re.sub(r"^\W+ ", "", each) for each in shown.locator(".state").all_inner_texts()}

    assert words <= {"met", "not met", "undetermined", "not asked", "proved", "GO", "NO-GO"}
    assert "met" in words


def test_the_keyboard_skips_to_the_verdict(page: Any, made: dict[str, Path]) -> None:
    """The first stop is the skip link; it can be seen, and leads to the report."""
    page.goto(made["no-go"].as_uri())
    page.keyboard.press("Tab")
    link = page.locator(":focus")

    assert link.inner_text() == "Skip to the verdict"
    assert link.bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    page.locator("#report:focus").wait_for()


def test_paper_gets_all_of_it_in_black_on_white(page: Any, made: dict[str, Path], tmp_path: Path) -> None:
    """Printed in dark mode too; without what only a screen can use."""
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(made["no-go"].as_uri())
    colours = page.evaluate(
        "[getComputedStyle(document.body).backgroundColor, getComputedStyle(document.body).color]"
    )

    assert colours == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]
    assert not page.get_by_role("navigation").is_visible()
    assert page.locator("#rules").is_visible()
    pdf = page.pdf(format="A4", path=tmp_path / "gate.pdf")
    assert pdf.startswith(b"%PDF")


def test_a_blocker_says_what_to_do_next(page: Any, made: dict[str, Path]) -> None:
    """Each open finding of live mode has its next step."""
    page.goto(made["no-go"].as_uri())
    blockers = page.get_by_role("region", name="Blockers").get_by_role("listitem")

    assert blockers.count() > 10
    assert page.get_by_role("region", name="Blockers").locator("dl:not(:has(.next))").count() == 0

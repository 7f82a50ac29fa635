"""The readiness page in a real browser: decided by keyboard, refused without a word of a secret."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from looking import WIDTHS, Screenshot, audit, heading_problems, leave, scrolls_sideways
from readying import KEY, Desk, a_desk

from rehearsal_specs.decisions import read_decisions


@pytest.fixture(name="desk")
def _desk(tmp_path: Path) -> Iterator[Desk]:
    with pytest.MonkeyPatch.context() as patch, a_desk(tmp_path, patch) as desk:
        yield desk


def test_it_reads_well_everywhere(desk: Desk, page: Any, screenshot: Screenshot) -> None:
    """No sideways scrolling, nothing that axe finds, headings in order; in the dark too."""
    page.goto(desk.url)
    for width in WIDTHS:
        assert scrolls_sideways(page, width) == []
    assert heading_problems(page) == []
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert audit(page) == []
        screenshot(f"readiness-{scheme}")


def test_a_decision_is_made_by_keyboard(desk: Desk, page: Any) -> None:
    """Typed, saved with Enter, and told; the blocker is gone."""
    page.goto(desk.url)
    form = page.get_by_role("form", name="Hosted AI cap")
    assert form.locator(".state").inner_text() == "✕ open"
    form.get_by_label("Amount (cents)").fill("900")
    page.keyboard.press("Enter")
    page.wait_for_url("**said=saved**")

    assert page.get_by_role("status").inner_text() == "The decision is saved."
    assert page.get_by_role("form", name="Hosted AI cap").locator(".state").inner_text() == "✓ decided"
    assert read_decisions(desk.file).by_key["hosted_ai_cap"].fields == {"amount_cents": 900}


def test_a_secret_that_was_pasted_is_gone_from_the_page(
    desk: Desk, page: Any, screenshot: Screenshot
) -> None:
    """The form says why nothing was saved, and is empty again."""
    page.excused.append("422")
    page.goto(desk.url)
    form = page.locator("#decide-host")
    form.get_by_label("Secret store").fill(KEY)
    leave(page, form.get_by_role("button"))

    assert "looks like a secret" in page.locator("#decide-host").inner_text()
    assert page.locator("#decide-host").get_by_label("Secret store").input_value() == ""
    assert KEY not in page.content()
    screenshot("readiness-secret")


def test_the_backend_is_rehearsed_by_a_button(desk: Desk, page: Any) -> None:
    """What came of it is told at the top."""
    page.goto(desk.url)
    page.get_by_role("button", name="Rehearse the backend").click()
    page.wait_for_url("**said=PROVED**")

    assert "every check is proved" in page.get_by_role("status").inner_text()

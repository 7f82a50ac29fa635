"""The checks of pages are checked themselves, on pages that are wrong on purpose."""

from __future__ import annotations

from typing import Any

from looking import Screenshot, audit, heading_problems, scrolls_sideways

GOOD = "<!doctype html><html lang=en><title>t</title><main><h1>A</h1><h2>B</h2><p>text</p></main></html>"


def test_a_plain_page_has_nothing_wrong_with_it(page: Any, screenshot: Screenshot) -> None:
    """Neither axe nor our own checks find anything, and a screenshot can be kept."""
    page.set_content(GOOD)

    assert audit(page) == []
    assert heading_problems(page) == []
    assert scrolls_sideways(page, 320) == []
    assert screenshot("plain").stat().st_size > 0


def test_what_is_wrong_is_reported(page: Any) -> None:
    """A picture without words, a skipped heading and a line too wide for a phone are named."""
    page.set_content(GOOD.replace("<p>text</p>", "<h4>C</h4><img src=data:,><p style=width:900px>wide</p>"))
    page.excused.append("data:")

    assert any(each.startswith("image-alt: <img") for each in audit(page))
    assert heading_problems(page) == ["h4 after h2"]
    assert scrolls_sideways(page, 320) == ['<p style="width:900px">wide</p>']


def test_what_the_browser_complains_of_is_collected(page: Any) -> None:
    """A script's error and its console's are there for the end of the test."""
    page.set_content(f"{GOOD}<script>console.error('one'); throw new Error('two')</script>")

    while len(page.complaints) < 2:
        page.wait_for_timeout(50)
    assert sorted(page.complaints) == ["one", "two"]
    page.complaints.clear()

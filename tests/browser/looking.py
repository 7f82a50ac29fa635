"""A real browser for the tests beside this file: Debian's Chromium, driven by Playwright.

`page` refuses, at the end of its test, whatever the browser complained of and whatever a page fetched from
elsewhere than this machine.  Screenshots go to the folder SCREENSHOTS, else `.rehearsal/screenshots`.
A click does not wait for the page it leads to: `leave` does, and whatever is looked at without waiting stands
after one of `leave`, `goto` or `wait_for`.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
WIDTHS = (320, 768, 1400)
LONGEST_MS = 120_000
OUR_OWN = {"", "127.0.0.1", "localhost"}
Screenshot = Callable[[str], Path]


@pytest.fixture(name="chromium", scope="session")
def _chromium() -> Iterator[Any]:
    """The running browser; skips where Playwright or Chromium is missing."""
    api = pytest.importorskip("playwright.sync_api", reason="needs the extra 'browser'; run tox -e browser")
    program = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if program is None:
        pytest.skip("no Chromium was found; apt-get install chromium, or name it in CHROMIUM")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"], timeout=LONGEST_MS
        )
        yield browser
        browser.close()


@pytest.fixture(name="page")
def _page(chromium: Any) -> Iterator[Any]:
    """A new page of a new profile; at the end nothing was complained of and nothing was fetched elsewhere.

    A test that expects a complaint puts a word of it into `page.excused`: it may come late.
    """
    context = chromium.new_context(viewport={"width": 1400, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(LONGEST_MS)
    page = context.new_page()
    page.complaints, page.excused = [], []
    page.requested = []
    page.on("console", lambda said: said.type in ("error", "warning") and page.complaints.append(said.text))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda request: page.requested.append(request.url))
    yield page
    requested = page.requested
    context.close()
    complaints = [each for each in page.complaints if not any(word in each for word in page.excused)]
    elsewhere = [url for url in requested if urlsplit(url).hostname not in OUR_OWN | {None}]
    assert complaints == []
    assert elsewhere == []


@pytest.fixture(name="screenshot")
def _screenshot(page: Any) -> Screenshot:
    """`screenshot(name)` keeps the whole page as it looks now as NAME.png, and returns the file's path."""
    folder = Path(os.environ.get("SCREENSHOTS") or Path(__file__).parents[2] / ".rehearsal" / "screenshots")

    def take(name: str) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return take


def leave(page: Any, target: Any) -> None:
    """Click the link or button, and wait until the page that it leads to is loaded."""
    with page.expect_navigation():
        target.click()


def widen(page: Any, width: int, height: int = 900) -> None:
    """Give the window this size in pixels, and wait until the page has it."""
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function("width => window.innerWidth === width", arg=width)


def audit(page: Any) -> list[str]:
    """What axe-core finds wrong with the page for people with disabilities, as `rule: element`."""
    from axe_playwright_python.sync_playwright import Axe

    violations = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:120]}" for each in violations for node in each["nodes"]]


def scrolls_sideways(page: Any, width: int) -> list[str]:
    """What is wider than a window of this many pixels; scrolling boxes may hold wider things."""
    widen(page, width)
    wide: list[str] = page.evaluate(
        """() => {
          const room = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= room) return [];
          return [...document.body.querySelectorAll("*")]
            .filter(each => each.getBoundingClientRect().right > room + 1)
            .map(each => each.outerHTML.slice(0, 120));
        }"""
    )
    return wide


def heading_problems(page: Any) -> list[str]:
    """Not exactly one first heading, or a level that is skipped."""
    levels = [
        int(each)
        for each in page.eval_on_selector_all("h1,h2,h3,h4,h5,h6", "all => all.map(h => h.tagName[1])")
    ]
    found = [] if levels.count(1) == 1 and levels[0] == 1 else [f"headings {levels}, expected one h1, first"]
    skipped = [f"h{now} after h{before}" for before, now in itertools.pairwise(levels) if now > before + 1]
    return found + skipped

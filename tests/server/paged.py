"""A page of the site as a browser reads it: parsed by the HTML standard's rules, strictly."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree.ElementTree import Element

import html5lib
from falcon import testing
from served import Server

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@dataclass(frozen=True)
class Page:
    """The answer and its document."""

    answer: testing.Result
    root: Element

    def all(self, tag: str) -> list[Element]:
        return list(self.root.iter(tag))

    def having(self, attribute: str, value: str | None = None) -> list[Element]:
        found = [each for each in self.root.iter() if attribute in each.attrib]
        return found if value is None else [each for each in found if each.get(attribute) == value]

    def forms(self) -> dict[str, str]:
        """What each form's button says, by where the form goes (and the plan it is for)."""
        found = {}
        for form in self.all("form"):
            plan = next(
                (each.get("value", "") for each in form.iter("input") if each.get("name") == "plan_id"), ""
            )
            found[f"{form.get('action')} {plan}".strip()] = text_of(next(form.iter("button")))
        return found

    def links(self) -> list[str]:
        return [each.get("href", "") for each in self.all("a")]

    @property
    def words(self) -> str:
        return text_of(next(self.root.iter("main")))


def text_of(element: Element) -> str:
    """The words of an element, those of neighbouring cells apart."""
    return " ".join(" ".join(element.itertext()).split())


def visit(server: Server, path: str, headers: dict[str, str] | None = None, status: int = 200) -> Page:
    """Go to a page as a browser does; anything that the standard calls a parse error fails here."""
    bare, _, query = path.partition("?")
    answer = server.client.simulate_get(bare, query_string=query, headers=BROWSER | (headers or {}))
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("text/html")
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return Page(answer, parser.parse(answer.text))

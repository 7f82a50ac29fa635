"""What a manifest declares about the pages of a site: whose they are, and what each says of itself.

Decides the vocabulary.  Does not know what a page shows besides: offers, readiness and what is stored come
from the manifest's other parts and from the server.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page: its title (of the window), heading and introduction.

    `nav` is its name in the site's navigation, "" when it is not there; `widget_context` what the site's
    assistant is told when opened from it, "" for a page without it; `paragraphs` what else it says.
    """

    title: str
    heading: str
    intro: str
    nav: str
    widget_context: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePages:
    """The site: the business behind it, the word that its attributes and functions begin with, its pages by
    template, and the variable that holds the address to write to, if there is one.
    """

    business: str
    attribute_prefix: str
    contact_env: str | None
    each: Mapping[str, Page]

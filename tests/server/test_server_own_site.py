"""Paths a caller may ask to come back to: the own site's, however they are spelled."""

from __future__ import annotations

from urllib.parse import quote, urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.own_site import ForeignPathError, address, own_path

SITE = "https://shop.example.test"

OWN = (
    "/",
    "/pricing",
    "/pricing?checkout=cancel",
    "/a/b?next=//c",
    "/thanks?session_id={CHECKOUT_SESSION_ID}",
    "/a#b",
)
FOREIGN = (
    "", "pricing", "//evil.test", "///evil.test", "/\\evil.test", "\\/evil.test", "https:evil.test",
    "https://evil.test", "javascript:alert(1)", "/%2Fevil.test", "/%2f%2fevil.test", "/%5Cevil.test",
    "/%255Cevil.test", "/%252F%252Fevil.test", "/a//b", "/\tevil", "/a\nb", "/ /evil.test", "/\x00", "/%00",
    "/%0d%0aset-cookie:a", "/%ff", "/a{b}", "/%" + "25" * 9 + "2F", "/" + "a" * 1_000,
)  # fmt: skip


@pytest.mark.parametrize("path", OWN)
def test_a_path_of_the_own_site_stays_as_it_is(path: str) -> None:
    assert own_path(path) == path


@pytest.mark.parametrize("path", FOREIGN)
def test_anything_else_is_refused(path: str) -> None:
    with pytest.raises(ForeignPathError):
        own_path(path)


@given(st.text(alphabet="/\\%2F5Cc:.@ \t{}?#evil", max_size=24), st.integers(0, 2))
def test_whatever_passes_leads_a_browser_to_the_own_site(text: str, times: int) -> None:
    """Also once more decoded, and with a backslash read as a slash, as browsers do."""
    for _ in range(times):
        text = quote(text)
    try:
        path = own_path(text)
    except ForeignPathError:
        return
    for seen in (path, path.replace("\\", "/")):
        assert urlsplit(urljoin(SITE, seen)).netloc == "shop.example.test"


def test_an_address_keeps_what_the_path_says_and_adds_the_session() -> None:
    placeholder = "{CHECKOUT_SESSION_ID}"
    assert address(f"{SITE}/", "/a") == f"{SITE}/a"
    assert address(SITE, "/a", with_session=True) == f"{SITE}/a?session_id={placeholder}"
    assert address(SITE, "/a?b=c#d", with_session=True) == f"{SITE}/a?b=c&session_id={placeholder}#d"
    assert address(SITE, f"/a?s={placeholder}", with_session=True) == f"{SITE}/a?s={placeholder}"

"""Which addresses a desktop accepts."""

from __future__ import annotations

import pytest

from rehearsal_harness.core.desktop.settings import SettingsError, email_of, server_url_of, support_of


@pytest.mark.parametrize(
    "url",
    ["https://billing.example.test", "https://billing.example.test:8443/base", "http://127.0.0.1:8788"],
)
def test_a_server_is_reached_safely(url: str) -> None:
    """Over HTTPS, or without leaving the machine; a closing slash is dropped."""
    assert server_url_of(url + "/") == url


@pytest.mark.parametrize(
    "url",
    [
        "http://billing.example.test",
        "http://127.0.0.1.example.test",
        "http://localhost@example.test",
        "ftp://127.0.0.1",
        "https://ada:secret@example.test",
        "https://",
        "https://[",
        "https://example.test:port",
        "https://example.test?x=1",
        "billing.example.test",
        "",
    ],
)
def test_no_token_goes_to_any_other_address(url: str) -> None:
    """And the message says what is expected."""
    with pytest.raises(SettingsError, match=r"expected https://host\[:port\]"):
        server_url_of(url)


@pytest.mark.parametrize("text", ["ada", "@example.test", "ada@", "a@b@c", "a b@example.test", "a\n@b", ""])
def test_what_is_no_address_is_refused(text: str) -> None:
    """At the settings, not at the checkout."""
    with pytest.raises(SettingsError):
        email_of(text)
    with pytest.raises(SettingsError):
        support_of("mailto:" + text)


def test_a_support_link_is_a_page_or_an_address() -> None:
    """Nothing else is handed to a browser."""
    assert support_of("https://example.test/help") == "https://example.test/help"
    assert support_of("mailto:help@example.test") == "mailto:help@example.test"
    for text in ("javascript:alert(1)", "http://example.test", "file:///etc/passwd", "https://"):
        with pytest.raises(SettingsError):
            support_of(text)

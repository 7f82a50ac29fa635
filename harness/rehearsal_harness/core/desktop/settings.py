"""What its owner enters into a desktop app: the server, an e-mail address, and what goes with them.

Decides: which addresses a desktop may talk to: HTTPS, or plain HTTP on the same machine, since tokens travel.
Does not open a file or a connection.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "::1", "localhost")


class SettingsError(ValueError):
    """A setting that cannot be right; the message says what was expected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`manifest` says which features are gated and which routes there are; `public_keys` names the file that
    licences are checked with ("": they are believed as received); `support` is a web or e-mail address.
    """

    server_url: str = ""
    email: str = ""
    manifest: str = ""
    public_keys: str = ""
    support: str = ""


def server_url_of(text: str) -> str:
    """The address without a closing slash; raises SettingsError."""
    expected = "expected https://host[:port], or http://127.0.0.1:port for a server on this machine"
    try:
        parts = urlsplit(text)
        named, port = parts.hostname, parts.port
    except ValueError:
        raise SettingsError(f"the server URL is no address; {expected}") from None
    del port  # only whether it is one
    if parts.username or parts.password or parts.query or parts.fragment:
        raise SettingsError(f"the server URL holds a name, a password or a query; {expected}")
    if not named or not (parts.scheme == "https" or (parts.scheme == "http" and named in LOOPBACK)):
        raise SettingsError(f"the server URL is neither https nor on this machine; {expected}")
    return text.rstrip("/")


def email_of(text: str) -> str:
    """The address; raises SettingsError.  Whether it exists is Stripe's and its owner's business."""
    name, at, host = text.partition("@")
    if not (name and at and host) or "@" in host or not text.isprintable() or " " in text:
        raise SettingsError("the e-mail address is none; expected name@host")
    return text


def support_of(text: str) -> str:
    """The link: https://… or mailto:…; raises SettingsError."""
    if text.startswith("mailto:"):
        return "mailto:" + email_of(text.removeprefix("mailto:"))
    if not text.startswith("https://") or not urlsplit(text).hostname:
        raise SettingsError("the support link is none; expected https://… or mailto:name@host")
    return text

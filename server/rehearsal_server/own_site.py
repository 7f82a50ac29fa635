"""Addresses on the service's own site.

Decides which paths a caller may ask to come back to: only such as no browser could read as another host,
however they are encoded.  Does not know what is there.
Sources: https://url.spec.whatwg.org/#url-parsing (a browser reads a backslash as a slash, and drops tabs and
line ends), https://docs.stripe.com/payments/checkout/custom-success-page (the placeholder).
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

PLACEHOLDER = "{CHECKOUT_SESSION_ID}"
LENGTH_MAX = 1_000
DECODED_MAX = 5  # nobody encodes an honest path this often


class ForeignPathError(ValueError):
    """Not a path on the own site."""


def own_path(path: str) -> str:
    """The same path; raises ForeignPathError when it is none of the own site's."""
    if len(path) > LENGTH_MAX:
        raise ForeignPathError
    seen = path.replace(PLACEHOLDER, "")
    for _ in range(DECODED_MAX):
        if not seen.startswith("/") or seen.startswith(("//", "/\\")) or not _is_plain(seen):
            raise ForeignPathError
        try:
            decoded = unquote(seen, errors="strict")
        except UnicodeDecodeError:
            raise ForeignPathError from None
        if decoded == seen:
            return path
        seen = decoded
    raise ForeignPathError


def _is_plain(path: str) -> bool:
    """Printable, without what a browser rewrites; and nothing in the path part climbs to another host."""
    bare = path.partition("?")[0]
    return path.isprintable() and not set(path) & set("\\ {}<>\"'`^|") and "//" not in bare


def address(site_url: str, path: str, *, with_session: bool = False) -> str:
    """`path` behind the site's own address; with the placeholder that Stripe fills with the session's id."""
    page, mark, fragment = path.partition("#")
    if with_session and PLACEHOLDER not in page:
        page = f"{page}{'&' if '?' in page else '?'}session_id={PLACEHOLDER}"
    parts = urlsplit(site_url)
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}{page}{mark}{fragment}"

"""What a licence must say for this installation to believe it.

Decides: issuer, audience and device must be the expected ones, and the times whole seconds; how each refusal
is called.  Does not check signatures: a `Check` does, and is passed in.  Where licences are signed with a
shared secret nobody but the server can check them: such a licence is believed because it came over HTTPS, and
an owner who edits the file it is kept in is not noticed.  Names of claims: RFC 7519.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

AUDIENCE = "license"
INSTANT_MAX = 2**53  # what JSON carries exactly
DATE_END = 253_402_300_800  # the year 10000, which no calendar here can show

Check = Callable[[str], Mapping[str, object]]
"""From a licence as text to its claims, where its signature is right; raises LicenseRefused."""


class LicenseRefused(Exception):
    """This is no licence for this installation: `code` for programs, `reason` for people."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class License(NamedTuple):
    """A licence that is believed, from `issued_at` until `expires_at` (unix seconds, exclusive)."""

    issued_at: int
    expires_at: int


def read_license(text: str, check: Check, *, device_id: str, issuer: str) -> License:
    """The licence in `text`; raises LicenseRefused."""
    claims = check(text)
    for name, expected, code in (
        ("iss", issuer, "LICENSE_OTHER_ISSUER"),
        ("aud", AUDIENCE, "LICENSE_OTHER_AUDIENCE"),
        ("device", device_id, "LICENSE_OTHER_DEVICE"),
    ):
        if claims.get(name) != expected:
            raise LicenseRefused(code, f"the licence is for another {name}")
    return License(_instant(claims, "iat"), _instant(claims, "exp"))


def _instant(claims: Mapping[str, object], name: str) -> int:
    value = claims.get(name)
    if type(value) is not int or not 0 <= value < DATE_END:
        raise LicenseRefused("LICENSE_MALFORMED", f"the licence has no '{name}' in unix seconds")
    return value

"""One installation of a desktop app: what it remembers, where it stands, and whether a feature opens.

Decides: the states of the settings panel (active, inactive, error) and the gate of each paid feature.  Does
not know how the server is asked (`asking`), or where this is kept.  Rules: a cached licence opens features
until its signed `exp` or the server's offline grace, whichever is first, counted by `time_seen`; what the
server failed to say changes nothing that is cached; the only way to more time is a newer licence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from .device import Device
from .license import Check, License, LicenseRefused, read_license
from .settings import Settings

OPEN = "OPEN"


class State(StrEnum):
    """What the settings panel shows."""

    ACTIVE = "active"  # the paid features are open
    INACTIVE = "inactive"  # they are blocked, and it is known why
    ERROR = "error"  # they are blocked, and the server could not say whether they should be


class Problem(NamedTuple):
    """Why a question brought no answer that counts.

    `of_server`: the server did not say; otherwise the desktop did not ask, or does not believe what it heard.
    """

    code: str
    reason: str
    of_server: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One installation.  `device.name` is the device id, kept as long as the installation.

    `license` is the signed text; `issued_at` the `iat` of the newest licence ever believed (unix seconds);
    `code` and `phrase` are what the server last said of it, for programs and for people; `session_id` is the
    checkout session it was bought with; `problem` is what became of the last refresh, None when it went well.
    """

    device: Device
    settings: Settings = field(default_factory=Settings)
    license: str = ""
    issued_at: int = 0
    code: str = ""
    phrase: str = ""
    session_id: str = ""
    problem: Problem | None = None


class Standing(NamedTuple):
    """Where a client stands at an instant; `until` (unix seconds) is the end of what is open, else None.

    `clock_behind_s`: by how much the machine's clock was set back, 0 for not noticeably.
    """

    state: State
    code: str
    reason: str
    until: int | None = None
    clock_behind_s: int = 0


class Gate(NamedTuple):
    """Whether one feature opens, and why."""

    open: bool
    code: str
    reason: str


def standing(client: Client, clock: int, check: Check, issuer: str) -> Standing:
    """Where a client stands when the machine's clock shows `clock`."""
    behind_s = client.device.seen.behind_s(clock)
    if not client.license:
        return _without_license(client)._replace(clock_behind_s=behind_s)
    try:
        license = read_license(client.license, check, device_id=client.device.name, issuer=issuer)
    except LicenseRefused as error:
        return Standing(State.INACTIVE, error.code, error.reason, None, behind_s)
    return _with_license(client, license, clock)._replace(clock_behind_s=behind_s)


def gate(here: Standing, feature: str) -> Gate:
    """Whether a gated feature opens: every one while the state is active, none otherwise."""
    if here.state is State.ACTIVE:
        return Gate(True, OPEN, f"'{feature}' is open")
    return Gate(False, here.code, f"'{feature}' is blocked: {here.reason}")


def _without_license(client: Client) -> Standing:
    problem = client.problem
    if problem is not None:
        state = State.ERROR if problem.of_server else State.INACTIVE
        return Standing(state, problem.code, problem.reason)
    if client.code:
        return Standing(State.INACTIVE, client.code, client.phrase)
    return Standing(State.INACTIVE, "NOT_ACTIVATED", "there is no licence yet: check out, then refresh")


def _with_license(client: Client, license: License, clock: int) -> Standing:
    end = min(license.expires_at, client.device.expires_at)
    # A licence proves that its own instant has come, whatever the clock and the file say.
    now = max(client.device.seen.at(clock).time, license.issued_at)
    problem = f"; the last refresh failed: {client.problem.reason}" if client.problem else ""
    if now >= end:
        return Standing(State.INACTIVE, "EXPIRED", f"the licence has ended{problem or ': refresh it'}")
    if client.problem:
        return Standing(State.ACTIVE, "OFFLINE_GRACE", f"the cached licence still holds{problem}", end)
    return Standing(State.ACTIVE, client.code, client.phrase, end)

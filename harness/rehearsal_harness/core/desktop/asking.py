"""What a desktop asks of its server, and what it makes of the answers.

Decides: which question follows which answer, and what of it is kept.  Does not know HTTP: a question goes out
as an `Ask`, a `Told` comes back.  Rules: a device with a token shows that; without one, or when the server no
longer takes it, it claims its checkout session again (so a reinstall works); an answer that cannot be
believed changes nothing that is cached.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from .client import Client, Problem
from .license import INSTANT_MAX, Check, License, LicenseRefused, read_license

UNREACHABLE = "SERVER_UNREACHABLE"


class Ask(NamedTuple):
    """One question, by the operation of the manifest that answers it."""

    operation: str
    query: Mapping[str, str] = {}
    body: Mapping[str, str] | None = None
    token: str = ""


class Told(NamedTuple):
    """One answer; `status` 0 when none came, and `problem` then says why."""

    status: int
    body: Mapping[str, Any]
    problem: str = ""


class Linked(NamedTuple):
    """The client after it asked for a page to open, and the page's address; "" and a problem without one."""

    client: Client
    url: str
    problem: Problem | None = None


Refreshing = Generator[Ask, Told, Client]
Linking = Generator[Ask, Told, Linked]


def refresh(client: Client, clock: int, check: Check, issuer: str) -> Refreshing:
    """Ask for the licence: with the device's token, else with its checkout session."""
    told = Told(0, {}, "")
    if client.device.token:
        told = yield Ask("license_status", token=client.device.token)
    if client.session_id and (not client.device.token or told.status == 401):
        told = yield Ask("license_status", _claim(client))
    elif not client.device.token:
        problem = Problem("NOT_ACTIVATED", "there is no checkout session to claim: start a checkout first")
        return replace(client, problem=problem)
    if not 200 <= told.status < 300:
        return replace(_looked(client, clock), problem=_problem(told))
    return _licensed(client, told, clock, check, issuer)


def checkout(client: Client, clock: int) -> Linking:
    """Ask for a Stripe Checkout page; an activated customer is led to the portal instead."""
    body = {"deviceId": client.device.name, "email": client.settings.email}
    told = yield Ask("checkout", body=body, token=client.device.token)
    if told.status == 401 and client.device.token:
        told = yield Ask("checkout", body=body)
    return _linked(client, told, clock)


def portal(client: Client, clock: int) -> Linking:
    """Ask for a Customer Portal page, with the device's token."""
    if not client.device.token:
        reason = "the Customer Portal needs an activated device: refresh the activation first"
        return Linked(client, "", Problem("NOT_ACTIVATED", reason))
    told = yield Ask("portal", body={}, token=client.device.token)
    return _linked(client, told, clock)


def _claim(client: Client) -> dict[str, str]:
    return {"checkoutSessionId": client.session_id, "deviceId": client.device.name}


def _linked(client: Client, told: Told, clock: int) -> Linked:
    url = told.body.get("url")
    if not 200 <= told.status < 300 or not isinstance(url, str):
        return Linked(_looked(client, clock), "", _problem(told))
    session = told.body.get("sessionId")
    if isinstance(session, str):
        client = replace(client, session_id=session)
    return Linked(_looked(client, clock), url)


def _licensed(client: Client, told: Told, clock: int, check: Check, issuer: str) -> Client:
    """The client after a 2xx: what it caches is replaced, unless the licence cannot be believed."""
    body, license = told.body, None
    try:
        if body.get("active"):
            license = read_license(
                str(body.get("license") or ""), check, device_id=client.device.name, issuer=issuer
            )
        server_time = _instant(body["serverTime"])
        ends = {**body, "expiresAt": _instant(body.get("expiresAt") or 0)}
        device = client.device.licensed(told.status, str(body["code"]), ends)
    except LicenseRefused as error:
        return replace(client, problem=Problem(error.code, error.reason))
    except (KeyError, TypeError, ValueError):
        reason = "the server's answer is no licence status; is its address right?"
        return replace(client, problem=Problem("ANSWER_UNREADABLE", reason, True))
    newer = license is not None and license.issued_at > client.issued_at
    seen = client.device.seen.told(server_time, clock, newer=newer)
    return replace(
        client,
        device=device._replace(seen=seen),
        license=str(body["license"]) if license else "",
        issued_at=max(client.issued_at, _issued(license)),
        code=device.code,
        phrase=str(body.get("phrase") or ""),
        problem=None,
    )


def _instant(value: object) -> int:
    """Unix seconds; raises ValueError."""
    if type(value) is not int or not 0 <= value < INSTANT_MAX:
        raise ValueError("not unix seconds")
    return value


def _issued(license: License | None) -> int:
    return license.issued_at if license else 0


def _looked(client: Client, clock: int) -> Client:
    """The client after a look at the clock."""
    return replace(client, device=client.device._replace(seen=client.device.seen.at(clock)))


def _problem(told: Told) -> Problem:
    """Why an answer is none."""
    if not told.status:
        return Problem(UNREACHABLE, told.problem, True)
    found = told.body.get("error")
    error: Mapping[str, Any] = found if isinstance(found, Mapping) else {}
    code = str(error.get("code") or f"HTTP_{told.status}")
    return Problem(code, str(error.get("message") or f"the server answered {told.status}"), True)

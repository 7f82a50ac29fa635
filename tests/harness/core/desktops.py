"""Desktops for the tests of their rules: licences without signatures, and a server of few words."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping
from typing import Any, TypeVar

from rehearsal_harness.core.desktop.asking import Ask, Told
from rehearsal_harness.core.desktop.client import Client
from rehearsal_harness.core.desktop.device import Device
from rehearsal_harness.core.desktop.license import LicenseRefused

NOW = 1_780_272_000
DAY_S = 86_400
ISSUER = "shop"
GRACE_S = 7 * DAY_S

T = TypeVar("T")


def license_text(**changes: Any) -> str:
    """A licence; its signature is right unless it says `forged`."""
    claims = {"iss": ISSUER, "aud": "license", "device": "device-1", "iat": NOW, "exp": NOW + GRACE_S}
    return json.dumps({**claims, **changes})


def check(text: str) -> Mapping[str, object]:
    claims: dict[str, object] = json.loads(text)
    if claims.get("forged"):
        raise LicenseRefused("LICENSE_TAMPERED", "forged")
    return claims


def status(license: str | None = None, **changes: Any) -> dict[str, Any]:
    """What the licence route answers to an entitled device."""
    text = license_text() if license is None else license
    try:
        claims: Mapping[str, Any] = json.loads(text)
    except ValueError:
        claims = {}
    return {
        "active": True,
        "code": "ACTIVE",
        "phrase": "the subscription is active",
        "license": text,
        "deviceAccessToken": "token-1",
        "expiresAt": claims.get("exp", NOW + GRACE_S),
        "serverTime": claims.get("iat", NOW),
        **changes,
    }


REFUSED = {
    "active": False,
    "code": "CANCELED",
    "phrase": "the subscription has ended",
    "license": None,
    "deviceAccessToken": None,
    "expiresAt": None,
    "serverTime": NOW,
}


def client(**changes: Any) -> Client:
    """An installation that has a checkout session."""
    return Client(**{"device": Device("device-1"), "session_id": "cs_1", **changes})


def answered(questions: Generator[Ask, Told, T], *answers: Told) -> tuple[T, list[Ask]]:
    """What came of it, and what was asked, when these are the answers in turn."""
    asked, waiting = [], list(answers)
    try:
        asked.append(next(questions))
        while True:
            asked.append(questions.send(waiting.pop(0)))
    except StopIteration as end:
        assert not waiting, "an answer was left over"
        done: T = end.value
        return done, asked


def ok(body: Mapping[str, Any]) -> Told:
    return Told(200, body)


NO_ANSWER = Told(0, {}, "no route to host")

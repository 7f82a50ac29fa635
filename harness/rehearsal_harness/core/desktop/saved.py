"""An installation as plain data and back, so that it outlives the process.

Decides: the keys of the state file, and that anything else than what was written is refused as a whole.  Does
not know files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from .client import Client, Problem
from .device import Device
from .license import INSTANT_MAX
from .settings import Settings
from .time_seen import Seen

VERSION = 1


class NotSaved(ValueError):
    """The data is no saved installation; the message names the part, never a value."""


def client_to_data(client: Client) -> dict[str, Any]:
    """JSON-ready data.  It holds the device's token: whoever reads it can come as this device."""
    device = client.device
    return {
        "version": VERSION,
        "deviceId": device.name,
        "deviceAccessToken": device.token,
        "expiresAt": device.expires_at,
        "active": device.active,
        "license": client.license,
        "issuedAt": client.issued_at,
        "code": client.code,
        "phrase": client.phrase,
        "checkoutSessionId": client.session_id,
        "seen": device.seen._asdict(),
        "problem": client.problem._asdict() if client.problem else None,
        "settings": asdict(client.settings),
    }


def client_of_data(data: object) -> Client:
    """The installation; raises NotSaved."""
    whole = _mapping(data, "the file")
    if whole.get("version") != VERSION:
        raise NotSaved(f"'version' is not {VERSION}")
    seen, settings = _mapping(whole.get("seen"), "seen"), _mapping(whole.get("settings"), "settings")
    device = Device(
        name=_text(whole, "deviceId"),
        token=_text(whole, "deviceAccessToken"),
        expires_at=_instant(whole, "expiresAt"),
        active=_flag(whole, "active"),
        seen=Seen(_instant(seen, "time"), _instant(seen, "clock")),
    )
    if not device.name:
        raise NotSaved("'deviceId' is empty")
    return Client(
        device=device,
        settings=Settings(**{each.name: _text(settings, each.name) for each in fields(Settings)}),
        license=_text(whole, "license"),
        issued_at=_instant(whole, "issuedAt"),
        code=_text(whole, "code"),
        phrase=_text(whole, "phrase"),
        session_id=_text(whole, "checkoutSessionId"),
        problem=_problem(whole.get("problem")),
    )


def _problem(data: object) -> Problem | None:
    if data is None:
        return None
    found = _mapping(data, "problem")
    return Problem(_text(found, "code"), _text(found, "reason"), _flag(found, "of_server"))


def _mapping(data: object, name: str) -> Mapping[str, Any]:
    if not isinstance(data, dict):
        raise NotSaved(f"{name} is not an object")
    return data


def _text(data: Mapping[str, Any], key: str) -> str:
    value = data.get(key)
    if type(value) is not str:
        raise NotSaved(f"'{key}' is not text")
    return value


def _instant(data: Mapping[str, Any], key: str) -> int:
    value = data.get(key)
    if type(value) is not int or not 0 <= value < INSTANT_MAX:
        raise NotSaved(f"'{key}' is not unix seconds")
    return value


def _flag(data: Mapping[str, Any], key: str) -> bool:
    value = data.get(key)
    if type(value) is not bool:
        raise NotSaved(f"'{key}' is neither true nor false")
    return value

"""`rehearse desktop`: the buttons of a desktop's settings panel, and the gates of its paid features.

Decides: what is shown, never a token or a licence, and the exit codes.  Does not know what a button does
(`desktop_app.installation`).  A browser is opened only when asked to.
"""

from __future__ import annotations

import argparse
import json
import time
import webbrowser
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rehearsal_harness.cli import FINDING, PROVED, USAGE
from rehearsal_harness.cli.out import error, say
from rehearsal_harness.core.desktop.asking import Linked
from rehearsal_harness.core.desktop.client import Standing, State, gate
from rehearsal_harness.core.desktop.settings import SettingsError, email_of, server_url_of, support_of
from rehearsal_harness.desktop_app.installation import Installation
from rehearsal_harness.desktop_app.signature import read_public_keys
from rehearsal_harness.resources import manifests_named
from rehearsal_specs.diagnostics import SpecError, nearest
from rehearsal_specs.manifest import Manifest
from rehearsal_specs.reader import read_manifest

OPEN, BLOCKED = PROVED, FINDING
CHECKED, RECEIVED = "its signature was checked", "as received: it is signed with a secret of the server's"


def run(options: argparse.Namespace) -> int:
    """Press one button."""
    try:
        installed = Installation(options.state, _clock_of(*options.clock), _manifest_named)
        if installed.note:
            error(installed.note)
        return BUTTONS[options.button](installed, options)
    except SettingsError as problem:
        error(str(problem))
    except SpecError as problem:
        error(str(problem))
    return USAGE


def _settings(installed: Installation, options: argparse.Namespace) -> int:
    given = {
        "server_url": (options.server_url, server_url_of),
        "email": (options.email, email_of),
        "manifest": (options.manifest, _manifest_of),
        "public_keys": (options.public_keys, _public_keys_of),
        "support": (options.support, support_of),
    }
    changes = {name: check(text) for name, (text, check) in given.items() if text is not None}
    if changes:
        installed.settle(replace(installed.client.settings, **changes))
    shown = {**asdict(installed.client.settings), "deviceId": installed.client.device.name}
    _show(options, shown, [f"{name:12}{value or '(not set)'}" for name, value in shown.items()])
    return PROVED


def _checkout(installed: Installation, options: argparse.Namespace) -> int:
    return _linked(installed.checkout(), options)


def _portal(installed: Installation, options: argparse.Namespace) -> int:
    return _linked(installed.portal(), options)


def _support(installed: Installation, options: argparse.Namespace) -> int:
    link = installed.client.settings.support
    if not link:
        raise SettingsError("no support link is set: rehearse desktop settings --support LINK")
    return _opened(link, options)


def _refresh(installed: Installation, options: argparse.Namespace) -> int:
    here = installed.refresh(options.session)
    _show_standing(installed, here, options)
    return OPEN if here.state is State.ACTIVE and installed.client.problem is None else BLOCKED


def _status(installed: Installation, options: argparse.Namespace) -> int:
    _show_standing(installed, installed.standing(), options)
    return PROVED


def _feature(installed: Installation, options: argparse.Namespace) -> int:
    name, gated = options.feature, installed.terms().gated_features
    if name not in gated:
        hint = nearest(name, gated)
        known = f"expected one of: {', '.join(gated)}"
        meant = f". Did you mean '{hint}'?" if hint else ""
        raise SettingsError(f"'{name}' is no paid feature; {known}{meant}")
    found = gate(installed.standing(), name)
    _show(options, {"feature": name, **found._asdict()}, [f"{found.reason} ({found.code})"])
    return OPEN if found.open else BLOCKED


BUTTONS: Mapping[str, Callable[[Installation, argparse.Namespace], int]] = {
    "settings": _settings,
    "checkout": _checkout,
    "refresh": _refresh,
    "portal": _portal,
    "support": _support,
    "status": _status,
    "feature": _feature,
}


def _linked(linked: Linked, options: argparse.Namespace) -> int:
    if linked.problem is not None:
        if options.json:
            say(json.dumps({"url": None, "code": linked.problem.code, "reason": linked.problem.reason}))
        else:
            error(f"{linked.problem.code}: {linked.problem.reason}")
        return BLOCKED
    return _opened(linked.url, options)


def _opened(url: str, options: argparse.Namespace) -> int:
    _show(options, {"url": url}, [url])
    if options.open and not (url.startswith(("https://", "mailto:")) and webbrowser.open(url)):
        error("no browser could be opened; open the address above yourself")
    return PROVED


def _show_standing(installed: Installation, here: Standing, options: argparse.Namespace) -> None:
    gated, client = installed.terms().gated_features, installed.client
    is_open = here.state is State.ACTIVE
    until = None if here.until is None else _iso(here.until)
    believed = bool(client.license) and not here.code.startswith("LICENSE_")
    trust = (CHECKED if client.settings.public_keys else RECEIVED) if believed else None
    answer = {
        **here._asdict(),
        "untilIso": until,
        "license": trust,
        "features": dict.fromkeys(gated, is_open),
        "problem": client.problem._asdict() if client.problem else None,
        "deviceId": client.device.name,
    }
    lines = [f"{here.state} ({here.code}): {here.reason}"]
    lines += [f"until    {until}"] if until else []
    lines += [f"licence  {trust}"] if trust else []
    lines += [f"{'open' if is_open else 'blocked':8} {', '.join(gated)}"]
    if here.clock_behind_s:
        lines.append(
            f"clock    set back by {here.clock_behind_s} s: time goes on from the latest known instant"
        )
    _show(options, answer, lines)


def _show(options: argparse.Namespace, answer: Mapping[str, Any], lines: list[str]) -> None:
    say(json.dumps(answer) if options.json else "\n".join(lines))


def _iso(instant: int) -> str:
    return datetime.fromtimestamp(instant, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _clock_of(seconds: int, from_now: bool) -> Callable[[], int]:
    return lambda: max(0, seconds + (int(time.time()) if from_now else 0))


def _manifest_named(name: str) -> Manifest:
    paths, problems = manifests_named([name])
    if problems or len(paths) != 1:
        raise SettingsError(str(problems[0]) if problems else f"{name}: expected one manifest")
    return read_manifest(paths[0])


def _manifest_of(name: str) -> str:
    """A name that goes on meaning the same from another folder; raises SettingsError and SpecError."""
    _manifest_named(name)
    return str(Path(name).resolve()) if Path(name).exists() else name


def _public_keys_of(name: str) -> str:
    """The same for a file of keys; "" takes the keys away."""
    if not name:
        return ""
    read_public_keys(Path(name))
    return str(Path(name).resolve())

"""What every collector is given, and the words they share.

Decides: the values at hand, when the network may be touched at all, and how long anything is waited for.
Does not know a single kind of need.  `repr` shows no environment: its values may be secrets.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from rehearsal_harness.core.gate import Input, State
from rehearsal_specs.decisions import Decisions
from rehearsal_specs.manifest import Manifest

TIMEOUT_S = 10
LOOPBACK = ("127.0.0.1", "::1", "localhost")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """One question to the gate: `mode` is test or live, `now` in unix seconds, `folder` the current one.

    `left_out` are files that hold secrets by design (an env file), and are not scanned.
    """

    manifest: Manifest
    features: Path
    mode: str
    environ: Mapping[str, str] = field(repr=False)
    decisions: Sequence[Decisions]
    now: int
    folder: Path
    left_out: tuple[Path, ...] = ()

    @property
    def is_live(self) -> bool:
        """Is it about real money?"""
        return self.mode == "live"

    def value(self, name: str) -> str:
        """The value of a variable or secret, the declared default where unset, else empty; trimmed."""
        set_to = self.environ.get(name, "").strip()
        if set_to:
            return set_to
        return next((each.default or "" for each in self.manifest.variables if each.name == name), "")

    @property
    def base_url(self) -> str:
        """The address of the hosted backend without its last slash, empty where none is declared or set."""
        terms = self.manifest.hosted
        return self.value(terms.base_url_env).rstrip("/") if terms else ""

    @property
    def closed(self) -> str:
        """Why no network may be touched, empty when it may: live mode waits behind its guard."""
        terms = self.manifest.hosted
        if not self.is_live:
            return ""
        if terms is None:
            return "the manifest declares no hosted.allow_live_env, the guard of live mode"
        is_open = self.value(terms.allow_live_env).casefold() == "true"
        return "" if is_open else f"{terms.allow_live_env} is not true, so nothing was asked"


def met(found: str, *, as_of: int | None = None) -> Input:
    """As it should be."""
    return Input(state=State.MET, found=found, as_of=as_of)


def not_met(found: str, expected: str, next_step: str) -> Input:
    """Known not to be as it should be."""
    return Input(state=State.NOT_MET, found=found, expected=expected, next_step=next_step)


def unknown(found: str, expected: str, next_step: str) -> Input:
    """Not known; never a pass."""
    return Input(state=State.UNDETERMINED, found=found, expected=expected, next_step=next_step)


def bad_address(url: str, *, is_live: bool) -> str:
    """What is wrong with an address, empty when nothing is; the address itself is not repeated."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "set, and no address"
    if parts.username or parts.password:
        return "set, with a name or password inside"
    if parts.scheme == "http" and (is_live or parts.hostname not in LOOPBACK):
        return "set, and not https"
    return ""


def within(seconds: float, function: Callable[[], Answer]) -> Answer | None:
    """What `function` answers, or None when it takes longer: whoever waits is not held up by anybody.

    Raises what `function` raises.
    """
    answers: list[Answer] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            answers.append(function())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if errors:
        raise errors[0]
    return answers[0] if answers else None

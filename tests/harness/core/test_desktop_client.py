"""Where a desktop stands: until when its features are open, and why they are blocked."""

from __future__ import annotations

from dataclasses import replace

import pytest
from desktops import DAY_S, GRACE_S, ISSUER, NOW, check, client, license_text
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_harness.core.desktop.client import Client, State, gate, standing
from rehearsal_harness.core.desktop.device import Device
from rehearsal_harness.core.desktop.time_seen import Seen

END = NOW + GRACE_S
clocks = st.lists(st.integers(NOW - 40 * DAY_S, NOW + 40 * DAY_S), max_size=8)


def holding(text: str, expires_at: int = END, device: str = "device-1") -> Client:
    """A desktop that was given this licence now."""
    held = Device(device, token="token-1", expires_at=expires_at, active=True, seen=Seen(NOW, NOW))
    return client(device=held, license=text, issued_at=NOW, code="ACTIVE", phrase="it is active")


def looked(here: Client, clock: int) -> Client:
    return replace(here, device=here.device._replace(seen=here.device.seen.at(clock)))


@pytest.mark.parametrize(
    ("exp", "grace_end", "end"),
    [(END, END, END), (NOW + DAY_S, END, NOW + DAY_S), (END, NOW + DAY_S, NOW + DAY_S)],
    ids=["both", "exp first", "grace first"],
)
def test_features_are_open_until_the_earlier_of_exp_and_grace(exp: int, grace_end: int, end: int) -> None:
    """To the second before, and not at that second."""
    here = holding(license_text(exp=exp), grace_end)
    before = standing(here, end - 1, check, ISSUER)
    assert (before.state, before.code, before.until) == (State.ACTIVE, "ACTIVE", end)
    assert standing(here, end, check, ISSUER)[:2] == (State.INACTIVE, "EXPIRED")


@given(clocks)
def test_what_has_ended_never_opens_again_by_itself(shown: list[int]) -> None:
    """Whatever the clock shows from look to look: only the server can give more time."""
    here, ended = holding(license_text()), False
    for clock in shown:
        is_open = standing(here, clock, check, ISSUER).state is State.ACTIVE
        assert not (is_open and ended)
        ended = ended or not is_open
        here = looked(here, clock)


@given(clocks, st.integers(0, 40 * DAY_S))
def test_nothing_is_open_at_or_after_the_signed_end(shown: list[int], grace_s: int) -> None:
    """However long the file says that the grace is, and whatever the clock showed before."""
    here = holding(license_text(), NOW + grace_s)
    for clock in shown:
        here = looked(here, clock)
    assert standing(here, END, check, ISSUER).state is State.INACTIVE


def test_a_licence_proves_that_its_own_instant_has_come() -> None:
    """A file whose times were set back cannot make a licence younger than it is."""
    here = holding(license_text(iat=END))
    here = replace(here, device=here.device._replace(seen=Seen(0, 0)))
    assert standing(here, NOW - DAY_S, check, ISSUER).code == "EXPIRED"


def test_a_clock_that_was_set_back_is_said() -> None:
    """Beside the state, not instead of it."""
    here = standing(holding(license_text()), NOW - DAY_S, check, ISSUER)
    assert (here.state, here.clock_behind_s) == (State.ACTIVE, DAY_S)
    assert standing(client(device=Device("device-1", seen=Seen(NOW, NOW))), 0, check, ISSUER).clock_behind_s


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (license_text(forged=True), "LICENSE_TAMPERED"),
        (license_text(device="device-2"), "LICENSE_OTHER_DEVICE"),
        (license_text(aud="device"), "LICENSE_OTHER_AUDIENCE"),
        (license_text(iss="other"), "LICENSE_OTHER_ISSUER"),
        (license_text(iat="now"), "LICENSE_MALFORMED"),
        (license_text(exp=True), "LICENSE_MALFORMED"),
        (license_text(exp=253_402_300_800), "LICENSE_MALFORMED"),
    ],
)
def test_a_cached_licence_that_is_not_believed_opens_nothing(text: str, code: str) -> None:
    """Each refusal has a name of its own."""
    here = standing(holding(text), NOW, check, ISSUER)
    assert (here.state, here.code, here.until) == (State.INACTIVE, code, None)


def test_a_licence_copied_to_another_installation_opens_nothing() -> None:
    """It names the device it was given to."""
    assert standing(holding(license_text(), device="device-2"), NOW, check, ISSUER).code == (
        "LICENSE_OTHER_DEVICE"
    )


def test_a_gate_follows_the_state() -> None:
    """Open while active; else blocked, with the reason of the state."""
    assert gate(standing(holding(license_text()), NOW, check, ISSUER), "voice").open
    closed = gate(standing(holding(license_text()), END, check, ISSUER), "voice")
    assert (closed.open, closed.code) == (False, "EXPIRED")
    assert closed.reason == "'voice' is blocked: the licence has ended: refresh it"

"""An installation as plain data: what comes back is what was kept, and nothing else is accepted."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from desktops import NOW, client, license_text
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_harness.core.desktop.client import Problem
from rehearsal_harness.core.desktop.device import Device
from rehearsal_harness.core.desktop.saved import NotSaved, client_of_data, client_to_data
from rehearsal_harness.core.desktop.settings import Settings
from rehearsal_harness.core.desktop.time_seen import Seen

WHOLE = client(
    device=Device("device-1", token="token-1", expires_at=NOW, active=True, seen=Seen(NOW, NOW - 1)),
    settings=Settings(server_url="https://billing.example.test", email="ada@example.test"),
    license=license_text(),
    issued_at=NOW,
    code="ACTIVE",
    phrase="active",
    problem=Problem("SERVER_UNREACHABLE", "no route", True),
)


@pytest.mark.parametrize("here", [client(), WHOLE], ids=["fresh", "whole"])
def test_what_is_kept_comes_back(here: Any) -> None:
    """Through JSON, all of it."""
    assert client_of_data(json.loads(json.dumps(client_to_data(here)))) == here


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
KEYS = sorted(client_to_data(WHOLE))


@given(st.sampled_from(KEYS), anything)
def test_one_wrong_part_is_refused_by_name_or_reads_as_itself(key: str, value: Any) -> None:
    """Never a crash, and never something else than what the file says."""
    data = {**client_to_data(WHOLE), key: value}
    with suppress(NotSaved):
        assert client_to_data(client_of_data(data)) == data


@pytest.mark.parametrize("key", KEYS)
def test_a_missing_part_is_refused_but_for_a_problem(key: str) -> None:
    """Half an installation is none."""
    data = {name: value for name, value in client_to_data(WHOLE).items() if name != key}
    if key == "problem":
        assert client_of_data(data).problem is None
    else:
        with pytest.raises(NotSaved, match=key):
            client_of_data(data)


@pytest.mark.parametrize("value", [-1, 2**53, 1.5, True])
@pytest.mark.parametrize("key", ["expiresAt", "issuedAt"])
def test_an_instant_is_unix_seconds(key: str, value: object) -> None:
    """Neither before 1970, nor more than JSON carries exactly."""
    with pytest.raises(NotSaved, match=f"'{key}' is not unix seconds"):
        client_of_data({**client_to_data(WHOLE), key: value})


@given(anything)
def test_what_is_no_installation_is_refused(data: Any) -> None:
    """Whatever it is."""
    with pytest.raises(NotSaved):
        client_of_data(data)

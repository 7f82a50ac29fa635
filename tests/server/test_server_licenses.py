"""Tokens: what they say, how long they stand, and which are believed."""

from __future__ import annotations

import base64
import json
from typing import Any

import jwt
import pytest
from stripe_says import DAY_S, NOW

from rehearsal_server.access import Access
from rehearsal_server.licenses import Audience, Bearer, Signer, TokenExpiredError, TokenInvalidError, boundary
from rehearsal_specs.manifest import AccessTable

SECRET = "signing-" + "0" * 64
ADA = Bearer(customer="cus_1", device="device-1")


def allowed(until: int | None) -> Access:
    return Access(
        allowed=True, phrase="", code="ACTIVE", until=until, subscription_id="sub_1", status="active"
    )


def token(table: AccessTable, until: int | None = None, audience: Audience = Audience.DEVICE) -> str:
    return Signer(SECRET, "nyra").sign(audience, ADA, allowed(until), table, NOW)


def forged(secret: str = SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    standard = {
        "iss": "nyra",
        "aud": "device",
        "sub": "cus_1",
        "device": "device-1",
        "iat": NOW,
        "exp": NOW + 9,
    }
    return jwt.encode({**standard, **claims}, secret, algorithm=algorithm)


def header_only(header: str) -> str:
    return base64.urlsafe_b64encode(header.encode()).decode().rstrip("=") + ".e30.c2ln"


@pytest.mark.parametrize(
    ("until", "end"),
    [(None, NOW + 7 * DAY_S), (NOW + 30 * DAY_S, NOW + 7 * DAY_S), (NOW + DAY_S, NOW + DAY_S)],
    ids=["endless access", "access beyond the grace", "access ends first"],
)
def test_a_token_stands_until_the_grace_or_access_ends(
    until: int | None, end: int, table: AccessTable
) -> None:
    """Whichever is first; exp and expiresAt say the same."""
    assert boundary(allowed(until), table, NOW) == end
    claims = jwt.decode(
        token(table, until), SECRET, algorithms=["HS256"], options={"verify_signature": False}
    )
    assert claims == {
        "iss": "nyra",
        "aud": "device",
        "sub": "cus_1",
        "device": "device-1",
        "entitlements": ["pro"],
        "subscription": "sub_1",
        "iat": NOW,
        "exp": end,
        "expiresAt": end,
    }


def test_a_token_comes_back_as_the_device_it_was_issued_to(table: AccessTable) -> None:
    """Until the last second before its end, by the clock passed in."""
    signer = Signer(SECRET, "nyra")
    own = token(table, NOW + DAY_S)
    assert signer.read(own, Audience.DEVICE, NOW + DAY_S - 1) == ADA
    with pytest.raises(TokenExpiredError):
        signer.read(own, Audience.DEVICE, NOW + DAY_S)


def test_a_licence_opens_no_door(table: AccessTable) -> None:
    """It lies on a disk; only the device token is a bearer token."""
    licence = token(table, audience=Audience.LICENSE)
    assert Signer(SECRET, "nyra").read(licence, Audience.LICENSE, NOW) == ADA
    with pytest.raises(TokenInvalidError):
        Signer(SECRET, "nyra").read(licence, Audience.DEVICE, NOW)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("a.b.c", id="noise"),
        pytest.param("é.é.é", id="not ASCII"),
        pytest.param(forged("other-" + "0" * 64), id="another secret"),
        pytest.param(forged(algorithm="HS512"), id="another algorithm"),
        pytest.param(forged("", "none"), id="unsigned"),
        pytest.param(forged(iss="somebody"), id="another issuer"),
        pytest.param(forged(exp="tomorrow"), id="exp is text"),
        pytest.param(forged(exp=None), id="exp is null"),
        pytest.param(forged(device=7), id="device is a number"),
        pytest.param(forged(device=None), id="no device"),
        pytest.param(header_only("[" * 50_000), id="deep header"),
        pytest.param(header_only("[]"), id="header is a list"),
        pytest.param(header_only(json.dumps({"alg": ["HS256"]})), id="alg is a list"),
    ],
)
def test_what_is_not_a_token_of_ours_is_invalid(text: str) -> None:
    """And never a crash."""
    with pytest.raises(TokenInvalidError):
        Signer(SECRET, "nyra").read(text, Audience.DEVICE, NOW)

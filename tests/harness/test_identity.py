"""Test identities: who the harness says is signed in, and the route that says it beside a served backend."""

from __future__ import annotations

from collections.abc import Callable

import falcon
import jwt
import pytest
from falcon.testing import TestClient

from rehearsal_harness.targets.identity import ROUTE, Issuer, NotMinted, with_identities
from rehearsal_specs.manifest import IdentityTerms

NOW = 1_780_272_000
DAY_S = 86_400


def terms(algorithm: str = "HS256") -> IdentityTerms:
    """A service whose operators have the role admin."""
    return IdentityTerms(
        key_env="KEY", algorithm=algorithm, issuer="them", audience="us", admin_claim=("role", "admin")
    )


def claims(token: str) -> dict[str, object]:
    """What a token says, verified with the key that the backend is given."""
    key = Issuer(terms()).verifying_key
    return jwt.decode(
        token, key, algorithms=["HS256"], audience="us", issuer="them", options={"verify_exp": False}
    )


def test_a_token_says_who_is_signed_in_and_until_when() -> None:
    """It ends by itself, within two days."""
    said = claims(Issuer(terms()).token("ada", NOW))

    assert (said["sub"], said["email"]) == ("ada", "ada@example.test")
    assert NOW + DAY_S <= said["exp"] <= NOW + 2 * DAY_S
    assert "role" not in said


def test_an_operators_token_carries_the_declared_claim() -> None:
    """And nobody else's."""
    assert claims(Issuer(terms()).token("olga", NOW, is_operator=True))["role"] == "admin"


def test_equal_users_get_equal_tokens() -> None:
    """Runs repeat, whichever process mints."""
    assert Issuer(terms()).token("ada", NOW) == Issuer(terms()).token("ada", NOW + 60)


def test_a_public_key_verifies_where_one_is_declared() -> None:
    """The backend is given the public half; the private one is derived, so that runs repeat."""
    issuer = Issuer(terms("EdDSA"))
    said = jwt.decode(
        issuer.token("ada", NOW),
        issuer.verifying_key,
        algorithms=["EdDSA"],
        audience="us",
        options={"verify_exp": False},
    )

    assert said["sub"] == "ada"
    assert issuer.verifying_key.startswith("-----BEGIN PUBLIC KEY")


def test_an_algorithm_without_a_key_is_refused_by_name() -> None:
    """The message says what is possible."""
    with pytest.raises(NotMinted, match="RS256: a rehearsal signs with HS256, EdDSA only"):
        Issuer(terms("RS256"))


@pytest.fixture(name="client")
def _client() -> TestClient:
    """A backend with the route in front."""
    app = falcon.App()
    app.add_sink(lambda req, resp: setattr(resp, "text", "the backend"), "/")
    return TestClient(with_identities(app, Issuer(terms()), lambda: NOW))


def test_the_route_signs_anybody_in(client: TestClient) -> None:
    """As an operator when asked."""
    answer = client.simulate_post(ROUTE, json={"user": "ada", "admin": True}).json

    assert (claims(answer["token"])["sub"], claims(answer["token"])["role"]) == ("ada", "admin")


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"user": ""}', b'{"user": "ada", "admin": "yes"}', b'{"user": 1}']
)
def test_a_wrong_wish_is_refused(client: TestClient, body: bytes) -> None:
    """Saying what is expected."""
    answer = client.simulate_post(ROUTE, body=body)

    assert answer.status_code == 400
    assert "expected a JSON object" in answer.json["message"]


def test_everything_else_goes_to_the_backend(client: TestClient) -> None:
    """The route is beside it, and only there."""
    get: Callable[..., falcon.testing.Result] = client.simulate_get

    assert get("/account").text == "the backend"
    assert get(ROUTE).status_code == 405

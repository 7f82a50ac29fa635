"""Idempotency keys: replayed, mismatched, forgotten, drawn."""

from __future__ import annotations

from uuid import UUID

from test_request_handler import ask, error
from worlds import empty

from rehearsal_harness.core.calendar import DAY_S

DRAWN = [str(UUID(int=number)) for number in (1, 2)]


def test_a_replay_changes_nothing() -> None:
    """The stored status and body, the same world, and headers that say so."""
    world, first = ask(empty(), "POST", "/v1/customers", {"name": "Ada"}, idempotency_key="k")
    after, again = ask(world, "POST", "/v1/customers", {"name": "Ada"}, idempotency_key="k")

    assert after is world
    assert (again.status, again.body) == (first.status, first.body)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers


def test_a_key_is_bound_to_parameters_and_path() -> None:
    """Another value or another route with the same key is an idempotency_error."""
    world, _ = ask(empty(), "POST", "/v1/customers", {"name": "Ada"}, idempotency_key="k")
    for path, params in (("/v1/customers", {"name": "Bob"}), ("/v1/products", {"name": "Ada"})):
        after, answer = ask(world, "POST", path, params, idempotency_key="k")
        assert (answer.status, error(answer)["type"]) == (400, "idempotency_error")
        assert after is world


def test_a_refusal_is_not_stored() -> None:
    """A key that was refused with 400 is free for the corrected request."""
    world, refused = ask(empty(), "POST", "/v1/products", {}, idempotency_key="k")
    _, answer = ask(world, "POST", "/v1/products", {"name": "Pro"}, idempotency_key="k")

    assert (refused.status, answer.status) == (400, 200)


def test_a_key_is_forgotten_after_a_day() -> None:
    """One second earlier it still replays; then it makes a new object."""
    world, first = ask(empty(), "POST", "/v1/customers", {"name": "Ada"}, idempotency_key="k")
    ids = []
    for later in (DAY_S - 1, DAY_S):
        _, answer = ask(
            world.at(world.now + later), "POST", "/v1/customers", {"name": "Ada"}, idempotency_key="k"
        )
        ids.append(answer.body["id"])

    assert ids[0] == first.body["id"] != ids[1]


def test_only_a_post_has_a_key() -> None:
    """A DELETE with a key is carried out each time it comes."""
    world, made = ask(empty(), "POST", "/v1/customers", {"name": "Ada"})
    path = f"/v1/customers/{made.body['id']}"
    world, first = ask(world, "DELETE", path, idempotency_key="k")
    _, second = ask(world, "DELETE", path, idempotency_key="k")

    assert (first.status, second.status) == (200, 404)


def test_a_drawn_key_brings_no_chance_into_the_world() -> None:
    """Two runs in which the SDK drew different keys have equal versions, ids and events; the keys still
    replay."""
    worlds = []
    for key in DRAWN:
        world, first = ask(empty(), "POST", "/v1/customers", {"name": "Ada"}, idempotency_key=key)
        assert ask(world, "POST", "/v1/customers", {"name": "Ada"}, idempotency_key=key)[1].body == first.body
        worlds.append(world)

    one, other = worlds
    assert one.version == other.version
    assert [event.request for event in one.events] == [event.request for event in other.events]


def test_equal_requests_with_two_drawn_keys_make_two_objects() -> None:
    """As at Stripe, where every call without a key of its own is a new one."""
    world = empty()
    for key in DRAWN:
        world, _ = ask(world, "POST", "/v1/customers", {"name": "Ada"}, idempotency_key=key)

    assert len(world.customers) == 2


def test_a_key_has_a_length() -> None:
    """None and more than 255 characters are refused."""
    for key in ("", "k" * 256):
        assert ask(empty(), "POST", "/v1/customers", {}, idempotency_key=key)[1].status == 400

"""A store that is away: 503 and no 2xx, and it is well again by itself; no message shows a password."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from falcon import testing
from served import Server, make_server
from stores import KINDS, Place, place_of
from stripe_says import DAY_S, NOW, completed, paid, signed, subscription, updated

from rehearsal_server.app import app_of
from rehearsal_server.store import Store, StoreError
from rehearsal_server.store.opening import open_store
from rehearsal_specs.manifest import Manifest

THREADS = 16


@pytest.fixture(name="place", params=KINDS)
def _place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    return place_of(request.param, tmp_path)


@pytest.fixture(name="store")
def _store(place: Place) -> Iterator[Store]:
    store = place.open()
    yield store
    store.close()


def story() -> list[dict[str, Any]]:
    """Twelve events of one subscription, four of them in one second."""
    events = [completed(), paid()]
    ends: list[int | None] = [None, NOW + DAY_S, None, NOW + 2 * DAY_S]
    before: dict[str, Any] = {"status": "incomplete"}
    for number, end in enumerate(ends):
        events.append(updated(f"evt_same_{number}", subscription(cancel_at=end), before))
        before = {"cancel_at": end}
    for number in range(6):
        events.append(updated(f"evt_later_{number}", subscription(), before, NOW + 1 + number))
        before = {"default_payment_method": None}
    return events


def deliver_all(server: Server, orders: list[list[dict[str, Any]]]) -> set[int]:
    """Deliver each list from a thread of its own, all starting together; the statuses."""
    statuses: set[int] = set()
    start = threading.Barrier(len(orders))

    def one(order: list[dict[str, Any]]) -> None:
        client = testing.TestClient(app_of(server.context))
        start.wait()
        for each in order:
            body = json.dumps(each)
            headers = {"Stripe-Signature": signed(body)}
            answer = client.simulate_post("/api/billing/webhook", body=body, headers=headers)
            statuses.add(answer.status_code)

    threads = [threading.Thread(target=one, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


@pytest.mark.parametrize("same", [True, False], ids=["the same event everywhere", "every order"])
def test_sixteen_threads_end_in_the_same_facts(
    manifest: Manifest, environ: dict[str, str], place: Place, store: Store, tmp_path: Path, same: bool
) -> None:
    """As one delivery after the other; all are acknowledged, none is written twice."""
    events = story()
    orders = [events if same else events[shift:] + events[:shift] for shift in range(THREADS)]
    alone = place_of(place.kind, tmp_path)
    for each, work in ((store, orders), (alone.open(), [events])):
        server = make_server(manifest, environ, each, None)  # type: ignore[arg-type]
        server.stripe.answers["GET /v1/subscriptions/sub_1"] = (200, subscription())
        assert deliver_all(server, work) == {200}
        if each is not store:
            each.close()
    assert place.contents() == alone.contents()


def test_a_database_that_went_away_comes_back_by_itself(
    manifest: Manifest, environ: dict[str, str], tmp_path: Path
) -> None:
    """Every connection is ended, and no new one is let in: 503, nothing kept.  Let in again: 200."""
    place = place_of("postgresql", tmp_path)
    name = f"away_{tmp_path.name[-20:].lower().replace('-', '_')}"
    with psycopg.connect(place.where, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name}")  # type: ignore[arg-type]
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        store = open_store("postgresql", place.where.replace("/postgres?", f"/{name}?").split("&options")[0])
        server = make_server(manifest, environ, store, None)  # type: ignore[arg-type]
        assert server.deliver(paid()).status_code == 200
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")  # type: ignore[arg-type]
        end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
        connection.execute(end, (name,))
        assert server.deliver(completed()).status_code == 503
        assert server.client.simulate_get("/health").status_code == 503
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")  # type: ignore[arg-type]
        assert server.deliver(completed()).status_code == 200
        assert server.client.simulate_get("/health").status_code == 200
        assert len(store.history_of_customer("cus_1").rows) == 2
        store.close()
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["json", "sqlite"])
def test_a_folder_that_went_away_comes_back_by_itself(
    manifest: Manifest, environ: dict[str, str], tmp_path: Path, kind: str
) -> None:
    """503 while it is away, nothing is half kept, and 200 when it is back."""
    folder = tmp_path / "disk"
    folder.mkdir()
    store = place_of(kind, folder).open()
    server = make_server(manifest, environ, store, None)  # type: ignore[arg-type]
    assert server.deliver(paid()).status_code == 200
    folder.rename(tmp_path / "away")
    (tmp_path / "disk").write_text("")
    if kind == "sqlite":
        store.close()
    assert server.deliver(completed()).status_code == 503
    (tmp_path / "disk").unlink()
    (tmp_path / "away").rename(folder)
    assert server.deliver(completed()).status_code == 200
    assert len(store.history_of_customer("cus_1").rows) == 2
    store.close()


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://ada:{secret}@127.0.0.1:1/facts",
        "postgresql//ada:{secret}@127.0.0.1/facts",
        "host=127.0.0.1 port=1 password={secret} user=ada",
        "{secret}",
    ],
)
def test_a_password_is_in_no_message(address: str) -> None:
    """Whatever is wrong with an address, it is not repeated."""
    secret = "open" + "sesame"
    with pytest.raises(StoreError) as raised:
        open_store("postgresql", address.format(secret=secret))
    assert secret not in str(raised.value)
    assert str(raised.value)


def test_a_statement_that_waits_too_long_is_a_store_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody holds the object for ever: the transaction gives up, and nothing of it is kept."""
    from rehearsal_server.store import postgresql

    monkeypatch.setattr(postgresql, "LOCK_MS", 100)
    place = place_of("postgresql", tmp_path)
    store, other = place.open(), place.open()
    with store.transaction():
        store.rows_of("sub_1")
        with pytest.raises(StoreError, match="lock timeout"), other.transaction():
            other.rows_of("sub_1")
    with other.transaction():
        other.rows_of("sub_1")
    store.close()
    other.close()

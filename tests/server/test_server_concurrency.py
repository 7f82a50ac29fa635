"""Many deliveries at once, and a process that dies in the middle of them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from falcon import testing
from served import Server, contents_of, make_server
from stripe_says import DAY_S, NOW, completed, paid, signed, subscription, updated

from rehearsal_server.app import app_of
from rehearsal_server.store.sqlite import SqliteStore
from rehearsal_specs.manifest import Manifest

THREADS = 16


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


def deliver_all(server: Server, orders: list[list[dict[str, Any]]]) -> list[int]:
    """Deliver each list from a thread of its own, all starting together; the statuses."""
    statuses: list[int] = []
    start = threading.Barrier(len(orders))

    def one(order: list[dict[str, Any]]) -> None:
        client = testing.TestClient(app_of(server.context))
        start.wait()
        for each in order:
            body = json.dumps(each)
            headers = {"Stripe-Signature": signed(body)}
            answer = client.simulate_post("/api/billing/webhook", body=body, headers=headers)
            statuses.append(answer.status_code)
        server.context.store.close()  # type: ignore[attr-defined]

    threads = [threading.Thread(target=one, args=(order,)) for order in orders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return statuses


@pytest.mark.parametrize("same", [True, False], ids=["the same event everywhere", "every order"])
def test_sixteen_threads_end_in_the_same_facts(
    manifest: Manifest, environ: dict[str, str], tmp_path: Path, same: bool
) -> None:
    """As one delivery after the other; all are acknowledged, none is written twice."""
    events = story()
    orders = [events if same else events[shift:] + events[:shift] for shift in range(THREADS)]
    found = []
    for name, work in (("together", orders), ("alone", [events])):
        store = SqliteStore.open(tmp_path / f"{name}.sqlite3")
        server = make_server(manifest, environ, store, store._connection())
        server.stripe.answers["GET /v1/subscriptions/sub_1"] = (200, subscription())
        assert set(deliver_all(server, work)) == {200}
        found.append(contents_of(store._connection()))
        store.close()
    assert found[0] == found[1]


def test_a_killed_server_has_kept_every_event_it_acknowledged(
    manifest_path: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    """kill -9 in the middle of deliveries; a new store on the file has a row for each 200."""
    path = tmp_path / "facts.sqlite3"
    command = [sys.executable, "-m", "rehearsal_server", "--manifest", str(manifest_path), "--port", "0"]
    own = {**os.environ, **environ, "NYRA_ENTITLEMENTS_FILE": str(path)}
    process = subprocess.Popen(command, env=own, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        address = process.stdout.readline().split()[-1]
        acknowledged: list[str] = []
        threads = [
            threading.Thread(target=_deliver_until_dead, args=(address, number, acknowledged))
            for number in range(4)
        ]
        for thread in threads:
            thread.start()
        while len(acknowledged) < 30:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        for thread in threads:
            thread.join()
    finally:
        process.kill()
        process.communicate()
    store = SqliteStore.open(path)
    kept = {row.event_id for row in store.history_of_customer("cus_1").rows}
    store.close()
    assert set(acknowledged) <= kept


def _deliver_until_dead(address: str, thread: int, acknowledged: list[str]) -> None:
    for number in range(10_000):
        event_id = f"evt_{thread}_{number}"
        body = json.dumps(updated(event_id, subscription(), {"default_payment_method": None}, NOW + number))
        headers = {"Stripe-Signature": signed(body, int(time.time()))}
        request = urllib.request.Request(f"{address}/api/billing/webhook", body.encode(), headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                assert answer.status == 200
        except OSError:
            return
        acknowledged.append(event_id)

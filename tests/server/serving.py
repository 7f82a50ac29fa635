"""A server as a real process, load on it, and what must be true after it was killed."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

from stores import Place
from stripe_says import NOW, signed, subscription, updated

MANIFEST = Path(__file__).parents[2] / "manifests" / "nyra-billing-server.yaml"
THREADS = 4
KIND = "\n  kind: "


def manifest_for(place: Place, folder: Path) -> Path:
    """The manifest of a service, with a place's kind of storage."""
    before, _, after = MANIFEST.read_text("utf-8").partition(KIND)
    path = folder / f"{place.kind}.yaml"
    path.write_text(before + KIND + place.kind + after[after.index("\n") :], encoding="utf-8")
    return path


@contextmanager
def running(
    manifest: Path, environ: dict[str, str], place: Place
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server's address and its process, which is dead at the end."""
    command = [sys.executable, "-m", "rehearsal_server", "--manifest", str(manifest), "--port", "0"]
    own = {**os.environ, **environ, "NYRA_ENTITLEMENTS_FILE": place.where}
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, env=own, stdout=pipe, stderr=pipe, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "listens on" in line, process.communicate()[1]
        thread = threading.Thread(target=process.stdout.read)  # log lines, that nobody waits for
        thread.start()
        yield line.split()[-1], process
    finally:
        process.kill()
        process.wait()
        thread.join()
        for each in (process.stdout, process.stderr):
            if each is not None:
                each.close()


def deliver(address: str, event_id: str, created: int) -> int:
    """Deliver one event; the status, 0 when nobody answered."""
    body = json.dumps(updated(event_id, subscription(), {"default_payment_method": None}, created))
    headers = {"Stripe-Signature": signed(body, int(time.time()))}
    request = urllib.request.Request(f"{address}/api/billing/webhook", body.encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except (OSError, ValueError, http.client.HTTPException):
        return 0


def killed_under_load(
    environ: dict[str, str], place: Place, folder: Path, *, moments: int, seed: int
) -> list[str]:
    """Start a server, load it from several threads, kill it; so often.  What was lost or applied twice."""
    manifest, chance = manifest_for(place, folder), Random(seed)
    acknowledged: list[str] = []
    wrong: list[str] = []
    for moment in range(moments):
        with running(manifest, environ, place) as (address, process):
            stop = len(acknowledged) + chance.randrange(1, 12)
            threads = [
                threading.Thread(target=_until_dead, args=(address, f"{moment}_{number}", acknowledged))
                for number in range(THREADS)
            ]
            for thread in threads:
                thread.start()
            while len(acknowledged) < stop:
                time.sleep(0.001)
            time.sleep(chance.random() * 0.01)
            process.send_signal(signal.SIGKILL)
            for thread in threads:
                thread.join()
        wrong += _wrong(place, acknowledged, f"moment {moment}")
    return wrong


def _until_dead(address: str, name: str, acknowledged: list[str]) -> None:
    """Deliver events, each twice, for as long as somebody answers."""
    for number in range(10_000):
        event_id = f"evt_{name}_{number // 2}"
        status = deliver(address, event_id, NOW + number // 2)
        if status == 0:
            return
        assert status == 200
        acknowledged.append(event_id)


def _wrong(place: Place, acknowledged: list[str], when: str) -> list[str]:
    store = place.open()
    counts = Counter(row.event_id for row in store.history_of_customer("cus_1").rows)
    store.close()
    lost = [f"{when}: {each} is lost" for each in sorted(set(acknowledged) - set(counts))]
    return lost + [f"{when}: {each} is there {count} times" for each, count in counts.items() if count != 1]

"""`stripe trigger`: the official CLI makes an event happen by asking the API for what leads to it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

from official import Bench, Cli
from triggers import EXPECTED, REFUSED, SEEN_AS

AT_ONCE = 4


def offered(cli: Cli, key: str) -> list[str]:
    """The events that `stripe trigger` says it supports."""
    _, said = cli.run(key, "trigger", "--help")
    listed = said.split("Supported events:")[1].split("Usage:")[0]
    return re.findall(r"^\s+([a-z][a-z0-9_.]+)\s*$", listed, re.MULTILINE)


def brought_about(cli: Cli, bench: Bench, event_type: str) -> tuple[bool, str]:
    """Whether the event happened in an account of its own, and what the CLI said."""
    key = "sk_test_" + sha256(event_type.encode()).hexdigest()[:32]
    status, said = cli.run(key, "trigger", event_type)
    if status:
        return False, " ".join(said.split())[-400:]
    wanted = SEEN_AS.get(event_type, event_type)
    seen = [event.type for event in bench.client(key).v1.events.list({"limit": 100}).data]
    return wanted in seen, f"accepted; seen were {', '.join(sorted(set(seen)))}"


def test_every_trigger_does_what_its_row_says(cli: Cli, bench: Bench, key: str) -> None:
    """Accepted by the CLI, and the event seen; or refused."""
    names = offered(cli, key)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = dict(zip(names, pool.map(lambda name: brought_about(cli, bench, name), names), strict=True))
    passed = {name for name, (happened, _) in found.items() if happened}
    print(f"{len(passed)} of {len(names)} accepted and seen")
    failed = [
        f"{name}: {said}" for name, (happened, said) in found.items() if not happened and name in EXPECTED
    ]
    assert not failed, "\n".join(failed)
    assert sorted(passed - EXPECTED) == [], "these pass now: move them from REFUSED to EXPECTED"
    assert sorted(names) == sorted(EXPECTED | REFUSED.keys())

"""Try a service's storage for real: its guard, its durability, and a second writer.

Decides: what is tried, and what each try must find.  Every try runs the real server as a process of its own;
one of them is killed without warning.  Rule: the manifest's production guard, and that a
2xx means durable.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rehearsal_harness.targets.launched import LaunchError, launched, post_event
from rehearsal_specs.manifest import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Try:
    """One thing tried: `expected` is "" when what was found is right."""

    name: str
    found: str
    expected: str


class StorageTest:
    """`environ` starts the service; `folder` is empty, and not below a temporary folder where the guard is
    tried; `address` is a database's, "" for storage in a file.
    """

    def __init__(
        self,
        manifest: Manifest,
        manifest_path: Path,
        environ: Mapping[str, str],
        folder: Path,
        address: str = "",
    ) -> None:
        assert manifest.storage is not None
        self._storage = manifest.storage
        self._path = manifest_path
        self._folder = folder
        self._place = address or str(folder / "facts")
        self._environ = {**environ, self._storage.env: self._place}
        self._webhook = manifest.webhook
        self._secret = next(environ[each.name] for each in manifest.secrets if each.shape == "webhook_secret")

    def tries(self) -> Iterator[Try]:
        """Each try in turn."""
        yield self._starts("writable", "health is 200 where the place can be written", {}, "200")
        if self._storage.kind != "postgresql":
            yield self._refuses(
                "no folder", "a folder that is not there", {self._storage.env: "/no/such/folder/facts"}
            )
            for name, wanted in self._storage.require_persistent[:1]:
                guard = {name: wanted}
                yield self._refuses(
                    "guard, relative path", "a relative path", {**guard, self._storage.env: "facts"}
                )
                yield self._refuses(
                    "guard, temporary folder",
                    "a folder that a restart may empty",
                    {**guard, self._storage.env: "/tmp/facts"},
                )
                yield self._refuses("guard, no path", "no path", {**guard, self._storage.env: ""})
        yield self._survives()
        yield self._second_writer()

    def _starts(self, name: str, what: str, changes: Mapping[str, str], expected: str) -> Try:
        import requests

        try:
            with launched(self._path, {**self._environ, **changes}, self._folder) as server:
                status = str(requests.get(f"{server.url}/health", timeout=10).status_code)
        except LaunchError as error:
            status = f"it does not start: {error}"
        return Try(name=name, found=f"{what}: {status}", expected="" if status == expected else expected)

    def _refuses(self, name: str, what: str, changes: Mapping[str, str]) -> Try:
        try:
            with launched(self._path, {**self._environ, **changes}, self._folder):
                return Try(name=name, found=f"it starts with {what}", expected="a refusal to start")
        except LaunchError as error:
            is_named = self._storage.env in str(error)
            expected = "" if is_named else f"a message that names {self._storage.env}"
            return Try(name=name, found=f"{what} is refused", expected=expected)

    def _survives(self) -> Try:
        """What was acknowledged is there after a kill that no handler sees."""
        event = _event(self._webhook.required_events, self._webhook.api_version)
        with launched(self._path, self._environ, self._folder) as server:
            first = self._posted(server.url, event)
            server.process.send_signal(signal.SIGKILL)
            server.process.wait()
        with launched(self._path, self._environ, self._folder) as server:
            second = self._posted(server.url, event)
        right = (first, second) == ("applied", "duplicate")
        return Try(
            name="killed writer",
            found=f"an event is {first}; after a kill and a restart the same event is {second}",
            expected="" if right else "applied, then duplicate",
        )

    def _posted(self, url: str, event: Mapping[str, Any]) -> str:
        answer = post_event(url + self._webhook.path, event, self._secret)
        return str(answer.json().get("decision") or answer.status_code)

    def _second_writer(self) -> Try:
        """One file has one writer where two would overwrite each other; elsewhere both may write."""
        is_exclusive = self._storage.kind == "json"
        with launched(self._path, self._environ, self._folder):
            outcome = self._starts("second writer", "a second server on the same storage", {}, "200")
        is_refused = "does not start" in outcome.found
        if not is_exclusive:
            return outcome
        found = "is refused while the first one runs" if is_refused else "starts too"
        expected = "" if is_refused else "a refusal: two would overwrite each other"
        return Try(
            name="second writer", found=f"a second server on the same storage {found}", expected=expected
        )


def _event(types: tuple[str, ...], api_version: str) -> dict[str, Any]:
    """A paid invoice of a subscription, as small as an event may be."""
    now = int(time.time())
    period = {"start": now, "end": now + 30 * 86_400}
    line = {"id": "il_storage_test", "object": "line_item", "period": period}
    details = {"subscription": "sub_storage_test", "metadata": {}}
    about = {
        "id": "in_storage_test",
        "object": "invoice",
        "customer": "cus_storage_test",
        "lines": {"object": "list", "data": [line], "has_more": False},
        "parent": {"type": "subscription_details", "subscription_details": details, "quote_details": None},
    }
    assert "invoice.paid" in types, "a service with storage hears of paid invoices"
    return {
        "id": f"evt_storage_test_{now}",
        "object": "event",
        "api_version": api_version,
        "created": now,
        "livemode": False,
        "type": "invoice.paid",
        "data": {"object": about},
    }

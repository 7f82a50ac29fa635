"""An installed desktop app: its state file, its manifest and its server, put together.

Decides: what each button of the settings panel does, and that whatever came of it is kept before it is shown.
Does not know how it is shown.  The clock is passed in, in unix seconds.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from rehearsal_harness.core.desktop.asking import Ask, Linked, Told, checkout, portal, refresh
from rehearsal_harness.core.desktop.client import Client, Gate, Standing, gate, standing
from rehearsal_harness.core.desktop.license import Check
from rehearsal_harness.core.desktop.settings import Settings, SettingsError
from rehearsal_harness.desktop_app import state_file
from rehearsal_harness.desktop_app.server import Server
from rehearsal_harness.desktop_app.signature import check_as_received, checking_with, read_public_keys
from rehearsal_specs.manifest import LicenseTerms, Manifest

T = TypeVar("T")


class Installation:
    """One installation, kept at `path`; `note` is what its owner should be told of the file."""

    def __init__(self, path: Path, clock: Callable[[], int], read: Callable[[str], Manifest]) -> None:
        """Raises OSError; `read` gives the manifest of a name."""
        self._path = path
        self._clock = clock
        self._read = read
        self.client, self.note = state_file.load(path)

    def settle(self, settings: Settings) -> None:
        """Keep other settings; raises OSError."""
        self._keep(replace(self.client, settings=settings))

    def checkout(self) -> Linked:
        """Start Checkout; raises SettingsError and OSError."""
        if not self.client.settings.email:
            raise SettingsError("no e-mail address is set: rehearse desktop settings --email name@host")
        linked = self._ask(checkout(self.client, self._clock()))
        self._keep(linked.client)
        return linked

    def refresh(self, session_id: str = "") -> Standing:
        """Refresh Activation, after a reinstall with the checkout session of old; raises SettingsError and
        OSError.
        """
        if session_id:
            device = self.client.device._replace(token="")
            self.client = replace(self.client, session_id=session_id, device=device)
        self._keep(self._ask(refresh(self.client, self._clock(), self.check(), self.terms().issuer)))
        return self.standing()

    def portal(self) -> Linked:
        """Billing Portal; raises SettingsError and OSError."""
        linked = self._ask(portal(self.client, self._clock()))
        self._keep(linked.client)
        return linked

    def standing(self) -> Standing:
        """Where it stands now; each look at the clock is kept.  Raises SettingsError and OSError."""
        clock = self._clock()
        here = standing(self.client, clock, self.check(), self.terms().issuer)
        device = self.client.device._replace(seen=self.client.device.seen.at(clock))
        self._keep(replace(self.client, device=device))
        return here

    def gate(self, feature: str) -> Gate:
        """Whether a gated feature opens now; raises SettingsError and OSError."""
        return gate(self.standing(), feature)

    def terms(self) -> LicenseTerms:
        """The licence terms of the manifest; raises SettingsError."""
        manifest = self._manifest()
        if manifest.license is None:
            raise SettingsError(f"{manifest.path}: declares no license, so there is no feature to open")
        return manifest.license

    def check(self) -> Check:
        """How licences are checked; raises SettingsError and OSError."""
        keys = self.client.settings.public_keys
        return checking_with(read_public_keys(Path(keys))) if keys else check_as_received

    def _manifest(self) -> Manifest:
        if not self.client.settings.manifest:
            raise SettingsError("no manifest is set: rehearse desktop settings --manifest FILE")
        return self._read(self.client.settings.manifest)

    def _ask(self, questions: Generator[Ask, Told, T]) -> T:
        settings = self.client.settings
        if not settings.server_url:
            raise SettingsError("no server is set: rehearse desktop settings --server-url https://…")
        operations = self._manifest().operations
        server = Server(
            settings.server_url, {each.name: (each.route.method, each.route.path) for each in operations}
        )
        try:
            ask = next(questions)
            while True:
                ask = questions.send(server(ask))
        except StopIteration as end:
            done: T = end.value
            return done

    def _keep(self, client: Client) -> None:
        if client != self.client or self.note:
            state_file.save(self._path, client)
        self.client = client

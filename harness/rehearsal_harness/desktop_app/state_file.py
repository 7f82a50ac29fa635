"""The file an installation lives in.

Decides: that a device id is made once and kept; that the file is its owner's alone (mode 0600), replaced as a
whole or not at all; and that one which cannot be read is kept beside a fresh one, never overwritten.  Does
not know what is in it (`core.desktop.saved`).
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import NamedTuple

from rehearsal_harness.core.desktop.client import Client
from rehearsal_harness.core.desktop.device import Device
from rehearsal_harness.core.desktop.saved import NotSaved, client_of_data, client_to_data
from rehearsal_harness.whole_files import PRIVATE, create_whole, write_whole


class Loaded(NamedTuple):
    """The installation, and what its owner should be told of the file, "" for nothing."""

    client: Client
    note: str = ""


def load(path: Path) -> Loaded:
    """The installation kept at `path`, a fresh one where there is none; raises OSError."""
    try:
        source = path.read_bytes()
    except FileNotFoundError:
        return Loaded(_fresh(path))
    try:
        return Loaded(client_of_data(json.loads(source)))
    except (NotSaved, ValueError, RecursionError) as error:
        aside = _set_aside(path)
        what = str(error) if isinstance(error, NotSaved) else "it is not JSON"
        note = f"{path}: not a saved installation: {what}. It is kept as {aside.name}; this is a fresh one"
        return Loaded(_fresh(path), f"{note} with a new device id: claim the checkout session again.")


def save(path: Path, client: Client) -> None:
    """Keep the installation, durably; raises OSError and leaves the old file as it was."""
    write_whole(path, _data(client), PRIVATE)


def _fresh(path: Path) -> Client:
    """A new installation, kept; whoever else made one at the same time wins."""
    client = Client(device=Device(str(uuid.uuid4())))
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        create_whole(path, _data(client))
    except FileExistsError:
        return client_of_data(json.loads(path.read_bytes()))
    return client


def _data(client: Client) -> bytes:
    return json.dumps(client_to_data(client), indent=2).encode()


def _set_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.unreadable-{number}")).exists():
        number += 1
    path.rename(aside)
    return aside

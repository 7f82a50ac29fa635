"""The file an installation lives in.

Decides: that a device id is made once and kept; that the file is its owner's alone (mode 0600), replaced as a
whole or not at all; and that one which cannot be read is kept beside a fresh one, never overwritten.  Does
not know what is in it (`core.desktop.saved`).
"""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path
from typing import NamedTuple

from rehearsal_harness.core.desktop.client import Client
from rehearsal_harness.core.desktop.device import Device
from rehearsal_harness.core.desktop.saved import NotSaved, client_of_data, client_to_data


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
    temporary = _written(path, client)
    try:
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def _fresh(path: Path) -> Client:
    """A new installation, kept; whoever else made one at the same time wins."""
    client = Client(device=Device(str(uuid.uuid4())))
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _written(path, client)
    try:
        os.link(temporary, path)
    except FileExistsError:
        return client_of_data(json.loads(path.read_bytes()))
    finally:
        temporary.unlink()
    return client


def _written(path: Path, client: Client) -> Path:
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(temporary, flags, 0o600), "w", encoding="utf-8") as file:
        json.dump(client_to_data(client), file, indent=2)
        file.flush()
        os.fsync(file.fileno())
    return temporary


def _set_aside(path: Path) -> Path:
    number = 1
    while (aside := path.with_name(f"{path.name}.unreadable-{number}")).exists():
        number += 1
    path.rename(aside)
    return aside

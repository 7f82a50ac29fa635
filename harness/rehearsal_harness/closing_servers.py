"""A waitress server is closed from another thread.

Decides: its sockets are closed by its own loop, which would otherwise ask for the state of one that is
closed, and which a client that never hangs up would keep alive.  Does not know what is served.
Source: waitress 3.0, `server.py` and `trigger.py`.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import Any


def close_server(server: Any, thread: threading.Thread, wait_s: float) -> None:
    """Stop answering and cut what is open; returns when `thread`, its own, has ended, or after `wait_s`."""
    import waitress  # type: ignore[import-untyped]

    with suppress(OSError):  # a worker's pull may have closed everything, the trigger included
        server.trigger.pull_trigger(lambda: waitress.wasyncore.close_all(server._map))
    server.task_dispatcher.shutdown(timeout=wait_s)
    thread.join(wait_s)

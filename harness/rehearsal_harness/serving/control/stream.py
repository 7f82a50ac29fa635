"""Live updates by server-sent events: every page is told that something changed, and asks what.

Decides: how many pages may listen at once, and that silence is broken now and then.  Does not know what
changed.  Format: the section "Server-sent events" of the HTML standard.
Each stream holds a thread of the server; webhooks and Stripe's API need the rest.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from threading import Lock

import falcon

from rehearsal_harness.serving.control.panel import Panel

STREAMS_MAX = 40
HEARTBEAT_S = 15.0
APART_S = 0.25  # changes that come closer together are told of once
RETRY_S = 5


class Stream:
    """GET: an event for each change, with the bench's revision as its id."""

    def __init__(self, panel: Panel, heartbeat_s: float = HEARTBEAT_S) -> None:
        self._panel = panel
        self._heartbeat_s = heartbeat_s
        self._lock = Lock()
        self._open = 0

    @property
    def listening(self) -> int:
        """How many streams are open."""
        return self._open

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Listen, from the revision in Last-Event-ID on; 503 where too many do already."""
        resp.set_header("Cache-Control", "no-store")
        with self._lock:
            if self._open >= STREAMS_MAX or self._panel.bench.news.is_closed:
                resp.status = 503
                resp.set_header("Retry-After", str(RETRY_S))
                resp.media = {
                    "error": {"where": "stream", "what": f"{self._open} pages listen", "expected": "poll"}
                }
                return
            self._open += 1
        resp.content_type = "text/event-stream"
        resp.set_header("X-Accel-Buffering", "no")
        resp.stream = _Told(self, req.get_header("Last-Event-ID") or "")

    def told(self, last: str) -> Iterator[bytes]:
        """The stream's bytes, until the bench closes or the page goes."""
        news = self._panel.bench.news
        heard = int(last) if last.isascii() and last.isdigit() and len(last) < 16 else -1
        yield f"retry: {RETRY_S * 1000}\n\n".encode()
        while not news.is_closed:
            revision = news.revision if heard > news.revision else news.wait(heard, self._heartbeat_s)
            if news.is_closed:
                return
            if revision == heard:
                yield b": nothing new\n\n"
                continue
            heard = revision
            data = json.dumps({"revision": revision, **self._panel.clock()})
            yield f"id: {revision}\nevent: changed\ndata: {data}\n\n".encode()
            time.sleep(APART_S)

    def closed(self) -> None:
        """One page less."""
        with self._lock:
            self._open -= 1


class _Told:
    """An iterator that counts itself out exactly once, also when nothing was read of it."""

    def __init__(self, stream: Stream, last: str) -> None:
        self._stream: Stream | None = stream
        self._chunks = stream.told(last)

    def __iter__(self) -> _Told:
        return self

    def __next__(self) -> bytes:
        return next(self._chunks)

    def close(self) -> None:
        """The server has written all, or the page is gone."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.closed()

"""Is this server fit to take money?

Decides: 200 when every secret that matters is set and storage can be written, else 503 naming each
problem.  Does not know values, only names.  Storage is probed by a real, durable write.
"""

from __future__ import annotations

import json
import logging

import falcon

from rehearsal_server import __version__
from rehearsal_server.build import build_id
from rehearsal_server.checkout_gate import closed, deployability
from rehearsal_server.context import Context
from rehearsal_server.store import StoreError
from rehearsal_specs.manifest import Operation, WhenMissing

log = logging.getLogger("rehearsal_server.errors")


class Health:
    """GET: `ok`, what is wrong, what is missing but only costs one operation, and may a checkout begin."""

    __slots__ = ("_context",)

    def __init__(self, context: Context, operation: Operation) -> None:
        self._context = context

    def __call__(self, req: falcon.Request, resp: falcon.Response) -> None:
        problems = [*self._missing(), *self._storage()]
        degraded = [each.name for each in self._context.settings.missing_with(WhenMissing.DEGRADE)]
        refusal = closed(self._context)
        answer: dict[str, object] = {
            "ok": not problems,
            "service": self._context.manifest.service,
            "version": __version__,
            "build": build_id(),
            "problems": problems,
            "degraded": degraded,
            "checkout": "open" if refusal is None else str(refusal.title),
        }
        status = deployability(self._context)
        if status is not None:
            answer["deployability"] = {"status": status}
        resp.status = falcon.HTTP_503 if problems else falcon.HTTP_200
        resp.content_type = falcon.MEDIA_JSON
        resp.data = json.dumps(answer).encode()

    def _missing(self) -> list[dict[str, str]]:
        settings = self._context.settings
        fatal = settings.missing_with(WhenMissing.REFUSE_START) + settings.missing_with(WhenMissing.UNHEALTHY)
        return [{"code": "NOT_CONFIGURED", "name": each.name} for each in fatal]

    def _storage(self) -> list[dict[str, str]]:
        try:
            self._context.store.probe()
        except StoreError as error:
            log.error("the storage probe failed: %s", error)
            storage = self._context.manifest.storage
            return [{"code": "STORAGE_NOT_WRITABLE", "name": storage.env if storage else "storage"}]
        return []

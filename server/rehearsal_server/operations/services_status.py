"""Which of the services that this server leans on are ready, with a note for people.

Decides the note.  Payments are `readiness`, storage a real write.  Public, so it names no variable.
"""

from __future__ import annotations

import falcon

from rehearsal_server.answering import answer_json
from rehearsal_server.context import Context
from rehearsal_server.readiness import readiness_of
from rehearsal_server.store import StoreError
from rehearsal_specs.manifest import Operation


class ServicesStatus:
    """GET: each service with `ready`, a CODE and a note."""

    __slots__ = ("_context",)

    def __init__(self, context: Context, operation: Operation) -> None:
        self._context = context

    def __call__(self, req: falcon.Request, resp: falcon.Response) -> None:
        services = [self._payments(), self._storage(), self._sign_in()]
        answer_json(resp, {"ok": True, "services": services, "serverTime": self._context.clock()})

    def _payments(self) -> dict[str, object]:
        found = readiness_of(self._context)
        online = sum(plan.is_online for plan in found.plans)
        note = f"{found.summary} ({online} of {len(found.plans)} offers can be paid online.)"
        return {
            "name": "Stripe (Payments)",
            "ready": found.checkout_enabled,
            "code": found.code,
            "note": note,
        }

    def _storage(self) -> dict[str, object]:
        try:
            self._context.store.probe()
        except StoreError:
            note = "Nothing can be written; no webhook is accepted until it can."
            return {"name": "Storage", "ready": False, "code": "STORAGE_NOT_WRITABLE", "note": note}
        return {"name": "Storage", "ready": True, "code": "READY", "note": "What is said is kept."}

    def _sign_in(self) -> dict[str, object]:
        if self._context.identity is None:
            note = "Nobody can sign in, so accounts and the portal are closed."
            return {"name": "Sign-in", "ready": False, "code": "NOT_CONFIGURED", "note": note}
        return {
            "name": "Sign-in",
            "ready": True,
            "code": "READY",
            "note": "Accounts and the portal are open.",
        }

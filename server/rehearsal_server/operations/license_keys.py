"""Publish what licences are checked with.

Decides nothing: the public halves of the keys that sign licences, as a JWK Set (RFC 7517).  A shared secret
has no public half, so without keys the set is empty.
"""

from __future__ import annotations

import falcon

from rehearsal_server.answering import answer_json
from rehearsal_server.callers import signing_keys
from rehearsal_server.context import Context
from rehearsal_server.license_keys import public_set
from rehearsal_specs.manifest import Operation


class LicenseKeys:
    """GET: the set, for whoever asks."""

    __slots__ = ("_context",)

    def __init__(self, context: Context, operation: Operation) -> None:
        self._context = context

    def __call__(self, req: falcon.Request, resp: falcon.Response) -> None:
        answer_json(resp, public_set(signing_keys(self._context)))

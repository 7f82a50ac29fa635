"""How a backend is asked what somebody has, by what its manifest declares.

Decides: which route answers for a customer (license_status, as the back office), for a signed-in user
(subscriptions, else account) and for an order (checkout_status), and how the answer is read.  Does not know
what is right.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from rehearsal_harness.core.commands import Observed, Probe, Reply
from rehearsal_harness.targets.identity import Issuer
from rehearsal_specs.manifest import Manifest

BY_USER = ("account", "subscriptions")
NO_ACCOUNT = frozenset({401, 404})


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One GET: `path?query` with a bearer token, "" for none."""

    path: str
    query: str
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prober:
    """Asks and reads.  `issuer` is None where nobody signs in; `counts_credits`: an offer is worth some."""

    access_path: str
    order_path: str
    admin_token: str
    issuer: Issuer | None
    counts_credits: bool

    def question(self, probe: Probe) -> Question:
        """The request that a probe is."""
        if probe.order:
            return Question(path=self.order_path, query=urlencode({"session_id": probe.subject}), token="")
        if self.issuer is not None:
            return Question(path=self.access_path, query="", token=self.issuer.token(probe.subject, probe.at))
        query = urlencode({"customerId": probe.subject})
        return Question(path=self.access_path, query=query, token=self.admin_token)

    def read(self, probe: Probe, reply: Reply, answer: Mapping[str, Any]) -> Observed:
        """What the answer says; whatever is no 200 is no access, with its status as the code."""
        if reply.status != 200:
            code = f"HTTP {reply.status}"
            return Observed(False, code, reply.fetched, order=code if probe.order else "")
        if probe.order:
            return Observed(False, "", reply.fetched, order=str(answer.get("state") or "no state"))
        allowed, code = answer.get("active") is True, str(answer.get("code") or "")
        return Observed(allowed, code, reply.fetched, self._credits(answer))

    def _credits(self, answer: Mapping[str, Any]) -> int | None:
        if not self.counts_credits:
            return None
        credits = answer.get("credits")
        return credits if isinstance(credits, int) else 0


def prober_of(manifest: Manifest, environ: Mapping[str, str], issuer: Issuer | None) -> Prober:
    """How the backend of this manifest is asked; whoever rehearses it has asked what it lacks."""
    paths = {each.name: each.route.path for each in manifest.operations}
    access_path = next((paths[name] for name in ("license_status", *BY_USER) if name in paths), "")
    licence = manifest.license
    by_user = "license_status" not in paths
    return Prober(
        access_path=access_path,
        order_path=paths.get("checkout_status", ""),
        admin_token=environ.get(licence.admin_token_env, "") if licence else "",
        issuer=issuer if by_user else None,
        counts_credits=by_user and any(offer.credits for offer in manifest.offers),
    )

"""Disputes: retrieve, update, close, list.

Source: https://docs.stripe.com/api/disputes.  A bank opens and decides them (`actions.OpenDispute`,
`actions.CloseDispute`); evidence whose `uncategorized_text` is winning_evidence or losing_evidence decides a
test dispute at once (https://docs.stripe.com/testing#disputes).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..billing import dispute as billing
from ..objects import Dispute
from ..render.reversal import EVIDENCE
from ..world import World
from . import refusal
from .message import Json
from .metadata import Metadata
from .operation import Call, metadata_of, operation, shown
from .pages import PAGE_PARAMS, inside, listed, matches, of_charge_or_intent
from .parameters import Choice, Flag, Hash, Kind, Span, Text, not_simulated

_LIST: Mapping[str, Kind] = {
    **PAGE_PARAMS,
    "charge": Text(),
    "created": Span(),
    "payment_intent": Text(),
}

_UPDATE: Mapping[str, Kind] = {
    "evidence": Hash(
        {
            **dict.fromkeys(EVIDENCE.split(), Text(most=20_000, clearable=True)),
            **not_simulated("appeal enhanced_evidence"),
        }
    ),
    "intended_submission_method": Choice(
        "manual prefer_manual", "prefer_smart_disputes smart_disputes", clearable=True
    ),
    "metadata": Metadata(),
    "submit": Flag(),
}
_OPEN = ("needs_response", "warning_needs_response")
_VERDICTS = {"winning_evidence": True, "losing_evidence": False}


def _retrieve(call: Call) -> tuple[World, Json]:
    return call.world, shown(call.world, call.target(Dispute))


def _update(call: Call) -> tuple[World, Json]:
    before, params = call.target(Dispute), call.params
    evidence = params.get("evidence", {})
    submits = bool(evidence) and params.get("submit", True)
    if evidence and before.status not in _OPEN:
        message = f"This dispute is {before.status}: evidence can be given while it needs a response."
        raise refusal.invalid(message, "evidence")
    merged = {**dict(before.evidence), **evidence}
    after = replace(
        before,
        evidence=tuple((name, text) for name, text in merged.items() if text is not None),
        metadata=metadata_of(params, before.metadata),
    )
    change = call.change()
    if submits:
        after = billing.answer(change, after)
        verdict = _VERDICTS.get(merged.get("uncategorized_text") or "")
        if verdict is not None:
            after = billing.decide(change, after, won=verdict)
    elif after != before:
        change.update(before, after)
    return change.done(), shown(call.world, after)


def _close(call: Call) -> tuple[World, Json]:
    before = call.target(Dispute)
    if before.status not in _OPEN:
        raise refusal.invalid(f"This dispute is already {before.status} and cannot be closed.")
    change = call.change()
    after = billing.decide(change, before, won=False)
    return change.done(), shown(call.world, after)


def _list(call: Call) -> tuple[World, Json]:
    def keep(dispute: Dispute) -> bool:
        wanted = matches(call.params, charge=dispute.charge, payment_intent=dispute.payment_intent)
        return wanted and inside(call.params.get("created"), dispute.created)

    rows = of_charge_or_intent(call, call.world.disputes)
    return call.world, listed(call, "/v1/disputes", rows, lambda row: shown(call.world, row), keep)


OPERATIONS = (
    operation("GET /v1/disputes", _list, _LIST),
    operation("GET /v1/disputes/:id", _retrieve),
    operation("POST /v1/disputes/:id", _update, _UPDATE),
    operation("POST /v1/disputes/:id/close", _close),
)

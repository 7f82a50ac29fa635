"""The gate's judgement: rules and inputs in, a report out.

Decides: GO, NO-GO or UNDETERMINED, and which proofs each rule rests on.  Does not know where an input comes
from: files, environment, Stripe and the hosted backend are asked by rehearsal_harness.gate.
"""

from __future__ import annotations

from rehearsal_harness.core.gate.judging import judge, without
from rehearsal_harness.core.gate.verdict import (
    GateReport,
    GateVerdict,
    Input,
    Inputs,
    Proof,
    RuleResult,
    State,
)

__all__ = [
    "GateReport",
    "GateVerdict",
    "Input",
    "Inputs",
    "Proof",
    "RuleResult",
    "State",
    "judge",
    "without",
]

"""Rules and inputs to a verdict.

Decides: a rule is met when each of its needs is; what is not met closes the gate, what nobody knows leaves it
undetermined; NO-GO weighs more than UNDETERMINED.  What is dated and older than the rule allows is
undetermined.  Does not know where inputs come from, and is told the time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from rehearsal_harness.core.gate.verdict import (
    GateReport,
    GateVerdict,
    Input,
    Inputs,
    Proof,
    RuleResult,
    State,
)
from rehearsal_specs.manifest import GoNoGo, Need

HOUR_S = 3_600
AHEAD_S = 300  # clocks of two machines differ a little; what is dated further ahead is not believed
NOBODY = Input(
    state=State.UNDETERMINED,
    found="nobody has looked",
    expected="an answer",
    next_step="ask for it; this need has no answer among the inputs",
)


def judge(
    rules: Iterable[GoNoGo], inputs: Inputs, mode: str, now: int, not_asked: Collection[Need] = ()
) -> GateReport:
    """The report over the rules of a mode (`test` or `live`) at the unix second `now`.

    A rule all of whose needs are `not_asked` is left out; of the others only the needs that were asked count.
    """
    asked = [rule for rule in without(rules, not_asked) if rule.mode in (mode, "both")]
    results = tuple(_result(rule, inputs, now) for rule in asked)
    return GateReport(
        mode=mode, verdict=_verdict(results), results=results, not_asked=tuple(sorted(not_asked))
    )


def without(rules: Iterable[GoNoGo], needs: Collection[Need]) -> list[GoNoGo]:
    """The rules less these needs; a rule that needs nothing else is left out."""
    kept = [
        replace(rule, needs=tuple(each for each in rule.needs if each not in needs)) if needs else rule
        for rule in rules
    ]
    return [rule for rule in kept if rule.needs]


def _result(rule: GoNoGo, inputs: Inputs, now: int) -> RuleResult:
    proofs = tuple(
        Proof(need=need, input=_aged(inputs.get(need, NOBODY), rule.fresh_s, now)) for need in rule.needs
    )
    return RuleResult(rule=rule, state=_worst(proof.input.state for proof in proofs), proofs=proofs)


def _worst(states: Iterable[State]) -> State:
    seen = set(states)
    return next(each for each in (State.NOT_MET, State.UNDETERMINED, State.MET) if each in seen)


def _aged(found: Input, fresh_s: int, now: int) -> Input:
    """What was met so long ago, or is dated ahead, is not known to be met now."""
    if found.as_of is None or found.state is not State.MET:
        return found
    expected = f"not older than {fresh_s // HOUR_S} h"
    if found.as_of > now + AHEAD_S:
        said = f"{found.found}; dated ahead of this machine's clock"
        return replace(found, state=State.UNDETERMINED, found=said, expected=expected)
    age_s = now - found.as_of
    if age_s <= fresh_s:
        return found
    said = f"{found.found}; {age_s // HOUR_S} h old"
    return replace(found, state=State.UNDETERMINED, found=said, expected=expected)


def _verdict(results: tuple[RuleResult, ...]) -> GateVerdict:
    """A gate without a single rule shows nothing."""
    states = {each.state for each in results if each.rule.severity == "blocker"}
    if State.NOT_MET in states:
        return GateVerdict.NO_GO
    if State.UNDETERMINED in states or not results:
        return GateVerdict.UNDETERMINED
    return GateVerdict.GO

"""What a gate can say: the state of one input, of one rule, and the verdict over all.

Decides: the words, and that a warning never closes a gate.  Does not know how an input was found out.
UNDETERMINED is never a pass.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from rehearsal_specs.manifest import GoNoGo, Need


class State(StrEnum):
    """Of an input, and of a rule."""

    MET = "MET"
    NOT_MET = "NOT_MET"
    UNDETERMINED = "UNDETERMINED"


class GateVerdict(StrEnum):
    """Over all rules of a mode."""

    GO = "GO"
    NO_GO = "NO-GO"
    UNDETERMINED = "UNDETERMINED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """What was found about one need; no text of it ever carries a secret value.

    `as_of` is the unix second that the finding speaks of, where it can grow old; None where it is of now.
    """

    state: State
    found: str
    expected: str = ""
    next_step: str = ""
    as_of: int | None = None


Inputs = Mapping[Need, Input]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A need, and what it was judged by."""

    need: Need
    input: Input


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleResult:
    """One rule with all its proofs, in the order of its needs."""

    rule: GoNoGo
    state: State
    proofs: tuple[Proof, ...]

    @property
    def is_open_blocker(self) -> bool:
        """Does this rule keep the gate from GO?"""
        return self.state is not State.MET and self.rule.severity == "blocker"

    @property
    def unmet(self) -> tuple[Proof, ...]:
        """The proofs that are missing."""
        return tuple(each for each in self.proofs if each.input.state is not State.MET)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateReport:
    """The verdict and every rule of the mode, in the order of the manifest.

    `not_asked` are needs that this command leaves out, such as hosted probes in a preflight.
    """

    mode: str
    verdict: GateVerdict
    results: tuple[RuleResult, ...]
    not_asked: tuple[Need, ...] = ()

    @property
    def blockers(self) -> tuple[RuleResult, ...]:
        """The rules that keep the gate from GO; those that are not met before those not determined."""
        kept = [each for each in self.results if each.is_open_blocker]
        return tuple(sorted(kept, key=lambda each: each.state is State.UNDETERMINED))

    @property
    def warnings(self) -> tuple[RuleResult, ...]:
        """The rules that are open and do not close the gate."""
        return tuple(
            each for each in self.results if each.state is not State.MET and not each.is_open_blocker
        )

    @property
    def inputs(self) -> Inputs:
        """Every input that was judged, by its need."""
        return {proof.need: proof.input for each in self.results for proof in each.proofs}

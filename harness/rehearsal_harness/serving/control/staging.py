"""What a story wants otherwise than usual in the running world: the backend, Stripe's settings, one fault.

Decides: how each is made so for one story and put back after it, and when a fault that a story allows
strikes: once, on what the first events bring.  Does not know the story's actions (`playing`).
Rule: what did not come about is said; a story that allows a crash and saw none has shown nothing about it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from rehearsal_harness.serving.backends import begin_again, configured
from rehearsal_harness.targets.dying import Transactions
from rehearsal_harness.targets.reference import StartFailed

if TYPE_CHECKING:
    from rehearsal_harness.serving.bench import Bench, Service

T = TypeVar("T")
FAULTS = ("crash", "never_arrives", "stripe_fails_fetch")
SWITCHES = ("paused", "live", "unsold", "no_stripe")  # targets/backend.py
BOUNDARIES = 2  # of the first transaction: just before and just after its commit


class NotStaged(Exception):
    """The running world cannot be made so; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a story wants: its switches, trials of so many days, how Stripe ends failed collection ("" as it
    is), and the faults it allows."""

    switches: tuple[str, ...] = ()
    trial_days: int = 0
    dunning_final: str = ""
    faults: tuple[str, ...] = ()


class Staged:
    """A bench as one story wants it, until `end`."""

    def __init__(self, bench: Bench, service: Service, wanted: Wanted) -> None:
        self.service = service
        self.is_over = False
        self.struck: list[str] = []
        self._bench = bench
        self._usual = service
        self._wanted = wanted
        self._dunning = bench.main.world.dunning
        self._waiting = list(wanted.faults)
        self._transactions = Transactions() if "crash" in wanted.faults else None

    def begin(self) -> None:
        """Make it so; raises NotStaged, and then it is as it was."""
        wanted = self._wanted
        if wanted.switches or wanted.trial_days or self._transactions:
            self.configure(wanted.switches)
        if wanted.dunning_final:
            self._collect(replace(self._dunning, final_action=wanted.dunning_final))

    def configure(self, switches: Sequence[str]) -> None:
        """The backend is another process with these switches; what it stored stays.  Raises NotStaged."""
        wanted = configured(self._usual, switches, self._wanted.trial_days)
        try:
            begin_again(self._bench, wanted, self._transactions)
        except StartFailed as problem:
            raise NotStaged(f"the backend does not start like that: {problem}") from None
        self.service = wanted

    def end(self) -> list[str]:
        """Everything is as it was; which of the faults that were allowed did not come about."""
        if self.is_over:
            return []
        self.is_over = True
        missed = self._missed()
        if self.service is not self._usual:
            begin_again(self._bench, self._usual)
        if self._bench.main.world.dunning is not self._dunning:
            self._collect(self._dunning)
        return missed

    def striking(self, act: Callable[[], T]) -> T:
        """Carry out an act of the story; the faults strike what it makes Stripe send, if that is anything."""
        if not self._waiting:
            return act()
        webhooks = self._bench.webhooks
        webhooks.hold()
        try:
            done = act()
            while self._waiting and self._strike(self._waiting[0]):
                del self._waiting[0]
            return done
        finally:
            webhooks.release()

    def _strike(self, fault: str) -> bool:
        """Whether there was anything to strike."""
        bench, endpoint = self._bench, self._usual.endpoint_id
        planned = [
            each for each in bench.outbox.pending(account_id=bench.main.id) if each.endpoint_id == endpoint
        ]
        if not planned:
            return False
        seed = bench.faults.seed
        if fault == "crash" and self._transactions is not None:
            self._transactions.arm(1 + seed % BOUNDARIES)
        elif fault == "never_arrives":
            lost = planned[seed % len(planned)]
            bench.outbox.lose(lost)
            self.struck.append(f"{bench.main.world.events[lost.event_index].type} never arrives")
        else:
            bench.set_faults(replace(bench.faults, api_errors=bench.faults.api_errors + 1))
        return True

    def _missed(self) -> list[str]:
        missed, faults = list(self._waiting), self._bench.faults
        if "crash" in self._wanted.faults and "crash" not in missed:
            if self._transactions is not None and self._transactions.struck:
                self.struck.append("the backend crashed once")
            else:
                missed.append("crash")
        if "stripe_fails_fetch" in self._wanted.faults and "stripe_fails_fetch" not in missed:
            if faults.api_errors:
                self._bench.set_faults(replace(faults, api_errors=faults.api_errors - 1))
                missed.append("stripe_fails_fetch")
            else:
                self.struck.append("Stripe failed once")
        return missed

    def _collect(self, dunning: object) -> None:
        self._bench.main.change(lambda world: replace(world, dunning=dunning))  # type: ignore[arg-type]

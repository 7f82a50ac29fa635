"""Write a story down while its Gherkin steps are read.

Decides: how steps become actions, and that a story lets its webhooks arrive before anything is expected of
it. Does not know how it is rehearsed.  `her` and `his` mean whoever was named last.
"""

from __future__ import annotations

from collections.abc import Iterable

from rehearsal_harness.core import signed_in
from rehearsal_harness.core import story as told

PRONOUNS = frozenset({"she", "he", "they", "her", "his", "their"})
DEFAULT_DEVICE = "laptop"
EXPECTATIONS = (
    told.ExpectAccess,
    told.ExpectFeatures,
    told.ExpectAnswer,
    told.ExpectCount,
    told.ExpectStatus,
    signed_in.ExpectOrder,
    signed_in.ExpectCredits,
    signed_in.ExpectSaid,
)


class StoryWriter:
    """Collects what the steps of one example say; `line` is the line of the step that is being read."""

    def __init__(self) -> None:
        self.line = 0
        self.trial_days = 0
        self.dunning_final = ""
        self.rolling = False
        self.switches: list[str] = []
        self._actions: list[told.Action] = []
        self._faults: dict[str, int] = {}
        self._person = ""

    def who(self, name: str) -> str:
        """The person a step speaks of: `Ada`, `Ada's`, `she` or `her`."""
        name = name.removesuffix("'s")
        if name.lower() not in PRONOUNS:
            self._person = name
        if not self._person:
            raise ValueError(f"'{name}' before anybody was named")
        return self._person

    def add(self, *actions: told.Action) -> None:
        """Append actions in order."""
        self._actions.extend(actions)

    def arrive(self) -> None:
        """Every event so far is acknowledged before the story goes on: at once, or at the last retry."""
        self.add(told.Arrive(line=self.line), told.Arrive(line=self.line, late=True))

    def expect(self, expectation: told.Action) -> None:
        """An expectation; the webhooks arrive first, if no step has said so."""
        settled = bool(self._actions) and isinstance(self._actions[-1], (told.Arrive, *EXPECTATIONS))
        if not settled:
            self.arrive()
        self.add(expectation)

    def heard(self, expectation: told.Action) -> None:
        """An expectation of the answer that was just given; nothing needs to arrive for it."""
        self.add(expectation)

    def allow(self, fault: str, times: int = 1) -> None:
        """From the start of the story, `fault` may strike so often."""
        self._faults[fault] = self._faults.get(fault, 0) + times

    def story(
        self, *, name: str, rule: str, feature: str, path: str, line: int, tags: Iterable[str]
    ) -> told.Story:
        """The story as written; whatever its last step was, its webhooks arrive."""
        if not self._actions or not isinstance(self._actions[-1], (told.Arrive, *EXPECTATIONS)):
            self.arrive()
        return told.Story(
            name=name,
            rule=rule,
            feature=feature,
            path=path,
            line=line,
            tags=frozenset(tags),
            actions=tuple(self._actions),
            faults=tuple(sorted(self._faults.items())),
            trial_days=self.trial_days,
            dunning_final=self.dunning_final,
            rolling=self.rolling,
            switches=tuple(sorted(self.switches)),
        )

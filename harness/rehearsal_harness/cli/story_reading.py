"""The stories of a feature file, read and not rehearsed.

Decides: that the same plugin reads them that rehearses them, so that a sentence means the same.  Does not
know what is done with a story.
"""

from __future__ import annotations

from pathlib import Path

from rehearsal_harness.cli.features import conducted
from rehearsal_harness.core.story import Story
from rehearsal_harness.steps.plugin import Conductor


class _Listener(Conductor):
    """Takes stories down instead of rehearsing them."""

    def __init__(self) -> None:
        super().__init__()
        self.stories: list[Story] = []

    def rehearse(self, story: Story) -> None:
        """Nothing is rehearsed."""
        self.stories.append(story)


def stories_in(feature: Path) -> list[Story]:
    """The stories of the file, in its order; raises FeatureErrors."""
    listener = _Listener()
    conducted(feature, feature.parent, listener)
    return listener.stories

"""What every page of the portal has in common.

Decides: that looking at any of them is a use of the link.  Does not know any task.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .portal_visit import PortalVisit, Uses, portal_visit
from .web import Notes, Page

if TYPE_CHECKING:
    from rehearsal_harness.serving.bench import Bench


class PortalPage(Page):
    """A page of the portal; `visit` counts as a use of its link."""

    def __init__(self, bench: Bench, notes: Notes, uses: Uses) -> None:
        super().__init__(bench, notes)
        self._uses = uses

    def visit(self, ids: dict[str, str]) -> PortalVisit:
        """Who is here; raises DeadEnd."""
        return portal_visit(self.bench, self._uses, ids)

    def say(self, seen: PortalVisit, sentence: str, **more: object) -> None:
        """Let the next page say something."""
        self.notes.leave(seen.session.id, said=sentence, **more)

"""Carry out one action of a story, whichever part of the vocabulary it is from.

Decides: which module does an action.  Does not know how.
"""

from __future__ import annotations

from rehearsal_harness.core import acting, story, visiting
from rehearsal_harness.core.acting import Act
from rehearsal_harness.core.node import Node
from rehearsal_harness.core.service import Service

ACTS = {**acting.ACTS, **visiting.ACTS}


def perform(action: story.Action, node: Node, service: Service) -> Act:
    """The node after `action`; position and clock are the caller's."""
    done = yield from ACTS[type(action)](action, node, service)
    return done

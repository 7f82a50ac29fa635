"""May a new checkout begin at all?

Decides: not while the declared switch pauses it, and not with a live key before somebody has opened the
service for live money.  Does not know offers or callers: portal, webhook and licences go on either way.  The
file is read at each question, so opening and closing need no restart; what cannot be read is not open.
"""

from __future__ import annotations

import json
from pathlib import Path

from rehearsal_server.context import Context
from rehearsal_server.errors import Refused

NO_GO = "NO_GO_LIVE_MONEY"


def deployability(context: Context) -> str | None:
    """The declared file's `deployability.status`; NO_GO_LIVE_MONEY where nothing is said, None where no file
    is declared.
    """
    name = context.manifest.deployability_env
    if name is None:
        return None
    place = context.settings.value(name)
    if place is None:
        return NO_GO
    try:
        said = json.loads(Path(place).read_text("utf-8"))["deployability"]["status"]
    except (OSError, ValueError, LookupError, TypeError):
        return NO_GO
    return said if isinstance(said, str) and said else NO_GO


def is_paused(context: Context) -> bool:
    """Has an operator paused new checkouts?"""
    name = context.manifest.pause_checkout_env
    return name is not None and (context.settings.value(name) or "").casefold() == "true"


def closed(context: Context) -> Refused | None:
    """Why no checkout may begin now (503), or None when one may."""
    if is_paused(context):
        return Refused(
            503, "CHECKOUT_PAUSED", "new checkouts are paused; existing customers are not affected"
        )
    if context.livemode and deployability(context) == NO_GO:
        return Refused(503, "CHECKOUT_NOT_OPEN", f"this service is not open for live money: {NO_GO}")
    return None


def refuse_if_closed(context: Context) -> None:
    """Raises Refused (503) when no checkout may begin now."""
    refusal = closed(context)
    if refusal is not None:
        raise refusal

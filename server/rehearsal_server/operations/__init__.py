"""What a route can be bound to: the closed registry of operations, by the names a manifest uses.

Decides which module answers which operation name.  Does not know paths; those are the manifest's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import falcon

from rehearsal_server.context import Context
from rehearsal_server.operations.checkout import Checkout
from rehearsal_server.operations.health import Health
from rehearsal_server.operations.license_status import LicenseStatus
from rehearsal_server.operations.portal import Portal
from rehearsal_server.operations.webhook import Webhook
from rehearsal_specs.manifest import Operation

Handler = Callable[[falcon.Request, falcon.Response], None]

OPERATIONS: Mapping[str, Callable[[Context, Operation], Handler]] = {
    "checkout": Checkout,
    "health": Health,
    "license_status": LicenseStatus,
    "portal": Portal,
    "webhook": Webhook,
}

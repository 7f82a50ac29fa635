"""What a route can be bound to: the closed registry of operations, by the names a manifest uses.

Decides which module answers which operation name.  Does not know paths; those are the manifest's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import falcon

from rehearsal_server.context import Context
from rehearsal_server.operations.account import Account
from rehearsal_server.operations.admin_billing import AdminBilling
from rehearsal_server.operations.billing_status import BillingStatus
from rehearsal_server.operations.checkout import Checkout
from rehearsal_server.operations.checkout_status import CheckoutStatus
from rehearsal_server.operations.credits_checkout import CreditsCheckout
from rehearsal_server.operations.health import Health
from rehearsal_server.operations.license_keys import LicenseKeys
from rehearsal_server.operations.license_status import LicenseStatus
from rehearsal_server.operations.page import PageOfSite
from rehearsal_server.operations.plan_checkout import PlanCheckout
from rehearsal_server.operations.portal import Portal
from rehearsal_server.operations.price_checkout import PriceCheckout
from rehearsal_server.operations.replay import Replay
from rehearsal_server.operations.script import Script
from rehearsal_server.operations.service_request import ServiceRequest
from rehearsal_server.operations.services_status import ServicesStatus
from rehearsal_server.operations.subscriptions import Subscriptions
from rehearsal_server.operations.user_portal import UserPortal
from rehearsal_server.operations.webhook import Webhook
from rehearsal_specs.manifest import Operation

Handler = Callable[[falcon.Request, falcon.Response], None]

OPERATIONS: Mapping[str, Callable[[Context, Operation], Handler]] = {
    "account": Account,
    "admin_billing": AdminBilling,
    "billing_status": BillingStatus,
    "checkout": Checkout,
    "checkout_status": CheckoutStatus,
    "credits_checkout": CreditsCheckout,
    "health": Health,
    "license_keys": LicenseKeys,
    "license_status": LicenseStatus,
    "page": PageOfSite,
    "plan_checkout": PlanCheckout,
    "portal": Portal,
    "price_checkout": PriceCheckout,
    "replay": Replay,
    "script": Script,
    "service_request": ServiceRequest,
    "services_status": ServicesStatus,
    "subscriptions": Subscriptions,
    "user_portal": UserPortal,
    "webhook": Webhook,
}

"""What each section of the control page shows.

Decides: which values a section's template is given.  Does not know HTML, nor who asks for the page.
"""

from __future__ import annotations

from typing import Any

from rehearsal_harness.serving.bench import MAIN_KEY
from rehearsal_harness.serving.control import curl
from rehearsal_harness.serving.control.panel import Panel
from rehearsal_harness.serving.control.swimlane import drawing
from rehearsal_harness.serving.control.timeline import MOMENTS

SECTIONS = ("clock", "licences", "timeline", "world", "webhooks", "faults")
DELIVERIES = 30


def values_of(panel: Panel) -> dict[str, Any]:
    """Everything the sections need, from one look at the bench."""
    bench = panel.bench
    world = panel.world()
    return {
        "clock": panel.clock(),
        "world": world,
        "faults": panel.faults(),
        "calm": bench.faults.are_none,
        "deliveries": panel.made(limit=DELIVERIES),
        "drawing": drawing(panel.moments(limit=MOMENTS), world["endpoints"]),
        "licences": _licences(panel),
        "curls": curls(panel),
        "curl_stripe": lambda path: curl.stripe(bench.address, MAIN_KEY, path),
        **_offers(panel),
    }


def _offers(panel: Panel) -> dict[str, Any]:
    services = [each.manifest for each in panel.bench.services]
    return {
        "offers": [
            {"service": each.service, "id": offer.id, "name": offer.name}
            for each in services
            for offer in each.offers
            if not offer.by_hand
        ],
        "several": len(services) > 1,
        "asks_device": any(each.operation("checkout") is not None for each in services),
        "asks_user": any(each.identity is not None for each in services),
    }


def _licences(panel: Panel) -> list[dict[str, Any]]:
    """Each holder with the command that asks the backend the same."""
    services = {each.manifest.service: each for each in panel.bench.services}
    return [each | {"curl": _ask(services[each["service"]], each)} for each in panel.licences()["licences"]]


def _ask(service: Any, row: dict[str, Any]) -> str:
    manifest = service.manifest
    status = manifest.operation("license_status")
    if status is not None:
        env = manifest.license.admin_token_env if manifest.license else ""
        path = f"{status.route.path}?customerId={row['customer'] or 'cus_…'}"
        return curl.backend(service.url, path, token_env=env)
    asked = manifest.operation("account") or manifest.operation("subscriptions")
    user = {"user": row["user"]}
    token = curl.backend(service.url, "/rehearsal/identities", body=user)
    return f"{token}  # its token as TOKEN:\n{curl.backend(service.url, asked.route.path, token_env='TOKEN')}"


def curls(panel: Panel) -> dict[str, str]:
    """One command for each section."""
    address, services = panel.bench.address, panel.bench.services
    start = {"type": "StartCheckout", "device": "laptop", "email": "ada@example.test"}
    if len(services) > 1:
        start["service"] = services[0].manifest.service
    return {
        "clock": curl.control(address, "clock", {"advance": "day", "wait": True}),
        "start": curl.control(address, "actions", start),
        "stripe": curl.stripe(address, MAIN_KEY, "customers", {"email": "ada@example.test"}),
        "world": curl.control(address, "world"),
        "deliveries": curl.control(address, "deliveries"),
        "faults": curl.control(address, "faults", {"drop_percent": 30, "shuffle": True}),
    }

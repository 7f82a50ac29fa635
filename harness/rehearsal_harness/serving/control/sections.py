"""What each section of the control page shows.

Decides: which values a section's template is given.  Does not know HTML, nor who asks for the page.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rehearsal_harness.core.calendar import DAY_S
from rehearsal_harness.serving.backends import with_its_secret
from rehearsal_harness.serving.bench import MAIN_KEY
from rehearsal_harness.serving.control.clock_orders import iso
from rehearsal_harness.serving.control.curl import Curl, backend
from rehearsal_harness.serving.control.menus import offered
from rehearsal_harness.serving.control.panel import Panel
from rehearsal_harness.serving.control.swimlane import drawing
from rehearsal_harness.serving.control.timeline import MOMENTS

SECTIONS = ("accounts", "clock", "licences", "timeline", "world", "webhooks", "faults")
DELIVERIES = 30


def values_of(panel: Panel, account_id: str) -> dict[str, Any]:
    """Everything the sections need of an account, from one look at the bench."""
    bench = panel.bench
    is_main = account_id == bench.main.id
    world = panel.world(account_id)
    commands = Curl(bench.address, MAIN_KEY, "" if is_main else account_id)
    return {
        "accounts": panel.accounts(account_id),
        "account": account_id,
        "is_main": is_main,
        "query": "" if is_main else f"?account={account_id}",
        "clock": panel.clock(),
        "world": world,
        "faults": panel.faults(),
        "calm": bench.faults.are_none,
        "deliveries": panel.made(limit=DELIVERIES, account_id=account_id),
        "drawing": drawing(panel.moments(account_id, limit=MOMENTS), world["endpoints"]),
        "licences": _licences(panel, commands),
        "curls": curls(panel, commands),
        "curl": commands,
        "offered": offered,
        "behind": _behind(panel),
        "own": {each.endpoint_id for each in bench.services},
        **_offers(panel),
    }


def _offers(panel: Panel) -> dict[str, Any]:
    services = [each.manifest for each in panel.bench.services]
    return {
        "has_backends": bool(services),
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


def _behind(panel: Panel) -> set[str]:
    """The endpoints whose backend here has an older secret than they."""
    bench = panel.bench
    return {each.endpoint_id for each in bench.services if with_its_secret(bench, each) is not each}


def _licences(panel: Panel, commands: Curl) -> list[dict[str, Any]]:
    """Each holder with the commands that ask and do the same."""
    services = {each.manifest.service: each for each in panel.bench.services}
    return [
        each | {"curls": _commands(services[each["service"]], each, commands)}
        for each in panel.licences(commands.account)["licences"]
    ]


def _commands(service: Any, row: dict[str, Any], commands: Curl) -> list[tuple[str, str]]:
    who = {"device": row["device"]} if row["device"] else {"user": row["user"]}
    named = {"service": row["service"], **who}
    lines = [("What the backend says", _ask(service, row))]
    if row["app"]:
        text = "Refresh" if row["app"]["has_token"] else "Activate"
        lines.append((text, commands.control("licences", named)))
    return [*lines, ("Portal", commands.control("portal", named))]


def _ask(service: Any, row: dict[str, Any]) -> str:
    manifest = service.manifest
    status = manifest.operation("license_status")
    if status is not None:
        env = manifest.license.admin_token_env if manifest.license else ""
        path = f"{status.route.path}?customerId={row['customer'] or 'cus_…'}"
        return backend(service.url, path, token_env=env)
    asked = manifest.operation("account") or manifest.operation("subscriptions")
    token = backend(service.url, "/rehearsal/identities", body={"user": row["user"]})
    return f"{token}  # its token as TOKEN:\n{backend(service.url, asked.route.path, token_env='TOKEN')}"


def curls(panel: Panel, commands: Curl) -> dict[str, Any]:
    """The commands of each section: one, or several with the words of their buttons."""
    services = panel.bench.services
    everybody = replace(commands, account="")  # these are about the whole bench
    start = {"type": "StartCheckout", "device": "laptop", "email": "ada@example.test"}
    if len(services) > 1:
        start["service"] = services[0].manifest.service
    clock: list[tuple[str, dict[str, object]]] = [
        ("Next thing", {"to_next": "anything"}),
        ("Next invoice", {"to_next": "invoice"}),
        ("Period end", {"to_next": "period"}),
        ("+1 day; hour, week, month and year are the others", {"advance": "day", "wait": True}),
        ("To a date and time", {"to": iso(panel.bench.clock.now() + DAY_S)}),
        ("Speed, a day a second", {"speed": DAY_S}),
        ("Stop an advance", {"stop": True}),
    ]
    return {
        "clock": [(words, everybody.control("clock", body)) for words, body in clock],
        "start": [
            ("By the app, at its backend", commands.control("actions", start)),
            ("At Stripe’s API", commands.control("actions", start | {"via": "stripe"})),
        ],
        "stripe": commands.stripe("customers", {"email": "ada@example.test"}),
        "world": commands.control("world"),
        "timeline": commands.control("timeline"),
        "deliveries": commands.control("deliveries"),
        "faults": [
            ("Set faults", everybody.control("faults", {"drop_percent": 30, "shuffle": True})),
            ("All off", everybody.control("faults", {"none": True})),
        ],
    }

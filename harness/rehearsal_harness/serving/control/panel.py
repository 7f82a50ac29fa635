"""What the control page and its API share: one bench, the desktop apps on it, and the stories being played.

Decides: what is read of the bench, as JSON-ready values.  Does not know HTTP or HTML.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from threading import Lock
from typing import TYPE_CHECKING, Any

from rehearsal_harness.core.agenda import TaskKind
from rehearsal_harness.serving.account import Account
from rehearsal_harness.serving.bench import MAIN_KEY
from rehearsal_harness.serving.control.clock_orders import iso
from rehearsal_harness.serving.control.desk import Desk
from rehearsal_harness.serving.control.glance import endpoint_row, glance
from rehearsal_harness.serving.control.playing import Play
from rehearsal_harness.serving.control.staging import Staged, Wanted
from rehearsal_harness.serving.control.timeline import MOMENTS, Moment, moment_data, outcome, timeline
from rehearsal_harness.serving.control.wishes import WrongWish, shown
from rehearsal_harness.serving.outbox import Delivery
from rehearsal_harness.stripe_api.accounts import account_id_of

if TYPE_CHECKING:
    from rehearsal_harness.serving.bench import Bench, Service

DELIVERIES = 50
ACCOUNTS = 50  # how many beside the main one are listed
TRACED = 2_000  # how many deliveries a timeline looks at
PLAYS_MAX = 50
DUE: Mapping[TaskKind, str] = {
    TaskKind.CANCEL: "a subscription ends",
    TaskKind.INCOMPLETE_EXPIRES: "an unfinished subscription expires",
    TaskKind.FINALIZE: "an invoice is finalized",
    TaskKind.COLLECT: "a payment is tried again",
    TaskKind.PERIOD_ENDS: "a period ends",
    TaskKind.TRIAL_WILL_END: "a trial is about to end",
    TaskKind.INVOICE_UPCOMING: "an invoice is announced",
    TaskKind.SESSION_EXPIRES: "a checkout expires",
    TaskKind.INVOICE_PAYMENT_PAID: "an invoice's payment is noted",
    TaskKind.CHARGE_SETTLES: "a bank answers",
    TaskKind.COUPON_ENDS: "a coupon ends",
    TaskKind.CODE_ENDS: "a promotion code ends",
    TaskKind.PAYMENT_SETTLES: "a bank answers",
    TaskKind.REFUND_SETTLES: "a refund arrives",
    TaskKind.AUTHORIZATION_EXPIRES: "an authorization expires",
    TaskKind.CLOCK_DELETED: "a test clock is deleted",
}


class NotHere(LookupError):
    """There is nothing under that name: `where`, `what` was asked for, and what there is."""

    def __init__(self, where: str, what: str, expected: str) -> None:
        super().__init__(f"{where}: {what}; expected {expected}")
        self.where = where
        self.what = what
        self.expected = expected


class Panel:
    """Everything that a page may know, and who is playing what."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.desk = Desk(bench)
        self._plays: dict[str, Play] = {}
        self._played = 0
        self._lock = Lock()

    def account(self, account_id: str = "") -> Account:
        """The account of that id, the main one for "" and "main"; raises NotHere."""
        if account_id in ("", "main"):
            return self.bench.main
        for each in self.bench.accounts():
            if account_id == each.id:
                return each
        known = ", ".join(each.id for each in self.bench.accounts()[:10])
        raise NotHere("account", shown(account_id), f"main, or one of {known}")

    def world(self, account_id: str = "") -> dict[str, Any]:
        """The world at a glance, and the backends."""
        account = self.account(account_id)
        return glance(account.world) | {
            "accounts": [each["id"] for each in self.accounts(account.id)],
            "dunning_final": account.world.dunning.final_action,
            "services": [service_data(each) for each in self.bench.services],
        }

    def accounts(self, chosen: str = "") -> list[dict[str, Any]]:
        """The main account, and the newest others: whose key it is, and what there is in it.

        The one that is `chosen` is among them.
        """
        main, *others = self.bench.accounts()
        shown = [*others[: -ACCOUNTS - 1 : -1]]
        shown += [each for each in others if each.id == chosen and each not in shown]
        keys = self.bench.by_key.keys_shown()
        return [
            {
                "id": each.id,
                "key": keys.get(account_id_of(MAIN_KEY) if each is main else each.id),
                "is_main": each is main,
                "customers": len(each.world.customers),
                "subscriptions": len(each.world.subscriptions),
                "events": len(each.world.events),
            }
            for each in (main, *shown)
        ]

    def clock(self) -> dict[str, Any]:
        """What time it is, what happens next, and how far an advance has come."""
        bench, now = self.bench, self.bench.clock.now()
        due, moving = bench.next_due(), bench.moving
        return {
            "now": now,
            "now_iso": iso(now),
            "speed": bench.clock.speed,
            "next_due": due,
            "next_due_iso": None if due is None else iso(due),
            "next_what": None if due is None else self._what_is_due(due),
            "waiting": bench.outbox.waiting(),
            "moving": None if moving is None or moving.is_done else moving_data(moving),
            "last_problem": moving.problem if moving is not None else "",
        }

    def _what_is_due(self, due: int) -> str:
        tasks = (each.world.agenda.next_task for each in self.bench.accounts())
        kinds = [task.kind for task in tasks if task is not None and task.due == due]
        return DUE.get(kinds[0], "something happens") if kinds else "a webhook is tried"

    def faults(self) -> dict[str, Any]:
        """The faults that are switched on."""
        return asdict(self.bench.faults)

    def deliveries(self, event_id: str = "", limit: int = DELIVERIES, account_id: str = "") -> dict[str, Any]:
        """Attempts, the newest first, and those that are planned."""
        outbox, account = self.bench.outbox, self.account(account_id)
        planned = outbox.pending(event_id or None, limit=limit, account_id=account.id)
        return {
            "deliveries": self.made(event_id, limit, account_id),
            "planned": [
                {
                    "event": each.event_id,
                    "endpoint": each.endpoint_id,
                    "due": each.due,
                    "attempt": each.number,
                    "cause": each.cause,
                    "struck": each.struck,
                }
                for each in planned
            ],
            "waiting": outbox.waiting(),
        }

    def made(self, event_id: str = "", limit: int = DELIVERIES, account_id: str = "") -> list[dict[str, Any]]:
        """Attempts that were made, of one event or of all, the newest first."""
        outbox, account = self.bench.outbox, self.account(account_id)
        made = outbox.of_event(event_id) if event_id else outbox.deliveries(limit, account.id)
        return [delivery_data(each) for each in made[:limit]]

    def moments(self, account_id: str = "", limit: int = MOMENTS) -> list[Moment]:
        """The timeline, the newest moment first."""
        account = self.account(account_id)
        return timeline(account.world, self.bench.outbox.deliveries(TRACED, account.id), limit)

    def timeline(self, account_id: str = "") -> dict[str, Any]:
        """The timeline as data."""
        return {"moments": [moment_data(each) for each in self.moments(account_id)]}

    def endpoints(self, account_id: str = "") -> dict[str, Any]:
        """The webhook endpoints, without their secrets."""
        world = self.account(account_id).world
        rows = (endpoint_row(world, each) for each in world.webhook_endpoints.newest_first())
        return {"endpoints": [row for row in rows if row is not None]}

    def licences(self, account_id: str = "") -> dict[str, Any]:
        """What everybody's app would hold now: the backends sell in the main account, and nowhere else."""
        is_main = self.account(account_id) is self.bench.main
        found = self.desk.licences(self.bench.main.world) if is_main else []
        return {"now": self.bench.clock.now(), "licences": found}

    def began(self, service: Service, wanted: Wanted) -> str:
        """The name of a new play; the one before is over.  Raises NotStaged."""
        staged = Staged(self.bench, service, wanted)
        with self._lock:
            for each in self._plays.values():
                each.staged.end()
            staged.begin()
            self._played += 1
            name = str(self._played)
            tag = f"{len(self.bench.main.world.events)}p{name}"
            self._plays[name] = Play(self.bench, staged, tag)
            while len(self._plays) > PLAYS_MAX:
                del self._plays[next(iter(self._plays))]
        return name

    def play(self, name: str) -> Play:
        """The play of that name; raises NotHere."""
        if name not in self._plays:
            raise NotHere("play", shown(name), "a play that was begun with POST /control/api/plays")
        return self._plays[name]


def service_data(service: Service) -> dict[str, Any]:
    """A backend and its offers; nothing of its environment."""
    manifest = service.manifest
    return {
        "service": manifest.service,
        "url": service.url,
        "endpoint": service.endpoint_id,
        "by_user": manifest.operation("license_status") is None,
        "offers": [
            {"id": each.id, "name": each.name, "mode": each.mode, "price": service.prices.get(each.price_env)}
            for each in manifest.offers
            if not each.by_hand
        ],
        "operations": {each.name: str(each.route) for each in manifest.operations},
    }


def moving_data(moving: Any) -> dict[str, Any]:
    """How far an advance has come."""
    whole = max(1, moving.to - moving.began_at)
    return {
        "from": moving.began_at,
        "to": moving.to,
        "at": moving.at,
        "percent": round(100 * (moving.at - moving.began_at) / whole, 1),
        "events": moving.events,
    }


def delivery_data(delivery: Delivery) -> dict[str, Any]:
    """One attempt, with what became of it in one word."""
    data: Mapping[str, Any] = asdict(delivery)
    return {**data, "outcome": outcome(delivery), "acknowledged": delivery.acknowledged}


def service_wanted(bench: Bench, name: object) -> Service:
    """The backend of that name; raises WrongWish."""
    from rehearsal_harness.serving.control.starting import service_named

    if name is not None and not isinstance(name, str):
        raise WrongWish("service", shown(name), "the name of a service")
    return service_named(bench, name)

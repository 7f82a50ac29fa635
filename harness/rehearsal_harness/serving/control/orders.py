"""What a page or a script may order: the clock, faults, checkouts, actions, endpoints, licences, stories.

Decides: which order leads to which change, and how each refusal says where, what and what was expected.  Does
not know HTTP: an order is JSON, its answer is JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from typing import Any

from rehearsal_harness.core.billing.webhook_secret import KEEP_S_MAX, roll_secret
from rehearsal_harness.core.errors import NotSimulated, UnknownObject
from rehearsal_harness.core.requests import ApiRequest, handle
from rehearsal_harness.core.story_data import ACTIONS, NotAStory, story_of_data
from rehearsal_harness.serving.backends import deploy_secret, reconcile
from rehearsal_harness.serving.bench import MAIN_KEY, Service
from rehearsal_harness.serving.control.clock_orders import read_order
from rehearsal_harness.serving.control.desk import app_data, holder_named
from rehearsal_harness.serving.control.doing import START, read_action
from rehearsal_harness.serving.control.panel import NotHere, Panel, service_wanted
from rehearsal_harness.serving.control.staging import FAULTS, SWITCHES, NotStaged, Wanted
from rehearsal_harness.serving.control.starting import NoCheckout, portal_of, start_checkout
from rehearsal_harness.serving.control.wishes import (
    Field,
    WrongWish,
    choice,
    flag,
    nearest,
    read_fields,
    shown,
    some_of,
    text,
    whole,
)
from rehearsal_harness.serving.faults import Faults, WrongFault
from rehearsal_harness.serving.webhooks import NotThere
from rehearsal_specs.tables import NoTransition


class Refused(Exception):
    """An order that cannot be carried out now; `status` is HTTP's."""

    def __init__(self, status: int, where: str, what: str, expected: str) -> None:
        super().__init__(f"{where}: {what}; expected {expected}")
        self.status = status
        self.where = where
        self.what = what
        self.expected = expected


def in_main(panel: Panel, account_id: str, where: str) -> None:
    """Raises Refused for another account than the main one, in which alone the backends sell."""
    if panel.account(account_id) is not panel.bench.main:
        what = "the backends of this bench sell in the main account"
        raise Refused(409, where, what, "the account main, or a request of this account's to /v1/")


def order_clock(panel: Panel, given: object) -> dict[str, Any]:
    """Step, go to an instant, run, or stop."""
    bench = panel.bench
    worlds = [each.world for each in bench.accounts()]
    order = read_order(given, bench.clock.now(), worlds, bench.outbox.next_due())
    if order.stop:
        bench.stop_moving()
    if order.speed is not None:
        bench.set_speed(order.speed)
    if order.to is not None:
        try:
            bench.advance_to(max(order.to, bench.clock.now()), wait=order.wait)
        except ValueError as problem:
            raise Refused(
                409, "clock", str(problem), 'a clock that stands: send {"stop": true} first'
            ) from None
    return panel.clock()


def order_faults(panel: Panel, given: object) -> dict[str, Any]:
    """Change the faults named; the others stay.  {"none": true} switches all off."""
    if not isinstance(given, Mapping):
        raise WrongWish("faults", shown(given), 'a JSON object such as {"drop_percent": 30}')
    names = {each.name: each for each in fields(Faults)}
    changes = dict(given)
    faults = (
        Faults(seed=panel.bench.faults.seed) if changes.pop("none", False) is True else panel.bench.faults
    )
    for name in changes:
        if name not in names:
            raise WrongWish("faults", f"unknown field {shown(name)}", nearest(str(name), names))
    try:
        panel.bench.set_faults(replace(faults, **changes))
    except WrongFault as problem:
        where, _, rest = str(problem).partition(": ")
        what, _, expected = rest.partition(", expected ")
        raise WrongWish(f"faults.{where}", what, expected) from None
    return panel.faults()


def order_action(panel: Panel, given: object, account_id: str = "") -> dict[str, Any]:
    """Carry out one action; the answer names the events that it brought."""
    if isinstance(given, Mapping) and given.get("type") == START:
        in_main(panel, account_id, START)
        rest = {name: value for name, value in given.items() if name != "type"}
        try:
            return start_checkout(panel.bench, panel.desk, rest)
        except NoCheckout as problem:
            raise Refused(409, START, str(problem), "a checkout that can be started") from None
    action = read_action(given)
    account = panel.account(account_id)
    before = len(account.world.events)
    where = type(action).__name__
    try:
        world = account.act(action)
    except UnknownObject as problem:
        raise Refused(404, where, str(problem), "an object of this account") from None
    except NotSimulated as problem:
        raise Refused(501, where, str(problem), "something that is simulated") from None
    except (NoTransition, LookupError) as problem:
        said = str(problem).strip("'\"")
        raise Refused(409, where, said, "an object whose status allows it") from None
    events = [{"id": each.id, "type": each.type} for each in world.events.since(before)]
    return {"done": where, "events": events}


def order_resend(panel: Panel, event_id: str, given: object, account_id: str = "") -> dict[str, Any]:
    """Deliver an event once more, to one endpoint or to all that receive it."""
    table = {"endpoint": Field(text, means="the id of an endpoint, we_…; all if left out")}
    endpoint = read_fields(given or {}, table, "resend").get("endpoint")
    try:
        panel.bench.resend(event_id, endpoint, account=panel.account(account_id))
    except NotThere as problem:
        raise NotHere(
            "resend", str(problem), "an event of this account and an endpoint that receives it"
        ) from None
    return {"resent": event_id, "endpoint": endpoint}


ENDPOINT = {
    "status": Field(choice(None, "enabled", "disabled"), means="enabled or disabled"),
    "roll_secret": Field(flag, means="true: a new secret; both are valid for keep_s"),
    "deploy": Field(flag, means="true: this bench's own backend is begun again with the newest secret"),
    "reconcile": Field(flag, means="true: its backend here runs its command `reconcile`"),
    "keep_s": Field(whole(0, KEEP_S_MAX), means="seconds that the old secret stays valid"),
}


def order_endpoint(panel: Panel, endpoint_id: str, given: object, account_id: str = "") -> dict[str, Any]:
    """Switch an endpoint on or off, or roll its secret."""
    wishes = read_fields(given, ENDPOINT, "endpoint")
    account = panel.account(account_id)
    if not wishes:
        raise WrongWish("endpoint", "nothing to change", f"one of {', '.join(ENDPOINT)}")
    if endpoint_id not in account.world.webhook_endpoints:
        raise NotHere("endpoint", shown(endpoint_id), "the id of a webhook endpoint of this account")
    if "status" in wishes:
        form = {"disabled": "true" if wishes["status"] == "disabled" else "false"}
        headers = {"authorization": f"Bearer {MAIN_KEY}"}
        path = f"/v1/webhook_endpoints/{endpoint_id}"
        request = ApiRequest(method="POST", path=path, params=form, headers=headers)
        account.change(lambda world: handle(world, request)[0])  # past the faults of Stripe's API
    if wishes.get("roll_secret"):
        account.change(lambda world: roll_secret(world, endpoint_id, wishes.get("keep_s", KEEP_S_MAX)))
    if wishes.get("deploy"):
        deploy_secret(panel.bench, _behind(panel, endpoint_id, "deploy"))
    if wishes.get("reconcile"):
        problem = reconcile(panel.bench, _behind(panel, endpoint_id, "reconcile"))
        panel.bench.news.tell()
        if problem:
            raise Refused(409, "endpoint.reconcile", problem, "Stripe to answer: are faults switched on?")
    return panel.endpoints(account_id)


def _behind(panel: Panel, endpoint_id: str, wish: str) -> Service:
    for each in panel.bench.services:
        if each.endpoint_id == endpoint_id:
            return each
    expected = "the endpoint of a backend that this bench serves; see to your own by hand"
    raise Refused(409, f"endpoint.{wish}", "somebody else's backend", expected)


SERVICE = Field(text, means="the name of a service; may be left out where there is one")
HOLDER = {"service": SERVICE, "device": Field(text, True, "the device id of an app")}
PORTAL = {
    "service": SERVICE,
    "device": Field(text, means="the device id of an app"),
    "user": Field(text, means="who is signed in, where people sign in"),
}


def order_refresh(panel: Panel, given: object, account_id: str = "") -> dict[str, Any]:
    """The app on a device asks its backend for a licence, as at its start: this may activate it."""
    in_main(panel, account_id, "licences")
    wishes = read_fields(given, HOLDER, "licences")
    service = service_wanted(panel.bench, wishes.get("service"))
    name = service.manifest.service
    holder = holder_named(panel.desk, panel.bench.main.world, name, wishes["device"])
    if holder is None:
        raise NotHere("licences.device", shown(wishes["device"]), "a device that a checkout was started for")
    client = panel.desk.refresh(service, holder)
    panel.bench.news.tell()
    return {"service": name, "device": holder.device, **app_data(client, panel.bench.clock.now(), service)}


def order_portal(panel: Panel, given: object, account_id: str = "") -> dict[str, Any]:
    """The app on a device, or a user's browser, asks its backend for a Customer Portal: {"url"}."""
    in_main(panel, account_id, "portal")
    wishes = read_fields(given, PORTAL, "portal")
    service = service_wanted(panel.bench, wishes.get("service"))
    if ("device" in wishes) == ("user" in wishes):
        raise WrongWish("portal", " and ".join(wishes) or "nobody", "either device or user")
    told = portal_of(panel.bench, panel.desk, service, wishes.get("device", ""), wishes.get("user", ""))
    if told.problem:
        raise Refused(409, "portal", told.problem, "an app that holds a licence, or a user with a customer")
    return {"url": str(told.body["url"])}


PLAY = {
    "service": SERVICE,
    "switches": Field(some_of(SWITCHES), means="how the backend is configured otherwise"),
    "trial_days": Field(whole(1, 730), means="its plans begin with a trial of so many days"),
    "dunning_final": Field(choice(None, "cancel", "unpaid", "past_due"), means="how failed collection ends"),
    "faults": Field(some_of(FAULTS), means="each strikes once"),
}


def order_play(panel: Panel, given: object, account_id: str = "") -> dict[str, Any]:
    """Begin a story; its actions follow one by one.  The one before is over."""
    in_main(panel, account_id, "plays")
    wishes = read_fields(given, PLAY, "plays")
    service = service_wanted(panel.bench, wishes.pop("service", None))
    try:
        name = panel.began(service, Wanted(**wishes))
    except NotStaged as problem:
        raise Refused(409, "plays", str(problem), "what the running backend can be configured as") from None
    return {"play": name, "service": service.manifest.service, "tag": panel.play(name).tag}


def order_end(panel: Panel, name: str, given: object) -> dict[str, Any]:
    """A story is over: the backend is configured as it was.  Which faults struck, and which did not."""
    read_fields(given or {}, {}, "end")
    staged = panel.play(name).staged
    missed = staged.end()
    return {"struck": staged.struck, "missed": missed}


def order_step(panel: Panel, name: str, given: object) -> dict[str, Any]:
    """Play one action of a story: {"Pay": {"person": "Ada", "card": "ok"}}."""
    from rehearsal_harness.core.acting import NotPossible

    play = panel.play(name)
    if not isinstance(given, Mapping) or len(given) != 1:
        raise WrongWish("action", shown(given), 'one action such as {"Checkout": {"person": "Ada", …}}')
    kind = str(next(iter(given)))
    if kind not in ACTIONS:
        raise WrongWish("action", shown(kind), nearest(kind, ACTIONS))
    data = {"name": "", "rule": "", "feature": "", "path": "", "line": 0, "tags": [], "faults": {}}
    try:
        (action,) = story_of_data({**data, "actions": [given]}).actions
    except NotAStory as problem:
        raise WrongWish(f"action.{kind}", str(problem), "the fields of that action") from None
    before = len(panel.bench.main.world.events)
    try:
        played = play.play(action)
    except NotPossible as problem:
        raise Refused(409, kind, str(problem), "what earlier actions made possible") from None
    except (NoTransition, LookupError, ValueError) as problem:
        raise Refused(409, kind, str(problem).strip("'\""), "an object whose status allows it") from None
    events = [each.type for each in panel.bench.main.world.events.since(before)]
    return {**played._asdict(), "events": events[:100], "now": panel.bench.clock.now()}


Order = Callable[[Panel, object], dict[str, Any]]

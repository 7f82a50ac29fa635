"""The control page over HTTP: the page, its sections for live updates, its files, and its forms.

Decides: which account a page is about, and how a form's words become the JSON of an order.  Does not know
what an order does, or how a section looks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import falcon

from rehearsal_harness.serving.control import orders
from rehearsal_harness.serving.control.api import BODY_BYTES_MAX, answer, refusal_data
from rehearsal_harness.serving.control.doing import START
from rehearsal_harness.serving.control.looks import Looks
from rehearsal_harness.serving.control.orders import Refused
from rehearsal_harness.serving.control.panel import NotHere, Panel
from rehearsal_harness.serving.control.wishes import WrongWish, nearest
from rehearsal_harness.serving.faults import COUNTED
from rehearsal_harness.serving.look import instant, pages
from rehearsal_harness.serving.look.words import pace, several

FLAGS = frozenset({"stop", "none", "shuffle", "succeeded", "won", "roll_secret", "deploy", "reconcile"})
WHOLE = frozenset(
    {
        *("advance_s", "drop_percent", "lose_percent", "duplicate_percent", "delay_percent", "delay_s"),
        *COUNTED,
        *("slow_ms", "seed", "amount_cents", "cancel_at", "keep_s"),
    }
)
NUMBERS = frozenset({"speed"})
HOSTED = ("/c/pay/", "/p/session/")  # the pages that a message may link to


class Page:
    """GET /: everything; useful without a script."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The page; `said`, `problem` and `link` are what a form has just come to."""
        what = {name: req.get_param(name) or "" for name in ("where", "what", "expected")}
        link = req.get_param("link") or ""
        try:
            values = self._looks.values(req.get_param("account") or "")
        except NotHere as problem:  # its bench has ended, and the address is old
            values, what = self._looks.values(), refusal_data(problem)["error"]
        pages.answer(
            resp,
            "control/page.html",
            said=(req.get_param("said") or "")[:200],
            link=link if link.startswith(HOSTED) else "",
            problem={name: value[:300] for name, value in what.items()} if what["where"] else None,
            **values,
        )


class Sections:
    """GET /control/sections: the HTML of each section, for the script."""

    def __init__(self, looks: Looks) -> None:
        self._looks = looks

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """JSON: name to HTML."""
        answer(resp, lambda: dict(self._looks.sections(req.get_param("account") or "")))


class File:
    """GET of one of the page's own files."""

    def __init__(self, name: str, content_type: str) -> None:
        self._name = name
        self._type = content_type

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """The text, kept by the browser for a minute."""
        resp.content_type = self._type
        resp.cache_control = ["max-age=60"]
        resp.data = _text(self._name)


@cache
def _text(name: str) -> bytes:
    return (Path(__file__).parent / "static" / name).read_bytes()


class Do:
    """POST /control/do: a form of the page; JSON answers the script, a redirect a browser without it."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel

    def on_post(self, req: falcon.Request, resp: falcon.Response) -> None:
        """Carry out what the form says."""
        by_script = "application/json" in (req.get_header("Accept") or "")
        account = req.get_param("account") or ""
        try:
            told = self._done(_form(req), account)
        except (WrongWish, NotHere, Refused) as problem:
            told = refusal_data(problem)
            status = problem.status if isinstance(problem, Refused) else 400
        else:
            status = 200
        if by_script:
            resp.status, resp.media = status, told
        else:
            where = {"account": account} if account else {}
            raise falcon.HTTPSeeOther("/?" + urlencode(where | (told.get("error") or told)))

    def _done(self, form: dict[str, Any], account: str) -> dict[str, Any]:
        what = form.pop("what", "")
        if what not in FORMS:
            raise WrongWish("what", repr(what), nearest(str(what), FORMS))
        return FORMS[what](self._panel, form, account)


def _form(req: falcon.Request) -> dict[str, Any]:
    """The form's fields, empty ones left out, numbers and flags as such."""
    from urllib.parse import parse_qsl

    content = req.bounded_stream.read(BODY_BYTES_MAX).decode("utf-8", "replace")
    return {name: _value(name, value) for name, value in parse_qsl(content) if value}


def _value(name: str, value: str) -> Any:
    if name in FLAGS:
        return {"true": True, "false": False}.get(value, value)
    try:
        return int(value) if name in WHOLE else float(value) if name in NUMBERS else value
    except ValueError:
        return value


def _clock(panel: Panel, form: dict[str, Any], account: str) -> dict[str, Any]:
    told = orders.order_clock(panel, form)
    if "stop" in form:
        return {"said": "The clock stops where it is."}
    if "speed" in form:
        return {"said": f"The clock {pace(told['speed'])}."}
    moving = panel.bench.moving
    return {"said": "Time moves." if moving is None else f"Time moves to {instant(moving.to)}."}


def _faults(panel: Panel, form: dict[str, Any], account: str) -> dict[str, Any]:
    orders.order_faults(panel, {"none": True} if form.get("none") else form)
    return {"said": "All faults are off." if panel.bench.faults.are_none else "The faults are set."}


def _start(panel: Panel, form: dict[str, Any], account: str) -> dict[str, Any]:
    service, _, offer = str(form.pop("offer", "")).partition("/")
    fields = {**form, "type": START, "service": service or None, "offer": offer or None}
    told = orders.order_action(panel, fields, account)
    if told["session"] is None:
        return {"said": f"The backend led to another page ({told['kind']}): {told['url']}"}
    return {"said": "A checkout is open.", "link": f"/c/pay/{told['session']}"}


def _action(panel: Panel, form: dict[str, Any], account: str) -> dict[str, Any]:
    told = orders.order_action(panel, form, account)
    return {"said": f"{told['done']}: {several(len(told['events']), 'event')}."}


def _resend(panel: Panel, form: dict[str, Any], account: str) -> dict[str, Any]:
    orders.order_resend(panel, str(form.pop("event", "")), form, account)
    return {"said": "It is sent once more."}


def _endpoint(panel: Panel, form: dict[str, Any], account: str) -> dict[str, Any]:
    orders.order_endpoint(panel, str(form.pop("endpoint", "")), form, account)
    if form.get("roll_secret"):
        return {
            "said": "The endpoint has a new secret; for a day the old one signs too. Give it to the backend."
        }
    if form.get("reconcile"):
        return {"said": "The backend has caught up with Stripe’s list of events."}
    if form.get("deploy"):
        return {"said": "The backend was begun again with the endpoint’s newest secret."}
    return {"said": f"The endpoint is {form['status']}."}


def _refresh(panel: Panel, form: dict[str, Any], account: str) -> dict[str, Any]:
    told = orders.order_refresh(panel, form, account)
    return {"said": f"The app on {told['device']} asked: {told['code']}."}


def _portal(panel: Panel, form: dict[str, Any], account: str) -> dict[str, Any]:
    told = orders.order_portal(panel, form, account)
    return {"said": "The backend opened a portal.", "link": urlsplit(told["url"]).path}


FORMS: Mapping[str, Callable[[Panel, dict[str, Any], str], dict[str, Any]]] = {
    "clock": _clock,
    "faults": _faults,
    "start": _start,
    "action": _action,
    "resend": _resend,
    "endpoint": _endpoint,
    "refresh": _refresh,
    "portal": _portal,
}

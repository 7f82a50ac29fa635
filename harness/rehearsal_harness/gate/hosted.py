"""What the hosted backend answers: routes, and policy pages.

Decides: a GET that is not an error of the server's is an answer, `GET <health check>` must say ok; a POST is
never sent, since it could create something: OPTIONS asks for its method instead (RFC 9110, section 9.3.7).
No secret is sent, no redirect followed.  Nothing is waited for longer than asking.TIMEOUT_S.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Thread
from time import monotonic

from rehearsal_harness.core.gate import Input
from rehearsal_harness.gate.asking import TIMEOUT_S, Asking, bad_address, met, not_met, unknown

BODY_BYTES_MAX = 1_000_000
_READ_S = 3
_ABSENT = (404, 405, 501)
_UNREACHED = f"an answer within {TIMEOUT_S} s"


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back.  `allow` are the methods an OPTIONS named; `is_ok` what a health route said."""

    status: int
    allow: frozenset[str] = frozenset()
    is_ok: bool = False
    build: str | None = None


def routes(asking: Asking, wanted: Iterable[str]) -> dict[str, Input]:
    """By route: does the hosted backend answer?"""
    return _asked(asking, wanted, _judge_route)


def pages(asking: Asking, wanted: Iterable[str]) -> dict[str, Input]:
    """By route: is the policy page there for everybody?"""
    return _asked(asking, wanted, _judge_page)


def _asked(
    asking: Asking, wanted: Iterable[str], judge: Callable[[Asking, str, Reply], Input]
) -> dict[str, Input]:
    wanted = list(wanted)
    problem = _no_address(asking)
    if asking.closed:
        step = "open the live guard once everything else is ready"
        return dict.fromkeys(wanted, unknown(asking.closed, "an answer", step))
    if problem is not None:
        return dict.fromkeys(wanted, problem)
    pending = {route: _in_background(asking.base_url, route) for route in wanted}
    until = monotonic() + TIMEOUT_S
    found = {}
    for route, future in pending.items():
        try:
            reply = future.result(timeout=max(0.0, until - monotonic()))
        except TimeoutError:
            found[route] = _unreached(route, f"no answer within {TIMEOUT_S} s")
        except Exception as error:
            found[route] = _unreached(route, f"could not be reached: {type(error).__name__}")
        else:
            found[route] = judge(asking, route, reply)
    return found


def _no_address(asking: Asking) -> Input | None:
    terms = asking.manifest.hosted
    name = terms.base_url_env if terms else "hosted.base_url_env"
    if not asking.base_url:
        return not_met(f"{name} is not set", "an https:// address", f"set {name} to the backend's address")
    wrong = bad_address(asking.base_url, is_live=asking.is_live)
    return not_met(f"{name} is {wrong}", "an https:// address", f"correct {name}") if wrong else None


def _unreached(route: str, said: str) -> Input:
    return unknown(f"{route} {said}", _UNREACHED, "start the backend, or correct its address, and ask again")


def _in_background(base_url: str, route: str) -> Future[Reply]:
    future: Future[Reply] = Future()

    def work() -> None:
        try:
            future.set_result(ask(base_url, route))
        except BaseException as error:
            future.set_exception(error)

    Thread(target=work, daemon=True).start()
    return future


def ask(base_url: str, route: str) -> Reply:
    """Ask one route of a backend, without leaving a trace there; raises requests.RequestException."""
    import requests

    method, path = route.split(" ", 1)
    asked = "GET" if method == "GET" else "OPTIONS"
    with requests.request(
        asked, base_url + path, timeout=_READ_S, allow_redirects=False, stream=True
    ) as response:
        allow = response.headers.get("Allow", "")
        methods = frozenset(each.strip().upper() for each in allow.split(",") if each.strip())
        body = response.raw.read(BODY_BYTES_MAX, decode_content=True) if asked == "GET" else b""
        said = _object(body)
        build = said.get("build")
        return Reply(
            response.status_code, methods, said.get("ok") is True, build if isinstance(build, str) else None
        )


def build_now(asking: Asking) -> str | None:
    """The build id that the health route reports, None where none comes within asking.TIMEOUT_S."""
    route = health_route(asking)
    try:
        reply = _in_background(asking.base_url, route).result(TIMEOUT_S) if route else None
    except Exception:
        return None
    return reply.build if reply else None


def health_route(asking: Asking) -> str:
    """The declared health route, empty where there is none."""
    return next((str(each.route) for each in asking.manifest.operations if each.name == "health"), "")


def _object(body: bytes) -> dict[str, object]:
    import json

    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _judge_route(asking: Asking, route: str, reply: Reply) -> Input:
    method = route.split(" ", 1)[0]
    step = "look into the backend's log, mend it, and ask again"
    if route == health_route(asking):
        if reply.status == 200 and reply.is_ok:
            return met(f"{route} answers 200 and ok: true")
        return not_met(f"{route} answers {reply.status}, not ok", "200 and ok: true", step)
    if reply.status >= 500:
        return not_met(f"{route} answers {reply.status}", "an answer that is no error of the server", step)
    if method != "GET":
        is_there = method in reply.allow if reply.allow else reply.status not in _ABSENT
        if not is_there:
            return not_met(f"{route} is not there ({reply.status} to OPTIONS)", f"a route for {method}", step)
        return met(f"{route} is there (OPTIONS {reply.status}; it was not called)")
    if reply.status in _ABSENT:
        return not_met(f"{route} answers {reply.status}", "a route that is there", step)
    return met(f"{route} answers {reply.status}")


def _judge_page(_: Asking, route: str, reply: Reply) -> Input:
    if reply.status == 200:
        return met(f"{route} answers 200")
    return not_met(f"{route} answers {reply.status}", "200 for everybody", "publish the page")

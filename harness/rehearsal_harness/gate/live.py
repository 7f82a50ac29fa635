"""Rehearse a hosted backend: what may be asked of it from outside, as checks with verdicts.

Decides the checks: health, a forged event, a signed one, the declared routes, and a checkout where that was
allowed.  The signed event is of a type that Stripe does not have: a backend must acknowledge and ignore it
(https://docs.stripe.com/webhooks).  Does not know rules.  Nothing is waited for longer than asking.TIMEOUT_S.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from rehearsal_harness.core.gate import State
from rehearsal_harness.gate.asking import TIMEOUT_S, Asking, within
from rehearsal_harness.gate.at_stripe import ADDRESS
from rehearsal_harness.gate.hosted import build_now, routes
from rehearsal_harness.reports.evidence import hosted_evidence

Check = dict[str, str]
_READ_S = 8
_VERDICTS = {State.MET: "PROVED", State.NOT_MET: "REFUTED", State.UNDETERMINED: "UNDETERMINED"}
_CHECKOUTS = ("checkout", "plan_checkout")


def rehearse_hosted(asking: Asking) -> dict[str, Any]:
    """Ask, and seal what was found as evidence."""
    checks = [*_routes(asking), *_events(asking), *_checkout(asking)]
    verdicts = {each["verdict"] for each in checks}
    worst = next(each for each in ("REFUTED", "UNDETERMINED", "PROVED") if each in verdicts)
    return hosted_evidence(
        asking.manifest,
        asking.features,
        checks,
        mode=asking.mode,
        target={"kind": asking.base_url, "digest": build_now(asking)},
        at=asking.now,
        verdict=worst,
    )


def _check(name: str, verdict: str, found: str) -> Check:
    return {"name": name, "verdict": verdict, "found": found}


def _routes(asking: Asking) -> Iterator[Check]:
    declared = [str(each) for each in asking.manifest.routes]
    for route, found in routes(asking, declared).items():
        yield _check(route, _VERDICTS[found.state], found.found)


def _events(asking: Asking) -> Iterator[Check]:
    name = next((each.name for each in asking.manifest.secrets if each.shape == "webhook_secret"), "")
    url = asking.base_url + asking.manifest.webhook.path
    body = json.dumps(
        {
            "id": f"evt_rehearsal_{asking.now}",
            "object": "event",
            "api_version": asking.manifest.webhook.api_version,
            "created": asking.now,
            "data": {"object": {"id": f"rehearsal_{asking.now}", "object": "rehearsal"}},
            "livemode": asking.is_live,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": "rehearsal.ping",
        }
    ).encode()
    forged = {"Stripe-Signature": f"t={asking.now},v1={'0' * 64}"}
    yield _posted("forged event", url, body, forged, wanted=(400, 401, 403))
    signed = {"Stripe-Signature": _signature(asking.environ[name].strip(), asking.now, body)}
    yield _posted("signed event", url, body, signed, wanted=range(200, 300))


def _signature(secret: str, at: int, body: bytes) -> str:
    """Source: https://docs.stripe.com/webhooks/signature."""
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, sha256).hexdigest()
    return f"t={at},v1={mac}"


def _posted(
    name: str, url: str, body: bytes, headers: dict[str, str], *, wanted: range | tuple[int, ...]
) -> Check:
    try:
        answer = within(TIMEOUT_S, lambda: _post(url, body, headers))
    except Exception as error:
        return _check(name, "UNDETERMINED", f"could not be sent: {type(error).__name__}")
    if answer is None:
        return _check(name, "UNDETERMINED", f"no answer within {TIMEOUT_S} s")
    return _check(name, "PROVED" if answer[0] in wanted else "REFUTED", f"answered {answer[0]}")


def _post(url: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    import requests

    sent = {"Content-Type": "application/json", **headers}
    response = requests.post(url, data=body, headers=sent, timeout=_READ_S, allow_redirects=False)
    return response.status_code, response.text


def _checkout(asking: Asking) -> Iterator[Check]:
    """A real Checkout Session, where somebody has allowed it and the route asks for no signed-in user."""
    terms = asking.manifest.hosted
    assert terms is not None  # whoever called has looked
    operation = next((each for each in asking.manifest.operations if each.name in _CHECKOUTS), None)
    if operation is None or asking.value(terms.execute_env).casefold() != "true":
        return
    asked: dict[str, str] = {"email": asking.value(terms.email_env), "deviceId": f"rehearsal-{asking.now}"}
    if operation.name == "plan_checkout":
        asked = {"plan_id": asking.manifest.offers[0].id}
    url, name = asking.base_url + operation.route.path, f"checkout on {operation.route}"
    try:
        answer = within(TIMEOUT_S, lambda: _post(url, json.dumps(asked).encode(), {}))
    except Exception as error:
        yield _check(name, "UNDETERMINED", f"could not be sent: {type(error).__name__}")
        return
    if answer is None:
        yield _check(name, "UNDETERMINED", f"no answer within {TIMEOUT_S} s")
        return
    place = _place_of(answer[1])
    is_stripe = answer[0] == 200 and _is_stripes(asking, place)
    led = f"leads to {place}" if place else "leads nowhere"
    yield _check(name, "PROVED" if is_stripe else "REFUTED", f"answered {answer[0]}, {led}")


def _place_of(text: str) -> str:
    """Host and port that an answer leads to."""
    try:
        url = urlsplit(json.loads(text)["url"])
        return f"{url.hostname}:{url.port}" if url.port else url.hostname or ""
    except (ValueError, LookupError, TypeError, AttributeError):
        return ""


def _is_stripes(asking: Asking, place: str) -> bool:
    """Stripe's own pages, or in test mode those of the simulated Stripe that was asked."""
    simulated = "" if asking.is_live else urlsplit(asking.value(ADDRESS)).netloc
    return place.endswith(".stripe.com") or (bool(place) and place == simulated)

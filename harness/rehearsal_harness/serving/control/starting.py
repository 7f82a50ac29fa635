"""Pages that an app asks for: a checkout for an offer, by its backend or straight at Stripe, and the portal.

Decides: which route leads there and what an app sends to it.  Does not know what is sold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rehearsal_harness.core.desktop.asking import Ask, Told
from rehearsal_harness.core.requests import ApiRequest, Form
from rehearsal_harness.serving.bench import MAIN_KEY
from rehearsal_harness.serving.control.desk import Desk, server_of
from rehearsal_harness.serving.control.wishes import (
    Field,
    WrongWish,
    choice,
    email,
    nearest,
    read_fields,
    text,
)
from rehearsal_harness.stripe_api.holder import NoAnswer
from rehearsal_specs.manifest import Offer

if TYPE_CHECKING:
    from rehearsal_harness.serving.bench import Bench, Service

VIA = ("backend", "stripe")
FIELDS: Mapping[str, Field] = {
    "service": Field(text, means="the name of a service; may be left out where there is one"),
    "offer": Field(text, means="the id of an offer; may be left out where there is one"),
    "device": Field(text, means="the device id of an app; laptop if left out"),
    "email": Field(email, means="who pays; ada@example.test if left out"),
    "user": Field(text, means="who is signed in, where people sign in; ada if left out"),
    "via": Field(choice(None, *VIA), means="backend, as an app would, or stripe"),
}
DEVICE, EMAIL, USER = "laptop", "ada@example.test", "ada"


class NoCheckout(Exception):
    """Nobody made a checkout session; the message is what was answered."""


def start_checkout(bench: Bench, desk: Desk, given: object) -> dict[str, Any]:
    """Where to pay: {"url", "session", "kind"}; raises WrongWish and NoCheckout."""
    fields = read_fields(given, FIELDS, "StartCheckout")
    service = service_named(bench, fields.get("service"))
    offer = _offer(service, fields.get("offer"))
    who = {"device": DEVICE, "email": EMAIL, "user": USER} | fields
    if fields.get("via") == "stripe":
        return _at_stripe(bench, service, offer, who)
    operation, body, token = _question(bench, service, offer, who)
    told = server_of(service)(Ask(operation, body=body, token=token))
    return _made(bench, desk, service, who["device"], told)


def service_named(bench: Bench, name: str | None) -> Service:
    """The backend of that name, or the only one; raises WrongWish."""
    known = {each.manifest.service: each for each in bench.services}
    if name is None and len(known) == 1:
        return next(iter(known.values()))
    if name not in known:
        raise WrongWish("service", name or "nothing", nearest(name or "", known))
    return known[name]


def _offer(service: Service, offer_id: str | None) -> Offer:
    known = {each.id: each for each in service.manifest.offers if not each.by_hand}
    if offer_id is None and len(known) == 1:
        return next(iter(known.values()))
    if offer_id not in known:
        raise WrongWish("offer", offer_id or "nothing", nearest(offer_id or "", known))
    return known[offer_id]


def _question(
    bench: Bench, service: Service, offer: Offer, who: Mapping[str, str]
) -> tuple[str, dict[str, Any], str]:
    """Operation, body and token of an app's request for an offer."""
    manifest = service.manifest
    if manifest.operation("checkout") is not None:
        return "checkout", {"deviceId": who["device"], "email": who["email"]}, ""
    token = user_token(bench, service, who["user"])
    if offer.credits and manifest.operation("credits_checkout") is not None:
        return "credits_checkout", {"packs": 1}, token
    if manifest.operation("price_checkout") is not None:
        return "price_checkout", {"price_id": service.prices[offer.price_env]}, token
    if manifest.operation("plan_checkout") is not None:
        return "plan_checkout", {"plan_id": offer.id}, token
    raise NoCheckout(f'{manifest.service} declares no route that starts a checkout; say "via": "stripe"')


def user_token(bench: Bench, service: Service, user: str, *, is_operator: bool = False) -> str:
    """A test identity, "" where nobody signs in."""
    from rehearsal_harness.targets.identity import Issuer

    identity = service.manifest.identity
    if identity is None or not user:
        return ""
    return Issuer(identity).token(user, bench.clock.now(), is_operator=is_operator)


def _made(bench: Bench, desk: Desk, service: Service, device: str, told: Told) -> dict[str, Any]:
    if told.problem:
        raise NoCheckout(f"{service.manifest.service}: {told.problem}")
    url = told.body.get("url")
    if told.status != 200 or not isinstance(url, str):
        error = told.body.get("error")
        said = error if isinstance(error, Mapping) else told.body
        reason = f"{said.get('code', '')} {said.get('message', '')}".strip()
        raise NoCheckout(f"{service.manifest.service} answered {told.status}: {reason or 'no address'}")
    session = str(told.body.get("sessionId") or "")
    if session not in bench.main.world.checkout_sessions:
        return {"url": url, "session": None, "kind": str(told.body.get("kind") or "page")}
    if service.manifest.operation("license_status") is not None:
        desk.started(service.manifest.service, device, session)
    return {"url": f"{bench.address}/c/pay/{session}", "session": session, "kind": "checkout"}


def _at_stripe(bench: Bench, service: Service, offer: Offer, who: Mapping[str, str]) -> dict[str, Any]:
    form: dict[str, str | Form] = {
        "mode": offer.mode,
        "line_items": {"0": {"price": service.prices[offer.price_env]} | _quantity(offer)},
        "customer_email": who["email"],
        "success_url": f"{bench.address}/",
        "metadata": {"offer_id": offer.id},
    }
    headers = {"authorization": f"Bearer {MAIN_KEY}"}
    request = ApiRequest(method="POST", path="/v1/checkout/sessions", params=form, headers=headers)
    try:
        answer = bench.main.run(request)
    except NoAnswer as problem:
        raise NoCheckout(f"the simulated Stripe: {problem}") from None
    if answer.status != 200:
        raise NoCheckout(f"the simulated Stripe: {answer.body['error']['message']}")
    session = str(answer.body["id"])
    return {"url": f"{bench.address}/c/pay/{session}", "session": session, "kind": "checkout"}


def _quantity(offer: Offer) -> dict[str, str]:
    return {} if offer.is_metered else {"quantity": "1"}


def portal_of(bench: Bench, desk: Desk, service: Service, device: str, user: str) -> Told:
    """The backend's answer to an app or a user that asks for the portal: a `url`, or a problem."""
    if device:
        linked = desk.portal(service, device)
        problem = "" if linked.problem is None else f"{linked.problem.code}: {linked.problem.reason}"
        return Told(200, {"url": linked.url}, problem)
    told = server_of(service)(Ask("user_portal", body={}, token=user_token(bench, service, user)))
    if told.problem or isinstance(told.body.get("url"), str):
        return told
    return Told(
        told.status, {}, f"{service.manifest.service} answered {told.status} {told.body.get('code', '')}"
    )

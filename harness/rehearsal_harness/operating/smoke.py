"""Walk once through a running service: health, checkout, payment, webhooks, what was bought, portal.

Decides: the steps, by what the manifest declares, and what each must find.  The server is a real process, and
Stripe the simulated one on a socket, so no account is needed and nothing is charged.  Does not replace a
rehearsal: one order of events is tried here, the true one.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehearsal_harness.core.actions import CompleteCheckout
from rehearsal_harness.targets.backend import fake_environ
from rehearsal_harness.targets.identity import Issuer
from rehearsal_harness.targets.launched import TIMEOUT_S, Launched, SimulatedStripe, post_event
from rehearsal_specs.manifest import Manifest, Operation

if TYPE_CHECKING:
    import requests

DEVICE, USER, EMAIL = "smoke-device", "ada", "ada@example.test"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step taken: `found` says what came, `expected` is "" when that is right."""

    name: str
    found: str
    expected: str
    ms: float


class _Wrong(Exception):
    """A step found something else."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(found)
        self.found, self.expected = found, expected


def environ_of(manifest: Manifest, stripe: SimulatedStripe, folder: Path) -> dict[str, str]:
    """Fake values for all that the service needs, a file in `folder`, and the simulated Stripe's address."""
    environ = fake_environ(manifest, stripe.ids) | {"STRIPE_API_BASE": stripe.address}
    if manifest.identity is not None:
        environ[manifest.identity.key_env] = Issuer(manifest.identity).verifying_key
    if manifest.storage is not None and manifest.storage.kind != "postgresql":
        environ[manifest.storage.env] = str(folder / "facts")
    return environ


class Walk:
    """One walk; `steps()` yields each step as it is taken and ends after the first that is wrong."""

    def __init__(
        self, manifest: Manifest, stripe: SimulatedStripe, server: Launched, environ: Mapping[str, str]
    ) -> None:
        self._manifest = manifest
        self._stripe = stripe
        self._server = server
        self._secret = next(environ[each.name] for each in manifest.secrets if each.shape == "webhook_secret")
        self._issuer = Issuer(manifest.identity) if manifest.identity else None
        self._session_id = ""
        self._token = ""

    def steps(self) -> Iterator[Step]:
        """Each step in turn."""
        for name, walk in self._walks():
            began = time.perf_counter()
            try:
                found, expected = walk(), ""
            except _Wrong as wrong:
                found, expected = wrong.found, wrong.expected
            yield Step(name=name, found=found, expected=expected, ms=(time.perf_counter() - began) * 1000)
            if expected:
                return

    def _walks(self) -> Iterator[tuple[str, Callable[[], str]]]:
        yield "health", self._health
        yield "checkout", self._checkout
        yield "payment", self._pay
        yield "webhooks", self._deliver
        for name in ("license_status", "account", "subscriptions"):
            if self._manifest.operation(name) is not None:
                yield name, lambda name=name: self._owned(name)  # type: ignore[misc]
        for name in ("portal", "user_portal"):
            if self._manifest.operation(name) is not None:
                yield name, lambda name=name: self._portal(name)  # type: ignore[misc]

    def _health(self) -> str:
        answer = self._ask("health")
        return _expect(answer, "ok", "200 with ok: true", lambda body: body.get("ok") is True)

    def _checkout(self) -> str:
        for name, body in self._wishes().items():
            if self._manifest.operation(name) is not None:
                answer = self._ask(name, json=body)
                found = _expect(
                    answer, "url", "200 with the address of a checkout", lambda body: bool(body.get("url"))
                )
                self._session_id = next(iter(self._stripe.world.checkout_sessions.newest_first())).id
                return found
        raise _Wrong("no operation of the manifest starts a checkout", "one that does")

    def _wishes(self) -> dict[str, dict[str, str]]:
        plan = next(
            (each for each in self._manifest.offers if each.mode == "subscription"), self._manifest.offers[0]
        )
        return {
            "checkout": {"deviceId": DEVICE, "email": EMAIL},
            "plan_checkout": {"plan_id": plan.id},
            "price_checkout": {"price_id": self._stripe.ids[plan.price_env]},
        }

    def _pay(self) -> str:
        self._stripe.happen(CompleteCheckout(self._session_id, email=EMAIL))
        status = self._stripe.world.checkout_sessions[self._session_id].payment_status
        return f"the checkout session is {status}"

    def _deliver(self) -> str:
        events = self._stripe.undelivered()
        for event in events:
            path = self._manifest.webhook.path
            status = post_event(self._server.url + path, event, self._secret).status_code
            if status != 200:
                raise _Wrong(f"{event['type']} is answered {status}", "200")
        return f"{len(events)} delivered"

    def _owned(self, name: str) -> str:
        query = (
            {"checkoutSessionId": self._session_id, "deviceId": DEVICE} if name == "license_status" else {}
        )
        answer = self._ask(name, params=query)
        found = _expect(answer, "code", "200 with active: true", lambda body: body.get("active") is True)
        self._token = str(answer.json().get("deviceAccessToken") or "")
        return found

    def _portal(self, name: str) -> str:
        answer = self._ask(name)
        return _expect(answer, "url", "200 with the address of a portal", lambda body: bool(body.get("url")))

    def _ask(self, name: str, **given: Any) -> requests.Response:
        import requests

        operation = self._manifest.operation(name)
        assert operation is not None
        route = operation.route
        try:
            return requests.request(
                route.method,
                self._server.url + route.path,
                headers=self._headers(operation),
                timeout=TIMEOUT_S,
                **given,
            )
        except requests.RequestException as error:
            raise _Wrong(f"no answer ({type(error).__name__})", f"an answer within {TIMEOUT_S} s") from error

    def _headers(self, operation: Operation) -> dict[str, str]:
        if operation.name in ("health", "checkout", "license_status"):
            return {}
        token = self._token if self._issuer is None else self._issuer.token(USER, int(time.time()))
        return {"Authorization": f"Bearer {token}"}


def _expect(
    answer: requests.Response, shown: str, expected: str, is_right: Callable[[Mapping[str, Any]], bool]
) -> str:
    """What to say of a right answer; raises _Wrong for another one."""
    try:
        body = answer.json()
    except ValueError:
        body = {}
    if answer.status_code == 200 and is_right(body):
        value = body.get(shown)
        return f"200 {shown}: {value}" if shown == "code" else "200"
    error = body.get("error") if isinstance(body, dict) else None
    code = f" {error.get('code')}" if isinstance(error, dict) else ""
    raise _Wrong(f"{answer.status_code}{code}", expected)

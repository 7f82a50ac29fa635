"""Desktop apps on the control page: what each would hold now, and what the backend says of it.

Decides: which devices and users there are (whoever a checkout names, or was started for here), and that
asking never holds up a page.  Does not know the rules of a desktop (`core.desktop`) or of a backend.
The look at each goes the way of the rehearsal's probes: the back office's, which leaves no trace.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from itertools import islice
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeVar

from rehearsal_harness.core.desktop import Device
from rehearsal_harness.core.desktop.asking import Ask, Linked, Told, portal, refresh
from rehearsal_harness.core.desktop.client import Client, Standing, standing
from rehearsal_harness.core.desktop.license import LicenseRefused
from rehearsal_harness.core.objects import CheckoutSession
from rehearsal_harness.core.owning import user_of_session
from rehearsal_harness.core.world import World
from rehearsal_harness.desktop_app.server import Server
from rehearsal_harness.desktop_app.signature import check_as_received

if TYPE_CHECKING:
    from rehearsal_harness.serving.bench import Bench, Service

Came = TypeVar("Came")

SHOWN_MAX = 20
LOOKED_AT = 500  # how many sessions are looked at for devices
PATIENCE_S = 0.8  # how long a page waits for all answers together
DEVICE_KEYS = ("device_id", "deviceId", "device")  # under which a backend may note a device at Stripe
ANSWERED = ("active", "code", "phrase", "status", "state", "expiresAt", "serverTime", "credits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who would hold a licence: a device, or where people sign in a user (`device` is then "")."""

    service: str
    device: str
    user: str
    email: str
    session_id: str
    customer: str


class Desk:
    """The apps that were started here, and the answers of the backends."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._clients: dict[tuple[str, str], Client] = {}
        self._lock = Lock()
        self._pool = ThreadPoolExecutor(8, thread_name_prefix="desk")

    def started(self, service: str, device: str, session_id: str) -> None:
        """A checkout was started here for a device."""
        with self._lock:
            client = self._clients.get((service, device)) or Client(device=Device(device))
            self._clients[service, device] = replace(client, session_id=session_id)

    def client(self, service: str, device: str) -> Client:
        """The app on a device, as far as it is known here."""
        return self._clients.get((service, device)) or Client(device=Device(device))

    def refresh(self, service: Service, holder: Holder) -> Client:
        """The app on a device asks for its licence, as it would at its start."""
        name = service.manifest.service
        client = self.client(name, holder.device)
        if not client.session_id:
            client = replace(client, session_id=holder.session_id)
        asking = refresh(client, self._bench.clock.now(), check_as_received, _issuer(service))
        client = _carried_out(asking, server_of(service))
        with self._lock:
            self._clients[name, holder.device] = client
        return client

    def portal(self, service: Service, device: str) -> Linked:
        """The app on a device asks for a Customer Portal, with the token it holds."""
        name = service.manifest.service
        asking = portal(self.client(name, device), self._bench.clock.now())
        return _carried_out(asking, server_of(service))

    def holders(self, world: World) -> list[Holder]:
        """Everybody who may hold a licence, whoever came last first."""
        found: dict[tuple[str, str, str], Holder] = {}
        for session in islice(world.checkout_sessions.newest_first(), LOOKED_AT):
            service = self.service_of(session)
            holder = None if service is None else _holder(world, session, service)
            if holder is not None:
                found.setdefault((holder.service, holder.device, holder.user), holder)
            if len(found) >= SHOWN_MAX:
                break
        return list(found.values())

    def service_of(self, session: CheckoutSession) -> Service | None:
        """The backend whose offer a session sells, None for nobody's."""
        sold = {line.price.id for line in session.line_items}
        return next((each for each in self._bench.services if sold & set(each.prices.values())), None)

    def licences(self, world: World) -> list[dict[str, Any]]:
        """What each backend says of each holder now, and what the holder's app holds."""
        services = {each.manifest.service: each for each in self._bench.services}
        holders, now = self.holders(world), self._bench.clock.now()
        asked = [
            (each, self._pool.submit(look, services[each.service], each, world.at(max(now, world.now))))
            for each in holders
        ]
        wait([future for _, future in asked], PATIENCE_S)
        return [
            {
                **_named(each),
                "answer": _answer(future),
                "app": app_data(self.client(each.service, each.device), now, services[each.service])
                if each.device
                else None,
            }
            for each, future in asked
        ]

    def close(self) -> None:
        """Ask nobody any more."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _holder(world: World, session: CheckoutSession, service: Service) -> Holder | None:
    by_user = service.manifest.operation("license_status") is None
    noted = dict(session.metadata)
    device = "" if by_user else next((noted[key] for key in DEVICE_KEYS if noted.get(key)), "")
    user = user_of_session(session) if by_user else ""
    if not device and not user:
        return None
    customer = world.customers.get(session.customer or "")
    return Holder(
        service=service.manifest.service,
        device=device,
        user=user,
        email=(customer.email if customer else None) or session.email or "",
        session_id=session.id,
        customer=session.customer or "",
    )


def look(service: Service, holder: Holder, world: World) -> Told:
    """The answer of the back office about a holder; never raises for what a network does."""
    from rehearsal_harness.core.commands import Probe
    from rehearsal_harness.targets.identity import Issuer
    from rehearsal_harness.targets.probing import BY_USER, prober_of

    manifest = service.manifest
    subject = holder.user or holder.customer
    if not subject:
        return Told(0, {}, "nobody has paid yet, so there is no customer to ask about")
    issuer = Issuer(manifest.identity) if manifest.identity else None
    prober = prober_of(manifest, service.environ, issuer)
    question = prober.question(Probe(world, world.now, subject))
    names = ("license_status", *BY_USER)
    operation = next((each for each in names if manifest.operation(each) is not None), "")
    query = dict([question.query.split("=", 1)]) if question.query else {}
    return server_of(service)(Ask(operation, query, token=question.token))


def server_of(service: Service) -> Server:
    """The backend, asked by the operations of its manifest."""
    routes = {each.name: (each.route.method, each.route.path) for each in service.manifest.operations}
    return Server(service.url, routes)


def _carried_out(asking: Generator[Ask, Told, Came], server: Server) -> Came:
    try:
        ask = next(asking)
        while True:
            ask = asking.send(server(ask))
    except StopIteration as done:
        came: Came = done.value
        return came


def _issuer(service: Service) -> str:
    return service.manifest.license.issuer if service.manifest.license else ""


def _named(holder: Holder) -> dict[str, Any]:
    return {
        "service": holder.service,
        "device": holder.device or None,
        "user": holder.user or None,
        "email": holder.email or None,
        "customer": holder.customer or None,
        "session": holder.session_id,
    }


def _answer(future: Future[Told]) -> dict[str, Any]:
    nothing = dict.fromkeys(ANSWERED)
    if not future.done():
        return {"http": None, "problem": f"no answer within {PATIENCE_S} s", **nothing}
    told = future.result()
    if told.problem:
        return {"http": None, "problem": told.problem, **nothing}
    return {"http": told.status, "problem": None, **{name: told.body.get(name) for name in ANSWERED}}


def app_data(client: Client, now: int, service: Service) -> dict[str, Any]:
    """What an app holds: where it stands, and the claims of its licence, never its token."""
    here: Standing = standing(client, now, check_as_received, _issuer(service))
    gated = service.manifest.license.gated_features if service.manifest.license else ()
    return {
        "state": str(here.state),
        "code": here.code,
        "reason": here.reason,
        "until": here.until,
        "features": dict.fromkeys(gated, here.state == "active"),
        "claims": claims_of(client),
        "has_token": bool(client.device.token),
    }


def claims_of(client: Client) -> Mapping[str, object] | None:
    """What the licence of an app says, None without one."""
    if not client.license:
        return None
    try:
        return dict(check_as_received(client.license))
    except LicenseRefused:
        return None


def holder_named(desk: Desk, world: World, service: str, device: str) -> Holder | None:
    """The holder of a device, None where nobody has started a checkout for it."""
    found: Iterator[Holder] = (
        each for each in desk.holders(world) if (each.service, each.device) == (service, device)
    )
    return next(found, None)

"""A story's actions, one by one, in the running world.

Decides: how an action that a rehearsal would search with is carried out once, by the same acts and judged by
the same expectations.  Does not know Gherkin, nor who sends the actions.
Rule: what cannot be played or looked at here is said to be UNDETERMINED, never passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any, cast

from rehearsal_harness.core import acting, signed_in, story, visiting
from rehearsal_harness.core.billing.due import advance
from rehearsal_harness.core.checking import Checker
from rehearsal_harness.core.commands import Command, Observed, Probe, Reply, Send
from rehearsal_harness.core.expecting import expected_of
from rehearsal_harness.core.node import Node, Person
from rehearsal_harness.core.owning import customers_of
from rehearsal_harness.core.render.dispatch import render
from rehearsal_harness.core.render.hosted import hosted_at
from rehearsal_harness.core.service import Service as Rehearsed
from rehearsal_harness.core.service import service_of
from rehearsal_harness.core.world import World
from rehearsal_harness.serving.control.asking import asked
from rehearsal_harness.serving.control.by_hand import BY_HAND
from rehearsal_harness.serving.control.clock_orders import iso
from rehearsal_harness.serving.control.forging import CannotForge
from rehearsal_harness.serving.control.played import Played, Unplayable
from rehearsal_harness.serving.control.staging import NotStaged, Staged
from rehearsal_harness.serving.control.starting import user_token

if TYPE_CHECKING:
    from rehearsal_harness.serving.bench import Bench, Service

ACTS = {**acting.ACTS, **visiting.ACTS}


class _Asks(Exception):
    """An act asks the backend: it goes on outside the account's lock."""

    def __init__(self, act: Generator[Any, Any, Any], command: Command) -> None:
        super().__init__()
        self.act = act
        self.command = command


class _Looking:
    """What the expectations of a story need of a checker: the service, and one answer at a time."""

    def __init__(self, service: Rehearsed) -> None:
        self.service = service

    def ask(self, node: Node, digest: bytes, subject: str, at: int) -> Generator[Command, Any, Observed]:
        """The backend's answer about a subject at an instant."""
        order = subject in node.world.checkout_sessions
        observed: Observed = yield Probe(node.world, at, subject, order=order)
        return observed


class Play:
    """One story being played; people and devices get the play's own names, so that stories may meet."""

    def __init__(self, bench: Bench, staged: Staged, tag: str) -> None:
        self.service = service = staged.service
        self.staged = staged
        self.tag = tag
        self.bench = bench
        self._people: tuple[Person, ...] = ()
        self._since = bench.clock.now()
        self.held = bench.main.world
        self._rehearsed = service_of(service.manifest, service.prices, _links(bench, service))

    def play(self, action: story.Action) -> Played:
        """Carry out one action, or look at what it expects; raises what the acts of a story raise."""
        action = self._own(action)
        try:
            if self.staged.is_over:
                raise Unplayable("its play is over: another began, and the backend is configured as usual")
            judge = expected_of(action)
            if judge is not None:
                return self._judged(action, judge)
            by_hand = BY_HAND.get(type(action))
            if by_hand is not None:
                said = by_hand(self, action)
                return said if isinstance(said, Played) else Played("done", said)
            return Played("done", self.staged.striking(lambda: self.act(action)))
        except (Unplayable, NotStaged, CannotForge) as problem:
            return Played("undetermined", str(problem))

    def _own(self, action: story.Action) -> story.Action:
        names = {each.name for each in fields(action)}
        changes: dict[str, Any] = {}
        for name in ("person", "of"):
            if name in names and getattr(action, name):
                changes[name] = f"{getattr(action, name)}{self.tag}"
        device = getattr(action, "device", "")
        if device not in ("", signed_in.BROWSER):
            changes["device"] = f"{device}{self.tag}"
        if isinstance(action, signed_in.ExpectSaid):
            changes["value"] = hosted_at(self.bench.address, action.value)
        return replace(action, **changes)

    def node(self, world: World | None = None) -> Node:
        """The play as a story's acts see it, in `world` or the world as it is."""
        world = world or self.bench.main.world
        now = max(self.bench.clock.now(), world.now)
        return Node(0, now, 0, 0, 0, 0, (), 0, self._people, world)

    def act(self, action: story.Action) -> str:
        """Carry out one act of a person; what was answered.  Raises what the acts of a story raise."""
        act = ACTS.get(type(action))
        if act is None:
            raise Unplayable(f"{type(action).__name__} is tried by `rehearse run`, not in a running world")
        done: list[acting.Done] = []

        def change(world: World) -> World:
            going = act(action, self.node(world), self._rehearsed)
            try:
                command = next(going)
            except StopIteration as end:
                done.append(end.value)
                after: World = end.value.node.world
                return after
            raise _Asks(going, command)

        try:
            self.bench.main.change(change)
        except _Asks as asks:
            done.append(self._answered(asks.act, asks.command))
        self._people = done[0].node.people
        reply = done[0].reply
        return "" if reply is None else f"answered {reply.status} {acting.code_of(reply)}".rstrip()

    def _answered(self, act: Generator[Any, Any, Any], command: Command) -> Any:
        """What a generator of commands comes to when the running backend answers them."""
        try:
            while True:
                answer = self._send(command) if isinstance(command, Send) else self._probe(command)
                command = act.send(answer)
        except StopIteration as end:
            return end.value

    def _send(self, command: Send) -> Reply:
        if not command.method:
            raise Unplayable(
                f"the backend is asked for '{command.operation}' inside its process, not by HTTP"
            )
        token = command.token or user_token(
            self.bench, self.service, command.user, is_operator=command.is_operator
        )
        answer = asked(
            command.method,
            self.service.url + command.path,
            body=command.body,
            token=token,
            headers=dict(command.headers),
        )
        if answer.problem:
            raise Unplayable(answer.problem)
        return Reply(answer.status, answer.body, False, self.bench.main.world, headers=answer.headers)

    def _probe(self, command: Any) -> Observed:
        from rehearsal_harness.targets.identity import Issuer
        from rehearsal_harness.targets.probing import prober_of

        self._move_to(command.at, command.subject)
        manifest = self.service.manifest
        issuer = Issuer(manifest.identity) if manifest.identity else None
        prober = prober_of(manifest, self.service.environ, issuer)
        question = prober.question(command)
        address = f"{self.service.url}{question.path}" + (f"?{question.query}" if question.query else "")
        answer = asked("GET", address, token=question.token)
        if answer.problem:
            raise Unplayable(answer.problem)
        reply = Reply(answer.status, answer.body, False, command.world)
        return prober.read(command, reply, answer.body)

    def _move_to(self, at: int, subject: str) -> None:
        """The clock stands at `at`; raises Unplayable where that would change what is asked about."""
        now = self.bench.clock.now()
        if self._since <= at <= now:  # a running clock has gone on since it was asked what "now" means
            return
        if at < now:
            raise Unplayable(f"{iso(at)} is past: it is {iso(now)}")
        told = self._told_before(at, subject)
        if told:
            raise Unplayable(f"before {iso(at)} the backend is told of {told}, which changes the answer")
        self.advance(at)

    def _told_before(self, at: int, subject: str) -> str:
        """What the backend would hear of a subject until then, "" for nothing; tried on a copy."""
        due, world = self.bench.outbox.next_due(), self.bench.main.world
        if due is not None and due < at:
            return "an event that is tried again"
        customers = customers_of(world, subject) if self._rehearsed.by_user else {subject}
        enabled = self.service.manifest.webhook.enabled_events
        for event in advance(world, at).events.since(len(world.events)):
            customer = getattr(event.after, "customer", event.object_id)
            if event.created < at and customer in customers and event.type in enabled:
                return f"{event.type} ({iso(event.created)})"
        return ""

    def advance(self, to: int) -> None:
        """Time goes on to a second, with every webhook delivered on the way; raises Unplayable."""
        moving = self.bench.advance_to(max(to, self.bench.clock.now()), wait=True)
        if moving.stopped.is_set():
            raise Unplayable("somebody stopped the clock")

    def _judged(self, action: Any, judge: Callable[..., Any]) -> Played:
        if isinstance(action, story.ExpectCount):
            return self._counted(action)
        self._since = self.bench.clock.now()
        going = judge(cast(Checker, _Looking(self._rehearsed)), self.node(), b"")
        try:
            violation = self._answered(going, next(going))
        except StopIteration as end:
            violation = end.value
        if violation is None:
            return Played("holds")
        return Played("broken", violation.observed, violation.expected)

    def _counted(self, action: story.ExpectCount) -> Played:
        """How many came into being since the play began."""
        table = getattr(self.bench.main.world, action.kind)
        held = len(table) - len(getattr(self.held, action.kind))
        return Played("holds") if held == action.count else Played("broken", f"{held}", f"{action.count}")


def _links(bench: Bench, service: Service) -> dict[str, str]:
    """The payment link of each offer that has one, by its variable."""
    world = bench.main.world
    urls = {render(each, livemode=world.settings.livemode)["url"]: each.id for each in world.payment_links}
    urls |= {hosted_at(bench.address, url): link for url, link in urls.items()}
    named = {each.payment_link_env for each in service.manifest.offers} - {None}
    found = {str(name): urls.get(service.environ.get(str(name), "")) for name in named}
    return {name: link for name, link in found.items() if link is not None}

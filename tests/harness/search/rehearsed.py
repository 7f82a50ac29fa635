"""What the tests of the search share: a rehearsal by its backend's name, and schedules led step by step."""

from __future__ import annotations

from random import Random

from rehearsal_harness.core.checking import Checker
from rehearsal_harness.core.findings import Counts
from rehearsal_harness.core.moving import Landing, Moves
from rehearsal_harness.core.node import Move, Node
from rehearsal_harness.core.replaying import disagreement
from rehearsal_harness.core.story import Story
from rehearsal_harness.rehearsal import Options, Rehearsal, StoryResult
from rehearsal_harness.resources import shipped
from rehearsal_harness.targets.backend import REFERENCE, load_factory
from rehearsal_harness.targets.driver import drive
from rehearsal_harness.targets.wsgi import WsgiTarget
from rehearsal_specs.manifest import AccessTable, Manifest
from rehearsal_specs.reader import read_manifest

MANIFEST_PATH = shipped("manifests") / "nyra-billing-server.yaml"
MANIFEST: Manifest = read_manifest(MANIFEST_PATH)
TABLE: AccessTable = MANIFEST.access


def manifest_of(service: str) -> Manifest:
    """The shipped manifest of a service."""
    return read_manifest(shipped("manifests") / f"{service}.yaml")


def breaks_again(told: Rehearsal, result: StoryResult) -> bool:
    """Does the finding's schedule, followed by itself, break the same property?"""
    finding = result.finding
    trace = told.follow(finding.moves)
    if finding.other:
        return disagreement(told.follow(finding.other).seen, trace.seen) == finding.violation
    return trace.violation == finding.violation


def rehearsal(story: Story, app: str = REFERENCE, **options: int | float | str) -> Rehearsal:
    """A story told to a backend, by default the reference server; on SQLite, as the broken ones."""
    return Rehearsal(MANIFEST, load_factory(app), story, Options(**{"store": "sqlite", **options}))


class Guide:
    """Leads one schedule by hand; `node` is where it stands."""

    def __init__(self, story: Story, app: str = REFERENCE) -> None:
        self.target: WsgiTarget
        self.moves: Moves
        self.checker: Checker
        self.target, self.node, self.moves, self.checker = rehearsal(story, app).fresh(Counts())
        self.digest = b""
        self.schedule: list[Move] = []

    def go(self, kind: str, event: int = -1, nth: int = 0) -> Landing:
        """Take one move."""
        move = Move(kind, event, nth)
        landing: Landing = drive(self.moves.go(self.node, self.digest, move), self.target)
        self.node, self.digest = landing.node, landing.digest
        self.schedule.append(move)
        return landing

    def proceed(self, times: int = 1) -> Node:
        """Let the story go on."""
        for _ in range(times):
            self.go("proceed")
        return self.node

    def possible(self) -> list[Move]:
        """The moves from here."""
        return list(self.moves.of(self.node))

    def kinds(self) -> set[str]:
        """The kinds of moves from here."""
        return {move.kind for move in self.possible()}


def walk(story: Story, seed: int, app: str = REFERENCE) -> tuple[Move, ...]:
    """A schedule drawn by chance from everything the wire may do, to the story's end."""
    chance, guide = Random(seed), Guide(story, app)
    while not guide.moves.finished(guide.node):
        moves = guide.possible()
        fresh = [move for move in moves if move.kind != "duplicate"]
        move = chance.choice(moves if chance.random() < 0.3 else fresh)
        guide.go(*move)
    return tuple(guide.schedule)

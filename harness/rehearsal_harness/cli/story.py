"""`rehearse story FILE --live`: the examples of a feature file, played once into a running bench.

Decides: in which order steps are sent, what is printed of each, and the exit status.  Does not know how a
step is carried out: the bench does (`serving.control.playing`), asked by its JSON API.
Rule: what cannot be played or looked at live is UNDETERMINED, and said.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from rehearsal_harness.cli import FINDING, PROVED, UNDETERMINED, USAGE, worst_status
from rehearsal_harness.cli.out import error, say

if TYPE_CHECKING:
    from rehearsal_harness.core.story import Story

TIMEOUT_S = 900  # a step may move the clock by a year
SIGNS = {"done": "·", "holds": "✓", "broken": "✗", "undetermined": "?"}
STATUSES = {"done": PROVED, "holds": PROVED, "broken": FINDING, "undetermined": UNDETERMINED}
STOPS = frozenset({"broken", "undetermined"})


class NoBench(Exception):
    """Nobody plays at that address; the message says what to do."""


class StoryRefused(Exception):
    """The bench did not take a step; the message says why."""


@dataclass(slots=True)
class Told:
    """One example and what became of its steps: line, sentence, outcome, what was said."""

    story: Story
    steps: list[dict[str, Any]] = field(default_factory=list)

    @property
    def status(self) -> int:
        """The worst of the steps."""
        return worst_status([STATUSES[each["became"]] for each in self.steps])


def run(options: argparse.Namespace) -> int:
    """The worst status of any example."""
    from rehearsal_harness.cli.features import FeatureErrors
    from rehearsal_harness.cli.story_reading import stories_in

    if not options.feature.is_file():
        error(f"{options.feature}: no such file; expected a .feature file")
        return USAGE
    try:
        bench = Bench(options.at)
        bench.ask("clock")
        stories = [
            each for each in stories_in(options.feature) if options.example.lower() in each.title.lower()
        ]
        if not stories:
            wanted = f" whose rule or name contains '{options.example}'" if options.example else ""
            error(f"{options.feature}: no example{wanted}")
            return USAGE
        world = bench.ask("world")
        stage = Stage(bench, service_for(options.feature, options.service, world))
        with standing_still(bench):
            told = [_tell(stage, options.feature, story, quiet=options.json) for story in stories]
    except (FeatureErrors, NoBench) as problem:
        error(str(problem))
        return USAGE
    if options.json:
        data = [{"example": each.story.title, "line": each.story.line, "steps": each.steps} for each in told]
        say(json.dumps(data, indent=2))
    return worst_status([each.status for each in told])


class Bench:
    """A running bench, asked by its JSON API."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise NoBench(f"--at {address}: no address; expected such as http://127.0.0.1:12111")
        self._address = address.rstrip("/")

    def ask(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The JSON of an answer; raises NoBench, and StoryRefused for a refusal."""
        import requests

        url = f"{self._address}/control/api/{path}"
        try:
            with requests.Session() as session:
                session.trust_env = False
                method = "GET" if body is None else "POST"
                answer = session.request(method, url, json=body, timeout=TIMEOUT_S)
            told = answer.json()
        except requests.JSONDecodeError:
            raise NoBench(
                f"{self._address}: this is no bench; expected the address of `rehearse serve`"
            ) from None
        except requests.RequestException as problem:
            why = type(problem).__name__
            raise NoBench(
                f"{self._address}: nobody answers ({why}); start `rehearse serve MANIFEST`"
            ) from None
        if answer.status_code == 200:
            return told
        said = told.get("error") if isinstance(told, dict) else None
        if not isinstance(said, dict) or "where" not in said:
            raise NoBench(f"{self._address}: this is no bench; expected the address of `rehearse serve`")
        raise StoryRefused(f"{said['where']}: {said['what']}; expected {said['expected']}")


@contextmanager
def standing_still(bench: Bench) -> Iterator[None]:
    """The clock moves only when a story says so, and then runs on as it did."""
    speed = bench.ask("clock")["speed"]
    bench.ask("clock", {"speed": 0})
    try:
        yield
    finally:
        bench.ask("clock", {"speed": speed})


def service_for(feature: Path, named: str, world: Mapping[str, Any]) -> Mapping[str, Any]:
    """The backend whose stories these are; raises NoBench where the bench does not serve it."""
    served: dict[str, Mapping[str, Any]] = {each["service"]: each for each in world["services"]}
    folders = [each.name for each in feature.absolute().parents if each.parent.name == "features"]
    only = next(iter(served)) if len(served) == 1 else ""
    wanted = named or next((each for each in folders if each in served), only)
    if wanted not in served:
        listed = ", ".join(served) or "none"
        raise NoBench(f"{feature}: for which backend? Served are {listed}; say --service NAME")
    return served[wanted]


def wanted(story: Story) -> dict[str, Any]:
    """What a story wants otherwise than usual, as the bench is told."""
    named = {
        "switches": list(story.switches),
        "trial_days": story.trial_days,
        "dunning_final": story.dunning_final,
        "faults": [name for name, _ in story.faults],
    }
    return {name: value for name, value in named.items() if value}


@dataclass(frozen=True, slots=True)
class Stage:
    """Where stories are played: the bench, and the backend as it describes it."""

    bench: Bench
    service: Mapping[str, Any]


def _tell(stage: Stage, feature: Path, story: Story, *, quiet: bool) -> Told:
    """Play one example, and say what becomes of it."""
    told, sentences = Told(story), _sentences(feature)
    if not quiet:
        say(f"{feature}:{story.line}: {story.title}")
    try:
        body = {"service": stage.service["service"]} | wanted(story)
        play = stage.bench.ask("plays", body)["play"]
    except StoryRefused as problem:
        _note(told, story, str(problem))
    else:
        _play(stage, story, told, sentences, play)
        _end(stage, story, told, play)
    if not quiet:
        _show(told)
    return told


def _note(told: Told, story: Story, said: str) -> None:
    told.steps.append(_step(story.line, story.name, {"became": "undetermined", "said": said}))


def _end(stage: Stage, story: Story, told: Told, play: str) -> None:
    ended = stage.bench.ask(f"plays/{play}/end", {})
    if ended["missed"]:
        faults = ", ".join(ended["missed"])
        _note(told, story, f"what may go wrong there ({faults}) did not come about: `rehearse run` tries it")
    elif ended["struck"]:
        said = f"what went wrong: {', '.join(ended['struck'])}"
        told.steps.append(_step(story.line, story.name, {"became": "done", "said": said}))


def _play(stage: Stage, story: Story, told: Told, sentences: Mapping[int, str], play: str) -> None:
    from rehearsal_harness.core.story_data import story_to_data

    bench, service = stage.bench, stage.service
    if story.rolling:
        bench.ask(f"endpoints/{service['endpoint']}", {"roll_secret": True})
    for data in story_to_data(story)["actions"]:
        ((kind, values),) = data.items()
        try:
            became = bench.ask(f"plays/{play}", data)
        except StoryRefused as problem:
            became = {"became": "undetermined", "said": str(problem)}
        line = int(values["line"])
        told.steps.append(_step(line, sentences.get(line, kind), became) | {"action": kind})
        if became["became"] in STOPS and not kind.startswith("Expect"):
            _note(told, story, "the steps after that were not played")
            return


def _step(line: int, sentence: str, became: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: became[name] for name in ("became", "said", "expected", "events") if became.get(name)}
    return {"line": line, "sentence": sentence, **said}


def _sentences(feature: Path) -> dict[int, str]:
    lines = feature.read_text("utf-8").splitlines()
    return {number: text.strip() for number, text in enumerate(lines, 1)}


def _show(told: Told) -> None:
    """Each sentence once, with the worst that became of it."""
    for line in dict.fromkeys(each["line"] for each in told.steps):
        steps = [each for each in told.steps if each["line"] == line]
        worst = max(steps, key=lambda each: list(SIGNS).index(each["became"]))
        said = worst.get("said", "")
        if worst["became"] == "broken":
            said = f"expected {worst.get('expected', '')}, found {said}"
        say(f"  {SIGNS[worst['became']]} {worst['sentence']}{_why(worst['became'], said)}")
    verdicts = {PROVED: "HELD, in this one order", FINDING: "BROKEN", UNDETERMINED: "UNDETERMINED"}
    say(f"  {verdicts[told.status]}\n")


def _why(became: str, said: str) -> str:
    shown = {"undetermined": f"UNDETERMINED: {said}"}.get(became, said)
    return f"\n      {shown}" if shown else ""

"""A pytest plugin: feature files are collected, their steps write stories, the stories are rehearsed.

Decides: how a Gherkin example becomes one rehearsal, and a verdict one pytest outcome.  Does not know any
sentence (the step files do), nor how a search works.  Use it with `-p rehearsal_harness.steps.plugin`; then
JUnit, `-k`, `-x` and xdist all work.  `features/<service>/` belongs to `manifests/<service>.yaml` beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest
from pytest_bdd import scenario
from pytest_bdd.exceptions import GherkinParseError
from pytest_bdd.feature import get_features
from pytest_bdd.gherkin_parser import get_gherkin_document
from pytest_bdd.scenario import make_python_name, scenario_wrapper_template_registry

from rehearsal_harness.steps.builder import StoryWriter
from rehearsal_harness.steps.marks import JUDGED
from rehearsal_harness.steps.patterns import nearest_sentence

if TYPE_CHECKING:
    from rehearsal_harness.core.findings import Counts
    from rehearsal_harness.core.story import Story
    from rehearsal_harness.rehearsal import Options, StoryResult
    from rehearsal_harness.targets.backend import Factory

pytest_plugins = tuple(
    f"rehearsal_harness.steps.{noun}"
    for noun in (
        "checkout",
        "subscription",
        "clock",
        "webhooks",
        "devices",
        "access",
        "orders",
        "accounts",
        "operators",
        "going_live",
    )
)


class Refuted(AssertionError):
    """A property does not hold; the message is the finding."""


class Undetermined(AssertionError):
    """Not every schedule could be tried; never a pass."""


class StoryError(pytest.Collector.CollectError):
    """A feature file is wrong, or a story asks for what its earlier steps never made possible; says where."""


class Conductor:
    """What a run is made of; `rehearse run` replaces the fields, plain pytest takes the defaults."""

    def __init__(self) -> None:
        self.manifests: dict[str, Path] = {}
        self.wanted = ""
        self.app = ""
        self.factory: Factory | None = None
        self.options: Options | None = None
        self.watch: Callable[[Counts], None] | None = None
        self.began: Callable[[Story], None] | None = None
        self.results: list[StoryResult] = []
        self._told: dict[tuple[str, str], Story] = {}

    def rehearse(self, story: Story) -> StoryResult | None:
        """The result of one story; None for one that is not wanted."""
        from rehearsal_harness.core.findings import Counts, Verdict
        from rehearsal_harness.rehearsal import Options, Rehearsal, StoryResult
        from rehearsal_harness.targets.backend import REFERENCE, load_factory
        from rehearsal_harness.targets.frozen import clock_for
        from rehearsal_specs.reader import read_manifest

        service, beside = service_of(Path(story.path))
        twin = self._told.setdefault((service, story.title), story)
        if twin is not story:
            raise StoryError(
                f"{story.path}:{story.line}: '{story.title}' is also at {twin.path}:{twin.line};"
                " names must differ"
            )
        if self.wanted.lower() not in story.title.lower():
            return None
        if self.began is not None:
            self.began(story)
        path = self.manifests.get(service, beside)
        factory = self.factory or load_factory(self.app or REFERENCE)
        manifest, options = read_manifest(path), self.options or Options()
        try:
            with clock_for(self.app or REFERENCE, options.start) as follow_clock:
                result = Rehearsal(manifest, factory, story, options, self.watch, follow_clock).run()
        except KeyboardInterrupt:
            verdict = Verdict.UNDETERMINED
            self.results.append(
                StoryResult(story=story, verdict=verdict, counts=Counts(), seconds=0, reason="interrupted")
            )
            raise
        self.results.append(result)
        return result


CONDUCTOR = pytest.StashKey[Conductor]()
_STORY = pytest.StashKey[StoryWriter]()
_FAILED = pytest.StashKey[bool]()


def service_of(feature: Path) -> tuple[str, Path]:
    """`features/<service>/….feature` belongs to that service, and to `manifests/<service>.yaml` beside it."""
    for folder in feature.parents:
        if folder.parent.name == "features":
            return folder.name, folder.parent.parent / "manifests" / f"{folder.name}.yaml"
    raise ValueError(f"{feature}: a feature file belongs in features/<service>/")


def pytest_configure(config: pytest.Config) -> None:
    """A run has one conductor; whoever starts pytest may bring it as a plugin named `conductor`."""
    config.stash[CONDUCTOR] = config.pluginmanager.get_plugin("conductor") or Conductor()


@pytest.hookimpl(tryfirst=True)
def pytest_bdd_apply_tag(tag: str) -> bool | None:
    """`@sometimes_…` says what a story is about; it is no pytest mark."""
    return True if tag.startswith("sometimes_") else None


class FeatureFile(pytest.Module):
    """A feature file as a module whose tests are its examples."""

    def _getobj(self) -> ModuleType:
        _check(self.path)
        module = ModuleType(self.path.stem)
        module.__file__ = str(self.path)
        for feature in get_features([str(self.path)]):
            for name in feature.scenarios:
                test = scenario(str(self.path), name, features_base_dir=str(self.path.parent))(_told_by_steps)
                setattr(module, f"test_{make_python_name(name)}", test)
        return module


def _check(path: Path) -> None:
    """Raises StoryError for what is no feature, and for a name given twice: pytest-bdd would drop the first
    example without a word.
    """
    try:
        feature = get_gherkin_document(str(path)).feature
    except GherkinParseError as error:
        problem = f"{error.message} Found: '{error.line_content.strip()}'"
        raise StoryError(f"{path}:{error.line}: {problem}") from error
    except UnicodeDecodeError as error:
        raise StoryError(f"{path}:1: this is not UTF-8 text") from error
    except KeyError as error:
        raise StoryError(f"{path}:1: the file holds no feature. Expected `Feature: …`") from error
    lines: dict[str, int] = {}
    for child in [
        *feature.children,
        *(each for rule in feature.children if rule.rule for each in rule.rule.children),
    ]:
        if child.scenario:
            line, name = child.scenario.location.line, child.scenario.name
            first = lines.setdefault(make_python_name(name), line)
            if first != line:
                raise StoryError(
                    f"{path}:{line}: '{name}' is called like the example in line {first}; names must differ"
                )


def _told_by_steps() -> None:
    """A test made of steps has no body of its own."""


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    """Every .feature file is collected."""
    if file_path.suffix != ".feature":
        return None
    module: pytest.Module = FeatureFile.from_parent(parent, path=file_path)
    return module


def _name(request: pytest.FixtureRequest, scenario: Any) -> str:
    """The example's name; an outline's that does not name what differs gets its row: `paid (days=1)`."""
    row: dict[str, str] = request.getfixturevalue("_pytest_bdd_example")
    name: str = scenario.name
    if not row or name != scenario_wrapper_template_registry[request.function].name:
        return name
    return f"{name} ({', '.join(f'{key}={value}' for key, value in row.items())})"


@pytest.fixture(name="story")
def _story(request: pytest.FixtureRequest) -> StoryWriter:
    writer = StoryWriter()
    request.node.stash[_STORY] = writer
    return writer


def pytest_bdd_before_scenario(request: pytest.FixtureRequest) -> None:
    """Every example writes a story."""
    request.getfixturevalue("story")


def pytest_bdd_before_step(request: pytest.FixtureRequest, step: Any) -> None:
    """Remember the line a step stands on."""
    request.node.stash[_STORY].line = step.line_number


def pytest_bdd_step_error(
    request: pytest.FixtureRequest, feature: Any, step: Any, exception: Exception
) -> None:
    """A story whose steps failed is not rehearsed."""
    request.node.stash[_FAILED] = True
    if isinstance(exception, ValueError):
        raise StoryError(f"{feature.filename}:{step.line_number}: {exception}") from exception


def pytest_bdd_step_func_lookup_error(request: pytest.FixtureRequest, feature: Any, step: Any) -> None:
    """Nor is one with an unknown step."""
    request.node.stash[_FAILED] = True
    near = nearest_sentence(step.name)
    hint = f" Did you mean '{near}'?" if near else ""
    raise StoryError(f"{feature.filename}:{step.line_number}: no such step: '{step.name}'.{hint}")


def pytest_bdd_after_scenario(
    request: pytest.FixtureRequest, feature: Any, scenario: Any
) -> None:  # names are the hook's
    """The story is complete: rehearse it, unless it is of the gate, which its steps have judged."""
    if request.node.stash.get(_FAILED, False) or request.node.stash.get(JUDGED, False):
        return
    from rehearsal_harness.core.acting import NotPossible
    from rehearsal_harness.core.findings import Verdict
    from rehearsal_harness.reports.text import finding_lines
    from rehearsal_specs.tables import NoTransition

    if not scenario.steps:
        raise StoryError(f"{feature.filename}:{scenario.line_number}: '{scenario.name}' has no steps")
    story = request.node.stash[_STORY].story(
        name=_name(request, scenario),
        rule=scenario.rule.name if scenario.rule else "",
        feature=feature.name,
        path=feature.filename,
        line=scenario.line_number,
        tags=scenario.tags | feature.tags,
    )
    try:
        result = request.config.stash[CONDUCTOR].rehearse(story)
    except (NotPossible, NoTransition) as error:
        raise StoryError(f"{story.path}:{story.line}: '{story.name}' cannot be told: {error}") from error
    if result is None:
        pytest.skip("not among the stories asked for")
    if result.verdict is Verdict.REFUTED:
        raise Refuted("\n".join(finding_lines(result)))
    if result.verdict is Verdict.UNDETERMINED:
        raise Undetermined(f"UNDETERMINED: {result.reason}")

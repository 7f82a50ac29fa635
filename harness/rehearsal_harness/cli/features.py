"""Run the feature files of one service through pytest, in this process, and gather what became of them.

Decides: that a broken feature file is the author's error, listed with its place, and never a verdict.  Does
not know how a story is rehearsed.  The user's own pytest configuration, plugins and caches stay out of it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pytest_bdd.exceptions import StepDefinitionNotFoundError

from rehearsal_harness.cli.progress import Progress
from rehearsal_harness.rehearsal import Options, StoryResult
from rehearsal_harness.steps.plugin import Conductor, Refuted, StoryError, Undetermined
from rehearsal_specs.manifest import Manifest


class FeatureErrors(Exception):
    """What is wrong with feature files, one line each."""


class Watcher:
    """Remembers what failed for other reasons than a verdict."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.crashes: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A file that cannot be read."""
        if report.failed:
            self.problems.append(_problem(str(report.longrepr)))

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[Any]) -> Iterator[None]:
        """A story that cannot be told."""
        yield
        if call.excinfo is None or call.excinfo.errisinstance((Refuted, Undetermined, pytest.skip.Exception)):
            return
        if call.excinfo.errisinstance(KeyboardInterrupt):
            return
        if call.excinfo.errisinstance(StoryError):
            self.problems.append(str(call.excinfo.value))
        elif call.excinfo.errisinstance((StepDefinitionNotFoundError, ValueError)):
            self.problems.append(f"{item.nodeid}: {call.excinfo.value}")
        else:
            self.crashes.append(f"{item.nodeid}: {call.excinfo.getrepr(style='native')}")


def rehearse_features(
    manifest: Manifest, features: Path, wanted: str, app: str, options: Options, progress: Progress
) -> tuple[list[StoryResult], bool]:
    """The results in the order of the files, and whether a person interrupted; raises FeatureErrors."""
    conductor, watcher = Conductor(), Watcher()
    conductor.manifests = {manifest.service: Path(manifest.path)}
    conductor.app, conductor.options, conductor.wanted = app, options, wanted
    conductor.watch, conductor.began = progress.counts, progress.story
    arguments = [
        str(features),
        f"--rootdir={features.parent.parent}",
        f"--config-file={os.devnull}",
        *("-p", "no:cacheprovider", "-p", "no:terminal", "-p", "no:faulthandler"),
        *("-p", "pytest_bdd.plugin", "-p", "rehearsal_harness.steps.plugin"),
    ]
    with _own_pytest():
        status = pytest.main(arguments, plugins=[_Named(conductor), watcher])
    if status in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR):
        raise RuntimeError(f"pytest ended with {pytest.ExitCode(status).name}")
    if watcher.crashes:
        raise RuntimeError("this is a bug of the rehearsal, not a finding:\n" + "\n".join(watcher.crashes))
    if watcher.problems:
        raise FeatureErrors("\n".join(watcher.problems))
    return conductor.results, status == pytest.ExitCode.INTERRUPTED


class _Named:
    """Brings the conductor under the name that the plugin looks for."""

    def __init__(self, conductor: Conductor) -> None:
        self._conductor = conductor

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        """Before the plugin configures itself."""
        config.pluginmanager.register(self._conductor, "conductor")


@contextmanager
def _own_pytest() -> Iterator[None]:
    kept = {name: os.environ.pop(name, None) for name in ("PYTEST_ADDOPTS", "PYTEST_PLUGINS")}
    kept["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = os.environ.get("PYTEST_DISABLE_PLUGIN_AUTOLOAD")
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    try:
        yield
    finally:
        for name, value in kept.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def _problem(text: str) -> str:
    """What pytest says of a file it cannot collect, on one line."""
    lines = text.strip().splitlines()
    marked = [line.removeprefix("E").strip() for line in lines if line.startswith("E ")]
    return ", ".join(line for line in marked or lines[-1:] if line)

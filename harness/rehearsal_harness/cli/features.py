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

from rehearsal_harness.cli.backend import NoBackend
from rehearsal_harness.cli.progress import Progress
from rehearsal_harness.rehearsal import Options, StoryResult
from rehearsal_harness.steps.plugin import Conductor, Refuted, StoryError, Undetermined
from rehearsal_harness.targets.backend import Factory
from rehearsal_specs.manifest import Manifest


class FeatureErrors(Exception):
    """What is wrong with feature files, one line each."""


class Watcher:
    """Remembers what failed for other reasons than a verdict."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.crashes: list[BaseException] = []

    def pytest_exception_interact(self, call: pytest.CallInfo[Any]) -> None:
        """A wrong file, a story that cannot be told, a backend that does not start, or a crash."""
        assert call.excinfo is not None  # the hook is called for an exception
        error = call.excinfo.value
        if isinstance(error, (StoryError, NoBackend)):
            self.problems.append(str(error))
        elif not isinstance(error, (Refuted, Undetermined)):
            self.crashes.append(error)


def rehearse_features(
    manifest: Manifest,
    features: Path,
    wanted: str,
    app: str,
    factory: Factory,
    options: Options,
    progress: Progress,
) -> tuple[list[StoryResult], bool]:
    """The results in the order of the files, and whether a person interrupted; raises FeatureErrors."""
    conductor = Conductor()
    conductor.manifests = {manifest.service: Path(manifest.path)}
    conductor.app, conductor.factory = app, factory
    conductor.options, conductor.wanted = options, wanted
    conductor.watch, conductor.began = progress.counts, progress.story
    return conductor.results, conducted(features, features.parent.parent, conductor)


def conducted(features: Path, root: Path, conductor: Conductor) -> bool:
    """Let `conductor` have every story below a path; whether a person interrupted.  Raises FeatureErrors."""
    watcher = Watcher()
    arguments = [
        str(features),
        f"--rootdir={root}",
        f"--config-file={os.devnull}",
        "--noconftest",
        *("-p", "no:cacheprovider", "-p", "no:terminal", "-p", "no:faulthandler"),
        *("-p", "pytest_bdd.plugin", "-p", "rehearsal_harness.steps.plugin"),
    ]
    with _own_pytest():
        status = pytest.main(arguments, plugins=[_Named(conductor), watcher])
    if status in (pytest.ExitCode.USAGE_ERROR, pytest.ExitCode.INTERNAL_ERROR):
        raise RuntimeError(f"pytest ended with {pytest.ExitCode(status).name}")
    if watcher.crashes:
        raise watcher.crashes[0]
    if watcher.problems:
        raise FeatureErrors("\n".join(dict.fromkeys(watcher.problems)))
    return status == pytest.ExitCode.INTERRUPTED


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

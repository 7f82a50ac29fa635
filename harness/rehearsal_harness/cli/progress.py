"""What a person sees while a rehearsal runs, and its result.

Decides: colours (verdicts only, on a terminal only; NO_COLOR is respected) and the progress line, which goes
to standard error.  Does not know what is rehearsed.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.text import Text

from rehearsal_harness.cli.out import nobody_reads
from rehearsal_harness.core.findings import Counts, Verdict
from rehearsal_harness.core.story import Story
from rehearsal_harness.rehearsal import Options, StoryResult
from rehearsal_harness.reports.machine import finding_path
from rehearsal_harness.reports.text import RuleRow, finding_lines, instant, rule_rows, table
from rehearsal_harness.targets.backend import REFERENCE
from rehearsal_specs.manifest import Manifest

STYLES = {Verdict.PROVED: "green", Verdict.REFUTED: "bold red", Verdict.UNDETERMINED: "yellow"}


class _Console(Console):
    """A console whose reader may leave."""

    def on_broken_pipe(self) -> None:
        """Rich would exit with status 1, which is a finding's."""
        self.quiet = True
        nobody_reads()


class Progress:
    """The line that moves; silent where standard error is no terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = console.status("collecting") if console.is_terminal else None
        self._story = ""

    @classmethod
    def silent(cls) -> Progress:
        """A line that nobody sees."""
        return cls(Console(file=io.StringIO()))

    def start(self) -> None:
        """Show the line."""
        if self._status is not None:
            self._status.start()

    def stop(self) -> None:
        """Take the line away."""
        if self._status is not None:
            self._status.stop()

    def note(self, text: str) -> None:
        """Say what is happening."""
        if self._status is not None:
            self._status.update(text)

    def story(self, story: Story) -> None:
        """A story begins."""
        self._story = story.title
        self.note(self._story)

    def counts(self, counts: Counts) -> None:
        """A story goes on."""
        self.note(f"{self._story}  {counts.nodes:,} nodes  {counts.deliveries:,} deliveries")


@contextmanager
def progress_line() -> Iterator[Progress]:
    """The progress line while the block runs, even where pytest keeps standard error to itself."""
    if not sys.stderr.isatty():
        yield Progress.silent()
        return
    with os.fdopen(os.dup(sys.stderr.fileno()), "w", encoding="utf-8", errors="replace") as terminal:
        progress = Progress(Console(file=terminal, highlight=False))
        progress.start()
        try:
            yield progress
        finally:
            progress.stop()


class Screen:
    """One manifest's rehearsal on the screen."""

    def __init__(self, manifest: Manifest, app: str, options: Options, *, quiet: bool) -> None:
        self._out = _Console(highlight=False, soft_wrap=True)
        self._service = manifest.service
        self._options = options
        if not quiet:
            what = "reference server in process" if app == REFERENCE else app
            store, clock = options.store_of(manifest), f"clock frozen at {instant(options.start)}"
            self._out.print(
                f"{manifest.service} · {what} · {store} · {clock} · seed {options.seed}\n", markup=False
            )

    def results(self, results: Sequence[StoryResult], *, verbose: bool) -> None:
        """One row per rule (per example when verbose), findings below their rule."""
        rows = _example_rows(results) if verbose else rule_rows(results)
        if not rows:
            return
        for row, line in zip(rows, table([row.cells() for row in rows]), strict=True):
            self._out.print(Text("  ").append(_styled(line, row.verdict)))
            for result in row.results:
                self._details(result)

    def _details(self, result: StoryResult) -> None:
        if result.verdict is Verdict.UNDETERMINED:
            self._out.print(f"             {result.story.name}: {result.reason}", markup=False)
        if result.finding is None:
            return
        for line in finding_lines(result):
            self._out.print(f"             {line}", markup=False)
        self._out.print(
            f"             replay: rehearse replay {finding_path(self._service, result)}", markup=False
        )

    def summary(
        self,
        verdict: Verdict,
        results: Sequence[StoryResult],
        report: Path,
        seconds: float,
        *,
        interrupted: bool,
    ) -> None:
        """The last line: the verdict of the whole, and where the report is."""
        count = {each: sum(result.verdict is each for result in results) for each in Verdict}
        audited = sum(result.audited for result in results)
        parts = [
            f"{count[Verdict.REFUTED]} refuted",
            f"{count[Verdict.PROVED]} proved",
            f"{count[Verdict.UNDETERMINED]} undetermined",
            f"{audited} schedules audited",
            f"{seconds:.1f} s",
            f"seed {self._options.seed}",
            f"report {report}",
        ]
        if interrupted:
            parts.insert(0, "interrupted")
        self._out.print(Text("\n").append(str(verdict), STYLES[verdict]).append(f" · {' · '.join(parts)}"))


def _example_rows(results: Sequence[StoryResult]) -> list[RuleRow]:
    return [RuleRow(result.story.title, result.verdict, (result,)) for result in results]


def _styled(line: str, verdict: Verdict) -> Text:
    text = Text(line)
    text.stylize(STYLES[verdict], 0, len(verdict))
    return text

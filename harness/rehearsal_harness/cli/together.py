"""Rehearse several services at once, each in a process of its own.

Decides: how many at once, that the largest begins first, and that results come back in the order in which the
services were named.  Does not know what is shown, nor how a story is rehearsed.  A rehearsal shares nothing
with another, so what it finds does not depend on how many run beside it.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rehearsal_harness.cli.run import Run


def workers_for(runs: int, asked: int) -> int:
    """How many processes: as `asked`, or one for each core; never more than there are services."""
    return min(asked or os.cpu_count() or 1, runs)


def together(
    runs: Sequence[Run], asked: argparse.Namespace, workers: int, note: Callable[[str], None]
) -> Iterator[Run]:
    """Each run, carried out, in the order given; `note` is told how far it is.  Ctrl-C stops all of them, and
    what they have until then comes back.
    """
    with ProcessPoolExecutor(workers) as pool:
        sizes = {run.manifest.service: _size(run) for run in runs}
        largest_first = sorted(runs, key=lambda run: -sizes[run.manifest.service])
        futures = {run.manifest.service: pool.submit(_alone, run, asked) for run in largest_first}
        try:
            for done in as_completed(futures.values()):
                note(_progress(futures, done))
        except KeyboardInterrupt:  # the other processes are told by the terminal too
            pool.shutdown(wait=True, cancel_futures=True)
        for run in runs:
            future = futures[run.manifest.service]
            if future.cancelled():
                run.interrupted = True
                yield run
            else:
                yield future.result()


def _alone(run: Run, asked: argparse.Namespace) -> Run:
    from rehearsal_harness.cli.progress import Progress
    from rehearsal_harness.cli.run import carry_out

    return carry_out(run, asked, Progress.silent())


def _size(run: Run) -> int:
    """The bytes of a service's stories: a fair guess at what they cost."""
    return sum(path.stat().st_size for path in run.features.glob("**/*.feature"))


def _progress(futures: dict[str, Future[Run]], _done: Future[Run]) -> str:
    waiting = [service for service, future in futures.items() if not future.done()]
    return f"{len(futures) - len(waiting)} of {len(futures)} services rehearsed; still {', '.join(waiting)}"

"""The `rehearse` command: which words it takes, and which module carries each out.

Decides: options and exit codes (0 proved, 1 a finding, 2 usage or file error, 3 undetermined; 2 beats 1 beats
3 beats 0). Does not know how anything is done; what a command needs is imported when it runs, so that
`validate` stays quick.
"""

from __future__ import annotations

import argparse
import os
import sys
import threading
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from rehearsal_harness.cli.desktop_options import desktop_options
from rehearsal_harness.cli.gate_options import gate_options
from rehearsal_harness.cli.handing_over_options import handing_over_options
from rehearsal_harness.cli.operating_options import operating_options
from rehearsal_harness.cli.out import error, say, write_what_can_be_written
from rehearsal_harness.cli.serve_options import serve_options
from rehearsal_harness.cli.story_options import story_options
from rehearsal_harness.cli.telling import without_secrets

PROVED, FINDING, USAGE, UNDETERMINED = 0, 1, 2, 3

EXIT_CODES = "exit status: 0 proved, 1 a finding, 2 usage or file error, 3 undetermined (never a pass)"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    write_what_can_be_written()
    options = _options(arguments)
    if arguments is None:
        _tell_of_threads(options)
    module = {"preflight": "gate"}.get(options.command, options.command.replace("-", "_"))
    command = import_module(f"rehearsal_harness.cli.{module}")
    path = sys.path.copy()  # a command adds the current folder for a backend
    try:
        status: int = command.run(options)
    except OSError as problem:
        from rehearsal_harness.cli.crashing import told

        advice = (
            "; choose a place that you may read and write" if isinstance(problem, PermissionError) else ""
        )
        said = f"{problem.filename or options.command}: {problem.strerror or problem}{advice}"
        error(told(said, options))
        return USAGE
    except KeyboardInterrupt:
        error("interrupted")
        return UNDETERMINED
    except Exception as problem:
        from rehearsal_harness.cli.crashing import crash_text

        error(
            f"{crash_text(options, problem)}\n\n"
            "rehearse itself has crashed: this is our mistake, and no verdict on any backend"
        )
        return UNDETERMINED
    finally:
        sys.path[:] = path
    return status


def worst_status(statuses: Sequence[int]) -> int:
    """One exit status for several results."""
    return next((each for each in (USAGE, FINDING, UNDETERMINED) if each in statuses), PROVED)


class _Parser(argparse.ArgumentParser):
    """Repeats a wrong word, unless it is a secret that was pasted into the wrong place."""

    def error(self, message: str) -> NoReturn:
        """Exit with status 2."""
        super().error(without_secrets(message, os.environ))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What was asked; the command itself says which of its words it does not know."""
    parser = _parser()
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        told = f"{parser.prog} {options.command} knows no {' '.join(unknown)}"
        parser.error(f"{told}; `{parser.prog} {options.command} --help` lists what it knows")
    return options


def _tell_of_threads(options: argparse.Namespace) -> None:
    """The crash of a thread is told like any other: without the values of secrets."""

    def tell(crash: threading.ExceptHookArgs) -> None:
        from rehearsal_harness.cli.crashing import crash_text

        if crash.exc_value is not None:
            error(crash_text(options, crash.exc_value))

    threading.excepthook = tell


def _parser() -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = _Parser(
        prog="rehearse",
        description="Rehearse a Stripe billing backend: every webhook order, under a frozen clock.",
        epilog=EXIT_CODES,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _validate(commands)
    _run(commands)
    _replay(commands)
    _explain(commands)
    _coverage(commands)
    desktop_options(commands)
    operating_options(commands)
    handing_over_options(commands)
    gate_options(commands)
    serve_options(commands)
    story_options(commands)
    return parser


class _Version(argparse.Action):
    """Looked up when it is asked for: finding it takes longer than parsing all options."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version

        say(f"{parser.prog} {version('billing-rehearsal')}")
        parser.exit()


def _validate(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    validate = commands.add_parser(
        "validate", help="check manifests; silent when all is well", epilog=EXIT_CODES
    )
    validate.add_argument("manifests", nargs="+", metavar="MANIFEST", help="a file, or a folder of manifests")
    validate.add_argument("--json", action="store_true", help="print the diagnostics as JSON")


def _run(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    run = commands.add_parser("run", help="rehearse every story of a service", epilog=EXIT_CODES)
    named = "a file, a folder, or the name of a shipped service; default: ./manifests, or all shipped ones"
    run.add_argument("manifests", nargs="*", metavar="MANIFEST", help=named)
    run.add_argument(
        "--story", metavar="TEXT", default="", help="only stories whose rule or example contains TEXT"
    )
    run.add_argument(
        "--app",
        metavar="MODULE:FUNCTION",
        default="",
        help="another backend: a factory Collaborators -> Backend; default: the reference server",
    )
    _store(run)
    run.add_argument(
        "--seed",
        type=_whole,
        default=1,
        metavar="N",
        help="which ids, and which sample is audited (default 1)",
    )
    duplicates = "duplicates in one schedule (default: any number)"
    run.add_argument("--max-duplicates", type=_count, default=-1, metavar="N", help=duplicates)
    run.add_argument(
        "--budget", type=_seconds, metavar="SECONDS", help="stop each story after so long: UNDETERMINED"
    )
    run.add_argument(
        "--audit",
        type=_count,
        default=2,
        metavar="N",
        help="schedules per story that are run again in a fresh process on a real file (default 2; 0: none)",
    )
    jobs = "services rehearsed at once (default: one for each core)"
    run.add_argument("-j", "--jobs", type=_count, default=0, metavar="N", help=jobs)
    run.add_argument("--json", action="store_true", help="print the report, one for each manifest, as JSON")
    run.add_argument("--junit", metavar="FILE", help="also write JUnit XML")
    run.add_argument("-v", "--verbose", action="store_true", help="one line per example, not per rule")


def _store(run: argparse.ArgumentParser) -> None:
    said = "where facts are kept; default: as declared; postgresql: at DATABASE_URL, or one of our own"
    run.add_argument("--store", choices=("sqlite", "json", "postgresql"), default="", help=said)


def _replay(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    replay = commands.add_parser("replay", help="follow the schedule of a finding again", epilog=EXIT_CODES)
    replay.add_argument("finding", metavar="FILE", help="a file under .rehearsal/findings/")
    replay.add_argument("--app", metavar="MODULE:FUNCTION", default="", help="replay against another backend")


def _coverage(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    coverage = commands.add_parser(
        "coverage", help="what of Stripe is simulated: operations, parameters, events, API versions"
    )
    coverage.add_argument(
        "word", nargs="?", default="", metavar="WORD", help="only what contains it, with parameters"
    )
    coverage.add_argument("--json", action="store_true", help="print everything as JSON")


def _explain(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    explain = commands.add_parser(
        "explain", help="what a row, property, fault or event type says, and its source"
    )
    explain.add_argument(
        "id", metavar="ID", help="e.g. access_agrees, or the id of a row; no match lists the nearest"
    )


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"'{text}' is no whole number") from None


def _count(text: str) -> int:
    number = _whole(text)
    if number < 0:
        raise argparse.ArgumentTypeError("a count is 0 or more")
    return number


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError("a budget is more than 0 seconds")
    return number

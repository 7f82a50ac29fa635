"""The words of `gate`, `preflight` and `live-rehearsal`.

Decides their options.  Does not know how they are carried out; nothing heavy is imported.
"""

from __future__ import annotations

import argparse

GATE_CODES = "exit status: 0 GO, 1 NO-GO, 2 usage or file error, 3 UNDETERMINED (never a pass)"
EXIT_CODES = "exit status: 0 proved, 1 refuted, 2 usage or file error, 3 undetermined (never a pass)"


def gate_options(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `gate`, `preflight` and `live-rehearsal`."""
    gate = commands.add_parser("gate", help="GO or NO-GO, with a proof for each rule", epilog=GATE_CODES)
    preflight = commands.add_parser(
        "preflight", help="the gate without asking the hosted backend", epilog=GATE_CODES
    )
    for command in (gate, preflight):
        command.add_argument("manifests", nargs="+", metavar="MANIFEST", help="a file, a folder, or a name")
        command.add_argument(
            "--decisions", metavar="FILE", action="append", help="default: decisions/<service>.yaml beside it"
        )
        shown = command.add_mutually_exclusive_group()
        shown.add_argument("--json", action="store_true", help="print the report as JSON")
        shown.add_argument("--github", action="store_true", help="also print annotations for GitHub Actions")
        command.add_argument("--junit", metavar="FILE", help="also write JUnit XML")
        command.add_argument("--sarif", metavar="FILE", help="also write SARIF")
        command.add_argument("--html", metavar="FILE", help="also write one self-contained page for people")
        statement = "also write in-toto statements of the evidence, one a line"
        command.add_argument("--attest", metavar="FILE", help=statement)
    gate.add_argument(
        "--write", action="store_true", help="set deployability.status in the file that the manifest names"
    )
    preflight.add_argument(
        "--allow-blocked", action="store_true", help="list what is open, say so, and exit 0"
    )
    live = commands.add_parser(
        "live-rehearsal", help="ask the hosted backend, and write evidence", epilog=EXIT_CODES
    )
    live.add_argument("manifest", metavar="MANIFEST", help="a file, or the name of a shipped service")
    live.add_argument("--json", action="store_true", help="print the evidence as JSON")
    for command in (gate, preflight, live):
        command.add_argument("--mode", choices=("test", "live"), required=True, help="test or live money")
        command.add_argument("--env", metavar="FILE", help="NAME=value lines; the environment beats them")

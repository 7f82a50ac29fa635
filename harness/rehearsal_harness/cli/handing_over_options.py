"""The words that the commands around a deployment take: config sync, deploy pack, release gates.

Decides: names and defaults.  Does not carry anything out, and imports nothing heavy.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TypeAlias

from rehearsal_harness.operating.release_gates import GATES

EXIT_CODES = "exit status: 0 all is well, 1 something is to be put right, 2 usage or file error"
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def handing_over_options(commands: Commands) -> None:
    """Add the commands."""
    _config_sync(commands)
    _deploy_pack(commands)
    _release_gates(commands)
    _secret_scan(commands)


def _config_sync(commands: Commands) -> None:
    sync = commands.add_parser(
        "config-sync",
        help="dashboard answers into the production block of a wrangler.jsonc",
        epilog=EXIT_CODES,
    )
    sync.add_argument("answers", type=Path, metavar="ANSWERS", help="JSON or YAML with billingCloud: …")
    sync.add_argument(
        "--wrangler", type=Path, required=True, metavar="FILE", help="the Worker's configuration"
    )
    sync.add_argument("--write", action="store_true", help="do it; without, only say what would be done")
    sync.add_argument(
        "--deployability", type=Path, metavar="FILE", help="made when missing, with NO_GO_LIVE_MONEY"
    )


def _deploy_pack(commands: Commands) -> None:
    pack = commands.add_parser(
        "deploy-pack", help="what a container host is handed, made from the manifest", epilog=EXIT_CODES
    )
    pack.add_argument("manifest", metavar="MANIFEST", help="a file, or the name of a shipped service")
    pack.add_argument("--check", action="store_true", help="write nothing; say which file is stale, exit 1")


def _release_gates(commands: Commands) -> None:
    gates = commands.add_parser(
        "release-gates", help="all that must pass before a release, kept as JSON", epilog=EXIT_CODES
    )
    gates.add_argument("manifests", nargs="*", metavar="MANIFEST", help="files or folders; default manifests")
    for name, text in (("only", "try this gate only"), ("skip", "leave this gate out")):
        gates.add_argument(
            f"--{name}",
            action="append",
            choices=GATES,
            default=[],
            metavar="NAME",
            help=f"{text}: {', '.join(GATES)}; may be repeated",
        )
    gates.add_argument(
        "--folder", type=Path, default=Path("data/release_gates"), metavar="DIR", help="where it is kept"
    )


def _secret_scan(commands: Commands) -> None:
    scan = commands.add_parser(
        "secret-scan", help="secrets in tracked files: where, never which", epilog=EXIT_CODES
    )
    scan.add_argument("folder", type=Path, nargs="?", default=Path(), metavar="DIR", help="default: this one")

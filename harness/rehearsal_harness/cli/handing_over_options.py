"""The words that the commands around a deployment take: config sync, deploy pack, release gates.

Decides: names and defaults.  Does not carry anything out, and imports nothing heavy.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TypeAlias

EXIT_CODES = "exit status: 0 all is well, 1 something is to be put right, 2 usage or file error"
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def handing_over_options(commands: Commands) -> None:
    """Add the commands."""
    _config_sync(commands)
    _deploy_pack(commands)


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

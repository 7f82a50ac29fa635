"""The words that an operator's commands take.

Decides: names and defaults.  Does not carry anything out, and imports nothing heavy.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TypeAlias

EXIT_CODES = "exit status: 0 all is well, 1 something is to be put right, 2 usage or file error"
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def operating_options(commands: Commands) -> None:
    """Add the commands."""
    check = _of_manifest(commands, "check", "what the environment lacks before a service may start in it")
    _env(check)
    check.add_argument(
        "--mode", choices=("test", "live"), default="test", help="Stripe's mode (default test)"
    )
    check.add_argument("--json", action="store_true", help="print the problems as JSON")
    init = _of_manifest(commands, "init-env", "write an env file with generated signing secrets, once")
    init.add_argument(
        "--env", type=Path, default=Path(".env.local"), metavar="FILE", help="default .env.local"
    )
    _of_manifest(commands, "smoke", "start the server and a simulated Stripe, and buy something")
    storage = _of_manifest(commands, "storage-test", "try the storage: its guard, a kill, a second writer")
    storage.add_argument(
        "--folder",
        type=Path,
        default=Path(".rehearsal/storage-test"),
        metavar="DIR",
        help="where it is tried",
    )
    _setup(commands)
    _links(commands)
    _pricing(commands)


def _setup(commands: Commands) -> None:
    setup = _of_manifest(commands, "stripe-setup", "make products and prices at Stripe, or find them again")
    _env(setup)
    setup.add_argument("--price-cents", type=_positive, metavar="N", help="the amount of an undecided price")
    setup.add_argument("--execute", action="store_true", help="do it; without, only say what would be done")
    setup.add_argument("--payment-link", action="store_true", help="a payment link for each price, too")
    _live(setup)


def _links(commands: Commands) -> None:
    links = _of_manifest(commands, "payment-links", "make the payment links that the manifest's offers name")
    _env(links)
    links.add_argument("--apply", action="store_true", help="do it; without, only say what would be done")
    links.add_argument(
        "--write-env",
        action="store_true",
        help="write the addresses, and nothing else, into the file of --env",
    )
    _live(links)


def _pricing(commands: Commands) -> None:
    pricing = commands.add_parser(
        "pricing-model", help="what is left of a price at 0, 50 and 100 %% of the cap", epilog=EXIT_CODES
    )
    pricing.add_argument("--inputs", type=Path, metavar="FILE", help="YAML or JSON with the names below")
    for name, text in (
        ("price-cents", "the monthly price"),
        ("unit-cost-cents", "what one unit of hosted usage costs; fractions are allowed"),
        ("cap-units", "how many units the price includes"),
        ("fee-percent", "Stripe's share (default 2.9)"),
        ("fee-fixed-cents", "and its fixed part (default 30)"),
        ("refund-percent", "payments that are given back (default 0)"),
    ):
        pricing.add_argument(f"--{name}", metavar="N", help=text)
    pricing.add_argument(
        "--snapshot",
        type=Path,
        default=Path("data/pricing_snapshot.json"),
        metavar="FILE",
        help="default %(default)s",
    )
    pricing.add_argument(
        "--check", action="store_true", help="only say whether the snapshot may be rested on"
    )
    pricing.add_argument("--json", action="store_true", help="print the model as JSON")


def _of_manifest(commands: Commands, name: str, text: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=text, epilog=EXIT_CODES)
    parser.add_argument("manifest", metavar="MANIFEST", help="a file, or the name of a shipped service")
    return parser


def _env(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--env", type=Path, metavar="FILE", help="NAME=value lines that come before the environment"
    )


def _live(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--allow-live", action="store_true", help="a live key is meant")


def _positive(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 10**8:
        raise argparse.ArgumentTypeError(f"'{text}' is no amount in cents; expected a whole number from 1")
    return int(text)

"""The words that `rehearse desktop` takes: one for each button of a desktop's settings panel.

Decides: names and defaults.  Does not carry anything out (`desktop`), and imports nothing heavy.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

UNITS_S = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}
EXIT_CODES = "exit status: 0 done, or open; 1 refused, or blocked; 2 usage, settings or file error"


def desktop_options(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    desktop = commands.add_parser(
        "desktop", help="a desktop app without its windows: activate, refresh, ask a gate", epilog=EXIT_CODES
    )
    buttons = desktop.add_subparsers(dest="button", required=True, metavar="BUTTON")
    common = _common()

    def button(name: str, text: str) -> argparse.ArgumentParser:
        return buttons.add_parser(name, help=text, parents=[common], epilog=EXIT_CODES)

    _settings(button("settings", "show the settings, or change those that are given"))
    checkout = button("checkout", "Start Checkout: the address of a Stripe Checkout page")
    refresh = button("refresh", "Refresh Activation: ask for the licence; 0 when it is active")
    refresh.add_argument(
        "--session",
        default="",
        metavar="CS_ID",
        help="claim this checkout session: after a reinstall, from the page Stripe led back to",
    )
    portal = button("portal", "Billing Portal: the address of a Customer Portal page")
    support = button("support", "the support link")
    for each in (checkout, portal, support):
        each.add_argument("--open", action="store_true", help="also open it in a browser")
    button("status", "state, end of the licence, and which features are open; asks no server")
    feature = button("feature", "whether one paid feature opens; asks no server")
    feature.add_argument("feature", metavar="NAME", help="as the manifest's license.gated_features has it")


def _common() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--state",
        type=Path,
        default=Path(".rehearsal/desktop.json"),
        metavar="FILE",
        help="the installation; made when it is not there (default .rehearsal/desktop.json)",
    )
    common.add_argument(
        "--clock",
        type=_clock,
        default=(0, True),
        metavar="TIME",
        help="what the machine's clock shows: unix seconds, or away from now: --clock=+8d, --clock=-30m",
    )
    common.add_argument("--json", action="store_true", help="print the answer as JSON")
    return common


def _settings(settings: argparse.ArgumentParser) -> None:
    settings.add_argument("--server-url", metavar="URL", help="https, or http on this machine")
    settings.add_argument("--email", metavar="ADDRESS", help="used at the checkout")
    settings.add_argument("--manifest", metavar="FILE", help="a file, or the name of a shipped service")
    settings.add_argument(
        "--public-keys",
        metavar="FILE",
        help="what licences are checked with, as `billing-server public-keys` prints it; empty for none",
    )
    settings.add_argument("--support", metavar="LINK", help="https://… or mailto:name@host")


def _clock(text: str) -> tuple[int, bool]:
    """Seconds, and whether they count from now."""
    match = re.fullmatch(r"([+-])(\d{1,9})([smhd])", text)
    if match:
        return int(match[1] + match[2]) * UNITS_S[match[3]], True
    if text.isascii() and text.isdigit() and len(text) <= 12:
        return int(text), False
    raise argparse.ArgumentTypeError(f"'{text}' is no time; expected unix seconds, or such as +8d or -30m")

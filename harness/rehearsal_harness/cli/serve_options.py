"""The words that `rehearse serve` takes.

Decides: names and defaults.  Does not carry anything out (`serve`), and imports nothing heavy.
"""

from __future__ import annotations

import argparse
from datetime import datetime
from pathlib import Path

STRIPE_PORT = 12_111
EXIT_CODES = "exit status: 0 stopped by Ctrl-C, 2 usage, file or port error"


def serve_options(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    serve = commands.add_parser(
        "serve",
        help="a developer's bench: a simulated Stripe, the backend, checkout pages, a clock to move",
        description="Serve backends beside a simulated Stripe, offline. Without a MANIFEST: only Stripe.",
        epilog=EXIT_CODES,
    )
    named = "a file, a folder, or the name of a shipped service"
    serve.add_argument("manifests", nargs="*", metavar="MANIFEST", help=named)
    _where(serve)
    _when(serve)
    serve.add_argument(
        "--state", type=Path, metavar="FILE", help="keep the world in this SQLite file, and resume it"
    )
    said = "where facts are kept; default: as declared, but SQLite for PostgreSQL without DATABASE_URL"
    serve.add_argument("--store", choices=("sqlite", "json", "postgresql"), default="", help=said)
    serve.add_argument("--json", action="store_true", help="print the addresses as one line of JSON")


def _where(serve: argparse.ArgumentParser) -> None:
    serve.add_argument(
        "--port",
        type=_port,
        default=STRIPE_PORT,
        metavar="N",
        help=f"of Stripe, its pages and the control page (default {STRIPE_PORT}; 0: any free one)",
    )
    serve.add_argument(
        "--backend-port",
        type=_port,
        metavar="N",
        help="of the first backend, the next ones follow (default: each manifest's own; 0: free ones)",
    )
    serve.add_argument(
        "--host", default="127.0.0.1", metavar="H", help="address to listen on (default: 127.0.0.1)"
    )


def _when(serve: argparse.ArgumentParser) -> None:
    serve.add_argument(
        "--at", type=_instant, metavar="TIME", help="begin then, as 2026-06-01T00:00:00Z (now)"
    )
    serve.add_argument(
        "--speed",
        type=_speed,
        default=1.0,
        metavar="X",
        help="simulated seconds per second: 1 real time (default), 0 the clock stands still",
    )
    serve.add_argument(
        "--api-version",
        type=_api_version,
        metavar="VERSION",
        help="of every account, as 2024-06-20 (default: the kept one, else the newest; see `coverage`)",
    )
    serve.add_argument("--seed", type=int, default=1, metavar="N", help="which ids are made (default 1)")


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**16:
        raise argparse.ArgumentTypeError(f"'{text}' is no port, expected 0 to 65535")
    return int(text)


def _api_version(text: str) -> str:
    from difflib import get_close_matches

    from rehearsal_harness.core.api_versions import API_VERSIONS

    if text in API_VERSIONS:
        return text
    newest_first = API_VERSIONS[::-1]
    near = [each for each in newest_first if text and text.lower() in each][:3]
    near = near or get_close_matches(text, newest_first, n=3, cutoff=0.5) or [*newest_first[:3]]
    raise argparse.ArgumentTypeError(
        f"'{text[:40]}' is no API version that is simulated; nearest: {', '.join(near)};"
        " `rehearse coverage` lists all"
    )


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = -1.0
    if not 0 <= speed <= 1_000_000:
        raise argparse.ArgumentTypeError(f"'{text}' is no speed, expected 0 to 1000000")
    return speed


def _instant(text: str) -> int:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise argparse.ArgumentTypeError(f"'{text}' is no instant, expected one as 2026-06-01T00:00:00Z")
    return int(instant.timestamp())

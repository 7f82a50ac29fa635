"""The `billing-server` command: serve what a manifest declares, or catch up with Stripe once.

Decides exit codes (0 done, 1 Stripe or storage failed, 2 usage, file or configuration) and where lines go:
answers and delivery logs to standard output, everything else to standard error.  Does not know billing.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import logging
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType

import waitress  # type: ignore[import-untyped]
from stripe import StripeError

from rehearsal_server.app import app_of
from rehearsal_server.context import Context
from rehearsal_server.errors import Refused
from rehearsal_server.intake import FetchError
from rehearsal_server.key_commands import KEY_COMMANDS
from rehearsal_server.operations.reconcile import reconcile
from rehearsal_server.startup import StartError, context_from
from rehearsal_server.store import StoreError
from rehearsal_specs.diagnostics import SpecError

LOOPBACK = ("127.0.0.1", "localhost", "::1")
BODY_BYTES_MAX = 2**24  # what waitress takes in before an operation refuses with its own, lower bound
THREADS = 8


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; the exit code."""
    options = _parser().parse_args(argv)
    _log_to_streams()
    try:
        if options.command in KEY_COMMANDS:
            return _say(KEY_COMMANDS[options.command](options.manifest, os.environ))
        context = context_from(options.manifest, os.environ)
        if options.command == "reconcile":
            return _reconcile(context)
        return _serve(context, options.host, _port(context, options.port))
    except (SpecError, StartError) as error:
        return _fail(str(error), 2)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="billing-server",
        description="The reference billing backend: serves what a manifest declares.",
        epilog="Secrets come from the environment, by the names that the manifest declares.",
    )
    parser.add_argument(
        "command",
        nargs="?",
        choices=("serve", "reconcile", *KEY_COMMANDS),
        default="serve",
        help="serve (the default); reconcile: fold the events that webhooks lost and exit; public-keys: print"
        " what a desktop app checks licences with; new-signing-key: print the signing keys, all secret, with"
        " a new one first",
    )
    parser.add_argument("--manifest", required=True, metavar="FILE", help="the service's manifest")
    parser.add_argument(
        "--port", type=int, metavar="N", help="default: the manifest's port variable, then its port"
    )
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="H", help="address to listen on (default: 127.0.0.1)"
    )
    return parser


def _log_to_streams() -> None:
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="billing-server: %(message)s")
    deliveries = logging.getLogger("rehearsal_server.deliveries")
    deliveries.propagate = False
    deliveries.setLevel(logging.INFO)
    deliveries.handlers = [logging.StreamHandler(sys.stdout)]


def _port(context: Context, wished: int | None) -> int:
    manifest = context.manifest
    named = context.settings.value(manifest.port_env) if manifest.port_env else None
    port = wished if wished is not None else (named or manifest.default_port or 0)
    try:
        number = int(port)
    except ValueError:
        raise StartError(f"{manifest.port_env} is not a port number") from None
    if not 0 <= number < 2**16:
        raise StartError(f"port {number} is not between 0 and 65535")
    return number


def _serve(context: Context, host: str, port: int) -> int:
    if host not in LOOPBACK:
        routes = ", ".join(str(route) for route in context.manifest.routes)
        logging.warning(
            "listening on %s: anybody who reaches it can call %s; put HTTPS in front", host, routes
        )
    try:
        server = waitress.create_server(
            app_of(context),
            host=host,
            port=port,
            threads=THREADS,
            max_request_body_size=BODY_BYTES_MAX,
            ident=None,
        )
    except OSError as error:
        return _fail(
            f"cannot listen on {host}:{port} (--port, {context.manifest.port_env}): {error.strerror}", 2
        )
    signal.signal(signal.SIGTERM, _stop)
    sys.stdout.write(f"{context.manifest.service} listens on http://{host}:{server.effective_port}\n")
    sys.stdout.flush()
    server.run()
    return 0


def _say(line: str) -> int:
    sys.stdout.write(line + "\n")
    return 0


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


def _reconcile(context: Context) -> int:
    try:
        found = reconcile(context)
    except (StripeError, FetchError, StoreError) as error:
        return _fail(f"nothing was skipped, run it again: {type(error).__name__}", 1)
    except Refused as error:
        return _fail(str(error.description), 2)
    sys.stdout.write(json.dumps(dataclasses.asdict(found)) + "\n")
    return 1 if found.unreadable or found.gap else 0


def _fail(message: str, code: int) -> int:
    for line in message.splitlines():
        sys.stderr.write(f"billing-server: {line}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())

"""`rehearse stripe-setup`: products and prices at Stripe; says what it would do, unless told to do it."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

from rehearsal_harness.cli import FINDING, PROVED
from rehearsal_harness.cli.operating import UsageError, environ_of, on_manifest
from rehearsal_harness.cli.out import error, say
from rehearsal_harness.operating.stripe_account import AccountRefused, client_of, refuse_unmeant
from rehearsal_harness.operating.stripe_setup import Done, UndecidedPrice, execute, plan, wanted_of
from rehearsal_specs.manifest import Manifest


def run(options: argparse.Namespace) -> int:
    """0 when all is there, or would be; 1 when Stripe refused."""

    def carry_out(path: Path, manifest: Manifest) -> int:
        try:
            wanted = wanted_of(manifest.offers, options.price_cents)
            environ = environ_of(options)
            refuse_unmeant(manifest, environ, allow_live=options.allow_live)
            client = client_of(manifest, environ, allow_live=options.allow_live) if options.execute else None
        except (UndecidedPrice, AccountRefused) as problem:
            raise UsageError(str(problem)) from None
        if client is None:
            shown(plan(wanted, with_links=options.payment_link))
            say("nothing was done at Stripe; do it with --execute")
            return PROVED
        return at_stripe(lambda: shown(execute(client, wanted, with_links=options.payment_link)))

    return on_manifest(options, carry_out)


def shown(every: Iterable[Done]) -> list[Done]:
    """Print each thing as it is done; all of them."""
    done = []
    for each in every:
        done.append(each)
        words = [each.was, each.kind.replace("_", " "), each.id, each.about, each.url]
        say("  " + "  ".join(word for word in words if word))
    return done


def at_stripe(work: object) -> int:
    """Do what asks Stripe; 1, and what Stripe said, when it refuses or cannot be reached."""
    from stripe import StripeError

    assert callable(work)
    try:
        work()
    except StripeError as problem:
        said = problem.user_message or type(problem).__name__
        error(f"Stripe refused: {said} (request {problem.request_id}). What is shown is done; run it again")
        return FINDING
    return PROVED

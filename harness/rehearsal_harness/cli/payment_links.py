"""`rehearse payment-links`: the links that the manifest's offers name, and their addresses in an env file."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rehearsal_harness.cli import PROVED
from rehearsal_harness.cli.operating import UsageError, environ_of, on_manifest
from rehearsal_harness.cli.out import say
from rehearsal_harness.cli.stripe_setup import at_stripe, shown
from rehearsal_harness.operating.env_file import replace_values
from rehearsal_harness.operating.stripe_account import AccountRefused, client_of, refuse_unmeant
from rehearsal_harness.operating.stripe_setup import Done, UndecidedPrice, execute, plan, wanted_of
from rehearsal_specs.manifest import Manifest

if TYPE_CHECKING:
    from rehearsal_harness.operating.stripe_setup import Wanted


def run(options: argparse.Namespace) -> int:
    """0 when all links are there, or would be; 1 when Stripe refused."""

    def carry_out(path: Path, manifest: Manifest) -> int:
        linked = tuple(offer for offer in manifest.offers if offer.payment_link_env)
        if not linked:
            raise UsageError(f"{path}: no offer names a payment_link_env, so there is nothing to make")
        if options.write_env and (options.env is None or not options.apply):
            raise UsageError("--write-env needs --apply, and the file to write to: --env FILE")
        try:
            wanted = wanted_of(linked, None)
            environ = environ_of(options)
            refuse_unmeant(manifest, environ, allow_live=options.allow_live)
            client = client_of(manifest, environ, allow_live=options.allow_live) if options.apply else None
        except (UndecidedPrice, AccountRefused) as problem:
            raise UsageError(str(problem)) from None
        if client is None:
            shown(_named(plan(wanted, with_links=True), wanted))
            say("nothing was done at Stripe; do it with --apply")
            return PROVED

        def work() -> None:
            done = shown(execute(client, wanted, with_links=True))
            links = [each for each in done if each.kind == "payment_link"]
            names = [str(offer.payment_link_env) for offer in linked]
            addresses = {name: link.url for name, link in zip(names, links, strict=True)}
            if options.write_env:
                replace_values(options.env, addresses)
                say(f"{options.env}: {', '.join(names)} are written, and nothing else")

        return at_stripe(work)

    return on_manifest(options, carry_out)


def _named(every: Iterator[Done], wanted: list[Wanted]) -> Iterator[Done]:
    """The plan, with the variable that each link will be written to."""
    names = iter([str(each.offer.payment_link_env) for each in wanted])
    for each in every:
        if each.kind == "payment_link":
            yield Done(kind=each.kind, was=each.was, id=each.id, about=f"{each.about} → {next(names)}")
        else:
            yield each

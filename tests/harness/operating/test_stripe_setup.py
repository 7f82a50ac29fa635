"""Products, prices and links at Stripe: said first, made once, found again."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest_types import Command

from rehearsal_harness.core.world import World
from rehearsal_harness.operating.stripe_setup import execute, wanted_of
from rehearsal_harness.stripe_api.client import stripe_client
from rehearsal_harness.stripe_api.holder import Holder
from rehearsal_harness.targets.launched import SimulatedStripe
from rehearsal_specs.manifest import Manifest
from rehearsal_specs.reader import read_dunning, read_rules

NOW = 1_790_000_000
LIVE_KEY = "sk_" + "live_" + "0" * 24
SETUP = ("stripe-setup", "nyra-billing-server")


def test_a_dry_run_says_what_it_would_do_and_does_nothing(rehearse: Command, stripe: SimulatedStripe) -> None:
    status, out, _ = rehearse(*SETUP, "--price-cents", "2500")
    assert status == 0
    assert "NyrA Swarm Little Buddy Pro: 25.00 usd each month, lookup key pro_monthly" in out
    assert "nothing was done at Stripe" in out
    assert (len(stripe.world.products), len(stripe.world.prices)) == (0, 0)


def test_a_dry_run_needs_no_key(rehearse: Command, folder: Path) -> None:
    assert rehearse(*SETUP, "--price-cents", "2500")[0] == 0


def test_run_twice_it_makes_one_product_and_one_price(rehearse: Command, stripe: SimulatedStripe) -> None:
    first = rehearse(*SETUP, "--price-cents", "2500", "--execute")
    second = rehearse(*SETUP, "--price-cents", "2500", "--execute")
    assert (first[0], second[0]) == (0, 0)
    assert "created  price" in first[1]
    assert "reused  price" in second[1]
    assert (len(stripe.world.products), len(stripe.world.prices)) == (1, 1)


def test_another_amount_is_another_price_of_the_same_product(
    rehearse: Command, stripe: SimulatedStripe
) -> None:
    """A price cannot change; the lookup key goes over to the new one."""
    rehearse(*SETUP, "--price-cents", "2500", "--execute")
    rehearse(*SETUP, "--price-cents", "3000", "--execute")
    rehearse(*SETUP, "--price-cents", "3000", "--execute")
    assert (len(stripe.world.products), len(stripe.world.prices)) == (1, 2)
    held = {price.unit_amount: price.lookup_key for price in stripe.world.prices}
    assert held == {2500: None, 3000: "pro_monthly"}


def test_a_payment_link_is_made_once(rehearse: Command, stripe: SimulatedStripe) -> None:
    words = (*SETUP, "--price-cents", "2500", "--execute", "--payment-link")
    assert "https://" in rehearse(*words)[1]
    assert "reused  payment link" in rehearse(*words)[1]
    assert len(stripe.world.payment_links) == 1


def test_a_live_key_must_be_meant(
    rehearse: Command, stripe: SimulatedStripe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STRIPE_SECRET_KEY", LIVE_KEY)
    for words in ((), ("--execute",)):
        status, out, err = rehearse(*SETUP, "--price-cents", "2500", *words)
        assert status == 2
        assert "is a live key" in err
        assert LIVE_KEY not in out + err
    assert len(stripe.world.products) == 0


@pytest.mark.parametrize("key", ["", "pk_test_" + "0" * 24, "nonsense"])
def test_other_keys_are_refused(
    rehearse: Command, stripe: SimulatedStripe, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setenv("STRIPE_SECRET_KEY", key)
    status, _, err = rehearse(*SETUP, "--price-cents", "2500", "--execute")
    assert status == 2
    assert "STRIPE_SECRET_KEY" in err


def test_an_undecided_price_is_asked_for(rehearse: Command, stripe: SimulatedStripe) -> None:
    status, _, err = rehearse(*SETUP, "--execute")
    assert (status, "--price-cents" in err) == (2, True)
    assert rehearse(*SETUP, "--price-cents", "0")[0] == 2
    assert rehearse("stripe-setup", "aipowerprogress", "--price-cents", "5")[0] == 2


def test_links_are_written_into_the_env_file_and_nothing_else(
    rehearse: Command, stripe: SimulatedStripe, folder: Path
) -> None:
    env = folder / ".env"
    env.write_text("# mine\nSTRIPE_PAYMENT_LINK_BUILD=old\nOTHER='a b'\n", "utf-8")
    links = ("payment-links", "aipowerprogress", "--env", str(env))

    dry = rehearse(*links)
    assert (dry[0], "nothing was done" in dry[1]) == (0, True)
    assert env.read_text("utf-8").startswith("# mine\nSTRIPE_PAYMENT_LINK_BUILD=old\n")

    assert rehearse(*links, "--apply", "--write-env")[0] == 0
    urls = {link.id: link for link in stripe.world.payment_links}
    lines = env.read_text("utf-8").splitlines()
    assert (lines[0], lines[2]) == ("# mine", "OTHER='a b'")
    written = dict(line.split("=", 1) for line in lines if line.startswith("STRIPE_"))
    assert set(written) == {f"STRIPE_PAYMENT_LINK_{name}" for name in ("KICKSTART", "BUILD", "RETAINER")}
    assert len(set(written.values())) == len(urls) == 3

    rehearse(*links, "--apply", "--write-env")
    assert env.read_text("utf-8").splitlines() == lines


def test_writing_wants_a_file_and_doing(rehearse: Command, stripe: SimulatedStripe) -> None:
    assert rehearse("payment-links", "aipowerprogress", "--write-env")[0] == 2
    assert rehearse("payment-links", "nyra-billing-server")[0] == 2


def test_stopped_after_the_product_it_goes_on_with_that_product(local: Manifest) -> None:
    """What was refused or cut off is run again; nothing is made a second time."""
    holder = Holder(World.start(read_rules(), read_dunning(), at=NOW))
    client = stripe_client(holder)
    wanted = wanted_of(local.offers, 2500)
    cut_off = execute(client, wanted, with_links=False)
    assert next(cut_off).was == "created"
    cut_off.close()
    assert [(each.kind, each.was) for each in execute(client, wanted, with_links=False)] == [
        ("product", "reused"),
        ("price", "created"),
    ]
    assert len(holder.world.products) == 1

"""Stripe's pages stand at the address of whoever hosts them."""

from __future__ import annotations

import copy

import pytest

from rehearsal_harness.core.render.hosted import hosted_at

BENCH = "http://127.0.0.1:12111"


@pytest.mark.parametrize(
    ("at_stripe", "at_the_bench"),
    [
        ("https://checkout.stripe.com/c/pay/cs_test_a1", "/c/pay/cs_test_a1"),
        ("https://billing.stripe.com/p/session/bps_1", "/p/session/bps_1"),
        ("https://billing.stripe.com/p/login/bpc_1", "/p/login/bpc_1"),
        ("https://buy.stripe.com/test_1abc", "/b/test_1abc"),
        ("https://invoice.stripe.com/i/in_1", "/i/in_1"),
        ("https://pay.stripe.com/invoice/in_1/pdf", "/invoice/in_1/pdf"),
    ],
)
def test_each_page_of_stripes_has_a_place_at_the_bench(at_stripe: str, at_the_bench: str) -> None:
    """Wherever in an answer the address stands."""
    body = {"data": [{"object": {"url": at_stripe, "id": "x"}}]}

    assert hosted_at(BENCH, body) == {"data": [{"object": {"url": BENCH + at_the_bench, "id": "x"}}]}


def test_other_addresses_stay() -> None:
    """The merchant's own, and Stripe's documentation; such an answer is the same value as before."""
    body = {
        "success_url": "https://shop.example.test/ok",
        "doc_url": "https://stripe.com/docs",
        "n": [1, None],
    }

    assert hosted_at(BENCH, body) is body


def test_without_an_address_nothing_is_looked_at() -> None:
    """A rehearsal that hosts no pages shows Stripe's addresses."""
    body = {"url": "https://checkout.stripe.com/c/pay/cs_1"}

    assert hosted_at("", body) is body


def test_what_was_passed_in_is_unharmed() -> None:
    """An answer that is kept elsewhere does not change under its keeper."""
    body = {"items": [{"url": "https://checkout.stripe.com/c/pay/cs_1"}]}
    before = copy.deepcopy(body)
    hosted_at(BENCH, body)

    assert body == before

"""The fault panel answers for Stripe: so many requests fail, and then none."""

from __future__ import annotations

import pytest
from benches import ask, asked

from rehearsal_harness.serving.bench import Bench
from rehearsal_harness.serving.faults import Faults
from rehearsal_harness.stripe_api.holder import NoAnswer


@pytest.mark.parametrize(
    ("faults", "status", "code", "header"),
    [
        (Faults(api_errors=2), 500, None, None),
        (Faults(lock_timeouts=2), 429, "lock_timeout", "Stripe-Should-Retry"),
        (Faults(rate_limits=2), 429, "rate_limit", "Stripe-Rate-Limited-Reason"),
    ],
)
def test_so_many_requests_fail(
    bench: Bench, faults: Faults, status: int, code: str | None, header: str | None
) -> None:
    """Two, and nothing is done; the third is answered."""
    bench.set_faults(faults)
    answers = [asked(bench.main, "POST", "/v1/customers", name="Ada") for _ in range(3)]

    assert [answer.status for answer in answers] == [status, status, 200]
    assert answers[0].body["error"].get("code") == code
    assert header is None or header in answers[0].headers
    assert len(bench.main.world.customers) == 1


def test_a_lost_answer_was_done(bench: Bench) -> None:
    """The connection ends, and the customer is there."""
    bench.set_faults(Faults(lost_answers=1))
    with pytest.raises(NoAnswer):
        asked(bench.main, "POST", "/v1/customers", name="Ada")

    assert [each["name"] for each in ask(bench.main, "GET", "/v1/customers")["data"]] == ["Ada"]

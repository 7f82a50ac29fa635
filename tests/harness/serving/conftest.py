"""What several of the tests beside this file begin with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from benches import Inbox, still_bench
from hosting import Visitor, session_of

from rehearsal_harness.core.objects import Subscription
from rehearsal_harness.serving.bench import Bench


@pytest.fixture(name="bench")
def _bench() -> Iterator[Bench]:
    """A bench whose clock moves only when it is told to."""
    with still_bench() as bench:
        yield bench


@pytest.fixture(name="inbox")
def _inbox() -> Iterator[Inbox]:
    """Where webhooks arrive."""
    inbox = Inbox()
    yield inbox
    inbox.close()


@pytest.fixture(name="visitor")
def _visitor(bench: Bench) -> Visitor:
    """Somebody at the bench's hosted pages."""
    return Visitor(bench)


@pytest.fixture(name="bought")
def _bought(bench: Bench, visitor: Visitor) -> Subscription:
    """A subscription, bought on the checkout page."""
    visitor.pay(session_of(bench))
    return next(bench.main.world.subscriptions.newest_first())

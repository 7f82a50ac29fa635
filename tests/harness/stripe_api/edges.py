"""The three ways in which the official SDK reaches the simulated Stripe, and an account to begin with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any

import responses
import stripe
from waitress.server import create_server
from worlds import START, empty

from rehearsal_harness.closing_servers import close_server
from rehearsal_harness.core.actions import Action
from rehearsal_harness.core.billing.step import step
from rehearsal_harness.stripe_api.accounts import ManyAccounts
from rehearsal_harness.stripe_api.app import create_stripe_app
from rehearsal_harness.stripe_api.callbacks import add_callbacks
from rehearsal_harness.stripe_api.client import stripe_client
from rehearsal_harness.stripe_api.holder import Answering, Holder

KEY = "sk_test_" + "0" * 24
SUCCESS_URL = "https://app.example.com/paid?session_id={CHECKOUT_SESSION_ID}"


@dataclass
class Account:
    """A Stripe account as a merchant's backend sees it, and the world behind it."""

    holder: Holder
    stripe: stripe.StripeClient

    def do(self, action: Action) -> None:
        """A person, or time, acts."""
        self.holder.world = step(self.holder.world, action)

    def price(self, **fields: Any) -> Any:
        """A new monthly price of a new product."""
        product = self.stripe.v1.products.create({"name": "Pro"})
        return self.stripe.v1.prices.create(
            {
                "product": product.id,
                "currency": "usd",
                "unit_amount": 1200,
                "recurring": {"interval": "month"},
                **fields,
            }
        )

    def session(self, options: dict[str, Any] | None = None, **fields: Any) -> Any:
        """A new checkout session in subscription mode, for `price` or a new one."""
        price = fields.pop("price", None) or self.price().id
        return self.stripe.v1.checkout.sessions.create(
            {
                "mode": "subscription",
                "line_items": [{"price": price, "quantity": 1}],
                "success_url": SUCCESS_URL,
                **fields,
            },
            options,
        )


def fresh() -> Holder:
    """A cell with an empty account."""
    return Holder(empty(START))


@contextmanager
def through_responses(holder: Holder) -> Iterator[stripe.StripeClient]:
    """The SDK with its own HTTP client, answered by `responses`."""
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        add_callbacks(mock, holder)
        yield stripe.StripeClient(KEY, max_network_retries=0)


@contextmanager
def through_loopback(holder: Answering | ManyAccounts, threads: int = 1) -> Iterator[str]:
    """The address of a web server on this machine that answers from `holder`."""
    server = create_server(create_stripe_app(holder), host="127.0.0.1", port=0, threads=threads)
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        close_server(server, thread, 120)


def in_process(holder: Holder) -> stripe.StripeClient:
    """The SDK without any wire."""
    return stripe_client(holder)

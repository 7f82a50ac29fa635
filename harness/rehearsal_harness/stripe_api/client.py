"""The simulated Stripe inside the official SDK: no socket, no thread.

Decides: how the SDK's HTTP client is stood in for.  Does not know: what is answered (`wire`). Retries are
none: the SDK's back-off really sleeps.  Most of a call is the SDK itself, making objects of the answer; a
backend that needs only the JSON is faster with `client.raw_request`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import stripe
from requests.structures import CaseInsensitiveDict

from .holder import Holder
from .wire import NoAnswer, exchange


class SimulationBroken(BaseException):
    """The simulated Stripe crashed: our fault, so no handler of the backend may catch it and answer 500."""


class InProcessClient(stripe.HTTPClient):
    """Answers the SDK's requests from the world in `holder`."""

    name = "in_process"

    def __init__(self, holder: Holder) -> None:
        super().__init__()
        self._holder = holder

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        **_: Any,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Text, status and headers of the answer; raises stripe.APIConnectionError where none comes."""
        parts = urlsplit(url)
        try:
            answer = exchange(self._holder, method, parts.path, parts.query, post_data or "", headers or {})
        except NoAnswer as error:
            raise stripe.APIConnectionError(str(error)) from None  # type: ignore[no-untyped-call]
        except Exception as error:
            raise SimulationBroken(f"{method} {parts.path} broke the simulated Stripe: {error!r}") from error
        return answer.text, answer.status, CaseInsensitiveDict(answer.headers)

    def close(self) -> None:
        """There is nothing to close."""


def stripe_client(holder: Holder, api_key: str = "", *, api_version: str = "") -> stripe.StripeClient:
    """The official client, talking to the world in `holder`, its requests pinned to `api_version`, or to
    the account's; without `api_key`, with a fake key of its mode."""
    mode = "live" if holder.world.settings.livemode else "test"
    return stripe.StripeClient(
        api_key or f"sk_{mode}_" + "0" * 24,
        http_client=InProcessClient(holder),
        stripe_version=api_version or holder.world.settings.api_version,
        max_network_retries=0,
    )

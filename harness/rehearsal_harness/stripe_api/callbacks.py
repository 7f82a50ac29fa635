"""The simulated Stripe as callbacks of the package `responses`, for tests of code that uses `requests`.

Decides: which addresses are answered: everything below https://api.stripe.com/.  Does not know: what is
answered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import requests
import responses

from .holder import Holder
from .wire import NoAnswer, exchange

if TYPE_CHECKING:
    from requests import PreparedRequest

_ADDRESS = re.compile(r"https://api\.stripe\.com/.*")


def add_callbacks(mock: responses.RequestsMock, holder: Holder) -> None:
    """Let `mock` answer for Stripe from the world in `holder`; a lost answer is a
    requests.ConnectionError."""

    def answer(request: PreparedRequest) -> tuple[int, Mapping[str, str], str]:
        parts = urlsplit(request.url or "")
        body = request.body or ""
        text = body.decode() if isinstance(body, bytes) else str(body)
        headers = {name: str(value) for name, value in request.headers.items()}
        try:
            given = exchange(holder, request.method or "", str(parts.path), str(parts.query), text, headers)
        except NoAnswer as error:
            raise requests.ConnectionError(str(error)) from None
        return given.status, given.headers, given.text

    for method in (responses.GET, responses.POST, responses.DELETE):
        mock.add_callback(method, _ADDRESS, callback=answer, content_type=None)

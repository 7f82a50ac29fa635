"""Each thing as a command line: what the page does, to be copied into a terminal.

Decides: how a request is written for a POSIX shell.  Does not know what it does.  The only key shown is that
of the main simulated account, which opens nothing anywhere else; another account's key and a backend's own
tokens stand as the name of a variable.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from shlex import quote
from typing import Any

KEY_VARIABLE = "STRIPE_KEY"  # where the reader has the key of an account that is not the main one


@dataclass(frozen=True, slots=True)
class Curl:
    """Command lines for a bench at `address`: for its main account with its `key`, or where `account` is an
    id for that one, whose key nobody here knows."""

    address: str
    key: str
    account: str = ""

    def control(self, path: str, body: Mapping[str, object] | None = None) -> str:
        """A request to the bench's own API."""
        query = f"?account={self.account}" if self.account else ""
        url = quote(f"{self.address}/control/api/{path}{query}")
        return f"curl -s {url}" if body is None else f"curl -s {url} --json {quote(json.dumps(body))}"

    def actions(self, orders: Iterable[Mapping[str, Any]]) -> list[tuple[str, str]]:
        """Each order of a menu, with the words of its button."""
        return [(each["text"], self.control("actions", each["body"])) for each in orders]

    def stripe(self, path: str, form: Mapping[str, str] | None = None) -> str:
        """A request to the simulated Stripe; with a form, a POST."""
        fields = "".join(f" -d {quote(f'{name}={value}')}" for name, value in (form or {}).items())
        key = f'"${KEY_VARIABLE}:"' if self.account else quote(self.key + ":")
        return f"curl -s {quote(f'{self.address}/v1/{path}')} -u {key}{fields}"


def backend(url: str, path: str, *, token_env: str = "", body: Mapping[str, object] | None = None) -> str:
    """A request to a backend; its token is taken from the shell's variable `token_env`."""
    header = f' -H "Authorization: Bearer ${token_env}"' if token_env else ""
    sent = "" if body is None else f" --json {quote(json.dumps(body))}"
    return f"curl -s {quote(url + path)}{header}{sent}"

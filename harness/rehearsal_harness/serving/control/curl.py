"""Each thing as a command line: what the page does, to be copied into a terminal.

Decides: how a request is written for a POSIX shell.  Does not know what it does.  The only key shown is that
of the simulated account, which opens nothing anywhere else; a backend's own tokens stand as the name of their
variable.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from shlex import quote


def control(address: str, path: str, body: Mapping[str, object] | None = None) -> str:
    """A request to the bench's own API."""
    url = quote(f"{address}/control/api/{path}")
    if body is None:
        return f"curl -s {url}"
    return f"curl -s {url} --json {quote(json.dumps(body))}"


def stripe(address: str, key: str, path: str, form: Mapping[str, str] | None = None) -> str:
    """A request to the simulated Stripe; with a form, a POST."""
    fields = "".join(f" -d {quote(f'{name}={value}')}" for name, value in (form or {}).items())
    return f"curl -s {quote(f'{address}/v1/{path}')} -u {quote(key + ':')}{fields}"


def backend(url: str, path: str, *, token_env: str = "", body: Mapping[str, object] | None = None) -> str:
    """A request to a backend; its token is taken from the shell's variable `token_env`."""
    header = f' -H "Authorization: Bearer ${token_env}"' if token_env else ""
    sent = "" if body is None else f" --json {quote(json.dumps(body))}"
    return f"curl -s {quote(url + path)}{header}{sent}"

"""The billing server over HTTP.

Decides: time-outs, that redirects are not followed (a token would travel along), and that only a JSON object
of bounded size is an answer.  Does not know what is asked or why.  Neither a token nor an address with a
checkout session in it gets into a message.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from rehearsal_harness.core.desktop.asking import Ask, Told

if TYPE_CHECKING:
    import requests

CONNECT_TIMEOUT_S, READ_TIMEOUT_S = 5, 15
ANSWER_BYTES_MAX = 2**20

Routes = Mapping[str, tuple[str, str]]


class Server:
    """A server at `url`; `routes` gives method and path of each operation."""

    def __init__(self, url: str, routes: Routes) -> None:
        self._url = url
        self._routes = routes

    def __call__(self, ask: Ask) -> Told:
        """The answer to a question; never raises for what a network does."""
        import requests

        if ask.operation not in self._routes:
            return Told(0, {}, f"the manifest declares no route for the operation '{ask.operation}'")
        method, path = self._routes[ask.operation]

        def own_headers(request: requests.PreparedRequest) -> requests.PreparedRequest:
            if ask.token:  # set here, so that no password of a .netrc takes its place
                request.headers["Authorization"] = f"Bearer {ask.token}"
            return request

        try:
            with requests.request(
                method,
                self._url + path,
                params=dict(ask.query),
                json=None if ask.body is None else dict(ask.body),
                auth=own_headers,
                timeout=(CONNECT_TIMEOUT_S, READ_TIMEOUT_S),
                allow_redirects=False,
                stream=True,
            ) as response:
                return _told(response)
        except requests.Timeout:
            return Told(0, {}, f"no answer from the server within {CONNECT_TIMEOUT_S}+{READ_TIMEOUT_S} s")
        except requests.exceptions.SSLError:
            return Told(0, {}, "the certificate of the server is not trusted")
        except (requests.RequestException, UnicodeError) as error:
            return Told(0, {}, f"the server could not be reached ({type(error).__name__})")


def _told(response: requests.Response) -> Told:
    content = b""
    for chunk in response.iter_content(2**16):
        content += chunk
        if len(content) > ANSWER_BYTES_MAX:
            return Told(0, {}, f"the answer is larger than {ANSWER_BYTES_MAX} bytes")
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        body = None
    if isinstance(body, dict):
        return Told(response.status_code, body)
    if 200 <= response.status_code < 300:
        return Told(0, {}, "the answer is no JSON object; is the server's address right?")
    return Told(response.status_code, {})

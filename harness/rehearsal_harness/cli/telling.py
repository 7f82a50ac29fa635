"""What may be told: everything but the values of secrets.

Decides which values of an environment are secrets (those under a name that sounds like one, or that a caller
knows; and passwords in addresses), and that keys of Stripe's are none of anybody's business.  Values are
looked for as they are, and as Python, JSON and addresses write them.  Fakes such as zeros are told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from urllib.parse import quote, unquote

LENGTH_MIN, CHARACTERS_MIN = 12, 3  # of what is shorter or duller every text is full, and it guards nothing
_NAMED = re.compile(r"(?i)secret|token|passw|credential|private|(?:^|_)key(?:$|_)|database_url")
_STRIPES = re.compile(r"\b((?:sk|rk)_(?:live|test|org)_|whsec_)([A-Za-z0-9]{12,})")
_PASSWORD = re.compile(r"//[^/\s@:]*:([^/\s@]+)@")


def without_secrets(text: str, environ: Mapping[str, str], names: Collection[str] = ()) -> str:
    """`text` with the name of its variable in the place of each secret of `environ`; `names` are secrets
    whatever they are called.
    """
    secrets: dict[str, str] = {}
    for name, value in environ.items():
        secret = [value, value.strip()] if name in names or _NAMED.search(name) else []
        passwords = [form for each in _PASSWORD.findall(value) for form in (each, unquote(each))]
        secrets |= {each: name for each in [*secret, *passwords] if _is_telling(each)}
    for value in sorted(secrets, key=len, reverse=True):
        for form in _forms(value):
            text = text.replace(form, f"<{secrets[value]}>")
    return _STRIPES.sub(lambda key: f"{key[1]}…" if _is_telling(key[2]) else key[0], text)


def _is_telling(value: str) -> bool:
    body = value.rpartition("_")[2]
    return len(value) >= LENGTH_MIN and len(set(body)) >= CHARACTERS_MIN


def _forms(value: str) -> Iterator[str]:
    """A value as messages, reprs, JSON and addresses write it."""
    forms = (value, repr(value)[1:-1], json.dumps(value)[1:-1], quote(value), quote(value, ""))
    yield from dict.fromkeys(forms)

"""Form decoding: bytes of a query or a body into nested hashes of text.

Decides: what `a[b][0]=c`, `a[]=c` and `%5B` mean.  An array becomes a hash with keys 0, 1, …, since only the
declared parameters know which names are arrays.  Does not know: any parameter.
Rule: https://docs.stripe.com/api (form-encoded requests); `a[][x]=1&a[][y]=2` fills one element until a name
repeats, as Rack reads it.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from rehearsal_harness.core.requests import Form

LEVELS_MOST = 32
_FIELDS_MOST = 5000


class MalformedForm(ValueError):
    """A body that is not a form, or a name that is used both for text and for a hash."""


def decode_form(text: str) -> Form:
    """The nested form of `text`, which is `application/x-www-form-urlencoded`; raises MalformedForm.

    >>> decode_form("items[0][price]=price_1&expand[]=customer")
    {'items': {'0': {'price': 'price_1'}}, 'expand': {'0': 'customer'}}
    """
    form: dict[str, Any] = {}
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS_MOST)
    except UnicodeDecodeError:
        raise MalformedForm("Invalid form: a name or a value is not UTF-8") from None
    except ValueError:
        raise MalformedForm(f"Invalid form: more than {_FIELDS_MOST} fields") from None
    for name, value in pairs:
        if "[" not in name:
            if isinstance(form.get(name), dict):
                raise MalformedForm(f"Invalid form: '{name[:80]}' is both text and a hash")
            form[name] = value
        else:
            _place(form, name, value)
    return form


def _place(form: dict[str, Any], name: str, value: str) -> None:
    if name.count("[") > LEVELS_MOST:
        raise MalformedForm(f"Invalid form: '{name[:40]}…' is nested more than {LEVELS_MOST} levels deep")
    head, *rest = name.split("[")
    if not head or any(not part.endswith("]") or "]" in part[:-1] for part in rest):
        raise MalformedForm(f"Invalid form: unbalanced brackets in '{name[:80]}'")
    keys = [head, *(part[:-1] for part in rest)]
    hash_: dict[str, Any] = form
    for position, key in enumerate(keys[:-1]):
        inner = hash_.setdefault(key or _element(hash_, keys[position + 1 :]), {})
        if not isinstance(inner, dict):
            raise MalformedForm(f"Invalid form: '{name[:80]}' is both text and a hash")
        hash_ = inner
    last = keys[-1] or str(len(hash_))
    if isinstance(hash_.get(last), dict):
        raise MalformedForm(f"Invalid form: '{name[:80]}' is both text and a hash")
    hash_[last] = value


def _element(array: dict[str, Any], inner_keys: list[str]) -> str:
    """The key of the element that `[]` means: the last one, or a new one when it already has that name."""
    if not array:
        return "0"
    last = next(reversed(array))
    return str(len(array)) if _has(array[last], inner_keys) else last


def _has(value: Any, keys: list[str]) -> bool:
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            return False
        value = value[key]
    return True

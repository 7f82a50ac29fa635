"""Form decoding: what the SDKs send, and what they do not."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe._encode import _api_encode

from rehearsal_harness.stripe_api.forms import MalformedForm, decode_form


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("", {}),
        ("a=1&b=", {"a": "1", "b": ""}),
        ("a[b][c]=1&a[d]=2", {"a": {"b": {"c": "1"}, "d": "2"}}),
        ("a%5Bb%5D=1+2%2B", {"a": {"b": "1 2+"}}),
        ("expand[]=x&expand[]=y", {"expand": {"0": "x", "1": "y"}}),
        ("expand[0]=x&expand[1]=y", {"expand": {"0": "x", "1": "y"}}),
        ("i[][p]=1&i[][q]=2&i[][p]=3", {"i": {"0": {"p": "1", "q": "2"}, "1": {"p": "3"}}}),
        ("i[][p][q]=1&i[][p][q]=2", {"i": {"0": {"p": {"q": "1"}}, "1": {"p": {"q": "2"}}}}),
        ("a=1&a=2", {"a": "2"}),
        ("a=%C3%A9&b={CHECKOUT_SESSION_ID}", {"a": "é", "b": "{CHECKOUT_SESSION_ID}"}),
    ],
)
def test_names_with_brackets_nest(text: str, form: dict[str, Any]) -> None:
    """Indexed, empty and escaped brackets all mean what Stripe makes of them."""
    assert decode_form(text) == form


@pytest.mark.parametrize(
    "text",
    [
        "a[b=1",
        "[a]=1",
        "a[b]c=1",
        "a=1&a[b]=2",
        "a[b]=2&a=1",
        "a[b]=1&a[b][c]=2",
        "a[b][c]=1&a[b]=2",
        "a=%FF",
    ],
)
def test_what_is_no_form_is_refused(text: str) -> None:
    """Unbalanced brackets, a name used twice for different things, bytes that are no text."""
    with pytest.raises(MalformedForm, match="Invalid form"):
        decode_form(text)


_NAMES = st.text(alphabet="abc_", min_size=1, max_size=3)
_VALUES = st.recursive(
    st.text(max_size=5),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3) | st.dictionaries(_NAMES, inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(_NAMES, _VALUES, max_size=4))
def test_what_the_sdk_encodes_is_decoded(params: dict[str, Any]) -> None:
    """Every nested value that the official SDK encodes comes back, arrays as hashes with keys 0, 1, …"""
    text = urlencode(list(_api_encode(params)))

    assert decode_form(text) == _numbered(params)


def _numbered(value: Any) -> Any:
    if isinstance(value, list):
        return {str(index): _numbered(each) for index, each in enumerate(value)}
    if isinstance(value, dict):
        return {name: _numbered(each) for name, each in value.items()}
    return value

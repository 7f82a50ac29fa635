"""The declared kinds of parameters: what they read, and how they refuse."""

from __future__ import annotations

from typing import Any

import pytest

from rehearsal_harness.core.requests.metadata import Metadata, merged
from rehearsal_harness.core.requests.parameters import (
    Choice,
    Email,
    Flag,
    Hash,
    InstantOrWord,
    Kind,
    ListOf,
    Only,
    Raw,
    Span,
    Text,
    Url,
    Whole,
    harmless,
    not_simulated,
)
from rehearsal_harness.core.requests.refusal import Refusal


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (Text(), "x", "x"),
        (Text(clearable=True), "", None),
        (Url(), "https://a.example/b?c={ID}", "https://a.example/b?c={ID}"),
        (Url(clearable=True), "", None),
        (Email(), "a@b", "a@b"),
        (Email(), "", None),
        (Whole(), "007", 7),
        (Whole(least=-5), "-5", -5),
        (Flag(), "true", True),
        (Flag(), "false", False),
        (Flag(), "True", True),
        (Flag(), "False", False),
        (Choice("one two"), "two", "two"),
        (Choice("one", clearable=True), "", None),
        (Only("false"), "false", "false"),
        (Only("false"), "False", "false"),
        (InstantOrWord("end"), "12", 12),
        (InstantOrWord("end"), "end", "end"),
        (InstantOrWord("end"), "", None),
        (Hash({"a": Whole()}), {"a": "1"}, {"a": 1}),
        (Hash(harmless("looks")), {"looks": {"x": "1"}}, {"looks": None}),
        (ListOf(Whole()), {"10": "20", "2": "12", "0": "10"}, [10, 12, 20]),
        (ListOf(Whole(), clearable=True), "", []),
        (Span(), "5", {"gte": 5, "lte": 5}),
        (Span(), {"gt": "1", "lte": "9"}, {"gt": 1, "lte": 9}),
        (Metadata(), {"0": "x", "b": ""}, {"0": "x", "b": ""}),
        (Metadata(), "", None),
    ],
)
def test_a_good_value_is_read(kind: Kind, raw: Raw, value: Any) -> None:
    """Text becomes what it stands for; "" clears where clearing is allowed."""
    assert kind.read(raw, "p") == value


@pytest.mark.parametrize(
    ("kind", "raw", "param", "code"),
    [
        (Text(), "", "p", "parameter_invalid_empty"),
        (Text(), {"a": "1"}, "p", None),
        (Text(most=3), "four", "p", None),
        (Url(), "ftp://a.example", "p", "url_invalid"),
        (Url(), "https://", "p", "url_invalid"),
        (Email(), "a@b@c", "p", "email_invalid"),
        (Email(), "@b", "p", "email_invalid"),
        (Whole(), "1.5", "p", "parameter_invalid_integer"),
        (Whole(), "-1", "p", "parameter_invalid_integer"),
        (Whole(), "", "p", "parameter_invalid_integer"),
        (Whole(), "٣", "p", "parameter_invalid_integer"),
        (Whole(most=9), "10", "p", "parameter_invalid_integer"),
        (Flag(), "1", "p", None),
        (Choice("one", "two"), "two", "p", "not_simulated"),
        (Choice("one"), "three", "p", None),
        (Only("false"), "true", "p", "not_simulated"),
        (InstantOrWord("end", "last"), "last", "p", "not_simulated"),
        (Hash({}), "text", "p", None),
        (Hash({}), {"x": "1"}, "p[x]", "parameter_unknown"),
        (Hash({"x": Text()}, ("x",)), {}, "p[x]", "parameter_missing"),
        (Hash(not_simulated("x")), {"x": "1"}, "p[x]", "not_simulated"),
        (ListOf(Text()), "x", "p", None),
        (ListOf(Text()), {"x": "1"}, "p", None),
        (ListOf(Text(), most=1), {"0": "x", "1": "y"}, "p", None),
        (ListOf(Hash({"x": Whole()})), {"3": {"x": "y"}}, "p[3][x]", "parameter_invalid_integer"),
        (Span(), {"after": "1"}, "p[after]", "parameter_unknown"),
        (Metadata(), {"a": {"b": "1"}}, "p[a]", None),
        (Metadata(), "text", "p", None),
    ],
)
def test_a_bad_value_is_refused_by_its_full_name(kind: Kind, raw: Raw, param: str, code: str | None) -> None:
    """400, with the innermost parameter as Stripe writes it, and Stripe's code."""
    with pytest.raises(Refusal) as refused:
        kind.read(raw, "p")
    assert (refused.value.status, refused.value.error["param"]) == (400, param)
    assert refused.value.error.get("code") == code
    assert param in refused.value.error["message"]


def test_metadata_merges_key_by_key() -> None:
    """A new key comes last, a known one stays where it is, "" deletes, None deletes all."""
    old = (("a", "1"), ("b", "2"))
    assert merged(old, {"c": "3", "a": "9"}) == (("a", "9"), ("b", "2"), ("c", "3"))
    assert merged(old, {"a": "", "x": ""}) == (("b", "2"),)
    assert merged(old, None) == ()


def test_a_name_that_means_another_is_read_as_that() -> None:
    """A plan is a price; both at once are one too many."""
    kind = Hash({"price": Text(), "plan": Text()}, also={"plan": "price"})
    assert kind.read({"plan": "gold"}, "p") == {"price": "gold"}
    with pytest.raises(Refusal, match="plan, price"):
        kind.read({"plan": "gold", "price": "silver"}, "p")

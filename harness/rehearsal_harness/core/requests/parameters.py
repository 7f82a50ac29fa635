"""Declared parameters: what an operation accepts, as data, and the one reader of it.

Decides: what each kind of value may look like and what is said when it does not.  A name that is not declared
is refused; so is one that Stripe has and the simulation has not (`not_simulated`); nothing is accepted
silently but what `harmless` lists.  Does not know: which operation has which parameters (the resource
modules), or what they mean.
Rule: https://docs.stripe.com/api/errors, https://docs.stripe.com/error-codes; "" clears a field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias
from urllib.parse import urlsplit

from . import refusal
from .message import Form

Raw: TypeAlias = "str | Form"


class Kind(Protocol):
    """A kind of value."""

    def read(self, raw: Raw, param: str) -> Any:
        """The value of `param`, in Python's terms; raises Refusal.  None is a field that is to be cleared."""


def within(outer: str, name: str) -> str:
    """The name of a nested parameter as Stripe writes it: `items[0][price]`."""
    return f"{outer}[{name}]" if outer else name


def text_of(raw: Raw, param: str) -> str:
    """`raw` if it is text; raises Refusal."""
    if not isinstance(raw, str):
        raise refusal.invalid(f"Invalid string: {param}", param)
    return raw


def form_of(raw: Raw, param: str, what: str) -> Form:
    """`raw` if it is a hash or an array; raises Refusal."""
    if isinstance(raw, str):
        raise refusal.invalid(f"Invalid {what}", param)
    return raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Text of at most `most` characters; `clearable` text may be sent empty."""

    most: int = 5000
    clearable: bool = False

    def read(self, raw: Raw, param: str) -> str | None:
        text = text_of(raw, param)
        if not text:
            if self.clearable:
                return None
            message = (
                f"You passed an empty string for '{param}'. We assume empty values are an attempt to unset a "
                f"parameter; however '{param}' cannot be unset. You should remove '{param}' from your "
                "request or supply a non-empty value."
            )
            raise refusal.invalid(message, param, "parameter_invalid_empty")
        if len(text) > self.most:
            message = f"Invalid string: {text[:20]}…; must be at most {self.most} characters"
            raise refusal.invalid(message, param)
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Url:
    """An absolute http or https address."""

    clearable: bool = False

    def read(self, raw: Raw, param: str) -> str | None:
        text = Text(clearable=self.clearable).read(raw, param)
        parts = urlsplit(text) if text else None
        if parts is not None and (parts.scheme not in ("http", "https") or not parts.netloc):
            raise refusal.invalid(f"Not a valid URL: {param}", param, "url_invalid")
        return text


@dataclass(frozen=True, slots=True)
class Email:
    """Text with one @ between two others."""

    def read(self, raw: Raw, param: str) -> str | None:
        text = Text(most=512, clearable=True).read(raw, param)
        name, _, host = (text or "a@b").partition("@")
        if not name or not host or "@" in host or " " in host:
            raise refusal.invalid(f"Invalid email address: {text}", param, "email_invalid")
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A whole number in [least, most]."""

    least: int = 0
    most: int = 2**53

    def read(self, raw: Raw, param: str) -> int:
        text = text_of(raw, param)
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 20):
            raise refusal.invalid(f"Invalid integer: {text[:40]}", param, "parameter_invalid_integer")
        number = int(text)
        if number < self.least:
            message = f"This value must be greater than or equal to {self.least}."
            raise refusal.invalid(message, param, "parameter_invalid_integer")
        if number > self.most:
            message = f"This value must be less than or equal to {self.most}."
            raise refusal.invalid(message, param, "parameter_invalid_integer")
        return number


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false; True and False are how stripe-python writes them before its version 12."""

    def read(self, raw: Raw, param: str) -> bool:
        text = text_of(raw, param)
        if text not in ("true", "false", "True", "False"):
            raise refusal.invalid(f"Invalid boolean: {text[:40]}", param)
        return text in ("true", "True")


class Choice:
    """One of the words that are simulated; `others` are Stripe's further words; a clearable one may be sent
    empty."""

    def __init__(self, simulated: str, others: str = "", *, clearable: bool = False) -> None:
        self.simulated = tuple(simulated.split())
        self.others = tuple(others.split())
        self.clearable = clearable

    def read(self, raw: Raw, param: str) -> str | None:
        text = text_of(raw, param)
        if not text and self.clearable:
            return None
        if text in self.simulated:
            return text
        if text in self.others:
            raise refusal.not_simulated(param, text)
        *most, last = (*self.simulated, *self.others)
        known = f"{', '.join(most)}, or {last}" if most else last
        raise refusal.invalid(f"Invalid {param}: must be one of {known}", param)


@dataclass(frozen=True, slots=True)
class Renamed:
    """One of the words of an older version, answered as the word of today."""

    words: Mapping[str, str]

    def read(self, raw: Raw, param: str) -> str:
        word = Choice(" ".join(self.words)).read(raw, param)
        return self.words[word or ""]


@dataclass(frozen=True, slots=True)
class Only:
    """The one value that is simulated; any other is Stripe's business."""

    value: str

    def read(self, raw: Raw, param: str) -> str:
        text = text_of(raw, param)
        if text not in (self.value, self.value.capitalize()):
            raise refusal.not_simulated(param, text)
        return self.value


@dataclass(frozen=True, slots=True)
class InstantOrWord:
    """An instant in unix seconds, one of `words`, or "" to clear it; Stripe also takes the `others`."""

    words: str
    others: str = ""

    def read(self, raw: Raw, param: str) -> int | str | None:
        text = text_of(raw, param)
        if text in self.words.split():
            return text
        if text in self.others.split():
            raise refusal.not_simulated(param, text)
        return Whole().read(raw, param) if text else None


@dataclass(frozen=True, slots=True)
class Harmless:
    """Accepted and forgotten: it changes a page that nobody sees here."""

    def read(self, raw: Raw, param: str) -> None:
        return None


@dataclass(frozen=True, slots=True)
class NotSimulated:
    """Stripe has it; a request that uses it is refused."""

    def read(self, raw: Raw, param: str) -> None:
        raise refusal.not_simulated(param)


def harmless(names: str) -> dict[str, Kind]:
    """Those names, accepted and forgotten."""
    return dict.fromkeys(names.split(), Harmless())


def not_simulated(names: str) -> dict[str, Kind]:
    """Those names, refused as not simulated."""
    return dict.fromkeys(names.split(), NotSimulated())


@dataclass(frozen=True, slots=True)
class Hash:
    """Named values; `gone` are names that Stripe took once, with the code of its refusal, `also` other names
    for the same, which Stripe takes still: a `plan` is a `price`."""

    fields: Mapping[str, Kind] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    gone: Mapping[str, str] = field(default_factory=dict)
    also: Mapping[str, str] = field(default_factory=dict)

    def read(self, raw: Raw, param: str) -> dict[str, Any]:
        """Only what was sent is in the answer."""
        form = form_of(raw, param, "object")
        unknown = [within(param, name) for name in form if name not in self.fields]
        for name in unknown:
            if name in self.gone:
                raise refusal.invalid(f"{name} is no longer supported.", name, self.gone[name])
        if unknown:
            raise refusal.unknown_parameters(unknown)
        for name, same in self.also.items():
            if name in form and same in form:
                message = f"You may only specify one of these parameters: {name}, {same}."
                raise refusal.invalid(message, within(param, name))
        values = {
            self.also.get(name, name): self.fields[name].read(value, within(param, name))
            for name, value in form.items()
        }
        for name in self.required:
            if name not in values:
                raise refusal.missing_parameter(within(param, name))
        return values


@dataclass(frozen=True, slots=True)
class ListOf:
    """An array of at most `most` values; a clearable one may be sent as "" and is then empty."""

    kind: Kind
    most: int = 100
    clearable: bool = False

    def read(self, raw: Raw, param: str) -> list[Any]:
        if self.clearable and raw == "":
            return []
        form = form_of(raw, param, "array")
        if not all(name.isascii() and name.isdigit() for name in form):
            raise refusal.invalid("Invalid array", param)
        if len(form) > self.most:
            raise refusal.invalid(f"Array {param} exceeded maximum {self.most} allowed elements.", param)
        positions = sorted(form, key=int)
        return [self.kind.read(form[position], within(param, position)) for position in positions]


@dataclass(frozen=True, slots=True)
class Span:
    """An instant, or bounds gt, gte, lt, lte: answers a dict of bounds in unix seconds."""

    def read(self, raw: Raw, param: str) -> dict[str, int]:
        if isinstance(raw, str):
            instant = Whole().read(raw, param)
            return {"gte": instant, "lte": instant}
        return Hash(dict.fromkeys(("gt", "gte", "lt", "lte"), Whole())).read(raw, param)

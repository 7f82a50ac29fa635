"""Parameters that are numbers with a fraction.

Decides: what such a number may look like.  Does not know: which parameter is one.
Source: https://docs.stripe.com/billing/subscriptions/decimal-amounts: at most 12 decimal places.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import refusal
from .parameters import Raw, Whole, text_of

_DECIMAL = re.compile(r"\d{1,15}(\.\d{1,12})?")


def _plain(text: str) -> str:
    """Without idle zeros, so that equal numbers are equal texts."""
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0")
    return f"{int(whole)}.{fraction}" if fraction else str(int(whole))


@dataclass(frozen=True, slots=True)
class DecimalAmount:
    """An amount in the smallest unit, of which there may be a fraction; answers text without idle zeros."""

    def read(self, raw: Raw, param: str) -> str:
        text = text_of(raw, param)
        if not _DECIMAL.fullmatch(text):
            raise refusal.invalid(f"Invalid decimal: {text[:40]}", param, "parameter_invalid_string")
        return _plain(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeAmount:
    """An amount that may be sent as a decimal; a fraction of the smallest unit is not simulated."""

    least: int = 0

    def read(self, raw: Raw, param: str) -> int:
        whole, _, fraction = text_of(raw, param).partition(".")
        if fraction.strip("0"):
            raise refusal.not_simulated(param, f"{whole}.{fraction}")
        return Whole(least=self.least).read(whole, param)


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number above `above` and not over `most`; answers text without idle zeros."""

    above: float = 0.0
    most: float = 1e12

    def read(self, raw: Raw, param: str) -> str:
        text = text_of(raw, param)
        if not _DECIMAL.fullmatch(text):
            raise refusal.invalid(f"Invalid decimal: {text[:40]}", param, "parameter_invalid_string")
        if not self.above < float(text) <= self.most:
            message = f"Must be more than {self.above:g} and at most {self.most:g}: {text[:40]}"
            raise refusal.invalid(message, param)
        return _plain(text)


@dataclass(frozen=True, slots=True)
class UpTo:
    """The last unit of a tier, or `inf`, answered as None."""

    def read(self, raw: Raw, param: str) -> int | None:
        return None if raw == "inf" else Whole(least=1).read(raw, param)


@dataclass(frozen=True, slots=True)
class InstantOrNow:
    """An instant in unix seconds, or the word `now`."""

    def read(self, raw: Raw, param: str) -> int | str:
        return "now" if raw == "now" else Whole().read(raw, param)

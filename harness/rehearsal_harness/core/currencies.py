"""How many decimals an amount has: Stripe counts each currency in its smallest unit.

Decides: where the point stands.  Does not know signs such as $, nor who reads (`serving.look`).
Source: https://docs.stripe.com/currencies#zero-decimal and #three-decimal.

>>> plain(1234, "usd"), plain(1234, "jpy"), plain(1234, "kwd"), plain(-5, "eur")
('12.34', '1,234', '1.234', '-0.05')
"""

from __future__ import annotations

from decimal import Decimal

_DECIMALS = {
    **dict.fromkeys(("bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga"), 0),
    **dict.fromkeys(("pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf"), 0),
    **dict.fromkeys(("bhd", "jod", "kwd", "omr", "tnd"), 3),
}


def decimals(currency: str) -> int:
    """How many digits stand after the point."""
    return _DECIMALS.get(currency.lower(), 2)


def plain(amount: int | Decimal, currency: str) -> str:
    """An amount in the smallest unit as a number in the currency; fractions of the unit are kept."""
    value = Decimal(amount).scaleb(-decimals(currency))
    if amount == int(amount):
        return f"{value:,.{decimals(currency)}f}"
    return f"{value.normalize():,f}"

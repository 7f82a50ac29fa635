"""The addresses of the pages that Stripe hosts, in a rendered answer: Stripe's own, or another host's.

Decides: which path of a bench stands for which of Stripe's hosts.  Does not know what a page shows.
Source: the addresses `url` of checkout.Session, billing_portal.Session and PaymentLink, `login_page[url]`,
`hosted_invoice_url`, `invoice_pdf` and `receipt_url`, as https://docs.stripe.com/api shows them.
"""

from __future__ import annotations

from typing import Any

# Stripe's origin -> what stands between the address of a bench and the path at Stripe.
_ORIGINS = (
    ("https://checkout.stripe.com/", "/"),
    ("https://billing.stripe.com/", "/"),
    ("https://buy.stripe.com/", "/b/"),
    ("https://invoice.stripe.com/", "/"),
    ("https://pay.stripe.com/", "/"),
    ("https://hooks.stripe.com/", "/"),
)
_BEGINNING = "https://"


def hosted_at(address: str, body: Any) -> Any:
    """`body` with Stripe's pages at `address`, as `http://127.0.0.1:12111`; the same value where it is ""
    or nothing in it is such an address.  What was passed in is never changed.

    >>> hosted_at("http://b", {"url": "https://checkout.stripe.com/c/pay/cs_1"})
    {'url': 'http://b/c/pay/cs_1'}
    """
    return _moved(address, body) if address else body


def _moved(address: str, value: Any) -> Any:
    if isinstance(value, str):
        return _page(address, value) if value.startswith(_BEGINNING) else value
    if isinstance(value, dict):
        changed = {name: moved for name, old in value.items() if (moved := _moved(address, old)) is not old}
        return {**value, **changed} if changed else value
    if isinstance(value, list):
        items = [_moved(address, old) for old in value]
        return items if any(new is not old for new, old in zip(items, value, strict=True)) else value
    return value


def _page(address: str, url: str) -> str:
    for origin, between in _ORIGINS:
        if url.startswith(origin):
            return f"{address}{between}{url.removeprefix(origin)}"
    return url

"""The site's pages: templates, one style, one script, and the headers that keep them to themselves.

Decides what a template is given and what a browser may load: the style by its hash, the one script from this
server, nothing else.  Does not know readiness, orders or accounts: they are handed in.  A service is never
named here: business, texts and the prefix of attributes and functions come from the manifest.
Source: Content Security Policy Level 3 (W3C).
"""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

import falcon

from rehearsal_server.context import Context
from rehearsal_server.readiness import readiness_of
from rehearsal_server.returning import TEXTS
from rehearsal_specs.manifest import Offer
from rehearsal_specs.site_pages import SitePages

if TYPE_CHECKING:
    from jinja2 import Environment

STRIPES_PAGES = ("https://checkout.stripe.com", "https://billing.stripe.com", "https://buy.stripe.com")
POLICIES = ("privacy", "terms", "refund")
# Currencies that Stripe counts without a smaller unit: https://docs.stripe.com/currencies#zero-decimal.
WHOLE = frozenset(
    {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"}
)
SIGNS = {"usd": "$", "eur": "€", "gbp": "£"}


def answer_page(
    context: Context, resp: falcon.Response, template: str, values: dict[str, object] | None = None
) -> None:
    """The page of a template; `values` are what it shows besides the site's own.

    Raises LookupError where the manifest declares no such page; the reader of manifests sees to `page`s.
    """
    site = site_of(context)
    given = values or {}
    paths = paths_of(context)
    text = (
        _environment()
        .get_template(f"{template}.html")
        .render(
            site=site,
            page=site.each[template],
            template=template,
            prefix=site.attribute_prefix,
            paths=paths,
            nav=[
                (each.nav, paths[name], name)
                for name, each in site.each.items()
                if each.nav and name in paths
            ],
            policies=[(site.each[name].title, paths[name], name) for name in POLICIES if name in paths],
            contact=context.settings.value(site.contact_env or ""),
            readiness=readiness_of(context),
            access=context.manifest.access,
            style=_style(),
            **given,
        )
    )
    resp.content_type = falcon.MEDIA_HTML
    resp.set_headers(_headers())
    resp.text = text


def site_of(context: Context) -> SitePages:
    """The manifest's pages; raises LookupError without any."""
    if context.manifest.pages is None:
        raise LookupError(f"{context.manifest.path} declares no pages")
    return context.manifest.pages


def has_page(context: Context, template: str) -> bool:
    """Does the manifest declare this page?"""
    return context.manifest.pages is not None and template in context.manifest.pages.each


def paths_of(context: Context) -> dict[str, str]:
    """The path of each page by its template, and of each other operation by its name."""
    operations = context.manifest.operations
    return {each.options.get("template", each.name): each.route.path for each in operations}


def script_of(context: Context) -> str:
    """The one script, with the site's prefix, the routes it asks and the sentences it says."""
    paths = paths_of(context)
    wanted = (
        "billing_status",
        "checkout_status",
        "plan_checkout",
        "credits_checkout",
        "user_portal",
        "assistant",
    )
    config = {"paths": {name: paths[name] for name in wanted if name in paths}, "texts": dict(TEXTS)}
    source = files(__name__).joinpath("site_billing.js").read_text("utf-8")
    return source.replace("__CONFIG__", json.dumps(config)).replace(
        "__PREFIX__", site_of(context).attribute_prefix
    )


def price(offer: Offer) -> str:
    """What an offer costs, for people: $500, $999/month, 1,200 JPY; "on request" where nobody has decided."""
    if offer.amount_cents is None:
        return "on request"
    return money(offer.amount_cents, offer.currency) + (f"/{offer.interval}" if offer.interval else "")


def money(amount_cents: int | None, currency: str | None) -> str:
    """An amount in the smallest unit of its currency, for people; "" for an unknown one."""
    if amount_cents is None or currency is None:
        return ""
    whole = currency in WHOLE or amount_cents % 100 == 0
    number = (
        f"{amount_cents // (1 if currency in WHOLE else 100):,}" if whole else f"{amount_cents / 100:,.2f}"
    )
    sign = SIGNS.get(currency)
    return f"{sign}{number}" if sign else f"{number} {currency.upper()}"


def moment(instant: int | None) -> str:
    """Unix seconds as 2026-06-01 00:00 UTC; "" for none."""
    return "" if instant is None else f"{datetime.fromtimestamp(instant, UTC):%Y-%m-%d %H:%M} UTC"


def _capitalized(text: str) -> str:
    return text[:1].upper() + text[1:]


@lru_cache(maxsize=1)
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    found = Environment(
        loader=PackageLoader(__name__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {"price": price, "money": money, "moment": moment, "capitalize_first": _capitalized}
    return found


@lru_cache(maxsize=1)
def _style() -> str:
    return files(__name__).joinpath("style.css").read_text("utf-8")


@lru_cache(maxsize=1)
def _headers() -> dict[str, str]:
    style = b64encode(sha256(_style().encode()).digest()).decode()
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": f"'sha256-{style}'",
        "img-src": "data:",
        "connect-src": "'self'",
        "form-action": f"'self' {' '.join(STRIPES_PAGES)}",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{key} {value}" for key, value in policy.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Cache-Control": "no-store",
        "Vary": "Accept",
    }

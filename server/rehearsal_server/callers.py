"""Who is calling: a device with its token, the back office with the admin token, or nobody known.

Decides what the Authorization header proves.  Does not know what the caller wants.  The admin token is
compared in constant time and stays on servers; a device proves itself with a token that this server signed.
"""

from __future__ import annotations

import hmac

import falcon
from stripe import StripeClient

from rehearsal_server.context import Context
from rehearsal_server.errors import Refused
from rehearsal_server.licenses import Audience, Bearer, Signer, TokenExpiredError, TokenInvalidError
from rehearsal_specs.manifest import LicenseTerms


def terms_of(context: Context) -> LicenseTerms:
    """The manifest's licence terms; the reader of manifests sees to it that operations that need them have
    them.
    """
    if context.manifest.license is None:
        raise LookupError(f"{context.manifest.path} declares no license")
    return context.manifest.license


def configured(context: Context, name: str) -> str:
    """The value of a setting this operation cannot work without; raises Refused (503) naming it."""
    value = context.settings.value(name)
    if value is None:
        raise Refused(503, "NOT_CONFIGURED", f"{name} is not set on the server")
    return value


def signer(context: Context) -> Signer:
    """The signer of this service's tokens; raises Refused (503)."""
    terms = terms_of(context)
    return Signer(configured(context, terms.signing_secret_env), terms.issuer)


def bearer_token(req: falcon.Request) -> str | None:
    """The token of an `Authorization: Bearer` header, or None without the header; raises Refused (401)."""
    header = req.get_header("Authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Refused(401, "TOKEN_INVALID", "the Authorization header is not a bearer token")
    return token.strip()


def is_admin(context: Context, token: str) -> bool:
    """Is this the back office?  Without a configured admin token nobody is."""
    wanted = context.settings.value(terms_of(context).admin_token_env)
    return wanted is not None and hmac.compare_digest(token.encode(), wanted.encode())


def device_or_none(context: Context, token: str, now: int) -> Bearer | None:
    """The device that a token speaks for at `now`, None when its time is over; raises Refused (401)."""
    try:
        return signer(context).read(token, Audience.DEVICE, now)
    except TokenExpiredError:
        return None
    except TokenInvalidError:
        raise Refused(401, "TOKEN_INVALID", "the bearer token is not one of this server") from None


def device_of(context: Context, token: str, now: int) -> Bearer:
    """The device that a token speaks for at `now`; raises Refused (401)."""
    bearer = device_or_none(context, token, now)
    if bearer is None:
        raise Refused(401, "TOKEN_EXPIRED", "the device token is over; claim the checkout session again")
    return bearer


def stripe_of(context: Context) -> StripeClient:
    """Stripe, for an operation that cannot work without it; raises Refused (503) naming an unset key."""
    configured(context, context.stripe_key_name)
    return context.stripe

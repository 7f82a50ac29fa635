"""Who is calling: a device with its token, the back office, a signed-in user, an operator, or nobody known.

Decides what the Authorization header proves.  Does not know what the caller wants.  The admin token is
compared in constant time and stays on servers; a device proves itself with a token that this server signed,
a user with one of whoever signs people in, as a bearer token or in a declared cookie.
Source: Fetch Metadata Request Headers (W3C): a page cannot set `Sec-Fetch-Site`.
"""

from __future__ import annotations

import hmac

import falcon
from stripe import StripeClient

from rehearsal_server.context import Context
from rehearsal_server.errors import Refused
from rehearsal_server.identity import IdentityError, IdentityExpiredError, User
from rehearsal_server.license_keys import SigningKey, read_signing_keys
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
    """Whoever reads this service's device tokens; raises Refused (503)."""
    terms = terms_of(context)
    return Signer(configured(context, terms.signing_secret_env), terms.issuer)


def license_signer(context: Context) -> Signer:
    """Whoever signs licences and device tokens; raises Refused (503)."""
    terms = terms_of(context)
    return Signer(configured(context, terms.signing_secret_env), terms.issuer, signing_keys(context))


def signing_keys(context: Context) -> tuple[SigningKey, ...]:
    """The keys that sign licences, newest first; none where the manifest declares none.

    Raises Refused (503) when they are declared and not set: a desktop that checks signatures would believe
    no licence that is signed with the shared secret instead.
    """
    name = terms_of(context).signing_keys_env
    return read_signing_keys(configured(context, name)) if name else ()


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


def user_or_none(context: Context, req: falcon.Request) -> User | None:
    """The signed-in user; None without a token or where nobody can sign in; raises Refused (401, 403)."""
    token = bearer_token(req) or _cookie_token(context, req)
    if token is None or context.identity is None:
        return None
    try:
        return context.identity.user(token, context.clock())
    except IdentityExpiredError:
        raise Refused(401, "TOKEN_EXPIRED", "the sign-in is over; sign in again") from None
    except IdentityError:
        raise Refused(401, "TOKEN_INVALID", "the bearer token does not prove who is calling") from None


def _cookie_token(context: Context, req: falcon.Request) -> str | None:
    """The token in the declared cookie.  A browser sends it along whoever made it ask, so what changes
    something is believed only from the site's own pages; raises Refused (403).
    """
    terms = context.manifest.identity
    tokens = req.get_cookie_values(terms.cookie) if terms is not None and terms.cookie else None
    if not tokens:
        return None
    if req.method != "GET" and req.get_header("Sec-Fetch-Site") != "same-origin":
        raise Refused(403, "CROSS_SITE", "only the site's own pages may send this with a cookie")
    return tokens[0]


def user_of(context: Context, req: falcon.Request) -> User:
    """The signed-in user; raises Refused (401, or 503 where nobody can sign in)."""
    if context.identity is None and context.manifest.identity is not None:
        configured(context, context.manifest.identity.key_env)
    user = user_or_none(context, req)
    if user is None:
        raise Refused(401, "TOKEN_MISSING", "sign in, and send the token as a bearer token")
    return user


def admin_of(context: Context, req: falcon.Request) -> User:
    """The signed-in operator; raises Refused (401 for nobody, 403 for an ordinary user)."""
    user = user_of(context, req)
    if not user.is_admin:
        raise Refused(403, "ADMIN_ONLY", "this is for operators; an ordinary sign-in does not open it")
    return user

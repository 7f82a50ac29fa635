"""Did Stripe send these bytes, and just now?

Decides by Stripe's own SDK over the raw bytes: any `v1` signature by any of our secrets will do, since
during a roll Stripe signs once per active secret.  The signed `t` is compared with the server's own clock
on both sides; the SDK looks at the wall clock and lets any future `t` pass.  Rule:
https://docs.stripe.com/webhooks#verify-official-libraries
"""

from __future__ import annotations

from collections.abc import Sequence

from stripe import SignatureVerificationError, WebhookSignature

from rehearsal_server.bodies import decoded
from rehearsal_server.errors import Refused


def verify(body: bytes, header: str | None, secrets: Sequence[str], tolerance_s: int, now: int) -> str:
    """The text of an authentic, recent body; raises Refused (400)."""
    if not header:
        raise Refused(400, "SIGNATURE_MISSING", "the Stripe-Signature header is missing")
    text = decoded(body)
    if not header.isascii() or not any(_signed(text, header, secret) for secret in secrets):
        raise Refused(400, "SIGNATURE_INVALID", "no v1 signature fits the body")
    if abs(now - _signed_at(header)) > tolerance_s:
        message = f"the signature's time is more than {tolerance_s} s from the server's clock"
        raise Refused(400, "SIGNATURE_TIME", message)
    return text


def _signed(text: str, header: str, secret: str) -> bool:
    try:
        return bool(WebhookSignature.verify_header(text, header, secret))
    except SignatureVerificationError:
        return False


def _signed_at(header: str) -> int:
    """The `t` that the SDK has just verified: the first one, as the SDK splits it."""
    return next(int(part.split("=", 2)[1]) for part in header.split(",") if part.startswith("t="))

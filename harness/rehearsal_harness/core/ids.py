"""Ids that look like Stripe's and are derived, never drawn.

Decides: the text of every id in the simulated Stripe.  An id is a hash of the world's seed, the kind and a
natural key, so the same history gives the same ids and a rewind needs no generator to be rewound.
Does not know: which natural key belongs to which object; the caller says.
Rule: lengths and prefixes as in https://github.com/stripe/openapi fixtures3.json; ids are opaque to their
readers.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256

# Characters after the prefix.  Every kind that is not listed has 24, the length of most of Stripe's ids.
_LENGTHS = {
    "cus": 14,
    "prod": 14,
    "si": 14,
    "req": 14,
    "cs_test": 58,
    "cs_live": 58,
    "feat_test": 32,
    "feat_live": 32,
}
_LENGTHS |= {"ent_test": 32, "ent_live": 32, "whsec": 32}
_LEADS = {24: "1", 58: "a1"}


def derive_id(seed: int, prefix: str, natural_key: str) -> str:
    """`prefix`, an underscore, and letters and digits that follow from `seed`, `prefix` and `natural_key`
    alone.

    >>> derive_id(1, "sub", "first") == derive_id(1, "sub", "first")
    True
    """
    length = _LENGTHS.get(prefix, 24)
    digest = sha256(f"{seed}|{prefix}|{natural_key}".encode()).digest()
    text = b64encode(digest, altchars=b"xX").decode().rstrip("=")
    if length > 40:
        text += b64encode(sha256(digest).digest(), altchars=b"xX").decode().rstrip("=")
    lead = _LEADS.get(length, "")
    return f"{prefix}_{lead}{text[: length - len(lead)]}"

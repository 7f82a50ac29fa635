"""Ids that look like Stripe's and are derived, never drawn.

Decides: the text of every id in the simulated Stripe.  An id is a hash of the world's seed, the kind and a
natural key, so the same history gives the same ids and a rewind needs no generator to be rewound.
Does not know: which natural key belongs to which object; the caller says.
Rule: lengths and prefixes as in https://github.com/stripe/openapi fixtures3.json; ids are opaque to their
readers.
"""

from __future__ import annotations

from binascii import b2a_base64
from hashlib import sha256, shake_128

# What follows the prefix: its length and its lead.  A kind that is not listed is like most of Stripe's ids.
_MOST = (24, "1")
_SHAPES = {
    **dict.fromkeys(("cus", "prod", "si", "req"), (14, "")),
    "acct": (16, "1"),
    **dict.fromkeys(("cs_test", "cs_live"), (58, "a1")),
    **dict.fromkeys(("feat_test", "feat_live", "ent_test", "ent_live", "whsec"), (32, "")),
}
_LETTERS = bytes.maketrans(b"+/", b"xX")


def derive_id(seed: int, prefix: str, natural_key: str) -> str:
    """`prefix`, an underscore, and letters and digits that follow from the three arguments alone.

    >>> derive_id(1, "sub", "first") == derive_id(1, "sub", "first")
    True
    """
    length, lead = _SHAPES.get(prefix, _MOST)
    digest = sha256(f"{seed}|{prefix}|{natural_key}".encode()).digest()
    if length > 42:
        digest += sha256(digest).digest()
    text = b2a_base64(digest).translate(_LETTERS).decode()
    return f"{prefix}_{lead}{text[: length - len(lead)]}"


def derive_ids(seed: int, prefix: str, natural_key: str, count: int) -> list[str]:
    """`count` ids of a usual kind that follow from the arguments, by one hash for all of them.

    >>> len(set(derive_ids(1, "evt", "first", 3)))
    3
    """
    digest = shake_128(f"{seed}|{prefix}|{natural_key}".encode()).digest(18 * count)
    text = b2a_base64(digest).translate(_LETTERS).decode()
    lead = f"{prefix}_{_MOST[1]}"
    return [lead + text[at : at + _MOST[0] - 1] for at in range(0, 24 * count, 24)]

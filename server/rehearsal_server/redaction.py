"""Text without its secrets: what somebody pasted by mistake never reaches the store.

Decides what looks like a secret: keys by the prefixes their issuers give them, bearer tokens and JWTs,
private keys, passwords in an address or after `password=`, and card numbers (by their check digit).  Does
not know fields or stores.  Prefixes: https://docs.stripe.com/keys,
https://github.com/gitleaks/gitleaks (config/gitleaks.toml).  Unknown shapes pass: this is a net, no promise.
"""

from __future__ import annotations

import re

MARK = "[redacted]"

_TOKEN = r"[A-Za-z0-9_\-]"
_ALONE = r"(?<![A-Za-z0-9])"  # so that neither a task-… nor a risk_test_… is taken for a key
_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----"
    r".*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|\Z)",
    re.DOTALL,
)
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        rf"(?i){_ALONE}[srpe]k_(?:org_)?(?:live|test)_{_TOKEN}+",  # Stripe, and others who name theirs so
        rf"(?i)[srpe]k_(?:org_)?(?:live|test)_{_TOKEN}{{16,}}",
        r"(?i)whsec_[A-Za-z0-9+/=_\-]+",
        rf"(?:cs|pi|seti|src)_(?:live_|test_)?[A-Za-z0-9]{{8,}}_secret_{_TOKEN}+",  # Stripe's client secrets
        rf"{_ALONE}sk-{_TOKEN}{{16,}}",
        rf"{_ALONE}(?:gh[opsur]_|github_pat_|glpat-){_TOKEN}{{16,}}",
        rf"{_ALONE}xox[abeoprs]-{_TOKEN}{{8,}}",
        rf"{_ALONE}(?:AKIA|ASIA)[A-Z0-9]{{16}}",
        rf"{_ALONE}AIza{_TOKEN}{{30,}}",
        rf"{_ALONE}SG\.{_TOKEN}{{16,}}\.{_TOKEN}{{16,}}",
        rf"{_ALONE}(?:npm_|hf_|shpat_|shpss_|dop_v1_|sq0[a-z]{{3}}-)[A-Za-z0-9]{{20,}}",
        r"eyJ[A-Za-z0-9_\-]{5,}\.[A-Za-z0-9_\-]{5,}(?:\.[A-Za-z0-9_\-]*)*",  # a JWT, RFC 7519
    )
)
_BEARER = re.compile(r"(?i)\b(bearer\s+)(?=[A-Za-z0-9._~+/=\-]*\d)[A-Za-z0-9._~+/=\-]{12,}")
_ASSIGNED = re.compile(
    r"(?i)((?:passw(?:or)?d|secret|api[_\- ]?key|token)[ \t]*[=:][ \t]*[\"']?)"
    r"(?=[^\s\"'&,;]*\d)[^\s\"'&,;]{6,}"
)
_IN_ADDRESS = re.compile(r"(?i)(\b[a-z][a-z0-9+.\-]{1,20}://[^\s/:@]*:)[^\s/@]+(?=@)")
_DIGITS = re.compile(r"\d(?:[ .\-]?\d){12,}")
_GROUP = re.compile(r"\d+")
_CARD_LENGTHS = range(13, 20)


def redact(text: str) -> str:
    """The same text with a mark in place of each secret; text without one is returned unchanged."""
    text = _PRIVATE_KEY.sub(MARK, text)
    for shape in _SHAPES:
        text = shape.sub(MARK, text)
    text = _BEARER.sub(rf"\g<1>{MARK}", text)
    text = _ASSIGNED.sub(rf"\g<1>{MARK}", text)
    text = _IN_ADDRESS.sub(rf"\g<1>{MARK}", text)
    return _DIGITS.sub(lambda found: _without_cards(found[0]), text)


def _without_cards(run: str) -> str:
    """A run of groups of digits with its card numbers marked; a card begins and ends where groups do."""
    groups = [found.span() for found in _GROUP.finditer(run)]
    kept, end = [], 0
    for first, (begin, _) in enumerate(groups):
        if begin < end:
            continue
        for _, last in reversed(groups[first : first + max(_CARD_LENGTHS)]):
            if _is_card(re.sub(r"\D", "", run[begin:last])):
                kept += [run[end:begin], MARK]
                end = last
                break
    return "".join([*kept, run[end:]])


def _is_card(number: str) -> bool:
    """The first digit of a card network, and a right check digit (ISO/IEC 7812-1)."""
    if number[0] not in "23456" or len(number) not in _CARD_LENGTHS:
        return False
    digits = [int(each) for each in reversed(number)]
    doubled = [sum(divmod(2 * each, 10)) for each in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0

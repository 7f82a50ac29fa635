"""What a secret looks like: detect-secrets' own detectors, and what they do not know.

Decides the rules by name.  Does not know files.  Its Stripe detector knows `sk_live_` and `rk_live_` alone
(https://github.com/Yelp/detect-secrets/blob/v1.5.0/detect_secrets/plugins/stripe.py); test keys, webhook
secrets, cards, signing secrets and private JWKs are ours.  Zeros, ones, and the cards that Stripe publishes
for tests (https://docs.stripe.com/testing) are fakes.  Nothing is verified over a network.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from detect_secrets.plugins.base import RegexBasedDetector

# Our own rules; the secret is the last group, or all of the match.
_OWN = {
    "stripe-key": r"\b[sr]k_(?:test|live|org)_[A-Za-z0-9_]{8,}",
    "webhook-secret": r"\bwhsec_[A-Za-z0-9+/]{8,}={0,2}",
    "card-number": r"(?<![\w.-])\d{4}([ -]?)\d{4}\1\d{4}\1\d{3,4}(?![\w.-])",
    "signing-secret": (
        r"(?i)(?:signing_secret|api_token|identity_key|secret_key|private_key)\w*[\"']?\s*[:=]\s*[\"']?"
        r"([A-Za-z0-9+/_-]{24,}={0,2})(?![\w.(\[])"
    ),
    "private-jwk": r"[\"']d[\"']\s*:\s*[\"']([A-Za-z0-9_-]{43,})[\"']",
}
_PATTERNS = {name: re.compile(pattern) for name, pattern in _OWN.items()}
# What a text must hold in lower case for a rule to be worth trying: most files hold none of it.
_TELLING = {
    "stripe-key": ("k_test_", "k_live_", "k_org_"),
    "webhook-secret": ("whsec_",),
    "signing-secret": ("signing_secret", "api_token", "identity_key", "secret_key", "private_key"),
    "private-jwk": ('"d"', "'d'"),
}
# Of the library's: those whose form is telling.  Entropy and keywords would call every digest a secret.
_LIBRARY = {
    "aws-key": ("aws", "AWSKeyDetector"),
    "azure-key": ("azure_storage_key", "AzureStorageKeyDetector"),
    "basic-auth": ("basic_auth", "BasicAuthDetector"),
    "github-token": ("github_token", "GitHubTokenDetector"),
    "gitlab-token": ("gitlab_token", "GitLabTokenDetector"),
    "jwt": ("jwt", "JwtTokenDetector"),
    "private-key": ("private_key", "PrivateKeyDetector"),
    "sendgrid-key": ("sendgrid", "SendGridDetector"),
    "slack-token": ("slack", "SlackDetector"),
    "stripe-live-key": ("stripe", "StripeDetector"),
    "twilio-key": ("twilio", "TwilioKeyDetector"),
}
RULES = tuple(sorted([*_OWN, *_LIBRARY]))
# After a password in an address: names that no machine has (RFC 2606, RFC 6761), this one, the word "host".
_RESERVED_HOST = re.compile(
    r"@?(?:[\w.-]*\.)?(?:example|test|invalid|example\.(?:com|net|org)|localhost|127\.0\.0\.1|host)(?![\w.-])"
)
# https://docs.stripe.com/testing: the ends of those that begin with 4 and eleven zeros, and others.
_ENDS = "0002 0069 0077 0119 0127 0259 0341 1976 2685 3055 3063 3220 5126 5423 6975 7726 9235 9979 9987 9995"
_TEST_CARDS = frozenset(
    [
        *(f"400000000000{each}" for each in _ENDS.split()),
        *("4242424242424242", "5555555555554444", "378282246310005", "4000002500003155"),
        *("4000002760003184", "4000003800000446", "4000008260003178", "4000008400001629"),
        *("4000056655665556", "4100000000000019", "5200828282828210", "5105105105105100"),
        *("2223003122003222", "371449635398431", "6011111111111117", "6011000990139424"),
        *("3056930009020004", "36227206271667", "3566002020360505", "6200000000000005"),
        *("4000000404000079", "4000000000000101", "4000000000000036", "4000000000000028"),
        *("4000000000000010", "4000000000000044", "4000000000004954", "4000058400307872"),
        *("4000058400306072", "4000008400000407", "4000008400000159", "4000008400001017"),
        *("4001858821843804", "4000008405600003", "4000000000001208", "4000000000003725"),
    ]
)


def find_secrets(text: str) -> Iterator[tuple[int, str]]:
    """Offset and rule of each secret in a text, by offset; the secret itself is never handed on."""
    found = {*_found_by_us(text), *_found_by_library(text)}
    ours = {offset for offset, rule in found if rule in _OWN}
    yield from sorted((offset, rule) for offset, rule in found if rule in _OWN or offset not in ours)


def _found_by_us(text: str) -> Iterator[tuple[int, str]]:
    folded = text.casefold()
    for rule, pattern in _PATTERNS.items():
        if not any(each in folded for each in _TELLING.get(rule, ("",))):
            continue
        for match in pattern.finditer(text):
            is_group = rule in ("signing-secret", "private-jwk")
            value = match.group(1) if is_group else match.group()
            if not _is_fake(rule, value):
                yield match.start(1 if is_group else 0), rule


def _is_fake(rule: str, value: str) -> bool:
    if rule == "card-number":
        digits = re.sub(r"\D", "", value)
        return digits in _TEST_CARDS or len(set(digits)) == 1 or not _luhn(digits)
    body = value.rpartition("_")[2] if rule in ("stripe-key", "webhook-secret") else value
    if len(set(body)) <= 2 or body.casefold().startswith(("replace", "example", "xxx", "your")):
        return True
    # Names of things are words: of generated text some character is a digit, and some is a letter.
    is_generated = any(each.isdigit() for each in body) and any(each.isalpha() for each in body)
    return rule == "signing-secret" and not is_generated


def _luhn(number: str) -> bool:
    digits = [int(each) for each in reversed(number)]
    return (sum(digits[::2]) + sum(sum(divmod(2 * each, 10)) for each in digits[1::2])) % 10 == 0


def _found_by_library(text: str) -> Iterator[tuple[int, str]]:
    for rule, detector in _detectors().items():
        values = {each for each in detector.analyze_string(text) if len(set(each)) > 2}
        for pattern in detector.denylist if values else ():
            for match in pattern.finditer(text):
                group = match.lastindex or 0
                if match.group(group) in values and not _RESERVED_HOST.match(text, match.end()):
                    yield match.start(group), rule


@cache
def _detectors() -> dict[str, RegexBasedDetector]:
    """The library's detectors by our names; imported late, since they bring `requests` along."""
    from importlib import import_module

    return {
        rule: getattr(import_module(f"detect_secrets.plugins.{module}"), name)()
        for rule, (module, name) in _LIBRARY.items()
    }

"""What looks like a secret does not survive; what people write does."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_server.redaction import MARK, redact

ALNUM = string.ascii_letters + string.digits
PRIVATE = "PRIVATE" + " KEY"  # apart, so that no scanner takes this file for one


def of(alphabet: str, least: int, most: int) -> st.SearchStrategy[str]:
    return st.text(alphabet, min_size=least, max_size=most)


def luhn(digits: str) -> str:
    """The digits with the check digit that makes them a card number."""
    doubled = [sum(divmod(2 * int(each), 10)) for each in reversed(digits)][::2]
    rest = [int(each) for each in reversed(digits)][1::2]
    return digits + str(-(sum(doubled) + sum(rest)) % 10)


PREFIXES = [
    *(f"{kind}_{mode}_" for kind in ("sk", "rk") for mode in ("live", "test")),
    *(
        "whsec_",
        "ghp_",
        "github_pat_",
        "glpat-",
        "xoxb-",
        "sk-",
        "sk-proj-",
        "npm_",
        "hf_",
        "sq0csp-",
        "AIza",
    ),
]
KEYS = st.tuples(st.sampled_from(PREFIXES), of(ALNUM, 36, 40)).map("".join)
JWTS = of(ALNUM + "-_", 20, 60).map(lambda rest: f"eyJ{rest}.eyJ{rest}.{rest}")
CARDS = st.tuples(st.sampled_from(["4", "51", "22", "37", "6011"]), of(string.digits, 11, 11)).map(
    lambda parts: luhn("".join(parts)[:15])
)
GROUPED = CARDS.map(lambda card: " ".join(card[at : at + 4] for at in range(0, len(card), 4)))
BLOCKS = of(ALNUM + "+/\n", 40, 200).map(
    lambda body: f"-----BEGIN RSA {PRIVATE}-----\n{body}\n-----END RSA {PRIVATE}-----"
)
SECRETS = st.one_of(KEYS, JWTS, CARDS, GROUPED, BLOCKS)
AROUND = of(string.ascii_letters + " .,;:!?'\"()\n<>=é漢", 0, 40)
WORDS = st.lists(of("abcdefghijklmnoprstuvwyzäéñ漢", 1, 12), max_size=30).map(" ".join)


@given(AROUND, SECRETS, AROUND)
def test_no_secret_survives_whatever_is_around_it(before: str, secret: str, after: str) -> None:
    """Neither whole nor in the part that would still open something."""
    said = redact(f"{before} {secret} {after}")
    assert secret not in said
    assert secret[8:] not in said
    assert MARK in said


@given(AROUND, st.lists(SECRETS, min_size=2, max_size=4), AROUND)
def test_no_secret_hides_behind_another(before: str, secrets: list[str], after: str) -> None:
    said = redact(f"{before} {'; '.join(secrets)} {after}")
    assert [each for each in secrets if each in said] == []


@given(st.one_of(WORDS, st.tuples(AROUND, SECRETS, AROUND).map(" ".join)))
def test_redacting_again_changes_nothing(text: str) -> None:
    assert redact(redact(text)) == redact(text)


@given(WORDS)
def test_words_are_left_alone(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "a task-management-system for twelve people, with disk_test_results",
        "risk_live_x and our risk_test plan; the sk- prefix, sk_test_... in the docs",
        "call +1 (555) 010-9999 or 0044 20 7946 0958, order 2026-11-21-000017",
        "https://example.test/pricing?checkout=cancel and ada@example.test",
        "budget 500,000.00 USD; 1234567890123456 is no card",
        "the bearer of good news, token: soon, password please",
        "evt_1234567890, cs_test_1234567890, price_1234567890, cus_1234567890",
        "ISBN 978-3-16-148410-0",
    ],
)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert redact(text) == text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Authorization: Bearer " + "a1" * 12, f"Authorization: Bearer {MARK}"),
        ("password=" + "hunter" + "22", f"password={MARK}"),
        ("MY_API_KEY: '" + "a1" * 8 + "'", f"MY_API_KEY: '{MARK}'"),
        ("postgres://ada:" + "pass" + "word@db.example.test/x", f"postgres://ada:{MARK}@db.example.test/x"),
        ("card 4242-4242-4242-4242, exp 12/27", f"card {MARK}, exp 12/27"),
        ("4242 4242 4242 4242 12 27 123", f"{MARK} 12 27 123"),
        (f"-----BEGIN {PRIVATE}-----\nMIIE", MARK),
        ("keysk" + "_live_" + "0" * 24, f"key{MARK}"),
        ("AKIA" + "0" * 16, MARK),
    ],
)
def test_what_gives_something_away_is_marked(text: str, kept: str) -> None:
    assert redact(text) == kept


def test_long_text_takes_no_long_time_to_read() -> None:
    """Whatever is repeated, no pattern walks back over it again and again; the suite has a limit."""
    for piece in ("a-", "4 ", "sk_", "-----BEGIN ", "token ", "eyJ", "a://", "4242 ", "bearer "):
        text = piece * (16_000 // len(piece))
        assert redact(redact(text)) == redact(text)

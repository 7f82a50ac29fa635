"""Secrets in files: found by place and rule, fakes passed over, excuses with a reason."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from rehearsal_harness.secret_scan import RULES, files_below, find_secrets, read_allow_list, scan
from rehearsal_specs import schema_check
from rehearsal_specs.diagnostics import SpecError

ROOT = Path(__file__).parents[3]
MIXED = "4eC39HqLyjWDarjtT1zdp7dc"
SECRETS = {
    "stripe-key": "sk_" + "test_" + MIXED,
    "stripe-key, restricted": "rk_" + "live_" + MIXED,
    "webhook-secret": "whsec_" + MIXED,
    "card-number": "4111-1111-" + "1111-1111",
    "signing-secret": "NYRA_LICENSE_SIGNING_SECRET=" + MIXED + MIXED,
    "private-jwk": '{"kty": "OKP", "d": "' + "nWGxne9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2Ab" + '"}',
    "github-token": "ghp_" + MIXED + "012345678901",
    "basic-auth": "postgresql://user:" + "hunter2" + "@db.acme.io/x",
    "private-key": "-----BEGIN RSA " + "PRIVATE KEY-----",
}
FAKES = {
    "zeros": "sk_test_" + "0" * 24 + " whsec_" + "0" * 32,
    "a placeholder": 'STRIPE_SECRET_KEY="sk_test_..." STRIPE_WEBHOOK_SECRET="whsec_xxx"',
    "a card of Stripe's": "4242 4242 4242 4242",
    "a number that is no card": "1234 5678 9012 3456",
    "a name": "signing_secret: NYRA_LICENSE_SIGNING_SECRET",
    "a call": "signing_secret = environ.get('A_NAME_THAT_IS_QUITE_LONG_2')",
    "a password of nobody's": "https://ada:hunter2@app.example.test/ postgresql://user:word@host:5432/x",
    "a digest": "a1" * 32,
}


@pytest.mark.parametrize(("rule", "text"), SECRETS.items(), ids=SECRETS)
def test_a_secret_is_found_once_with_its_rule(rule: str, text: str) -> None:
    """Whatever library or rule of ours knows it."""
    found = list(find_secrets(f"x = 1\ny = {text}\n"))

    assert [each for _, each in found] == [rule.partition(",")[0]]


@pytest.mark.parametrize("text", FAKES.values(), ids=FAKES)
def test_a_fake_is_no_secret(text: str) -> None:
    """Zeros, placeholders, published cards, names and digests pass."""
    assert list(find_secrets(f"{text}\n")) == []


def test_a_leak_says_where_and_never_what(tmp_path: Path) -> None:
    """File, line, column, rule."""
    (tmp_path / "a.txt").write_text(f"one\n  key: {SECRETS['stripe-key']}\n", "utf-8")
    (leak,) = scan(files_below(tmp_path), tmp_path)

    assert str(leak) == "a.txt:2:8: stripe-key"
    assert MIXED not in repr(leak)


def test_outside_git_every_file_is_looked_through(tmp_path: Path) -> None:
    """Hidden ones and those in folders too; only what was named is left out."""
    (tmp_path / "b").mkdir()
    for name in (".env", "b/x.txt"):
        (tmp_path / name).write_text(SECRETS["webhook-secret"], "utf-8")

    assert [each.path for each in scan(files_below(tmp_path), tmp_path)] == [".env", "b/x.txt"]
    assert files_below(tmp_path, [tmp_path / ".env"]) == [tmp_path / "b" / "x.txt"]


def test_in_a_checkout_the_tracked_files_are(tmp_path: Path) -> None:
    """An env file that git ignores is where it belongs."""
    for name in (".env", "x.txt"):
        (tmp_path / name).write_text(SECRETS["webhook-secret"], "utf-8")
    for words in (["init", "-q"], ["add", "x.txt"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True, capture_output=True)

    assert [each.path for each in scan(files_below(tmp_path), tmp_path)] == ["x.txt"]


def test_binary_files_are_passed_over(tmp_path: Path) -> None:
    """Nobody could say at which line."""
    (tmp_path / "x.bin").write_bytes(b"\0" + SECRETS["stripe-key"].encode())

    assert scan(files_below(tmp_path), tmp_path) == []


@pytest.mark.parametrize("order", ["le", "be"])
def test_what_a_shell_of_windows_has_written_is_looked_through(tmp_path: Path, order: str) -> None:
    """UTF-16 is full of zero bytes, and text all the same."""
    text = f"\ufeffNAME={SECRETS['stripe-key']}\n"
    (tmp_path / ".env").write_bytes(text.encode(f"utf-16-{order}"))

    assert [each.rule for each in scan(files_below(tmp_path), tmp_path)] == ["stripe-key"]


def test_an_allow_list_excuses_one_rule_in_one_file(tmp_path: Path) -> None:
    """And says which of its entries excused nothing."""
    (tmp_path / "a.txt").write_text(f"{SECRETS['stripe-key']}\n{SECRETS['webhook-secret']}\n", "utf-8")
    (tmp_path / ".secret-scan.yaml").write_text(
        "allow:\n"
        "  - {path: a.txt, rule: stripe-key, reason: revoked in 2020}\n"
        "  - {path: b.txt, rule: stripe-key, reason: it was once here}\n",
        "utf-8",
    )
    allowed = read_allow_list(tmp_path)

    assert [each.rule for each in scan([tmp_path / "a.txt"], tmp_path, allowed)] == ["webhook-secret"]
    assert allowed.unused == [("b.txt", "stripe-key")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("allow:\n  - {path: a, rule: stripe-kee, reason: x y z ...}\n", "Did you mean 'stripe-key'?"),
        ("allow:\n  - {path: a, rule: stripe-key}\n", "lacks the key 'reason'"),
        ("alow: []\n", "unknown key 'alow'"),
    ],
)
def test_a_wrong_allow_list_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """An excuse without a reason, or for no rule, is none."""
    (tmp_path / ".secret-scan.yaml").write_text(text, "utf-8")
    with pytest.raises(SpecError) as caught:
        read_allow_list(tmp_path)

    assert said in str(caught.value)


def test_the_schema_knows_every_rule() -> None:
    """What may be excused is what is looked for."""
    schema = Path(schema_check.__file__).parent / "schema" / "secret_scan.json"
    data = json.loads(schema.read_text("utf-8"))

    assert tuple(data["properties"]["allow"]["items"]["properties"]["rule"]["enum"]) == RULES


def test_this_repository_is_free_of_secrets() -> None:
    """Every excuse of its own is still needed."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, so there are no tracked files to look through")
    allowed = read_allow_list(ROOT)

    assert scan(files_below(ROOT), ROOT, allowed) == []
    assert allowed.unused == []

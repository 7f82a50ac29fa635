"""Diagnostics: the form of a complaint, the nearest name, and that no secret is ever shown."""

from __future__ import annotations

import pytest

from rehearsal_specs.diagnostics import Diagnostic, SpecError, nearest, quoted, secret_prefix


class TestDiagnostic:
    def test_says_where_what_allowed_and_nearest(self) -> None:
        """A complaint reads path:line:column: found. Allowed: …. Did you mean …?"""
        one = Diagnostic("a.yaml", 7, 3, "unknown key 'too'", "from, to", "to")

        assert str(one) == "a.yaml:7:3: unknown key 'too'. Allowed: from, to. Did you mean 'to'?"

    def test_leaves_out_what_it_does_not_know(self) -> None:
        """Without allowed values and without a near name, only what was found is said."""
        assert str(Diagnostic("a.yaml", 1, 1, "the file is empty")) == "a.yaml:1:1: the file is empty."

    def test_never_shows_a_secret(self) -> None:
        """A value that looks like a secret is cut in every part of the message."""
        secret = "sk_test_" + "0" * 24
        one = Diagnostic("a.yaml", 1, 1, f"found {secret}", f"allowed {secret}", secret)

        assert "0000" not in str(one)
        assert str(one).count("sk_test_…") == 3


class TestSpecError:
    def test_lists_complaints_by_position_once(self) -> None:
        """Complaints are sorted by line and column; saying the same twice is said once."""
        late, early = Diagnostic("a", 10, 1, "late"), Diagnostic("a", 9, 5, "early")

        error = SpecError([late, early, late])

        assert error.diagnostics == (early, late)
        assert str(error) == "a:9:5: early.\na:10:1: late."


class TestNearest:
    @pytest.mark.parametrize(
        ("name", "expected"),
        [
            ("invoice.payed", "invoice.paid"),
            ("INVOICE.PAID", "invoice.paid"),
            ("customer.subscription.update", "customer.subscription.updated"),
            ("something else", ""),
            ("", ""),
        ],
    )
    def test_finds_the_name_that_was_meant(self, name: str, expected: str) -> None:
        """A near miss finds its name whatever the case; anything else finds none."""
        known = ["invoice.paid", "customer.subscription.updated", "customer.subscription.deleted"]

        assert nearest(name, known) == expected


class TestQuoted:
    def test_stays_on_one_short_line(self) -> None:
        """Line breaks, control characters and length cannot break the one-line rule."""
        shown = quoted("a\nb\x1b\ud800" + "x" * 200)

        assert shown.startswith("'a\\nb\\x1b\\ud800xxx")
        assert shown.isprintable()
        assert len(shown) < 100

    @pytest.mark.parametrize("prefix", ["sk_test_", "sk_live_", "rk_live_", "whsec_"])
    def test_knows_what_a_secret_looks_like(self, prefix: str) -> None:
        """Secret keys, restricted keys and webhook secrets are told by their prefix and length."""
        assert secret_prefix(f"key {prefix}{'0' * 24}") == prefix
        assert secret_prefix(f"a name that begins {prefix}") == ""

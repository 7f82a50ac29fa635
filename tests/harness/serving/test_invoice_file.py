"""An invoice as a file: one page, marked as simulated, with amounts as their currency has them."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from benches import ask
from hosting import Visitor

from rehearsal_harness.core.currencies import plain
from rehearsal_harness.serving.bench import Bench
from rehearsal_harness.serving.look import money

pytest.importorskip("pydyf", reason="an environment made before invoices became files: install it again")


def _billed(
    bench: Bench, *, currency: str = "usd", lines: int = 1, words: str = "Repair", **said: str
) -> str:
    """The id of a finalized invoice."""
    customer = ask(bench.main, "POST", "/v1/customers", email="ada@example.com", **said)["id"]
    common = {"customer": customer, "currency": currency}
    for number in range(lines):
        ask(bench.main, "POST", "/v1/invoiceitems", **common, amount="1500", description=f"{words} {number}")
    draft = ask(bench.main, "POST", "/v1/invoices", **common, pending_invoice_items_behavior="include")["id"]
    return str(ask(bench.main, "POST", f"/v1/invoices/{draft}/finalize", auto_advance="false")["id"])


def _texts(file: bytes) -> list[str]:
    """What the page says, from its first word to its last."""
    found = re.findall(rb"\((.*)\) Tj", file)
    return [text.decode("cp1252") for text in found]


def test_the_file_is_what_invoice_pdf_names(bench: Bench, visitor: Visitor) -> None:
    """One page; every file says that it is simulated."""
    invoice = ask(bench.main, "GET", f"/v1/invoices/{_billed(bench)}")
    answer = visitor.look(f"/invoice/{invoice['id']}/pdf")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == f'attachment; filename="Invoice-{invoice["number"]}.pdf"'
    assert answer.content.startswith(b"%PDF-1.7")
    assert answer.content.rstrip().endswith(b"%%EOF")
    assert b"/Count 1>>" in answer.content
    said = _texts(answer.content)
    assert said[0] == "SIMULATED"
    assert {f"Invoice {invoice['number']}", "Repair 0", "$15.00", "For: ada@example.com"} <= set(said)


@pytest.mark.parametrize(
    ("currency", "shown"),
    [("usd", "$15.00"), ("jpy", "¥1,500"), ("krw", "KRW\xa01,500"), ("kwd", "KWD\xa01.500")],
)
def test_amounts_have_the_decimals_of_their_currency(
    bench: Bench, visitor: Visitor, currency: str, shown: str
) -> None:
    """In the file, and on the page."""
    invoice = _billed(bench, currency=currency)

    assert shown in _texts(visitor.look(f"/invoice/{invoice}/pdf").content)
    assert shown in visitor.look(f"/i/{invoice}").text
    assert money(1500, currency) == shown


def test_a_balance_that_was_applied_is_shown(bench: Bench, visitor: Visitor) -> None:
    """In the file, and on the page."""
    invoice = _billed(bench, balance="-400")
    said = _texts(visitor.look(f"/invoice/{invoice}/pdf").content)

    assert said[said.index("Balance applied") + 1] == "-$4.00"
    assert said[said.index("Amount due") + 1] == "$11.00"
    assert "Balance applied" in visitor.look(f"/i/{invoice}").text


def test_what_does_not_fit_is_summed_up(bench: Bench, visitor: Visitor) -> None:
    """Thirty lines, long words, brackets, letters that the fonts have not."""
    invoice = _billed(bench, lines=30, words="(Ж) " + "long " * 40)
    said = _texts(visitor.look(f"/invoice/{invoice}/pdf").content)

    assert "and 6 more, on the page of the invoice" in said
    assert said[said.index("Total") + 1] == "$450.00"
    assert any(each.startswith("\\(?\\) long") and each.endswith("…") for each in said)


def test_fractions_of_the_smallest_unit_are_kept() -> None:
    """A price may cost less than a cent."""
    assert (plain(Decimal("0.5"), "usd"), plain(Decimal("0.5"), "jpy")) == ("0.005", "0.5")

"""An invoice as a PDF of one page, plainly marked as simulated.

Decides: what stands where on the page.  Does not know the file format (pydyf), nor what an invoice is made
of: it is given one as the API shows it.
Source: https://docs.stripe.com/api/invoices/object (invoice_pdf); the fonts are those that every reader has
(ISO 32000-1, 9.6.2.2), so letters outside of Windows-1252 are shown as question marks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import Any, NamedTuple

from rehearsal_harness.serving.look import day, money

_WIDE, _HIGH, _MARGIN = 595, 842, 56  # points, of A4
_LINES_MOST = 24
_TEXT, _BOLD, _FIGURES = "F1", "F2", "F3"
_FONTS = {_TEXT: "Helvetica", _BOLD: "Helvetica-Bold", _FIGURES: "Courier"}
_FIGURE_WIDE = 0.6  # of its size: every character of Courier
MARK = "SIMULATED"
_SAID = f"{MARK}: made by a rehearsal of billing. Nobody owes or paid anything."


class _Row(NamedTuple):
    """A line of the page: words on the left, perhaps an amount on the right, and the room below."""

    words: str
    amount: str = ""
    font: str = _TEXT
    size: int = 10
    below: int = 8


def invoice_pdf(invoice: Mapping[str, Any]) -> bytes:
    """The file; equal invoices give equal bytes."""
    import pydyf

    page = pydyf.Stream()
    page.push_state()
    page.set_color_rgb(0.9, 0.9, 0.9)
    _write(page, MARK, (_MARGIN, 330), _BOLD, 84)
    page.pop_state()
    height = _HIGH - _MARGIN
    for row in _rows(invoice):
        height -= row.size
        _write(page, row.words, (_MARGIN, height), row.font, row.size)
        wide = len(row.amount) * row.size * _FIGURE_WIDE
        _write(page, row.amount, (_WIDE - _MARGIN - wide, height), _FIGURES, row.size)
        height -= row.below
    return _file(pydyf, page, f"{MARK} invoice {invoice['number'] or invoice['id']}")


def _rows(invoice: Mapping[str, Any]) -> Iterator[_Row]:
    currency = invoice["currency"]
    yield _Row(_SAID, font=_BOLD, below=24)
    yield _Row(f"Invoice {invoice['number'] or ''}", font=_BOLD, size=20, below=16)
    for word, said in _facts(invoice):
        yield _Row(f"{word}: {said}", below=4)
    yield _Row("", below=12)
    lines = invoice["lines"]["data"]
    for line in lines[:_LINES_MOST]:
        yield _Row(_shortened(line["description"] or "Line"), money(line["amount"], currency))
    if len(lines) > _LINES_MOST:
        left = lines[_LINES_MOST:]
        rest = sum(line["amount"] for line in left)
        yield _Row(f"and {len(left)} more, on the page of the invoice", money(rest, currency))
    yield _Row("", below=6)
    for word, amount in _sums(invoice):
        yield _Row(word, money(amount, currency), font=_BOLD)
    if invoice["footer"]:
        yield _Row("", below=12)
        yield _Row(_shortened(invoice["footer"], 95))


def _facts(invoice: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    who = invoice["customer_name"] or invoice["customer_email"] or invoice["customer"]
    yield "For", _shortened(who)
    yield "Id", invoice["id"]
    yield "Dated", day(invoice["created"])
    if invoice["due_date"]:
        yield "Due", day(invoice["due_date"])
    yield "Status", invoice["status"]


def _sums(invoice: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    if invoice["subtotal"] != invoice["total"]:
        yield "Discount", invoice["total"] - invoice["subtotal"]
    yield "Total", invoice["total"]
    applied = invoice["amount_due"] - invoice["total"]
    if applied:
        yield "Balance applied", applied
    yield "Amount due", invoice["amount_due"]
    yield "Paid", invoice["amount_paid"]
    yield "Still owed", invoice["amount_remaining"]


def _shortened(text: str, most: int = 70) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _write(page: Any, text: str, at: tuple[float, float], font: str, size: int) -> None:
    if not text:
        return
    page.begin_text()
    page.set_font_size(font, size)
    page.set_text_matrix(1, 0, 0, 1, *at)
    page.show_text_string(text.replace("−", "-").encode("cp1252", "replace"))
    page.end_text()


def _file(lib: Any, page: Any, title: str) -> bytes:
    document = lib.PDF()
    document.add_object(page)
    fonts = lib.Dictionary()
    for name, base in _FONTS.items():
        font = lib.Dictionary(
            {
                "Type": "/Font",
                "Subtype": "/Type1",
                "BaseFont": f"/{base}",
                "Encoding": "/WinAnsiEncoding",
            }
        )
        document.add_object(font)
        fonts[name] = font.reference
    document.add_page(
        lib.Dictionary(
            {
                "Type": "/Page",
                "Parent": document.pages.reference,
                "MediaBox": lib.Array([0, 0, _WIDE, _HIGH]),
                "Contents": page.reference,
                "Resources": lib.Dictionary({"Font": fonts}),
            }
        )
    )
    document.info["Title"] = lib.String(title)
    written = BytesIO()
    document.write(written)
    return written.getvalue()

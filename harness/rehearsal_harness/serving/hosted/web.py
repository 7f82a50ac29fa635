"""What every page does over HTTP: read a form, redirect after a change, and say that something is not there.

Decides: how much of a form is read, and how a page learns what the one before has to say.  Does not know any
page.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote

import falcon

from rehearsal_harness.serving.look import pages

if TYPE_CHECKING:
    from rehearsal_harness.serving.account import Account
    from rehearsal_harness.serving.bench import Bench

_FORM_BYTES_MAX = 2**16
_FIELD_CHARS_MAX = 2_000
_NOTES_MAX = 1_000
_IN_ADDRESSES = "!#$%&'()*+,/:;=?@[]~"  # everything else is escaped, as no header could carry it

Values = Mapping[str, Any]


def fields(req: falcon.Request) -> dict[str, str]:
    """The form that was sent; what is no form has no fields, and the last value of a name counts."""
    text = req.bounded_stream.read(_FORM_BYTES_MAX).decode("utf-8", "replace")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=200)
    except ValueError:
        return {}
    return {name: value.replace("\0", "").strip()[:_FIELD_CHARS_MAX] for name, value in pairs}


def see_other(resp: falcon.Response, address: str) -> None:
    """Go on with a GET: a reload of what comes next sends no form again."""
    resp.status = falcon.HTTP_303
    resp.set_header("Location", quote(address, safe=_IN_ADDRESSES))
    resp.set_header("Cache-Control", "no-store")


@dataclass(frozen=True, slots=True)
class DeadEnd(Exception):
    """A page that leads nowhere: what is wrong, what to do instead, and where."""

    status: int
    title: str
    sentence: str
    next_step: str = ""
    back: str | None = None


def show_dead_end(resp: falcon.Response, end: DeadEnd) -> None:
    """The page for it."""
    values = {"title": end.title, "sentence": end.sentence, "next_step": end.next_step, "back": end.back}
    pages.answer(resp, "hosted/dead_end.html", status=end.status, **values)


def find(bench: Bench, kind: type[Any], object_id: str, noun: str) -> tuple[Account, Any]:
    """The object and the account that has it; raises DeadEnd."""
    for account in bench.accounts():
        found = account.world.table(kind).get(object_id)
        if found is not None:
            return account, found
    raise DeadEnd(
        404,
        f"There is no such {noun}",
        f"No account of this bench has a {noun} with the id {object_id[:80]}.",
        "Was the bench started afresh since? Ask your application for a new link.",
    )


class Notes:
    """What one page has to say to the next, by a key; forgotten once it is read, or when there are many."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Values] = OrderedDict()
        self._lock = Lock()

    def leave(self, key: str, **values: Any) -> None:
        """Keep `values` in place of an earlier note."""
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = values
            while len(self._kept) > _NOTES_MAX:
                self._kept.popitem(last=False)

    def take(self, key: str) -> Values:
        """The note, which is gone then; empty if there is none."""
        with self._lock:
            return self._kept.pop(key, {})

    def look(self, key: str) -> Values:
        """The note, which stays."""
        with self._lock:
            return self._kept.get(key, {})


class Page:
    """A resource whose methods may raise DeadEnd; subclasses have `show` and `change`."""

    def __init__(self, bench: Bench, notes: Notes) -> None:
        self.bench = bench
        self.notes = notes

    def on_get(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """Show the page."""
        try:
            self.show(req, resp, **ids)
        except DeadEnd as end:
            show_dead_end(resp, end)

    def on_post(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """Change something and go on elsewhere."""
        try:
            self.change(req, resp, **ids)
        except DeadEnd as end:
            show_dead_end(resp, end)

    def show(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """A page that is never looked at."""
        raise DeadEnd(405, "This address takes forms only", "There is no page here to look at.")

    def change(self, req: falcon.Request, resp: falcon.Response, **ids: str) -> None:
        """A page that changes nothing."""
        raise DeadEnd(405, "Nothing can be sent here", "This page only shows something.")

"""The readiness pages over HTTP.

Decides: what each address shows, what may be posted, and what is said afterwards.  Foreign origins are
refused by the bench's app before anything arrives here.  Whatever looks like a secret is not repeated.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import falcon

from rehearsal_harness.reports.gate_page import page_values, render, stylesheet
from rehearsal_harness.serving.hosted.web import fields, see_other
from rehearsal_harness.serving.look import pages
from rehearsal_harness.serving.readiness.decisions_file import ChangedMeanwhile, decisions_file
from rehearsal_harness.serving.readiness.forms import Form, decided, decided_by_people, forms_of
from rehearsal_harness.serving.readiness.opening import asked, asking_of, rehearse_backend
from rehearsal_specs.diagnostics import SpecError

if TYPE_CHECKING:
    from rehearsal_harness.gate.asking import Asking
    from rehearsal_harness.serving.bench import Bench, Service

TEMPLATES = Path(__file__).parent / "templates"
MODES = ("test", "live")
SAID = {
    "saved": "The decision is saved.",
    "PROVED": "The backend was rehearsed: every check is proved.",
    "REFUTED": "The backend was rehearsed, and refuted. The evidence says which check.",
    "UNDETERMINED": "The backend was rehearsed, and some check is undetermined.",
}


class _OfService:
    """A resource below one of the bench's services."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def _service(self, name: str) -> Service:
        for each in self._bench.services:
            if each.manifest.service == name:
                return each
        known = ", ".join(each.manifest.service for each in self._bench.services) or "none"
        raise falcon.HTTPNotFound(
            title="There is no such service", description=f"This bench serves: {known}."
        )


class List(_OfService):
    """GET /readiness: the one service's page, or the choice between several."""

    def on_get(self, req: falcon.Request, resp: falcon.Response) -> None:
        """A redirect where there is nothing to choose."""
        names = [each.manifest.service for each in self._bench.services]
        if len(names) == 1:
            see_other(resp, f"/readiness/{names[0]}")
            return
        pages.answer(resp, "readiness/list.html", services=names)


class Readiness(_OfService):
    """GET /readiness/{service}: the gate's page with forms for what people decide."""

    def on_get(self, req: falcon.Request, resp: falcon.Response, service: str) -> None:
        """Asked anew each time; `mode` is test or live."""
        said = req.get_param("said") or ""
        lost = req.get_param_as_int("lost", min_value=0, max_value=999) or 0
        told = SAID.get(said, "")
        if told and lost:
            told += f" {lost} comment{'s' if lost > 1 else ''} inside it could not be kept."
        show(resp, self._service(service), _mode(req), said=told)


class Decide(_OfService):
    """POST /readiness/{service}/decisions: one decision."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, service: str) -> None:
        """Saved, or the page again with what is wrong."""
        found, mode, sent = self._service(service), _mode(req), fields(req)
        key = sent.get("decision", "")
        if key not in decided_by_people(found.manifest):
            raise falcon.HTTPBadRequest(title="No such decision", description="no rule needs it")
        file = decisions_file(found.manifest)
        if file.refusal:
            raise falcon.HTTPConflict(title="It cannot be edited here", description=file.refusal)
        try:
            lost = file.decide(key, decided(key, sent), sent.get("digest", ""))
        except ChangedMeanwhile:
            told = "the file was changed meanwhile, so nothing was saved; this is what it says now"
            show(resp, found, mode, status=409, problems={key: [told]})
        except SpecError as error:
            problems = [f"{each.found}. Expected {each.allowed}." for each in error.diagnostics]
            show(resp, found, mode, status=422, problems={key: problems})
        else:
            said = {"mode": mode, "said": "saved", **({"lost": lost} if lost else {})}
            see_other(resp, f"/readiness/{service}?{urlencode(said)}#said")


class Rehearse(_OfService):
    """POST /readiness/{service}/rehearsal: what `rehearse live-rehearsal` asks, of this backend."""

    def on_post(self, req: falcon.Request, resp: falcon.Response, service: str) -> None:
        """Evidence is written; the page says what came of it."""
        found = self._service(service)
        try:
            said = rehearse_backend(asking_of(found, "test"), self._bench.now())
        except SpecError as error:
            raise falcon.HTTPConflict(title="A file is wrong", description=str(error)) from None
        see_other(resp, f"/readiness/{service}?{urlencode({'mode': 'test', 'said': said})}#said")


def _mode(req: falcon.Request) -> str:
    mode = req.get_param("mode") or "test"
    if mode not in MODES:
        raise falcon.HTTPBadRequest(title="No such mode", description="mode is test or live")
    return mode


def show(
    resp: falcon.Response,
    service: Service,
    mode: str,
    *,
    status: int = 200,
    said: str = "",
    problems: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """The page of one service; `problems` are told at the form of their decision."""
    try:
        asking = asking_of(service, mode)
    except SpecError as error:
        pages.answer(resp, "look/error.html", status=422, title="A file is wrong", sentence=str(error))
        return
    style = stylesheet() + (TEMPLATES / "readiness.css").read_text("utf-8")
    values = page_values([asked(asking)], "gate", asking.now)
    values |= {"style": style, "said": said, "problems": problems or {}, "modes": MODES, "mode": mode}
    resp.status = status
    resp.content_type = falcon.MEDIA_HTML
    resp.text = render("readiness.html", TEMPLATES, **values, **_forms(asking))
    own = b64encode(sha256(f"\n{style}\n".encode()).digest()).decode()
    for name, value in pages.HEADERS.items():
        resp.set_header(name, value.replace("style-src 'self'", f"style-src 'sha256-{own}'"))


def _forms(asking: Asking) -> dict[str, Any]:
    file = decisions_file(asking.manifest)
    forms: list[Form] = forms_of(asking.manifest, file.read())
    return {"forms": forms, "file": file.path, "digest": file.digest, "refusal": file.refusal}

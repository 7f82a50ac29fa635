"""A gate's report as one HTML page: for a launch meeting, a phone, paper, and a screen reader.

Decides how a state is shown, and the one line that tells the time; gate_view decides what is told, and
templates/gate.html in which order.  One file: no script, and nothing is fetched.  Equal inputs give equal
bytes, but for that line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rehearsal_harness.core.gate import GateVerdict, State
from rehearsal_harness.reports.gate_view import Asked, moment, service_view

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

# How a state is told, never by colour alone: a class, a sign and a word.
SHOWN = {
    State.MET: ("met", "✓", "met"),
    State.NOT_MET: ("open", "✕", "not met"),
    State.UNDETERMINED: ("unknown", "?", "undetermined"),
    None: ("none", "–", "not asked"),
    GateVerdict.GO: ("met", "✓", "GO"),
    GateVerdict.NO_GO: ("open", "✕", "NO-GO"),
    "PROVED": ("met", "✓", "proved"),
    "REFUTED": ("open", "✕", "refuted"),
}


def gate_page(asked: Sequence[Asked], command: str, at: int) -> str:
    """The whole page about these services, as asked by `gate` or `preflight` at the unix second `at`."""
    return render("gate.html", style=stylesheet(), **page_values(asked, command, at))


def page_values(asked: Sequence[Asked], command: str, at: int) -> dict[str, Any]:
    """What the template needs beside its style."""
    services = [service_view(each, command) for each in asked]
    verdicts = [each.report.verdict for each in asked]
    worst = next(
        each for each in (GateVerdict.NO_GO, GateVerdict.UNDETERMINED, GateVerdict.GO) if each in verdicts
    )
    return {"services": services, "worst": worst, "when": _when(asked, at), "command": command}


@lru_cache(maxsize=1)
def stylesheet() -> str:
    """The style of the page."""
    return files(__package__).joinpath("templates", "gate.css").read_text("utf-8")


def render(template: str, folder: Path | None = None, **values: Any) -> str:
    """A template, filled in; those in `folder` may extend gate.html."""
    return _environment(folder).get_template(template).render(values)


@lru_cache(maxsize=2)
def _environment(folder: Path | None) -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    folders = [Path(__file__).parent / "templates", *([folder] if folder else ())]
    found = Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters |= {"capitalize_first": lambda text: text[:1].upper() + text[1:], "breakable": _breakable}
    found.globals |= {"shown": lambda state: SHOWN.get(state, SHOWN[State.UNDETERMINED])}
    return found


def _breakable(name: str) -> Markup:
    """A long name that may go on in the next line after a dot or a `_`."""
    from markupsafe import Markup, escape

    return Markup(re.sub(r"(?<=\w)([._])", r"\1<wbr>", str(escape(name))))


def _when(asked: Sequence[Asked], at: int) -> str:
    """The one line that tells the time: of the question, and how old the evidence was then."""
    ages = [at - each.evidence["at"] for each in asked if each.evidence]
    age = f"; the rehearsal was {_hours(max(ages))} old" if ages and min(ages) >= 0 else ""
    return f"Asked {moment(at)}{age}"


def _hours(seconds: int) -> str:
    minutes = seconds // 60
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"

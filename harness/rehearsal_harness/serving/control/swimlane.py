"""The timeline as a drawing: the newest moment on top, a lane for each kind of object and each endpoint.

Decides: where each mark stands, which shape and words it has.  Does not know SVG (the template does).
Shapes and words carry everything; colour only repeats it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from rehearsal_harness.serving.control.timeline import Moment, lanes_used, outcome
from rehearsal_harness.serving.look.words import day_of, time_of_day
from rehearsal_harness.serving.outbox import Delivery

ROW, TOP = 30, 44
TIME_X, TIME_WIDTH, LANE_WIDTH, TEXT_WIDTH, ENDPOINT_WIDTH = 88, 176, 34, 380, 176
SHAPES: Mapping[str, str] = {
    "people": "M-6,0 a6,6 0 1,0 12,0 a6,6 0 1,0 -12,0",
    "checkout": "M-6,-6 h12 v12 h-12 z",
    "subscription": "M0,-8 L8,0 L0,8 L-8,0 z",
    "invoice": "M0,-7 L8,6 L-8,6 z",
    "payment": "M-7,0 L-3.5,-6.5 L3.5,-6.5 L7,0 L3.5,6.5 L-3.5,6.5 z",
    "other": "M-6,-6 L6,6 M-6,6 L6,-6",
}
SIGNS: Mapping[str, str] = {
    "delivered": "✓",
    "late": "◷",
    "duplicate": "2×",
    "resent": "↻",
    "failed": "✕",
    "dropped": "⊘",
    "lost": "⊘",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """Everything that the template draws, in pixels of the drawing."""

    time_x: int
    width: int
    height: int
    lanes: list[dict[str, Any]]
    endpoints: list[dict[str, Any]]
    rows: list[dict[str, Any]]
    links: list[str]


def drawing(moments: Sequence[Moment], endpoints: Sequence[Mapping[str, Any]]) -> Drawing:
    """The swimlanes of moments, newest first; `endpoints` have id, url and description."""
    lanes = lanes_used(moments)
    lane_x = {lane: TIME_WIDTH + LANE_WIDTH * place for place, lane in enumerate(lanes)}
    text_x = TIME_WIDTH + LANE_WIDTH * len(lanes)
    told = [*_endpoints_told(moments)]
    known = {each["id"]: each["description"] or short(each["url"]) for each in endpoints}
    shown = [each for each in known if each in told] or [*known][:1]
    shown += [each for each in told if each not in known]
    endpoint_x = {each: text_x + TEXT_WIDTH + ENDPOINT_WIDTH * place for place, each in enumerate(shown)}
    rows = [_row(moment, place, moments, lane_x, text_x, endpoint_x) for place, moment in enumerate(moments)]
    return Drawing(
        time_x=TIME_X,
        width=text_x + TEXT_WIDTH + ENDPOINT_WIDTH * len(shown),
        height=TOP + ROW * len(moments) + 10,
        lanes=[{"name": lane, "x": x, "shape": SHAPES[lane]} for lane, x in lane_x.items()],
        endpoints=[{"id": each, "x": x, "name": known.get(each, each)} for each, x in endpoint_x.items()],
        rows=rows,
        links=_links(moments, endpoint_x, lane_x),
    )


def _endpoints_told(moments: Sequence[Moment]) -> dict[str, None]:
    return {each.endpoint_id: None for moment in moments[::-1] for each in moment.deliveries}


def _row(
    moment: Moment,
    place: int,
    moments: Sequence[Moment],
    lane_x: Mapping[str, int],
    text_x: int,
    endpoint_x: Mapping[str, int],
) -> dict[str, Any]:
    newer = moments[place - 1] if place else None
    return {
        "y": _y(place),
        "time": time_of_day(moment.at),
        "day": day_of(moment.at) if newer is None or day_of(newer.at) != day_of(moment.at) else "",
        "at": moment.at,
        "is_event": moment.is_event,
        "x": lane_x[moment.lane],
        "lane": moment.lane,
        "shape": SHAPES[moment.lane],
        "text_x": text_x,
        "type": moment.type,
        "event": moment.event_id,
        "email": moment.email,
        "marks": [mark(each) | {"x": endpoint_x[each.endpoint_id]} for each in moment.deliveries],
    }


def mark(delivery: Delivery) -> dict[str, Any]:
    """A delivery in a few words: sign, words, and a sentence."""
    became = outcome(delivery)
    status = str(delivery.status) if delivery.status is not None else "no answer"
    words = became if became in ("dropped", "lost") else f"{status} · {delivery.latency_ms:.0f} ms"
    if became in ("late", "duplicate", "resent", "failed"):
        words = f"{became} {status}"
    if delivery.attempt > 1 and delivery.cause == "retry":
        words = f"try {delivery.attempt}: {became if became in ('dropped', 'lost') else status}"
    reason = f", {delivery.error}" if delivery.error else ""
    return {
        "outcome": became,
        "sign": SIGNS[became],
        "words": words,
        "sentence": f"attempt {delivery.attempt} {became}: {status}{reason}",
        "endpoint": delivery.endpoint_id,
    }


def _links(moments: Sequence[Moment], endpoint_x: Mapping[str, int], lane_x: Mapping[str, int]) -> list[str]:
    """From each event to what came of it later, as paths."""
    begun = {moment.event_id: place for place, moment in enumerate(moments) if moment.is_event}
    paths = []
    for place, moment in enumerate(moments):
        start = begun.get(moment.event_id)
        if moment.is_event or start is None:
            continue
        x = endpoint_x[moment.deliveries[0].endpoint_id] - 10
        bend = min(60, 12 + 4 * abs(start - place))
        paths.append(f"M{x},{_y(start)} C{x - bend},{_y(start)} {x - bend},{_y(place)} {x},{_y(place)}")
    return paths


def _y(place: int) -> int:
    return TOP + ROW * place + ROW // 2


def short(url: str) -> str:
    """An address without its scheme, for a heading."""
    return url.split("://", 1)[-1]

"""Results as text: one line per rule, and a finding as the schedule that breaks a sentence.

Decides: the words and columns a person reads.  Does not know colours (cli does) or files.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rehearsal_harness.core.findings import Verdict
from rehearsal_harness.core.replaying import Line, Trace
from rehearsal_harness.rehearsal import StoryResult
from rehearsal_specs.reader import read_properties


def instant(second: int) -> str:
    """`second` as 2026-06-01T00:00:00Z."""
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class RuleRow:
    """What became of one rule: the worst verdict of its examples, and their sums."""

    rule: str
    verdict: Verdict
    results: tuple[StoryResult, ...]

    def cells(self) -> tuple[str, ...]:
        """Verdict, rule, events, nodes, deliveries, schedules, seconds."""
        counts = [result.counts for result in self.results]
        return (
            self.verdict,
            self.rule,
            counted(max(each.events for each in counts), "event", "events"),
            counted(sum(each.nodes for each in counts), "node", "nodes"),
            counted(sum(each.deliveries for each in counts), "delivery", "deliveries"),
            f"{big(sum(each.schedules for each in counts))} schedules",
            f"{sum(result.seconds for result in self.results):.1f} s",
        )


def rule_rows(results: Iterable[StoryResult]) -> list[RuleRow]:
    """The results by rule, in the order in which the rules came."""
    by_rule: dict[str, list[StoryResult]] = {}
    for result in results:
        by_rule.setdefault(result.story.rule or result.story.feature, []).append(result)
    return [
        RuleRow(
            rule, max((each.verdict for each in group), key=lambda verdict: verdict.severity), tuple(group)
        )
        for rule, group in by_rule.items()
    ]


def big(number: int) -> str:
    """A count, exact up to a million, then rounded: `about 3.6e+12`."""
    return f"{number:,}" if number < 10_000_000 else f"about {number:.1e}"


def finding_lines(result: StoryResult) -> list[str]:
    """A finding: the sentence that breaks, the schedule that breaks it, and what was wanted."""
    finding = result.finding
    if finding is None:
        return []
    broken = finding.violation
    sentence = read_properties()[broken.property_id].sentence
    place = f"{shown_path(Path(result.story.path))}:{broken.line or result.story.line}"
    how = "shortest" if finding.shortest else "minimal"
    lines = [
        f'{broken.property_id}: "{sentence}"',
        f"  {result.story.title} ({place})",
        f"  breaks {_after(finding.deliveries)} ({how}; found with {finding.found_with}):",
    ]
    lines += [f"    {line}" for line in _trace(result.trace)]
    lines.append(f"    ?  {instant(broken.at)}  {broken.subject}  →  {broken.observed}")
    lines.append(f"       expected: {broken.expected}")
    if result.other is not None:
        lines += ["  and with the same deliveries in another order:"]
        lines += [f"    {line}" for line in _trace(result.other)]
    return lines


def _after(deliveries: int) -> str:
    if not deliveries:
        return "without any delivery of Stripe's"
    return f"after {counted(deliveries, 'delivery', 'deliveries')}"


def counted(number: int, one: str, many: str) -> str:
    """`1 event`, `2 events`."""
    return f"{number:,} {one if number == 1 else many}"


def _trace(trace: Trace | None) -> list[str]:
    if trace is None:
        return []
    number, shown = 0, []
    for line in trace.lines:
        if line.move.event >= 0:
            number += 1
            shown.append(f"{number:>2} {_delivery(line)}")
        elif not line.what.startswith("Arrive"):
            shown.append(f" · {instant(line.clock)}  {line.what}{_status(line)}")
    return shown


def _delivery(line: Line) -> str:
    note = {"duplicate": "again", "crash": f"crashes at boundary {line.move.nth}", "lose": "never arrives"}
    notes = note.get(line.move.kind, "Stripe fails" if line.move.kind == "stripe_fails_fetch" else "")
    created = instant(line.created).removesuffix("Z")[11:]
    return (
        f"{instant(line.clock)}  {line.what:<34} created {created}  {line.status or '---'}  {notes}".rstrip()
    )


def _status(line: Line) -> str:
    return f"  →  {line.status}" if line.status else ""


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows as aligned columns."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.ljust(width) if index < 2 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def shown_path(path: Path) -> str:
    """A path as a person would type it from here."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)

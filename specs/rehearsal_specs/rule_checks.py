"""Whether the go/no-go rules of one manifest name things that are there.

Decides, for each kind of need, what its argument may name.  Does not know whether a need is met (the gate
does), nor the stories: those are files of their own, and the gate looks them up.
"""

from __future__ import annotations

from collections.abc import Iterator

from rehearsal_specs.checklists import read_checklists
from rehearsal_specs.decisions import decision_fields
from rehearsal_specs.diagnostics import Diagnostic, nearest, quoted
from rehearsal_specs.source import Document


def check_rules(manifest: Document) -> Iterator[Diagnostic]:
    """Every argument of a need that names nothing, and every cited line that is none."""
    known = _known(manifest)
    for rule in manifest.mapping("go_no_go"):
        needs = manifest.get("go_no_go", rule, "needs")
        for index in range(len(needs) if isinstance(needs, list) else 0):
            for kind, argument in manifest.mapping("go_no_go", rule, "needs", index).items():
                if kind in known and isinstance(argument, str) and argument not in known[kind][1]:
                    what, names = known[kind]
                    yield manifest.at_value(
                        ("go_no_go", rule, "needs", index, kind),
                        f"{quoted(argument)} is no {what}",
                        ", ".join(names) or "none is declared",
                        nearest(argument, names),
                    )
        for keys, line in manifest.texts("go_no_go", rule, "cites"):
            if line not in read_checklists():
                found = f"{quoted(line)} is no line of checklists.yaml"
                yield manifest.at_value(keys, found, "a line given there", nearest(line, read_checklists()))


def _known(manifest: Document) -> dict[str, tuple[str, list[str]]]:
    """For each kind whose argument refers to something: what that is called, and what there is."""
    routes = [route for _, route in manifest.texts("routes")]
    pages = [route for route in routes if route.startswith("GET ")]
    variables = list(manifest.mapping("variables"))
    events = [
        name
        for part in ("requiredEvents", "recommendedEvents")
        for _, name in manifest.texts("stripeWebhook", part)
    ]
    storage = manifest.get("storage", "env")
    guard = manifest.get("hosted", "allow_live_env")
    decisions = list(decision_fields())
    return {
        "decision": ("decision", decisions),
        "support_round_trip": ("decision about an inbox", ["support_inbox"]),
        "secret": ("declared secret", list(manifest.mapping("secrets"))),
        "variable": ("declared variable", variables),
        "real_stripe": ("declared variable", variables),
        "live_guard": ("hosted.allow_live_env", [guard] if isinstance(guard, str) else []),
        "route": ("declared route", routes),
        "policy_page": ("declared GET route", pages),
        "event_handled": ("event of stripeWebhook", events),
        "product_and_price": ("declared offer", list(manifest.mapping("offers"))),
        "storage_guard": ("storage.env", [storage] if isinstance(storage, str) else []),
    }

"""Feature files read as the checklist, and no example can vanish or pass without saying so."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from gherkin.parser import Parser
from pytest_bdd import parsers
from pytest_bdd.feature import get_features
from pytest_bdd.steps import step_function_context_registry

from rehearsal_harness.steps.patterns import TYPES
from rehearsal_harness.steps.plugin import pytest_plugins
from rehearsal_specs.reader import read_properties

ROOT = Path(__file__).parents[2]
FEATURES = sorted((ROOT / "features").rglob("*.feature"))
EXAMPLES = sorted((ROOT / "docs").rglob("*.feature"))
PATTERNS_MIN, PATTERNS_MAX = 30, 90
CHECKLIST = (
    "New checkout succeeds",
    "No-trial subscription activates immediately after payment",
    "Customer Portal opens for the authenticated customer",
    "Customer can cancel",
    "Canceled subscription revokes access at the correct time",
    "Failed invoice limits access",
    "Duplicate webhook does not double-apply",
    "Out-of-order webhook does not corrupt entitlement state",
    "Desktop reinstall can reactivate a valid customer",
    "Expired license blocks paid features cleanly",
)
# What a business sentence does not say: addresses, routes, JSON, Stripe's ids, event types, field names.
MACHINERY = re.compile(
    r"https?:|(?<!\w)/\w+|[{}\[\]]|\b(?:cus|sub|evt|in|pi|price|prod|cs_test|cs_live)_\w+"
    r"|\b(?:GET|POST|DELETE)\b|\b[a-z]\w*\.[a-z]\w+\b"
)


def rules(source: str) -> list[dict[str, Any]]:
    """Each rule of a feature file; examples outside any rule are under one with an empty name."""
    children = Parser().parse(source)["feature"]["children"]
    outside = [child for child in children if "scenario" in child]
    named = [child["rule"] for child in children if "rule" in child]
    line = outside[0]["scenario"]["location"]["line"] if outside else 0
    return [*named, *([{"name": "", "children": outside, "location": {"line": line}}] if outside else [])]


def examples(rule: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [child["scenario"] for child in rule["children"] if "scenario" in child]


def problems(path: str, source: str) -> list[str]:
    """`path:line: problem` for what pytest-bdd passes over in silence, or a reader should not have to."""
    found: list[tuple[int, str]] = []
    seen: set[str] = set()
    for rule in rules(source):
        if not rule["name"]:
            found.append((rule["location"]["line"], "an example outside any rule, expected below a Rule"))
        if not examples(rule):
            found.append((rule["location"]["line"], f"rule '{rule['name']}' is empty, expected an example"))
        for example in examples(rule):
            line, name = example["location"]["line"], example["name"]
            if name in seen:
                found.append(
                    (line, f"a second example called '{name}', expected one: the first would vanish")
                )
            seen.add(name)
            found += [(line, problem) for problem in shape_problems(example)]
            found += [
                (
                    step["location"]["line"],
                    f"'{step['text']}' has '{machinery[0]}', expected a business sentence",
                )
                for step in example["steps"]
                if (machinery := MACHINERY.search(step["text"]))
            ]
    return [f"{path}:{line}: {problem}" for line, problem in sorted(found)]


def shape_problems(example: Mapping[str, Any]) -> list[str]:
    """An example has steps, does one thing, and then expects something."""
    keywords = [step["keyword"].strip() for step in example["steps"]]
    if not keywords:
        return ["an example without steps, expected some: it would pass"]
    expected = {"When": "one thing done", "Then": "something expected"}
    return [
        f"{keywords.count(keyword)} times {keyword}, expected {what}"
        for keyword, what in expected.items()
        if keywords.count(keyword) != 1
    ]


def twins(sources: Mapping[str, str]) -> list[str]:
    """Examples of one service with the same rule and name: a finding could not say which it means."""
    told = Counter(
        (rule["name"], example["name"])
        for source in sources.values()
        for rule in rules(source)
        for example in examples(rule)
    )
    return [f"{times} examples are '{rule}: {name}'" for (rule, name), times in told.items() if times > 1]


def step_patterns() -> list[parsers.StepParser]:
    """Every pattern that a step file declares."""
    for name in pytest_plugins:
        import_module(name)
    every = [context.parser for context in step_function_context_registry.values()]
    return [parser for parser in every if parser.name != "trace"]  # pytest-bdd's own


def step_sentences(paths: list[Path]) -> dict[str, str]:
    """Each sentence of the feature files, outlines filled in, with `path:line` of one place."""
    sentences = {}
    for feature in get_features([str(path) for path in paths]):
        place = Path(feature.filename).relative_to(ROOT)
        for template in feature.scenarios.values():
            contexts = [context for each in template.examples for context in each.as_contexts()] or [{}]
            for step in (step for context in contexts for step in template.render(context).steps):
                sentences[step.name] = f"{place}:{step.line_number}"
    return sentences


def mismatches(sentences: Mapping[str, str], patterns: list[parsers.StepParser]) -> list[str]:
    """Sentences that not exactly one pattern matches, and patterns that no sentence uses."""
    found, used = [], set()
    for sentence, place in sentences.items():
        matching = [parser.name for parser in patterns if parser.is_matching(sentence)]
        used |= set(matching)
        if len(matching) != 1:
            found.append(f"{place}: '{sentence}' is matched by {matching}, expected one pattern")
    unused = [parser.name for parser in patterns if parser.name not in used]
    return [*found, *(f"no feature uses the step '{name}', expected a use" for name in unused)]


@pytest.mark.parametrize("path", [*FEATURES, *EXAMPLES], ids=lambda path: path.stem)
def test_no_example_vanishes_or_is_empty(path: Path) -> None:
    """Names are unique within a file; each example has one When, one Then, a rule, and a business's words."""
    assert problems(str(path.relative_to(ROOT)), path.read_text("utf-8")) == []


@pytest.mark.parametrize("service", sorted({path.parent for path in FEATURES}), ids=lambda path: path.name)
def test_no_two_examples_of_a_service_are_called_alike(service: Path) -> None:
    """Rule and example together name one story of a service."""
    assert twins({path.name: path.read_text("utf-8") for path in service.glob("*.feature")}) == []


def test_the_check_sees_what_is_passed_over() -> None:
    """Twins, empty examples, empty rules, machinery, nothing expected, no rule: each is reported."""
    tidy = "      Given x\n      When y\n      Then z\n"
    source = (
        f"Feature: f\n  Rule: r\n    Example: a\n{tidy}    Example: a\n      Given x\n      When y\n"
        f"    Example: b\n  Rule: s\n  Rule: t\n    Example: c\n{tidy}      And POST https://x.test\n"
    )

    assert problems("f.feature", source) == [
        "f.feature:7: 0 times Then, expected something expected",
        "f.feature:7: a second example called 'a', expected one: the first would vanish",
        "f.feature:10: an example without steps, expected some: it would pass",
        "f.feature:11: rule 's' is empty, expected an example",
        "f.feature:17: 'POST https://x.test' has 'POST', expected a business sentence",
    ]
    assert problems("f.feature", f"Feature: f\n  Example: a\n{tidy}") == [
        "f.feature:2: an example outside any rule, expected below a Rule"
    ]


@pytest.mark.parametrize(
    "text",
    ["https://a.test", "GET it", "asks /health", "sends {}", "has cus_1", "invoice.paid arrives", "items[0]"],
)
def test_machinery_is_seen_in_a_step(text: str) -> None:
    """Addresses, routes, JSON, ids and event types are no words of a business."""
    assert MACHINERY.search(text)


def test_twins_are_reported() -> None:
    """The same rule and example in two files of a service are one name too few."""
    source = "Feature: f\n  Rule: r\n    Example: a\n      Given x\n"

    assert twins({"one": source, "two": source}) == ["2 examples are 'r: a'"]


def test_every_step_is_matched_once_and_every_pattern_is_used() -> None:
    """pytest-bdd takes one of two matching patterns without a word, so there may be only one."""
    assert mismatches(step_sentences([*FEATURES, *EXAMPLES]), step_patterns()) == []


def test_a_step_matched_twice_and_an_unused_pattern_are_reported() -> None:
    """The check itself sees two patterns for a sentence, none for another, and one for nothing."""
    patterns = [parsers.parse(text, extra_types=TYPES) for text in ("{who:Who} pays", "Ada {does}", "nobody")]

    assert mismatches({"Ada pays": "f:1", "somebody else": "f:2"}, patterns) == [
        "f:1: 'Ada pays' is matched by ['{who:Who} pays', 'Ada {does}'], expected one pattern",
        "f:2: 'somebody else' is matched by [], expected one pattern",
        "no feature uses the step 'nobody', expected a use",
    ]


def test_the_vocabulary_is_small() -> None:
    """At most 90 patterns say everything, for four services and a gate; the rest are placeholders."""
    assert PATTERNS_MIN <= len(step_patterns()) <= PATTERNS_MAX


def test_every_line_of_the_checklist_is_a_rule() -> None:
    """The Test Mode Checklist is there, sentence by sentence."""
    files = (ROOT / "features" / "nyra-billing-server").glob("*.feature")
    told = {rule["name"] for path in files for rule in rules(path.read_text("utf-8"))}

    assert [line for line in CHECKLIST if line not in told] == []


def test_tags_name_properties() -> None:
    """A tag says what a story is about; a misspelt one would ask for nothing."""
    known = read_properties()
    found = [
        f"{path.relative_to(ROOT)}:{number}: tag @{tag}, expected the id of a property"
        for path in (*FEATURES, *EXAMPLES)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        for tag in re.findall(r"(?:^|\s)@(\S+)", line)
        if tag not in known
    ]

    assert found == []

"""Feature files read as the checklist, and no example can vanish or pass without saying so."""

from __future__ import annotations

import re
from collections import Counter
from importlib import import_module
from pathlib import Path

import pytest
from gherkin.parser import Parser
from pytest_bdd.feature import get_features
from pytest_bdd.steps import step_function_context_registry

from rehearsal_harness.steps.plugin import pytest_plugins
from rehearsal_specs.reader import read_properties

ROOT = Path(__file__).parents[2]
FEATURES = sorted((ROOT / "features").rglob("*.feature"))
EXAMPLES = sorted((ROOT / "docs").rglob("*.feature"))
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


def examples(source: str) -> list[dict]:
    """Every example of a feature file, with the rule it stands under."""
    found = []
    for child in Parser().parse(source)["feature"]["children"]:
        rule = child.get("rule")
        for each in rule["children"] if rule else [child]:
            if "scenario" in each:
                found.append(each["scenario"] | {"rule": rule["name"] if rule else ""})
    return found


def problems(source: str) -> list[str]:
    """What pytest-bdd passes over in silence: two examples of one name, an example without steps."""
    told = examples(source)
    names = Counter(each["name"] for each in told)
    return [f"two examples are called '{name}'" for name, count in names.items() if count > 1] + [
        f"line {each['location']['line']}: an example without steps" for each in told if not each["steps"]
    ]


def step_patterns() -> dict[str, object]:
    for name in pytest_plugins:
        import_module(name)
    parsers = (context.parser for context in step_function_context_registry.values())
    return {parser.name: parser for parser in parsers if parser.name != "trace"}


def step_sentences() -> set[str]:
    sentences = set()
    for feature in get_features([str(path) for path in (*FEATURES, *EXAMPLES)]):
        for template in feature.scenarios.values():
            contexts = [context for each in template.examples for context in each.as_contexts()] or [{}]
            sentences |= {step.name for context in contexts for step in template.render(context).steps}
    return sentences


@pytest.mark.parametrize("path", FEATURES, ids=lambda path: path.stem)
def test_no_example_vanishes_or_is_empty(path: Path) -> None:
    """Names are unique within a file, and every example has steps and stands under a rule."""
    source = path.read_text("utf-8")

    assert problems(source) == []
    assert [each["name"] for each in examples(source) if not each["rule"]] == []


def test_the_check_sees_both_traps() -> None:
    """Two examples of one name and an empty one are reported."""
    source = "Feature: f\n  Rule: r\n    Example: a\n      Given x\n    Example: a\n"

    assert problems(source) == ["two examples are called 'a'", "line 5: an example without steps"]


def test_every_step_is_matched_once_and_every_pattern_is_used() -> None:
    """pytest-bdd takes one of two matching patterns without a word, so there may be only one."""
    patterns, sentences = step_patterns(), step_sentences()
    matches = {
        each: [name for name, parser in patterns.items() if parser.is_matching(each)] for each in sentences
    }

    assert {each: found for each, found in matches.items() if len(found) != 1} == {}
    assert set(patterns) - {found[0] for found in matches.values()} == set()
    assert len(patterns) <= 40


def test_every_line_of_the_checklist_is_a_rule() -> None:
    """The Test Mode Checklist is there, sentence by sentence."""
    rules = {each["rule"] for path in FEATURES for each in examples(path.read_text("utf-8"))}

    assert [line for line in CHECKLIST if line not in rules] == []


def test_tags_name_properties() -> None:
    """A tag says what a story is about; a misspelt one would ask for nothing."""
    tags = set(re.findall(r"@(\w+)", "".join(path.read_text("utf-8") for path in FEATURES)))

    assert sorted(tags - set(read_properties())) == []

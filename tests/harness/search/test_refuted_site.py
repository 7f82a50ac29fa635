"""Backends that are wrong about signed-in people, orders and credits are REFUTED, right ones never."""

from __future__ import annotations

import pytest
from search.rehearsed import breaks_again, manifest_of
from search.site_stories import (
    ACCOUNTS,
    ACCOUNTS_STORIES,
    API,
    API_STORIES,
    SITE,
    SITE_STORIES,
)
from search.stories import Case

from rehearsal_harness.core.findings import Verdict
from rehearsal_harness.core.story import Story
from rehearsal_harness.rehearsal import Options, Rehearsal
from rehearsal_harness.targets.backend import REFERENCE, load_factory

SERVICES = {"aipowerprogress": SITE, "accounts-svc-plus": ACCOUNTS, "nyra-billing-api": API}
WRONG = [(service, case) for service, cases in SERVICES.items() for case in cases]
RIGHT = [
    *(("aipowerprogress", "broken.site:right", story) for story in SITE_STORIES),
    *(("aipowerprogress", REFERENCE, story) for story in SITE_STORIES),
    *(("accounts-svc-plus", REFERENCE, story) for story in ACCOUNTS_STORIES),
    *(("nyra-billing-api", REFERENCE, story) for story in API_STORIES),
]


@pytest.mark.parametrize(("service", "case"), WRONG, ids=lambda each: getattr(each, "name", None))
def test_a_broken_backend_is_refuted(service: str, case: Case) -> None:
    """Its story finds it for its own reason, as shortly as can be, and the finding replays."""
    told = Rehearsal(manifest_of(service), load_factory(f"broken.{case.app}"), case.story, Options())
    result = told.run()

    assert result.verdict is Verdict.REFUTED
    assert result.finding.violation.property_id == case.property_id
    assert result.finding.deliveries == case.deliveries
    assert result.finding.shortest
    assert breaks_again(told, result)


@pytest.mark.parametrize(("service", "app", "story"), RIGHT, ids=lambda each: getattr(each, "name", None))
def test_a_right_backend_is_never_refuted(service: str, app: str, story: Story) -> None:
    """The reference server, and a site of another design, are PROVED on every story that finds a bug."""
    result = Rehearsal(manifest_of(service), load_factory(app), story, Options()).run()

    assert (result.verdict, result.reason) == (Verdict.PROVED, "")

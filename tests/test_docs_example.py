"""The guide's example is run: what docs/ claims of it is true."""

from __future__ import annotations

from pathlib import Path

import pytest

from rehearsal_harness.cli import FINDING, PROVED, main

EXAMPLE = Path(__file__).parents[1] / "docs" / "example"


@pytest.mark.parametrize(("factory", "status"), [("create", PROVED), ("create_naive", FINDING)])
def test_the_corner_shop_does_what_the_guide_says(
    factory: str, status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The shop that asks Stripe is PROVED; the one that believes whatever came last is REFUTED."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(EXAMPLE))

    assert main(["run", str(EXAMPLE / "manifests"), "--app", f"corner_shop:{factory}"]) == status

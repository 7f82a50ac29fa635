"""What is left of a price, and when nobody should rest on having asked."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from conftest_types import Command
from hypothesis import given
from hypothesis import strategies as st

from rehearsal_harness.operating.pricing import (
    STALE_S,
    Inputs,
    PricingError,
    cents,
    inputs_of,
    model_of,
    percent,
    snapshot_of,
    why_stale,
)

NOW = 1_780_272_000
PLAN = Inputs(price_cents=2_500, unit_cost_cents=Decimal("0.4"), cap_units=2_000, refund_percent=Decimal(2))


def test_the_margins_of_a_plan() -> None:
    """25.00 less 2.9 % + 0.30 and 2 % refunds is 23.475; each of 2,000 units costs 0.4 cents."""
    model = model_of(PLAN)
    assert [cents(each.margin_cents) for each in model.margins] == ["23.48", "19.48", "15.48"]
    assert [percent(each.margin_percent) for each in model.margins] == ["93.9", "77.9", "61.9"]
    assert model.break_even_units == 5_868


def test_usage_that_costs_nothing_never_breaks_even() -> None:
    assert model_of(Inputs(price_cents=100, unit_cost_cents=Decimal(0), cap_units=9)).break_even_units is None


def test_a_price_below_the_fee_carries_no_usage() -> None:
    model = model_of(Inputs(price_cents=20, unit_cost_cents=Decimal(1), cap_units=9))
    assert model.margins[0].margin_cents < 0
    assert model.break_even_units == 0


@given(
    st.builds(
        Inputs,
        price_cents=st.integers(1, 10**6),
        unit_cost_cents=st.decimals("0.001", 100, places=3),
        cap_units=st.integers(0, 10**6),
        refund_percent=st.decimals(0, 100, places=1),
    )
)
def test_at_the_break_even_cap_nothing_is_lost_and_one_unit_more_is(inputs: Inputs) -> None:
    even = model_of(inputs).break_even_units
    assert even is not None

    def left(units: int) -> Decimal:
        plan = Inputs(
            price_cents=inputs.price_cents,
            unit_cost_cents=inputs.unit_cost_cents,
            cap_units=units,
            refund_percent=inputs.refund_percent,
        )
        return model_of(plan).margins[-1].margin_cents

    assert left(even) >= 0 or even == 0
    assert left(even + 1) < 0


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({}, "price_cents is missing"),
        ({"price_cents": 0, "unit_cost_cents": 1, "cap_units": 1}, "price_cents is 0"),
        ({"price_cents": "x", "unit_cost_cents": 1, "cap_units": 1}, "price_cents is no number"),
        ({"price_cents": 1.5, "unit_cost_cents": 1, "cap_units": 1}, "price_cents is no whole number"),
        ({"price_cents": 1, "unit_cost_cents": "NaN", "cap_units": 1}, "unit_cost_cents is no finite number"),
        ({"price_cents": 1, "unit_cost_cents": -1, "cap_units": 1}, "unit_cost_cents is below 0"),
        ({"price_cents": 1, "unit_cost_cents": 1, "cap_units": 1, "refund_percent": 101}, "is above 100"),
        ({"price": 1}, "'price' is unknown"),
    ],
)
def test_wrong_inputs_are_named(raw: dict[str, object], said: str) -> None:
    with pytest.raises(PricingError, match=said):
        inputs_of(raw)


@pytest.mark.parametrize(
    ("age_s", "is_fresh"), [(0, True), (STALE_S, True), (STALE_S + 1, False), (-1, False)]
)
def test_a_snapshot_is_good_for_thirty_days(age_s: int, is_fresh: bool) -> None:
    assert (why_stale(snapshot_of(model_of(PLAN), NOW), NOW + age_s) == "") is is_fresh


def test_a_snapshot_belongs_to_its_inputs() -> None:
    snapshot = snapshot_of(model_of(PLAN), NOW)
    dearer = inputs_of(snapshot["inputs"] | {"price_cents": 9_900})
    assert why_stale(snapshot, NOW, PLAN) == ""
    assert "changed" in why_stale(snapshot, NOW, dearer)
    tampered = snapshot | {"inputs": snapshot["inputs"] | {"cap_units": 1}}
    assert "digest" in why_stale(tampered, NOW)
    assert why_stale({"taken_at": "today"}, NOW)


def test_the_command_writes_a_snapshot_and_checks_it(rehearse: Command, folder: Path) -> None:
    flags = ("--price-cents", "2500", "--unit-cost-cents", "0.4", "--cap-units", "2000")
    assert rehearse("pricing-model", "--check")[0] == 1
    status, out, _ = rehearse("pricing-model", *flags)
    assert (status, "100 % of the cap" in out) == (0, True)
    assert rehearse("pricing-model", "--check")[0] == 0
    assert rehearse("pricing-model", *flags, "--check")[0] == 0
    assert (
        rehearse(
            "pricing-model",
            "--price-cents",
            "9900",
            "--unit-cost-cents",
            "0.4",
            "--cap-units",
            "2000",
            "--check",
        )[0]
        == 1
    )
    place = folder / "data" / "pricing_snapshot.json"
    old = json.loads(place.read_text("utf-8")) | {"taken_at": "2020-01-01T00:00:00Z"}
    place.write_text(json.dumps(old), "utf-8")
    assert rehearse("pricing-model", "--check")[0] == 1
    place.write_text("{", "utf-8")
    assert rehearse("pricing-model", "--check")[0] == 1
    assert rehearse("pricing-model", "--price-cents", "x")[0] == 2


def test_inputs_may_stand_in_a_file(rehearse: Command, folder: Path) -> None:
    (folder / "plan.yaml").write_text("price_cents: 2500\nunit_cost_cents: 1\ncap_units: 10\n", "utf-8")
    status, out, _ = rehearse("pricing-model", "--inputs", "plan.yaml", "--cap-units", "20", "--json")
    assert (status, json.loads(out)["inputs"]["cap_units"]) == (0, 20)

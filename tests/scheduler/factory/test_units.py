"""Units: exact factors, per item, and roundings that never lose a need."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler import factory as f
from scheduler.factory.units import UnitError, Units
from tests import factories as t

TONNE = f.Unit(id="t", base="kg", factor=1000)
PALLET = f.UnitConversion(unit="pallet", factor=40)
UNITS = Units([TONNE], [t.item("FLOUR", unit="kg", conversions=(PALLET,)), t.item("BIKE")])


@pytest.mark.parametrize(
    ("unit", "factor"),
    [(None, 1), ("kg", 1), ("g", Fraction(1, 1000)), ("t", 1000), ("pallet", 40)],
)
def test_factors_are_exact(unit, factor) -> None:
    assert UNITS.factor("FLOUR", unit) == factor


def test_a_multiple_of_an_items_own_unit_is_found_through_it() -> None:
    half = f.Unit(id="half-pallet", base="pallet", factor="0.5")
    pallet = f.Unit(id="pallet")
    units = Units([half, pallet], [t.item("FLOUR", unit="kg", conversions=(PALLET,))])
    assert units.factor("FLOUR", "half-pallet") == 20


@pytest.mark.parametrize(("unit", "known"), [("furlong", False), ("l", True), ("pcs", True)])
def test_what_cannot_be_converted_says_whether_the_unit_is_known(unit, known) -> None:
    with pytest.raises(UnitError) as error:
        UNITS.factor("FLOUR", unit)
    assert error.value.known is known


def test_a_ring_of_units_is_refused() -> None:
    ring = Units([f.Unit(id="a", base="b"), f.Unit(id="b", base="a")], [])
    with pytest.raises(UnitError, match="defined by itself"):
        ring.root("a")


@given(st.fractions(min_value=0, max_value=10_000))
def test_needs_are_rounded_up_and_availability_down_by_less_than_one_step(quantity) -> None:
    up, down = UNITS.round_up("FLOUR", quantity), UNITS.round_down("FLOUR", quantity)
    step = Fraction(1, 1000)
    assert down <= quantity <= up < down + 2 * step
    assert up % step == down % step == 0
    assert (up > 0) == (quantity > 0)

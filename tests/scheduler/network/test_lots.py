"""Lots: sizes and buckets, against the rules said plainly."""

from fractions import Fraction

from hypothesis import assume, given
from hypothesis import strategies as st

from scheduler.network.lots import LotRule

quantities = st.fractions(min_value="0.125", max_value=200, max_denominator=8)
amounts = st.integers(0, 30).map(Fraction)


@given(quantities, amounts, amounts, st.one_of(st.none(), st.integers(1, 60).map(Fraction)))
def test_every_lot_keeps_the_rules_and_all_of_them_cover_the_need(
    need, low, multiple, high
) -> None:
    assume(high is None or low <= high // max(multiple, 1) * max(multiple, 1))
    rule = LotRule(Fraction(1), low, multiple, high)
    lots = rule.sizes(need)
    assert sum(lots) >= need
    for lot in lots:
        assert lot % rule.step == 0
        assert lot >= rule.least
        assert rule.most is None or lot <= rule.most


@given(quantities, amounts, st.one_of(st.none(), st.integers(5, 60).map(Fraction)))
def test_there_is_no_needless_excess(need, low, high) -> None:
    assume(high is None or 2 * low <= high)
    rule = LotRule(Fraction(1), low, Fraction(0), high)
    lots = rule.sizes(need)
    assert sum(lots) < max(need, rule.least) + 1
    fewest = 1 if rule.most is None else -(-sum(lots) // rule.most)
    assert len(lots) == fewest


def test_lots_are_not_rounded_up_past_the_largest_stock() -> None:
    rule = LotRule(Fraction(1), minimum=Fraction(100))
    assert rule.sizes(Fraction(10)) == [100]
    assert rule.sizes(Fraction(10), room=Fraction(50)) == [60]


def test_a_maximum_below_a_multiple_is_one_multiple() -> None:
    rule = LotRule(Fraction(1), multiple=Fraction(10), maximum=Fraction(4))
    assert rule.sizes(Fraction(15)) == [10, 10]

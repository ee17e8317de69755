"""Random plants: what every engine makes of them holds every rule of the independent validator."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.engines.insert import Timelines
from scheduler.engines.search import search
from scheduler.factory import Demand
from scheduler.findings import Findings
from scheduler.quoting import left_over, quote
from scheduler.schedule import Schedule
from scheduler.solve import Plan, finished, plan, proved
from tests.conformance.plants import breaches
from tests.scheduler.random_plants import random_plant

seeds = st.integers(0, 10**6)


def told(first: Plan, schedule: Schedule) -> Plan:
    """Another schedule of the same problem, told as a plan."""
    return finished(first.snapshot, first.policy, first.network, first.built, schedule, Findings())


@given(seeds)
def test_a_dispatched_plan_holds_every_rule(seed: int) -> None:
    assert breaches(plan(random_plant(seed), seconds=0)) == []


@given(seeds)
def test_a_searched_plan_holds_every_rule_and_is_never_worse(seed: int) -> None:
    first = plan(random_plant(seed), seconds=0)
    better = search(first.built.problem, first.schedule, seconds=60, rounds=6, seed=seed)
    assert better.objective <= first.schedule.objective
    assert breaches(told(first, better)) == []


@pytest.mark.parametrize("seed", range(12))
def test_a_plan_of_cp_sat_holds_every_rule_and_is_never_worse(seed: int) -> None:
    first = plan(random_plant(seed), seconds=0)
    better = proved(
        first.built.problem,
        first.schedule,
        seconds=1.5,
        seed=seed,
        progress=None,
        cancelled=None,
    )
    assert better.objective <= first.schedule.objective
    assert breaches(told(first, better)) == []


@given(seeds)
def test_a_quote_moves_nothing_and_is_the_same_when_it_is_asked_again(seed: int) -> None:
    first = plan(random_plant(seed), seconds=0)
    lines = Timelines.of(first.built.problem, first.schedule, spare=512)
    before = lines.state.nodes.copy()
    answer = quote(first, item="BIKE", quantity=Decimal(3), timelines=lines)
    again = quote(first, item="BIKE", quantity=Decimal(3), timelines=lines)
    placed = slice(0, first.built.problem.size)
    assert (lines.state.nodes[placed] == before[placed]).all()
    assert answer == again
    assert answer.date is not None or answer.reason


@given(seeds)
def test_what_is_left_over_is_never_more_than_there_is(seed: int) -> None:
    first = plan(random_plant(seed), seconds=0)
    rest = left_over(first, Demand(id="Q", item="BIKE", plant="GRAZ", quantity=Decimal(1)))
    for lot in rest.stock:
        there = sum(s.quantity for s in first.snapshot.stock if s.item == lot.item)
        assert 0 < lot.quantity <= there

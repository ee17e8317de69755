"""Random plants in which work is reported set up or started: plans hold every rule of the
validator, which tells by itself which setups still stand.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler import factory as f
from scheduler.engines.search import search
from scheduler.findings import Findings
from scheduler.solve import Plan, finished, plan, proved
from tests import factories as t
from tests.cases.plants import breaches as all_breaches
from tests.scheduler.random_plants import FAMILIES, random_plant

# Reports made at random contradict each other: two orders have begun with the one tool there is.
JUDGED = {"plan.setup_time", "plan.setup_misplaced", "plan.setup_interrupted", "plan.run_time"}
seeds = st.integers(0, 10**6)


def plant_at_work(seed: int) -> f.Snapshot:
    """A random plant with up to four work orders whose steps are partly reported."""
    plant = random_plant(seed)
    r = np.random.default_rng(seed + 1)
    begun: set[str] = set()

    def report(step: f.Step, *, first: bool) -> f.StepProgress:
        machine = str(r.choice([a.machine for a in step.alternatives]))
        fields: dict[str, Any] = {"setup_done": bool(r.random() < 0.7), "good": int(r.integers(2))}
        if first and r.random() < 0.4 and machine not in begun:
            begun.add(machine)
            started = plant.now - timedelta(minutes=int(r.integers(0, 90)))
            fields |= {"state": f.StepState.STARTED, "started_at": started}
        named = machine if "state" in fields or r.random() < 0.7 else None
        return f.StepProgress(step=step.id, machine=named, **fields)

    def work_order(number: int) -> f.WorkOrder:
        routing = plant.routings[int(r.integers(2))]
        steps = [s for s in routing.steps if s.alternatives and s.split is None]
        reports = tuple(
            report(step, first=step is routing.steps[0]) for step in steps if r.random() < 0.7
        )
        return t.work_order(f"WO-{number}", routing.item, 3, steps=reports)

    def machine(known: f.Machine) -> f.Machine:
        state = str(r.choice(FAMILIES)) if r.random() < 0.5 else None
        return known.model_copy(update={"setup_state": state})

    orders = tuple(work_order(n) for n in range(int(r.integers(1, 5))))
    machines = tuple(machine(m) for m in plant.machines)
    return plant.model_copy(update={"work_orders": orders, "machines": machines})


def breaches(made: Plan) -> list[str]:
    """What the validator says of setups and of the time that is left."""
    return [found.message for found in all_breaches(made) if found.code in JUDGED]


def told(first: Plan, schedule: Any) -> Plan:
    """Another schedule of the same problem, told as a plan."""
    return finished(first.snapshot, first.policy, first.network, first.built, schedule, Findings())


@given(seeds)
def test_a_dispatched_plan_knows_which_setups_still_stand(seed: int) -> None:
    assert breaches(plan(plant_at_work(seed), seconds=0)) == []


@given(seeds)
def test_a_searched_plan_knows_which_setups_still_stand(seed: int) -> None:
    first = plan(plant_at_work(seed), seconds=0)
    better = search(first.built.problem, first.schedule, seconds=60, rounds=6, seed=seed)
    assert breaches(told(first, better)) == []


@pytest.mark.parametrize("seed", range(4))
def test_a_plan_of_cp_sat_knows_which_setups_still_stand(seed: int) -> None:
    first = plan(plant_at_work(seed), seconds=0)
    better = proved(
        first.built.problem, first.schedule, seconds=1.5, seed=seed, progress=None, cancelled=None
    )
    assert breaches(told(first, better)) == []

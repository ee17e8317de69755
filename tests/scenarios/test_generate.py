"""Generated factories: the size asked for, the mix promised, the same for the same seed."""

import time
from collections import Counter
from itertools import product

import numpy as np
import pytest

from scenarios.generate import factory
from scenarios.generate.floor import LONGEST_WINDOW, centre_sizes
from scenarios.generate.shape import Shape
from scheduler.factory import Snapshot, Step
from scheduler.solve import plan


def steps(snapshot: Snapshot) -> list[Step]:
    """Steps of every demand's order."""
    routings = {routing.item: routing for routing in snapshot.routings}
    return [step for demand in snapshot.demands for step in routings[demand.item].steps]


@pytest.mark.parametrize("operations", [20, 33, 300, 1203])
def test_a_factory_has_as_many_operations_as_asked_for(operations: int) -> None:
    assert len(steps(factory(operations, seed=1))) == operations


@pytest.mark.parametrize(
    ("operations", "machines"), [(300, 20), (1000, 20), (10_000, 100), (100_000, 1000)]
)
def test_machines_grow_with_the_work(operations: int, machines: int) -> None:
    shape = Shape(operations, seed=1)
    assert shape.machines == machines
    assert sum(centre_sizes(shape, np.random.default_rng(1))) == machines


def test_the_same_seed_is_the_same_factory_and_another_is_another() -> None:
    assert factory(300, seed=7) == factory(300, seed=7)
    assert factory(300, seed=7) != factory(300, seed=8)


def test_operations_have_alternatives_and_a_part_of_them_can_wait() -> None:
    work = steps(factory(2000, seed=1))
    assert sum(len(step.alternatives) for step in work) / len(work) == pytest.approx(2.6, abs=0.2)
    assert sum(step.resumable for step in work) / len(work) == pytest.approx(0.4, abs=0.05)


def test_what_cannot_be_interrupted_fits_in_every_shift() -> None:
    snapshot = factory(300, seed=3)
    largest = max(demand.quantity for demand in snapshot.demands)
    for step in steps(snapshot):
        if not step.resumable:
            slowest = min(a.efficiency for a in step.alternatives if a.efficiency is not None)
            work = (step.fixed + step.run_per_unit * int(largest)) / float(slowest)
            assert work <= LONGEST_WINDOW


def test_changeovers_obey_the_triangle_inequality() -> None:
    for matrix in factory(20, seed=5).setup_matrices:
        time = {(line.from_family, line.to_family): line.time for line in matrix.changeovers}
        families = {line.to_family for line in matrix.changeovers}
        for a, b, c in product(families, repeat=3):
            if len({a, b, c}) == 3:
                assert time[a, c] <= time[a, b] + time[b, c]


def test_material_is_there_in_the_end_and_not_at_once() -> None:
    snapshot = factory(300, seed=2)
    uses = {bom.item: bom.lines[0].item for bom in snapshot.boms}
    need: Counter[str] = Counter()
    for demand in snapshot.demands:
        if demand.item in uses:
            need[uses[demand.item]] += int(demand.quantity)
    there = Counter({lot.item: int(lot.quantity) for lot in snapshot.stock})
    coming: Counter[str] = Counter()
    for receipt in snapshot.receipts:
        coming[receipt.item] += int(receipt.quantity)
    assert all(there[item] < total <= there[item] + coming[item] for item, total in need.items())


def test_operators_are_an_option() -> None:
    assert not factory(20, seed=1).labour_pools
    snapshot = factory(20, seed=1, labour=True)
    assert all(step.labour[0].pool == snapshot.labour_pools[0].id for step in steps(snapshot))


def test_a_factory_survives_its_file() -> None:
    snapshot = factory(60, seed=1)
    assert Snapshot.model_validate_json(snapshot.model_dump_json()) == snapshot


def test_a_factory_is_planned_whole_one_order_for_each_demand() -> None:
    planned = plan(factory(300, seed=4), seconds=0)
    assert planned.built.problem.size == 300
    assert not planned.findings
    assert all(promise.planned for promise in planned.promises)


def test_fewer_than_20_operations_are_refused() -> None:
    with pytest.raises(ValueError, match="20 operations or more, not 19"):
        factory(19, seed=1)


@pytest.mark.slow
def test_a_hundred_thousand_operations_are_generated_in_seconds() -> None:
    began = time.process_time()
    assert len(factory(100_000, seed=1).demands) == 20_000
    assert time.process_time() - began < 5

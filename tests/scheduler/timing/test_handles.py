"""What kernels are handed: packed tables that fit, and an index that changes no date."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

from scheduler.engines.insert import Timelines
from scheduler.layouts import Column
from scheduler.problem import Problem
from scheduler.solve import plan
from scheduler.timing import decode
from scheduler.timing.handles import pack
from scheduler.timing.state import INDEX, tables_of
from tests.problems import Bench, Way
from tests.scheduler.random_plants import random_plant

LAYOUT = (Column("rows", 2),)


def small() -> Problem:
    bench = Bench(end=500)
    machine = bench.machine(1)
    bench.demand(bench.operation(Way(5, machine, 0)), requested=40)
    return bench.problem("requested", "makespan")


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((3, 3), dtype=np.int64),
        np.zeros(6, dtype=np.int64),
        np.zeros((3, 2), dtype=np.int32),
        np.zeros((3, 4), dtype=np.int64)[:, ::2],
    ],
)
def test_an_array_that_does_not_fit_its_layout_is_refused(array: np.ndarray) -> None:
    with pytest.raises(TypeError, match="rows is no table for"):
        pack(LAYOUT, [array])


def test_a_copy_is_read_where_it_lies() -> None:
    problem = small()
    before = tables_of(problem).copy()
    copies = [copy.deepcopy(problem), pickle.loads(pickle.dumps(problem))]
    dates = [decode(p, np.arange(p.size)).end.tolist() for p in (problem, *copies)]
    assert dates[0] == dates[1] == dates[2]
    assert tables_of(problem).tolist() == before.tolist()
    assert all(tables_of(p)[0] != before[0] for p in copies)


@pytest.mark.parametrize("seed", range(20))
def test_a_quote_finds_the_same_dates_with_and_without_its_index(seed: int) -> None:
    first = plan(random_plant(seed), seconds=0)
    order = first.built.problem
    lines, plain = (Timelines.of(order, first.schedule, spare=1024) for _ in range(2))
    plain.state.marks[:] = 0
    plain.state.nodes[:, INDEX] = -1
    assert (lines.dates(order) == plain.dates(order)).all()

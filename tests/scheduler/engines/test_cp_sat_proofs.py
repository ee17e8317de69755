"""What the engine proves against every schedule there is, one family of rules at a time."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.sat.python import cp_model

from scheduler.engines.cp_sat import improve_window, solve_cp_sat
from scheduler.engines.cp_sat.bounds import span_of
from scheduler.engines.cp_sat.budget import Budget
from scheduler.engines.cp_sat.model import formulate
from scheduler.engines.cp_sat.objective import level_value
from scheduler.schedule import Status
from tests.scheduler.engines.brute_force import best_of_all, retime
from tests.scheduler.engines.random_problems import FAMILIES, random_problem

EXACT = (
    "machines",
    "calendar",
    "slots",
    "batch",
    "resource",
    "own",
    "lag",
    "span",
    "modes",
    "calendar own modes",
    "calendar lag",
)
"""Families that the model states without relaxing anything."""


ALL = [pytest.param(f, marks=pytest.mark.slow) if f == "span" else f for f in FAMILIES]
"""Spans take brute force longer than two seconds."""
EXACTLY = [f for f in ALL if not isinstance(f, str) or f in EXACT]


def seeds(family: str, count: int) -> list[int]:
    """Seeds that differ between families and never change."""
    return [zlib.crc32(family.encode()) % 10_000 + i for i in range(count)]


@pytest.mark.parametrize("family", ALL)
def test_what_is_proved_agrees_with_brute_force(family: str) -> None:
    for seed in seeds(family, 5):
        problem = random_problem(family, seed)
        truth = best_of_all(problem)
        found = solve_cp_sat(problem, None, seconds=30, retime=retime)
        if truth is None:
            assert found.status in (Status.INFEASIBLE, Status.UNKNOWN), seed
            continue
        assert found.status in (Status.OPTIMAL, Status.FEASIBLE), seed
        assert found.objective >= truth.objective, f"{seed}: brute force misses a schedule"
        assert not found.bound or found.bound[0] <= truth.objective[0], seed
        if found.status is Status.OPTIMAL:
            assert found.objective == truth.objective, seed
            assert found.bound == truth.objective, seed


@pytest.mark.parametrize("family", EXACTLY)
def test_families_stated_exactly_are_solved_to_proof(family: str) -> None:
    for seed in seeds(family + " proof", 3):
        problem = random_problem(family, seed)
        truth = best_of_all(problem)
        if truth is not None:
            found = solve_cp_sat(problem, None, seconds=30, retime=retime)
            assert (found.status, found.objective) == (Status.OPTIMAL, truth.objective), seed


@pytest.mark.parametrize("family", ALL)
@settings(max_examples=5)
@given(seed=st.integers(0, 10_000))
def test_every_exact_schedule_is_a_solution_of_the_model(family: str, seed: int) -> None:
    problem = random_problem(family, seed)
    truth = best_of_all(problem)
    if truth is None:
        return
    formulation, seats = formulate(problem, Budget(60), span_of(problem, truth, exact=True))
    for level, worth in zip(problem.objective, truth.objective, strict=True):
        value = level_value(formulation, seats, int(level))
        if value is not None:
            formulation.model.add(value <= worth)
    formulation.hint(truth)
    solver = cp_model.CpSolver()
    solver.parameters.fix_variables_to_their_hinted_value = True
    solver.parameters.num_workers = 1
    assert solver.solve(formulation.model) in (cp_model.OPTIMAL, cp_model.FEASIBLE)


@pytest.mark.parametrize("family", ALL)
def test_a_window_never_makes_a_plan_worse(family: str) -> None:
    for seed in seeds(family + " window", 3):
        problem = random_problem(family, seed)
        start = solve_cp_sat(problem, None, seconds=0.0, retime=retime)
        if start.status in (Status.INFEASIBLE, Status.UNKNOWN):
            continue
        found = improve_window(problem, start, [1, problem.size - 1], seconds=10, retime=retime)
        assert found.objective <= start.objective
        assert found.status is Status.FEASIBLE

"""Solver parameters by the shape of the problem: plans want a solution soon, puzzles a proof."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any

import numpy as np

from scheduler.engines.cp_sat.bounds import is_always_open
from scheduler.problem import Machine, Problem

if TYPE_CHECKING:
    from ortools.sat.python import cp_model


class Shape(Enum):
    """What kind of problem it is."""

    PUZZLE = "puzzle"
    """No closed time, no changeovers: small, tight, provable."""
    PLAN = "plan"
    """Calendars or changeovers: improve soon, prove if small."""


LEAN: dict[str, Any] = {
    "cp_model_probing_level": 0,
    "symmetry_level": 0,
    "linearization_level": 0,
    "max_presolve_iterations": 1,
}
"""Presolve that does not hold up the first solution: 7 times sooner on plans, and with one round
twice as soon again (0.7 instead of 1.5 CPU seconds at 300 operations, calendars, changeovers)."""

PROVERS = ("no_lp", "objective_lb_search_no_lp")
"""One that finds and one that pushes the bound: FT10 to proof in 6 CPU seconds, where two workers
of the default portfolio (a linear relaxation, and neighbourhoods) leave the bound at 809 of 930."""
PROVABLE = 200
"""Up to this many operations of a puzzle both workers prove; above, one improves by
neighbourhoods."""


def shape_of(problem: Problem) -> Shape:
    """Whether to look for proofs or for plans."""
    matrices = problem.machines[:, Machine.MATRIX]
    changes = any(problem.setups[m].any() for m in np.unique(matrices[matrices >= 0]))
    return Shape.PUZZLE if is_always_open(problem) and not changes else Shape.PLAN


def configure(
    solver: cp_model.CpSolver,
    problem: Problem,
    *,
    seconds: float,
    workers: int,
    seed: int,
    deterministic: float | None,
) -> None:
    """Set the solver's parameters.

    With ``deterministic`` the workers take turns in a fixed order, so that results repeat for a
    seed; the wall clock still ends it.
    """
    given = solver.parameters
    given.max_time_in_seconds = max(0.01, seconds)
    given.num_workers = workers
    given.random_seed = seed
    given.catch_sigint_signal = False
    if deterministic is not None:
        given.interleave_search = True
        given.max_deterministic_time = deterministic
    if shape_of(problem) is Shape.PLAN:
        for name, value in LEAN.items():
            setattr(given, name, value)
    elif workers == 1:
        given.linearization_level = 0
    elif workers == 2:
        given.use_feasibility_jump = False
        given.subsolvers.extend(PROVERS if problem.size <= PROVABLE else PROVERS[:1])


__all__ = ["Shape", "configure", "shape_of"]

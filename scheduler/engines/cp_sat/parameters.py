"""Solver parameters by the shape of the problem: plans want a first solution soon, puzzles want a proof."""

from __future__ import annotations

from enum import Enum
from typing import Any

import numpy as np

from scheduler.engines.cp_sat.bounds import is_always_open
from scheduler.problem import Machine, Problem


class Shape(Enum):
    """What kind of problem it is."""

    PUZZLE = "puzzle"
    """No closed time, no changeovers: small, tight, provable."""
    PLAN = "plan"
    """Calendars or changeovers: improve soon, prove if small."""


LEAN = {"cp_model_probing_level": 0, "symmetry_level": 0, "linearization_level": 0}
"""Presolve that does not hold up the first solution (7 times sooner on plans)."""
PROVING: dict[str, Any] = {"linearization_level": 1}


def shape_of(problem: Problem) -> Shape:
    """Whether to look for proofs or for plans."""
    matrices = problem.machines[:, Machine.MATRIX]
    changes = any(problem.setups[m].any() for m in np.unique(matrices[matrices >= 0]))
    return Shape.PUZZLE if is_always_open(problem) and not changes else Shape.PLAN


def parameters(
    shape: Shape, *, seconds: float, workers: int, seed: int, deterministic: float | None
) -> dict[str, Any]:
    """Names and values for the solver.

    With ``deterministic`` the workers take turns in a fixed order, so that results repeat for a seed; the wall clock
    still ends it.
    """
    chosen: dict[str, Any] = {
        "max_time_in_seconds": max(0.01, seconds),
        "num_workers": workers,
        "random_seed": seed,
        "catch_sigint_signal": False,
        **(LEAN if shape is Shape.PLAN else PROVING),
    }
    if deterministic is not None:
        chosen |= {"interleave_search": True, "max_deterministic_time": deterministic}
    return chosen


__all__ = ["Shape", "parameters", "shape_of"]

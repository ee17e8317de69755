"""One run of the solver: its solutions are dated as they come, and it stops when it is told to."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from ortools.sat.python import cp_model

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.engines.cp_sat.budget import Budget
    from scheduler.engines.cp_sat.reading import Reader, Solution

POLL = 0.02
"""Seconds between two looks at the clock and at the caller's wish to stop."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a run found out about the model.

    Parameters
    ----------
    is_infeasible, is_optimal
        Proved.
    bound
        Proved lower bound of the objective; None without an objective or a bound.
    """

    is_infeasible: bool
    is_optimal: bool
    bound: int | None


class _Collector(cp_model.CpSolverSolutionCallback):
    """Hands every solution on; runs in the solver's threads, so it does nothing else."""

    def __init__(self, reader: Reader, found: SimpleQueue[Solution]) -> None:
        super().__init__()
        self._reader, self._found = reader, found

    def on_solution_callback(self) -> None:
        self._found.put(self._reader.read(self.value, self.boolean_value))


def search(
    solver: cp_model.CpSolver,
    model: cp_model.CpModel,
    reader: Reader,
    budget: Budget,
    heard: Callable[[Solution], bool],
) -> Answer:
    """Solve, passing every solution to ``heard`` in the caller's thread, which returns True to
    stop."""
    found: SimpleQueue[Solution] = SimpleQueue()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(solver.solve, model, _Collector(reader, found))
        try:
            while not running.done() or not found.empty():
                if _hears(found, heard) or budget.over:
                    solver.stop_search()
        finally:
            solver.stop_search()
        status = running.result()
    budget.use(solver.deterministic_time)
    return _answer(model, solver, status)


def _hears(found: SimpleQueue[Solution], heard: Callable[[Solution], bool]) -> bool:
    try:
        return heard(found.get(timeout=POLL))
    except Empty:
        return False


def _answer(model: cp_model.CpModel, solver: cp_model.CpSolver, status: Any) -> Answer:
    if status == cp_model.MODEL_INVALID:
        raise ValueError(model.validate())
    bound: int | None = None
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE, cp_model.UNKNOWN) and _has_objective(model):
        known = solver.best_objective_bound
        bound = math.ceil(known - 1e-6) if math.isfinite(known) else None
    return Answer(status == cp_model.INFEASIBLE, status == cp_model.OPTIMAL, bound)


def _has_objective(model: cp_model.CpModel) -> bool:
    return len(model.proto.objective.vars) > 0


__all__ = ["Answer", "search"]

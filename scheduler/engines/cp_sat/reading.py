"""Reading a solution: sequence, modes and slots out, exact times in.

The model's times are never returned: the kernel dates the sequence, and only what it dates counts.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.engines.cp_sat.bounds import is_regular
from scheduler.horizon import NEVER
from scheduler.measures import objective, undated
from scheduler.problem import Arc, Machine, Op, Problem, Ticks
from scheduler.schedule import Schedule

if TYPE_CHECKING:
    from scheduler.engines.cp_sat.formulation import Expression, Formulation, Literal

Retime = Callable[[Problem, Ticks, Ticks, Ticks], Schedule | None]
"""The exact kernel: (problem, sequence, mode, slot or −1) → schedule, None when it finds no
date."""


@dataclass(frozen=True, slots=True)
class Solution:
    """What the model decided; columns of shape (operations,)."""

    start: Ticks
    mode: Ticks
    slot: Ticks


class Reader:
    """Reads solutions of one formulation, with what is asked of the solver prepared once."""

    def __init__(self, f: Formulation) -> None:
        self._f = f
        self._modes: list[tuple[int, int, Literal]] = []
        self._fixed_modes = np.full(f.problem.size, -1, dtype=np.int64)
        for mode, literal in f.assigned.items():
            operation = int(f.problem.modes[mode, 0])
            if literal is True:
                self._fixed_modes[operation] = mode
            else:
                self._modes.append((operation, mode, literal))

    def read(
        self, value: Callable[[Expression], int], holds: Callable[[Literal], bool]
    ) -> Solution:
        """The decisions, as the solver's ``value`` and ``holds`` tell them."""
        start = np.array([int(value(e)) for e in self._f.start], dtype=np.int64)
        mode = self._fixed_modes.copy()
        for operation, row, literal in self._modes:
            if holds(literal):
                mode[operation] = row
        slot = np.full(len(start), -1, dtype=np.int64)
        for (operation, row), literal in self._f.presence.items():
            if literal is True or (literal is not False and holds(literal)):
                slot[operation] = row
        return Solution(start, mode, slot)


def sequence(problem: Problem, start: Ticks) -> Ticks:
    """Operations by start, predecessors first."""
    waiting = (problem.operations[:, Op.PRED_TO] - problem.operations[:, Op.PRED_FROM]).tolist()
    ready = [(int(start[o]), o) for o in range(problem.size) if not waiting[o]]
    heapq.heapify(ready)
    order = []
    while ready:
        _, operation = heapq.heappop(ready)
        order.append(operation)
        for arc in problem.arcs_out_of(operation):
            after = int(problem.arcs[arc, Arc.SUCC])
            waiting[after] -= 1
            if not waiting[after]:
                heapq.heappush(ready, (int(start[after]), after))
    return np.array(order, dtype=np.int64)


def gains_by_waiting(problem: Problem) -> bool:
    """Whether an operation may have to start later than it could: for its batch, a maximum lag, or
    a level."""
    batches = bool((problem.machines[:, Machine.BATCH] > 0).any())
    limited = bool((problem.arcs[:, Arc.MAX_LAG] < NEVER).any()) or len(problem.spans) > 0
    return batches or limited or not is_regular(problem)


def held_back(problem: Problem, start: Ticks) -> Problem:
    """The problem with nothing released before the model started it; its schedules hold for the
    problem itself."""
    operations = problem.operations.copy()
    operations[:, Op.RELEASE] = np.maximum(operations[:, Op.RELEASE], start)
    return replace(problem, operations=operations)


def dated(problem: Problem, solution: Solution, retime: Retime) -> Schedule | None:
    """The solution's best exactly timed schedule, measured; None when the kernel finds no date."""
    order = sequence(problem, solution.start)
    tries = [problem]
    if gains_by_waiting(problem):
        tries.append(held_back(problem, solution.start))
    found = [retime(p, order, solution.mode, solution.slot) for p in tries]
    return min(
        (measured(problem, s) for s in found if s is not None and is_dated(problem, s)),
        key=lambda s: s.objective,
        default=None,
    )


def measured(problem: Problem, schedule: Schedule) -> Schedule:
    """The schedule with its objective."""
    return replace(schedule, objective=objective(problem, schedule))


def is_dated(problem: Problem, schedule: Schedule) -> bool:
    """Whether everything has a date."""
    return not bool(undated(problem, schedule).any())


__all__ = ["Reader", "Retime", "Solution", "dated", "is_dated", "measured", "sequence"]

"""Measures: what a schedule is worth, level by level, and the figures people ask for.

Integer arithmetic only; levels are compared as a tuple, never added up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scheduler.horizon import NEVER
from scheduler.problem import LEVELS, DemandCol, Machine, Mode, Op, Problem, Slot

if TYPE_CHECKING:
    from scheduler.schedule import Schedule

Ticks = NDArray[np.int64]


def completions(problem: Problem, end: Ticks) -> Ticks:
    """Tick at which each demand is delivered in full, shape (demands,)."""
    done = problem.demands[:, DemandCol.FLOOR].copy()
    counts = problem.demands[:, DemandCol.OP_TO] - problem.demands[:, DemandCol.OP_FROM]
    owner = np.repeat(np.arange(len(done)), counts)
    np.maximum.at(done, owner, end[problem.demand_operations])
    return done


def tardiness(problem: Problem, end: Ticks, due: DemandCol) -> Ticks:
    """Ticks past the due date of each demand (0 when on time), shape (demands,)."""
    late: Ticks = np.maximum(0, completions(problem, end) - problem.demands[:, due])
    return late


def setup_ticks(problem: Problem, schedule: Schedule) -> Ticks:
    """Worked setup ticks of each operation, own setup and changeover, shape (operations,)."""
    before = families_before(problem, schedule)
    modes = problem.modes[schedule.mode]
    machine = modes[:, Mode.MACHINE]
    family = problem.operations[:, Op.FAMILY]
    total = modes[:, Mode.SETUP].copy()
    matrix = np.full(len(machine), -1, dtype=np.int64)
    on = machine >= 0
    matrix[on] = problem.machines[machine[on], Machine.MATRIX]
    known = (matrix >= 0) & (family >= 0) & (schedule.slot >= 0)
    total[known] += problem.setups[matrix[known], before[known], family[known]]
    return total


def families_before(problem: Problem, schedule: Schedule) -> Ticks:
    """Family the slot was set up for before each operation (−1: not known), shape (operations,)."""
    before = np.full(schedule.size, -1, dtype=np.int64)
    order = by_slot(schedule)
    slot, start = schedule.slot[order], schedule.start[order]
    family = problem.operations[order, Op.FAMILY]
    batch = problem.machines[problem.slots[slot, Slot.MACHINE], Machine.BATCH] > 0
    opens = np.ones(len(order), dtype=np.bool_)
    opens[1:] = ~((slot[1:] == slot[:-1]) & (start[1:] == start[:-1]) & batch[1:])
    # Position of the last operation, up to each, that set a family; what lies before its slot's
    # first counts not.
    position = np.arange(len(order))
    first = np.maximum.accumulate(
        np.where(np.r_[True, slot[1:] != slot[:-1]][: len(order)], position, 0)
    )
    setting = np.maximum.accumulate(np.where(family >= 0, position, -1))
    last = np.r_[-1, setting[:-1]] if len(order) else setting
    state = np.where(last >= first, family[last], problem.slots[slot, Slot.STATE])
    # Everything in one batch was set up for by what came before the batch.
    leader = np.maximum.accumulate(np.where(opens, position, 0))
    before[order] = state[leader]
    return before


def by_slot(schedule: Schedule) -> Ticks:
    """Operations on slots, slot by slot, in the order they run."""
    placed = np.flatnonzero(schedule.slot >= 0)
    slot, start, end = schedule.slot[placed], schedule.start[placed], schedule.end[placed]
    # One number for both sorts in a tenth of the time; those that start together need the other.
    key = slot * (start.max(initial=0) + 1) + start
    order = np.argsort(key)
    if (np.diff(key[order]) == 0).any():
        order = np.lexsort((end, start, slot))
    return placed[order]


def objective(problem: Problem, schedule: Schedule) -> tuple[int, ...]:
    """Value of each level of the problem's objective, in order."""
    weight = problem.demands[:, DemandCol.WEIGHT]
    done = completions(problem, schedule.end)

    def late(due: DemandCol) -> int:
        return int((weight * np.maximum(0, done - problem.demands[:, due])).sum())

    def changeover() -> int:
        return int(setup_ticks(problem, schedule).sum())

    def earliness() -> int:
        demand = problem.operations[:, Op.DEMAND]
        served = demand >= 0
        return int((done[demand[served]] - schedule.start[served]).sum())

    def stability() -> int:
        previous = problem.operations[:, Op.PREVIOUS_START]
        known = previous >= 0
        return int(np.abs(schedule.start[known] - previous[known]).sum())

    def makespan() -> int:
        return int(max(schedule.end.max(initial=0), done.max(initial=0)))

    values = {
        "promised": lambda: late(DemandCol.PROMISED),
        "requested": lambda: late(DemandCol.REQUESTED),
        "changeover": changeover,
        "earliness": earliness,
        "stability": stability,
        "makespan": makespan,
    }
    return tuple(values[LEVELS[level]]() for level in problem.objective)


def undated(problem: Problem, schedule: Schedule) -> NDArray[np.bool_]:
    """Operations that found no place before the end of the horizon, shape (operations,)."""
    without: NDArray[np.bool_] = schedule.start >= problem.end
    return without


def late_demands(problem: Problem, schedule: Schedule) -> list[int]:
    """Demands delivered after their requested (or, without one, promised) date."""
    due = np.where(
        problem.demands[:, DemandCol.REQUESTED] < NEVER,
        problem.demands[:, DemandCol.REQUESTED],
        problem.demands[:, DemandCol.PROMISED],
    )
    return [int(d) for d in np.flatnonzero(completions(problem, schedule.end) > due)]

"""Objective: the value of each level as an expression of the model.

A level is made when its turn comes, and stays as a limit for the levels after it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from ortools.sat.python import cp_model

from scheduler.engines.cp_sat.changeovers import changeover_cost
from scheduler.engines.cp_sat.formulation import Domain, Expression, Formulation, bounds_of
from scheduler.horizon import NEVER
from scheduler.problem import LEVELS, DemandCol, Op, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.engines.cp_sat.machines import Seats
    from scheduler.schedule import Schedule

REGULAR = frozenset({"promised", "requested", "changeover", "makespan"})
"""Levels that no schedule makes better by starting something later in the same order."""


def level_value(f: Formulation, seats: Seats, level: int) -> Expression | None:
    """Expression of a level (an index into ``LEVELS``); None when it would grow too large."""
    if level not in f.level:
        made: Expression | None
        match LEVELS[level]:
            case "promised":
                made = weighted_tardiness(f, DemandCol.PROMISED)
            case "requested":
                made = weighted_tardiness(f, DemandCol.REQUESTED)
            case "changeover":
                made = changeover_cost(f, seats)
            case "earliness":
                made = earliness(f)
            case "stability":
                made = stability(f)
            case _:
                made = makespan(f)
        if made is None:
            return None
        f.level[level] = made
    return f.level[level]


def ends_of(problem: Problem, demand: int) -> list[int]:
    """Operations whose end delivers a demand."""
    row = problem.demands[demand]
    rows = problem.demand_operations[row[DemandCol.OP_FROM] : row[DemandCol.OP_TO]]
    return [int(o) for o in rows]


def completed(problem: Problem, schedule: Schedule, demand: int) -> int:
    """Tick at which ``schedule`` delivers a demand in full."""
    floor = int(problem.demands[demand, DemandCol.FLOOR])
    return max([floor, *(int(schedule.end[o]) for o in ends_of(problem, demand))])


def weighted_tardiness(f: Formulation, due: DemandCol) -> Expression:
    """Σ_d WEIGHT(d) · late[d],   late[d] ≥ end[o] − DUE(d),  late[d] ≥ max(0, FLOOR(d) − DUE(d))

    for every demand d with a due date and every operation o that delivers it.
    """
    terms: list[Expression] = []
    weights: list[int] = []
    for demand, row in enumerate(f.problem.demands):
        date, weight = int(row[due]), int(row[DemandCol.WEIGHT])
        if date >= NEVER or weight == 0:
            continue
        ends = [f.end[o] for o in ends_of(f.problem, demand)]
        least = max([0, int(row[DemandCol.FLOOR]) - date, *(bounds_of(e)[0] - date for e in ends)])
        most = max([least, *(bounds_of(e)[1] - date for e in ends)])
        if most == 0:
            continue
        late = f.integer(Domain(least, most), _lateness(f.problem, demand, date))
        for end in ends:
            f.model.add(end <= date + late)
        terms.append(late)
        weights.append(weight)
    return cp_model.LinearExpr.weighted_sum(terms, weights) if terms else 0


def _lateness(problem: Problem, demand: int, date: int) -> Callable[[Schedule], int]:
    return lambda schedule: max(0, completed(problem, schedule, demand) - date)


def earliness(f: Formulation) -> Expression:
    """Σ_o (done[d(o)] − start[o]),   done[d] ≥ end[o'],  done[d] ≥ FLOOR(d)

    for every operation o that serves a demand d(o), and every o' that delivers it.
    """
    served = f.problem.operations[:, Op.DEMAND]
    terms: list[Expression] = []
    weights: list[int] = []
    for demand in np.unique(served[served >= 0]):
        done = delivery(f, int(demand))
        members = np.flatnonzero(served == demand)
        terms += [done, *(f.start[o] for o in members)]
        weights += [len(members)] + [-1] * len(members)
    return cp_model.LinearExpr.weighted_sum(terms, weights) if terms else 0


def delivery(f: Formulation, demand: int) -> Expression:
    """done[d] ≥ end[o] for every operation o that delivers d, done[d] ≥ FLOOR(d)."""
    floor = int(f.problem.demands[demand, DemandCol.FLOOR])
    ends = [f.end[o] for o in ends_of(f.problem, demand)]
    least = max([floor, *(bounds_of(e)[0] for e in ends)])
    most = max([least, *(bounds_of(e)[1] for e in ends)])
    done = f.integer(Domain(least, most), lambda s: completed(f.problem, s, demand))
    for end in ends:
        f.model.add(done >= end)
    return done


def stability(f: Formulation) -> Expression:
    """Σ_o moved[o],   moved[o] ≥ start[o] − PREVIOUS(o),  moved[o] ≥ PREVIOUS(o) − start[o]

    for every operation o of the previous plan.
    """
    moves: list[Expression] = []
    for operation in range(f.problem.size):
        before = int(f.problem.operations[operation, Op.PREVIOUS_START])
        if before < 0:
            continue
        low, high = bounds_of(f.start[operation])
        most = max(abs(low - before), abs(high - before))
        moved = f.integer(Domain(0, most), _moved(operation, before))
        f.model.add(moved >= f.start[operation] - before)
        f.model.add(moved >= before - f.start[operation])
        moves.append(moved)
    return cp_model.LinearExpr.sum(moves) if moves else 0


def _moved(operation: int, before: int) -> Callable[[Schedule], int]:
    return lambda schedule: abs(int(schedule.start[operation]) - before)


def makespan(f: Formulation) -> Expression:
    """last ≥ end[o] for every operation o,   last ≥ FLOOR(d) for every demand d."""
    floors = [int(x) for x in f.problem.demands[:, DemandCol.FLOOR]]
    least = max([0, *floors, *(bounds_of(e)[0] for e in f.end)])
    most = max([least, *(bounds_of(e)[1] for e in f.end)])
    floor = max([0, *floors])
    last = f.integer(Domain(least, most), lambda s: max(floor, int(s.end.max(initial=0))))
    for end in f.end:
        f.model.add(last >= end)
    return last


__all__ = ["REGULAR", "completed", "ends_of", "level_value"]

"""Moves: one operation of a plan moved by hand, with all that has to follow; and what went stale.

Fed by a plan; read by whoever lets people move work. Pure: the plan itself is not changed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from scheduler.findings import BeyondHorizonError
from scheduler.frames import rows
from scheduler.measures import undated
from scheduler.network import build_network
from scheduler.problem import Op, Problem
from scheduler.timing import decode

if TYPE_CHECKING:
    from datetime import timedelta

    from scheduler.factory import Snapshot
    from scheduler.network.model import Order
    from scheduler.schedule import PlanRow, Schedule
    from scheduler.solve import Plan

Place = tuple[str, str, int]
"""Order, step and part of a row."""


@dataclass(frozen=True, slots=True)
class Shift:
    """One row before and after a move."""

    before: PlanRow
    after: PlanRow


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """A plan after a move.

    Parameters
    ----------
    moved
        The row that was moved; later than asked where what it waits for, or its hours, say so.
    moved_along
        Every other row that had to give way, by its new start.
    """

    schedule: Schedule
    rows: list[PlanRow]
    moved: Shift
    moved_along: list[Shift]


def move(plan: Plan, order: str, step: str, part: int = 0, *, by: timedelta) -> Moved:
    """Start one operation ``by`` later (or, below 0, earlier), and move what cannot stay.

    Every operation keeps its machine and starts no sooner than it did, so gaps take up the move
    before anything gives way. Where two want one place, the one that started first before the move
    has it. A move to an earlier start ends at what the operation waits for.

    Parameters
    ----------
    part
        Of a step that is split; 0 otherwise.

    Raises
    ------
    KeyError
        When the plan has no such operation.
    ValueError
        When it has started, or is frozen where it is.
    BeyondHorizonError
        When something would find no place before the end of the plan's horizon.
    """
    place = (order, step, part)
    operation = _operation(plan, place)
    problem = plan.built.problem
    if problem.operations[operation, Op.FIXED_START] >= 0:
        raise ValueError(f"step {step} of {order} has started, or is frozen where it is")
    start = int(plan.schedule.start[operation])
    wanted = start + by // plan.built.horizon.tick
    held = _held(problem, plan.schedule, operation, wanted)
    schedule = decode(
        held,
        _ranks(plan.schedule),
        plan.schedule.mode,
        plan.schedule.slot,
        gaps=True,
        engine="move",
    )
    if undated(held, schedule).sum() > undated(problem, plan.schedule).sum():
        raise BeyondHorizonError(f"no room for all of it before {plan.built.horizon.end:%d %b %Y}")
    after = rows(plan.built, schedule)
    shifts = _shifts(plan.rows, after)
    own = next(row for row in plan.rows if _place(row) == place)
    return Moved(
        schedule=schedule,
        rows=after,
        moved=shifts.pop(place, Shift(own, own)),
        moved_along=sorted(shifts.values(), key=lambda s: (s.after.start, s.after.order)),
    )


def _operation(plan: Plan, place: Place) -> int:
    """First operation of a row."""
    for number, name in enumerate(plan.built.operations):
        if not name.hidden and (name.order, name.step, name.part) == place:
            if plan.schedule.start[number] < plan.built.problem.end:
                return number
            break
    raise KeyError(place)


def _held(problem: Problem, schedule: Schedule, operation: int, start: int) -> Problem:
    """The problem with nothing released before where it is, but one operation where asked."""
    operations = problem.operations.copy()
    own = int(operations[operation, Op.RELEASE])
    operations[:, Op.RELEASE] = np.maximum(operations[:, Op.RELEASE], schedule.start)
    operations[operation, Op.RELEASE] = max(own, start)
    return replace(problem, operations=operations)


def _ranks(schedule: Schedule) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    ranks = np.empty(schedule.size, dtype=np.int64)
    order = np.lexsort((np.arange(schedule.size), schedule.end, schedule.start))
    ranks[order] = np.arange(schedule.size)
    return ranks


def _place(row: PlanRow) -> Place:
    return row.order, row.step, row.part


def _shifts(before: list[PlanRow], after: list[PlanRow]) -> dict[Place, Shift]:
    """Rows whose times differ."""
    was = {_place(row): row for row in before}
    return {
        _place(row): Shift(was[_place(row)], row)
        for row in after
        if (row.start, row.end) != (was[_place(row)].start, was[_place(row)].end)
    }


def stale_orders(plan: Plan, snapshot: Snapshot) -> list[str]:
    """Orders of a plan that are not what ``snapshot`` asks for any more: no date is told from them.

    An order is stale when its quantity or its routing changed, or when it is not wanted (or not
    open) any more. Progress alone makes nothing stale. Costs one netting of ``snapshot``.
    """
    wanted = build_network(snapshot, plan.policy).orders
    return [
        ident for ident, order in plan.network.orders.items() if _stale(order, wanted.get(ident))
    ]


def _stale(planned: Order, wanted: Order | None) -> bool:
    if wanted is None or planned.routing != wanted.routing or planned.item != wanted.item:
        return True
    return _ordered(planned) != _ordered(wanted)


def _ordered(order: Order) -> tuple[Fraction, str | None]:
    """Quantity that was ordered: an order in progress has less to come, and is the same order."""
    if order.work_order is None:
        return order.quantity, None
    return Fraction(order.work_order.quantity), order.work_order.unit

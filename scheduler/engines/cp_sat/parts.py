"""A part of a problem as a problem: some operations are free, others stand as in a plan."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.horizon import NEVER
from scheduler.problem import (
    Arc,
    DemandCol,
    Mode,
    Op,
    Problem,
    Slot,
    Table,
    Ticks,
)

if TYPE_CHECKING:
    from scheduler.schedule import Schedule

Mask = np.ndarray
"""Shape (operations,) of the whole problem, bool."""


def part_problem(problem: Problem, plan: Schedule, kept: Ticks, loose: Mask, low: int) -> Problem:
    """The operations ``kept`` as a problem; those not ``loose`` stand as in ``plan``.

    Slots begin as the plan leaves them at tick ``low``. Demands that no loose operation serves are
    left out; of the others, what is outside the part is in their floor.
    """
    place = np.full(problem.size, -1, dtype=np.int64)
    place[kept] = np.arange(len(kept))
    modes, rows = part_modes(problem, kept, place)
    arcs = part_arcs(problem, loose, place)
    demands, ends, renamed = part_demands(problem, plan, loose, place)
    operations = problem.operations[kept].copy()
    operations[:, [Op.MODE_FROM, Op.MODE_TO]] = rows
    served = operations[:, Op.DEMAND]
    operations[:, Op.DEMAND] = np.where(served >= 0, renamed[served], -1)
    fix(problem, plan, kept, loose, operations)
    index_arcs(operations, arcs)
    blocks, block_rows = part_blocks(problem, operations, kept, loose, place)
    spans, span_operations, span_rows = part_spans(problem, operations, loose, place)
    return replace(
        problem,
        operations=operations,
        modes=modes,
        arcs=arcs,
        successor_arcs=np.argsort(arcs[:, Arc.PRED], kind="stable").astype(np.int64),
        slots=part_slots(problem, plan, place, low),
        demands=demands,
        demand_operations=ends,
        blocks=blocks,
        block_rows=block_rows,
        spans=spans,
        span_operations=span_operations,
        span_rows=span_rows,
    )


def prefix(counts: list[int]) -> Ticks:
    """Where each group begins, and the end of the last."""
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)


def part_modes(problem: Problem, kept: Ticks, place: Ticks) -> tuple[Table, Table]:
    """Modes of the part, and from where to where they are each operation's."""
    chosen = [list(problem.modes_of(int(o))) for o in kept]
    modes = problem.modes[np.concatenate(chosen)].copy()
    modes[:, Mode.OPERATION] = place[modes[:, Mode.OPERATION]]
    bounds = prefix([len(c) for c in chosen])
    return modes, np.stack((bounds[:-1], bounds[1:]), axis=1)


def part_arcs(problem: Problem, loose: Mask, place: Ticks) -> Table:
    """Arcs of the free operations, still sorted by successor."""
    before, after = problem.arcs[:, Arc.PRED], problem.arcs[:, Arc.SUCC]
    arcs = problem.arcs[loose[before] | loose[after]].copy()
    arcs[:, [Arc.PRED, Arc.SUCC]] = place[arcs[:, [Arc.PRED, Arc.SUCC]]]
    return np.ascontiguousarray(arcs)


def index_arcs(operations: Table, arcs: Table) -> None:
    """Fill in which arcs end and start at each operation."""
    every = np.arange(len(operations))
    for low, high, end in (
        (Op.PRED_FROM, Op.PRED_TO, arcs[:, Arc.SUCC]),
        (Op.SUCC_FROM, Op.SUCC_TO, np.sort(arcs[:, Arc.PRED])),
    ):
        operations[:, low] = np.searchsorted(end, every)
        operations[:, high] = np.searchsorted(end, every, side="right")


def fix(problem: Problem, plan: Schedule, kept: Ticks, loose: Mask, operations: Table) -> None:
    """Fix what is not free where the plan has it."""
    for row, operation in enumerate(kept):
        if not loose[operation]:
            offset = int(plan.mode[operation]) - problem.modes_of(int(operation)).start
            operations[row, Op.FIXED_MODE] = operations[row, Op.MODE_FROM] + offset
            operations[row, Op.FIXED_START] = plan.setup[operation]
            operations[row, Op.FIXED_END] = plan.end[operation]


def part_demands(
    problem: Problem, plan: Schedule, loose: Mask, place: Ticks
) -> tuple[Table, Ticks, Ticks]:
    """Demands of the part, the operations that deliver them, and old demand → new (−1: left out).

    A last demand that is owed nothing carries the plan's last end outside the part, for the
    makespan.
    """
    renamed = np.full(len(problem.demands) + 1, -1, dtype=np.int64)
    rows: list[list[int]] = []
    ends: list[Ticks] = []
    wanted = set(problem.operations[loose, Op.DEMAND].tolist())
    for demand, row in enumerate(problem.demands):
        delivers = problem.demand_operations[row[DemandCol.OP_FROM] : row[DemandCol.OP_TO]]
        if demand not in wanted and not loose[delivers].any():
            continue
        outside = plan.end[delivers[place[delivers] < 0]].max(initial=0)
        renamed[demand] = len(rows)
        inside = place[delivers[place[delivers] >= 0]]
        rows.append([*row[:3], max(row[DemandCol.FLOOR], outside), 0, len(inside)])
        ends.append(inside)
    others = plan.end[place < 0].max(initial=0)
    floors = problem.demands[:, DemandCol.FLOOR].max(initial=0)
    rows.append([NEVER, NEVER, 0, max(others, floors), 0, 0])
    bounds = prefix([int(row[5]) for row in rows])
    demands = np.array(rows, dtype=np.int64)
    demands[:, DemandCol.OP_FROM], demands[:, DemandCol.OP_TO] = bounds[:-1], bounds[1:]
    delivering = np.concatenate([*ends, np.zeros(0, dtype=np.int64)]).astype(np.int64)
    return demands, delivering, renamed


def part_blocks(
    problem: Problem, operations: Table, kept: Ticks, loose: Mask, place: Ticks
) -> tuple[Ticks, Ticks]:
    """Blocks of the part; what is fixed is a block of its own."""
    members: list[list[int]] = []
    for block in np.unique(problem.operations[kept, Op.BLOCK]):
        inside = [int(o) for o in problem.block(int(block)) if place[o] >= 0]
        free = [int(place[o]) for o in inside if loose[o]]
        members += [[int(place[o])] for o in inside if not loose[o]]
        members += [free] if free else []
    for number, block_members in enumerate(members):
        operations[block_members, Op.BLOCK] = number
    flat = np.array([o for block_members in members for o in block_members], dtype=np.int64)
    return flat, prefix([len(m) for m in members])


def part_spans(
    problem: Problem, operations: Table, loose: Mask, place: Ticks
) -> tuple[Table, Ticks, Ticks]:
    """Spans of the free operations."""
    rows: list[list[int]] = []
    members: list[list[int]] = []
    for span, (_, resource, amount) in enumerate(problem.spans):
        low, high = problem.span_rows[span : span + 2]
        of_span = problem.span_operations[low:high]
        inside = [int(place[o]) for o in of_span if place[o] >= 0]
        if loose[of_span].any():
            free = [int(place[o]) for o in of_span if loose[o]]
            rows.append([int(operations[free[0], Op.BLOCK]), int(resource), int(amount)])
            members.append(inside)
    flat = np.array([o for m in members for o in m], dtype=np.int64)
    table = np.array(rows, dtype=np.int64).reshape(len(rows), 3)
    return table, flat, prefix([len(m) for m in members])


def part_slots(problem: Problem, plan: Schedule, place: Ticks, low: int) -> Table:
    """Slots as what is left out before ``low`` leaves them."""
    slots = problem.slots.copy()
    gone = np.flatnonzero((place < 0) & (plan.end <= low) & (plan.slot >= 0))
    for operation in gone[np.argsort(plan.end[gone], kind="stable")]:
        slot = plan.slot[operation]
        slots[slot, Slot.FREE] = max(slots[slot, Slot.FREE], plan.end[operation])
        if problem.operations[operation, Op.FAMILY] >= 0:
            slots[slot, Slot.STATE] = problem.operations[operation, Op.FAMILY]
    return slots


__all__ = ["part_problem"]

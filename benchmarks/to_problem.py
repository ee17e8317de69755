"""From a public instance to the problem's tables, with every derived column.

One tick is one unit of the instance. The objective is the makespan, or total tardiness where jobs
have due dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.formats import InstanceError
from benchmarks.ways import Ways, horizon_of, ways_of
from scheduler.problem import (
    LEVELS,
    NEVER,
    Arc,
    DemandCol,
    Flag,
    Machine,
    Mode,
    Need,
    Op,
    Problem,
    Resource,
    Slot,
)

if TYPE_CHECKING:
    from benchmarks.instances import Column, Instance


@dataclass(frozen=True, slots=True, eq=False)
class Translated:
    """A problem, and the instance's mode behind each mode of the problem."""

    instance: Instance
    problem: Problem
    mode_of: Column


def problem_of(instance: Instance) -> Translated:
    """The tables of an instance.

    What the tables cannot say exactly stands in ``problem.relaxations``.

    Raises
    ------
    InstanceError
        When the precedences have a cycle, or no choice of modes holds the non-renewable resources.
    """
    end = horizon_of(instance)
    ways = ways_of(instance, end)
    rows = np.array(ways.rows, dtype=np.int64).reshape(-1, 4)
    needs, need_rows = _needs(instance, rows[:, 3])
    arcs = _arcs(instance)
    windows, calendar_rows = _windows(ways)
    resources, levels = _resources(instance)
    machines, slots = _machines(instance, ways)
    demands, demand_operations = _demands(instance)
    problem = Problem(
        operations=_operations(instance, ways, rows, arcs),
        modes=_modes(instance, rows, need_rows),
        arcs=arcs,
        successor_arcs=np.argsort(arcs[:, Arc.PRED], kind="stable"),
        needs=needs,
        resources=resources,
        levels=levels,
        machines=machines,
        slots=slots,
        demands=demands,
        demand_operations=demand_operations,
        windows=windows,
        calendar_rows=calendar_rows,
        setups=np.ascontiguousarray(instance.setups),
        blocks=np.arange(instance.size),
        block_rows=np.arange(instance.size + 1),
        spans=np.zeros((0, 3), dtype=np.int64),
        span_operations=np.zeros(0, dtype=np.int64),
        span_rows=np.zeros(1, dtype=np.int64),
        objective=np.array([LEVELS.index("requested" if len(instance.due) else "makespan")]),
        now=0,
        end=end,
        relaxations=(*ways.notes, *_relaxations(instance)),
    )
    return Translated(instance, problem, rows[:, 3].copy())


def _relaxations(instance: Instance) -> list[str]:
    """What differs from the instance, in words."""
    notes = []
    if np.any(instance.arcs[:, 3] > 0):
        notes.append(
            "overlap: a successor waits for two transfer batches, "
            "so its second part starts after the predecessor's end"
        )
    if len(instance.setups) and not np.any(instance.fixed >= 0) and not obeys_triangle(instance):
        notes.append("setup times do not obey the triangle inequality")
    return notes


def obeys_triangle(instance: Instance) -> bool:
    """Whether no setup is longer than two with the shortest run of what lies between."""
    if len(instance.setups) and len(instance.family) > len(np.unique(instance.family)):
        between = np.zeros(instance.setups.shape[1] - 1, dtype=np.int64)
    else:
        shortest = np.minimum.reduceat(instance.time, instance.mode_rows[:-1])
        between = np.zeros(instance.setups.shape[1] - 1, dtype=np.int64)
        between[instance.family] = shortest
    for matrix in instance.setups:
        for middle, run in enumerate(between):
            via = matrix[:, middle, None] + run + matrix[None, middle, :]
            if np.any(matrix > via):
                return False
    return True


def _arcs(instance: Instance) -> Column:
    """Arcs sorted by successor."""
    given = instance.arcs[np.lexsort((instance.arcs[:, 0], instance.arcs[:, 1]))]
    arcs = np.zeros((len(given), len(Arc)), dtype=np.int64)
    arcs[:, Arc.PRED], arcs[:, Arc.SUCC] = given[:, 0], given[:, 1]
    arcs[:, Arc.MAX_LAG] = NEVER
    arcs[:, Arc.TRANSFER], arcs[:, Arc.TOTAL] = given[:, 2], given[:, 3]
    return arcs


def _operations(instance: Instance, ways: Ways, rows: Column, arcs: Column) -> Column:
    size = instance.size
    operations = np.full((size, len(Op)), -1, dtype=np.int64)
    number = np.arange(size)
    operations[:, Op.ORDER] = np.unique(instance.job, return_inverse=True)[1]
    operations[:, Op.RELEASE] = instance.release
    operations[:, Op.FAMILY] = instance.family
    operations[:, Op.FLAGS] = Flag.RESUMABLE | Flag.SETUP_WHOLE if instance.open else Flag.RESUMABLE
    operations[:, Op.MODE_FROM] = np.searchsorted(rows[:, 0], number, side="left")
    operations[:, Op.MODE_TO] = np.searchsorted(rows[:, 0], number, side="right")
    operations[:, Op.PRED_FROM] = np.searchsorted(arcs[:, Arc.SUCC], number, side="left")
    operations[:, Op.PRED_TO] = np.searchsorted(arcs[:, Arc.SUCC], number, side="right")
    counts = np.bincount(arcs[:, Arc.PRED], minlength=size)
    operations[:, Op.SUCC_TO] = np.cumsum(counts)
    operations[:, Op.SUCC_FROM] = operations[:, Op.SUCC_TO] - counts
    operations[:, Op.BLOCK] = number
    for operation, (start, end) in ways.fixed.items():
        operations[operation, Op.FAMILY] = -1
        operations[operation, Op.FIXED_MODE] = operations[operation, Op.MODE_FROM]
        operations[operation, Op.FIXED_START] = start
        operations[operation, Op.FIXED_END] = end
    operations[:, Op.DEMAND] = demand_of(instance)
    operations[:, Op.DUE], operations[:, Op.WEIGHT] = NEVER, 1
    if len(instance.due):
        operations[:, Op.DUE] = instance.due[instance.job]
        operations[:, Op.WEIGHT] = instance.weight[instance.job]
    operations[:, Op.LOAD] = 1
    operations[:, Op.TAIL] = _tails(instance, ways, rows, operations, arcs)
    return operations


def _tails(
    instance: Instance, ways: Ways, rows: Column, operations: Column, arcs: Column
) -> Column:
    """Longest way from the start of each operation to the end of its job.

    Shortest modes, calendars averaged.
    """
    stretch = np.array([_stretch(windows) for windows in ways.calendars])
    elapsed = np.ceil(instance.time[rows[:, 3]] * stretch[rows[:, 2]]).astype(np.int64)
    own = np.minimum.reduceat(elapsed, operations[:, Op.MODE_FROM]) if len(operations) else elapsed
    tail = own.copy()
    waiting = np.bincount(arcs[:, Arc.PRED], minlength=len(own))
    front = np.flatnonzero(waiting == 0)
    done = 0
    while len(front):
        done += len(front)
        into = _rows_of(operations[front, Op.PRED_FROM], operations[front, Op.PRED_TO])
        before, after = arcs[into, Arc.PRED], arcs[into, Arc.SUCC]
        part = np.where(
            arcs[into, Arc.TOTAL] > 0,
            -(-own[before] * arcs[into, Arc.TRANSFER] // np.maximum(1, arcs[into, Arc.TOTAL])),
            own[before],
        )
        np.maximum.at(tail, before, part + tail[after])
        np.subtract.at(waiting, before, 1)
        touched = np.unique(before)
        front = touched[waiting[touched] == 0]
    if done < len(own):
        raise InstanceError(f"{instance.name}: the precedences have a cycle")
    return tail


def _stretch(windows: Column) -> float:
    """Elapsed ticks per open tick up to the last opening."""
    if len(windows) < 2:
        return 1.0
    before_last = windows[:-1]
    return float(windows[-1, 0] - windows[0, 0]) / float(
        (before_last[:, 1] - before_last[:, 0]).sum()
    )


def _rows_of(first: Column, last: Column) -> Column:
    """All numbers of the ranges ``first[i] … last[i]``."""
    counts = last - first
    offsets = np.repeat(np.cumsum(counts) - counts, counts)
    rows: Column = np.repeat(first, counts) + np.arange(int(counts.sum())) - offsets
    return rows


def _modes(instance: Instance, rows: Column, need_rows: Column) -> Column:
    modes = np.zeros((len(rows), len(Mode)), dtype=np.int64)
    modes[:, Mode.OPERATION], modes[:, Mode.MACHINE] = rows[:, 0], rows[:, 1]
    modes[:, Mode.CALENDAR] = rows[:, 2]
    modes[:, Mode.RUN] = instance.time[rows[:, 3]]
    modes[:, Mode.NEED_FROM], modes[:, Mode.NEED_TO] = need_rows[:-1], need_rows[1:]
    return modes


def _needs(instance: Instance, modes: Column) -> tuple[Column, Column]:
    """Renewable amounts, or the one worker, of each way; and the rows of each."""
    if instance.workers:
        use = np.zeros((len(modes), instance.workers), dtype=np.int64)
        use[np.arange(len(modes)), instance.worker[modes]] = 1
    elif instance.needs is not None:
        use = instance.needs[modes]
    else:
        use = np.zeros((len(modes), 0), dtype=np.int64)
    mode, resource = np.nonzero(use)
    needs = np.full((len(mode), len(Need)), 2, dtype=np.int64)
    needs[:, Need.RESOURCE], needs[:, Need.AMOUNT] = resource, use[mode, resource]
    return needs, np.concatenate(([0], np.cumsum(np.count_nonzero(use, axis=1)))).astype(np.int64)


def _resources(instance: Instance) -> tuple[Column, Column]:
    """Renewable resources or workers, each with one level for ever."""
    level = np.ones(instance.workers, dtype=np.int64) if instance.workers else instance.capacity
    number = np.arange(len(level))
    resources = np.zeros((len(level), len(Resource)), dtype=np.int64)
    resources[:, Resource.LEVEL_FROM], resources[:, Resource.LEVEL_TO] = number, number + 1
    return resources, np.stack((np.zeros_like(level), level), axis=1)


def _machines(instance: Instance, ways: Ways) -> tuple[Column, Column]:
    """Machines of one slot each, with the setup matrix of the instance's machine."""
    given = np.array(ways.machines, dtype=np.int64).reshape(-1, 3)
    number = np.arange(len(given))
    machines = np.zeros((len(given), len(Machine)), dtype=np.int64)
    machines[:, Machine.SLOT_FROM], machines[:, Machine.SLOT_TO] = number, number + 1
    machines[:, Machine.MATRIX] = given[:, 0] if len(instance.setups) else -1
    slots = np.zeros((len(given), len(Slot)), dtype=np.int64)
    slots[:, Slot.MACHINE], slots[:, Slot.STATE], slots[:, Slot.FREE] = (
        number,
        given[:, 1],
        given[:, 2],
    )
    return machines, slots


def _windows(ways: Ways) -> tuple[Column, Column]:
    """All calendars, one after the other, with the worked ticks before each window."""
    rows = []
    for windows in ways.calendars:
        length = windows[:, 1] - windows[:, 0]
        rows.append(np.column_stack((windows, np.cumsum(length) - length)))
    counts = [len(windows) for windows in ways.calendars]
    joined = np.concatenate(rows) if rows else np.zeros((0, 3), dtype=np.int64)
    return np.ascontiguousarray(joined), np.concatenate(([0], np.cumsum(counts))).astype(np.int64)


def demand_of(instance: Instance) -> Column:
    """Demand of each operation: its job, or the one project."""
    if len(instance.capacity):
        return np.zeros(instance.size, dtype=np.int64)
    return np.unique(instance.job, return_inverse=True)[1]


def _demands(instance: Instance) -> tuple[Column, Column]:
    """One demand per job (or project), delivered by its operations without a successor."""
    owner = demand_of(instance)
    last = np.ones(instance.size, dtype=bool)
    last[instance.arcs[:, 0]] = False
    ends = np.flatnonzero(last)
    ends = ends[np.argsort(owner[ends], kind="stable")]
    counts = np.bincount(owner[ends], minlength=int(owner.max(initial=-1)) + 1)
    demands = np.zeros((len(counts), len(DemandCol)), dtype=np.int64)
    demands[:, DemandCol.PROMISED], demands[:, DemandCol.REQUESTED] = NEVER, NEVER
    demands[:, DemandCol.WEIGHT] = 1
    if len(instance.due):
        jobs = np.unique(instance.job)
        demands[:, DemandCol.REQUESTED] = instance.due[jobs]
        demands[:, DemandCol.WEIGHT] = instance.weight[jobs]
    demands[:, DemandCol.OP_TO] = np.cumsum(counts)
    demands[:, DemandCol.OP_FROM] = demands[:, DemandCol.OP_TO] - counts
    return demands, ends

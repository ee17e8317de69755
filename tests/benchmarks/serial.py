"""A schedule nobody would want and no rule forbids: one operation after the other."""

import numpy as np

from benchmarks.instances import Column, Instance
from benchmarks.schedules import Row, rows_of
from benchmarks.stocks import modes_that_fit
from benchmarks.ways import finish, horizon_of


def topological(instance: Instance) -> list[int]:
    """Operations, each after what it waits for."""
    waiting = np.bincount(instance.arcs[:, 1], minlength=instance.size).tolist()
    after: list[list[int]] = [[] for _ in range(instance.size)]
    for before, then in instance.arcs[:, :2].tolist():
        after[before].append(then)
    ready = [o for o in range(instance.size) if not waiting[o]]
    for operation in ready:
        for then in after[operation]:
            waiting[then] -= 1
            if not waiting[then]:
                ready.append(then)
    return ready


def first_modes(instance: Instance) -> Column:
    """One mode per operation; for projects such that the stocks hold."""
    if not len(instance.stock):
        return instance.mode_rows[:-1].copy()
    kept, _ = modes_that_fit(instance)
    return kept[np.searchsorted(kept, instance.mode_rows[:-1])]


def after_setup(windows: Column, tick: int, setup: int) -> int:
    """First tick whose window holds ``setup`` ticks before it, all after ``tick``."""
    for opens, closes in windows.tolist():
        start = max(tick, opens) + setup
        if start < closes:
            return int(start)
    raise AssertionError("the last window does not end")


def serial(instance: Instance) -> list[Row]:
    """Rows of a serial schedule, with the longest setup before every operation."""
    end_of_time = 2 * horizon_of(instance)
    always = np.array([[0, end_of_time]], dtype=np.int64)
    modes = first_modes(instance)
    start, end = np.zeros(instance.size, dtype=np.int64), np.zeros(instance.size, dtype=np.int64)
    setup = int(instance.setups.max(initial=0)) if len(instance.setups) else 0
    tick = 0
    for operation in np.flatnonzero(instance.fixed >= 0).tolist():
        start[operation] = instance.fixed[operation]
        windows = instance.open[instance.machine[modes[operation]]]
        end[operation] = finish(
            windows, int(start[operation]), int(instance.time[modes[operation]])
        )
        tick = max(tick, int(end[operation]))
    for operation in topological(instance):
        if instance.fixed[operation] >= 0:
            continue
        windows = always
        if instance.open:
            windows = instance.open[instance.machine[modes[operation]]].copy()
            windows[-1, 1] = end_of_time
        begin = after_setup(windows, max(tick, int(instance.release[operation])), setup)
        start[operation] = begin
        tick = finish(windows, begin, int(instance.time[modes[operation]]))
        end[operation] = tick
    return rows_of(instance, modes, start, end)

"""Hours: the compiled calendars of a problem, read column-wise for reports and pictures.

Windows are rows ``open, close, worked ticks before`` as in ``Problem.calendar``. Read by ``frames``
and ``pictures``; the engines have their own, compiled by numba, in ``timing``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scheduler.measures import undated
from scheduler.problem import Mode, Problem

if TYPE_CHECKING:
    from scheduler.schedule import Schedule

Ticks = NDArray[np.int64]


def free_again(problem: Problem, schedule: Schedule) -> Ticks:
    """When the machine of each operation is free again: its end, or the end of its teardown."""
    free = schedule.end.copy()
    modes = problem.modes[schedule.mode]
    for operation in np.flatnonzero((modes[:, Mode.TEARDOWN] > 0) & ~undated(problem, schedule)):
        windows = problem.calendar(int(modes[operation, Mode.CALENDAR]))
        work = int(modes[operation, Mode.TEARDOWN])
        free[operation] = finish(windows, int(free[operation]), work)
    return free


def worked_before(windows: Ticks, ticks: Ticks) -> Ticks:
    """Open ticks before each tick. ``windows`` as in ``Problem.calendar``; O(log n) each."""
    if not len(windows):
        return np.zeros(len(ticks), dtype=np.int64)
    row = np.searchsorted(windows[:, 0], ticks, side="right") - 1
    inside = np.minimum(ticks, windows[row, 1]) - windows[row, 0]
    return np.where(row >= 0, windows[row, 2] + inside, 0)


def finish(windows: Ticks, start: int, work: int) -> int:
    """First tick at which ``work`` open ticks have passed since ``start``.

    Where the windows end before the work does, the rest is counted as if always open.
    """
    if not len(windows):
        return start + work
    target = int(worked_before(windows, np.array([start]))[0]) + work
    row = max(0, int(np.searchsorted(windows[:, 2], target, side="left")) - 1)
    return int(windows[row, 0]) + target - int(windows[row, 2])


def open_windows(problem: Problem, machine: int) -> Ticks:
    """Hours in which a machine can be worked in one of its modes, like ``Problem.calendar``.

    The union over its modes: where people or tools are missing for all of them it counts as closed.
    """
    modes = problem.modes[:, Mode.MACHINE] == machine
    return _union(problem, np.unique(problem.modes[modes, Mode.CALENDAR]))


def open_windows_of_each(problem: Problem) -> list[Ticks]:
    """:func:`open_windows` of every machine, with one look at the modes for all of them."""
    modes = problem.modes[problem.modes[:, Mode.MACHINE] >= 0]
    calendars = max(1, len(problem.calendar_rows) - 1)
    pairs = np.unique(modes[:, Mode.MACHINE] * calendars + modes[:, Mode.CALENDAR])
    borders = np.searchsorted(pairs, np.arange(len(problem.machines) + 1) * calendars)
    return [
        _union(problem, pairs[low:high] % calendars)
        for low, high in zip(borders[:-1].tolist(), borders[1:].tolist(), strict=True)
    ]


def _union(problem: Problem, calendars: Ticks) -> Ticks:
    """When any of ``calendars`` is open."""
    if len(calendars) == 1:
        return problem.calendar(int(calendars[0]))
    if not len(calendars):
        return np.zeros((0, 3), dtype=np.int64)
    windows = np.concatenate([problem.calendar(int(calendar))[:, :2] for calendar in calendars])
    windows = windows[np.argsort(windows[:, 0], kind="stable")]
    reach = np.maximum.accumulate(windows[:, 1])
    fresh = np.flatnonzero(np.concatenate([[True], windows[1:, 0] > reach[:-1]]))
    opens = windows[fresh, 0]
    closes = reach[np.append(fresh[1:], len(windows)) - 1]
    lengths = closes - opens
    return np.stack([opens, closes, np.cumsum(lengths) - lengths], axis=1)

"""Worked time on compiled calendars: wall ticks to worked ticks and back. Compiled by numba, O(log
windows).

``windows`` rows are ``open, close, worked ticks before``; a calendar is the rows ``[low, high)``.
−1 means "beyond the horizon" (or, going backwards, before the origin).
"""

from __future__ import annotations

from scheduler.timing.compiled import kernel

OPEN, CLOSE, BEFORE = 0, 1, 2


@kernel
def window_at(windows, low, high, tick):
    """First row that closes after ``tick``; ``high`` when none does."""
    a, b = low, high
    while a < b:
        middle = (a + b) >> 1
        if windows[middle, CLOSE] > tick:
            b = middle
        else:
            a = middle + 1
    return a


@kernel
def open_at(windows, low, high, tick):
    """First open tick not before ``tick``."""
    row = window_at(windows, low, high, tick)
    if row >= high:
        return -1
    return max(tick, windows[row, OPEN])


@kernel
def worked(windows, low, high, tick):
    """Open ticks before ``tick``."""
    row = window_at(windows, low, high, tick)
    if row < high:
        return windows[row, BEFORE] + max(0, tick - windows[row, OPEN])
    if high == low:
        return 0
    return windows[high - 1, BEFORE] + windows[high - 1, CLOSE] - windows[high - 1, OPEN]


@kernel
def finish(windows, low, high, tick, work):
    """Earliest tick at which ``work`` open ticks have passed since ``tick``; ``tick`` itself for no
    work.
    """
    if work <= 0:
        return tick
    row = window_at(windows, low, high, tick)
    if row >= high:
        return -1
    start = max(tick, windows[row, OPEN])
    if start + work <= windows[row, CLOSE]:
        return start + work
    # The last window that has less than the target before it: work that fills a shift ends at its
    # close, and
    # not at the next opening.
    target = windows[row, BEFORE] + start - windows[row, OPEN] + work
    a, b = row, high
    while a < b:
        middle = (a + b) >> 1
        if windows[middle, BEFORE] < target:
            a = middle + 1
        else:
            b = middle
    end = windows[a - 1, OPEN] + target - windows[a - 1, BEFORE]
    return end if end <= windows[a - 1, CLOSE] else -1


@kernel
def at_worked(windows, low, high, target):
    """Latest tick with exactly ``target`` open ticks before it (an opening rather than the close
    before it).
    """
    if target < 0 or high == low:
        return -1
    a, b = low, high
    while a < b:
        middle = (a + b) >> 1
        if windows[middle, BEFORE] <= target:
            a = middle + 1
        else:
            b = middle
    return windows[a - 1, OPEN] + target - windows[a - 1, BEFORE]


@kernel
def latest_start(windows, low, high, tick, work):
    """Latest tick from which ``work`` open ticks are worked by ``tick``; ``tick`` itself for no
    work.
    """
    if work <= 0:
        return tick
    row = window_at(windows, low, high, tick - 1)
    if row < high and tick - work >= windows[row, OPEN] and tick <= windows[row, CLOSE]:
        return tick - work
    return at_worked(windows, low, high, worked(windows, low, high, tick) - work)


@kernel
def run_from(windows, low, high, tick, run, resumable, whole_setup, free):
    """Earliest start and end of a run not before ``tick``.

    ``whole_setup`` ticks must be free (since ``free``) and open in one piece directly before the
    start.
    """
    row = window_at(windows, low, high, tick)
    while row < high:
        start = max(tick, windows[row, OPEN])
        if whole_setup > 0:
            start = max(start, max(free, windows[row, OPEN]) + whole_setup)
        if start + run <= windows[row, CLOSE] and (run > 0 or start < windows[row, CLOSE]):
            return start, start + run
        if resumable and run > 0 and start < windows[row, CLOSE]:
            return start, finish(windows, low, high, start, run)
        row += 1
    return -1, -1

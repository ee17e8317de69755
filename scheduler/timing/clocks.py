"""Worked time on compiled calendars: wall ticks to worked ticks and back. Compiled by numba, O(log
windows).

``t.windows`` rows are ``open, close, worked ticks before``; a calendar is the rows between two
entries of ``t.calendar_rows``. −1 means "beyond the horizon" (or, going backwards, before the
origin).
"""

from __future__ import annotations

from scheduler.timing.compiled import inlined, kernel

OPEN, CLOSE, BEFORE = 0, 1, 2


@inlined
def window_at(t, calendar, tick):
    """First row of the calendar that closes after ``tick``; its end when none does."""
    a, b = t.calendar_rows[calendar], t.calendar_rows[calendar + 1]
    while a < b:
        middle = (a + b) >> 1
        if t.windows[middle, CLOSE] > tick:
            b = middle
        else:
            a = middle + 1
    return a


@kernel
def worked(t, calendar, tick):
    """Open ticks before ``tick``."""
    low, high = t.calendar_rows[calendar], t.calendar_rows[calendar + 1]
    row = window_at(t, calendar, tick)
    if row < high:
        return t.windows[row, BEFORE] + max(0, tick - t.windows[row, OPEN])
    if high == low:
        return 0
    last = t.windows[high - 1]
    return last[BEFORE] + last[CLOSE] - last[OPEN]


@inlined
def finish(t, calendar, tick, work):
    """Earliest tick at which ``work`` open ticks have passed since ``tick``; ``tick`` itself for no
    work.
    """
    if work <= 0:
        return tick
    return finish_from(t, calendar, window_at(t, calendar, tick), tick, work)


@kernel
def finish_from(t, calendar, row, tick, work):
    """As :func:`finish`, where ``row`` is the window at ``tick``."""
    high = t.calendar_rows[calendar + 1]
    if row >= high:
        return -1
    start = max(tick, t.windows[row, OPEN])
    if start + work <= t.windows[row, CLOSE]:
        return start + work
    # The last window that has less than the target before it: work that fills a shift ends at its
    # close, and not at the next opening.
    target = t.windows[row, BEFORE] + start - t.windows[row, OPEN] + work
    a, b = row, high
    while a < b:
        middle = (a + b) >> 1
        if t.windows[middle, BEFORE] < target:
            a = middle + 1
        else:
            b = middle
    end = t.windows[a - 1, OPEN] + target - t.windows[a - 1, BEFORE]
    return end if end <= t.windows[a - 1, CLOSE] else -1


@kernel
def at_worked(t, calendar, target):
    """Latest tick with exactly ``target`` open ticks before it (an opening rather than the close
    before it).
    """
    low, high = t.calendar_rows[calendar], t.calendar_rows[calendar + 1]
    if target < 0 or high == low:
        return -1
    a, b = low, high
    while a < b:
        middle = (a + b) >> 1
        if t.windows[middle, BEFORE] <= target:
            a = middle + 1
        else:
            b = middle
    return t.windows[a - 1, OPEN] + target - t.windows[a - 1, BEFORE]


@kernel
def latest_start(t, calendar, tick, work):
    """Latest tick from which ``work`` open ticks are worked by ``tick``; ``tick`` itself for no
    work.
    """
    if work <= 0:
        return tick
    row = window_at(t, calendar, tick - 1)
    within = row < t.calendar_rows[calendar + 1] and tick <= t.windows[row, CLOSE]
    if within and tick - work >= t.windows[row, OPEN]:
        return tick - work
    return at_worked(t, calendar, worked(t, calendar, tick) - work)


@kernel
def run_from(t, calendar, tick, run, resumable, whole_setup, free):
    """Earliest start and end of a run not before ``tick``.

    ``whole_setup`` ticks must be free (since ``free``) and open in one piece directly before the
    start.
    """
    row, high = window_at(t, calendar, tick), t.calendar_rows[calendar + 1]
    while row < high:
        opens, closes = t.windows[row, OPEN], t.windows[row, CLOSE]
        start = max(tick, opens)
        if whole_setup > 0:
            start = max(start, max(free, opens) + whole_setup)
        if start + run <= closes and (run > 0 or start < closes):
            return start, start + run
        if resumable and run > 0 and start < closes:
            return start, finish_from(t, calendar, row, start, run)
        row += 1
    return -1, -1

"""How much of each counted resource is in use over time: a step function per resource. Compiled by
numba.

``state.profile`` rows are ``tick from which, amount in use``; resource r has ``rows[r, COUNT]`` of
them from ``rows[r, FROM]`` on, and room for ``rows[r, ROOM]``. The first of each is tick 0 with
nothing in use.
"""

from __future__ import annotations

from scheduler.problem import Resource
from scheduler.timing.clocks import CLOSE, OPEN, window_at
from scheduler.timing.compiled import inlined, kernel

TICK, USED = 0, 1
FROM, COUNT, ROOM = 0, 1, 2
NEAR = 128
"""Rows from the end that are looked at first."""
LEVEL_FROM, LEVEL_TO = int(Resource.LEVEL_FROM), int(Resource.LEVEL_TO)


@inlined
def row_at(table, low, high, tick):
    """Last row of ``[low, high)`` whose tick is not after ``tick`` (at least ``low``)."""
    if table[high - 1, 0] <= tick:
        return high - 1
    a, b = low + 1, high
    # Plans are made forwards in time, so most is asked of what came in last.
    if high - low > NEAR and table[high - NEAR, 0] <= tick:
        a = high - NEAR
    while a < b:
        middle = (a + b) >> 1
        if table[middle, 0] <= tick:
            a = middle + 1
        else:
            b = middle
    return a - 1


@kernel
def conflict(t, state, resource, amount, start, end):
    """−1 when ``amount`` more fits over ``[start, end)``; otherwise the tick at which the last
    clash before it ends.
    """
    profile, levels = state.profile, t.levels
    low = state.rows[resource, FROM]
    high = low + state.rows[resource, COUNT]
    used = row_at(profile, low, high, start)
    level_high = t.resources[resource, LEVEL_TO]
    level = row_at(levels, t.resources[resource, LEVEL_FROM], level_high, start)
    clash = -1
    while True:
        used_end = profile[used + 1, TICK] if used + 1 < high else end
        level_end = levels[level + 1, TICK] if level + 1 < level_high else end
        piece_end = min(used_end, level_end)
        if profile[used, USED] + amount > levels[level, 1]:
            clash = piece_end
        elif clash >= 0:
            return clash
        if piece_end >= end:
            break
        if used_end == piece_end:
            used += 1
        if level_end == piece_end:
            level += 1
    if clash < 0:
        return -1
    return free_after(profile, levels, used, high, level, level_high, amount, clash)


@kernel
def free_after(profile, levels, used, high, level, level_high, amount, clash):
    """First tick not before ``clash`` at which ``amount`` fits (``clash`` itself when nothing more
    is known).
    """
    while True:
        while used + 1 < high and profile[used + 1, TICK] <= clash:
            used += 1
        while level + 1 < level_high and levels[level + 1, TICK] <= clash:
            level += 1
        if profile[used, USED] + amount <= levels[level, 1]:
            return clash
        after = -1
        if used + 1 < high:
            after = profile[used + 1, TICK]
        if level + 1 < level_high and (after < 0 or levels[level + 1, TICK] < after):
            after = levels[level + 1, TICK]
        if after < 0:
            return 1 << 61
        clash = after


@kernel
def split_at(state, resource, row, tick):
    """Row that begins at ``tick``, made if need be behind ``row``, the last that does not begin
    later; −1 when there is no room.
    """
    profile = state.profile
    if profile[row, TICK] == tick:
        return row
    if state.rows[resource, COUNT] >= state.rows[resource, ROOM]:
        return -1
    for i in range(state.rows[resource, FROM] + state.rows[resource, COUNT], row + 1, -1):
        profile[i, TICK] = profile[i - 1, TICK]
        profile[i, USED] = profile[i - 1, USED]
    profile[row + 1, TICK] = tick
    profile[row + 1, USED] = profile[row, USED]
    state.rows[resource, COUNT] += 1
    return row + 1


@kernel
def use(state, resource, amount, start, end):
    """Add ``amount`` (negative: give back) over ``[start, end)``. False when there is no room for
    the steps.
    """
    if end <= start:
        return True
    profile, low = state.profile, state.rows[resource, FROM]
    row = row_at(profile, low, low + state.rows[resource, COUNT], start)
    first = split_at(state, resource, row, start)
    if first < 0:
        return False
    last, high = first, low + state.rows[resource, COUNT]
    while last + 1 < high and profile[last + 1, TICK] <= end:
        profile[last, USED] += amount
        last += 1
    if profile[last, TICK] < end:
        after = split_at(state, resource, last, end)
        if after < 0:
            return False
        profile[last, USED] += amount
        last = after
    if amount < 0:
        # What is given back leaves no steps behind: a block that is tried a thousand times needs no
        # more room.
        join_at(state, resource, last)
        join_at(state, resource, first)
    return True


@kernel
def join_at(state, resource, row):
    """Drop a step that changes nothing."""
    profile = state.profile
    low = state.rows[resource, FROM]
    high = low + state.rows[resource, COUNT]
    if row <= low or row >= high or profile[row, USED] != profile[row - 1, USED]:
        return
    for i in range(row, high - 1):
        profile[i, TICK] = profile[i + 1, TICK]
        profile[i, USED] = profile[i + 1, USED]
    state.rows[resource, COUNT] -= 1


@kernel
def conflict_worked(t, state, resource, amount, calendar, start, end):
    """As :func:`conflict`, over the open pieces of ``[start, end)`` only."""
    row, high = window_at(t, calendar, start), t.calendar_rows[calendar + 1]
    while row < high and t.windows[row, OPEN] < end:
        a, b = max(start, t.windows[row, OPEN]), min(end, t.windows[row, CLOSE])
        clash = conflict(t, state, resource, amount, a, b)
        if clash >= 0:
            return clash
        row += 1
    return -1


@kernel
def use_worked(t, state, resource, amount, calendar, start, end):
    """As :func:`use`, over the open pieces of ``[start, end)`` only."""
    row, high = window_at(t, calendar, start), t.calendar_rows[calendar + 1]
    while row < high and t.windows[row, OPEN] < end:
        a, b = max(start, t.windows[row, OPEN]), min(end, t.windows[row, CLOSE])
        if not use(state, resource, amount, a, b):
            return False
        row += 1
    return True

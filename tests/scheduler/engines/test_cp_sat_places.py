"""Places against walking the clock."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scheduler.engines.cp_sat.places import Places, Work, places

LAST = 60


@st.composite
def calendars(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Sorted, disjoint open windows below ``LAST``."""
    borders = sorted(draw(st.sets(st.integers(0, LAST), min_size=2, max_size=12)))
    return list(zip(borders[0::2], borders[1::2], strict=False))


def windows_of(calendar: list[tuple[int, int]]) -> np.ndarray:
    """Rows open, close, worked ticks before."""
    before = np.cumsum([0, *(b - a for a, b in calendar[:-1])])
    return np.column_stack((np.array(calendar), before)).astype(np.int64)


def walk(calendar: list[tuple[int, int]], start: int, work: Work) -> tuple[int, int, int] | None:
    """(lead, length, tail) of a start, tick by tick; None where it may not start."""
    is_open = [any(a <= t < b for a, b in calendar) for t in range(LAST)]
    if start >= LAST or not is_open[start]:
        return None
    end, left = start, work.run
    while left and end < LAST:
        left -= is_open[end]
        end += 1
    freed, rest = end, work.teardown
    while rest and freed < LAST:
        rest -= is_open[freed]
        freed += 1
    begin, owed = start, work.setup
    while owed and begin > 0:
        begin -= 1
        owed -= is_open[begin]
    if left or rest or owed:
        return None
    if not work.resumable and end - start != work.run:
        return None
    if work.whole_setup and start - begin != work.setup:
        return None
    return start - begin, end - start, freed - end


def told(found: Places, start: int) -> tuple[int, int, int] | None:
    """What the places say of a start."""
    rows = np.flatnonzero((found.first <= start) & (start <= found.last))
    assert len(rows) <= 1
    if not len(rows):
        return None
    row = rows[0]
    return int(found.lead[row]), int(found.length[row]), int(found.tail[row])


@given(
    calendar=calendars(),
    setup=st.integers(0, 6),
    run=st.integers(0, 12),
    teardown=st.integers(0, 5),
    resumable=st.booleans(),
    whole=st.booleans(),
)
def test_places_agree_with_walking_the_clock(
    calendar: list[tuple[int, int]],
    setup: int,
    run: int,
    teardown: int,
    resumable: bool,
    whole: bool,
) -> None:
    work = Work(setup, run, teardown, resumable, whole)
    found = places(windows_of(calendar), work)
    for start in range(LAST + 1):
        assert told(found, start) == walk(calendar, start, work), start


@given(calendar=calendars(), run=st.integers(1, 12), resumable=st.booleans())
def test_the_longest_wait_is_that_of_the_worst_moment(
    calendar: list[tuple[int, int]], run: int, resumable: bool
) -> None:
    found = places(windows_of(calendar), Work(0, run, 0, resumable, whole_setup=False))
    longest = found.longest_wait()
    if longest is None:
        return
    for moment in range(int(found.last[-1]) + 1):
        place = found.first_from(moment)
        assert place is not None
        assert place[1] - moment <= longest


def test_work_that_fills_a_shift_ends_at_its_close() -> None:
    found = places(windows_of([(0, 10), (20, 30)]), Work(0, 10, 0, True, whole_setup=False))
    assert found.first_from(0) == (0, 10)
    assert found.first_from(1) == (1, 21)


def test_setup_before_the_first_window_is_impossible() -> None:
    found = places(windows_of([(5, 20)]), Work(4, 3, 0, False, whole_setup=False))
    assert found.first_from(0) == (9, 12)

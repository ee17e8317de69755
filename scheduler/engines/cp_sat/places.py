"""Places: where a run may start on a calendar, and how far closed time stretches what is around it.

As the start moves, the ticks from setup to run, from start to end and from end to the machine free
again change only where one of them crosses closed time. Between those borders they are constant:
one row each. Fed by ``calendars``; pure arithmetic on ``Problem.windows``, O(windows) per distinct
work.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ticks = NDArray[np.int64]


class Work(NamedTuple):
    """What is worked around a start, in worked ticks."""

    setup: int
    run: int
    teardown: int
    resumable: bool
    whole_setup: bool


class Moment(Enum):
    """What an operation has one tick of."""

    TAKEN = "start of own setup: its machine is busy from here"
    START = "start of the run"
    END = "end of the run"
    FREED = "end of teardown: its machine is free from here"


class Stretch(NamedTuple):
    """Elapsed ticks around a start."""

    lead: int
    """From the start of setup to the start of the run."""
    length: int
    """From the start of the run to its end."""
    tail: int
    """From the end of the run to the end of teardown."""

    def offset(self, moment: Moment) -> int:
        """Ticks from the start of the run to ``moment``."""
        if moment is Moment.TAKEN:
            return -self.lead
        if moment is Moment.START:
            return 0
        return self.length + (self.tail if moment is Moment.FREED else 0)


@dataclass(frozen=True, slots=True)
class Places:
    """Start ticks with what they entail; columns of shape (n,), sorted, disjoint.

    Parameters
    ----------
    first, last
        Start ticks, both inclusive.
    lead, length, tail
        See :class:`Stretch`.
    """

    first: Ticks
    last: Ticks
    lead: Ticks
    length: Ticks
    tail: Ticks

    def first_from(self, tick: int) -> tuple[int, int] | None:
        """(start, end) of the earliest run that starts at ``tick`` or later; None when there is
        none."""
        row = int(np.searchsorted(self.last, tick))
        if row == len(self.last):
            return None
        start = max(tick, int(self.first[row]))
        return start, start + int(self.length[row])

    def by_stretch(self, low: int, high: int, until: int) -> dict[Stretch, list[tuple[int, int]]]:
        """Start intervals in ``[low, high]`` whose run ends by ``until``, grouped by stretch."""
        first = np.maximum(self.first, low)
        last = np.minimum(np.minimum(self.last, high), until - self.length)
        groups: dict[Stretch, list[tuple[int, int]]] = {}
        for row in np.flatnonzero(first <= last):
            stretch = Stretch(int(self.lead[row]), int(self.length[row]), int(self.tail[row]))
            known = groups.setdefault(stretch, [])
            if known and known[-1][1] + 1 == first[row]:
                known[-1] = (known[-1][0], int(last[row]))
            else:
                known.append((int(first[row]), int(last[row])))
        return groups

    def stretch_at(self, tick: int) -> Stretch:
        """Stretch of the place at ``tick`` (of the nearest, where there is none)."""
        row = min(int(np.searchsorted(self.last, tick)), len(self.last) - 1)
        return Stretch(int(self.lead[row]), int(self.length[row]), int(self.tail[row]))

    def longest_wait(self) -> int | None:
        """Most ticks from any moment up to the last place, to the end of the next run; None without
        places."""
        if not len(self.first):
            return None
        gaps = self.first - np.concatenate(([0], self.last[:-1]))
        return int((np.maximum(gaps, 0) + self.length).max())


def places(windows: NDArray[np.int64], work: Work) -> Places:
    """All places of ``work`` on a calendar (rows open, close, worked ticks before).

    With x the worked ticks before the start, setup begins at x − setup, the run ends at x + run and
    teardown at x + run + teardown. A start or begin lies after closed time, an end before it.
    """
    if not len(windows):
        empty = np.zeros(0, dtype=np.int64)
        return Places(empty, empty, empty, empty, empty)
    opens, before = windows[:, 0], windows[:, 2]
    total = int(before[-1] + windows[-1, 1] - opens[-1])
    low, high = _borders(before, work, total)
    start = _opening(opens, before, low)
    end = _closing(opens, before, low + work.run) if work.run else start
    freed = _closing(opens, before, low + work.run + work.teardown) if work.teardown else end
    begin = _opening(opens, before, low - work.setup) if work.setup else start
    fits = _fits(before, total, low, high, work)
    span = high - low - 1
    columns = (start, start + span, start - begin, end - start, freed - end)
    return Places(*(np.ascontiguousarray(column[fits]) for column in columns))


def _borders(before: Ticks, work: Work, total: int) -> tuple[Ticks, Ticks]:
    """Half-open pieces of x in which no part of ``work`` crosses closed time."""
    finish = work.run + work.teardown
    cuts = [before, before + work.setup, before + 1 - work.run, before + 1 - finish]
    last = min(total - 1, total - finish)
    inside = np.unique(np.concatenate(cuts))
    inside = inside[(inside >= work.setup) & (inside <= last)]
    return inside, np.append(inside[1:], last + 1) if len(inside) else inside


def _opening(opens: Ticks, before: Ticks, worked: Ticks) -> Ticks:
    """Wall tick of a begin with so many worked ticks before it."""
    row = np.searchsorted(before, worked, side="right") - 1
    return opens[row] + worked - before[row]


def _closing(opens: Ticks, before: Ticks, worked: Ticks) -> Ticks:
    """Wall tick of an end with so many worked ticks before it (at least 1)."""
    row = np.searchsorted(before, worked, side="left") - 1
    return opens[row] + worked - before[row]


def _fits(before: Ticks, total: int, low: Ticks, high: Ticks, work: Work) -> NDArray[np.bool_]:
    """Which pieces keep what may not be interrupted inside one window."""
    row = np.searchsorted(before, low, side="right") - 1
    closes = np.append(before[1:], total)[row]
    fits = low < high
    if not work.resumable:
        fits &= low + work.run <= closes
    if work.whole_setup:
        fits &= low - work.setup >= before[row]
    return fits


__all__ = ["Moment", "Places", "Stretch", "Work", "places"]

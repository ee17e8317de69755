"""Worked time: the hours in which something is worked, as sorted windows with the ticks worked
before each.

Hours are where several openings hold at once. Windows grow leaf by leaf as far as they are asked
for.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scheduler.validate.openings import NONE, Openings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from decimal import Decimal

LOOK_BACK = -3
"""First leaf laid out: setups may reach back before the plan's origin only in the history of
started work.
"""
LOOK_AHEAD = 300
"""Leaves (23 years) after which "never" is believed."""

Window = tuple[int, int]


def meet(first: list[Window], second: list[Window]) -> list[Window]:
    """Where both of two sorted lists of windows are open."""
    both: list[Window] = []
    i = j = 0
    while i < len(first) and j < len(second):
        low = max(first[i][0], second[j][0])
        high = min(first[i][1], second[j][1])
        if low < high:
            both.append((low, high))
        if first[i][1] < second[j][1]:
            i += 1
        else:
            j += 1
    return both


def joined(windows: Iterator[Window]) -> list[Window]:
    """Windows that touch are one: a handover at midnight or between shifts is no break."""
    whole: list[Window] = []
    for low, high in windows:
        if whole and whole[-1][1] == low:
            low = whole.pop()[0]
        whole.append((low, high))
    return whole


@dataclass(slots=True, eq=False)
class Hours:
    """The ticks at which every one of ``limits`` offers at least its amount; without limits, all.

    Parameters
    ----------
    limits
        Pairs of openings and the level they must reach.
    leaf_ticks
        Length of a leaf.
    """

    limits: Sequence[tuple[Openings, Decimal]]
    leaf_ticks: int
    opens: list[int] = field(default_factory=list)
    closes: list[int] = field(default_factory=list)
    before: list[int] = field(default_factory=list)
    """Ticks worked before each window, since the first leaf."""
    next_leaf: int = LOOK_BACK

    def worked(self, start: int, end: int) -> int:
        """Open ticks in ``[start, end)``."""
        return self._passed(end) - self._passed(start)

    def is_open(self, tick: int) -> bool:
        """Whether ``tick`` (up to the next one) is worked."""
        row = self._row(tick)
        return row >= 0 and tick < self.closes[row]

    def pieces(self, start: int, end: int) -> list[Window]:
        """The open parts of ``[start, end)``."""
        if end <= start:
            return []
        self._reach(end)
        row = max(0, bisect_right(self.opens, start) - 1)
        found: list[Window] = []
        while row < len(self.opens) and self.opens[row] < end:
            low, high = max(start, self.opens[row]), min(end, self.closes[row])
            if low < high:
                found.append((low, high))
            row += 1
        return found

    def next_open(self, tick: int) -> int | None:
        """First open tick not before ``tick``; None when it never opens again."""
        while True:
            self._reach(tick)
            row = self._row(tick)
            if row >= 0 and tick < self.closes[row]:
                return tick
            if row + 1 < len(self.opens):
                return self.opens[row + 1]
            if not self._grow():
                return None

    def finish(self, start: int, work: int) -> int | None:
        """Earliest tick by which ``work`` open ticks have passed since ``start``; None for
        never.
        """
        if work <= 0:
            return start
        target = self._passed(start) + work
        while True:
            # The last window that has less than the target before it: work that fills a shift ends
            # at its close.
            row = bisect_right(self.before, target - 1) - 1
            if row >= 0 and self.opens[row] + target - self.before[row] <= self.closes[row]:
                return self.opens[row] + target - self.before[row]
            if not self._grow():
                return None

    def latest_start(self, end: int, work: int) -> int | None:
        """Latest tick from which ``work`` open ticks are worked by ``end``; None for none."""
        if work <= 0:
            return end
        target = self._passed(end) - work
        row = bisect_right(self.before, target) - 1
        return None if target < 0 or row < 0 else self.opens[row] + target - self.before[row]

    def latest_whole(self, end: int, work: int) -> int | None:
        """As :meth:`latest_start`, with all the work in one window."""
        if work <= 0:
            return end
        row = self._row(end - 1)
        while row >= 0:
            start = min(end, self.closes[row]) - work
            if start >= self.opens[row]:
                return start
            row -= 1
        return None

    def _row(self, tick: int) -> int:
        """Last window that opens at or before ``tick``; −1 for none."""
        self._reach(tick + 1)
        return bisect_right(self.opens, tick) - 1

    def _passed(self, tick: int) -> int:
        row = self._row(tick)
        if row < 0:
            return 0
        return self.before[row] + min(tick, self.closes[row]) - self.opens[row]

    def _reach(self, tick: int) -> None:
        while self.next_leaf * self.leaf_ticks < tick and self._grow():
            pass

    def _grow(self) -> bool:
        """Lay out one more leaf; False when that was the last."""
        if self.next_leaf >= LOOK_AHEAD:
            return False
        for low, high in self._leaf(self.next_leaf):
            if self.closes and self.closes[-1] == low:
                self.closes[-1] = high
                continue
            worked = self.before[-1] + self.closes[-1] - self.opens[-1] if self.closes else 0
            self.opens.append(low)
            self.closes.append(high)
            self.before.append(worked)
        self.next_leaf += 1
        return True

    def _leaf(self, number: int) -> list[Window]:
        windows = [(number * self.leaf_ticks, (number + 1) * self.leaf_ticks)]
        for openings, amount in self.limits:
            enough = ((o.start, o.end) for o in openings.leaf(number) if o.level >= amount)
            windows = meet(windows, joined(enough))
        return windows


def plain(openings: Openings) -> Hours:
    """The hours of one calendar alone."""
    return Hours(((openings, NONE),), openings.leaf_ticks)

"""Worked time: a calendar's rules compiled to open intervals in ticks. DST is settled here: a tick
is a tick.

Fed by ``build``; read by ``build`` and, as columns of the problem, by ``timing``.
"""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scheduler.factory.values import minutes_of
from scheduler.factory.zones import zone_of
from scheduler.findings import BeyondHorizonError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from zoneinfo import ZoneInfo

    from scheduler.factory.calendars import Calendar, CalendarRule
    from scheduler.horizon import Horizon

Ticks = NDArray[np.int64]
Interval = tuple[int, int]
Piece = tuple[int, int, int]
"""Start, end and level of a stretch of time."""
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, eq=False)
class WorkTime:
    """Open intervals of one calendar.

    Parameters
    ----------
    opens, closes
        Shape (n,), ticks since the plan's origin, half-open, sorted and disjoint with closed time
        between.
    before
        Shape (n,). Open ticks that lie before ``opens[i]``.
    """

    opens: Ticks
    closes: Ticks
    before: Ticks

    @classmethod
    def of(cls, intervals: Sequence[Interval]) -> WorkTime:
        """From sorted intervals; touching ones are joined."""
        joined: list[Interval] = []
        for start, end in intervals:
            if joined and joined[-1][1] >= start:
                joined[-1] = (joined[-1][0], max(joined[-1][1], end))
            elif end > start:
                joined.append((start, end))
        table = np.array(joined, dtype=np.int64).reshape(-1, 2)
        lengths = table[:, 1] - table[:, 0]
        return cls(table[:, 0].copy(), table[:, 1].copy(), np.cumsum(lengths) - lengths)

    def intervals(self) -> list[Interval]:
        """Back to pairs."""
        return [(int(a), int(b)) for a, b in zip(self.opens, self.closes, strict=True)]

    def table(self) -> Ticks:
        """Columns open, close, before: rows of ``Problem.windows``."""
        return np.stack((self.opens, self.closes, self.before), axis=1)

    def worked(self, tick: int) -> int:
        """Open ticks before ``tick``."""
        i = int(np.searchsorted(self.opens, tick, side="right")) - 1
        return 0 if i < 0 else int(self.before[i] + min(tick, self.closes[i]) - self.opens[i])

    def next_open(self, tick: int) -> int:
        """First open tick not before ``tick``.

        Raises
        ------
        BeyondHorizonError
            When it never opens again.
        """
        i = int(np.searchsorted(self.closes, tick, side="right"))
        if i == len(self.opens):
            raise BeyondHorizonError("never open again")
        return max(tick, int(self.opens[i]))

    def finish(self, start: int, work: int) -> int:
        """Earliest tick at which ``work`` open ticks have passed since ``start``. O(log n).

        Raises
        ------
        BeyondHorizonError
            When fewer than ``work`` open ticks are left after ``start``.
        """
        if work <= 0:
            return start
        target = self.worked(start) + work
        # side="left": work that ends exactly at a shift's close ends there, and not at the next
        # opening. The date
        # on the phone would otherwise slip a night.
        i = int(np.searchsorted(self.before, target, side="left")) - 1
        end = int(self.opens[i] + target - self.before[i]) if i >= 0 else -1
        if i < 0 or end > self.closes[i]:
            raise BeyondHorizonError(f"fewer than {work} open ticks after {start}")
        return end

    @property
    def longest(self) -> int:
        """Longest open stretch, 0 when it is never open."""
        return int((self.closes - self.opens).max(initial=0))

    @property
    def ratio(self) -> float:
        """Part of the time that is open, from the first opening to the last close; 1 when nothing
        is known.
        """
        if not len(self.opens):
            return 1.0
        total = int(self.closes[-1] - self.opens[0])
        return float((self.closes - self.opens).sum()) / max(1, total)


def instant(moment: date | datetime, zone: ZoneInfo, *, end: bool = False) -> datetime:
    """A day's start (or, with ``end``, its end) in ``zone``; an instant as it is."""
    if isinstance(moment, datetime):
        return moment
    return datetime.combine(moment + DAY if end else moment, time(), zone)


def pieces(
    calendar: Calendar, zone: ZoneInfo, horizon: Horizon, counted: int | None = None
) -> list[Piece]:
    """The calendar as stretches of one level each, covering ``[0, horizon.ticks)``.

    Parameters
    ----------
    counted
        Level of an opening rule without a level of its own; None: 1.
    """
    zone = zone_of(calendar.time_zone) if calendar.time_zone else zone
    usual = 1 if counted is None else counted
    base = usual if calendar.open_by_default else 0
    end = horizon.ticks
    if calendar.known_until is not None:
        end = min(end, max(0, horizon.at_or_before(instant(calendar.known_until, zone, end=True))))
    marks: list[tuple[int, int, int, int]] = []
    for number, rule in enumerate(calendar.rules):
        level = (usual if rule.opens else 0) if rule.level is None else int(rule.level)
        for start, stop in _occurrences(rule, zone, horizon):
            if min(stop, end) > max(start, 0):
                marks.append((max(start, 0), min(stop, end), rule.rank * 100_000 + number, level))
    return _decide(marks, base, end)


def _occurrences(rule: CalendarRule, zone: ZoneInfo, horizon: Horizon) -> Iterable[Interval]:
    """Where one rule speaks, in ticks, day by day."""
    first = (horizon.origin.astimezone(zone) - DAY).date()
    last = horizon.end.astimezone(zone).date()
    starts, ends = minutes_of(rule.starts), minutes_of(rule.ends)
    valid_from = None if rule.valid_from is None else instant(rule.valid_from, zone)
    valid_to = None if rule.valid_to is None else instant(rule.valid_to, zone, end=True)
    over_midnight = ends <= starts
    if valid_from is not None:
        first = max(first, valid_from.astimezone(zone).date() - DAY)
    if valid_to is not None:
        last = min(last, valid_to.astimezone(zone).date())
    # A shift over midnight belongs to the day it starts on, so its validity cuts days and not the
    # tail of the night.
    by_day = over_midnight and not isinstance(rule.valid_to, datetime)
    low = -(10**15) if valid_from is None else horizon.at_or_after(valid_from)
    high = 10**15 if valid_to is None else horizon.at_or_before(valid_to)
    days = frozenset(rule.days)
    day = first
    while day <= last:
        if day.weekday() in days:
            start = horizon.at_or_after(_local(day, starts, zone))
            stop = horizon.at_or_after(_local(day + DAY if over_midnight else day, ends, zone))
            if by_day:
                if low <= start < high:
                    yield start, stop
            elif min(stop, high) > max(start, low):
                yield max(start, low), min(stop, high)
        day += DAY


def _local(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """Local wall clock of a day as an instant."""
    if minutes == 24 * 60:
        day, minutes = day + DAY, 0
    return datetime.combine(day, time(minutes // 60, minutes % 60), zone)


def _decide(marks: list[tuple[int, int, int, int]], base: int, end: int) -> list[Piece]:
    """Lowest rank wins at each instant; ``base`` where nobody speaks."""
    borders = sorted({0, end, *(m[0] for m in marks), *(m[1] for m in marks)})
    marks.sort()
    active: list[tuple[int, int, int]] = []
    result: list[Piece] = []
    following = 0
    for start, stop in itertools.pairwise(borders):
        while following < len(marks) and marks[following][0] <= start:
            _, until, rank, level = marks[following]
            heapq.heappush(active, (rank, until, level))
            following += 1
        while active and active[0][1] <= start:
            heapq.heappop(active)
        level = active[0][2] if active else base
        if result and result[-1][2] == level:
            result[-1] = (result[-1][0], stop, level)
        else:
            result.append((start, stop, level))
    return result


def open_where(levels: Iterable[Piece], at_least: int = 1) -> list[Interval]:
    """Intervals whose level is ``at_least`` that much."""
    return [(start, end) for start, end, level in levels if level >= at_least]


def intersect(a: Sequence[Interval], b: Sequence[Interval]) -> list[Interval]:
    """Where both are open."""
    result: list[Interval] = []
    i = j = 0
    while i < len(a) and j < len(b):
        start, end = max(a[i][0], b[j][0]), min(a[i][1], b[j][1])
        if start < end:
            result.append((start, end))
        if a[i][1] < b[j][1]:
            i += 1
        else:
            j += 1
    return result


def without(a: Sequence[Interval], closed: Iterable[Interval]) -> list[Interval]:
    """Where ``a`` is open and none of ``closed`` holds."""
    result = list(a)
    for start, end in closed:
        if end <= start:
            continue
        kept: list[Interval] = []
        for low, high in result:
            if high <= start or low >= end:
                kept.append((low, high))
                continue
            if low < start:
                kept.append((low, start))
            if high > end:
                kept.append((end, high))
        result = kept
    return result

"""Hours: which calendar holds for a machine, a step, people and tools, compiled once each.

Fed by the snapshot; read by the other files of ``build``, which register the hours of a mode here
and get the index of a calendar of the problem.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from scheduler.factory import Calendar, Downtime, LabourPool, Machine, Plant, Snapshot, Tool, Worker
from scheduler.factory.zones import zone_of
from scheduler.worktime import (
    Interval,
    Piece,
    WorkTime,
    instant,
    intersect,
    open_where,
    pieces,
    without,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from fractions import Fraction
    from zoneinfo import ZoneInfo

    from scheduler.horizon import Horizon
    from scheduler.problem import Table, Ticks

DAY = timedelta(days=1)
SCALE = 1000
"""Counted resources are counted in thousandths, so that half a person is a whole number."""
USUAL = 10**9
"""Level that stands for "open, with as many as there usually are"."""


class Hours:
    """Compiled hours of everything in one snapshot, and the calendars of the problem made from
    them.

    Parameters
    ----------
    snapshot, horizon
        What is compiled, and for how long.
    """

    def __init__(self, snapshot: Snapshot, horizon: Horizon) -> None:
        self.snapshot = snapshot
        self.horizon = horizon
        self.always: list[Interval] = [(0, horizon.ticks)]
        self._calendars = {c.id: c for c in snapshot.calendars}
        self._plants = {p.id: p for p in snapshot.plants}
        self._centres = {w.id: w for w in snapshot.work_centres}
        self._pieces: dict[tuple[str, str, int], list[Piece]] = {}
        self._open: dict[tuple[str, str], list[Interval]] = {}
        self._index: dict[object, int] = {}
        self._times: list[WorkTime] = []
        self._longest: list[int] = []
        self._machines: dict[str, list[Interval]] = {}
        self._components: dict[object, list[Interval]] = {}
        self._longest_days: dict[tuple[str | None, str], int] = {}

    def plant(self, plant: str) -> Plant:
        """The plant, or one that is always open in UTC when it is not known."""
        return self._plants.get(plant) or Plant(id=plant)

    def zone(self, plant: str) -> ZoneInfo:
        """Time zone of a plant."""
        return zone_of(self.plant(plant).time_zone)

    def tick(self, moment: date | datetime, plant: str, *, end: bool = False) -> int:
        """A day's start or end, or an instant, as a tick: what must not be before it starts there,
        rounded up.
        """
        exact = instant(moment, self.zone(plant), end=end)
        return self.horizon.at_or_before(exact) if end else self.horizon.at_or_after(exact)

    def levels(self, calendar: str | None, plant: str, counted: int = 1) -> list[Piece]:
        """Levels of a calendar; one that is absent or unknown is always open."""
        found = self._calendars.get(calendar) if calendar else None
        if found is None:
            return [(0, self.horizon.ticks, counted)]
        zone = found.time_zone or self.plant(plant).time_zone
        key = (found.id, zone, counted)
        if key not in self._pieces:
            self._pieces[key] = pieces(found, zone_of(zone), self.horizon, counted)
        return self._pieces[key]

    def open(self, calendar: str | None, plant: str) -> list[Interval]:
        """Open intervals of a calendar at a plant."""
        if calendar is None or calendar not in self._calendars:
            return self.always
        key = (calendar, plant)
        if key not in self._open:
            self._open[key] = open_where(self.levels(calendar, plant))
        return self._open[key]

    def down(self, downtimes: Iterable[Downtime], plant: str) -> list[Interval]:
        """Downtimes as tick intervals."""
        result = []
        for downtime in downtimes:
            start = instant(downtime.starts, self.zone(plant))
            low = self.horizon.at_or_before(start)
            high = self.horizon.ticks
            if downtime.ends is not None:
                high = self.horizon.at_or_after(instant(downtime.ends, self.zone(plant), end=True))
            result.append((max(0, low), min(high, self.horizon.ticks)))
        return result

    def calendar_of(self, machine: Machine) -> str | None:
        """Calendar that holds for a machine: its own, its work centre's, its plant's."""
        centre = self._centres.get(machine.work_centre) if machine.work_centre else None
        return (
            machine.calendar
            or (centre.calendar if centre else None)
            or self.plant(machine.plant).calendar
        )

    def machine(self, machine: Machine) -> list[Interval]:
        """Hours of a machine, without its downtimes."""
        if machine.id not in self._machines:
            hours = self.open(self.calendar_of(machine), machine.plant)
            self._machines[machine.id] = without(hours, self.down(machine.downtimes, machine.plant))
        return self._machines[machine.id]

    def of_machine(self, machine: Machine) -> tuple[str | None, ...]:
        """What tells its hours from those of other machines; most have the hours of a calendar."""
        if machine.downtimes:
            return ("machine", machine.id)
        return ("calendar", self.calendar_of(machine), machine.plant)

    def pool(self, pool: LabourPool) -> list[Piece]:
        """People of a counted pool over time, in thousandths."""
        calendar = pool.calendar or self.plant(pool.plant).calendar
        usual = int(pool.people * SCALE)
        scaled = [
            (a, b, usual if level == USUAL else level * SCALE)
            for a, b, level in self.levels(calendar, pool.plant, USUAL)
        ]
        return cut(scaled, self.down(pool.downtimes, pool.plant))

    def worker(self, worker: Worker, pool: LabourPool) -> list[Piece]:
        """A named member: one, or nobody."""
        calendar = worker.calendar or pool.calendar or self.plant(pool.plant).calendar
        downtimes = (*pool.downtimes, *worker.downtimes)
        hours = without(self.open(calendar, pool.plant), self.down(downtimes, pool.plant))
        return as_levels(hours, self.horizon.ticks, SCALE)

    def tool(self, tool: Tool) -> list[Piece]:
        """Tools of a kind over time, in thousandths."""
        usual = int(tool.count * SCALE)
        scaled = [
            (a, b, usual if level == USUAL else level * SCALE)
            for a, b, level in self.levels(tool.calendar, tool.plant, USUAL)
        ]
        return cut(scaled, self.down(tool.downtimes, tool.plant))

    def registered(self, key: object) -> int | None:
        """Index of the calendar made for a key; None before it is."""
        return self._index.get(key)

    def register(self, key: object, parts: Sequence[Sequence[Interval]]) -> int:
        """Index of the calendar that is open where all ``parts`` are; made once for a key."""
        if key not in self._index:
            hours: Sequence[Interval] = self.always
            for part in parts:
                if part is not self.always:
                    hours = part if hours is self.always else intersect(hours, part)
            self._index[key] = self._add(hours)
        return self._index[key]

    def _add(self, hours: Sequence[Interval]) -> int:
        time = WorkTime.of(hours)
        content = (time.opens.tobytes(), time.closes.tobytes())
        if content not in self._index:
            self._index[content] = len(self._times)
            self._times.append(time)
        return self._index[content]

    @cached_property
    def around_the_clock(self) -> int:
        """Index of the calendar that is always open."""
        return self.register(("always",), [self.always])

    def day_counter(self, calendar: str | None, plant: str) -> int:
        """Calendar with one open tick at the end of each day before an open day: n worked ticks are
        n open days.

        Worked from any tick of day D, n ticks end at 00:00 of the n-th open day after D, which is
        how lead times count. Without a calendar every day is open.
        """
        return self.register(("days", calendar, plant), [self._day_ends(calendar, plant)])

    def _day_ends(self, calendar: str | None, plant: str) -> list[Interval]:
        zone = self.zone(plant)
        hours = self.open(calendar, plant)
        result: list[Interval] = []
        starts = np.array([a for a, _ in hours], dtype=np.int64)
        stops = np.array([b for _, b in hours], dtype=np.int64)
        day = self.horizon.origin.astimezone(zone).date()
        while True:
            day += DAY
            begin = self.horizon.at_or_after(instant(day, zone))
            end = self.horizon.at_or_after(instant(day, zone, end=True))
            if begin > self.horizon.ticks:
                return result
            first = int(np.searchsorted(stops, begin, side="right"))
            if first < len(starts) and starts[first] < end and begin >= 1:
                result.append((begin - 1, begin))

    def part_counter(self, calendar: str | None, plant: str, part: Fraction) -> int:
        """Calendar with one open tick in each open day, which ends when ``part`` of the day's open
        hours have passed.
        """
        key = ("part", calendar, plant, part)
        return self.register(key, [self._part_ends(calendar, plant, part)])

    def _part_ends(self, calendar: str | None, plant: str, part: Fraction) -> list[Interval]:
        time = WorkTime.of(self.open(calendar, plant))
        result: list[Interval] = []
        for begin, end in self._days(plant):
            work = int(-(-part * (time.worked(end) - time.worked(begin)) // 1))
            if work:
                there = time.finish(begin, work)
                result.append((there - 1, there))
        return result

    def longest_day(self, calendar: str | None, plant: str) -> int:
        """Most open ticks of a calendar in one local day of a plant."""
        key = (calendar, plant)
        if key not in self._longest_days:
            time = WorkTime.of(self.open(calendar, plant))
            days = self._days(plant)
            self._longest_days[key] = max((time.worked(b) - time.worked(a) for a, b in days))
        return self._longest_days[key]

    def _days(self, plant: str) -> Iterator[Interval]:
        """Local days of a plant, as far as they lie in the horizon."""
        zone = self.zone(plant)
        day = self.horizon.origin.astimezone(zone).date()
        while (begin := self.horizon.at_or_after(instant(day, zone))) < self.horizon.ticks:
            day += DAY
            end = self.horizon.at_or_after(instant(day, zone))
            yield max(begin, 0), min(end, self.horizon.ticks)

    def time(self, calendar: int) -> WorkTime:
        """Worked time of a registered calendar."""
        return self._times[calendar]

    def longest(self, calendar: int) -> int:
        """Longest open stretch of a registered calendar, 0 when it is never open."""
        while len(self._longest) < len(self._times):
            self._longest.append(self._times[len(self._longest)].longest)
        return self._longest[calendar]

    def tables(self) -> tuple[Table, Ticks]:
        """``windows`` and ``calendar_rows`` of the problem."""
        rows = np.concatenate(([0], np.cumsum([len(t.opens) for t in self._times]))).astype(
            np.int64
        )
        windows = [t.table() for t in self._times] or [np.zeros((0, 3), dtype=np.int64)]
        return np.ascontiguousarray(np.concatenate(windows), dtype=np.int64), rows

    def calendar(self, calendar: str) -> Calendar | None:
        """The calendar as it was given."""
        return self._calendars.get(calendar)


def as_levels(hours: Sequence[Interval], end: int, level: int) -> list[Piece]:
    """Open intervals as levels that cover ``[0, end)``."""
    result: list[Piece] = []
    at = 0
    for start, stop in hours:
        if start > at:
            result.append((at, start, 0))
        result.append((start, stop, level))
        at = stop
    if at < end:
        result.append((at, end, 0))
    return result


def cut(levels: Sequence[Piece], closed: Sequence[Interval]) -> list[Piece]:
    """Levels, with 0 during ``closed``."""
    if not closed:
        return list(levels)
    result: list[Piece] = []
    for start, end, level in levels:
        inside = without([(start, end)], closed)
        at = start
        for a, b in inside:
            if a > at:
                result.append((at, a, 0))
            result.append((a, b, level))
            at = b
        if at < end:
            result.append((at, end, 0))
    return result

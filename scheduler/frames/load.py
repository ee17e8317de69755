"""Load: how much of each machine's open time a schedule works, by local day or week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scheduler.factory.zones import zone_of
from scheduler.hours import free_again, open_windows_of_each, worked_before
from scheduler.measures import undated
from scheduler.problem import Machine, Mode, Problem

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from scheduler.build.model import Built
    from scheduler.factory import Snapshot
    from scheduler.schedule import Schedule

Ticks = NDArray[np.int64]
DAYS_SHOWN_SINGLY = 70


class Period(StrEnum):
    """What one row of load covers."""

    DAY = "day"
    WEEK = "week"
    """Seven days from Monday."""


@dataclass(frozen=True, slots=True)
class LoadRow:
    """One machine in one period; hours are machine hours (two places at work count twice).

    Parameters
    ----------
    starts
        First local day of the period.
    open_hours
        Hours in which work was possible, of all places together.
    worked_hours, setup_hours
        Hours of run and teardown, and of setup.
    """

    machine: str
    plant: str
    starts: date
    days: int
    open_hours: float
    worked_hours: float
    setup_hours: float

    @property
    def ratio(self) -> float | None:
        """Part of the open hours that is used; None when it was never open."""
        used = self.worked_hours + self.setup_hours
        return used / self.open_hours if self.open_hours else None


def load(
    built: Built, schedule: Schedule, snapshot: Snapshot, period: Period | None = None
) -> list[LoadRow]:
    """Load of every machine that has places to work on, from the plan's origin to its last end.

    Parameters
    ----------
    period
        None: days, or weeks for plans longer than ten weeks.
    """
    if not schedule.size or not len(built.machines):
        return []
    pieces = _Pieces.of(built.problem, schedule)
    if not len(pieces.machine):
        return []
    found = []
    zones = {plant.id: zone_of(plant.time_zone) for plant in snapshot.plants}
    plant_of = {machine.id: machine.plant for machine in snapshot.machines}
    last = int(pieces.ends.max())
    period = period or (Period.DAY if _days(built, last) <= DAYS_SHOWN_SINGLY else Period.WEEK)
    borders: dict[str, tuple[list[date], Ticks]] = {}
    open_hours = open_windows_of_each(built.problem)
    by_machine = pieces.by_machine(len(built.machines))
    for machine, name in enumerate(built.machines):
        slots = len(built.problem.slots_of(machine))
        if not slots:
            continue
        plant = plant_of.get(name, "")
        if plant not in borders:
            borders[plant] = _borders(built, last, zones.get(plant), period)
        starts, ticks = borders[plant]
        hours = _hours(built, pieces, by_machine[machine], ticks)
        open_ticks = np.diff(worked_before(open_hours[machine], ticks)) * slots
        per_hour = timedelta(hours=1) / built.horizon.tick
        for day, (first, free, (run, setup)) in enumerate(
            zip(starts, (open_ticks / per_hour).tolist(), (hours / per_hour).tolist(), strict=True)
        ):
            length = (starts[day + 1] - first).days if day + 1 < len(starts) else _DAYS[period]
            found.append(LoadRow(name, plant, first, length, free, run, setup))
    return found


_DAYS = {Period.DAY: 1, Period.WEEK: 7}


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Intervals in which a machine is taken: columns, one row each."""

    machine: Ticks
    calendar: Ticks
    starts: Ticks
    ends: Ticks
    is_setup: NDArray[np.bool_]

    @classmethod
    def of(cls, problem: Problem, schedule: Schedule) -> _Pieces:
        """Setup and run of what was placed on a machine; a batch counts once."""
        modes = problem.modes[schedule.mode]
        machine = modes[:, Mode.MACHINE]
        kept = np.flatnonzero((machine >= 0) & ~undated(problem, schedule))
        batch = problem.machines[machine[kept], Machine.BATCH] > 0
        kept = np.concatenate([kept[~batch], _once_per_batch(schedule, kept[batch])])
        end = free_again(problem, schedule)[kept]
        twice = np.concatenate([kept, kept])
        return cls(
            machine=machine[twice],
            calendar=modes[twice, Mode.CALENDAR],
            starts=np.concatenate([schedule.setup[kept], schedule.start[kept]]),
            ends=np.concatenate([schedule.start[kept], end]),
            is_setup=np.repeat([True, False], len(kept)),
        )

    def by_machine(self, machines: int) -> list[Ticks]:
        """Rows of each machine."""
        rows = np.argsort(self.machine, kind="stable").astype(np.int64)
        borders = np.searchsorted(self.machine[rows], np.arange(1, machines))
        return np.split(rows, borders)


def _once_per_batch(schedule: Schedule, operations: Ticks) -> Ticks:
    keys = np.stack([schedule.slot[operations], schedule.start[operations]])
    _, first = np.unique(keys, axis=1, return_index=True)
    return operations[first]


def _hours(built: Built, pieces: _Pieces, mine: Ticks, borders: Ticks) -> NDArray[np.int64]:
    """Worked ticks of each period in the rows ``mine``, shape (periods, 2): run and setup."""
    total = np.zeros((len(borders) - 1, 2), dtype=np.int64)
    for calendar in np.unique(pieces.calendar[mine]):
        chosen = mine[pieces.calendar[mine] == calendar]
        windows = built.problem.calendar(int(calendar))
        starts, ends = pieces.starts[chosen], pieces.ends[chosen]
        first = np.searchsorted(borders, starts, side="right") - 1
        last = np.maximum(first + 1, np.searchsorted(borders, ends, side="left"))
        counts = last - first
        row = np.repeat(np.arange(len(chosen)), counts)
        period = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts) + first[row]
        period = np.clip(period, 0, len(borders) - 2)
        low = np.maximum(starts[row], borders[period])
        high = np.minimum(ends[row], borders[period + 1])
        worked = worked_before(windows, np.maximum(low, high)) - worked_before(windows, low)
        np.add.at(total, (period, pieces.is_setup[chosen][row].astype(np.int64)), worked)
    return total


def _days(built: Built, last: int) -> float:
    return (built.horizon.moment(last) - built.horizon.origin) / timedelta(days=1)


def _borders(
    built: Built, last: int, zone: ZoneInfo | None, period: Period
) -> tuple[list[date], Ticks]:
    """First local day of each period up to tick ``last``, and the ticks between them (one more)."""
    first = built.horizon.origin.astimezone(zone or UTC).date()
    if period is Period.WEEK:
        first -= timedelta(days=first.weekday())
    until = built.horizon.moment(max(0, last - 1)).astimezone(zone or UTC).date()
    step = timedelta(days=_DAYS[period])
    count = (until - first) // step + 1
    days = [first + index * step for index in range(count + 1)]
    ticks = [
        built.horizon.at_or_after(
            datetime(d.year, d.month, d.day, tzinfo=zone or UTC).astimezone(UTC)
        )
        for d in days
    ]
    return days[:-1], np.array(ticks, dtype=np.int64)

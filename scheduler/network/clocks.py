"""Clocks: open time of calendars in whole seconds, forwards and backwards, as far as asked for.

A clock is laid out on first use and grows when a later moment is asked for. Fed by the snapshot's
calendars; read by ``lead_times`` and ``durations``, which estimate dates before anything is
scheduled.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from scheduler.factory.zones import zone_of
from scheduler.findings import BeyondHorizonError
from scheduler.horizon import Horizon
from scheduler.worktime import Interval, WorkTime, instant, intersect, open_where, pieces

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from scheduler.factory.calendars import Calendar

SECOND = timedelta(seconds=1)
BEFORE_NOW = timedelta(days=45)
"""Clocks begin this long before now, so that lead times that began earlier can be counted."""
FIRST_REACH = 400 * 86_400
LAST_REACH = 170 * 365 * 86_400
"""No clock is laid out past this; what is not open until then never is."""


class CalendarEndsError(Exception):
    """A date is asked for after the last day a calendar was given for."""

    def __init__(self, calendar: str, known_until: date) -> None:
        super().__init__(f"calendar {calendar} is only known until {known_until.isoformat()}")
        self.calendar = calendar
        self.known_until = known_until


class Clock:
    """Time during which all of ``calendars`` are open; seconds since ``origin``.

    Parameters
    ----------
    calendars
        With the zone each is read in. Empty: always open.
    origin
        Aware; second 0.
    """

    def __init__(self, calendars: Sequence[tuple[Calendar, ZoneInfo]], origin: datetime) -> None:
        self._calendars = tuple(calendars)
        self.always = not self._calendars
        """Whether nothing limits it."""
        self._origin = origin
        self._reach = 0
        self._opens: list[int] = []
        self._closes: list[int] = []
        self._before: list[int] = []
        self._ends = self._known_end()

    def _known_end(self) -> tuple[int, str, date] | None:
        """Second after which a calendar is not known, with its id and last day."""
        ends = []
        for calendar, zone in self._calendars:
            until = calendar.known_until
            if until is not None:
                moment = instant(until, zone, end=True)
                last = until.astimezone(zone).date() if isinstance(until, datetime) else until
                ends.append(((moment - self._origin) // SECOND, calendar.id, last))
        return min(ends, default=None)

    def check(self, at: int) -> None:
        """Raise :class:`CalendarEndsError` when ``at`` lies after what is known."""
        if self._ends is not None and at > self._ends[0]:
            raise CalendarEndsError(self._ends[1], self._ends[2])

    def _lay_out(self, until: int) -> None:
        reach = max(self._reach, FIRST_REACH)
        while reach <= until:
            reach *= 2
        reach = min(reach, LAST_REACH)
        if reach <= self._reach:
            return
        horizon = Horizon(self._origin, self._origin + reach * SECOND, SECOND)
        hours: list[Interval] = [(0, reach)]
        for calendar, zone in self._calendars:
            hours = intersect(hours, open_where(pieces(calendar, zone, horizon)))
        time = WorkTime.of(hours)
        self._opens, self._closes = time.opens.tolist(), time.closes.tolist()
        self._before = time.before.tolist()
        self._reach = reach

    def worked(self, at: int) -> int:
        """Open seconds from the origin to ``at``."""
        if self.always:
            return at
        if at >= self._reach:
            self._lay_out(at)
        i = bisect_right(self._opens, at) - 1
        if i < 0:
            return 0
        close = self._closes[i]
        return self._before[i] + (at if at < close else close) - self._opens[i]

    def back(self, end: int, work: int) -> int:
        """Latest second from which ``work`` open seconds fit in before ``end``; below 0 for none.

        Raises
        ------
        CalendarEndsError
            When ``end`` lies after what is known.
        """
        if self._ends is not None:
            self.check(end)
        if work <= 0 or self.always:
            return end - work
        target = self.worked(end) - work
        if target < 0:
            return min(target, end - work)
        # side="right": work that starts where a shift opens starts there, not at the close before.
        i = bisect_right(self._before, target) - 1
        return self._opens[i] + target - self._before[i]

    def forward(self, start: int, work: int) -> int:
        """Earliest second at which ``work`` open seconds have passed since ``start``.

        Raises
        ------
        CalendarEndsError
            When that lies after what is known.
        BeyondHorizonError
            When it is never open that long.
        """
        if work <= 0 or self.always:
            return start + max(0, work)
        target = self.worked(start) + work
        while True:
            i = bisect_left(self._before, target) - 1
            if i >= 0 and target <= self._before[i] + self._closes[i] - self._opens[i]:
                return self._opens[i] + target - self._before[i]
            self._grow()

    def next_open(self, at: int) -> int:
        """First open second not before ``at``. Raises as :meth:`forward`."""
        if self.always:
            return at
        if at >= self._reach:
            self._lay_out(at)
        while True:
            i = bisect_right(self._closes, at)
            if i < len(self._opens):
                return max(at, self._opens[i])
            self._grow()

    def last_open(self, at: int) -> int:
        """Last second up to ``at`` at which it is open, or has just closed; below 0 for none."""
        if self.always:
            return at
        self.check(at)
        if at >= self._reach:
            self._lay_out(at)
        i = bisect_right(self._opens, at) - 1
        return -1 if i < 0 else min(at, self._closes[i])

    def _grow(self) -> None:
        if self._ends is not None:
            self.check(self._reach)
        if self._reach >= LAST_REACH:
            raise BeyondHorizonError("never open again")
        self._lay_out(self._reach)


class Clocks:
    """All clocks of one snapshot, each laid out once.

    Parameters
    ----------
    calendars, zones
        Calendars by id, and zone by plant.
    now
        Aware.
    """

    def __init__(
        self, calendars: dict[str, Calendar], zones: dict[str, ZoneInfo], now: datetime
    ) -> None:
        start = (now - BEFORE_NOW).astimezone(UTC)
        self.origin = start.replace(hour=0, minute=0, second=0, microsecond=0)
        self.now = self.seconds(now)
        self._calendars = calendars
        self._zones = zones
        self._clocks: dict[tuple[tuple[str, str], ...], Clock] = {}

    def seconds(self, moment: datetime) -> int:
        """Whole seconds since the origin, rounded up."""
        return -((self.origin - moment) // SECOND)

    def moment(self, at: int) -> datetime:
        """The instant, in UTC."""
        return self.origin + timedelta(seconds=at)

    def zone(self, plant: str) -> ZoneInfo:
        """Zone of a plant; UTC for one that is not known."""
        return self._zones.get(plant) or zone_of("UTC")

    def day(self, at: int, plant: str) -> date:
        """Local day of a moment."""
        return self.moment(at).astimezone(self.zone(plant)).date()

    def start_of(self, day: date, plant: str) -> int:
        """First second of a local day."""
        return self.seconds(instant(day, self.zone(plant)))

    def at(self, moment: date | datetime, plant: str, *, end: bool = False) -> int:
        """A day's start (or, with ``end``, its end) or an instant."""
        return self.seconds(instant(moment, self.zone(plant), end=end))

    def clock(self, plant: str, *calendars: str | None) -> Clock:
        """Clock that is open where all ``calendars`` are; absent and unknown ones are no limit."""
        key = []
        for name in calendars:
            calendar = self._calendars.get(name) if name else None
            if calendar is not None and (calendar.rules or not calendar.open_by_default):
                key.append((calendar.id, calendar.time_zone or self.zone(plant).key))
        chosen = tuple(sorted(set(key)))
        if chosen not in self._clocks:
            # The zone is settled here: one that is not known must not stop the plan.
            parts = [
                (self._calendars[name].model_copy(update={"time_zone": None}), zone_of(zone))
                for name, zone in chosen
            ]
            self._clocks[chosen] = Clock(parts, self.origin)
        return self._clocks[chosen]

"""Lead times: when what is not scheduled hour by hour is there, and when it must be ordered.

The day of ordering is day 0. Whole days are counted on the lead time's calendar (else the receiving
calendar of the plant of arrival, else every day); goods are there at the opening of the arrival
day, and an arrival on a closed day moves to the next open one. A part of a working day is that
part of the day's open hours, worked from the opening (from the order where there are no whole
days); a part of a calendar day is that part of 24 hours. Hours are elapsed time.

Read by the other files of ``network``, and by whoever dates a purchase.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from fractions import Fraction

from scheduler.factory import LeadTime, LeadTimeUnit, Plant, Snapshot, Subcontract
from scheduler.factory.zones import zone_of
from scheduler.network.clocks import Clock, Clocks

DAY = timedelta(days=1)
DAY_SECONDS = 86_400
HOUR_SECONDS = 3_600
LONGEST_CLOSURE = 3_660
"""Days an opening is looked for before a calendar counts as closed for good."""


class LeadTimes:
    """Lead times of one snapshot, on the calendars of its plants.

    Moments are aware datetimes in the public methods, seconds of ``clocks`` in those that end in
    ``_at``. All of them raise :class:`scheduler.network.clocks.CalendarEndsError` when they would
    need a day that a calendar was not given for, and
    :class:`scheduler.findings.BeyondHorizonError` for a calendar that never opens again.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.plants: dict[str, Plant] = {p.id: p for p in reversed(snapshot.plants)}
        zones = {name: zone_of(plant.time_zone) for name, plant in self.plants.items()}
        calendars = {c.id: c for c in reversed(snapshot.calendars)}
        self.clocks = Clocks(calendars, zones, snapshot.now)
        self._arrivals: dict[tuple[LeadTime, date, str, str | None], int] = {}
        self._orders: dict[tuple[LeadTime, int, str, str | None], int] = {}

    def receiving_calendar(self, plant: str) -> str | None:
        """Calendar on which a plant receives: its receiving calendar, else its own."""
        found = self.plants.get(plant)
        return (found.receiving_calendar or found.calendar) if found is not None else None

    def arrival(
        self, lead: LeadTime, ordered: datetime, plant: str, receiving: str | None = None
    ) -> datetime:
        """When something ordered at ``ordered`` is there.

        Parameters
        ----------
        receiving
            Calendar that receives, where the lead time names none. Absent: the plant's.
        """
        at = self.arrival_at(lead, self.clocks.seconds(ordered), plant, receiving)
        return self.clocks.moment(at)

    def latest_order(
        self, lead: LeadTime, needed: datetime, plant: str, receiving: str | None = None
    ) -> datetime:
        """Latest moment to order what must be there at ``needed``.

        For lead times of whole days that is the opening (else the start) of the latest day to
        order on.
        """
        at = self.latest_order_at(lead, self.clocks.seconds(needed), plant, receiving)
        return self.clocks.moment(at)

    def subcontract_end(self, work: Subcontract, start: datetime, plant: str) -> datetime:
        """When what is shipped out at ``start`` is back; each leg counts on its own calendar."""
        return self.clocks.moment(self.subcontract_end_at(work, self.clocks.seconds(start), plant))

    def subcontract_end_at(self, work: Subcontract, start: int, plant: str) -> int:
        """:meth:`subcontract_end` in seconds."""
        for leg in (work.ship_out, work.work, work.ship_back):
            start = self.arrival_at(leg, start, plant)
        return start

    def subcontract_start_at(self, work: Subcontract, end: int, plant: str) -> int:
        """Latest start of a subcontracted step that is to be back at ``end``."""
        for leg in (work.ship_back, work.work, work.ship_out):
            end = self.latest_order_at(leg, end, plant)
        return end

    def arrival_at(
        self, lead: LeadTime, ordered: int, plant: str, receiving: str | None = None
    ) -> int:
        """:meth:`arrival` in seconds."""
        amount = lead.amount
        if not amount:
            return ordered
        if lead.unit is LeadTimeUnit.HOURS:
            return ordered + _up(Fraction(amount) * HOUR_SECONDS)
        whole = int(amount)
        if whole == 0:
            return self._part_of_a_day(lead, ordered, plant, receiving)
        key = (lead, self.clocks.day(ordered, plant), plant, receiving)
        if key not in self._arrivals:
            self._arrivals[key] = self._whole_days(lead, key[1], plant, receiving)
        return self._arrivals[key]

    def _clock(self, lead: LeadTime, plant: str, receiving: str | None) -> Clock:
        return self.clocks.clock(
            plant, lead.calendar or receiving or self.receiving_calendar(plant)
        )

    def _part_of_a_day(self, lead: LeadTime, start: int, plant: str, receiving: str | None) -> int:
        clock = self._clock(lead, plant, receiving)
        part = Fraction(lead.amount)
        if lead.unit is LeadTimeUnit.CALENDAR_DAYS:
            return clock.next_open(start + _up(part * DAY_SECONDS))
        start = clock.next_open(start)
        day = self.clocks.day(start, plant)
        return clock.forward(start, _up(part * self._open_seconds(clock, day, plant)))

    def _whole_days(self, lead: LeadTime, day: date, plant: str, receiving: str | None) -> int:
        clock = self._clock(lead, plant, receiving)
        whole, part = int(lead.amount), Fraction(lead.amount) % 1
        if lead.unit is LeadTimeUnit.CALENDAR_DAYS:
            start = self.clocks.start_of(day + whole * DAY, plant)
            return clock.next_open(start + _up(part * DAY_SECONDS))
        for _ in range(whole):
            day = self._open_day_after(clock, day, plant)
        opening = clock.next_open(self.clocks.start_of(day, plant))
        if not part:
            return opening
        return clock.forward(opening, _up(part * self._open_seconds(clock, day, plant)))

    def _open_seconds(self, clock: Clock, day: date, plant: str) -> int:
        begin = self.clocks.start_of(day, plant)
        end = self.clocks.start_of(day + DAY, plant)
        return clock.worked(end) - clock.worked(begin)

    def _open_day_after(self, clock: Clock, day: date, plant: str) -> date:
        """The next day with any open time."""
        opening = clock.next_open(self.clocks.start_of(day + DAY, plant))
        return self.clocks.day(opening, plant)

    def latest_order_at(
        self, lead: LeadTime, needed: int, plant: str, receiving: str | None = None
    ) -> int:
        """:meth:`latest_order` in seconds."""
        if not lead.amount:
            return needed
        if lead.unit is LeadTimeUnit.HOURS:
            return needed - _up(Fraction(lead.amount) * HOUR_SECONDS)
        key = (lead, needed, plant, receiving)
        if key not in self._orders:
            self._orders[key] = self._latest(lead, needed, plant, receiving)
        return self._orders[key]

    def _latest(self, lead: LeadTime, needed: int, plant: str, receiving: str | None) -> int:
        clock = self._clock(lead, plant, receiving)
        clock.check(needed)
        whole = int(lead.amount)
        if whole == 0:
            return self._latest_part(lead, clock, needed, plant)
        # The walk starts at the day of need and stops where nothing can be ordered any more.
        day = self.clocks.day(needed, plant)
        first = self.clocks.day(0, plant)
        if lead.unit is LeadTimeUnit.CALENDAR_DAYS:
            day -= whole * DAY
        else:
            day = self._days_back(clock, day, whole, plant)
        while day > first and self._whole_days(lead, day, plant, receiving) > needed:
            day -= DAY
        return self._order_moment(clock, day, plant)

    def _days_back(self, clock: Clock, day: date, count: int, plant: str) -> date:
        """The day before the ``count``-th open day counted back from ``day`` (itself included)."""
        first = self.clocks.day(0, plant)
        while count and day > first:
            if self._open_seconds(clock, day, plant):
                count -= 1
            day -= DAY
        return day - count * DAY

    def _latest_part(self, lead: LeadTime, clock: Clock, needed: int, plant: str) -> int:
        part = Fraction(lead.amount)
        if lead.unit is LeadTimeUnit.CALENDAR_DAYS:
            return clock.last_open(needed) - _up(part * DAY_SECONDS)
        day = self.clocks.day(max(0, clock.last_open(needed) - 1), plant)
        return clock.back(needed, _up(part * self._open_seconds(clock, day, plant)))

    def _order_moment(self, clock: Clock, day: date, plant: str) -> int:
        begin = self.clocks.start_of(day, plant)
        if clock.always or begin < 0:
            return begin
        opening = clock.next_open(begin)
        return opening if opening < self.clocks.start_of(day + DAY, plant) else begin


def _up(value: Fraction) -> int:
    """Whole seconds, rounded up."""
    return -(-value.numerator // value.denominator)

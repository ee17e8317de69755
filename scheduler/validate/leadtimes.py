"""When something is there that is bought, moved or shipped: lead times counted on days and hours.

The day of ordering is day 0; goods are there at the opening of the arrival day; an arrival on a
closed day moves to the next open one; a part of a working day is that part of the day's open hours.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.factory.values import LeadTime, LeadTimeUnit
from scheduler.validate.openings import ONE_DAY, day_border

if TYPE_CHECKING:
    from datetime import date
    from zoneinfo import ZoneInfo

    from scheduler.horizon import Horizon
    from scheduler.validate.worked import Hours

DAYS_SEARCHED = 3660
"""An open day is looked for this far; a calendar that is closed longer never receives."""
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Receiving:
    """Where days are counted.

    Parameters
    ----------
    hours
        Of the calendar that counts and receives; None: every day from 00:00.
    zone
        Whose days.
    """

    horizon: Horizon
    hours: Hours | None
    zone: ZoneInfo

    def day_of(self, tick: int) -> date:
        """Local day of a tick."""
        return self.horizon.moment(tick).astimezone(self.zone).date()

    def span(self, day: date) -> tuple[int, int]:
        """First tick of a local day and of the next."""
        first = self.horizon.at_or_after(day_border(day, 0, self.zone))
        return first, self.horizon.at_or_after(day_border(day, 1440, self.zone))

    def opening(self, day: date) -> int | None:
        """First open tick of a local day; None when it is closed."""
        first, last = self.span(day)
        if self.hours is None:
            return first
        opened = self.hours.next_open(first)
        return opened if opened is not None and opened < last else None

    def open_day(self, day: date, count: int) -> date | None:
        """``count`` open days after ``day`` (0: ``day`` itself, or the first open one after it)."""
        left = count
        for number in range(DAYS_SEARCHED):
            candidate = day + number * ONE_DAY
            if self.opening(candidate) is None or (number == 0 and count > 0):
                continue
            if count == 0 or left == 1:
                return candidate
            left -= 1
        return None

    def worked_part(self, day: date, since: int, part: Fraction) -> int | None:
        """When ``part`` of the open hours of ``day`` have passed since a tick."""
        first, last = self.span(day)
        if self.hours is None:
            return since + -int(-part * (last - first) // 1)
        work = -int(-part * self.hours.worked(first, last) // 1)
        return self.hours.finish(since, work)


def arrival(start: int, lead: LeadTime, receiving: Receiving) -> int | None:
    """Tick at which something ordered at ``start`` is there; None when no day is ever open."""
    amount = Fraction(lead.amount)
    if amount == 0:
        return start
    if lead.unit is LeadTimeUnit.HOURS:
        return start + _ticks(amount * 3600, receiving)
    whole, part = int(amount), amount - int(amount)
    if lead.unit is LeadTimeUnit.WORKING_DAYS:
        return _after_working_days(start, whole, part, receiving)
    return _after_calendar_days(start, whole, part, receiving)


def _ticks(seconds: Fraction, receiving: Receiving) -> int:
    return receiving.horizon.length_of_seconds(seconds)


def _after_working_days(start: int, whole: int, part: Fraction, receiving: Receiving) -> int | None:
    day = receiving.open_day(receiving.day_of(start), whole)
    if day is None:
        return None
    opened = receiving.opening(day)
    if opened is None or part == 0:
        return opened
    return receiving.worked_part(day, max(opened, start) if whole == 0 else opened, part)


def _after_calendar_days(
    start: int, whole: int, part: Fraction, receiving: Receiving
) -> int | None:
    """A part of a calendar day is that part of 24 hours; the goods are received in the next open
    hour.
    """
    if whole == 0:
        there = start + _ticks(part * DAY_SECONDS, receiving)
    else:
        there = receiving.span(receiving.day_of(start) + whole * ONE_DAY)[0]
        there += _ticks(part * DAY_SECONDS, receiving)
    return there if receiving.hours is None else receiving.hours.next_open(there)

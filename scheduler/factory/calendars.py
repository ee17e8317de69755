"""Calendars: when something is open, as rules on local time of day.

At any instant the rule with the lowest rank that covers it decides; where none does,
``open_by_default`` does. The rank is the rule's ``priority`` or, where absent, its kind's: downtime
0, overtime 10, holiday 20, shift 30. A shift that ends at or before it starts runs over midnight
and belongs to the day it starts on.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from scheduler.factory.values import ClockTime, Ident, Moment, Part, Quantity

if TYPE_CHECKING:
    from datetime import date, datetime

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)


class RuleKind(StrEnum):
    """What a rule is, which gives its rank."""

    SHIFT = "shift"
    HOLIDAY = "holiday"
    OVERTIME = "overtime"
    DOWNTIME = "downtime"


RANK = {RuleKind.DOWNTIME: 0, RuleKind.OVERTIME: 10, RuleKind.HOLIDAY: 20, RuleKind.SHIFT: 30}


class CalendarRule(Part):
    """Open or closed at some hours of some days."""

    kind: RuleKind = RuleKind.SHIFT
    """Shifts and overtime open, holidays and downtime close."""
    days: tuple[int, ...] = EVERY_DAY
    """0 is Monday. Absent: every day."""
    starts: ClockTime = "00:00"
    ends: ClockTime = "24:00"
    valid_from: Moment | None = None
    """First day, or instant. Absent: always was. Holidays and downtime: also the start of the
    closed time.
    """
    valid_to: Moment | None = None
    """Last day (whole), or instant after the last. Absent: for ever."""
    level: Quantity | None = None
    """People, tools or units there (for what is counted). Absent: 1 when open, 0 when closed."""
    priority: int | None = None
    """Rank; lower wins. Absent: by kind."""
    reason: str = ""

    @property
    def opens(self) -> bool:
        """Whether this rule opens (or gives a level above zero)."""
        if self.level is not None:
            return self.level > 0
        return self.kind in (RuleKind.SHIFT, RuleKind.OVERTIME)

    @property
    def rank(self) -> int:
        """Lower decides first."""
        return RANK[self.kind] if self.priority is None else self.priority


class Calendar(Part):
    """When something is open."""

    id: Ident
    time_zone: str | None = None
    """IANA name. Absent: the zone of the plant that uses it."""
    open_by_default: bool = False
    """Where no rule speaks. A calendar without rules that is open by default is no limit at all."""
    rules: tuple[CalendarRule, ...] = ()
    known_until: Moment | None = None
    """Last day it was given for, when it lists days one by one: nothing is dated after it. Absent:
    for ever.
    """

    @property
    def last_day(self) -> date | datetime | None:
        """Last day (or instant after the last) on which it can be open.

        ``known_until`` or, where every opening has an end, the last of these. None: for ever.
        """
        ends = [rule.valid_to for rule in self.rules if rule.opens]
        known = [end for end in ends if end is not None]
        if self.known_until is not None or self.open_by_default or len(known) < len(ends):
            return self.known_until
        return max(known, key=lambda end: end.isoformat(), default=None)


class Downtime(Part):
    """A machine, pool or tool is not there between two moments."""

    starts: Moment
    """A day means its start."""
    ends: Moment | None = None
    """A day means its end. Absent: until further notice."""
    reason: str = ""

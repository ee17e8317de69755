"""When a calendar is open, and with how much: its rules laid out on the local days of its zone,
piece by piece.

Written apart from ``worktime`` on purpose: the validator shares no arithmetic with what it checks.
Time is laid out in *leaves* of four weeks, each on first use, so that a plan of a week never pays
for ten years of shifts.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from scheduler.factory.values import minutes_of
from scheduler.factory.zones import zone_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from zoneinfo import ZoneInfo

    from scheduler.factory import Calendar, CalendarRule, Downtime
    from scheduler.horizon import Horizon

ONE_DAY = timedelta(days=1)
LEAF = timedelta(days=28)
ONE, NONE = Decimal(1), Decimal(0)
LAST = 10**9
"""Rank of "where no rule speaks"."""


class Opening(NamedTuple):
    """Open from ``start`` up to ``end`` (ticks, half-open) with ``level`` people, tools or
    units.
    """

    start: int
    end: int
    level: Decimal


class Ruling(NamedTuple):
    """A rule speaks from ``start`` up to ``end``; the lowest ``rank`` decides, then the one listed
    first.
    """

    start: int
    end: int
    rank: tuple[int, int]
    level: Decimal


def day_border(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """The instant at which the clocks of ``zone`` show ``minutes`` after the start of ``day`` (0 to
    2880).
    """
    days, minutes = divmod(minutes, 1440)
    day = day + days * ONE_DAY
    local = datetime(day.year, day.month, day.day, minutes // 60, minutes % 60, tzinfo=zone)
    return local.astimezone(UTC)


def first_instant(moment: datetime | date, zone: ZoneInfo) -> datetime:
    """A moment where a day means its start."""
    return moment if isinstance(moment, datetime) else day_border(moment, 0, zone)


def last_instant(moment: datetime | date, zone: ZoneInfo) -> datetime:
    """A moment where a day means its end."""
    return moment if isinstance(moment, datetime) else day_border(moment, 1440, zone)


def is_within(
    instant: datetime,
    valid_from: datetime | date | None,
    valid_to: datetime | date | None,
    zone: ZoneInfo,
) -> bool:
    """Whether a validity covers an instant: days are whole local days, both ends included."""
    if valid_from is not None and instant < first_instant(valid_from, zone):
        return False
    return valid_to is None or instant < last_instant(valid_to, zone)


def rule_spans(
    rule: CalendarRule, first: date, last: date, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime]]:
    """When ``rule`` speaks on the days from ``first`` to ``last``.

    A shift that ends at or before its start runs over midnight and belongs to the day it starts on,
    whole, also on the last day of validity; validity given as an instant cuts.
    """
    start, end = minutes_of(rule.starts), minutes_of(rule.ends)
    if end <= start:
        end += 1440
    opens, closes = rule.valid_from, rule.valid_to
    for number in range((last - first).days + 1):
        day = first + number * ONE_DAY
        if day.weekday() not in rule.days:
            continue
        low, high = day_border(day, start, zone), day_border(day, end, zone)
        if isinstance(opens, datetime):
            low = max(low, opens)
        elif opens is not None and day < opens:
            continue
        if isinstance(closes, datetime):
            high = min(high, closes)
        elif closes is not None and day > closes:
            continue
        if low < high:
            yield low, high


def decided(rulings: Sequence[Ruling], start: int, end: int) -> list[Opening]:
    """What the rulings come to between two ticks: at any tick the lowest rank that covers it
    decides.
    """
    borders = {start, end}
    for ruling in rulings:
        borders.add(min(max(ruling.start, start), end))
        borders.add(min(max(ruling.end, start), end))
    ordered = sorted(borders)
    arriving = sorted(rulings, reverse=True)
    active: list[Ruling] = []
    openings: list[Opening] = []
    for low, high in itertools.pairwise(ordered):
        while arriving and arriving[-1].start <= low:
            active.append(arriving.pop())
        active = [ruling for ruling in active if ruling.end > low]
        level = min(active, key=lambda ruling: ruling.rank).level if active else NONE
        if level <= 0:
            continue
        if openings and openings[-1].end == low and openings[-1].level == level:
            low = openings.pop().start
        openings.append(Opening(low, high, level))
    return openings


@dataclass(slots=True, eq=False)
class Openings:
    """One calendar, with what takes its user away (downtimes).

    Parameters
    ----------
    calendar
        None: always open.
    zone
        Zone of the plant that uses it; the calendar's own comes first.
    usual
        Level where a rule opens and names none.
    """

    horizon: Horizon
    calendar: Calendar | None
    zone: ZoneInfo
    downtimes: tuple[Downtime, ...] = ()
    usual: Decimal = ONE
    _leaves: dict[int, list[Opening]] = field(default_factory=dict)

    @property
    def leaf_ticks(self) -> int:
        """Ticks of one leaf."""
        return LEAF // self.horizon.tick

    def leaf(self, number: int) -> list[Opening]:
        """Openings of leaf ``number`` (leaf 0 begins at the plan's origin), sorted and disjoint."""
        if number not in self._leaves:
            start = number * self.leaf_ticks
            rulings = self._rulings(start, start + self.leaf_ticks)
            self._leaves[number] = decided(rulings, start, start + self.leaf_ticks)
        return self._leaves[number]

    def between(self, start: int, end: int) -> Iterator[Opening]:
        """Openings that touch ``[start, end)``."""
        for number in range(start // self.leaf_ticks, -(-end // self.leaf_ticks)):
            yield from (o for o in self.leaf(number) if o.start < end and o.end > start)

    def _ruling(
        self, low: datetime, high: datetime, rank: tuple[int, int], level: Decimal
    ) -> Ruling:
        return Ruling(self.horizon.at_or_after(low), self.horizon.at_or_before(high), rank, level)

    def _rulings(self, start: int, end: int) -> list[Ruling]:
        rulings = [
            self._ruling(low, high, (-1, 0), NONE) for low, high in self._absences(start, end)
        ]
        if self.calendar is None:
            return [*rulings, Ruling(start, end, (LAST, 0), self.usual)]
        zone = zone_of(self.calendar.time_zone) if self.calendar.time_zone else self.zone
        if self.calendar.open_by_default:
            rulings.append(Ruling(start, end, (LAST, 0), self.usual))
        if self.calendar.known_until is not None:
            known = self.horizon.at_or_before(last_instant(self.calendar.known_until, zone))
            rulings.append(Ruling(max(known, start), end, (-1, 0), NONE))
        first = self.horizon.moment(start).astimezone(zone).date() - ONE_DAY
        last = self.horizon.moment(end).astimezone(zone).date()
        for number, rule in enumerate(self.calendar.rules):
            usual = self.usual if rule.opens else NONE
            level = usual if rule.level is None else rule.level
            rulings += [
                self._ruling(low, high, (rule.rank, number), level)
                for low, high in rule_spans(rule, first, last, zone)
            ]
        return rulings

    def _absences(self, start: int, end: int) -> Iterator[tuple[datetime, datetime]]:
        """Downtimes; a day means its start for the beginning and its end for the end."""
        for downtime in self.downtimes:
            low = first_instant(downtime.starts, self.zone)
            high = self.horizon.moment(end)
            if downtime.ends is not None:
                high = last_instant(downtime.ends, self.zone)
            if low < self.horizon.moment(end) and high > self.horizon.moment(start):
                yield low, high

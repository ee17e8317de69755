"""The validator's own hours against a walk over the clock, minute by minute, also on days the
clocks change.
"""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler import factory as f
from scheduler.horizon import Horizon
from scheduler.validate.openings import NONE, ONE, Openings
from scheduler.validate.worked import Hours, plain
from tests.factories import DAY, WEEKDAYS, calendar

MINUTE = timedelta(minutes=1)
CHANGES = {
    "Europe/Berlin": (date(2027, 3, 28), date(2027, 10, 31)),
    "Australia/Sydney": (date(2027, 4, 4), date(2027, 10, 3)),
}
"""Days on which clocks change: both change between two and three in the morning."""

# Borders between two and three o'clock do not exist, or exist twice, on those days.
CLOCKS = st.sampled_from([f"{n // 4:02}:{n % 4 * 15:02}" for n in range(96) if not 8 <= n < 12])
SHIFTS = st.builds(
    f.CalendarRule,
    days=st.lists(st.integers(0, 6), min_size=1, unique=True).map(tuple),
    starts=CLOCKS,
    ends=CLOCKS,
)
CLOSED = st.builds(
    f.CalendarRule,
    kind=st.sampled_from((f.RuleKind.HOLIDAY, f.RuleKind.DOWNTIME)),
    days=st.lists(st.integers(0, 6), min_size=1, max_size=2).map(tuple),
    starts=CLOCKS,
    ends=CLOCKS,
)
CALENDARS = st.builds(
    lambda shifts, closed, default: f.Calendar(
        id="C", rules=(*shifts, *closed), open_by_default=default
    ),
    st.lists(SHIFTS, max_size=3),
    st.lists(CLOSED, max_size=2),
    st.booleans(),
)


@cache
def wall_clock(zone: str, day: date) -> list[tuple[int, str]]:
    """Weekday and clock at every minute of three days from the eve of a day, in UTC."""
    origin = eve(day)
    walked = (origin + n * MINUTE for n in range(3 * 1440))
    return [(m.weekday(), f"{m:%H:%M}") for m in (m.astimezone(ZoneInfo(zone)) for m in walked)]


def eve(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=1)


def speaks(rule: f.CalendarRule, today: int, clock: str) -> bool:
    """Whether a rule covers a minute, by what the clock on the wall shows."""
    if rule.starts < rule.ends:
        return today in rule.days and rule.starts <= clock < rule.ends
    yesterday = (today - 1) % 7
    return (today in rule.days and clock >= rule.starts) or (
        yesterday in rule.days and clock < rule.ends
    )


def is_open(calendar: f.Calendar, today: int, clock: str) -> bool:
    """The rule said the slow way: of the rules that cover a minute the lowest rank decides."""
    covering = [rule for rule in calendar.rules if speaks(rule, today, clock)]
    if not covering:
        return calendar.open_by_default
    return min(covering, key=lambda rule: rule.rank).opens


def hours_of(calendar: f.Calendar, zone: str, day: date) -> tuple[Hours, list[bool]]:
    """Hours with their origin on the eve of a day, and every minute of three days from there."""
    horizon = Horizon(eve(day), eve(day) + timedelta(days=400))
    walked = [is_open(calendar, today, clock) for today, clock in wall_clock(zone, day)]
    return plain(Openings(horizon, calendar, ZoneInfo(zone))), walked


@pytest.mark.parametrize(
    ("zone", "day"), [(zone, day) for zone, days in CHANGES.items() for day in days]
)
@given(rules=CALENDARS, start=st.integers(0, 3 * 1440), length=st.integers(0, 1440))
def test_worked_time_agrees_with_walking_the_clock(zone, day, rules, start, length) -> None:
    hours, walked = hours_of(rules, zone, day)
    end = min(start + length, len(walked))
    assert hours.worked(start, end) == sum(walked[start:end])
    inside = [minute for low, high in hours.pieces(start, end) for minute in range(low, high)]
    assert inside == [minute for minute in range(start, end) if walked[minute]]


@given(
    rules=CALENDARS,
    zone=st.sampled_from(list(CHANGES)),
    start=st.integers(0, 1440),
    work=st.integers(1, 900),
)
def test_an_end_is_the_first_minute_by_which_the_work_is_done(rules, zone, start, work) -> None:
    hours, walked = hours_of(rules, zone, CHANGES[zone][0])
    left, clock = work, start
    while left and clock < len(walked):
        left -= walked[clock]
        clock += 1
    if not left:
        assert hours.finish(start, work) == clock
        latest = hours.latest_start(clock, work)
        assert latest is not None
        assert walked[latest]
        assert hours.worked(latest, clock) == work


def test_a_night_over_the_change_to_summer_time_is_an_hour_shorter() -> None:
    night = calendar("NIGHT", "22:00-06:00", days=(5,))
    hours, _ = hours_of(night, "Europe/Berlin", date(2027, 3, 28))
    assert [high - low for low, high in hours.pieces(0, 3 * 1440)] == [420]


def test_round_the_clock_is_one_window_whatever_the_midnight() -> None:
    hours, _ = hours_of(
        calendar("ALL", "00:00-24:00", days=range(7)), "Europe/Berlin", date(2027, 3, 28)
    )
    assert hours.pieces(0, 300 * 1440) == [(0, 300 * 1440)]


def test_days_listed_one_by_one_end_with_the_last_of_them() -> None:
    listed = DAY.model_copy(update={"known_until": date(2027, 3, 29)})
    hours, _ = hours_of(listed, "Europe/Berlin", date(2027, 3, 28))
    assert hours.next_open(3 * 1440) is None


def test_hours_are_where_all_limits_hold_at_their_amount() -> None:
    origin = datetime(2027, 3, 1, tzinfo=UTC)
    horizon = Horizon(origin, origin + timedelta(days=400))
    two_till_noon = f.CalendarRule(days=WEEKDAYS, starts="08:00", ends="12:00", level=2)
    crew = f.Calendar(
        id="C", rules=(two_till_noon, f.CalendarRule(days=WEEKDAYS, starts="12:00", ends="16:00"))
    )
    people = Openings(horizon, crew, ZoneInfo("UTC"))
    day = Openings(horizon, DAY, ZoneInfo("UTC"))
    one = Hours(((day, NONE), (people, ONE)), people.leaf_ticks)
    two = Hours(((day, NONE), (people, 2 * ONE)), people.leaf_ticks)
    assert one.pieces(0, 1440) == [(480, 720), (780, 960)]
    assert two.pieces(0, 1440) == [(480, 720)]


def test_whole_work_goes_back_to_the_last_window_that_holds_it() -> None:
    hours, _ = hours_of(DAY, "UTC", date(2027, 3, 2))
    assert hours.latest_whole(13 * 60 + 20, 60) == 11 * 60
    assert hours.latest_start(13 * 60 + 20, 60) == 11 * 60 + 20

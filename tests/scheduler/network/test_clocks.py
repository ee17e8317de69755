"""Clocks: open seconds forwards and backwards, against walking minute by minute."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler import factory as f
from scheduler.factory.zones import zone_of
from scheduler.findings import BeyondHorizonError
from scheduler.network.clocks import CalendarEndsError, Clock, Clocks
from tests import factories as t

NIGHT = t.calendar("NIGHT", "22:00-06:00", "09:00-10:00")
CLOCKS = Clocks(
    {c.id: c for c in (t.DAY, NIGHT, t.ALWAYS, f.Calendar(id="SHUT"))}, {"GRAZ": t.VIENNA}, t.NOW
)
MINUTE = 60
moments = st.integers(0, 30 * 24 * 60).map(lambda m: CLOCKS.now + m * MINUTE)


def is_open(clock: Clock, at: int) -> bool:
    return clock.worked(at + MINUTE) > clock.worked(at)


def walked_back(clock: Clock, end: int, work: int) -> int:
    """The rule said the slow way: step back until the work is in."""
    while work:
        end -= MINUTE
        work -= MINUTE * is_open(clock, end)
    return end


@pytest.mark.parametrize("name", ["DAY", "NIGHT"])
@given(end=moments, work=st.integers(0, 600))
def test_back_agrees_with_walking(name, end, work) -> None:
    clock = CLOCKS.clock("GRAZ", name)
    assert clock.back(end, work * MINUTE) == walked_back(clock, end, work * MINUTE)


@pytest.mark.parametrize("name", ["DAY", "NIGHT"])
@given(start=moments, work=st.integers(1, 600))
def test_forward_is_the_first_moment_with_the_work_done(name, start, work) -> None:
    clock = CLOCKS.clock("GRAZ", name)
    end = clock.forward(start, work * MINUTE)
    assert clock.worked(end) - clock.worked(start) == work * MINUTE
    assert is_open(clock, end - MINUTE)


def test_work_that_starts_where_a_shift_opens_does_not_start_the_day_before() -> None:
    monday = CLOCKS.seconds(t.at("2027-03-08 17:00"))
    start = CLOCKS.clock("GRAZ", "DAY").back(monday, 8 * 3600)
    assert CLOCKS.moment(start) == t.at("2027-03-08 08:00")


def test_calendars_together_are_open_where_all_are() -> None:
    both = CLOCKS.clock("GRAZ", "DAY", "NIGHT")
    day = CLOCKS.seconds(t.at("2027-03-02 00:00"))
    assert both.worked(day + 86_400) - both.worked(day) == 3600


def test_open_calendars_and_unknown_ones_are_no_limit() -> None:
    assert CLOCKS.clock("GRAZ", "ALWAYS", None, "NOWHERE").always


def test_a_calendar_that_never_opens_has_no_forward_and_ends_far_away() -> None:
    shut = CLOCKS.clock("GRAZ", "SHUT")
    with pytest.raises(BeyondHorizonError):
        shut.forward(0, 1)
    assert shut.back(100, 50) < 100


def test_a_clock_grows_when_years_are_asked_for() -> None:
    far = CLOCKS.seconds(t.at("2035-06-01 17:00"))
    start = CLOCKS.clock("GRAZ", "DAY").back(far, 4 * 3600)
    assert CLOCKS.moment(start) == t.at("2035-06-01 13:00")


def test_what_is_known_until_a_day_is_not_asked_after_it() -> None:
    short = t.calendar("DAY", "08:00-17:00", known_until=t.day("2027-03-05"))
    clocks = Clocks({"DAY": short}, {"GRAZ": t.VIENNA}, t.NOW)
    clock = clocks.clock("GRAZ", "DAY")
    last = clocks.seconds(t.at("2027-03-05 17:00"))
    assert clock.back(last, 3600) == last - 3600
    with pytest.raises(CalendarEndsError):
        clock.back(last + 2 * 86_400, 3600)
    with pytest.raises(CalendarEndsError):
        clock.forward(last, 1)


def test_an_unknown_zone_is_read_as_utc() -> None:
    assert zone_of("Mars/Olympus").key == "UTC"
    assert zone_of("").key == "UTC"


def test_a_night_of_the_spring_change_is_an_hour_shorter() -> None:
    clocks = Clocks({"N": t.calendar("N", "22:00-06:00", days=(5,))}, {"GRAZ": t.VIENNA}, t.NOW)
    start = clocks.seconds(t.at("2027-03-27 22:00"))
    clock = clocks.clock("GRAZ", "N")
    assert clock.worked(start + 86_400) - clock.worked(start) == timedelta(hours=7).total_seconds()

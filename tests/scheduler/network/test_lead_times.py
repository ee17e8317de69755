"""Lead times: cases CAL-14, CAL-15, CAL-17 (c), BOM-19, and what holds for every lead time."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler import factory as f
from scheduler.network import CalendarEndsError, LeadTimes
from tests import factories as t

LEAD_TIMES = LeadTimes(t.snapshot())
THURSDAY = t.at("2027-03-04 10:00")


@pytest.mark.parametrize(
    ("lead", "there"),
    [
        (t.working_days(5), "2027-03-11"),
        (t.calendar_days(5), "2027-03-09"),
        (t.calendar_days(3), "2027-03-08"),
    ],
)
def test_cal_14_days_are_counted_on_the_calendar_the_lead_time_names(lead, there) -> None:
    assert LEAD_TIMES.arrival(lead, THURSDAY, "GRAZ") == t.at(f"{there} 08:00")


@pytest.mark.parametrize(("amount", "there"), [("0", "08:00"), ("0.5", "12:00")])
def test_cal_15_no_time_and_parts_of_a_day(amount, there) -> None:
    assert LEAD_TIMES.arrival(t.working_days(amount), t.NOW, "GRAZ") == t.at(f"2027-03-01 {there}")


def test_cal_17_working_days_count_the_leap_day() -> None:
    # Nothing here steps by months or years, so parts (a) and (b) of the case have nothing to test.
    monday = t.at("2028-02-28 08:00")
    assert LEAD_TIMES.arrival(t.working_days(1), monday, "GRAZ") == t.at("2028-02-29 08:00")
    assert LEAD_TIMES.arrival(t.working_days(2), monday, "GRAZ") == t.at("2028-03-01 08:00")


def test_a_part_of_a_day_without_whole_days_is_worked_from_the_order() -> None:
    late = t.at("2027-03-01 16:00")
    assert LEAD_TIMES.arrival(t.working_days("0.5"), late, "GRAZ") == t.at("2027-03-02 11:00")


def test_hours_pass_at_night() -> None:
    lead = f.LeadTime(amount=30, unit="hours")
    assert LEAD_TIMES.arrival(lead, t.NOW, "GRAZ") == t.at("2027-03-02 14:00")


def test_a_lead_time_may_have_its_own_calendar() -> None:
    always = t.working_days(5, "ALWAYS")
    assert LEAD_TIMES.arrival(always, THURSDAY, "GRAZ") == t.at("2027-03-09 00:00")


def test_a_plant_without_calendar_receives_every_day_from_midnight() -> None:
    open_plant = LeadTimes(t.snapshot(plants=[t.plant(calendar=None)]))
    assert open_plant.arrival(t.working_days(3), THURSDAY, "GRAZ") == t.at("2027-03-07 00:00")


def test_a_day_after_the_end_of_a_calendar_is_refused_and_never_clamped() -> None:
    short = t.calendar("DAY", "08:00-17:00", known_until=t.day("2027-03-12"))
    lead_times = LeadTimes(t.snapshot(calendars=[short]))
    assert lead_times.arrival(t.working_days(5), THURSDAY, "GRAZ") == t.at("2027-03-11 08:00")
    with pytest.raises(CalendarEndsError, match="DAY is only known until 2027-03-12"):
        lead_times.arrival(t.working_days(20), THURSDAY, "GRAZ")
    with pytest.raises(CalendarEndsError):
        lead_times.latest_order(t.working_days(1), t.at("2027-05-01 08:00"), "GRAZ")


leads = st.one_of(
    st.builds(t.working_days, st.integers(0, 15)),
    st.builds(t.calendar_days, st.integers(0, 15)),
    st.builds(lambda h: f.LeadTime(amount=h, unit="hours"), st.integers(0, 200)),
)
moments = st.integers(0, 60 * 24 * 60).map(lambda m: t.NOW + timedelta(minutes=m))


@given(leads, moments)
def test_what_is_ordered_at_the_latest_moment_is_there_in_time(lead, needed) -> None:
    ordered = LEAD_TIMES.latest_order(lead, needed, "GRAZ")
    assert LEAD_TIMES.arrival(lead, ordered, "GRAZ") <= needed
    if lead.amount:
        later = max(day_after(ordered), needed) if lead.unit == "hours" else day_after(ordered)
        assert LEAD_TIMES.arrival(lead, later, "GRAZ") > needed


def day_after(moment: datetime) -> datetime:
    following: date = moment.astimezone(t.VIENNA).date() + timedelta(days=1)
    return t.at(f"{following.isoformat()} 00:00")


@given(leads, moments, st.integers(0, 5_000))
def test_ordering_later_is_never_there_sooner(lead, ordered, minutes) -> None:
    later = ordered + timedelta(minutes=minutes)
    there = LEAD_TIMES.arrival(lead, ordered, "GRAZ")
    assert ordered <= there <= LEAD_TIMES.arrival(lead, later, "GRAZ")


@given(moments, st.integers(0, 15))
def test_working_days_agree_with_walking_the_days(ordered, count) -> None:
    day = ordered.astimezone(t.VIENNA).date()
    left = count
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    if count:
        expected = t.at(f"{day.isoformat()} 08:00")
        assert LEAD_TIMES.arrival(t.working_days(count), ordered, "GRAZ") == expected

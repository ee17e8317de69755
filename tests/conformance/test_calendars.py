"""Rule groups about calendars. GRAZ works Monday to Friday 08:00-12:00 and 13:00-17:00."""

import pytest

from scheduler import factory as f
from tests import factories as t
from tests.conformance.plants import date, planned, runs


@pytest.mark.parametrize(
    ("bikes", "done"),
    [
        (4, "2027-03-01 12:00"),  # four hours: until lunch
        (5, "2027-03-01 14:00"),  # lunch is not worked
        (9, "2027-03-02 09:00"),  # eight hours on Monday, one on Tuesday
        (41, "2027-03-08 09:00"),  # forty hours until Friday; the weekend is not worked
    ],
)
def test_calendar_weekdays_hours_and_lunch(bikes, done) -> None:
    assert date(planned(t.one_machine_plant(t.demand(quantity=bikes)))) == done


def test_calendar_a_holiday_overrides_the_shifts_of_its_day() -> None:
    holiday = f.CalendarRule(
        kind=f.RuleKind.HOLIDAY, valid_from=t.day("2027-03-02"), valid_to=t.day("2027-03-02")
    )
    hours = t.calendar("DAY", "08:00-12:00", "13:00-17:00", more=[holiday])
    plan = planned(t.one_machine_plant(t.demand(quantity=9), calendars=[hours]))
    assert date(plan) == "2027-03-03 09:00"


def test_calendar_overtime_on_a_holiday_is_worked() -> None:
    tuesday = {"valid_from": t.day("2027-03-02"), "valid_to": t.day("2027-03-02")}
    rules = [
        f.CalendarRule(kind=f.RuleKind.HOLIDAY, **tuesday),
        f.CalendarRule(kind=f.RuleKind.OVERTIME, starts="10:00", ends="11:00", **tuesday),
    ]
    hours = t.calendar("DAY", "08:00-12:00", "13:00-17:00", more=rules)
    plan = planned(t.one_machine_plant(t.demand(quantity=9), calendars=[hours]))
    assert date(plan) == "2027-03-02 11:00"


@pytest.mark.parametrize(("priority", "done"), [(10, "2027-03-01 12:00"), (50, "2027-03-01 10:00")])
def test_calendar_of_rules_that_overlap_the_lowest_priority_number_decides(priority, done) -> None:
    """A shift of priority 30, and 09:00-11:00 closed with a stronger or a weaker one."""
    closed = f.CalendarRule(level=0, starts="09:00", ends="11:00", priority=priority)
    hours = t.calendar("DAY", "08:00-12:00", "13:00-17:00", more=[closed])
    assert date(planned(t.one_machine_plant(t.demand(quantity=2), calendars=[hours]))) == done


def test_operation_available_only_where_operation_site_and_machine_are_all_open() -> None:
    """06:00-14:00 of the site, 10:00-22:00 of the machine, 08:00-12:00 of the step: 10:00-12:00."""
    plan = planned(
        t.snapshot(
            plants=[t.plant(calendar=None, site_calendar="SITE")],
            calendars=[
                t.calendar("SITE", "06:00-14:00"),
                t.calendar("LATE", "10:00-22:00"),
                t.calendar("MORNING", "08:00-12:00"),
            ],
            machines=[t.machine("M1", calendar="LATE")],
            routings=[t.routing("BIKE", t.step("MAKE", "M1", run=60, calendar="MORNING"))],
            demands=[t.demand(quantity=3)],
        )
    )
    assert runs(plan, "BIKE") == [("2027-03-01 10:00", "2027-03-02 11:00")]

"""Cases CAL-01 to CAL-18 of the field: calendars and time, from the snapshot to the dates."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler import factory as f
from scheduler.factory import LeadTimeUnit
from scheduler.findings import Severity
from scheduler.horizon import Horizon
from scheduler.network import LeadTimes, SupplyKind
from scheduler.policy import Policy
from scheduler.schedule import RowKind
from scheduler.worktime import WorkTime, open_where, pieces
from tests import factories as t
from tests.cases.plants import (
    ask,
    chain,
    dated,
    finding,
    local,
    planned,
    promise,
    released,
    shop,
    span,
    spans,
)

BERLIN, BRISBANE = ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Brisbane")
NIGHT = t.calendar("DAY", "22:00-06:00", days=(5,))
"""Saturday 22:00 to Sunday 06:00."""


def compiled(calendar: f.Calendar, zone: ZoneInfo, start: str, days: int = 21) -> WorkTime:
    """Worked time from the start of a local day on; tick 0 is its midnight."""
    origin = t.at(f"{start} 00:00", zone)
    horizon = Horizon(origin, origin + timedelta(days=days))
    return WorkTime.of(open_where(pieces(calendar, zone, horizon)))


@pytest.fixture(params=["Europe/Brussels", "America/Lima"])
def client(request, monkeypatch):
    """The zone of whoever asks, and of the process that answers."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield ZoneInfo(request.param)
    monkeypatch.undo()
    time.tzset()


def test_cal_01_shifts_are_on_the_wall_clock_of_the_plant_whoever_asks(client) -> None:
    bangkok = ZoneInfo("Asia/Bangkok")
    release = datetime(2027, 3, 2, 0, 0, tzinfo=UTC)
    plan = planned(
        shop(
            t.step("MAKE", "M1", fixed=60),
            zone="Asia/Bangkok",
            now=t.at("2027-03-01 08:00", bangkok).astimezone(client),
            **released(release.astimezone(client)),
        )
    )
    (row,) = plan.rows
    assert row.start == datetime(2027, 3, 2, 1, 0, tzinfo=UTC)
    assert span(plan, bangkok) == ("2027-03-02 08:00", "2027-03-02 09:00")
    asked = ask(plan, "BIKE", 1)
    assert asked.date is not None
    assert local(asked.date, bangkok) == "2027-03-02 10:00"


def test_cal_02_each_operation_starts_after_the_one_before_far_ahead_of_utc() -> None:
    sydney = ZoneInfo("Australia/Sydney")
    plan = planned(
        shop(
            *(t.step(f"OP{n}", "M1", fixed=n) for n in (1, 2, 3)),
            zone="Australia/Sydney",
            now=t.at("2027-03-01 08:00", sydney),
            **released(datetime(2027, 3, 3, 21, 0, tzinfo=UTC)),
        )
    )
    assert spans(plan, sydney) == [
        ("OP1", "2027-03-04 08:00", "2027-03-04 08:01"),
        ("OP2", "2027-03-04 08:01", "2027-03-04 08:03"),
        ("OP3", "2027-03-04 08:03", "2027-03-04 08:06"),
    ]


@pytest.mark.parametrize(
    ("hours", "start", "end"),
    [(7, "2027-03-02 20:00", "2027-03-03 03:00"), (5, "2027-03-02 00:00", "2027-03-02 05:00")],
)
@pytest.mark.parametrize("open_default", [False, True])
def test_cal_03_an_all_day_calendar_has_no_hole_at_midnight(
    hours, start, end, open_default
) -> None:
    always = t.calendar("DAY", "00:00-24:00", days=range(7))
    if open_default:
        always = f.Calendar(id="DAY", open_by_default=True)
    plan = planned(
        shop(
            t.step("MAKE", "M1", fixed=60 * hours, resumable=False),
            zone="Europe/Berlin",
            calendars=[always],
            **released(t.at(start, BERLIN)),
        )
    )
    assert span(plan, BERLIN) == (start, end)
    assert compiled(always, BERLIN, "2027-03-01").intervals() == [(0, 21 * 24 * 60)]


def test_cal_04_a_night_shift_over_the_change_to_summer_time_is_an_hour_shorter() -> None:
    plan = planned(
        shop(
            t.step("MAKE", "M1", fixed=6 * 60, resumable=False),
            zone="Europe/Berlin",
            calendars=[NIGHT],
            **released(t.at("2027-03-27 22:00", BERLIN)),
        )
    )
    assert span(plan, BERLIN) == ("2027-03-27 22:00", "2027-03-28 05:00")
    (night,) = compiled(NIGHT, BERLIN, "2027-03-27", days=2).intervals()
    assert night[1] - night[0] == 420


def test_cal_04_the_weeks_after_the_change_keep_their_wall_clock() -> None:
    plan = planned(
        shop(
            t.step("MAKE", "M1", fixed=60),
            zone="Europe/Berlin",
            **released(t.at("2027-03-29 00:00", BERLIN)),
        )
    )
    assert span(plan, BERLIN) == ("2027-03-29 08:00", "2027-03-29 09:00")


@pytest.mark.parametrize(
    ("start", "end", "worked"),
    [("09:10", "09:40", 30), ("09:10", "10:40", 90), ("08:30", "09:15", 15)],
)
def test_cal_05_worked_time_is_exact_where_shift_and_offset_coincide(start, end, worked) -> None:
    shift = t.calendar("DAY", "09:00-17:00", days=range(7))
    hours = compiled(shift, BRISBANE, "2027-03-01")
    low, high = (int(c[:2]) * 60 + int(c[3:]) for c in (start, end))
    assert hours.worked(high) - hours.worked(low) == worked
    plan = planned(
        shop(
            t.step("MAKE", "M1", fixed=worked),
            zone="Australia/Brisbane",
            calendars=[shift],
            now=t.at(f"2027-03-01 {start}", BRISBANE),
        )
    )
    assert span(plan, BRISBANE) == (f"2027-03-01 {max(start, '09:00')}", f"2027-03-01 {end}")


@pytest.mark.parametrize(("minutes", "end"), [(30, "2027-03-01 09:20"), (960, "2027-03-03 08:50")])
def test_cal_06_an_end_keeps_the_minutes_of_its_start(minutes, end) -> None:
    origin = t.at("2027-03-01 00:00")
    hours = compiled(t.DAY, t.VIENNA, "2027-03-01")
    finish = hours.finish(8 * 60 + 50, minutes)
    assert local(origin + timedelta(minutes=finish)) == end
    plan = planned(shop(t.step("MAKE", "M1", fixed=minutes), now=t.at("2027-03-01 08:50")))
    assert span(plan) == ("2027-03-01 08:50", end)
    assert dated(plan) == end


def test_cal_07_nothing_is_placed_on_closed_time_not_even_the_first_slot() -> None:
    plan = planned(
        shop(
            t.step("OP1", "M1", fixed=40 * 60),
            t.step("OP2", "M1", fixed=8 * 60),
            now=t.at("2027-03-06 10:00"),
        )
    )
    assert spans(plan) == [
        ("OP1", "2027-03-08 08:00", "2027-03-12 17:00"),
        ("OP2", "2027-03-15 08:00", "2027-03-15 17:00"),
    ]


@pytest.mark.parametrize(("hours", "end"), [(10, "2027-03-02 10:00"), (24, "2027-03-03 17:00")])
def test_cal_08_a_resumable_operation_takes_as_many_windows_as_it_needs(hours, end) -> None:
    plan = planned(shop(t.step("MAKE", "M1", fixed=60 * hours)))
    assert span(plan) == ("2027-03-01 08:00", end)


def test_cal_08_what_fits_no_window_is_a_finding_with_both_lengths() -> None:
    plan = planned(shop(t.step("MAKE", "M1", fixed=300, resumable=False)))
    found = finding(plan, "operation.never_fits")
    assert found.severity is Severity.ERROR
    assert "step MAKE of BIKE needs 300 min" in found.message
    assert "longest open window is 240 min" in found.message
    assert plan.rows == []
    assert promise(plan).planned is None
    assert "longest open window is 240 min" in promise(plan).reason


@pytest.mark.parametrize(
    ("hours", "resumable", "release", "start", "end"),
    [(5, True, "10:00", "10:00", "16:00"), (3, False, "10:30", "13:00", "16:00")],
)
def test_cal_09_breaks_interrupt_what_may_resume_and_postpone_what_may_not(
    hours, resumable, release, start, end
) -> None:
    plan = planned(
        shop(
            t.step("MAKE", "M1", fixed=60 * hours, resumable=resumable),
            **released(t.at(f"2027-03-01 {release}")),
        )
    )
    assert span(plan) == (f"2027-03-01 {start}", f"2027-03-01 {end}")


def test_cal_10_an_open_calendar_without_entries_is_no_calendar() -> None:
    def plan(calendar: str | None):
        return planned(
            t.two_level_plant(
                t.demand(quantity=3, requested=t.day("2027-03-10")),
                t.demand("SO-2", quantity=5),
                plants=[t.plant(calendar=calendar, site_calendar=calendar)],
                purchases=[t.buy("WHEEL", t.working_days(3)), t.buy("TUBE", t.calendar_days(4))],
            )
        )

    absent, open_always = plan(None), plan("ALWAYS")
    assert absent.rows
    assert absent.rows == open_always.rows
    assert absent.promises == open_always.promises
    assert absent.findings == open_always.findings


def day_by_day(last: str, **fields) -> f.Calendar:
    """DAY as a list of single days up to ``last``."""
    first, days = t.day("2027-03-01"), []
    while first <= t.day(last):
        days += [
            f.CalendarRule(
                days=(first.weekday(),), starts=a, ends=b, valid_from=first, valid_to=first
            )
            for a, b in (("08:00", "12:00"), ("13:00", "17:00"))
            if first.weekday() < 5
        ]
        first += timedelta(days=1)
    return f.Calendar(id="DAY", rules=tuple(days), **fields)


@pytest.mark.parametrize("known_until", [t.day("2027-12-31"), None])
def test_cal_11_a_calendar_that_ends_is_named_and_no_date_is_clamped_to_its_end(
    known_until,
) -> None:
    plan = planned(
        shop(
            t.step("MAKE", "M1", fixed=8 * 60),
            calendars=[day_by_day("2027-12-31", known_until=known_until)],
            demands=[t.demand(requested=t.day("2028-06-01"))],
            **released(t.at("2028-05-15 08:00")),
        ),
        Policy(horizon=t.at("2028-12-31 00:00") - t.NOW),
    )
    ends = [x for x in plan.findings if x.code == "calendar.ends"]
    assert ends
    assert all("DAY" in x.message and "2027-12-31" in x.message for x in ends)
    assert promise(plan).planned is None
    assert "calendar DAY" in promise(plan).reason
    assert "2027-12-31" in promise(plan).reason
    assert plan.rows == []


def test_cal_11_a_weekly_pattern_never_runs_out() -> None:
    plan = planned(shop(t.step("MAKE", "M1", fixed=8 * 60), **released(t.at("2033-05-16 08:00"))))
    assert span(plan) == ("2033-05-16 08:00", "2033-05-16 17:00")


def test_cal_12_a_routing_of_next_month_delays_the_order_and_drops_nothing() -> None:
    plan = planned(
        shop(
            routings=[
                t.routing(
                    "BIKE",
                    t.step("MAKE", "M1", fixed=8 * 60),
                    effective_from=t.day("2027-04-01"),
                )
            ],
            demands=[t.demand(quantity=10, requested=t.day("2027-03-10"))],
        )
    )
    assert span(plan) == ("2027-04-01 08:00", "2027-04-01 17:00")
    assert [row.quantity for row in plan.rows] == [10]
    assert promise(plan).late
    assert promise(plan).quantity == 10
    assert "routing effective from 2027-04-01" in promise(plan).reason


def singapore(now: str) -> f.Snapshot:
    """BIKE by a bill that is valid on one local day only."""
    bill = t.bom(
        "BIKE",
        t.line("PART"),
        effective_from=t.day("2027-12-02"),
        effective_to=t.day("2027-12-02"),
    )
    return shop(
        t.step("MAKE", "M1", fixed=60),
        zone="Asia/Singapore",
        now=datetime.fromisoformat(now),
        boms=[bill],
        stock=[t.stock("PART", 1)],
    )


def test_cal_13_a_validity_of_one_day_is_the_local_day_of_the_plant() -> None:
    zone = ZoneInfo("Asia/Singapore")
    assert span(planned(singapore("2027-12-01T17:00Z")), zone)[0] == "2027-12-02 08:00"
    # A quarter of an hour before midnight the order could still be begun, were the plant open.
    over = planned(singapore("2027-12-02T16:30Z"))
    assert promise(over).planned is None
    assert "none of its bills is effective any more" in promise(over).reason
    assert finding(over, "bom.none_effective").severity is Severity.ERROR


def bought(lead: f.LeadTime, now: str, **lists) -> f.Snapshot:
    """One BIKE is bought."""
    return t.snapshot(
        **{"now": t.at(now), "purchases": [t.buy("BIKE", lead)], "demands": [t.demand()]} | lists
    )


@pytest.mark.parametrize(
    ("lead", "there"),
    [
        (t.working_days(5), "2027-03-11"),
        (t.calendar_days(5), "2027-03-09"),
        (t.calendar_days(3), "2027-03-08"),
    ],
)
def test_cal_14_plan_and_order_count_a_lead_time_on_the_same_calendar(lead, there) -> None:
    snapshot = bought(lead, "2027-03-04 10:00")
    plan = planned(snapshot)
    assert dated(plan) == f"{there} 08:00"
    (supply,) = plan.network.supplies.values()
    assert supply.kind is SupplyKind.PURCHASE
    assert supply.ordered is not None
    assert local(supply.ordered)[:10] == "2027-03-04"
    lead_times = LeadTimes(snapshot)
    assert lead_times.arrival(lead, supply.ordered, "GRAZ") == supply.available


@pytest.mark.parametrize("closed", ["2027-03-08", "2027-03-09"])
def test_cal_14_the_calendar_that_receives_decides_and_not_that_of_the_work(closed) -> None:
    holiday = f.CalendarRule(kind="holiday", valid_from=t.day(closed), valid_to=t.day(closed))
    receiving = t.calendar("DOCK", "09:00-11:00", more=(holiday,))
    plan = planned(
        bought(
            t.calendar_days(3),
            "2027-03-04 10:00",
            plants=[t.plant(receiving_calendar="DOCK")],
            calendars=[t.DAY, receiving],
        )
    )
    assert dated(plan) == ("2027-03-09 09:00" if closed == "2027-03-08" else "2027-03-08 09:00")


@pytest.mark.parametrize(("amount", "there"), [("0", "08:00"), ("0.5", "12:00")])
def test_cal_15_a_lead_time_may_be_nothing_or_half_a_day(amount, there) -> None:
    plan = planned(bought(t.working_days(amount), "2027-03-01 08:00"))
    assert dated(plan) == f"2027-03-01 {there}"


def test_cal_15_half_a_day_on_a_lane_or_at_a_supplier_is_half_a_day_of_the_plan() -> None:
    half = t.working_days("0.5")
    brought = planned(
        t.two_plants(
            t.demand(),
            lanes=[t.lane("LINZ", "GRAZ", half)],
            routings=[t.routing("BIKE", t.step("MAKE", "L1", fixed=60), plant="LINZ")],
        )
    )
    assert dated(brought) == "2027-03-01 14:00"
    outside = planned(shop(t.step("PAINT", subcontract=f.Subcontract(supplier="ACME", work=half))))
    assert dated(outside) == "2027-03-01 12:00"


UNEVEN = f.Calendar(
    id="DAY",
    rules=tuple(
        f.CalendarRule(days=(day,), starts="08:00", ends=f"{closes:02}:00")
        for day, closes in enumerate((16, 12, 20, 16, 16))
    ),
)
"""Monday 8 h, Tuesday 4 h, Wednesday 12 h, then 8 h."""


@pytest.mark.parametrize(
    ("lead", "there"),
    [
        (t.calendar_days("1.5"), "2027-03-03 08:00"),  # Tuesday 12:00, when it closes
        (t.calendar_days("1.75"), "2027-03-03 08:00"),
        (t.calendar_days("0.25"), "2027-03-01 14:00"),
        (t.working_days("1.5"), "2027-03-02 10:00"),
        (t.working_days("2.5"), "2027-03-03 14:00"),
    ],
)
@pytest.mark.parametrize("of_stock", [True, False])
def test_cal_15_a_part_of_a_day_is_the_same_for_network_plan_and_validator(
    lead, there, of_stock
) -> None:
    stock = {"stock": [t.stock("BIKE", 1, plant="LINZ")]} if of_stock else {}
    made = planned(
        t.two_plants(
            t.demand(),
            calendars=[UNEVEN],
            lanes=[t.lane("LINZ", "GRAZ", lead)],
            routings=[t.routing("BIKE", t.step("MAKE", "L1", fixed=0), plant="LINZ")],
            **stock,
        )
    )
    assert dated(made) == there


def test_cal_15_a_part_of_a_working_day_alone_is_never_too_early() -> None:
    half = f.Subcontract(supplier="ACME", work=t.working_days("0.5"))
    made = planned(shop(t.step("PAINT", subcontract=half), calendars=[UNEVEN]))
    assert dated(made) == "2027-03-01 14:00"  # half of the longest day, Wednesday


def test_a_transfer_begins_when_it_is_sent_and_is_one_link_of_the_explanation() -> None:
    made = planned(
        t.two_plants(
            t.demand(),
            lanes=[t.lane("LINZ", "GRAZ", t.working_days(1))],
            routings=[t.routing("BIKE", t.step("MAKE", "L1", fixed=60), plant="LINZ")],
        )
    )
    (sent,) = [r for r in made.rows if r.kind is RowKind.MOVE]
    assert (local(sent.start), local(sent.end)) == ("2027-03-01 09:00", "2027-03-02 08:00")
    links = chain(made)
    assert [link.what.split(" ")[0] for link in links] == ["transfer", "step"]
    assert (links[0].start, links[0].end) == (sent.start, sent.end)
    assert links[0].words.startswith("waited for step MAKE")


def test_a_subcontracted_step_begins_when_it_is_sent() -> None:
    plated = f.Subcontract(supplier="ACME", ship_out=t.working_days(1), work=t.working_days(1))
    made = planned(shop(t.step("SAW", "M1", fixed=60), t.step("PLATE", subcontract=plated)))
    assert [line[1:] for line in spans(made)] == [
        ("2027-03-01 08:00", "2027-03-01 09:00"),
        ("2027-03-01 09:00", "2027-03-03 08:00"),
    ]
    assert len(chain(made)) == 2


DOCK = t.calendar("DOCK", "09:00-12:00", days=(0, 2))
"""Monday and Wednesday."""


def test_cal_16_finish_and_ship_are_two_dates_and_shipping_waits_for_the_dock() -> None:
    plan = planned(
        shop(
            t.step("MAKE", "M1", fixed=40 * 60),
            plants=[t.plant(shipping_calendar="DOCK")],
            calendars=[t.DAY, DOCK],
        )
    )
    assert spans(plan) == [("MAKE", "2027-03-01 08:00", "2027-03-05 17:00")]
    (ship,) = [row for row in plan.rows if row.kind is RowKind.SHIP]
    assert local(ship.start) == local(ship.end) == "2027-03-08 09:00"
    assert dated(plan) == "2027-03-08 09:00"
    finished = promise(plan).finished
    assert finished is not None
    assert local(finished) == "2027-03-05 17:00"
    assert [link.what.split(" ")[0] for link in chain(plan)] == ["shipping", "step"]


def test_cal_17_working_days_count_the_leap_day() -> None:
    weekdays = compiled(t.WORKDAYS, t.VIENNA, "2028-02-28", days=3)
    assert weekdays.worked(3 * 24 * 60) == 3 * 24 * 60
    monday = t.at("2028-02-28 08:00")
    times = LeadTimes(t.snapshot(now=monday))
    assert times.arrival(t.working_days(2), monday, "GRAZ") == t.at("2028-03-01 08:00")
    plan = planned(shop(t.step("MAKE", "M1", fixed=24 * 60), now=monday))
    assert span(plan) == ("2028-02-28 08:00", "2028-03-01 17:00")


def test_cal_17_nothing_steps_by_months_or_years() -> None:
    # Parts (a) and (b): a step of a year would have to clamp to the last valid day of its anchor.
    # Nobody can write one; whoever adds such a unit meets this test.
    assert {unit.value for unit in LeadTimeUnit} == {"hours", "calendar_days", "working_days"}


def test_cal_17_a_rule_of_every_week_meets_the_leap_day_and_the_day_a_year_later() -> None:
    hours = compiled(t.DAY, t.VIENNA, "2028-02-29", days=370)
    day = 24 * 60
    # Tuesday the leap day, and Wednesday 28 February 2029, 365 days later.
    assert [hours.worked((d + 1) * day) - hours.worked(d * day) for d in (0, 365)] == [480, 480]


def test_cal_18_a_start_in_the_past_is_lifted_to_now_with_a_note() -> None:
    order = t.work_order(
        "WO-1",
        "BIKE",
        1,
        steps=(f.StepProgress(step="MAKE", planned_start=t.at("2026-08-15 08:00")),),
    )
    plan = planned(
        shop(t.step("MAKE", "M1", fixed=8 * 60), work_orders=[order]),
        Policy(horizon=timedelta(days=30)),
    )
    assert span(plan) == ("2027-03-01 08:00", "2027-03-01 17:00")
    note = finding(plan, "work_order.release_past")
    assert note.severity is Severity.NOTE
    assert "release was in the past" in note.message
    assert note.path == "work_orders/WO-1/steps/MAKE"


def test_cal_18_material_of_the_past_is_there_now() -> None:
    plan = planned(
        shop(t.step("MAKE", "M1", fixed=8 * 60), **released(t.at("2026-08-15 08:00"))),
        Policy(horizon=timedelta(days=30)),
    )
    assert span(plan) == ("2027-03-01 08:00", "2027-03-01 17:00")


def test_cal_18_what_lies_beyond_the_horizon_is_named_as_such() -> None:
    plan = planned(
        shop(t.step("MAKE", "M1", fixed=8 * 60), **released(t.at("2027-05-03 08:00"))),
        Policy(horizon=timedelta(days=30)),
    )
    assert promise(plan).planned is None
    assert "before 31 Mar 2027" in promise(plan).reason
    assert finding(plan, "plan.beyond_horizon").path.startswith("orders/MO:BIKE@GRAZ:1")

"""Tables of a schedule: rows, promises, load and figures say what the columns hold."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from scheduler.frames import Period, kpis, late_rows, load, promises, rows
from scheduler.frames.promises import end_of, lateness
from scheduler.hours import finish, open_windows, open_windows_of_each, worked_before
from scheduler.problem import Mode
from scheduler.schedule import Status
from tests import factories
from tests.scheduler.plans import made_plan

PLAN = made_plan(60)
VIENNA = ZoneInfo("Europe/Vienna")


def test_every_operation_is_a_row_with_its_machine_and_times() -> None:
    made = rows(PLAN.built, PLAN.schedule)
    assert len(made) == PLAN.built.problem.size
    first = made[0]
    assert (first.order, first.step, first.machine, first.slot) == ("MO:0", "saw", "SAW-1", 0)
    assert first.start == PLAN.built.horizon.moment(int(PLAN.schedule.start[0]))
    assert all(row.setup <= row.start < row.end for row in made)


def test_an_operation_without_a_place_has_no_row_and_its_demand_no_date() -> None:
    last = PLAN.built.problem.end
    columns = {name: getattr(PLAN.schedule, name).copy() for name in ("setup", "start", "end")}
    for column in columns.values():
        column[-1] = last
    broken = replace(PLAN.schedule, **columns)
    assert len(rows(PLAN.built, broken)) == PLAN.built.problem.size - 1
    row = promises(PLAN.snapshot, PLAN.network, PLAN.built, broken)[-1]
    assert row.planned is None
    assert row.lateness_hours == 0
    assert row.reason


def test_without_a_plan_every_demand_says_why_it_has_no_date() -> None:
    empty = np.zeros(0, dtype=np.int64)
    none = replace(
        PLAN.schedule,
        mode=empty, slot=empty, setup=empty, start=empty, end=empty, status=Status.UNKNOWN,
    )  # fmt: skip
    found = promises(PLAN.snapshot, PLAN.network, PLAN.built, none)
    assert {row.reason for row in found} == {"No plan was found in the time given."}


def test_lateness_is_counted_from_the_end_of_the_day_asked_for() -> None:
    asked = factories.demand(requested=date(2027, 3, 1))
    at_night = datetime(2027, 3, 1, 23, 0, tzinfo=UTC)
    assert lateness(asked, at_night, VIENNA) == 0
    assert lateness(asked, at_night + timedelta(minutes=90), VIENNA) == 1.5


def test_a_promise_counts_only_when_nothing_was_requested() -> None:
    end = factories.at("2027-03-03 12:00")
    both = factories.demand(
        requested=factories.at("2027-03-03 11:00"), promised=factories.at("2027-03-01 11:00")
    )
    assert lateness(both, end, VIENNA) == 1
    promised = factories.demand(promised=factories.at("2027-03-02 12:00"))
    assert lateness(promised, end, VIENNA) == 24
    assert lateness(factories.demand(), end, VIENNA) == 0


def test_the_day_before_summer_time_ends_at_local_midnight() -> None:
    assert end_of(date(2027, 3, 28), VIENNA) == datetime(2027, 3, 28, 22, tzinfo=UTC)
    assert end_of(date(2027, 3, 27), VIENNA) == datetime(2027, 3, 27, 23, tzinfo=UTC)


def test_a_late_demand_carries_the_reason_it_was_given() -> None:
    why = {demand.id: "because" for demand in PLAN.network.demands}
    found = promises(PLAN.snapshot, PLAN.network, PLAN.built, PLAN.schedule, why)
    late = late_rows(found)
    assert late
    assert [row.reason for row in late] == ["because"] * len(late)
    assert not any(row.reason for row in found if not row.late)
    assert [row.lateness_hours for row in late] == sorted(
        (row.lateness_hours for row in late), reverse=True
    )


def test_hours_of_all_machines_at_once_are_those_of_each_by_itself() -> None:
    problem = PLAN.built.problem
    found = [windows.tolist() for windows in open_windows_of_each(problem)]
    assert found == [open_windows(problem, m).tolist() for m in range(len(problem.machines))]


def worked_minute_by_minute(machine: int) -> tuple[int, int]:
    """Run (with teardown) and setup minutes of one machine, by walking the clock."""
    problem, schedule = PLAN.built.problem, PLAN.schedule
    open_at = {
        tick
        for opens, closes, _ in open_windows(problem, machine).tolist()
        for tick in range(opens, closes)
    }
    run = setup = 0
    for row in np.flatnonzero(problem.modes[schedule.mode, Mode.MACHINE] == machine).tolist():
        run += sum(t in open_at for t in range(int(schedule.start[row]), int(schedule.end[row])))
        run += int(problem.modes[schedule.mode[row], Mode.TEARDOWN])
        setup += sum(
            t in open_at for t in range(int(schedule.setup[row]), int(schedule.start[row]))
        )
    return run, setup


@pytest.mark.parametrize("period", list(Period))
def test_load_agrees_with_walking_the_clock(period: Period) -> None:
    found = load(PLAN.built, PLAN.schedule, PLAN.snapshot, period)
    for number, machine in enumerate(PLAN.built.machines):
        mine = [row for row in found if row.machine == machine]
        run, setup = worked_minute_by_minute(number)
        assert sum(row.worked_hours for row in mine) == pytest.approx(run / 60)
        assert sum(row.setup_hours for row in mine) == pytest.approx(setup / 60)
        assert all(row.worked_hours + row.setup_hours <= row.open_hours + 1e-9 for row in mine)


def test_load_has_every_local_day_once_and_weeks_start_on_monday() -> None:
    days = [
        r
        for r in load(PLAN.built, PLAN.schedule, PLAN.snapshot, Period.DAY)
        if r.machine == "SAW-1"
    ]
    assert [b.starts - a.starts for a, b in pairwise(days)] == [timedelta(days=1)] * (len(days) - 1)
    assert days[0].open_hours == 8
    weeks = load(PLAN.built, PLAN.schedule, PLAN.snapshot, Period.WEEK)
    assert {row.starts.weekday() for row in weeks} == {0}


def test_figures_add_up() -> None:
    found = promises(PLAN.snapshot, PLAN.network, PLAN.built, PLAN.schedule)
    figures = kpis(PLAN.built, PLAN.schedule, found, load(PLAN.built, PLAN.schedule, PLAN.snapshot))
    assert figures["demands"] == figures["on_time"] + figures["late"] + figures["undated"]
    assert figures["lateness_hours"] == pytest.approx(sum(row.lateness_hours for row in found))
    assert figures["operations"] == PLAN.built.problem.size
    assert set(figures["load"]) == set(PLAN.built.machines)
    assert figures["ends"] == PLAN.built.horizon.moment(int(PLAN.schedule.end.max())).isoformat()


def test_work_that_fills_a_window_finishes_at_its_close() -> None:
    windows = np.array([[0, 10, 0], [20, 30, 10]], dtype=np.int64)
    assert finish(windows, 0, 10) == 10
    assert finish(windows, 5, 6) == 21
    assert worked_before(windows, np.array([0, 5, 10, 15, 25, 40])).tolist() == [
        0,
        5,
        10,
        10,
        15,
        20,
    ]


def test_quantities_stay_exact() -> None:
    assert rows(PLAN.built, PLAN.schedule)[0].quantity == Fraction(1)

"""Case CAP-06 of the field: setups that are reported done, and what undoes them."""

from typing import Any

import pytest

from scheduler import factory as f
from scheduler.solve import Plan, plan
from tests import factories as t
from tests.cases.plants import planned, row, shop


@pytest.mark.parametrize("state", ["open", "started"])
@pytest.mark.parametrize(("family_now", "left"), [("BLUE", 30), ("RED", 60), (None, 30)])
def test_cap_06_reported_setup_is_not_planned_again_unless_the_family_changed(
    state, family_now, left
) -> None:
    now = t.at("2027-03-01 09:00")
    report = f.StepProgress(
        step="MAKE",
        state=state,
        machine="M1",
        good=2,
        setup_done=True,
        started_at=t.at("2027-03-01 08:00") if state == "started" else None,
    )
    made = planned(
        shop(
            t.step("MAKE", "M1", run=10, setup=30, setup_family="BLUE"),
            now=now,
            machines=[t.machine("M1", setup_state=family_now)],
            work_orders=[t.work_order("WO-1", "BIKE", 5, steps=(report,))],
            demands=[t.demand(quantity=3)],
        )
    )
    only = row(made, "WO-1")
    assert (only.end - now) == t.minutes(left)
    if state == "open":
        assert (only.end - only.setup) == t.minutes(left)


TO_BLUE = f.SetupMatrix(
    id="CHANGE",
    plant="GRAZ",
    changeovers=tuple(f.Changeover(to_family=to, time=t.minutes(30)) for to in ("BLUE", "RED")),
)
SET_UP = f.StepProgress(step="MAKE", machine="M1", good=2, setup_done=True)


def by_matrix(family_now: str | None, report: f.StepProgress = SET_UP) -> float:
    """Minutes from now to the end of what is left, where the matrix gives the setup of 30 min."""
    made = planned(
        shop(
            t.step("MAKE", "M1", run=10, setup_family="BLUE"),
            now=t.at("2027-03-01 09:00"),
            machines=[t.machine("M1", setup_state=family_now)],
            setup_matrices=[TO_BLUE],
            work_orders=[t.work_order("WO-1", "BIKE", 5, steps=(report,))],
            demands=[t.demand(quantity=3)],
        )
    )
    return (row(made, "WO-1").end - t.at("2027-03-01 09:00")).total_seconds() / 60


@pytest.mark.parametrize(("family_now", "left"), [("BLUE", 30), ("RED", 60)])
def test_cap_06_a_changeover_already_made_is_not_planned_again_either(family_now, left) -> None:
    assert by_matrix(family_now) == left


def test_cap_06_reported_setup_says_what_a_machine_of_unknown_state_is_set_up_for() -> None:
    assert by_matrix(None) == 30


def test_cap_06_started_work_is_set_up_again_after_another_family() -> None:
    started = SET_UP.model_copy(
        update={"state": f.StepState.STARTED, "started_at": t.at("2027-03-01 08:00")}
    )
    assert by_matrix("RED", started) == 60


def test_cap_06_setup_is_planned_again_after_another_family_in_the_same_plan() -> None:
    made = planned(
        shop(
            now=t.at("2027-03-01 09:00"),
            machines=[t.machine("M1", setup_state="BLUE")],
            routings=[
                t.routing("BIKE", t.step("MAKE", "M1", run=10, setup=30, setup_family="BLUE")),
                t.routing("RUSH", t.step("MAKE", "M1", fixed=60, setup_family="RED")),
            ],
            work_orders=[t.work_order("WO-1", "BIKE", 5, steps=(SET_UP,))],
            demands=[
                t.demand(quantity=3, requested=t.at("2027-03-05 10:00")),
                t.demand("SO-0", "RUSH", requested=t.at("2027-03-01 10:00"), priority=1),
            ],
        )
    )
    only = row(made, "WO-1")
    assert only.end - only.setup == t.minutes(60)


NOW = t.at("2027-03-01 09:00")


def set_up(order: str, item: str = "BIKE", **report: Any) -> f.WorkOrder:
    """Five pieces, set up on M1, none made."""
    fields = {"step": "MAKE", "machine": "M1", "setup_done": True} | report
    return t.work_order(order, item, 5, steps=(f.StepProgress(**fields),))


def after_a_rush(family: str | None, *orders: f.WorkOrder, **machine: Any) -> Plan:
    """BIKE (setup 30, 10 min/pc, BLUE) on M1, with an urgent hour of RUSH of ``family`` there."""
    return planned(
        shop(
            now=NOW,
            machines=[t.machine("M1", **machine)],
            routings=[
                t.routing("BIKE", t.step("MAKE", "M1", run=10, setup=30, setup_family="BLUE")),
                t.routing("RUSH", t.step("MAKE", "M1", fixed=60, setup_family=family)),
            ],
            work_orders=orders,
            demands=[
                t.demand(quantity=5 * len(orders), requested=t.at("2027-03-05 10:00")),
                t.demand("SO-0", "RUSH", requested=t.at("2027-03-01 10:00"), priority=1),
            ],
        )
    )


def setup_minutes(made: Plan, order: str) -> float:
    only = row(made, order)
    return (only.start - only.setup).total_seconds() / 60


@pytest.mark.parametrize("family_now", ["BLUE", None])
@pytest.mark.parametrize(("rush", "setup"), [("RED", 30), ("BLUE", 30), (None, 0)])
def test_cap_06_a_reported_setup_stands_until_a_step_with_a_family_runs(
    rush, setup, family_now
) -> None:
    made = after_a_rush(rush, set_up("WO-1"), setup_state=family_now)
    assert setup_minutes(made, "WO-1") == setup


def test_cap_06_of_two_orders_set_up_on_one_place_the_first_keeps_its_setup() -> None:
    made = after_a_rush(None, set_up("WO-1"), set_up("WO-2"), setup_state="BLUE")
    assert sorted(setup_minutes(made, order) for order in ("WO-1", "WO-2")) == [0, 30]


def test_cap_06_each_place_of_a_machine_of_several_keeps_one_setup() -> None:
    made = after_a_rush(None, set_up("WO-1"), set_up("WO-2"), kind="multiple", capacity=3)
    assert [setup_minutes(made, order) for order in ("WO-1", "WO-2")] == [0, 0]


def test_cap_06_a_step_without_family_is_set_up_again_where_families_may_run() -> None:
    report = set_up("WO-1", "RUSH")
    snapshot = shop(
        now=NOW,
        routings=[
            t.routing("BIKE", t.step("MAKE", "M1", run=10, setup_family="BLUE")),
            t.routing("RUSH", t.step("MAKE", "M1", fixed=60, setup=30)),
        ],
        work_orders=[report],
        demands=[t.demand("SO-0", "RUSH", 5)],
    )
    assert setup_minutes(planned(snapshot), "WO-1") == 30
    alone = snapshot.model_copy(update={"routings": snapshot.routings[1:]})
    assert setup_minutes(planned(alone), "WO-1") == 0


@pytest.mark.parametrize(("setup_done", "left"), [(True, 30), (False, 30)])
def test_cap_06_time_since_the_start_went_into_the_setup_first(setup_done, left) -> None:
    started = set_up(
        "WO-1",
        state=f.StepState.STARTED,
        started_at=t.at("2027-03-01 08:10"),
        setup_done=setup_done,
    )
    made = after_a_rush(None, started)
    assert row(made, "WO-1").end - NOW == t.minutes(left)


def test_cap_06_started_work_stays_on_its_machine_though_no_shift_holds_it_whole() -> None:
    step = t.step("MAKE", "M2", "M1", run=200, resumable=False)
    started = set_up("WO-1", state=f.StepState.STARTED, started_at=t.at("2027-03-01 08:00"))
    calendars = [t.calendar("DAY", "08:00-16:00"), t.calendar("LONG", "00:00-24:00")]
    machines = [t.machine("M1", calendar="DAY"), t.machine("M2", calendar="LONG")]
    made = planned(
        shop(step, now=NOW, calendars=calendars, machines=machines, work_orders=[started])
    )
    assert row(made, "WO-1").machine == "M1"
    assert not any(x.code == "work_order.other_machine" for x in made.findings)


def test_cap_06_started_work_whose_calendar_ends_gets_no_date_and_a_reason() -> None:
    started = set_up("WO-1", state="started", started_at=t.at("2027-03-01 08:00"))
    ends = t.calendar("DAY", "08:00-16:00", known_until=t.day("2027-03-01"))
    made = plan(
        shop(
            t.step("MAKE", "M1", run=200),
            now=NOW,
            calendars=[ends],
            machines=[t.machine("M1", calendar="DAY")],
            work_orders=[started.model_copy(update={"reserved_for": "SO-1"})],
            demands=[t.demand(quantity=5)],
        ),
        seconds=0,
    )
    (line,) = made.promises
    assert line.planned is None
    assert "what is left of step MAKE of WO-1 has no open time on M1" in line.reason

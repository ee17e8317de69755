"""Cases CAP-01 to CAP-15 of the field: capacity, durations and sequence, from snapshot to dates."""

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from scheduler import factory as f
from scheduler.explain import explain_demand
from scheduler.hours import free_again
from scheduler.moves import move, stale_orders
from scheduler.policy import Alternatives, Level, Policy
from scheduler.schedule import Status
from scheduler.solve import Plan
from scheduler.timing import decode
from tests import factories as t
from tests.cases.plants import (
    ask,
    breaches,
    chain,
    dated,
    local,
    made_rows,
    orders_of,
    planned,
    promise,
    row,
    shop,
    span,
    spans,
)


def held(made: Plan) -> tuple[str | None, float]:
    """Machine of the only operation, and minutes it holds it: setup, run and teardown."""
    (only,) = made.rows
    free = made.built.horizon.moment(int(free_again(made.built.problem, made.schedule)[0]))
    return only.machine, (free - only.setup).total_seconds() / 60


ALL_DAY: dict[str, Any] = {"plants": [t.plant(calendar=None)]}
"""The plant never closes: spans are durations."""
THREE_SPEEDS = [
    t.machine("FULL"),
    t.machine("HALF", efficiency="0.5"),
    t.machine("DOUBLE", efficiency="2"),
]


def test_cap_01_the_machine_that_is_used_gives_the_duration_and_back_is_as_before() -> None:
    snapshot = shop(
        t.step("MAKE", "FULL", "HALF", "DOUBLE", fixed=30), machines=THREE_SPEEDS, **ALL_DAY
    )
    problem = planned(snapshot).built.problem
    first = np.zeros(1, dtype=np.int64)

    def on(machine: int) -> int:
        schedule = decode(problem, first, np.array([machine], dtype=np.int64))
        return int(schedule.end[0] - schedule.start[0])

    assert [on(m) for m in (0, 1, 2)] == [30, 60, 15]
    assert [on(m) for m in (0, 1, 0)] == [30, 60, 30]


@pytest.mark.parametrize(("machine", "minutes"), [("FULL", 30), ("HALF", 60), ("DOUBLE", 15)])
def test_cap_01_an_order_moved_to_a_machine_takes_that_machines_time(machine, minutes) -> None:
    made = planned(shop(t.step("MAKE", machine, fixed=30), machines=THREE_SPEEDS, **ALL_DAY))
    assert held(made) == (machine, minutes)


def batches(machine: str, size: int, setup: int, teardown: int) -> f.Alternative:
    return f.Alternative(
        machine=machine,
        batch_quantity=size,
        setup=t.minutes(setup),
        teardown=t.minutes(teardown),
        run_per_batch=t.minutes(40),
    )


SMALL, LARGE = batches("M1", 3, 2, 3), batches("M2", 6, 12, 8)


@pytest.mark.parametrize(
    ("ways", "quantity", "machine", "minutes"),
    [
        ((SMALL,), 6, "M1", 85),
        ((LARGE,), 6, "M2", 60),
        ((SMALL, LARGE), 6, "M2", 60),
        ((SMALL,), 1, "M1", 45),
        ((LARGE,), 1, "M2", 60),
        ((LARGE, SMALL), 1, "M1", 45),
    ],
)
def test_cap_02_each_alternative_costs_its_own_batches_setup_and_teardown(
    ways, quantity, machine, minutes
) -> None:
    step = f.Step(id="MAKE", alternatives=ways)
    made = planned(shop(step, demands=[t.demand(quantity=quantity)], **ALL_DAY))
    assert held(made) == (machine, minutes)


@pytest.mark.parametrize(("machine", "setup", "minutes"), [("M1", 12, 57), ("M2", 7, 52)])
def test_cap_03_setup_is_that_of_the_machine_used_and_counts_once(machine, setup, minutes) -> None:
    way = f.Alternative(machine=machine, setup=t.minutes(setup))
    # What the step itself says, the setup of machine A, must not be added.
    step = f.Step(id="MAKE", alternatives=(way,), fixed=t.minutes(45), setup=t.minutes(12))
    assert held(planned(shop(step, **ALL_DAY))) == (machine, minutes)


def four_jobs(step: f.Step, *machines: f.Machine, **lists) -> list[tuple[str, str]]:
    demands = [t.demand(f"SO-{n}") for n in range(4)]
    made = planned(shop(step, machines=list(machines), demands=demands, **lists))
    return [(start[11:], end[11:]) for _, start, end in spans(made)]


THREE_THEN_ONE = [("08:00", "09:00")] * 3 + [("09:00", "10:00")]


def test_cap_04_a_machine_of_three_takes_three_jobs_and_the_fourth_waits() -> None:
    several = t.machine("M1", kind="multiple", capacity=3)
    assert four_jobs(t.step("MAKE", "M1", fixed=60), several) == THREE_THEN_ONE


def test_cap_04_a_work_centre_of_three_machines_does_the_same() -> None:
    centre = f.WorkCentre(id="WC", plant="GRAZ")
    three = [t.machine(f"M{n}", work_centre="WC") for n in range(3)]
    step = f.Step(id="MAKE", work_centre="WC", fixed=t.minutes(60))
    assert four_jobs(step, *three, work_centres=[centre]) == THREE_THEN_ONE


def test_cap_04_a_machine_counted_by_the_piece_holds_its_number_too() -> None:
    many = t.machine("M1", kind="multiple", capacity=18)
    step = f.Step(
        id="MAKE", alternatives=(f.Alternative(machine="M1", units=6),), fixed=t.minutes(60)
    )
    assert four_jobs(step, many) == THREE_THEN_ONE


def preferred_is_busy(policy: Policy, due: str) -> Plan:
    """M1, preferred, is busy with a started order until Tuesday 12:00; two orders take 4 h each."""
    started = f.StepProgress(
        step="LONG", state="started", machine="M1", started_at=t.at("2027-03-01 08:00")
    )
    return planned(
        shop(
            routings=[
                t.routing("BIKE", t.step("MAKE", "M1", "M2", fixed=240)),
                t.routing("FRAME", t.step("LONG", "M1", fixed=12 * 60)),
            ],
            work_orders=[t.work_order("WO-1", "FRAME", 1, steps=(started,))],
            demands=[t.demand(f"SO-{n}", requested=t.at(due)) for n in (1, 2)],
        ),
        policy,
    )


def test_cap_05_orders_take_the_alternative_that_is_free_first() -> None:
    made = preferred_is_busy(Policy(), "2027-03-01 17:00")
    assert local(row(made, "WO-1", "LONG").end) == "2027-03-02 12:00"
    mine = [r for r in made_rows(made.rows) if r.item == "BIKE"]
    assert [(r.machine, local(r.start), local(r.end)) for r in mine] == [
        ("M2", "2027-03-01 08:00", "2027-03-01 12:00"),
        ("M2", "2027-03-01 13:00", "2027-03-01 17:00"),
    ]
    assert not any(line.late for line in made.promises)


def test_cap_05_by_priority_the_preferred_machine_is_waited_for_while_on_time() -> None:
    made = preferred_is_busy(Policy(alternatives=Alternatives.PRIORITY), "2027-03-05 17:00")
    assert {r.machine for r in made.rows if r.item == "BIKE"} == {"M1"}
    late = preferred_is_busy(Policy(alternatives=Alternatives.PRIORITY), "2027-03-01 17:00")
    assert {r.machine for r in late.rows if r.item == "BIKE"} == {"M2"}


def test_cap_05_by_priority_a_few_hours_to_spare_are_on_time() -> None:
    made = preferred_is_busy(Policy(alternatives=Alternatives.PRIORITY), "2027-03-03 17:00")
    assert {r.machine for r in made.rows if r.item == "BIKE"} == {"M1"}


@pytest.mark.parametrize(
    ("policy", "machine", "words"),
    [
        (Alternatives.EARLIEST, "M2", "M2 rather than M1: policy 'earliest'"),
        (Alternatives.PRIORITY, "M1", "M1 (the preferred one) rather than M2: policy 'priority'"),
    ],
)
def test_cap_05_the_reason_shows_how_the_machine_was_chosen(policy, machine, words) -> None:
    made = preferred_is_busy(Policy(alternatives=policy), "2027-03-03 17:00")
    (link, *_) = chain(made)
    assert f"on {machine}" in link.what
    assert link.choice == words
    assert words in explain_demand(made, "SO-1").text()


def test_cap_07_machines_with_one_job_or_none_and_work_of_no_length_are_ordinary() -> None:
    matrix = f.SetupMatrix(
        id="CHANGE",
        plant="GRAZ",
        changeovers=tuple(
            f.Changeover(from_family=a, to_family=b, time=t.minutes(5))
            for a, b in (("F1", "F2"), ("F2", "F1"))
        ),
    )
    made = planned(
        t.snapshot(
            machines=[t.machine(f"M{n}") for n in (1, 2, 3)],
            setup_matrices=[matrix],
            routings=[
                t.routing(
                    f"JOB-{n}",
                    t.step("MAKE", "M1", fixed=15, setup_family=f"F{n}"),
                    t.step("BOOK"),
                )
                for n in (1, 2)
            ],
            demands=[t.demand(f"SO-{n}", f"JOB-{n}") for n in (1, 2)],
        ),
        Policy(objective=(Level.MAKESPAN,)),
        seconds=1,
    )
    assert made.schedule.objective == (35,)
    assert made.schedule.status is Status.OPTIMAL
    assert {r.machine for r in made.rows} == {"M1", None}


def test_cap_07_one_job_of_no_length_is_planned() -> None:
    made = planned(shop(t.step("MAKE", "M1")), Policy(objective=(Level.MAKESPAN,)), seconds=1)
    assert span(made) == ("2027-03-01 08:00", "2027-03-01 08:00")
    assert made.schedule.objective == (0,)
    assert made.schedule.status is Status.OPTIMAL


def test_cap_08_one_setter_changes_over_one_machine_at_a_time() -> None:
    def started(number: int) -> f.WorkOrder:
        report = f.StepProgress(
            step="MAKE",
            state="started",
            machine=f"M{number}",
            setup_done=True,
            started_at=t.at("2027-03-01 08:00"),
        )
        return t.work_order(f"WO-{number}", f"OLD-{number}", 1, steps=(report,))

    def on(number: int, item: str, family: str) -> f.Routing:
        return t.routing(
            f"{item}-{number}", t.step("MAKE", f"M{number}", fixed=60, setup_family=family)
        )

    matrix = f.SetupMatrix(
        id="CHANGE",
        plant="GRAZ",
        changeovers=(f.Changeover(from_family="A", to_family="B", time=t.minutes(20)),),
    )
    made = planned(
        t.snapshot(
            now=t.at("2027-03-01 08:30"),
            machines=[t.machine(f"M{n}", setup_state="A", setup_pool="SETTERS") for n in (1, 2)],
            labour_pools=[f.LabourPool(id="SETTERS", plant="GRAZ", people=1)],
            setup_matrices=[matrix],
            routings=[on(n, *kind) for n in (1, 2) for kind in (("OLD", "A"), ("NEW", "B"))],
            work_orders=[started(1), started(2)],
            demands=[t.demand(f"SO-{n}", f"NEW-{n}") for n in (1, 2)],
        )
    )
    assert {local(row(made, f"WO-{n}").end) for n in (1, 2)} == {"2027-03-01 09:00"}
    new = [r for r in made_rows(made.rows) if r.item.startswith("NEW")]
    assert [(local(r.setup)[11:], local(r.start)[11:]) for r in new] == [
        ("09:00", "09:20"),
        ("09:20", "09:40"),
    ]


def test_cap_09_no_waiting_pulls_the_earlier_operation_later() -> None:
    made = planned(
        shop(
            t.step("OP1", "M1", fixed=60),
            t.step("OP2", "M2", fixed=60, maximum_lag=timedelta(0)),
            machines=[t.machine("M1"), t.machine("M2", calendar="AFTERNOON")],
            calendars=[t.DAY, t.calendar("AFTERNOON", "14:00-17:00")],
        )
    )
    assert spans(made) == [
        ("OP1", "2027-03-01 13:00", "2027-03-01 14:00"),
        ("OP2", "2027-03-01 14:00", "2027-03-01 15:00"),
    ]


def test_cap_10_a_shared_predecessor_comes_first_and_the_order_spans_all_its_steps() -> None:
    def after(*steps: str) -> dict[str, Any]:
        return {"follows": tuple(f.Link(step=s) for s in steps)}

    # Listed against the order of work, so that the list cannot stand in for the graph.
    made = planned(
        shop(
            t.step("D", "M1", fixed=30, **after("C")),
            t.step("B", "M1", fixed=30, **after("A")),
            t.step("C", "M1", fixed=30, **after("A")),
            t.step("A", "M1", fixed=30, **after()),
        )
    )
    steps = {name: (start[11:], end[11:]) for name, start, end in spans(made)}
    assert steps["A"] == ("08:00", "08:30")
    assert steps["C"][1] <= steps["D"][0]
    assert min(start for start, _ in steps.values()) == "08:00"
    assert max(end for _, end in steps.values()) == "10:00"
    assert dated(made) == "2027-03-01 10:00"


def three_steps() -> Plan:
    """Op 1 08-10, op 2 10-11 on one machine, op 3 13-14 on another that opens at noon."""
    return planned(
        shop(
            t.step("OP1", "M1", fixed=120),
            t.step("OP2", "M1", fixed=60),
            t.step("OP3", "M2", fixed=60),
            machines=[t.machine("M1"), t.machine("M2", calendar="AFTERNOON")],
            calendars=[t.DAY, t.calendar("AFTERNOON", "13:00-17:00")],
        )
    )


def clock(rows) -> list[tuple[str, str, str]]:
    return [(r.step, local(r.start)[11:], local(r.end)[11:]) for r in made_rows(rows)]


def test_cap_11_a_move_is_propagated_and_tells_what_moved_along() -> None:
    made = three_steps()
    assert clock(made.rows) == [
        ("OP1", "08:00", "10:00"),
        ("OP2", "10:00", "11:00"),
        ("OP3", "13:00", "14:00"),
    ]
    moved = move(made, "MO:BIKE@GRAZ:1", "OP1", by=t.hours(2))
    assert clock(moved.rows) == [
        ("OP1", "10:00", "12:00"),
        ("OP2", "13:00", "14:00"),
        ("OP3", "14:00", "15:00"),
    ]
    assert [shift.after.step for shift in moved.moved_along] == ["OP2", "OP3"]
    assert local(moved.moved.before.start) == "2027-03-01 08:00"
    assert local(moved.moved.after.start) == "2027-03-01 10:00"
    assert breaches(made, moved.rows) == []
    # The plan it was made from is as it was.
    assert clock(made.rows)[0] == ("OP1", "08:00", "10:00")


def test_cap_11_slack_takes_up_a_move_before_anything_gives_way() -> None:
    made = three_steps()
    moved = move(made, "MO:BIKE@GRAZ:1", "OP2", by=t.hours(1))
    assert clock(moved.rows)[1:] == [("OP2", "11:00", "12:00"), ("OP3", "13:00", "14:00")]
    assert moved.moved_along == []


def test_cap_11_nothing_moves_without_need_and_no_move_goes_before_what_it_waits_for() -> None:
    made = three_steps()
    still = move(made, "MO:BIKE@GRAZ:1", "OP2", by=-t.hours(1))
    assert still.rows == made.rows
    assert still.moved_along == []
    back = move(made, "MO:BIKE@GRAZ:1", "OP1", by=timedelta(0))
    assert (back.rows, back.moved_along) == (made.rows, [])


def test_cap_11_another_order_on_the_machine_gives_way_only_where_it_is_met() -> None:
    made = planned(
        shop(t.step("MAKE", "M1", fixed=60), demands=[t.demand(f"SO-{n}") for n in (1, 2, 3)])
    )
    first = made_rows(made.rows)[0].order
    moved = move(made, first, "MAKE", by=t.hours(1))
    assert [local(r.start)[11:] for r in made_rows(moved.rows)] == ["09:00", "10:00", "11:00"]
    assert [local(s.after.start)[11:] for s in moved.moved_along] == ["10:00", "11:00"]
    assert breaches(made, moved.rows) == []


def test_cap_11_what_has_started_or_is_not_there_is_not_moved() -> None:
    made = preferred_is_busy(Policy(), "2027-03-01 17:00")
    with pytest.raises(ValueError, match="has started"):
        move(made, "WO-1", "LONG", by=t.hours(1))
    with pytest.raises(KeyError):
        move(made, "WO-1", "SHORT", by=t.hours(1))


def test_cap_12_started_work_stays_and_late_work_moves_under_its_own_name() -> None:
    now = t.at("2027-03-01 10:00")
    running = f.StepProgress(
        step="MAKE", state="started", machine="M1", started_at=t.at("2027-03-01 08:00")
    )
    waiting = f.StepProgress(step="MAKE", machine="M2", planned_start=t.at("2027-02-26 08:00"))
    made = planned(
        shop(
            t.step("MAKE", "M1", "M2", fixed=240),
            now=now,
            work_orders=[
                t.work_order("WO-1", "BIKE", 1, steps=(running,), reserved_for="SO-1"),
                t.work_order("WO-2", "BIKE", 1, steps=(waiting,), reserved_for="SO-2"),
            ],
            demands=[t.demand("SO-1"), t.demand("SO-2")],
        )
    )
    assert set(made.network.orders) == {"WO-1", "WO-2"}
    assert len(made.rows) == 2
    first, second = row(made, "WO-1"), row(made, "WO-2")
    assert (first.machine, local(first.start)) == ("M1", "2027-03-01 08:00")
    assert local(first.end) == "2027-03-01 12:00"
    assert second.start >= now
    assert (orders_of(made, "SO-1"), orders_of(made, "SO-2")) == ({"WO-1"}, {"WO-2"})


def test_cap_12_a_frozen_operation_keeps_machine_start_and_pegging() -> None:
    frozen = f.StepProgress(step="MAKE", machine="M2", planned_start=t.at("2027-03-01 14:00"))
    made = planned(
        shop(
            t.step("MAKE", "M1", "M2", fixed=60),
            plants=[t.plant(frozen=t.hours(24))],
            work_orders=[t.work_order("WO-1", "BIKE", 1, steps=(frozen,), reserved_for="SO-1")],
        ),
        seconds=0.5,
    )
    only = row(made, "WO-1")
    assert (only.machine, local(only.start)) == ("M2", "2027-03-01 14:00")


@pytest.mark.parametrize("cover", [None, timedelta(days=14)])
def test_cap_13_grouping_for_changeovers_makes_no_early_order_late(cover) -> None:
    due = {"SO-1": "2027-03-17", "SO-2": "2027-03-31"}
    kept = [f.Replenishment(item="BIKE", plant="GRAZ", cover=cover)] if cover else []
    made = planned(
        shop(
            t.step("MAKE", "M1", run=480),
            demands=[t.demand(d, requested=t.day(when)) for d, when in due.items()],
            replenishments=kept,
        ),
        Policy(grouping_window=timedelta(days=14)),
    )
    assert all(promise(made, d).planned is not None for d in due)
    assert not any(line.late for line in made.promises)


def six_minutes_each(quantity: int, run: float = 6, **lists) -> f.Snapshot:
    return shop(
        t.step("MAKE", "M1", run=run),
        work_orders=[t.work_order("WO-1", "BIKE", quantity)],
        demands=[t.demand(quantity=quantity)],
        **lists,
    )


def minutes_planned(made: Plan) -> float:
    (only,) = made.rows
    return (only.end - only.start).total_seconds() / 60


def test_cap_14_a_changed_quantity_makes_the_order_stale_and_the_replan_times_it_anew() -> None:
    made = planned(six_minutes_each(10))
    assert minutes_planned(made) == 60
    assert stale_orders(made, made.snapshot) == []
    changed = six_minutes_each(25)
    assert stale_orders(made, changed) == ["WO-1"]
    again = planned(changed)
    assert minutes_planned(again) == 150
    assert stale_orders(again, changed) == []


def test_cap_14_an_order_that_is_only_planned_goes_stale_with_its_demand() -> None:
    def asked(quantity: int) -> f.Snapshot:
        return shop(t.step("MAKE", "M1", run=6), demands=[t.demand(quantity=quantity)])

    made = planned(asked(10))
    assert stale_orders(made, asked(25)) == ["MO:BIKE@GRAZ:1"]
    assert minutes_planned(planned(asked(25))) == 150


def test_cap_14_a_new_routing_makes_stale_and_progress_does_not() -> None:
    made = planned(six_minutes_each(10))
    assert stale_orders(made, six_minutes_each(10, run=7)) == ["WO-1"]
    report = f.StepProgress(step="MAKE", good=4)
    begun = t.work_order("WO-1", "BIKE", 10, steps=(report,))
    assert stale_orders(made, made.snapshot.model_copy(update={"work_orders": (begun,)})) == []
    assert stale_orders(made, made.snapshot.model_copy(update={"work_orders": ()})) == ["WO-1"]


def test_cap_15_the_asked_quantity_is_answered_whatever_cannot_be() -> None:
    made = planned(
        shop(
            t.step("MAKE", "M1", run=600),
            demands=[],
            boms=[t.bom("BIKE", t.line("PART"))],
            stock=[t.stock("PART", 2000)],
        )
    )
    ten = ask(made, "BIKE", 10)
    assert ten.date is not None
    assert local(ten.date) == "2027-03-17 12:00"
    assert sum(portion.quantity for portion in ten.breakdown) == 10
    # All that the components allow lies beyond the horizon: no date, a reason, and no exception.
    most = ask(made, "BIKE", 2000)
    assert most.date is None
    assert most.reason
    assert ask(made, "BIKE", 10) == ten


def test_cap_15_a_demand_beyond_twenty_years_leaves_the_others_their_dates() -> None:
    made = planned(
        shop(
            t.step("MAKE", "M1", run=600),
            boms=[t.bom("BIKE", t.line("PART"))],
            stock=[t.stock("PART", 20_000)],
            demands=[t.demand(quantity=10), t.demand("SO-2", quantity=9000, priority=20)],
        )
    )
    assert dated(made) == "2027-03-17 12:00"
    assert promise(made, "SO-2").planned is None
    assert promise(made, "SO-2").reason

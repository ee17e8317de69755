"""Rule groups about work in progress. Now is Monday 2027-03-01 08:00 in GRAZ."""

import pytest

from scheduler import factory as f
from tests import factories as t
from tests.conformance.plants import date, planned, rows, runs, served


def under_way(*orders, **lists):
    """BIKE: an hour a piece on M1; 4 are wanted."""
    return t.one_machine_plant(t.demand(quantity=4), work_orders=list(orders), **lists)


def progress(step="MAKE", **fields) -> f.StepProgress:
    return f.StepProgress(step=step, **fields)


def test_wip_1_a_released_order_serves_the_demand_and_none_is_made_anew() -> None:
    plan = planned(under_way(t.work_order("WO-1", "BIKE", 4, status="released")))
    assert list(plan.network.orders) == ["WO-1"]
    assert runs(plan, "WO-1") == [("2027-03-01 08:00", "2027-03-01 12:00")]
    assert date(plan) == "2027-03-01 12:00"


def test_wip_1_only_what_is_missing_is_made_anew() -> None:
    plan = planned(under_way(t.work_order("WO-1", "BIKE", 3)))
    assert [o.quantity for o in plan.network.orders.values()] == [3, 1]
    assert served(plan) == {"BIKE order": 4}


@pytest.mark.parametrize("status", ["completed", "cancelled"])
def test_wip_1_an_order_that_is_over_supplies_nothing(status) -> None:
    plan = planned(under_way(t.work_order("WO-1", "BIKE", 4, status=status)))
    assert list(plan.network.orders) == ["MO:BIKE@GRAZ:1"]


@pytest.mark.parametrize(
    ("step", "done"),
    [
        (t.step("MAKE", "M1", run=60), "11:00"),  # 4 h by the piece, one is worked
        (t.step("MAKE", "M1", fixed=150), "09:30"),  # a fixed time of 2.5 h
        (t.step("MAKE", "M2", "M1", run=60), "11:00"),  # stays on the machine it is on
    ],
)
def test_wip_1_a_begun_order_keeps_its_machine_and_start_and_goes_on_from_now(step, done) -> None:
    """Begun on Friday 26 February at 16:00, an hour before closing."""
    begun = progress(state="started", machine="M1", started_at=t.at("2027-02-26 16:00"))
    plan = planned(
        under_way(
            t.work_order("WO-1", "BIKE", 4, status="started", steps=(begun,)),
            machines=[t.machine("M1"), t.machine("M2")],
            routings=[t.routing("BIKE", step)],
        )
    )
    assert [r.machine for r in rows(plan, "WO-1")] == ["M1"]
    assert runs(plan, "WO-1") == [("2027-02-26 16:00", f"2027-03-01 {done}")]


def three_steps(*steps: f.StepProgress, **order):
    return t.snapshot(
        machines=[t.machine(m) for m in ("M1", "M2", "M3")],
        routings=[t.routing("BIKE", *(t.step(s, f"M{n}", run=60) for n, s in enumerate("ABC", 1)))],
        boms=[t.bom("BIKE", t.line("PART", 1, step="A"))],
        work_orders=[t.work_order("WO-1", "BIKE", 2, steps=steps, **order)],
        demands=[t.demand(quantity=2)],
    )


def test_wip_2_steps_that_are_done_are_not_planned_again() -> None:
    """A is done, B goes on, C follows: two hours each, B was begun now."""
    plan = planned(
        three_steps(
            progress("A", state="done", good=2),
            progress("B", state="started", machine="M2", started_at=t.NOW),
            status="started",
            material_issued=True,
        )
    )
    assert [(r.step, *run) for r, run in zip(rows(plan), runs(plan), strict=True)] == [
        ("B", "2027-03-01 08:00", "2027-03-01 10:00"),
        ("C", "2027-03-01 10:00", "2027-03-01 12:00"),
    ]
    assert date(plan) == "2027-03-01 12:00"


def test_wip_2_material_that_is_issued_is_not_wanted_again() -> None:
    """There is no PART: an order that still needs it gets no date, one that has it does."""
    assert date(planned(three_steps(material_issued=True, status="released"))) == "2027-03-01 15:00"
    assert date(planned(three_steps(material_issued=False, status="released"))) is None


@pytest.mark.parametrize(("good", "scrap", "done"), [(1, 0, "15:00"), (4, 0, "11:00")])
def test_quantity_completed_only_the_rest_is_worked(good, scrap, done) -> None:
    """Of 7 pieces 6 are left (six hours with lunch between), or 3."""
    begun = progress(state="started", machine="M1", started_at=t.NOW, good=good, scrap=scrap)
    plan = planned(
        t.one_machine_plant(
            t.demand(quantity=7),
            work_orders=[t.work_order("WO-1", "BIKE", 7, status="started", steps=(begun,))],
        )
    )
    assert runs(plan, "WO-1")[0][1][11:] == done


def test_quantity_completed_what_is_delivered_already_is_not_made_again() -> None:
    plan = planned(t.one_machine_plant(t.demand(quantity=10, delivered=8)))
    assert date(plan) == "2027-03-01 10:00"

"""Rule groups about solvers, changed data, formats and Python."""

import json
from decimal import Decimal

import pytest

import truedate as td
from integration.formats import Format, read, write_native
from tests import factories as t
from tests.conformance.plants import date, dates, local, planned, runs
from tests.conformance.test_setups import painted


def test_heuristic2_a_second_solver_is_never_worse_and_holds_every_rule() -> None:
    """Four orders of two colours: the first plan, and what CP-SAT makes of it, proved."""
    demands = [
        t.demand(f"SO-{n}", colour, requested=t.at(f"2027-03-0{1 + n // 2} 17:00"))
        for n, colour in enumerate(("BLUE", "RED", "BLUE", "RED"))
    ]
    plant = painted(*demands, state="red")
    first, second = planned(plant), planned(plant, seconds=5)
    assert second.schedule.provenance.engine != first.schedule.provenance.engine or (
        second.schedule.objective == first.schedule.objective
    )
    assert second.schedule.objective <= first.schedule.objective
    assert second.schedule.status == "optimal"
    # All on time, and one change from red to blue is enough.
    assert second.schedule.objective[:3] == (0, 0, 20)


def three_orders(*left_out: str, **lists):
    """Four hours each on M1, the first number first; those named are taken away."""
    wanted = [
        t.demand(f"SO-{n}", quantity=4, requested=t.at("2027-03-01 12:00"), priority=n)
        for n in (1, 2, 3)
    ]
    return t.one_machine_plant(*(d for d in wanted if d.id not in left_out), **lists)


ENDS = ("2027-03-01 12:00", "2027-03-01 17:00", "2027-03-02 12:00")


def test_deletion_of_an_order_lets_those_behind_it_move_up() -> None:
    assert tuple(dates(planned(three_orders())).values()) == ENDS
    assert dates(planned(three_orders("SO-2"))) == {"SO-1": ENDS[0], "SO-3": ENDS[1]}


def test_deletion_of_a_machine_leaves_its_work_without_a_date_and_the_rest_as_it_was() -> None:
    plant = t.extended(
        three_orders("SO-2", "SO-3"),
        items=[t.item("CAR")],
        machines=[t.machine("M2")],
        routings=[t.routing("CAR", t.step("MAKE", "M2", run=60))],
        demands=[t.demand("CAR-1", "CAR")],
    )
    assert dates(planned(plant)) == {"SO-1": ENDS[0], "CAR-1": "2027-03-01 09:00"}
    without = plant.model_copy(update={"machines": plant.machines[:1]})
    assert dates(planned(without)) == {"SO-1": ENDS[0], "CAR-1": None}


def test_deletion_of_everything_leaves_an_empty_plan() -> None:
    plan = planned(three_orders("SO-1", "SO-2", "SO-3"))
    assert (plan.rows, plan.promises) == ([], [])


def test_json_what_is_written_is_read_and_planned_the_same() -> None:
    plant = three_orders()
    found = read("plant.json", write_native(plant))
    assert found.snapshot is not None
    assert found.snapshot == plant
    assert tuple(dates(planned(found.snapshot)).values()) == ENDS


def test_json_is_plain_and_says_its_version() -> None:
    data = json.loads(write_native(three_orders(), Format.JSON))
    assert data["truedate"] == "1"
    assert [d["id"] for d in data["demands"]] == ["SO-1", "SO-2", "SO-3"]


def test_python_1_a_file_is_read_planned_and_checked(tmp_path) -> None:
    file = tmp_path / "plant.json"
    file.write_bytes(write_native(three_orders()))
    snapshot = td.read(file)
    plan = td.plan(snapshot, seconds=0)
    assert [local(p.planned) for p in plan.promises if p.planned] == list(ENDS)
    assert td.validate(snapshot, plan.network, plan.rows) == []


def test_python_2_data_is_changed_by_copies_and_planned_again() -> None:
    """A second machine takes the second order; the snapshot itself is never changed."""
    plant = three_orders()
    step = t.step("MAKE", "M1", "M2", run=60)
    wider = plant.model_copy(
        update={
            "machines": (*plant.machines, t.machine("M2")),
            "routings": (t.routing("BIKE", step),),
        }
    )
    assert sorted(dates(planned(wider)).values()) == [ENDS[0], ENDS[0], ENDS[1]]
    assert tuple(dates(planned(plant)).values()) == ENDS
    with pytest.raises(ValueError, match="frozen"):
        plant.machines = ()


def test_python_3_a_plan_is_rows_promises_and_figures() -> None:
    plan = planned(three_orders("SO-2", "SO-3"))
    (row,), (promise,) = plan.rows, plan.promises
    assert (row.machine, row.step, int(row.quantity)) == ("M1", "MAKE", 4)
    assert row.start.tzinfo is not None
    assert runs(plan) == [("2027-03-01 08:00", ENDS[0])]
    assert (promise.demand, date(plan), promise.late) == ("SO-1", ENDS[0], False)
    assert local(td.quote(plan, item="BIKE", quantity=Decimal(1)).date) == "2027-03-01 14:00"

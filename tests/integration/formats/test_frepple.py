"""frePPLe's files: everything is read, and what is carried over otherwise is said."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from integration.formats import Format, Read, detect, read, read_path
from scheduler import factory as f
from tests.conftest import SHARED

FIXTURES = {
    "distribution_demo.json": {
        "plants": 3,
        "items": 11,
        "purchases": 11,
        "lanes": 22,
        "stock": 31,
        "demands": 3294,
    },
    "flow_line.json": {
        "plants": 1,
        "items": 70,
        "routings": 70,
        "boms": 70,
        "machines": 8,
        "labour_pools": 1,
        "demands": 10,
    },
    "jobshop.json": {"plants": 1, "items": 10, "routings": 10, "machines": 10, "demands": 10},
    "manufacturing_demo.json": {
        "plants": 4,
        "items": 11,
        "routings": 7,
        "boms": 7,
        "machines": 3,
        "labour_pools": 1,
        "purchases": 5,
        "lanes": 6,
        "stock": 18,
        "receipts": 7,
        "demands": 223,
        "calendars": 7,
        "customers": 3,
    },
    "alternate-materials": {"items": 7, "routings": 2, "purchases": 5, "stock": 2, "demands": 4},
    "calendar-working-hours": {
        "plants": 2,
        "routings": 1,
        "lanes": 1,
        "calendars": 2,
        "demands": 1,
    },
    "demand-policies": {"items": 6, "routings": 6, "stock": 6, "demands": 6},
    "demand-priorities": {"items": 1, "machines": 1, "demands": 12},
    "make-to-order": {
        "plants": 5,
        "items": 30,
        "replenishments": 18,
        "routings": 15,
        "machines": 15,
        "demands": 12,
    },
    "operation-alternate": {"items": 4, "routings": 2, "machines": 2, "purchases": 3, "demands": 3},
    "operation-autofence": {"items": 2, "routings": 2, "receipts": 2, "purchases": 2, "demands": 2},
    "operation-dependency": {
        "items": 5,
        "routings": 1,
        "machines": 2,
        "purchases": 4,
        "demands": 2,
    },
    "operation-posttime": {"items": 2, "routings": 2, "demands": 4},
    "operation-routing": {"items": 3, "routings": 1, "purchases": 2, "demands": 1},
    "operation-type": {"plants": 2, "items": 4, "routings": 7, "lanes": 1, "demands": 4},
    "resource-alternate": {"machines": 3, "work_centres": 1, "labour_pools": 1, "demands": 3},
    "resource-efficiency": {"machines": 2, "work_centres": 1, "routings": 2, "demands": 2},
    "resource-skills": {"machines": 7, "labour_pools": 1, "routings": 7, "demands": 4},
    "resource-tool": {"tools": 3, "routings": 17, "items": 18, "demands": 35},
    "resource-type": {"machines": 3, "labour_pools": 2, "routings": 3, "demands": 3},
    "supplier-capacity": {"plants": 1, "items": 3, "purchases": 3, "demands": 4},
    "transfer-batch": {"plants": 2, "items": 6, "routings": 4, "machines": 4, "demands": 2},
}


def path_of(name: str) -> Path:
    folder = SHARED / "data" / "frepple"
    return folder / name if name.endswith(".json") else folder / "examples" / f"{name}.xlsx"


def shared(name: str) -> tuple[f.Snapshot, set[str]]:
    """Snapshot and codes of the findings of a shared data set, which has no errors."""
    result = read_path(path_of(name))
    assert result.snapshot is not None
    assert not result.findings.errors
    return result.snapshot, {finding.code for finding in result.findings}


def fixture(*rows: tuple[str, dict[str, Any]]) -> Read:
    """A fixture of these rows, with one location and a current date."""
    base: tuple[tuple[str, dict[str, Any]], ...] = (
        ("parameter", {"name": "currentdate", "value": "2027-03-01 00:00:00"}),
        ("location", {"name": "plant"}),
    )
    models = [{"model": f"input.{name}", "fields": fields} for name, fields in (*base, *rows)]
    return read("f.json", json.dumps(models).encode())


def snapshot(*rows: tuple[str, dict[str, Any]]) -> f.Snapshot:
    result = fixture(*rows)
    assert result.snapshot is not None, [x.as_dict() for x in result.findings.errors]
    return result.snapshot


@pytest.mark.shared
@pytest.mark.parametrize("name", FIXTURES)
def test_every_data_set_is_read_without_errors_and_whole(name: str) -> None:
    plan, _ = shared(name)
    counts = {field: len(getattr(plan, field)) for field in FIXTURES[name]}
    assert counts == FIXTURES[name]
    named = {item.id for item in plan.items}
    assert {d.item for d in plan.demands} <= named
    assert {line.item for bom in plan.boms for line in bom.lines} <= named
    machines = {machine.id for machine in plan.machines}
    for routing in plan.routings:
        for step in routing.steps:
            assert {a.machine for a in step.alternatives} <= machines


@pytest.mark.shared
def test_both_kinds_of_file_are_recognised() -> None:
    data = path_of("jobshop.json").read_bytes()
    assert detect("jobshop.json", data) is Format.FREPPLE_JSON
    data = path_of("resource-tool").read_bytes()
    assert detect("resource-tool.xlsx", data) is Format.FREPPLE_WORKBOOK


@pytest.mark.shared
def test_the_job_shop_is_ft10_in_hours() -> None:
    plan, _ = shared("jobshop.json")
    assert all(len(routing.steps) == 10 for routing in plan.routings)
    first = plan.routings[0].steps[0]
    assert (first.fixed, first.alternatives[0].machine) == (timedelta(hours=29), "Machine 00")
    due = datetime(2014, 2, 8, 18, tzinfo=UTC)
    assert {demand.requested for demand in plan.demands} == {due}
    assert due - plan.now == timedelta(hours=930)


@pytest.mark.shared
def test_the_furniture_factory_has_its_line_of_two_and_its_named_operators() -> None:
    plan, codes = shared("manufacturing_demo.json")
    machines = {machine.id: machine for machine in plan.machines}
    assert machines["assembly line"].kind is f.MachineKind.MULTIPLE
    assert machines["assembly line"].capacity == 2
    operators = {
        worker.id: [s.skill for s in worker.skills] for worker in plan.labour_pools[0].members
    }
    assert operators == {
        "Philippe": ["Sawing skill"],
        "Carl": ["Sawing skill"],
        "Antonio": ["Varnish skill"],
    }
    steps = {step.id: step for routing in plan.routings for step in routing.steps}
    assert steps["Saw chair leg"].labour == (f.LabourNeed(pool="operators", skill="Sawing skill"),)
    assert steps["Apply varnish for chair"].alternatives == ()
    assert steps["Drying varnish for chair"].fixed == timedelta(hours=6)
    # Transfers that have not left are demands where they leave, besides the 220 orders of the file.
    assert sum(demand.status is f.DemandStatus.OPEN for demand in plan.demands) == 16 + 3
    assert {"frepple.transfer_to_leave", "frepple.lead_time_in_days"} <= codes


@pytest.mark.shared
def test_closed_history_is_kept_and_said_to_be_nothing_to_plan() -> None:
    plan, codes = shared("distribution_demo.json")
    assert {demand.status for demand in plan.demands} == {f.DemandStatus.CLOSED}
    assert "demand.none_open" in codes


@pytest.mark.shared
def test_an_operation_makes_what_its_materials_say() -> None:
    plan, codes = shared("flow_line.json")
    made = {routing.id: routing.item for routing in plan.routings}
    assert made["02 step 01"] == "product 02-01"
    assert "frepple.item_by_material" in codes


@pytest.mark.shared
def test_a_rocket_is_one_routing_whose_steps_wait_for_each_other() -> None:
    plan, _ = shared("operation-dependency")
    steps = {step.id: step for step in plan.routings[0].steps}
    assert len(steps) == 19
    assert {link.step for link in steps["Assemble rocket - step 4"].follows or ()} == {
        "Assemble rocket - step 2",
        "Assemble rocket - step 3",
    }
    assert steps["determine propellants"].follows == ()
    assert steps["design rocket engine"].alternatives[0].units == 7


@pytest.mark.shared
def test_members_of_a_pool_are_machines_when_it_does_the_work_and_workers_beside_a_machine() -> (
    None
):
    plan, _ = shared("resource-alternate")
    step = plan.routings[0].steps[0]
    assert [(a.machine, a.priority) for a in step.alternatives] == [
        ("machine A", 1),
        ("machine B", 2),
    ]
    assert plan.machines[0].efficiency == Decimal("1.2")
    assert [need.skill for need in step.labour] == ["can make round table"]


@pytest.mark.shared
def test_what_cannot_be_carried_over_is_said() -> None:
    expected = {
        "resource-tool": {
            "frepple.tool_per_piece",
            "frepple.returned_material",
            "frepple.shipping_hours",
        },
        "resource-type": {"frepple.quantity_buckets", "frepple.time_buckets"},
        "supplier-capacity": {"frepple.supplier_capacity"},
        "transfer-batch": {"frepple.transfer_batch"},
        "alternate-materials": {"frepple.search_mode"},
        "operation-alternate": {"frepple.search_mode", "frepple.orders_left"},
        "operation-autofence": {"frepple.parameter"},
        "demand-priorities": {"frepple.twice"},
        "operation-posttime": {"frepple.delivered_item"},
    }
    assert all(codes <= shared(name)[1] for name, codes in expected.items())


@pytest.mark.shared
def test_days_and_seconds_are_told_apart_by_the_parameter_of_the_workbook() -> None:
    in_days, _ = shared("alternate-materials")
    assert in_days.purchases[0].lead_time.amount == 240
    in_seconds, _ = shared("calendar-working-hours")
    assert in_seconds.lanes[0].lead_time == f.LeadTime(amount=48, unit=f.LeadTimeUnit.HOURS)


@pytest.mark.shared
def test_policies_of_demands_become_partial_deliveries_and_latest_dates() -> None:
    plan, _ = shared("demand-policies")
    demands = {demand.id: demand for demand in plan.demands}
    assert demands["Demand 2"].partial is f.Partial.FORBIDDEN
    assert demands["Demand 3"].minimum_shipment == 12
    assert demands["Demand 4"].latest == demands["Demand 4"].requested
    assert demands["Demand 1"].transit == timedelta(days=2)
    assert demands["Demand 1"].latest is None


MAKE = (
    "operation",
    {"name": "make", "item": "X", "type": "time_per", "duration_per": "60", "sizeminimum": 2},
)
ORDER = (
    "demand",
    {"name": "o", "item": "X", "quantity": 5, "due": "2027-03-10 12:00:00", "priority": 3},
)


def test_keys_with_and_without_their_suffix_are_the_same() -> None:
    with_suffix = (
        "operation",
        {"name": "make", "item_id": "X", "location_id": "plant", "duration": "60"},
    )
    without = ("operation", {"name": "make", "item": "X", "location": "plant", "duration": "60"})
    assert snapshot(with_suffix, ORDER) == snapshot(without, ORDER)


def test_buckets_of_one_priority_are_decided_by_the_later_start() -> None:
    plan = snapshot(
        ("calendar", {"name": "C", "defaultvalue": 0}),
        ("calendarbucket", {"calendar": "C", "value": 1, "startdate": "2027-01-01 00:00:00"}),
        (
            "calendarbucket",
            {
                "calendar": "C",
                "value": 0,
                "startdate": "2027-06-01 00:00:00",
                "enddate": "2027-06-02 00:00:00",
                "starttime": "08:00:00",
                "endtime": "16:59:59",
            },
        ),
    )
    closed, opened = plan.calendars[0].rules
    assert (closed.opens, closed.starts, closed.ends) == (False, "08:00", "17:00")
    assert (closed.valid_from, closed.valid_to) == (date(2027, 6, 1), date(2027, 6, 1))
    assert opened.opens
    assert closed.rank < opened.rank


def test_two_of_an_item_from_one_run_halve_the_time_of_each() -> None:
    plan = snapshot(
        MAKE,
        ("operationmaterial", {"operation": "make", "item": "X", "quantity": 2, "type": "end"}),
        ("operationmaterial", {"operation": "make", "item": "Y", "quantity": -3, "type": "start"}),
        ORDER,
    )
    assert plan.boms[0].output_quantity == 2
    assert plan.boms[0].lines[0].quantity == 3
    assert plan.routings[0].steps[0].run_per_unit == timedelta(seconds=30)
    assert plan.routings[0].lot_minimum == 4


def test_a_size_that_varies_makes_a_counted_pool() -> None:
    plan = snapshot(
        MAKE,
        ORDER,
        ("calendar", {"name": "C", "defaultvalue": 1}),
        ("calendarbucket", {"calendar": "C", "value": 3, "startdate": "2027-04-01 00:00:00"}),
        ("resource", {"name": "R", "maximum_calendar": "C"}),
        ("operationresource", {"operation": "make", "resource": "R", "quantity": 1}),
    )
    assert plan.machines == ()
    assert (plan.labour_pools[0].id, plan.labour_pools[0].calendar) == ("R", "C")


def test_half_a_machine_is_counted_in_halves() -> None:
    plan = snapshot(
        MAKE,
        ORDER,
        ("resource", {"name": "R", "maximum": 1}),
        ("operationresource", {"operation": "make", "resource": "R", "quantity": 0.5}),
    )
    assert plan.machines[0].capacity == 2
    assert plan.routings[0].steps[0].alternatives[0].units == 1


def test_setup_rules_with_patterns_become_pairs_by_their_priority() -> None:
    plan = snapshot(
        MAKE,
        ORDER,
        ("setupmatrix", {"name": "M"}),
        (
            "setuprule",
            {
                "setupmatrix": "M",
                "priority": 1,
                "fromsetup": "red*",
                "tosetup": "blue",
                "duration": "600",
            },
        ),
        ("setuprule", {"setupmatrix": "M", "priority": 2, "duration": "1800"}),
        ("resource", {"name": "R", "setupmatrix": "M", "setup": "red light"}),
        ("operationresource", {"operation": "make", "resource": "R", "setup": "blue"}),
    )
    times = {(c.from_family, c.to_family): c.time for c in plan.setup_matrices[0].changeovers}
    assert times["red light", "blue"] == timedelta(minutes=10)
    assert times["blue", "red light"] == timedelta(minutes=30)
    assert times[None, "blue"] == timedelta(minutes=30)
    assert plan.routings[0].steps[0].setup_family == "blue"


def test_confirmed_orders_are_read_and_proposed_ones_counted() -> None:
    dates = {"startdate": "2027-02-20 00:00:00", "enddate": "2027-03-05 00:00:00"}
    result = fixture(
        MAKE,
        ORDER,
        (
            "operationplan",
            {
                "reference": "MO1",
                "type": "MO",
                "status": "confirmed",
                "operation": "make",
                "quantity": 6,
                "quantity_completed": 2,
            }
            | dates,
        ),
        (
            "operationplan",
            {
                "reference": "PO1",
                "type": "PO",
                "status": "approved",
                "item": "Y",
                "quantity": 9,
                "supplier": "S",
            }
            | dates,
        ),
        (
            "operationplan",
            {"reference": "MO2", "type": "MO", "status": "proposed", "operation": "make"} | dates,
        ),
    )
    assert result.snapshot is not None
    order = result.snapshot.work_orders[0]
    assert (order.id, order.status) == ("MO1", f.WorkOrderStatus.STARTED)
    assert order.steps[0].state is f.StepState.STARTED
    assert [order.quantity, order.steps[0].good] == [6, 2]
    assert [receipt.id for receipt in result.snapshot.receipts] == ["PO1"]
    assert "frepple.orders_left" in {finding.code for finding in result.findings}


def test_an_item_group_is_bought_and_moved_as_each_of_its_items() -> None:
    plan = snapshot(
        ("item", {"name": "all"}),
        ("item", {"name": "X", "owner": "all"}),
        ("item", {"name": "Y", "owner": "all"}),
        ("item", {"name": "Z"}),
        ("location", {"name": "shop"}),
        ("supplier", {"name": "S"}),
        (
            "itemsupplier",
            {"item": "all", "supplier": "S", "leadtime": "86400", "location": "plant"},
        ),
        (
            "itemdistribution",
            {"item": "all", "origin": "plant", "location": "shop", "leadtime": "3600"},
        ),
    )
    assert [item.id for item in plan.items] == ["X", "Y", "Z"]
    assert [p.item for p in plan.purchases] == ["X", "Y"]
    assert [p.lead_time.amount for p in plan.purchases] == [24, 24]
    assert [lane.item for lane in plan.lanes] == ["X", "Y"]


def test_nobody_with_the_skill_is_an_error_that_names_the_operation() -> None:
    result = fixture(
        MAKE,
        ORDER,
        ("resource", {"name": "R"}),
        ("skill", {"name": "welding"}),
        ("operationresource", {"operation": "make", "resource": "R", "skill": "welding"}),
    )
    assert [finding.code for finding in result.findings.errors] == ["frepple.nobody_can"]


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ((("operation", {"name": "make", "item": "X", "duration": "soon"}),), "frepple.bad_value"),
        ((("operationresource", {"operation": "make", "resource": "R"}),), "frepple.names_nothing"),
        ((("item", {"description": "nameless"}),), "frepple.no_name"),
        ((("demand", {"name": "o", "quantity": 5}),), "frepple.bad_order"),
        ((("demand", {"name": "o", "item": "X", "quantity": "NaN"}),), "frepple.bad_value"),
        ((("itemsupplier", {"supplier": "S"}),), "frepple.names_nothing"),
    ],
)
def test_wrong_rows_are_errors_with_a_remedy(rows, code: str) -> None:
    result = fixture(*rows)
    assert result.snapshot is None
    assert code in {finding.code for finding in result.findings.errors}
    assert all(finding.remedy for finding in result.findings.errors)

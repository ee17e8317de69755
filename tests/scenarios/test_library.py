"""The library: what ships with the package reads, refers to what it has, and shows what it says."""

from datetime import UTC, date, datetime

import pytest
import yaml

from scenarios import library
from scheduler.factory import MachineKind, Snapshot
from scheduler.network import build_network
from scheduler.problem import Mode
from scheduler.schedule import RowKind
from scheduler.solve import Plan, plan


@pytest.fixture(scope="module")
def bicycles() -> Snapshot:
    return Snapshot.model_validate(yaml.safe_load(library.load("bicycles").content))


def test_a_file_comes_with_the_name_that_tells_its_format() -> None:
    assert library.names() == ("bicycles",)
    assert library.load("bicycles").name == "bicycles.yaml"


def test_a_plant_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(KeyError, match="boats is not in the library; it has bicycles"):
        library.load("boats")


def test_the_bicycle_plant_plans_from_the_monday_before_the_clocks_change(
    bicycles: Snapshot,
) -> None:
    assert bicycles.now == datetime(2027, 3, 22, 7, 0, tzinfo=UTC)
    assert len(bicycles.demands) == 26
    assert sum(demand.promised is not None for demand in bicycles.demands) >= 10


def test_the_bicycle_plant_names_nothing_it_does_not_have(bicycles: Snapshot) -> None:
    items = {item.id for item in bicycles.items}
    named = {line.item for bom in bicycles.boms for line in bom.lines}
    named |= {demand.item for demand in bicycles.demands}
    named |= {lot.item for lot in bicycles.stock} | {r.item for r in bicycles.receipts}
    named |= {r.item for r in bicycles.replenishments} | {p.item for p in bicycles.purchases}
    named |= {routing.item for routing in bicycles.routings}
    assert named <= items
    machines = {machine.id for machine in bicycles.machines}
    asked = {a.machine for r in bicycles.routings for s in r.steps for a in s.alternatives}
    assert asked <= machines


def test_drive_units_on_the_shelf_go_to_the_e_bikes_that_are_wanted_first(
    bicycles: Snapshot,
) -> None:
    network = build_network(bicycles)
    units = {
        peg.need.id: (peg.supply, int(peg.quantity))
        for peg in network.pegs
        if network.supplies[peg.supply].item == "DRIVE-UNIT" and peg.supply.startswith("ST:")
    }
    goes_to = {
        network.supplies[peg.supply].output_of or peg.supply: peg.need.id for peg in network.pegs
    }
    sold = {goes_to[goes_to[order]]: quantity for order, (_, quantity) in units.items()}
    # Both are promised; SO-1048 comes before SO-1050 by priority, and takes all it needs.
    assert sold == {"SO-1048/10": 4, "SO-1050/10": 1}


def test_the_bicycle_plant_holds_what_its_head_promises(bicycles: Snapshot) -> None:
    steps = [step for routing in bicycles.routings for step in routing.steps]
    assert any(machine.kind is MachineKind.BATCH for machine in bicycles.machines)
    assert any(step.subcontract for step in steps)
    assert any(step.tools for step in steps)
    assert any(need.skill for step in steps for need in step.labour)
    assert any(customer.parent for customer in bicycles.customers)
    assert {lane.to_plant for lane in bicycles.lanes} == {"LINZ"}
    assert bicycles.plants[0].frozen


@pytest.fixture(scope="module")
def planned(bicycles: Snapshot) -> Plan:
    return plan(bicycles, seconds=0)


def test_the_bicycle_plant_is_planned_without_a_complaint(planned: Plan) -> None:
    assert not planned.findings
    assert all(promise.planned for promise in planned.promises)
    made = {(row.order, row.step) for row in planned.rows if row.kind is RowKind.MAKE}
    assert 150 <= len(made) <= 250


def test_some_bicycles_are_late_and_most_are_not(planned: Plan) -> None:
    late = {promise.demand for promise in planned.promises if promise.lateness_hours}
    assert {"SO-1050/10", "SO-1045/10"} <= late
    assert len(late) < len(planned.promises) / 2


def test_no_e_bike_beyond_the_stock_of_drives_is_built_before_they_come(planned: Plan) -> None:
    rows = [r for r in planned.rows if (r.item, r.step) == ("EBIKE-BLACK", "ASSEMBLE")]
    early = [row for row in rows if row.start.date() < date(2027, 4, 6)]
    assert sum(row.quantity for row in early) <= 5


def test_the_night_the_clocks_change_is_worked_in_the_paint_shop(planned: Plan) -> None:
    """22:00 to 06:00 is seven hours that night."""
    opens, closes = datetime(2027, 3, 27, 21, tzinfo=UTC), datetime(2027, 3, 28, 4, tzinfo=UTC)
    hours = planned.built.horizon
    machine = planned.built.machines.index("PAINT-1")
    modes = planned.built.problem.modes
    calendar = modes[modes[:, Mode.MACHINE] == machine][0, Mode.CALENDAR]
    windows = planned.built.problem.calendar(calendar)[:, :2].tolist()
    assert [hours.at_or_after(opens), hours.at_or_after(closes)] in windows

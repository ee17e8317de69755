"""Files of other systems, from bytes to a plan that holds every rule, and the dates it gives."""

import csv
from pathlib import Path

import pytest

from integration.formats import Read, read_path
from scheduler.findings import Severity
from scheduler.schedule import Schedule
from scheduler.solve import plan
from tests.conformance.plants import breaches, planned

pytestmark = [pytest.mark.shared, pytest.mark.slow]

LATE_HOURS_OF_THE_REFERENCE = 2652
"""Sum over the 16 orders of manufacturing_demo in the reference plan."""
UNTIL_ON_TIME = 300
"""Seconds until the search for a plan of jobshop gives up; 25 do on two idle cores."""
EXAMPLES = {
    "alternate-materials": 4,
    "calendar-working-hours": 1,
    "demand-policies": 6,
    "demand-priorities": 12,
    "make-to-order": 12,
    "operation-alternate": 3,
    "operation-autofence": 2,
    "operation-dependency": 2,
    "operation-posttime": 4,
    "operation-routing": 1,
    "operation-type": 4,
    "resource-alternate": 3,
    "resource-efficiency": 2,
    "resource-skills": 4,
    "resource-tool": 35,
    "resource-type": 3,
    "supplier-capacity": 4,
    "transfer-batch": 2,
}
"""Example workbooks and how many orders each has."""


def snapshot_of(found: Read):
    assert found.snapshot is not None, [f.message for f in found.findings]
    return found.snapshot


def test_every_example_workbook_is_known(shared) -> None:
    files = (shared / "data" / "frepple" / "examples").glob("*.xlsx")
    assert {file.stem for file in files} == set(EXAMPLES)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_order_of_an_example_workbook_gets_a_date_in_a_plan_that_holds(shared, name) -> None:
    file = shared / "data" / "frepple" / "examples" / f"{name}.xlsx"
    found = planned(snapshot_of(read_path(file)), seconds=1)
    assert len(found.promises) == EXAMPLES[name]
    assert [p.demand for p in found.promises if p.planned is None] == []


@pytest.mark.parametrize(
    ("folder", "file", "orders"),
    [("frepple", "flow_line.json", 10), ("business-central", "contoso_coffee.json", 5)],
)
def test_every_order_of_a_fixture_gets_a_date_in_a_plan_that_holds(
    shared, folder, file, orders
) -> None:
    found = planned(snapshot_of(read_path(shared / "data" / folder / file)), seconds=2)
    assert len(found.promises) == orders
    assert [p.demand for p in found.promises if p.planned is None] == []


def test_distribution_demo_has_no_open_order_and_says_so(shared) -> None:
    read = read_path(shared / "data" / "frepple" / "distribution_demo.json")
    finding = next(f for f in read.findings if f.code == "demand.none_open")
    assert finding.severity is Severity.WARNING
    found = planned(snapshot_of(read))
    assert found.promises == []


def reference_hours(folder: Path) -> dict[str, float]:
    """Lateness of each order in the reference plan of manufacturing_demo."""
    with (folder / "manufacturing_demo_autofence0.csv").open(encoding="utf-8") as file:
        return {row["demand"]: float(row["lateness_hours"]) for row in csv.DictReader(file)}


def test_manufacturing_demo_is_less_late_than_the_reference(shared) -> None:
    frepple = shared / "data" / "frepple"
    reference = reference_hours(frepple / "reference")
    assert sum(reference.values()) == LATE_HOURS_OF_THE_REFERENCE
    found = planned(snapshot_of(read_path(frepple / "manufacturing_demo.json")), seconds=20)
    late = {p.demand: p.lateness_hours for p in found.promises if p.demand in reference}
    assert late.keys() == reference.keys()
    assert sum(late.values()) <= LATE_HOURS_OF_THE_REFERENCE
    assert all(p.planned is not None for p in found.promises)


def test_jobshop_is_all_on_time(shared) -> None:
    """Its dates are the known optimum of the ten-by-ten instance: hour 930."""
    best: list[Schedule] = []

    def on_time() -> bool:
        return bool(best) and best[-1].objective[:2] == (0, 0)

    snapshot = snapshot_of(read_path(shared / "data" / "frepple" / "jobshop.json"))
    found = plan(snapshot, seconds=UNTIL_ON_TIME, progress=best.append, cancelled=on_time)
    assert breaches(found) == []
    assert len(found.promises) == 10
    assert [p.demand for p in found.promises if p.late or p.planned is None] == []

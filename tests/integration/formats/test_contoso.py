"""The demo factory of Business Central."""

from datetime import timedelta

import pytest

from integration.formats import Format, Read, detect, read_path
from scheduler import factory as f
from tests.conftest import SHARED

FILE = SHARED / "data" / "business-central" / "contoso_coffee.json"
pytestmark = pytest.mark.shared


@pytest.fixture(scope="module")
def result() -> Read:
    return read_path(FILE)


@pytest.fixture(scope="module")
def plan(result: Read) -> f.Snapshot:
    assert result.snapshot is not None
    return result.snapshot


def test_the_facts_are_read_whole_and_without_errors(result: Read, plan: f.Snapshot) -> None:
    assert detect(FILE.name, FILE.read_bytes()) is Format.CONTOSO
    assert not result.findings.errors
    assert (len(plan.work_centres), len(plan.machines)) == (6, 13 + 4)
    assert (len(plan.items), len(plan.boms)) == (34 + 1, 8 + 1)
    assert sum(len(bom.lines) for bom in plan.boms) == 74
    assert sum(len(r.steps) for r in plan.routings if not r.id.endswith("NO-ROUTING")) == 20


def test_the_second_shift_ends_at_eleven_at_night(plan: f.Snapshot) -> None:
    two = next(c for c in plan.calendars if c.id == "Two shifts")
    assert [(rule.starts, rule.ends) for rule in two.rules] == [
        ("08:00", "16:00"),
        ("16:00", "23:00"),
    ]


def test_a_parallel_routing_forks_and_joins(plan: f.Snapshot) -> None:
    routing = next(r for r in plan.routings if r.id == "SP-SCM1009-PARALLEL")
    follows = {step.id: [link.step for link in step.follows or ()] for step in routing.steps}
    assert follows == {"05": [], "10": ["05"], "20": ["05"], "30": ["10", "20"], "40": ["30"]}
    assert routing.priority == 2


def test_a_subcontracted_step_has_its_supplier_and_no_machine(plan: f.Snapshot) -> None:
    routing = next(r for r in plan.routings if r.id == "SP-SCM1009-SUB-1")
    outside = routing.steps[0]
    assert outside.subcontract is not None
    assert outside.subcontract.supplier == "SubcontractorVendor"
    assert outside.alternatives == ()
    assert routing.steps[1].setup == timedelta(minutes=60)


def test_bills_keep_links_fixed_quantities_units_versions_and_phantoms(plan: f.Snapshot) -> None:
    boms = {bom.id: bom for bom in plan.boms}
    assert {line.item: line.step for line in boms["SP-SCM1004"].lines if line.step} == {
        "SP-BOM1302": "20",
        "SP-BOM1303": "20",
    }
    reservoir = {line.item: line for line in boms["SP-BOM2000"].lines}
    assert reservoir["SP-BOM2004"].fixed
    assert reservoir["SP-BOM2005"].unit == "ML"
    assert reservoir["SP-BOM2005"].quantity == 20
    assert boms["SP-SCM1009-V1"].item == "SP-SCM1009"
    assert boms["SP-SCM1009-V1"].priority == 2
    assert next(i for i in plan.items if i.id == "SP-SCM1006-BASE").phantom
    assert {line.item for line in boms["SP-SCM1006-RED"].lines} == {"SP-BOM3002", "SP-SCM1006-BASE"}


def test_what_the_reader_adds_is_said(result: Read, plan: f.Snapshot) -> None:
    examples = [demand.id for demand in plan.demands]
    said = [x.path for x in result.findings if x.code == "contoso.example_order"]
    assert said == [f"demands/{name}" for name in examples]
    assert {demand.quantity for demand in plan.demands} == {10}
    assert all(demand.requested == plan.now + timedelta(days=14) for demand in plan.demands)
    codes = {finding.code for finding in result.findings}
    assert {
        "contoso.now",
        "contoso.bought",
        "contoso.subcontract_time",
        "contoso.no_routing",
    } <= codes

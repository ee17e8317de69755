"""Check: every problem of the data at once, each with words, remedy and the right severity."""

import re
import time
from pathlib import Path

import pytest

from scheduler import factory as f
from scheduler.factory import parse as parsing
from scheduler.factory.check import check
from scheduler.factory.structure import Structure
from scheduler.findings import Severity
from scheduler.network import NeedKind, build_network
from tests import factories as t
from tests.conftest import ROOT

STEP = t.step("MAKE", "M1", run=1)


def bike(**lists) -> f.Snapshot:
    return t.one_machine_plant(t.demand(), **lists)


def order(**fields) -> f.Snapshot:
    return bike(work_orders=[t.work_order("WO-1", "BIKE", 10, **fields)])


def matrix(*changes: tuple[str | None, str | None, int]) -> f.SetupMatrix:
    return f.SetupMatrix(
        id="PAINT",
        changeovers=tuple(
            f.Changeover(from_family=a, to_family=b, time=t.minutes(m)) for a, b, m in changes
        ),
    )


PROBLEMS = {
    "data.duplicate_id": bike(machines=[t.machine("M1"), t.machine("M1")]),
    "data.shared_id": bike(
        work_orders=[t.work_order("1001", "BIKE", 1)],
        receipts=[t.receipt("1001", "BIKE", 1, t.day("2027-03-09"))],
    ),
    "reference.unknown": t.one_machine_plant(t.demand(plant="NOWHERE")),
    "unit.unknown": bike(items=[t.item("BIKE", unit="furlong")]),
    "unit.no_conversion": t.one_machine_plant(t.demand(unit="kg")),
    "unit.cycle": bike(units=[f.Unit(id="a", base="b"), f.Unit(id="b", base="a")]),
    "bom.cycle": bike(boms=[t.bom("BIKE", t.line("BIKE"))]),
    "bom.zero_line": bike(boms=[t.bom("BIKE", t.line("PART", 0))]),
    "bom.phantom_empty": bike(boms=[t.bom("BIKE", t.line("SET", phantom=True))]),
    "bom.unknown_step": bike(boms=[t.bom("BIKE", t.line("PART", step="GLUE"))]),
    "bom.overlap": bike(boms=[t.bom("BIKE", id="A"), t.bom("BIKE", id="B")]),
    "bom.none_effective": bike(boms=[t.bom("BIKE", effective_to=t.day("2027-01-31"))]),
    "factory.no_routing": t.snapshot(demands=[t.demand()]),
    "routing.none_effective": bike(
        routings=[t.routing("BIKE", STEP, effective_to=t.day("2027-01-31"))]
    ),
    "routing.overlap": bike(
        routings=[t.routing("BIKE", STEP, id="A"), t.routing("BIKE", STEP, id="B")]
    ),
    "routing.no_steps": bike(routings=[t.routing("BIKE")]),
    "routing.cycle": bike(
        routings=[
            t.routing(
                "BIKE",
                t.step("A", "M1", follows=(f.Link(step="B"),)),
                t.step("B", "M1", follows=(f.Link(step="A"),)),
            )
        ]
    ),
    "routing.lags": bike(
        routings=[
            t.routing(
                "BIKE",
                STEP,
                t.step("B", "M1", minimum_lag=t.minutes(9), maximum_lag=t.minutes(5)),
            )
        ]
    ),
    "routing.other_plant": bike(
        plants=[t.plant("GRAZ"), t.plant("LINZ")], machines=[t.machine("M1", "LINZ")]
    ),
    "validity.reversed": bike(
        purchases=[
            t.buy(
                "BIKE",
                effective_from=t.day("2027-05-01"),
                effective_to=t.day("2027-04-01"),
            )
        ]
    ),
    "lot.contradiction": bike(
        replenishments=[f.Replenishment(item="BIKE", plant="GRAZ", lot_minimum=9, lot_maximum=5)]
    ),
    "stock.negative": bike(stock=[t.stock("BIKE", -9, location="B")]),
    "stock.expired": bike(stock=[t.stock("BIKE", 9, usable_until=t.day("2027-02-01"))]),
    "stock.reserved_for_nobody": bike(stock=[t.stock("BIKE", 9, status="reserved")]),
    "stock.reserved_for_unknown": bike(stock=[t.stock("BIKE", 9, reserved_for="SO-9")]),
    "receipt.incomplete": bike(receipts=[f.Receipt(id="PO-1", item="BIKE", quantity=1)]),
    "receipt.overdue": bike(receipts=[t.receipt("PO-1", "BIKE", 1, t.day("2027-02-01"))]),
    "calendar.unknown_zone": bike(plants=[t.plant(time_zone="Europe/Gratz")]),
    "calendar.never_open": bike(calendars=[t.DAY, f.Calendar(id="SHUT")]),
    "calendar.bad_day": bike(calendars=[t.calendar("DAY", "08:00-17:00", days=(7,))]),
    "calendar.ends": t.one_machine_plant(
        t.demand(requested=t.day("2028-03-01")),
        calendars=[t.calendar("DAY", "08:00-17:00", known_until=t.day("2027-12-31"))],
    ),
    "setup.triangle": bike(setup_matrices=[matrix(("A", "C", 60), ("A", "B", 10), ("B", "C", 10))]),
    "setup.twice": bike(setup_matrices=[matrix(("A", "B", 10), ("A", "B", 20))]),
    "work_centre.empty": bike(
        work_centres=[f.WorkCentre(id="PAINT", plant="GRAZ")],
        routings=[t.routing("BIKE", f.Step(id="MAKE", work_centre="PAINT"))],
    ),
    "labour.too_few": bike(
        labour_pools=[f.LabourPool(id="CREW", plant="GRAZ", people=1)],
        routings=[
            t.routing("BIKE", t.step("MAKE", "M1", labour=(f.LabourNeed(pool="CREW", people=2),)))
        ],
    ),
    "tool.too_few": bike(
        tools=[f.Tool(id="MOULD", plant="GRAZ")],
        routings=[
            t.routing("BIKE", t.step("MAKE", "M1", tools=(f.ToolNeed(tool="MOULD", count=2),)))
        ],
    ),
    "customer.cycle": bike(
        customers=[f.Customer(id="A", parent="B"), f.Customer(id="B", parent="A")]
    ),
    "lane.same_plant": bike(lanes=[t.lane("GRAZ", "GRAZ")]),
    "work_order.unknown_routing": order(routing="R-OLD"),
    "work_order.other_item": bike(
        routings=[t.routing("BIKE", STEP), t.routing("TRIKE", STEP)],
        work_orders=[t.work_order("WO-1", "BIKE", 10, routing="R-TRIKE")],
    ),
    "work_order.stale_routing": bike(
        routings=[
            t.routing("BIKE", STEP),
            t.routing("BIKE", STEP, id="R-OLD", effective_to=t.day("2027-01-31")),
        ],
        work_orders=[t.work_order("WO-1", "BIKE", 10, routing="R-OLD")],
    ),
    "work_order.unknown_step": order(steps=(f.StepProgress(step="GLUE", good=1),)),
    "work_order.progress_gap": bike(
        routings=[t.routing("BIKE", STEP, t.step("PACK", "M1"))],
        work_orders=[
            t.work_order("WO-1", "BIKE", 10, steps=(f.StepProgress(step="PACK", good=4),))
        ],
    ),
    "work_order.no_start": order(steps=(f.StepProgress(step="MAKE", state="started"),)),
    "demand.promise_past": t.one_machine_plant(t.demand(promised=t.day("2027-02-20"))),
    "demand.window": t.one_machine_plant(
        t.demand(requested=t.day("2027-04-01"), latest=t.day("2027-03-01"))
    ),
    "demand.nothing": t.one_machine_plant(t.demand(quantity=0)),
    "demand.over_delivered": t.one_machine_plant(t.demand(quantity=4, delivered=5)),
    "demand.minimum_shipment": t.one_machine_plant(t.demand(quantity=4, minimum_shipment=9)),
    "demand.other_routing": t.one_machine_plant(
        t.demand(routing="R-TRIKE"), routings=[t.routing("BIKE", STEP), t.routing("TRIKE", STEP)]
    ),
}


@pytest.mark.parametrize("code", PROBLEMS)
def test_every_problem_is_found_with_words_and_remedy(code) -> None:
    found = [x for x in check(PROBLEMS[code]) if x.code == code]
    assert found, f"nothing says {code}"
    for finding in found:
        assert finding.path
        assert finding.remedy
        assert finding.message.endswith(".")
        assert finding.severity is not Severity.WARNING or finding.effect


@pytest.mark.parametrize("code", PROBLEMS)
def test_no_problem_of_the_data_stops_the_network(code) -> None:
    network = build_network(PROBLEMS[code])
    for demand in network.demands:
        served = network.pegs_of_need().get((NeedKind.DEMAND, demand.id))
        assert served or demand.id in network.undated


@pytest.mark.parametrize(
    "plant",
    [
        t.one_machine_plant(t.demand()),
        t.two_level_plant(t.demand()),
        t.two_plants(t.demand()),
        t.two_machines_one_painter(t.demand()),
        f.Snapshot(now=t.NOW),
    ],
)
def test_a_sound_plant_has_no_findings(plant) -> None:
    assert list(check(plant)) == []


def test_all_problems_are_told_at_once() -> None:
    plant = bike(
        stock=[t.stock("BIKE", -1), t.stock("BIKE", 3, reserved_for="SO-9")],
        receipts=[f.Receipt(id="PO-1", item="BIKE", quantity=1)],
        boms=[t.bom("BIKE", t.line("BIKE"))],
    )
    assert {"stock.negative", "stock.reserved_for_unknown", "receipt.incomplete", "bom.cycle"} <= {
        x.code for x in check(plant)
    }


def test_a_matrix_that_holds_the_triangle_is_silent() -> None:
    sound = matrix(("A", None, 20), (None, "B", 15), (None, None, 20), ("A", "B", 12))
    assert not list(check(bike(setup_matrices=[sound])))


def test_a_snapshot_of_100_000_operations_is_checked_at_once() -> None:
    plant = t.many_demands(20_000)
    started = time.process_time()
    assert not list(check(plant))
    assert time.process_time() - started < 1


def listed_codes() -> set[str]:
    folder = ROOT / "docs" / "reference"
    pages = [folder / "errors.md"]
    return {
        code for page in pages for code in re.findall(r"^\| `([a-z_.]+)`", page.read_text(), re.M)
    }


def test_every_code_is_listed_in_the_reference() -> None:
    sources = [
        *Path(ROOT / "scheduler" / "factory").rglob("*.py"),
        *Path(ROOT / "scheduler" / "network").rglob("*.py"),
    ]
    named = {
        code
        for source in sources
        for code in re.findall(r'"([a-z_]+\.[a-z_]+)"', source.read_text())
        if code.split(".")[0] in AREAS
    }
    assert named <= listed_codes()
    assert {code for code, _ in parsing.SAYINGS.values()} <= named


AREAS = {code.split(".")[0] for code in PROBLEMS} | {"purchase", "supply", "data"}


def test_a_ring_of_a_thousand_items_is_found() -> None:
    names = [f"I{n:04d}" for n in range(1000)]
    boms = tuple(t.bom(a, t.line(b)) for a, b in zip(names, [*names[1:], names[0]], strict=True))
    (ring,) = Structure(boms).rings
    assert ring == (*names, names[0])


def test_items_are_levelled_below_everything_that_contains_them() -> None:
    levels = Structure(
        (
            t.bom("A", t.line("B"), t.line("D")),
            t.bom("B", t.line("C")),
            t.bom("C", t.line("D"), co_products=(f.CoProduct(item="E", quantity=1),)),
        )
    ).levels
    assert levels["A"] < levels["B"] < levels["C"] < levels["D"]
    assert levels["E"] > levels["C"]


def test_substitutes_share_a_pool_unless_one_goes_into_the_other() -> None:
    line = t.line("CHAIN", substitutes=(f.Substitute(item="BELT"),))
    assert Structure((t.bom("BIKE", line),)).pools == {"BELT": "BELT", "CHAIN": "BELT"}
    tangled = Structure((t.bom("BIKE", line), t.bom("BELT", t.line("CHAIN"))))
    assert tangled.pools == {}
    assert tangled.levels["BELT"] < tangled.levels["CHAIN"]

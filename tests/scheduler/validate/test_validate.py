"""What the validator says, and of what it keeps quiet."""

from fractions import Fraction
from pathlib import Path
from time import process_time

import pytest

from scheduler.factory import StepProgress
from scheduler.findings import Severity
from scheduler.network.model import Order
from scheduler.policy import Policy
from scheduler.schedule import PlanRow, RowKind
from scheduler.validate import RULES, Code, validate
from scheduler.validate.supplies import SuppliedPlan
from tests import factories as a
from tests.scheduler.validate import valid
from tests.scheduler.validate.plants import Case, move, network, order, several, snapshot_with, t

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "reference" / "errors.md"


def test_a_message_names_operation_machine_and_times_on_the_clock_of_the_plant() -> None:
    finding = move("1 11:00", "1 14:00", row=1)(valid.two_orders()).findings()[0]
    assert finding.message == (
        "step MAKE of MO-2 (BIKE) takes M1 from Mon 01 Mar 2027 11:00, but step MAKE of MO-1"
        " (BIKE) holds it until Mon 01 Mar 2027 11:15."
    )
    assert finding.path == "rows/MO-2/MAKE/0"
    assert finding.remedy


def test_every_rule_says_what_it_is() -> None:
    assert all(rule.__doc__ for rule in RULES)
    assert len(set(RULES)) == len(RULES)


def test_every_code_is_listed_in_the_reference() -> None:
    listed = {line.split("`")[1] for line in DOCUMENT.read_text().splitlines() if "| `" in line}
    assert {code.value for code in Code} <= listed


def test_the_order_of_rows_does_not_matter() -> None:
    plan = valid.with_material()
    assert validate(plan.snapshot, plan.network, plan.rows[::-1]) == []


def test_an_order_that_gets_no_date_needs_no_rows() -> None:
    plan = valid.bench()
    assert validate(plan.snapshot, plan.network, [], unplanned={"MO-1"}) == []


def test_what_uses_an_order_without_a_date_never_has_its_material() -> None:
    plan = valid.with_material()
    found = validate(plan.snapshot, plan.network, plan.rows[:1], unplanned={"MO-FRAME"})
    assert [finding.code for finding in found] == [Code.BEFORE_COMPONENT]
    assert found[0].message.endswith("are there never.")


def test_frozen_work_overtaken_by_its_surroundings_is_a_warning() -> None:
    plan = valid.frozen()
    closed = a.calendar("DAY", "13:00-17:00")
    machines = (a.machine("M1"), a.machine("M2"))
    plan = several(
        snapshot_with(calendars=(closed,), machines=machines), move("1 10:00", "1 17:00")
    )(plan)
    found = plan.findings()
    assert [(f.code, f.severity) for f in found] == [(Code.CLOSED, Severity.WARNING)]
    assert found[0].effect


def test_moving_frozen_work_is_an_error() -> None:
    found = move("1 11:00", "1 16:00")(valid.frozen()).findings()
    assert [finding.severity for finding in found] == [Severity.ERROR]


def test_work_planned_before_now_and_not_started_may_move() -> None:
    report = StepProgress(step="MAKE", machine="M1", planned_start=t("-2 08:00"))
    late = valid.work_order_plan(
        report, "1 08:00", "1 12:00", plants=[a.plant(frozen=a.hours(200))]
    )
    assert late.findings() == []


def test_an_empty_plan_of_nothing_holds() -> None:
    assert validate(a.snapshot(), network(), []) == []


@pytest.mark.parametrize("units", [1, 2])
def test_a_line_of_several_takes_as_many_as_it_holds(units) -> None:
    assert valid.line_of_several(units).findings() == []


def big_plan(orders: int, machines: int) -> Case:
    """Orders of five steps of an hour and ten minutes of setup each, one after the other."""
    names = [f"M{n}" for n in range(machines)]
    routings = [
        a.routing(
            f"ITEM-{n}",
            *(a.step(f"S{k}", names[(n + k) % machines], fixed=60, setup=10) for k in range(5)),
        )
        for n in range(machines)
    ]
    snapshot = a.snapshot(machines=[a.machine(name) for name in names], routings=routings)
    made = [order(f"MO-{n}", routings[n % machines], 2) for n in range(orders)]
    net = network(made)
    return Case(snapshot, net, tuple(rows_of(SuppliedPlan(snapshot, Policy(), net, ()), made)))


def rows_of(plan: SuppliedPlan, orders: list[Order]) -> list[PlanRow]:
    """Every order as early as its machines allow, in the order given."""
    free: dict[str, int] = {}
    rows = []
    for one in orders:
        ready = plan.now
        assert one.routing is not None
        for step in one.routing.steps:
            machine = plan.machines[step.alternatives[0].machine]
            hours = plan.hours(plan.limits("GRAZ", machine, step, ()))
            done = hours.finish(max(free.get(machine.id, 0), ready - 10), 10) or 0
            start = hours.next_open(max(done, ready)) or 0
            end = hours.finish(start, 60) or 0
            setup = hours.latest_start(start, 10) or 0
            when = (plan.horizon.moment(tick) for tick in (max(setup, 0), start, end))
            facts = (one.id, step.id, 0, one.item, "GRAZ", Fraction(2), machine.id, 0, ())
            rows.append(PlanRow(RowKind.MAKE, *facts, *when))
            free[machine.id] = ready = end
    return rows


@pytest.mark.slow
def test_ten_thousand_rows_are_checked_in_three_seconds() -> None:
    plan = big_plan(2000, 50)
    began = process_time()
    assert plan.findings() == []
    assert process_time() - began < 3

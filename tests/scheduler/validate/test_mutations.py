"""Every rule of the validator: a valid plan made by hand, one planted breach, and exactly that
code.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest

from scheduler import factory as f
from scheduler.schedule import RowKind
from scheduler.validate import Code
from tests import factories as a
from tests.scheduler.validate import plants as p
from tests.scheduler.validate import valid as v
from tests.scheduler.validate.plants import Case, Change, move, set_row, several, t

HALF_MINUTE = timedelta(seconds=30)
HALF = Fraction(1, 2)


def off_tick(plan: Case) -> Case:
    row = plan.rows[0]
    return set_row(
        setup=row.setup + HALF_MINUTE, start=row.start + HALF_MINUTE, end=row.end + HALF_MINUTE
    )(plan)


def stray(plan: Case) -> Case:
    return p.add(p.carry(RowKind.SHIP, "SO-9", "BIKE", "1 08:00", "1 09:00"))(plan)


def small_oven(plan: Case) -> Case:
    oven = plan.snapshot.machines[0].model_copy(update={"capacity": 3})
    return p.snapshot_with(machines=(oven,))(plan)


def in_the_afternoon(plan: Case) -> Case:
    """The step has hours of its own, from 13:00 on."""
    late = a.calendar("LATE", "13:00-17:00")
    return several(
        p.snapshot_with(calendars=(a.DAY, late)), p.step_with("MO-1", "MAKE", calendar="LATE")
    )(plan)


def accepted_until(day: str) -> Change:
    """The customer accepts nothing after a day of March."""

    def change(plan: Case) -> Case:
        day_of_march = a.day(f"2027-03-{int(day):02}")
        demands = [d.model_copy(update={"latest": day_of_march}) for d in plan.network.demands]
        return p.network_with(demands=tuple(demands))(plan)

    return change


def ready_for(family: str) -> Change:
    """M1 stands ready for another family, from which RED takes a quarter of an hour."""

    def change(plan: Case) -> Case:
        matrix = plan.snapshot.setup_matrices[0]
        line = f.Changeover(from_family=family, time=a.minutes(15))
        lines = {"changeovers": (*matrix.changeovers, line)}
        return p.snapshot_with(
            machines=(a.machine("M1", setup_state=family),),
            setup_matrices=(matrix.model_copy(update=lines),),
        )(plan)

    return change


def one_person(plan: Case) -> Case:
    """The crew is one person."""
    crew = plan.snapshot.labour_pools[0].model_copy(update={"people": 1})
    return p.snapshot_with(labour_pools=(crew,))(plan)


def given_to(number: int, demand: str) -> Change:
    """A peg goes to another demand."""

    def change(plan: Case) -> Case:
        need = replace(plan.network.pegs[number].need, id=demand)
        return p.peg_with(number, need=need)(plan)

    return change


def swapped(one: int, other: int) -> Change:
    """Two demands change places."""

    def change(plan: Case) -> Case:
        first, second = plan.network.pegs[one].need.id, plan.network.pegs[other].need.id
        return several(given_to(one, second), given_to(other, first))(plan)

    return change


def uneven_parts(plan: Case) -> Case:
    """One bike leaves first, three follow."""
    first, second = plan.network.orders.values()
    one: dict[str, Any] = {"quantity": Fraction(1)}
    three: dict[str, Any] = {"quantity": Fraction(3)}
    orders = {
        o.id: replace(o, step_quantity=(q,), start_quantity=q, quantity=q)
        for o, q in ((first, Fraction(1)), (second, Fraction(3)))
    }
    return several(
        p.network_with(orders=orders),
        p.supply_with("OUT:MO-1", **one),
        p.supply_with("OUT:MO-2", **three),
        p.peg_with(0, **one),
        p.peg_with(1, **three),
        move("1 08:00", "1 09:00", **one),
        move("2 08:00", "2 11:00", row=1, **three),
        set_row(2, **one),
        move("3 09:00", "3 15:00", row=3, **three),
    )(plan)


def needed_elsewhere(plan: Case) -> Case:
    """What is made in GRAZ is pegged to a need in LINZ."""
    need = replace(plan.network.pegs[0].need, plant="LINZ")
    return p.peg_with(0, need=need)(plan)


def set_aside(what: str, number: int, owner: str) -> Change:
    """A lot or receipt is set aside for somebody else."""

    def change(plan: Case) -> Case:
        rows = list(getattr(plan.snapshot, what))
        rows[number] = rows[number].model_copy(update={"reserved_for": owner})
        return p.snapshot_with(**{what: tuple(rows)})(plan)

    return change


def stock_on_hold(plan: Case) -> Case:
    """The free lot is put on hold."""
    hold = plan.snapshot.stock[0].model_copy(update={"status": f.StockStatus.ON_HOLD})
    return p.snapshot_with(stock=(hold, *plan.snapshot.stock[1:]))(plan)


def three_tubes(plan: Case) -> Case:
    """An order is given two of the tubes in stock and one from the receipt, but needs two."""
    return several(
        p.supply_with("STOCK:TUBE", quantity=Fraction(2)),
        p.snapshot_with(stock=(a.stock("TUBE", 2),)),
        p.peg_with(0, quantity=Fraction(2)),
    )(plan)


def one_each(**remaining: int) -> dict[str, Fraction]:
    """Open quantity of the demands of :func:`reserved`."""
    left = {"SO-1": 1, "SO-2": 1, "SO-3": 1}
    return {name: Fraction(left[name]) for name in left} | {
        name.replace("_", "-"): Fraction(value, 2) for name, value in remaining.items()
    }


BREACHES: list[tuple[Code, Callable[[], Case], Change]] = [
    # Completeness
    (Code.MISSING, v.bench, p.drop()),
    (Code.MISSING, v.transferred, several(p.drop(1), p.network_with(pegs=(), demands=()))),
    (Code.MISSING, v.shipped, p.drop(3)),
    (Code.EXTRA, v.bench, stray),
    (Code.EXTRA, v.bench, p.order_with("MO-1", step_quantity=(Fraction(0),))),
    (Code.DUPLICATE, v.bench, p.again()),
    (Code.MISLABELLED, v.bench, set_row(plant="LINZ")),
    (Code.QUANTITY, v.bench, move("1 08:00", "1 11:00", quantity=Fraction(3))),
    (Code.QUANTITY, v.transferred, set_row(1, quantity=Fraction(2))),
    (Code.QUANTITY, v.fresh_glue, set_row(1, quantity=Fraction(1, 2))),
    (Code.SPLIT, v.split_order, p.step_with("MO-1", "MAKE", split=None)),
    (Code.SPLIT, v.split_order, p.step_with("MO-1", "MAKE", split=f.Split(minimum=3))),
    (Code.SPLIT, v.split_order, set_row(1, part=2)),
    # Hours
    (Code.BACKWARDS, v.bench, move("1 10:00", "1 09:00")),
    (Code.OFF_TICK, v.bench, off_tick),
    (Code.BEFORE_NOW, v.bench, move("-2 08:00", "-2 12:00")),
    (Code.BEFORE_NOW, v.started, move("-2 16:00", "-2 17:00")),
    (Code.CLOSED, v.bench, move("1 12:30", "1 17:00")),
    (Code.CLOSED, v.bench, in_the_afternoon),
    (Code.RUN_TIME, v.bench, move("1 08:00", "1 11:30")),
    (Code.RUN_TIME, v.work_centre, move("1 08:00", "1 09:00")),
    (Code.RUN_TIME, v.started, move("-2 16:00", "1 10:00")),
    (Code.RUN_TIME, v.frozen, move("1 10:00", "1 14:00")),
    (Code.INTERRUPTED, v.whole_bench, move("1 10:00", "1 15:00")),
    # Machines
    (Code.MACHINE_NOT_ALLOWED, v.bench, set_row(machine="M2")),
    (Code.MACHINE_NOT_ALLOWED, v.bench, set_row(machine=None)),
    (Code.MACHINE_NOT_ALLOWED, v.work_centre, move("1 08:00", "1 09:00", machine="M1")),
    (Code.MACHINE_NOT_EFFECTIVE, v.dated_machine, move("2 08:00", "2 09:00")),
    (Code.STEP_NOT_EFFECTIVE, v.dated_machine, move("1 08:00", "1 09:00", machine="M2")),
    (Code.SLOT, v.bench, set_row(slot=1)),
    (Code.MACHINE_OVERLAP, v.two_orders, move("1 10:30", "1 14:30", row=0)),
    (Code.MACHINE_OVERLAP, v.two_orders, move("1 11:00", "1 14:00", row=1)),
    (Code.MACHINE_OVERLAP, lambda: v.line_of_several(1), set_row(1, slot=0)),
    (Code.MACHINE_OVERLAP, v.oven, move("1 09:00", "1 10:00", "1 08:30", row=1)),
    (Code.MACHINE_FULL, v.line_of_several, move("1 08:30", "1 09:30", row=1)),
    (Code.BATCH_MIXED, v.oven, p.step_with("MO-2", "BAKE", setup_family="BLUE")),
    (Code.BATCH_FULL, v.oven, small_oven),
    (Code.WORK_AHEAD, v.not_ahead, move("5 08:00", "5 09:00")),
    # Setups
    (Code.SETUP_TIME, v.changeover, move("1 09:40", "1 10:40", "1 09:20", row=1)),
    (Code.SETUP_TIME, v.changeover, ready_for("GREEN")),
    (Code.SETUP_TIME, v.oven, move("1 08:30", "1 09:30", row=0)),
    (Code.SETUP_MISPLACED, v.changeover, move("1 11:00", "1 12:00", "1 09:30", row=1)),
    (Code.SETUP_INTERRUPTED, v.whole_changeover, move("1 13:15", "1 14:15", "1 11:45", row=1)),
    # People and tools
    (Code.CREW, v.named_people, move("1 10:00", "1 11:00", workers=("ANN", "BEN"))),
    (Code.CREW, v.named_people, set_row(0, workers=())),
    (Code.NOT_QUALIFIED, v.named_people, move("1 10:00", "1 11:00", workers=("BEN",))),
    (Code.NOT_QUALIFIED, v.named_people, move("8 08:00", "8 09:00")),
    (Code.WORKER_OVERLAP, v.named_people, set_row(1, workers=("ANN",))),
    (Code.CLOSED, v.named_people, move("2 09:00", "2 10:00", row=1)),
    (Code.PEOPLE_SHORT, v.counted_people, one_person),
    (Code.PEOPLE_SHORT, v.setters, move("1 08:30", "1 09:30", "1 08:10", row=1)),
    (
        Code.SKILL_SHORT,
        v.counted_people,
        several(move("1 13:00", "1 14:00", row=2), move("1 08:30", "1 09:30", row=1)),
    ),
    (Code.TOOL_SHORT, v.one_mould, move("1 10:00", "1 11:00", row=2)),
    (Code.TOOL_SHORT, v.mould_of_the_order, move("1 09:00", "1 10:00", row=2)),
    # Precedence and overlap
    (Code.TOO_SOON, v.two_steps, move("1 09:30", "1 10:30", row=1)),
    (Code.TOO_SOON, v.queued, move("1 09:30", "1 10:30", row=1)),
    (Code.TOO_SOON, v.side_branches, move("1 09:30", "1 10:30", row=2)),
    (Code.TOO_SOON, v.half_done, move("1 08:30", "1 09:30")),
    (Code.TOO_LATE, v.two_steps, move("1 11:30", "1 13:30", row=1)),
    (Code.OVERLAP, v.overlapped, move("1 09:30", "1 10:30", row=1)),
    # Material
    (
        Code.BEFORE_MATERIAL,
        v.with_material,
        several(move("1 14:00", "1 15:00", row=1), move("1 15:00", "1 16:00", row=0)),
    ),
    (Code.BEFORE_MATERIAL, v.bought, move("3 15:00", "3 17:00")),
    (Code.BEFORE_COMPONENT, v.with_material, move("2 08:30", "2 09:30", row=1)),
    (Code.COMPONENT_OVERLAP, v.passed_on_frames, move("1 08:45", "1 10:45")),
    (Code.EXPIRED, v.fresh_glue, move("3 08:00", "3 09:00")),
    (Code.EXPIRED, v.fresh_glue, move("2 09:00", "2 10:00", row=1)),
    (Code.TOO_EARLY, v.dated_routing, several(p.order_with("MO-1", not_before=t("4 08:00")))),
    (
        Code.TOO_EARLY,
        v.dated_routing,
        several(p.order_with("MO-1", routing=v.BENCH), move("1 10:00", "1 11:00")),
    ),
    (Code.ROUTING_NOT_EFFECTIVE, v.dated_routing, move("2 08:00", "2 09:00")),
    (
        Code.BOM_NOT_EFFECTIVE,
        v.dated_routing,
        several(p.order_with("MO-1", routing=v.BENCH), move("8 08:00", "8 09:00")),
    ),
    (
        Code.COMPONENT_UNSERVED,
        v.with_material,
        p.order_with("MO-BIKE", bom=a.bom("BIKE", a.line("FRAME"), a.line("TUBE", 3))),
    ),
    # Pegs
    (Code.SUPPLY_OVERDRAWN, v.reserved, p.supply_with("STOCK:1", quantity=HALF)),
    (Code.NEED_OVERSERVED, v.reserved, p.network_with(remaining=one_each(SO_3=1))),
    (Code.NEED_OVERSERVED, v.with_material, three_tubes),
    (Code.NEED_UNSERVED, v.reserved, p.network_with(remaining=one_each(SO_3=4))),
    (Code.WRONG_SUPPLY, v.marked, needed_elsewhere),
    (Code.SUPPLY_UNFOUNDED, v.reserved, p.snapshot_with(receipts=())),
    (
        Code.SUPPLY_UNFOUNDED,
        v.marked,
        several(p.supply_with("OUT:MO-1", plant="LINZ"), needed_elsewhere),
    ),
    (Code.SUPPLY_UNFOUNDED, v.reserved, stock_on_hold),
    (Code.SUPPLY_UNFOUNDED, v.marked, p.supply_with("OUT:MO-1", quantity=Fraction(2))),
    (Code.SUPPLY_UNFOUNDED, v.fresh_glue, p.snapshot_with(stock=(a.stock("GLUE", 1),))),
    (Code.SUPPLY_UNFOUNDED, v.fresh_glue, p.supply_with("STOCK:2", expires=t("9 00:00"))),
    (
        Code.SUPPLY_UNFOUNDED,
        v.fresh_glue,
        p.snapshot_with(
            stock=(
                a.stock("GLUE", 2, available_from=t("2 08:00"), usable_until=a.day("2027-03-02")),
            )
        ),
    ),
    (Code.SUPPLY_DATE, v.bought, p.supply_with("PO:WHEEL@GRAZ:1", available=t("3 08:00"))),
    (Code.SUPPLY_DATE, v.reserved, p.supply_with("PO-7", available=t("1 08:00"))),
    (Code.RESERVED, v.reserved, set_aside("stock", 2, "SO-9")),
    (Code.RESERVED, v.reserved, set_aside("receipts", 0, "SO-9")),
    (Code.RESERVED, v.reserved, swapped(1, 2)),
    (Code.BATCH_MARK, v.marked, p.order_with("MO-1", batch="Y")),
    # Started, frozen, kept
    (Code.STARTED_MOVED, v.started, move("1 08:00", "1 11:00")),
    (Code.STARTED_MOVED, v.started, set_row(machine="M2")),
    (Code.FROZEN_MOVED, v.frozen, move("1 11:00", "1 16:00")),
    (Code.FROZEN_MOVED, v.frozen, set_row(machine="M2")),
    (Code.WORK_ORDER_LOST, v.frozen, several(p.network_with(orders={}), p.drop())),
    # Deliveries
    (Code.SUBCONTRACT_TIME, v.subcontracted, move("1 08:00", "10 12:00")),
    (Code.MOVED_EARLY, v.transferred, move("1 08:30", "3 08:00", row=1)),
    (Code.MOVE_TIME, v.transferred, move("1 09:00", "2 08:00", row=1)),
    (Code.SHIPPED_EARLY, v.shipped, move("2 10:30", "2 16:30", row=3)),
    (Code.SHIPPED_EARLY, v.complete_order, move("1 09:00", "1 10:00", row=2)),
    (Code.DOCK_CLOSED, v.shipped, move("2 13:00", "2 19:00", row=3)),
    (Code.BEFORE_EARLIEST, v.shipped, move("1 11:00", "1 17:00", row=2)),
    (Code.TRANSIT, v.shipped, move("2 11:00", "2 16:00", row=3)),
    (Code.SHIPMENT_SMALL, v.shipped, uneven_parts),
    (Code.AFTER_LATEST, v.shipped, accepted_until("1")),
    (Code.AFTER_LATEST, v.transferred, accepted_until("1")),
]


def name_of(entry: tuple[Code, Callable[[], Case], Change]) -> str:
    number = BREACHES.index(entry)
    return f"{entry[0]}-{getattr(entry[1], '__name__', 'plan')}-{number}".replace(
        "<lambda>", "plan"
    )


@pytest.mark.parametrize("breach", BREACHES, ids=name_of)
def test_a_planted_breach_is_found_by_its_own_code_and_no_other(breach) -> None:
    code, plant, change = breach
    assert change(plant()).codes() == {code}


PLANS = {plant.__name__: plant for _, plant, _ in BREACHES}


@pytest.mark.parametrize("plant", PLANS.values(), ids=PLANS.keys())
def test_a_valid_plan_has_no_findings(plant) -> None:
    assert plant().findings() == []


def test_every_code_has_a_planted_breach() -> None:
    assert {code for code, _, _ in BREACHES} == set(Code)

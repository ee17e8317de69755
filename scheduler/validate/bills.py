"""Bills: a new order is made by a bill that is valid when it starts, and all it takes is served."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.factory import StepState
from scheduler.validate.codes import Code
from scheduler.validate.openings import is_within

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from scheduler.factory import Bom, BomLine
    from scheduler.findings import Finding
    from scheduler.network.model import Order
    from scheduler.validate.plan import Plan

DEEPEST = 30
"""Phantoms within phantoms are followed this far; a ring of them is another finding's business."""
NOISE = Fraction(1, 10**9)
"""Part of a need that is taken for noise of representation."""


@dataclass(slots=True)
class Wanted:
    """What an order takes of one component: how much, and how much of others stands in for one of
    it.
    """

    quantity: Fraction = Fraction(0)
    stand_ins: dict[str, Fraction] = field(default_factory=dict)


def bills_are_effective(plan: Plan) -> Iterator[Finding]:
    """The bill of a new order is valid when the order starts."""
    for order, start in new_orders(plan):
        bom = order.bom
        if bom is None:
            continue
        zone = plan.zone(order.plant)
        if not is_within(start, bom.effective_from, bom.effective_to, zone):
            yield plan.breach(
                Code.BOM_NOT_EFFECTIVE,
                f"orders/{order.id}",
                f"{order.id} starts at {start.astimezone(zone):%a %d %b %Y %H:%M}, when its bill"
                f" {bom.id} is not valid.",
            )


def components_are_served(plan: Plan) -> Iterator[Finding]:
    """Every component that the bill takes at the start of the order is pegged in full.

        Σ_peg quantity / ratio ≥ quantity / (1 − loss) · start quantity / output quantity

    Substitutes count by their ratio, phantoms are blown through, shortages are told elsewhere.
    """
    short = {shortage.need.id for shortage in plan.network.shortages}
    for order, start in new_orders(plan):
        if order.bom is None or order.id in short:
            continue
        served = served_by_item(plan, order)
        for item, wanted in wanted_by(plan, order, order.bom, start).items():
            there = served.get(item, Fraction(0))
            there += sum(served.get(i, Fraction(0)) / n for i, n in wanted.stand_ins.items())
            if there < wanted.quantity * (1 - NOISE):
                yield plan.breach(
                    Code.COMPONENT_UNSERVED,
                    f"orders/{order.id}",
                    f"{order.id} needs {float(wanted.quantity):g} {item}, but only"
                    f" {float(there):g} are set aside for it.",
                )


def new_orders(plan: Plan) -> Iterator[tuple[Order, datetime]]:
    """Orders whose material is still to be taken, with their start: new ones, and untouched work
    orders.
    """
    for ident, tasks in plan.tasks_of_order.items():
        order = plan.network.orders[ident]
        work = order.work_order
        touched = work is not None and (
            work.material_issued
            or work.bom is not None
            or any(p.state is not StepState.OPEN or p.good or p.scrap for p in work.steps)
        )
        if not touched:
            yield order, plan.horizon.moment(min(task.start for task in tasks))


def served_by_item(plan: Plan, order: Order) -> dict[str, Fraction]:
    """What is pegged to an order, by item."""
    served: dict[str, Fraction] = defaultdict(Fraction)
    for step in order.routing.steps if order.routing is not None else ():
        for peg in plan.component_pegs.get((order.id, step.id), []):
            supply = plan.network.supplies.get(peg.supply)
            served[supply.item if supply is not None else peg.need.item] += peg.quantity
    return served


def wanted_by(plan: Plan, order: Order, bom: Bom, start: datetime) -> dict[str, Wanted]:
    """What an order takes by its bill at its start."""
    wanted: dict[str, Wanted] = defaultdict(Wanted)
    _explode(plan, bom, order.start_quantity, order.plant, start, wanted, 0)
    return wanted


def _explode(
    plan: Plan,
    bom: Bom,
    quantity: Fraction,
    plant: str,
    start: datetime,
    wanted: dict[str, Wanted],
    depth: int,
) -> None:
    output = Fraction(bom.output_quantity) * factor(plan, bom.item, bom.unit)
    for line in bom.lines:
        if not is_within(start, line.effective_from, line.effective_to, plan.zone(plant)):
            continue
        per = Fraction(line.quantity) * factor(plan, line.item, line.unit)
        need = per / (1 - Fraction(line.loss)) * (1 if line.fixed else quantity / output)
        inner = bill_of_phantom(plan, line, plant, start)
        if inner is not None and depth < DEEPEST:
            _explode(plan, inner, need, plant, start, wanted, depth + 1)
            continue
        wanted[line.item].quantity += need
        for substitute in line.substitutes:
            wanted[line.item].stand_ins[substitute.item] = Fraction(substitute.quantity)


def bill_of_phantom(plan: Plan, line: BomLine, plant: str, start: datetime) -> Bom | None:
    """The bill that a line is blown through to; None for a line that is taken as it is."""
    item = plan.items.get(line.item)
    phantom = line.phantom if line.phantom is not None else item is not None and item.phantom
    if not phantom:
        return None
    zone = plan.zone(plant)
    bills = (
        bom
        for bom in plan.snapshot.boms
        if bom.item == line.item
        and bom.plant in (None, plant)
        and is_within(start, bom.effective_from, bom.effective_to, zone)
    )
    return min(bills, key=lambda bom: bom.priority, default=None)


def factor(plan: Plan, item: str, unit: str | None) -> Fraction:
    """How much of the item's own unit one ``unit`` is; 1 where the unit is its own or not known."""
    known = plan.items.get(item)
    if known is None or unit is None or unit == known.unit:
        return Fraction(1)
    for conversion in known.conversions:
        if conversion.unit == unit:
            return Fraction(conversion.factor)
    one, base = _in_base(plan, unit)
    own, own_base = _in_base(plan, known.unit)
    return one / own if base == own_base else Fraction(1)


def _in_base(plan: Plan, unit: str) -> tuple[Fraction, str]:
    """A unit as a multiple of the unit that stands alone."""
    scale, seen = Fraction(1), {unit}
    while (found := plan.units.get(unit)) is not None and found.base not in (None, *seen):
        scale, unit = scale * Fraction(found.factor), found.base or unit
        seen.add(unit)
    return scale, unit


RULES = (bills_are_effective, components_are_served)

"""Deliveries: subcontracted work, transfers between plants, and what leaves for the customer."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.factory import Partial
from scheduler.findings import Severity
from scheduler.network.model import NeedKind, SupplyKind
from scheduler.validate.bills import factor
from scheduler.validate.codes import Code
from scheduler.validate.leadtimes import arrival
from scheduler.validate.supplies import NEVER_READY, SuppliedPlan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.factory import Demand
    from scheduler.findings import Finding
    from scheduler.network.model import Peg
    from scheduler.schedule import PlanRow

TOGETHER = (Partial.COMPLETE_ORDER, Partial.IN_RATIO)


def subcontracting_takes_its_time(plan: SuppliedPlan) -> Iterator[Finding]:
    """A subcontracted step takes the way out, the work and the way back, one after the other.

    E ≥ back(work(out(R)))
    """
    for task in plan.tasks:
        job = task.step.subcontract
        if job is None or task.started:
            continue
        there: int | None = task.start
        for leg in (job.ship_out, job.work, job.ship_back):
            receiving = plan.receiving(task.order.plant, leg.calendar)
            there = None if there is None else arrival(there, leg, receiving)
        if there is None or task.end < there:
            back = "never" if there is None else plan.at(there, task.order.plant)
            yield plan.about(
                Code.SUBCONTRACT_TIME,
                task,
                f"{task.name} goes to {job.supplier} at {plan.at(task.start, task.order.plant)}"
                f" and is planned back at {plan.at(task.end, task.order.plant)}, but is back"
                f" {back}.",
            )


def transfers_leave_when_all_is_there(plan: SuppliedPlan) -> Iterator[Finding]:
    """A transfer is sent when everything it moves is there."""
    for ident, row in plan.moves.items():
        supply = plan.network.supplies.get(ident)
        if supply is None or supply.kind is not SupplyKind.TRANSFER:
            continue
        sent, loaded = plan.tick(row.start), plan.loaded(supply)
        # What leaves before now is another rule's.
        if plan.now <= sent < loaded:
            ready = "never" if loaded >= NEVER_READY else plan.at(loaded, row.plant)
            yield plan.breach(
                Code.MOVED_EARLY,
                f"rows/{ident}",
                f"Transfer {ident} of {row.item} is sent at {plan.at(sent, row.plant)}, but all it"
                f" moves is there {ready}.",
            )


def transfers_take_their_time(plan: SuppliedPlan) -> Iterator[Finding]:
    """A transfer is there no sooner than the lead time of its lane after it was sent."""
    for ident, row in plan.moves.items():
        supply = plan.network.supplies.get(ident)
        if supply is None or supply.lane is None:
            continue
        there = plan.moved(supply, plan.tick(row.start))
        if plan.tick(row.end) < there:
            yield plan.breach(
                Code.MOVE_TIME,
                f"rows/{ident}",
                f"Transfer {ident} of {row.item} is sent at"
                f" {plan.at(plan.tick(row.start), row.plant)} and planned to arrive at"
                f" {plan.at(plan.tick(row.end), row.plant)}, before its lead time is over.",
            )


def deliveries_leave_when_they_are_ready(plan: SuppliedPlan) -> Iterator[Finding]:
    """What leaves is finished and has been brought to the dock.

        Σ_{deliveries left by t} quantity ≤ Σ_{supplies at the dock by t} quantity

    Where an order goes complete, or in ratio, nothing leaves before all its lines are there.
    """
    groups = lines_together(plan)
    for demand in plan.network.demands:
        pegs = list(plan.pegs_of_need.get((NeedKind.DEMAND, demand.id), []))
        docked = [(at_dock(plan, demand, peg), peg.quantity) for peg in pegs]
        whole = demand.partial is not Partial.ALLOWED
        lines = groups.get((demand.order or "", demand.plant), []) if whole else []
        last = max((at_dock(plan, line, peg) for line, peg in lines), default=0)
        sent = Fraction(0)
        for row in plan.shipments.get(demand.id, []):
            leaves = plan.tick(row.start)
            sent += row.quantity
            there = sum((q for tick, q in docked if tick <= leaves), Fraction(0))
            if plan.now <= leaves and (there < sent or leaves < last):
                yield plan.breach(
                    Code.SHIPPED_EARLY,
                    f"rows/{demand.id}/{row.part}",
                    f"{float(row.quantity):g} {demand.item} for {demand.id} leave at"
                    f" {plan.at(leaves, demand.plant)}, before they are ready.",
                )


def lines_together(plan: SuppliedPlan) -> dict[tuple[str, str], list[tuple[Demand, Peg]]]:
    """What is pegged to the lines of each order that leaves all at once, by order and plant.

    A line that gets no date holds nobody up.
    """
    lines: dict[tuple[str, str], list[tuple[Demand, Peg]]] = defaultdict(list)
    for demand in plan.network.demands:
        dated = demand.id not in plan.unplanned
        if dated and demand.order is not None and demand.partial in TOGETHER:
            pegs = plan.pegs_of_need.get((NeedKind.DEMAND, demand.id), [])
            lines[demand.order, demand.plant] += [(demand, peg) for peg in pegs]
    return lines


def at_dock(plan: SuppliedPlan, demand: Demand, peg: Peg) -> int:
    """When what a peg brings is ready at the dock: there, and the dock time later."""
    plant, ready = plan.plant(demand.plant), plan.ready(peg.supply)
    lead = plant.dock_time
    if ready >= NEVER_READY or lead.amount == 0:
        return ready
    calendar = lead.calendar or plant.shipping_calendar or plant.calendar
    there = arrival(ready, lead, plan.receiving(demand.plant, calendar))
    return NEVER_READY if there is None else there


def rows_with_demand(plan: SuppliedPlan) -> Iterator[tuple[Demand, PlanRow]]:
    """Deliveries with their demand."""
    for demand in plan.network.demands:
        for row in plan.shipments.get(demand.id, []):
            yield demand, row


def deliveries_leave_when_the_dock_is_open(plan: SuppliedPlan) -> Iterator[Finding]:
    """A delivery leaves in the hours of the shipping calendar."""
    for demand, row in rows_with_demand(plan):
        calendar = plan.plant(demand.plant).shipping_calendar
        leaves = plan.tick(row.start)
        if calendar and not plan.calendar_hours(calendar, demand.plant).is_open(leaves):
            yield plan.breach(
                Code.DOCK_CLOSED,
                f"rows/{demand.id}/{row.part}",
                f"{demand.id} ({demand.item}) leaves at {plan.at(leaves, demand.plant)}, when"
                f" {demand.plant} does not ship.",
            )


def deliveries_do_not_leave_before_their_time(plan: SuppliedPlan) -> Iterator[Finding]:
    """Nothing leaves before the customer takes it: start ≥ earliest."""
    for demand, row in rows_with_demand(plan):
        if demand.earliest is None:
            continue
        earliest = plan.start_of(demand.earliest, demand.plant)
        if plan.tick(row.start) < earliest:
            yield plan.breach(
                Code.BEFORE_EARLIEST,
                f"rows/{demand.id}/{row.part}",
                f"{demand.id} ({demand.item}) leaves at"
                f" {plan.at(plan.tick(row.start), demand.plant)}, but not before"
                f" {plan.at(earliest, demand.plant)} is wanted.",
            )


def deliveries_travel_as_long_as_they_do(plan: SuppliedPlan) -> Iterator[Finding]:
    """A delivery is there its transit time after it left: end = start + transit."""
    for demand, row in rows_with_demand(plan):
        transit = 0 if demand.transit is None else plan.horizon.length(demand.transit)
        travels = plan.tick(row.end) - plan.tick(row.start)
        if travels >= 0 and travels != transit:
            yield plan.breach(
                Code.TRANSIT,
                f"rows/{demand.id}/{row.part}",
                f"{demand.id} ({demand.item}) travels {plan.lasting(transit)}, but"
                f" {plan.lasting(travels)} are planned.",
            )


def deliveries_are_not_too_small(plan: SuppliedPlan) -> Iterator[Finding]:
    """What leaves at one time is at least the minimum shipment; the last delivery may be less."""
    for demand in plan.network.demands:
        minimum = Fraction(demand.minimum_shipment) * factor(plan, demand.item, demand.unit)
        leaving: dict[int, Fraction] = defaultdict(Fraction)
        for row in plan.shipments.get(demand.id, []):
            leaving[plan.tick(row.start)] += row.quantity
        for tick in sorted(leaving)[:-1]:
            if leaving[tick] < minimum:
                yield plan.breach(
                    Code.SHIPMENT_SMALL,
                    f"rows/{demand.id}",
                    f"{float(leaving[tick]):g} {demand.item} for {demand.id} leave at"
                    f" {plan.at(tick, demand.plant)}, but {float(minimum):g} are the least.",
                )


def demands_are_delivered_by_their_latest_date(plan: SuppliedPlan) -> Iterator[Finding]:
    """All of a demand is there by the latest date that the customer accepts.

    A warning: planning gives up no order for another, so the customer has to be asked.
    """
    for demand in plan.network.demands:
        if demand.latest is None or demand.id in plan.unplanned:
            continue
        there = delivered(plan, demand)
        if plan.end_of(demand.latest, demand.plant) < there < NEVER_READY:
            yield replace(
                plan.breach(
                    Code.AFTER_LATEST,
                    f"demands/{demand.id}",
                    f"{demand.id} ({demand.item}) is delivered {plan.at(there, demand.plant)},"
                    f" after {demand.latest}, the latest date that is accepted.",
                ),
                severity=Severity.WARNING,
            )


def delivered(plan: SuppliedPlan, demand: Demand) -> int:
    """Tick at which the last of a demand arrives, or is there where nothing is shipped."""
    rows = plan.shipments.get(demand.id)
    if rows:
        return max(plan.tick(row.end) for row in rows)
    pegs = list(plan.pegs_of_need.get((NeedKind.DEMAND, demand.id), []))
    lines = lines_together(plan).get((demand.order or "", demand.plant), [])
    pegs += [peg for _, peg in lines if demand.partial is not Partial.ALLOWED]
    return max((plan.ready(peg.supply) for peg in pegs), default=0)


RULES = (
    subcontracting_takes_its_time,
    transfers_leave_when_all_is_there,
    transfers_take_their_time,
    deliveries_leave_when_they_are_ready,
    deliveries_leave_when_the_dock_is_open,
    deliveries_do_not_leave_before_their_time,
    deliveries_travel_as_long_as_they_do,
    deliveries_are_not_too_small,
    demands_are_delivered_by_their_latest_date,
)

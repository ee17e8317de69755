"""Material: nothing runs before what it needs is there, and nothing on what is past its day."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.network.model import NeedKind, SupplyKind
from scheduler.validate.codes import Code
from scheduler.validate.openings import is_within
from scheduler.validate.precedence import Taker, finished, pieces_of, starved
from scheduler.validate.supplies import NEVER_READY, SuppliedPlan

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scheduler.findings import Finding
    from scheduler.network.model import Peg, Supply
    from scheduler.validate.tasks import Task

DATED = (SupplyKind.STOCK, SupplyKind.RECEIPT, SupplyKind.PURCHASE)


def uses(plan: SuppliedPlan) -> Iterator[tuple[Peg, Supply, list[Task]]]:
    """Every peg of a component, with its supply and the operations that use it; started ones have
    it.
    """
    for key, pegs in plan.component_pegs.items():
        tasks = [task for task in plan.tasks_of_step.get(key, []) if not task.started]
        for peg in pegs:
            supply = plan.network.supplies.get(peg.supply)
            if supply is not None and tasks:
                yield peg, supply, tasks


def material_is_there(plan: SuppliedPlan) -> Iterator[Finding]:
    """A run begins when its stock, receipts and purchases are there, or at most its offset before.

    R + offset ≥ available
    """
    for peg, supply, tasks in uses(plan):
        if supply.kind in DATED:
            yield from _waits(plan, Code.BEFORE_MATERIAL, peg, supply, tasks)


def components_are_made(plan: SuppliedPlan) -> Iterator[Finding]:
    """A run begins when the components it needs are made and moved, or at most its offset before.

    R + offset ≥ max E of the order, or of the step, that makes them
    """
    for peg, supply, tasks in uses(plan):
        if supply.kind not in DATED and not is_passed_on(plan, peg, supply):
            yield from _waits(plan, Code.BEFORE_COMPONENT, peg, supply, tasks)


def _waits(
    plan: SuppliedPlan, code: Code, peg: Peg, supply: Supply, tasks: Sequence[Task]
) -> Iterator[Finding]:
    ready, offset = plan.ready(supply.id), offset_of(plan, peg)
    for task in tasks:
        if task.start + offset < ready:
            there = "never" if ready >= NEVER_READY else f"at {plan.at(ready, supply.plant)}"
            yield plan.about(
                code,
                task,
                f"{task.name} starts at {plan.at(task.start, task.order.plant)}, but"
                f" {float(peg.quantity):g} {supply.item} from {supply.id} are there {there}.",
            )


def offset_of(plan: SuppliedPlan, peg: Peg) -> int:
    """Ticks after the start of the step at which a component is needed."""
    return plan.horizon.length_of_seconds(Fraction(peg.need.offset_seconds))


def is_passed_on(plan: SuppliedPlan, peg: Peg, supply: Supply) -> bool:
    """Whether a component is used in transfer batches before all of it is made."""
    batch = peg.need.transfer_batch
    return (
        batch is not None
        and 0 < batch < peg.need.quantity
        and supply.kind is SupplyKind.ORDER
        and bool(plan.producers(supply))
    )


def component_batches_arrive_before_they_are_worked(plan: SuppliedPlan) -> Iterator[Finding]:
    """With a transfer batch on the bill, each batch is made before work on it begins.

        begin(k) + offset ≥ finish of the order that makes it, for its first k batches

    The pieces an order makes first are taken to be for the need at hand.
    """
    for peg, supply, tasks in uses(plan):
        if not is_passed_on(plan, peg, supply) or peg.need.transfer_batch is None:
            continue
        producers = last_of(plan, supply)
        size = peg.need.transfer_batch * peg.quantity / peg.need.quantity
        done = finished(producers, max(supply.quantity, peg.quantity), size)
        total = pieces_of(tasks)
        takers = [Taker(t, peg.quantity * t.row.quantity / total, Fraction(0)) for t in tasks]
        for task, there in starved(done, takers, -offset_of(plan, peg)):
            yield plan.about(
                Code.COMPONENT_OVERLAP,
                task,
                f"{task.name} works on {supply.item} before {plan.at(there, supply.plant)}, when"
                f" {supply.output_of} passes it on.",
            )


def last_of(plan: SuppliedPlan, supply: Supply) -> list[Task]:
    """Operations of the step whose end makes a supply available."""
    tasks = plan.producers(supply)
    last = max(tasks, key=lambda task: (task.end, task.position))
    return [task for task in tasks if task.step.id == last.step.id]


def lots_are_used_in_time(plan: SuppliedPlan) -> Iterator[Finding]:
    """A lot is used no later than it keeps: R ≤ expires."""
    for _, supply, tasks in uses(plan):
        if supply.expires is None:
            continue
        until = plan.horizon.at_or_before(supply.expires)
        for task in tasks:
            if task.start > until:
                yield plan.about(Code.EXPIRED, task, _spoilt(plan, task.name, supply, until))


def lots_ship_in_time(plan: SuppliedPlan) -> Iterator[Finding]:
    """A lot ships while it keeps, and for its minimum remaining life longer."""
    life = {
        item.id: plan.horizon.length(item.minimum_remaining_life) for item in plan.snapshot.items
    }
    for peg in plan.network.pegs:
        supply = plan.network.supplies.get(peg.supply)
        if peg.need.kind is not NeedKind.DEMAND or supply is None or supply.expires is None:
            continue
        until = plan.horizon.at_or_before(supply.expires) - life.get(supply.item, 0)
        if shipped_at(plan, peg) > until:
            message = _spoilt(plan, peg.need.id, supply, until)
            yield plan.breach(Code.EXPIRED, f"rows/{peg.need.id}", message)


def _spoilt(plan: SuppliedPlan, name: str, supply: Supply, until: int) -> str:
    return (
        f"{name} uses {supply.item} from {supply.id}, which keeps until"
        f" {plan.at(until, supply.plant)}, too late."
    )


def orders_start_when_they_may(plan: SuppliedPlan) -> Iterator[Finding]:
    """A new order starts no sooner than its release, and not inside the item's release fence.

    R ≥ not_before,    R ≥ now + release_fence
    """
    fences = {
        (r.item, r.plant): r.release_fence for r in plan.snapshot.replenishments if r.release_fence
    }
    for ident, tasks in plan.tasks_of_order.items():
        order = plan.network.orders[ident]
        earliest = plan.now
        if order.not_before is not None:
            earliest = plan.horizon.at_or_after(order.not_before)
        fence = fences.get((order.item, order.plant))
        if fence is not None and order.work_order is None:
            earliest = max(earliest, plan.now + plan.horizon.length(fence))
        first = min(tasks, key=lambda task: task.start)
        # Before now is another rule's.
        if plan.now <= first.start < earliest and not first.started:
            yield plan.about(
                Code.TOO_EARLY,
                first,
                f"{first.name} starts at {plan.at(first.start, order.plant)}, but {ident} may"
                f" start at {plan.at(earliest, order.plant)} at the soonest.",
            )


def routings_are_effective(plan: SuppliedPlan) -> Iterator[Finding]:
    """The routing of a new order is valid when the order starts; a work order keeps the one it was
    opened on.
    """
    for ident, tasks in plan.tasks_of_order.items():
        order, first = plan.network.orders[ident], min(tasks, key=lambda task: task.start)
        routing = order.routing
        if routing is None or order.work_order is not None:
            continue
        start, zone = plan.horizon.moment(first.start), plan.zone(order.plant)
        if not is_within(start, routing.effective_from, routing.effective_to, zone):
            yield plan.about(
                Code.ROUTING_NOT_EFFECTIVE,
                first,
                f"{ident} starts at {plan.at(first.start, order.plant)}, when its routing"
                f" {routing.id} is not valid.",
            )


def shipped_at(plan: SuppliedPlan, peg: Peg) -> int:
    """When what a peg brings leaves: the first row of its demand that can hold it, else as soon as
    it is there.
    """
    ready = plan.ready(peg.supply)
    rows = [plan.tick(row.start) for row in plan.shipments.get(peg.need.id, [])]
    return next((tick for tick in rows if tick >= ready), ready)


RULES = (
    material_is_there,
    components_are_made,
    component_batches_arrive_before_they_are_worked,
    lots_are_used_in_time,
    lots_ship_in_time,
    orders_start_when_they_may,
    routings_are_effective,
)

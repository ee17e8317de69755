"""Completeness: everything that has to happen is in the plan, once, and nothing else is."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.factory import Partial, StepState
from scheduler.network.model import NeedKind, SupplyKind
from scheduler.schedule import RowKind
from scheduler.validate.codes import Code
from scheduler.validate.tasks import progress_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.factory import Demand, Step
    from scheduler.findings import Finding
    from scheduler.network.model import Order
    from scheduler.schedule import PlanRow
    from scheduler.validate.plan import Plan

KIND_WORDS = {RowKind.MAKE: "step", RowKind.MOVE: "transfer", RowKind.SHIP: "delivery"}


def path_of(row: PlanRow) -> str:
    """Where a row stands."""
    return "/".join(["rows", row.order, *([row.step] if row.step else []), str(row.part)])


def quantity_left(order: Order, position: int) -> Fraction:
    """What still has to go through a step; 0 when it is reported done."""
    assert order.routing is not None  # noqa: S101  # only asked of orders with steps
    progress = progress_of(order, order.routing.steps[position])
    if progress is not None and progress.state is StepState.DONE:
        return Fraction(0)
    return order.step_quantity[position]


def rows_are_unique(plan: Plan) -> Iterator[Finding]:
    """No operation, transfer or delivery stands in the plan twice.

    |{rows with kind, order, step, part}| ≤ 1
    """
    count = Counter((row.kind, row.order, row.step, row.part) for row in plan.rows)
    for row in plan.rows:
        if count.pop((row.kind, row.order, row.step, row.part), 1) > 1:
            yield plan.breach(
                Code.DUPLICATE,
                path_of(row),
                f"{KIND_WORDS[row.kind].capitalize()} {row.step or row.part} of {row.order} is"
                " planned more than once.",
            )


def every_step_is_planned(plan: Plan) -> Iterator[Finding]:
    """Every step with something left has rows, unless its order is said to get no date."""
    for order in plan.network.orders.values():
        if order.routing is None or order.id in plan.unplanned:
            continue
        for position, step in enumerate(order.routing.steps):
            left = quantity_left(order, position)
            if left > 0 and (order.id, step.id) not in plan.tasks_of_step:
                yield plan.breach(
                    Code.MISSING,
                    f"rows/{order.id}/{step.id}",
                    f"Step {step.id} of {order.id} ({order.item}, {float(left):g} left) is not in"
                    " the plan.",
                )


def every_row_has_a_cause(plan: Plan) -> Iterator[Finding]:
    """Every row is a step with something left, a transfer of the network, or a delivery that
    waits.
    """
    for row in plan.rows:
        if not has_cause(plan, row):
            yield plan.breach(
                Code.EXTRA,
                path_of(row),
                f"The plan holds a {KIND_WORDS[row.kind]} {row.step} of {row.order} that nothing"
                " asks for.",
            )


def has_cause(plan: Plan, row: PlanRow) -> bool:
    """Whether snapshot and network ask for a row."""
    if row.kind is RowKind.MOVE:
        supply = plan.network.supplies.get(row.order)
        return supply is not None and supply.kind is SupplyKind.TRANSFER
    if row.kind is RowKind.SHIP:
        demand = plan.demands.get(row.order)
        return demand is not None and has_delivery(plan, demand)
    order = plan.network.orders.get(row.order)
    if order is None:
        return False
    position = plan.positions(order).get(row.step)
    return position is not None and quantity_left(order, position) > 0


def rows_are_labelled_right(plan: Plan) -> Iterator[Finding]:
    """Item and plant of a row are those of its order."""
    for task in plan.tasks:
        row, order = task.row, task.order
        if (row.item, row.plant) != (order.item, order.plant):
            yield plan.about(
                Code.MISLABELLED,
                task,
                f"{task.name} is planned as {row.item} in {row.plant}, but the order makes"
                f" {order.item} in {order.plant}.",
            )


def parts_sum_up(plan: Plan) -> Iterator[Finding]:
    """The parts of a step are what is left of it.

    Σ_part quantity = step_quantity
    """
    for (ident, step), tasks in plan.tasks_of_step.items():
        left = quantity_left(tasks[0].order, tasks[0].position)
        planned = sum((task.row.quantity for task in tasks), Fraction(0))
        if left > 0 and planned != left:
            yield plan.about(
                Code.QUANTITY,
                tasks[0],
                f"Step {step} of {ident} has {float(left):g} left, but {float(planned):g} are"
                " planned.",
            )


def parts_keep_to_the_split(plan: Plan) -> Iterator[Finding]:
    """At most ``split.parts`` parts, numbered from 0, none below ``split.minimum`` unless it is
    alone.
    """
    for tasks in plan.tasks_of_step.values():
        reason = split_breach(tasks[0].step, sorted(t.row.part for t in tasks)) or next(
            (too_small(t.step, t.row.quantity) for t in tasks if len(tasks) > 1), ""
        )
        if reason:
            yield plan.about(Code.SPLIT, tasks[0], f"{tasks[0].name} is run {reason}.")


def split_breach(step: Step, parts: list[int]) -> str:
    """What is wrong with the number of parts; empty for nothing."""
    most = step.split.parts if step.split is not None else 1
    if len(parts) > most:
        return f"in {len(parts)} parts, but {most} are allowed"
    if parts != list(range(len(parts))):
        return f"in parts numbered {', '.join(map(str, parts))}"
    return ""


def too_small(step: Step, quantity: Fraction) -> str:
    """What is wrong with the size of a part; empty for nothing."""
    if step.split is not None and quantity < Fraction(step.split.minimum):
        return f"with a part of {float(quantity):g}, below the smallest of {step.split.minimum}"
    return ""


def every_transfer_is_planned(plan: Plan) -> Iterator[Finding]:
    """Every new transfer of what is made is one row; one of stock may be dated by the network
    alone.
    """
    for supply in plan.network.supplies.values():
        dated = supply.available is not None or supply.id in plan.unplanned
        planned = supply.id in plan.moves or dated
        if supply.kind is SupplyKind.TRANSFER and not planned:
            yield plan.breach(
                Code.MISSING,
                f"rows/{supply.id}",
                f"Transfer {supply.id} of {supply.item} to {supply.plant} is not in the plan.",
            )
        elif supply.kind is SupplyKind.TRANSFER and supply.id in plan.moves:
            moved = plan.moves[supply.id].quantity
            if moved != supply.quantity:
                yield plan.breach(
                    Code.QUANTITY,
                    path_of(plan.moves[supply.id]),
                    f"Transfer {supply.id} moves {float(moved):g}, but"
                    f" {float(supply.quantity):g} are wanted.",
                )


def has_delivery(plan: Plan, demand: Demand) -> bool:
    """Whether shipping a demand takes or waits for anything, so that it has rows."""
    plant = plan.plant(demand.plant)
    waits = plant.shipping_calendar is not None or plant.dock_time.amount > 0
    return waits or demand.transit is not None or demand.earliest is not None


def every_delivery_is_planned(plan: Plan) -> Iterator[Finding]:
    """A demand that waits for the dock or travels has one row, or one per supply when it may go in
    parts.

    Σ_part quantity = Σ_peg quantity
    """
    for demand in plan.network.demands:
        pegs = plan.pegs_of_need.get((NeedKind.DEMAND, demand.id), [])
        if not pegs or not has_delivery(plan, demand) or demand.id in plan.unplanned:
            continue
        parts = len({peg.supply for peg in pegs}) if demand.partial is Partial.ALLOWED else 1
        rows = plan.shipments.get(demand.id, [])
        path = f"rows/{demand.id}"
        wanted = sum((peg.quantity for peg in pegs), Fraction(0))
        sent = sum((row.quantity for row in rows), Fraction(0))
        if {row.part for row in rows} != set(range(parts)):
            yield plan.breach(
                Code.MISSING if len(rows) < parts else Code.EXTRA,
                path,
                f"{demand.id} ({demand.item}) is delivered in {len(rows)} parts, not in {parts}.",
            )
        elif sent != wanted and len(rows) == parts:
            yield plan.breach(
                Code.QUANTITY,
                path,
                f"{demand.id} ({demand.item}) ships {float(sent):g} of {float(wanted):g}.",
            )


def times_are_in_order(plan: Plan) -> Iterator[Finding]:
    """Setup begins no later than the run, and the run no later than its end: S ≤ R ≤ E."""
    for row in plan.rows:
        if not row.setup <= row.start <= row.end:
            yield plan.breach(
                Code.BACKWARDS,
                path_of(row),
                f"{KIND_WORDS[row.kind].capitalize()} {row.step} of {row.order} ends before it"
                " begins.",
            )


def times_are_whole_ticks(plan: Plan) -> Iterator[Finding]:
    """Setup, start and end lie on ticks of the plan."""
    tick, origin = plan.horizon.tick, plan.horizon.origin
    for row in plan.rows:
        if any((moment - origin) % tick for moment in (row.setup, row.start, row.end)):
            yield plan.breach(
                Code.OFF_TICK,
                path_of(row),
                f"{KIND_WORDS[row.kind].capitalize()} {row.step} of {row.order} is not dated in"
                f" whole ticks of {plan.lasting(1)}.",
            )


RULES = (
    rows_are_unique,
    every_step_is_planned,
    every_row_has_a_cause,
    rows_are_labelled_right,
    parts_sum_up,
    parts_keep_to_the_split,
    every_transfer_is_planned,
    every_delivery_is_planned,
    times_are_in_order,
    times_are_whole_ticks,
)

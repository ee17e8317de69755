"""Started and frozen work stays where it is, and the ERP's work orders keep their identity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.factory import StepState, WorkOrderStatus
from scheduler.findings import Severity
from scheduler.validate.codes import Code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.factory import WorkOrder
    from scheduler.findings import Finding
    from scheduler.validate.plan import Plan

OVER = (WorkOrderStatus.COMPLETED, WorkOrderStatus.CANCELLED)


def started_work_is_not_moved(plan: Plan) -> Iterator[Finding]:
    """A started operation keeps its machine and its start."""
    for task in plan.tasks:
        report = task.progress
        if report is None or not task.started or report.started_at is None or task.row.part > 0:
            continue
        began = plan.horizon.at_or_before(report.started_at)
        if began not in (task.setup, task.start):
            yield plan.about(
                Code.STARTED_MOVED,
                task,
                f"{task.name} was started at {plan.at(began, task.order.plant)}, but is planned at"
                f" {plan.at(task.start, task.order.plant)}.",
            )
        known = report.machine in plan.machines
        if known and task.row.machine != report.machine and not task.step.subcontract:
            yield plan.about(
                Code.STARTED_MOVED,
                task,
                f"{task.name} was started on {report.machine}, but is planned {task.where}.",
            )


def frozen_work_is_not_moved(plan: Plan) -> Iterator[Finding]:
    """What is planned to start inside the frozen zone of its plant keeps its machine and its
    start.
    """
    for task in plan.tasks:
        if not task.frozen or task.step.subcontract is not None:
            continue
        kept = any(
            start in (task.setup, task.start) and machine in (None, task.row.machine)
            for start, machine in task.frozen
        )
        if not kept:
            start, machine = task.frozen[0]
            yield plan.about(
                Code.FROZEN_MOVED,
                task,
                f"{task.name} is frozen at {plan.at(start, task.order.plant)}"
                f"{f' on {machine}' if machine else ''}, but is planned {task.where} at"
                f" {plan.at(task.start, task.order.plant)}.",
            )


def work_orders_keep_their_identity(plan: Plan) -> Iterator[Finding]:
    """Every work order of the ERP with something left is in the plan under its own id, as what it
    is.

    A planned one (a proposal) may be left out; so may one that a finding of the network names.
    """
    for work_order in plan.snapshot.work_orders:
        if not has_to_be_there(plan, work_order):
            continue
        order = plan.network.orders.get(work_order.id)
        made = None if order is None else (order.item, order.plant)
        if made != (work_order.item, work_order.plant):
            yield plan.breach(
                Code.WORK_ORDER_LOST,
                f"work_orders/{work_order.id}",
                f"Work order {work_order.id} ({work_order.item} in {work_order.plant}) is not in"
                " the plan.",
            )
    known = {work_order.id for work_order in plan.snapshot.work_orders}
    for order in plan.network.orders.values():
        if (order.work_order is not None) != (order.id in known):
            yield plan.breach(
                Code.WORK_ORDER_LOST,
                f"orders/{order.id}",
                f"{order.id} takes the place of a work order that it is not.",
            )


def has_to_be_there(plan: Plan, work_order: WorkOrder) -> bool:
    """Whether a work order has something left that planning did not refuse."""
    done = [report for report in work_order.steps if report.state is StepState.DONE]
    if work_order.status in (*OVER, WorkOrderStatus.PLANNED) or work_order.id in plan.unplanned:
        return False
    if done and len(done) == len(work_order.steps):
        return work_order.id in plan.network.orders
    return not any(
        work_order.id in finding.path.split("/") and finding.severity is Severity.ERROR
        for finding in plan.network.findings
    )


RULES = (
    started_work_is_not_moved,
    frozen_work_is_not_moved,
    work_orders_keep_their_identity,
)

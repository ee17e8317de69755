"""Machines: only those the step may use, and never more on one than it takes."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.factory import MachineKind
from scheduler.validate.codes import Code
from scheduler.validate.loads import LONG_AGO, Use, first_per_task, overloads
from scheduler.validate.openings import is_within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.factory import Machine
    from scheduler.findings import Finding
    from scheduler.validate.plan import Plan
    from scheduler.validate.tasks import Task

MOST_SLOTS = 16
"""A machine of more than this many at a time is counted, not kept slot by slot."""


def slots_of(plan: Plan, machine: Machine) -> int:
    """Places on a machine that are kept one by one; 0 when it is only counted (more than are kept,
    or operations that take several units of it or a part of one), or takes any number.
    """
    if machine.kind is MachineKind.UNLIMITED or (
        machine.kind is MachineKind.MULTIPLE and machine.id in plan.taken_by_units
    ):
        return 0
    if machine.kind is not MachineKind.MULTIPLE:
        return 1
    whole = machine.capacity % 1 == 0 and machine.capacity <= MOST_SLOTS
    return int(machine.capacity) if whole else 0


def machine_is_one_of_the_step(plan: Plan, task: Task) -> bool:
    """Whether the step names the machine, or its work centre holds it."""
    known = task.row.machine is None or task.row.machine in plan.machines
    return known and task.allowed


def machines_are_allowed(plan: Plan) -> Iterator[Finding]:
    """An operation runs on an alternative of its step, or on a machine of its work centre."""
    for task in plan.tasks:
        # What the shop floor has begun on another machine is a fact, not a choice.
        if not task.started and not machine_is_one_of_the_step(plan, task):
            yield plan.about(
                Code.MACHINE_NOT_ALLOWED,
                task,
                f"{task.name} is planned {task.where}, which its routing does not name.",
            )


def machines_are_effective(plan: Plan) -> Iterator[Finding]:
    """The alternative is valid at the start of the run: effective_from ≤ R < effective_to."""
    for task in plan.tasks:
        line = task.alternative
        if line is None or task.started:
            continue
        start, zone = plan.horizon.moment(task.start), plan.zone(task.order.plant)
        if not is_within(start, line.effective_from, line.effective_to, zone):
            yield plan.about(
                Code.MACHINE_NOT_EFFECTIVE,
                task,
                f"{task.name} starts {task.where} at {plan.at(task.start, task.order.plant)},"
                " when that machine is not valid for it.",
            )


def steps_are_effective(plan: Plan) -> Iterator[Finding]:
    """The step is valid at the start of its run."""
    for task in plan.tasks:
        start, zone = plan.horizon.moment(task.start), plan.zone(task.order.plant)
        step = task.step
        if task.started or is_within(start, step.effective_from, step.effective_to, zone):
            continue
        yield plan.about(
            Code.STEP_NOT_EFFECTIVE,
            task,
            f"{task.name} starts at {plan.at(task.start, task.order.plant)}, when the step is not"
            " valid.",
        )


def slots_exist(plan: Plan) -> Iterator[Finding]:
    """A machine of k places has slots 0 to k − 1; any other has slot 0."""
    for task in plan.tasks:
        most = max(1, slots_of(plan, task.machine)) if task.machine is not None else 1
        if not 0 <= task.row.slot < most:
            yield plan.about(
                Code.SLOT,
                task,
                f"{task.name} is planned on place {task.row.slot + 1} of {task.row.machine}, which"
                f" has {most}.",
            )


def one_at_a_time(plan: Plan) -> Iterator[Finding]:
    """On each slot one operation at a time, from its setup until it is cleared away.

        [S_a, E_a + teardown_a) ∩ [S_b, E_b + teardown_b) = ∅

    In an oven those that start and end together share the slot.
    """
    for machine in plan.machines.values():
        for tasks in by_slot(plan, machine).values():
            before: Task | None = None
            for task in tasks:
                if before is not None and task.setup < before.cleared:
                    together = (task.start, task.end) == (before.start, before.end)
                    if machine.kind is not MachineKind.BATCH or not together:
                        yield overlap(plan, before, task)
                if before is None or task.cleared >= before.cleared:
                    before = task


def by_slot(plan: Plan, machine: Machine) -> dict[int, list[Task]]:
    """Tasks of each slot of a machine in the order of their runs; nothing for machines without
    slots.
    """
    grouped: dict[int, list[Task]] = defaultdict(list)
    if slots_of(plan, machine):
        for task in plan.tasks_of_machine.get(machine.id, []):
            grouped[task.row.slot].append(task)
    for tasks in grouped.values():
        tasks.sort(key=lambda task: (task.start, task.setup, task.end))
    return grouped


def overlap(plan: Plan, before: Task, task: Task) -> Finding:
    """Two operations in each other's way."""
    return plan.about(
        Code.MACHINE_OVERLAP,
        task,
        f"{task.name} takes {task.row.machine} from {plan.at(task.setup, task.order.plant)}, but"
        f" {before.name} holds it until {plan.at(before.cleared, task.order.plant)}.",
        [before],
    )


def not_more_than_fit(plan: Plan) -> Iterator[Finding]:
    """A machine of several holds at most its capacity at any time.

    Σ_{tasks at t} units ≤ capacity
    """
    for machine in plan.machines.values():
        if machine.kind is not MachineKind.MULTIPLE:
            continue
        tasks = plan.tasks_of_machine.get(machine.id, [])
        if slots_of(plan, machine) and all(task.units == 1 for task in tasks):
            continue
        uses = [Use(t.setup, t.cleared, Fraction(t.units), t) for t in tasks]
        levels = [(LONG_AGO, Fraction(machine.capacity))]
        for over in first_per_task(overloads(uses, levels)):
            task = over.latest
            yield plan.about(
                Code.MACHINE_FULL,
                task,
                f"{machine.id} takes {machine.capacity} at a time, but {float(over.used):g} are on"
                f" it at {plan.at(over.start, machine.plant)}, with {task.name}.",
                over.users,
            )


def batches(plan: Plan) -> Iterator[list[Task]]:
    """What is in an oven together."""
    for machine in plan.machines.values():
        if machine.kind is MachineKind.BATCH:
            loads: dict[tuple[int, int], list[Task]] = defaultdict(list)
            for task in plan.tasks_of_machine.get(machine.id, []):
                loads[task.start, task.end].append(task)
            yield from loads.values()


def batches_are_of_one_family(plan: Plan) -> Iterator[Finding]:
    """What is in an oven together is of one setup family."""
    for load in batches(plan):
        families = {task.step.setup_family for task in load}
        if len(families) > 1:
            named = " and ".join(sorted(family or "no family" for family in families))
            yield plan.about(
                Code.BATCH_MIXED,
                load[-1],
                f"{load[0].row.machine} holds {named} together from"
                f" {plan.at(load[0].start, load[0].order.plant)}, with {load[-1].name}.",
            )


def batches_fit(plan: Plan) -> Iterator[Finding]:
    """An oven holds at most its capacity: Σ quantity ≤ capacity."""
    for load in batches(plan):
        capacity = load[0].machine.capacity if load[0].machine is not None else Decimal(0)
        held = sum((task.row.quantity for task in load), Fraction(0))
        if held > Fraction(capacity):
            yield plan.about(
                Code.BATCH_FULL,
                load[-1],
                f"{load[0].row.machine} holds {capacity}, but {float(held):g} are in it from"
                f" {plan.at(load[0].start, load[0].order.plant)}, with {load[-1].name}.",
            )


def capacity_is_not_used_too_early(plan: Plan) -> Iterator[Finding]:
    """A machine with a limit on working ahead runs an order at most that long before it is due."""
    for task in plan.tasks:
        ahead = task.machine.work_ahead if task.machine is not None else None
        if ahead is None or task.fixed or task.order.need is None:
            continue
        earliest = plan.horizon.at_or_before(task.order.need - ahead)
        if task.start < earliest:
            yield plan.about(
                Code.WORK_AHEAD,
                task,
                f"{task.name} runs {task.where} at {plan.at(task.start, task.order.plant)}, more"
                f" than {ahead} before it is due.",
            )


RULES = (
    machines_are_allowed,
    machines_are_effective,
    steps_are_effective,
    slots_exist,
    one_at_a_time,
    not_more_than_fit,
    batches_are_of_one_family,
    batches_fit,
    capacity_is_not_used_too_early,
)

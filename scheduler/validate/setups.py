"""Setups: long enough for what ran before, done as late as possible, and whole where they must
be.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from scheduler.factory import MachineKind
from scheduler.validate.codes import Code
from scheduler.validate.machines import by_slot, slots_of
from scheduler.validate.reported import Standing, is_reported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scheduler.factory import Machine, SetupMatrix
    from scheduler.findings import Finding
    from scheduler.validate.plan import Plan
    from scheduler.validate.tasks import Task

Change = tuple["Task", "str | None", int]
"""An operation, the family its machine was in before it, and the setup ticks that takes."""


def setups_are_long_enough(plan: Plan) -> Iterator[Finding]:
    """Before each run its machine is set up for it, for as long as that takes after what ran there
    before.

    |open ticks of [S, R)| ≥ own setup + changeover(family before, family)
    """
    for task, before, needed in plan.once("changes", lambda: changes(plan)):
        worked = task.hours.worked(task.setup, task.start)
        if worked < needed:
            family = task.step.setup_family
            change = f" from {before or 'an unknown state'} to {family}" if family else ""
            yield plan.about(
                Code.SETUP_TIME,
                task,
                f"{task.name} needs {plan.lasting(needed)} of setup{change} {task.where}, but has"
                f" {plan.lasting(worked)} before {plan.at(task.start, task.order.plant)}.",
            )


def setups_are_as_late_as_possible(plan: Plan) -> Iterator[Finding]:
    """Setup is right before the run: S is the last tick from which the setup is worked by R.

    In an oven one operation's setup serves all that are in it.
    """
    for task, _, needed in plan.once("changes", lambda: changes(plan)):
        worked = task.hours.worked(task.setup, task.start)
        if worked < needed or _is_whole(task, needed) is False:
            continue
        latest = latest_setup(task, needed)
        joins = task.machine is not None and task.machine.kind is MachineKind.BATCH
        places = {latest, task.start, latest_setup(task, task.own_setup)} if joins else {latest}
        if task.setup not in places:
            yield plan.about(
                Code.SETUP_MISPLACED,
                task,
                f"{task.name} is set up {task.where} at {plan.at(task.setup, task.order.plant)}"
                f" for a run at {plan.at(task.start, task.order.plant)};"
                f" {plan.lasting(needed)} are needed.",
            )


def setups_are_whole(plan: Plan) -> Iterator[Finding]:
    """Where the machine says so, a setup is not interrupted: it is worked in one open window."""
    for task, _, needed in plan.once("changes", lambda: changes(plan)):
        worked = task.hours.worked(task.setup, task.start)
        if worked >= needed and _is_whole(task, needed) is False:
            yield plan.about(
                Code.SETUP_INTERRUPTED,
                task,
                f"The setup of {task.name} {task.where} from"
                f" {plan.at(task.setup, task.order.plant)} may not be interrupted, but is.",
            )


def _is_whole(task: Task, needed: int) -> bool | None:
    """Whether a setup that has to be whole is; None when it may be interrupted."""
    if task.machine is None or task.machine.setup_interruptible or needed == 0:
        return None
    pieces = task.pieces(task.setup, task.start)
    return bool(pieces) and pieces[0][1] - pieces[0][0] >= needed


def latest_setup(task: Task, ticks: int) -> int | None:
    """Last tick from which ``ticks`` of setup are worked by the start of the run."""
    if task.machine is not None and not task.machine.setup_interruptible:
        return task.hours.latest_whole(task.start, ticks)
    return task.hours.latest_start(task.start, ticks)


def changes(plan: Plan) -> Iterator[Change]:
    """Every operation that may move, with the family its machine was in before it and the setup
    that takes.

    An operation without a family needs no changeover and leaves the machine as it was. In an oven
    the load is set up once. Started and frozen operations are passed over, but they leave the
    machine in their family.
    """
    standing = Standing.of(plan)
    for machine in plan.machines.values():
        change = changeovers(plan, machine)
        for tasks in by_slot(plan, machine).values():
            state = standing.state(machine)
            untouched = True
            for load in loads(machine, tasks):
                set_up = (t for t in load if standing.is_set_up(t))
                done = {id(t) for t in set_up if untouched or t.step.setup_family is None}
                for task, ticks in _set_up(machine, load, change, state, done):
                    if not task.fixed:
                        yield task, state, ticks
                state = load[0].step.setup_family or state
                untouched = untouched and all(t.step.setup_family is None for t in load)
    for task in plan.tasks:
        slotless = task.machine is None or not slots_of(plan, task.machine)
        if slotless and not task.fixed and task.step.subcontract is None:
            yield task, None, needed(task, _no_change, None, done=is_reported(task))


def loads(machine: Machine, tasks: list[Task]) -> Iterator[list[Task]]:
    """Operations of a slot one after the other; in an oven, load after load."""
    if machine.kind is not MachineKind.BATCH:
        yield from ([task] for task in tasks)
        return
    for _, load in groupby(tasks, key=lambda task: (task.start, task.end)):
        yield list(load)


def _set_up(
    machine: Machine,
    load: list[Task],
    change: Callable[..., int],
    state: str | None,
    done: set[int],
) -> Iterator[tuple[Task, int]]:
    """The operations of a load with the setup that each has to have; an oven is set up once, for
    as long as the one that takes longest.
    """
    ticks = [needed(task, change, state, done=id(task) in done) for task in load]
    if machine.kind is MachineKind.BATCH:
        yield min(load, key=lambda task: task.setup), max(ticks)
    else:
        yield from zip(load, ticks, strict=True)


def needed(task: Task, change: Callable[..., int], state: str | None, *, done: bool) -> int:
    """Setup ticks of an operation on a machine in ``state``; none where setup is ``done``."""
    if done:
        return 0
    family = task.step.setup_family
    return task.own_setup + (change(state, family) if family else 0)


def _no_change(_before: str | None, _after: str | None) -> int:
    return 0


def changeovers(plan: Plan, machine: Machine) -> Callable[[str | None, str | None], int]:
    """Ticks of the machine's matrix, else of the general one of its plant, from one family to
    another.

    The line that names both families decides, then the one that names the family after, then the
    one that names the family before, then the one that names neither. A family to itself takes
    nothing unless a line names that pair.
    """
    matrix = matrix_of(plan, machine)
    if matrix is None:
        return _no_change
    lines = {(line.from_family, line.to_family): line.time for line in reversed(matrix.changeovers)}

    @cache
    def ticks(before: str | None, after: str | None) -> int:
        return plan.horizon.length(time_between(lines, before, after))

    return ticks


def matrix_of(plan: Plan, machine: Machine) -> SetupMatrix | None:
    """The setup matrix that holds for a machine."""
    named = [m for m in plan.snapshot.setup_matrices if m.id == machine.setup_matrix]
    if machine.setup_matrix is not None:
        return named[0] if named else None
    return next((m for m in plan.snapshot.setup_matrices if m.plant == machine.plant), None)


def time_between(
    lines: dict[tuple[str | None, str | None], timedelta], before: str | None, after: str | None
) -> timedelta:
    """The time of the line that speaks for a pair of families; none where no line does."""
    pairs = [(before, after)]
    if before != after:
        pairs += [(None, after), (before, None), (None, None)]
    return next((lines[pair] for pair in pairs if pair in lines), timedelta(0))


RULES = (setups_are_long_enough, setups_are_as_late_as_possible, setups_are_whole)

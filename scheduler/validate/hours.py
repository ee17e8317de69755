"""Hours: nothing on closed time, nothing new before now, and every run exactly as long as its
work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.schedule import RowKind
from scheduler.validate.codes import Code
from scheduler.validate.setups import changeovers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.findings import Finding
    from scheduler.validate.plan import Plan
    from scheduler.validate.tasks import Task


def nothing_new_before_now(plan: Plan) -> Iterator[Finding]:
    """What has not started on the shop floor begins, setup included, no sooner than now.

    S ≥ now;        E ≥ now for what has started
    """
    for task in plan.tasks:
        if (task.end if task.started else task.setup) < plan.now:
            yield plan.about(
                Code.BEFORE_NOW,
                task,
                f"{task.name} is planned {task.where} at {plan.at(task.setup, task.order.plant)},"
                f" before now ({plan.at(plan.now, task.order.plant)}).",
            )
    for row in plan.rows:
        if row.kind is not RowKind.MAKE and plan.tick(row.start) < plan.now:
            yield plan.breach(
                Code.BEFORE_NOW,
                f"rows/{row.order}/{row.part}",
                f"{row.order} ({row.item}) leaves at {plan.at(plan.tick(row.start), row.plant)},"
                " before now.",
            )


def runs_are_worked_in_open_hours(plan: Plan) -> Iterator[Finding]:
    """A run begins on open time and ends with its last worked tick, and takes exactly its work.

        open(R),  open(E − 1),  |open ticks of [R, E)| = run

    Open is where site, machine, step, people and tools of the run are open at once. Started work
    only has what is left of it, and from now on; frozen work may hold its setup between start and
    end.
    """
    for task in plan.tasks:
        earliest = max(task.start, plan.now) if task.started else task.start
        if task.step.subcontract is not None or task.end < earliest:
            continue
        if task.run == 0 and not task.fixed:
            yield from _nothing_to_run(plan, task)
        elif _on_closed_time(plan, task):
            yield plan.about(
                Code.CLOSED,
                task,
                f"{task.name} runs {task.where} from {plan.at(task.start, task.order.plant)} to"
                f" {plan.at(task.end, task.order.plant)}, but it is closed then.",
            )
        elif not _work_fits(plan, task):
            worked = task.hours.worked(task.start, task.end)
            yield plan.about(
                Code.RUN_TIME,
                task,
                f"{task.name} needs {plan.lasting(task.run)} {task.where}, but"
                f" {plan.lasting(worked)} are worked from"
                f" {plan.at(task.start, task.order.plant)} to"
                f" {plan.at(task.end, task.order.plant)}.",
            )


def _nothing_to_run(plan: Plan, task: Task) -> Iterator[Finding]:
    if task.end != task.start:
        yield plan.about(Code.RUN_TIME, task, f"{task.name} takes no time, but is given some.")


def _on_closed_time(plan: Plan, task: Task) -> bool:
    """Whether the run begins or ends in closed time; what started before now only has to end
    right.
    """
    if task.started:
        return task.end > plan.now and not task.hours.is_open(task.end - 1)
    return not task.hours.is_open(task.start) or not task.hours.is_open(task.end - 1)


def _work_fits(plan: Plan, task: Task) -> bool:
    if task.started:
        return task.hours.worked(max(plan.now, task.start), task.end) in work_left(plan, task)
    worked = task.hours.worked(task.start, task.end)
    if task.frozen:
        return worked in (task.run, task.run + task.own_setup)
    return worked == task.run


def work_left(plan: Plan, task: Task) -> set[int]:
    """Ticks of work that a started operation may still take.

    With pieces reported, the run of what is left (and its setup, if that was never reported done).
    With nothing reported, what was worked since the start counts, for the setup first. Where the
    machine has been set up for another family since, setup and changeover are made again.
    """
    assert task.progress is not None  # noqa: S101  # it has started
    pieces = task.progress.good or task.progress.scrap
    back = changeover_back(plan, task)
    set_up = task.progress.setup_done
    whole = task.own_setup + task.run + (back or 0)
    if back is not None and (pieces or set_up):
        return {whole}
    if pieces:
        return {task.run} if set_up else {task.run, whole}
    began = task.progress.started_at
    start = task.start if began is None else plan.horizon.at_or_before(began)
    left = max(0, whole - task.hours.worked(start, plan.now))
    return {min(task.run, left)} if set_up else {left}


def changeover_back(plan: Plan, task: Task) -> int | None:
    """Ticks to bring the machine of a started operation back into its family; None where it stands
    in that.
    """
    state = task.machine.setup_state if task.machine is not None else None
    family = task.step.setup_family
    if task.machine is None or state in (None, family):
        return None
    return changeovers(plan, task.machine)(state, family) if family is not None else 0


def runs_are_not_interrupted(plan: Plan) -> Iterator[Finding]:
    """A run that may not be interrupted lies in one open window.

    |open pieces of [R, E)| = 1
    """
    for task in plan.tasks:
        if task.step.resumable or task.started or task.step.subcontract is not None:
            continue
        pieces = task.pieces(task.start, task.end)
        if len(pieces) > 1:
            yield plan.about(
                Code.INTERRUPTED,
                task,
                f"{task.name} may not be interrupted, but stops {task.where} from"
                f" {plan.at(pieces[0][1], task.order.plant)} to"
                f" {plan.at(pieces[1][0], task.order.plant)}.",
            )


RULES = (nothing_new_before_now, runs_are_worked_in_open_hours, runs_are_not_interrupted)

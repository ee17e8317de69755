"""Precedence: steps of one order after each other, with their lags, or batch by batch."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from scheduler.validate.codes import Code
from scheduler.validate.tasks import Task, progress_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import timedelta
    from decimal import Decimal

    from scheduler.factory import Step
    from scheduler.findings import Finding
    from scheduler.network.model import Order
    from scheduler.validate.plan import Plan

BATCHES = 512
"""Overlaps of more batches than this are checked at so many of them, the first and the last
included.
"""


@dataclass(frozen=True, slots=True)
class Follows:
    """``after`` waits for ``before``; lags as in :class:`scheduler.factory.Link`."""

    before: Step
    after: Step
    minimum_lag: timedelta
    maximum_lag: timedelta | None
    transfer_batch: Decimal | None


def links_of(order: Order) -> Iterator[Follows]:
    """What each step of an order waits for: its links, or the step listed before it.

    A queue is waited for like a lag: the longer of the two counts.
    """
    steps = () if order.routing is None else order.routing.steps
    by_id = {step.id: step for step in steps}
    for place, step in enumerate(steps):
        if step.follows is None:
            if place > 0:
                least = max(step.minimum_lag, step.queue)
                most, batch = step.maximum_lag, step.transfer_batch
                yield Follows(steps[place - 1], step, least, most, batch)
            continue
        for link in step.follows:
            if link.step in by_id:
                least = max(link.minimum_lag, step.queue)
                before = by_id[link.step]
                yield Follows(before, step, least, link.maximum_lag, link.transfer_batch)


def planned_links(plan: Plan) -> Iterator[tuple[Follows, list[Task], list[Task]]]:
    """Links of which both ends are planned, with their operations; what has started waits for
    nothing.
    """
    for order in plan.network.orders.values():
        if order.id not in plan.tasks_of_order:
            continue
        for link in links_of(order):
            before = plan.tasks_of_step.get((order.id, link.before.id), [])
            after = plan.tasks_of_step.get((order.id, link.after.id), [])
            after = [task for task in after if not task.started]
            if before and after:
                yield link, before, after


def is_overlapped(link: Follows, before: Sequence[Task]) -> bool:
    """Whether pieces are passed on before all are done."""
    total = sum((task.row.quantity for task in before), Fraction(0))
    return link.transfer_batch is not None and Fraction(link.transfer_batch) < total


def steps_wait_for_the_step_before(plan: Plan) -> Iterator[Finding]:
    """A run begins when what it follows has ended, and its lag and queue are over.

    R_after ≥ E_before + minimum lag
    """
    for link, before, after in plan.once("links", lambda: planned_links(plan)):
        if is_overlapped(link, before):
            continue
        last = max(before, key=lambda task: task.end)
        ready = last.end + plan.horizon.length(link.minimum_lag)
        for task in after:
            if task.start < ready:
                yield too_soon(plan, task, f"{last.name} ends", last.end, ready)


def steps_wait_for_finished_steps(plan: Plan) -> Iterator[Finding]:
    """A lag also counts from the reported end of a step that is done."""
    for order in plan.network.orders.values():
        if order.work_order is None:
            continue
        for link in links_of(order):
            report = progress_of(order, link.before)
            if report is None or report.finished_at is None:
                continue
            if (order.id, link.before.id) in plan.tasks_of_step:
                continue
            ended = plan.horizon.at_or_after(report.finished_at)
            ready = ended + plan.horizon.length(link.minimum_lag)
            for task in plan.tasks_of_step.get((order.id, link.after.id), []):
                if task.start < ready and not task.started:
                    yield too_soon(plan, task, f"step {link.before.id} ended", ended, ready)


def too_soon(plan: Plan, task: Task, event: str, when: int, ready: int) -> Finding:
    """An operation that does not wait for the one before."""
    plant = task.order.plant
    return plan.about(
        Code.TOO_SOON,
        task,
        f"{task.name} starts at {plan.at(task.start, plant)}, but {event} at"
        f" {plan.at(when, plant)}, so it may start at {plan.at(ready, plant)}.",
    )


def steps_do_not_wait_too_long(plan: Plan) -> Iterator[Finding]:
    """A run begins at most its maximum lag after what it follows has ended.

    R_after ≤ E_before + maximum lag
    """
    for link, before, after in plan.once("links", lambda: planned_links(plan)):
        if link.maximum_lag is None:
            continue
        last = max(before, key=lambda task: task.end)
        latest = last.end + plan.horizon.length(link.maximum_lag)
        for task in after:
            if task.start > latest:
                plant = task.order.plant
                yield plan.about(
                    Code.TOO_LATE,
                    task,
                    f"{task.name} starts at {plan.at(task.start, plant)}, but may wait at most"
                    f" until {plan.at(latest, plant)} after {last.name}.",
                )


def batches_arrive_before_they_are_worked(plan: Plan) -> Iterator[Finding]:
    """With overlap, every transfer batch is finished before work on it begins, and its lag is over.

        begin_after(k) ≥ finish_before(k) + minimum lag        for every batch k

    Runs are taken to make their pieces at an even rate. What was passed on before now is worked
    first.
    """
    for link, before, after in plan.once("links", lambda: planned_links(plan)):
        if not is_overlapped(link, before) or link.transfer_batch is None:
            continue
        made, taken = pieces_of(before), pieces_of(after)
        done = finished(before, made, Fraction(link.transfer_batch))
        lag = plan.horizon.length(link.minimum_lag)
        takers = [Taker(t, t.row.quantity, Fraction(0)) for t in after]
        if len(after) == 1:
            takers = [Taker(after[0], max(made, taken), max(Fraction(0), taken - made))]
        for task, there in starved(done, takers, lag):
            yield plan.about(
                Code.OVERLAP,
                task,
                f"{task.name} works on pieces before {plan.at(there, task.order.plant)}, when"
                f" step {link.before.id} passes them on.",
            )


class Batch(NamedTuple):
    """``pieces`` in all are finished by ``tick``."""

    tick: int
    pieces: Fraction


class Taker(NamedTuple):
    """An operation that works on ``share`` pieces, of which ``ahead`` were there before."""

    task: Task
    share: Fraction
    ahead: Fraction


def pieces_of(tasks: Sequence[Task]) -> Fraction:
    """Pieces of operations together."""
    return sum((task.row.quantity for task in tasks), Fraction(0))


def finished(tasks: Sequence[Task], total: Fraction, size: Fraction) -> list[Batch]:
    """When transfer batches of ``size`` are finished by operations that make ``total`` pieces
    together.

    Each operation makes its share of the total, and of each batch, at an even rate.
    """
    made = pieces_of(tasks)
    single: list[tuple[int, Fraction]] = []
    for task in tasks:
        part = task.row.quantity / made
        work, passed = task.hours.worked(task.start, task.end), Fraction(0)
        for mark in batch_marks(total * part, size * part):
            ticks = -int(-work * mark / (total * part) // 1)
            single.append((task.hours.finish(task.start, ticks) or task.end, mark - passed))
            passed = mark
    pieces, result = Fraction(0), []
    for tick, more in sorted(single):
        pieces += more
        result.append(Batch(tick, pieces))
    return result


def batch_marks(share: Fraction, size: Fraction) -> list[Fraction]:
    """Pieces finished with each batch: size, 2 · size, … share; thinned out past
    :data:`BATCHES`.
    """
    count = int(-(-share // size))
    stride = max(1, count // BATCHES)
    marks = [min(share, size * n) for n in range(1, count + 1, stride)]
    return marks if marks[-1] == share else [*marks, share]


def starved(done: Sequence[Batch], takers: Sequence[Taker], lag: int) -> Iterator[tuple[Task, int]]:
    """Operations that work on pieces which are not there, each with the tick at which they are.

    Work on what lies beyond the first p pieces begins when p pieces' worth of the run is worked.
    """
    for task, share, ahead in takers:
        work, passed = task.hours.worked(task.start, task.end), ahead
        for tick, pieces in done:
            there = tick + lag
            if passed >= share:
                break
            early = task.hours.worked(task.start, there) if task.start < there else 0
            if early > int(work * passed // share):
                yield task, there
                break
            passed = ahead + pieces


RULES = (
    steps_wait_for_the_step_before,
    steps_wait_for_finished_steps,
    steps_do_not_wait_too_long,
    batches_arrive_before_they_are_worked,
)

"""Progress: what is left to do of a work order, step by step, and what it still needs.

    left(step) = planned − good − scrap, and never more than the step before has passed on or can
    still pass on

Pieces that the last step has reported are in stock: the ERP books them there. Fed by work orders;
read by ``existing``.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.factory import StepProgress, StepState, WorkOrder
from scheduler.factory.units import ceiling

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.network.durations import RoutingTimes

NOTHING = Fraction(0)


def planned_pieces(
    times: RoutingTimes, good: Fraction, precision: Fraction
) -> tuple[Fraction, ...]:
    """Pieces that enter each step for so many good ones, each rounded up once."""
    if times.start_pieces == 1 and ceiling(good, precision) == good:
        return (good,) * len(times.steps)
    return tuple(ceiling(good * step.pieces, precision) for step in times.steps)


def left_to_do(
    times: RoutingTimes, order: WorkOrder, good: Fraction, precision: Fraction
) -> tuple[tuple[Fraction, ...], Fraction]:
    """Pieces still to enter each step, and good pieces still to come out of the last."""
    planned = planned_pieces(times, good, precision)
    reports = {report.step: report for report in order.steps}
    steps = times.routing.steps
    left = [NOTHING] * len(steps)
    passed = [NOTHING] * len(steps)
    """Good pieces each step has passed on, or can still."""
    begun = _begun(times, reports, planned)
    for i in times.order:
        done, good_so_far = begun[i]
        report = reports.get(steps[i].id)
        if report is None or report.state is not StepState.DONE:
            reach = [passed[j] for j, _, _ in times.steps[i].before]
            left[i] = max(NOTHING, min([planned[i], *reach]) - done)
        passed[i] = good_so_far + left[i] * Fraction(steps[i].yield_ratio)
    followed = {j for step in times.steps for j, _, _ in step.before}
    last = [i for i in range(len(steps)) if i not in followed]
    to_come = [passed[i] - begun[i][1] for i in last]
    return tuple(left), _countable(min(to_come, default=good), precision, good)


def _countable(quantity: Fraction, precision: Fraction, ordered: Fraction) -> Fraction:
    """Availability is rounded down, and is no more than was ordered."""
    return min(quantity // precision * precision, ordered)


def _begun(
    times: RoutingTimes, reports: dict[str, StepProgress], planned: Sequence[Fraction]
) -> list[tuple[Fraction, Fraction]]:
    """For each step: pieces that are through it, and the good ones of them.

    A step that is reported done without a quantity has done all. What a later step has reported has
    been through the steps before it, also where nobody reported there.
    """
    steps = times.routing.steps
    begun = []
    for i, step in enumerate(steps):
        report = reports.get(step.id)
        good = Fraction(report.good) if report is not None else NOTHING
        scrap = Fraction(report.scrap) if report is not None else NOTHING
        if report is not None and report.state is StepState.DONE and not good and not scrap:
            good = planned[i] * Fraction(step.yield_ratio)
            scrap = planned[i] - good
        begun.append((good + scrap, good))
    for i in reversed(times.order):
        for j, _, _ in times.steps[i].before:
            if begun[j][1] < begun[i][0]:
                begun[j] = (begun[j][0] - begun[j][1] + begun[i][0], begun[i][0])
    return begun

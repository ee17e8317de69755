"""Arcs: what comes before what, with lags and overlap by transfer batches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from ortools.sat.python import cp_model

from scheduler.horizon import NEVER
from scheduler.hours import worked_before
from scheduler.problem import Arc, Mode, Op

if TYPE_CHECKING:
    from scheduler.engines.cp_sat.formulation import Expression, Formulation


def arcs(f: Formulation) -> None:
    """Rules of all arcs; between two fixed operations there is nothing to decide."""
    for arc in range(len(f.problem.arcs)):
        before, after = (int(x) for x in f.problem.arcs[arc, [Arc.PRED, Arc.SUCC]])
        if f.is_fixed(before) and f.is_fixed(after):
            continue
        if f.problem.arcs[arc, Arc.TRANSFER] > 0:
            overlap(f, arc)
        else:
            finish_start(f, arc)


def finish_start(f: Formulation, arc: int) -> None:
    """A successor starts after its predecessor's end, not sooner and not later than the lags say.

    end[p] + LAG ≤ start[s] ≤ end[p] + MAX_LAG
    """
    before, after, lag, limit = (int(x) for x in f.problem.arcs[arc, : Arc.MAX_LAG + 1])
    f.model.add(f.start[after] >= f.end[before] + lag)
    if limit < NEVER:
        f.model.add(f.start[after] <= f.end[before] + limit)


def overlap(f: Formulation, arc: int) -> None:
    """Every transfer batch is finished, and the lag over, before the successor works on it.

    end[s] − (RUN(s) − ahead(k)) ≥ there(k) + LAG        for batches k,
    there(k) = start[p] + ⌈RUN(p) · pieces(k) / TOTAL⌉
    ahead(k) = ⌊RUN(s) · pieces(k − 1) / TOTAL⌋

    Exact without closed time, a relaxation with it. Without closed time the batches between the
    second and the last but one follow from their neighbours.
    """
    transfer, total = (int(x) for x in f.problem.arcs[arc, [Arc.TRANSFER, Arc.TOTAL]])
    batches = -(-total // transfer)
    for batch in sorted({0, 1, batches - 2, batches - 1} & set(range(batches))):
        transfer_batch(f, arc, batch * transfer, min(total, (batch + 1) * transfer))


def transfer_batch(f: Formulation, arc: int, passed: int, done: int) -> None:
    """One batch: pieces ``passed`` to ``done`` of an overlap."""
    before, after, lag = (int(x) for x in f.problem.arcs[arc, : Arc.LAG + 1])
    total = int(f.problem.arcs[arc, Arc.TOTAL])
    ready = f.start[before] + share(f, before, done, total, up=True)
    begins: Expression = f.start[after]
    if passed > 0:
        if f.is_fixed(after):
            return
        # The work that is left when the batch is begun follows it, with closed time or without.
        begins = f.end[after] - left(f, after, passed, total)
    f.model.add(begins >= ready + lag)
    if done == total and not f.is_fixed(before):
        f.model.add(begins >= f.end[before] + lag)


def share(f: Formulation, operation: int, pieces: int, total: int, *, up: bool) -> Expression:
    """Run ticks of ``pieces`` out of ``total`` in the assigned mode, rounded up or down."""
    modes = [m for m in f.modes(operation) if m in f.assigned]
    work = [_run(f, operation, m) * pieces for m in modes]
    ticks = [-(-w // total) if up else w // total for w in work]
    if len(set(ticks)) == 1:
        return ticks[0]
    return cp_model.LinearExpr.weighted_sum([f.assigned[m] for m in modes], ticks)


def _run(f: Formulation, operation: int, mode: int) -> int:
    """Run ticks; of a fixed operation no more than it works where it stands."""
    run, calendar = (int(x) for x in f.problem.modes[mode, [Mode.RUN, Mode.CALENDAR]])
    if not f.is_fixed(operation):
        return run
    start, end = (int(x) for x in f.problem.operations[operation, [Op.FIXED_START, Op.FIXED_END]])
    before = worked_before(f.problem.calendar(calendar), np.array([start, end]))
    return min(run, int(before[1] - before[0]))


def left(f: Formulation, operation: int, pieces: int, total: int) -> Expression:
    """Run ticks in the assigned mode after those of ``pieces``, which are rounded down."""
    whole = share(f, operation, 1, 1, up=False)
    return whole - share(f, operation, pieces, total, up=False)


def precedence(f: Formulation) -> list[int]:
    """For each operation, the bit set of those that must be over before it starts."""
    problem = f.problem
    before: list[int | None] = [None] * problem.size
    waiting = list(range(problem.size))
    while waiting:
        operation = waiting[-1]
        preds = [
            int(problem.arcs[a, Arc.PRED])
            for a in problem.arcs_into(operation)
            if problem.arcs[a, Arc.TRANSFER] == 0 and problem.arcs[a, Arc.LAG] >= 0
        ]
        missing = [p for p in preds if before[p] is None]
        if missing:
            waiting += missing
            continue
        waiting.pop()
        bits = 0
        for pred in preds:
            bits |= 1 << pred | (before[pred] or 0)
        before[operation] = bits
    return [bits or 0 for bits in before]


__all__ = ["arcs", "precedence"]

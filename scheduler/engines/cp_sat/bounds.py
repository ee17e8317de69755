"""Bounds known before any search: earliest starts, latest ends, when an optimal plan is over.

A model that ends too early would call the best plan of a short horizon the best of all.
``Span.is_whole`` says whether the end can be argued to cut nothing off.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.engines.cp_sat.objective import REGULAR, ends_of
from scheduler.engines.cp_sat.places import Places, Work, places
from scheduler.horizon import NEVER
from scheduler.problem import (
    LEVELS,
    Arc,
    DemandCol,
    Flag,
    Machine,
    Mode,
    Op,
    Problem,
    Resource,
    Slot,
    Ticks,
)

if TYPE_CHECKING:
    from scheduler.schedule import Schedule

Waits = dict[tuple[int, Work], int | None]
"""Longest wait of works on calendars, as far as known."""
TWO_DAYS = 2880
"""Ticks added to a start's end; a day is 1440 of the usual one-minute ticks."""


@dataclass(frozen=True, slots=True)
class Span:
    """How far a model reaches.

    Parameters
    ----------
    until
        No run ends after this tick.
    deadline
        Shape (operations,): latest end of each run, by the objective value that is to be beaten and
        what follows.
    is_whole
        Whether nothing that could be better ends later (without a start: whether any schedule at
        all has one that is over by then).
    """

    until: int
    deadline: Ticks
    is_whole: bool


def is_always_open(problem: Problem) -> bool:
    """Whether no mode that could be used knows closed time."""
    used = np.unique(problem.modes[:, Mode.CALENDAR])
    return all(problem.calendar_rows[c + 1] - problem.calendar_rows[c] <= 1 for c in used)


def topological(problem: Problem) -> list[int]:
    """Operations, predecessors first."""
    waiting = (problem.operations[:, Op.PRED_TO] - problem.operations[:, Op.PRED_FROM]).tolist()
    ready = [o for o in range(problem.size) if not waiting[o]]
    for operation in ready:
        for arc in problem.arcs_out_of(operation):
            after = int(problem.arcs[arc, Arc.SUCC])
            waiting[after] -= 1
            if not waiting[after]:
                ready.append(after)
    return ready


def deadlines(problem: Problem, value: tuple[int, ...]) -> Ticks:
    """Latest end of each operation in a schedule no worse than ``value``; ``NEVER``: no limit.

    weight(d) · (end − due(d)) ≤ value of the tardiness level  →  end ≤ due(d) + value / weight(d)
    end ≤ value of the makespan level

    Holds for the first level; for the next as well where the first is 0, which nothing can beat.
    """
    latest = np.full(problem.size, NEVER, dtype=np.int64)
    for level, worth in zip(problem.objective, value, strict=False):
        name = LEVELS[level]
        if name == "makespan":
            np.minimum(latest, worth, out=latest)
        elif name in ("promised", "requested"):
            due = DemandCol.PROMISED if name == "promised" else DemandCol.REQUESTED
            by_tardiness(problem, due, worth, latest)
        if worth > 0:
            break
    return latest


def by_tardiness(problem: Problem, due: DemandCol, worth: int, latest: Ticks) -> None:
    """Lower ``latest`` to what a total weighted tardiness of ``worth`` leaves to each demand."""
    for demand, row in enumerate(problem.demands):
        weight = int(row[DemandCol.WEIGHT])
        if row[due] < NEVER and weight > 0:
            for operation in ends_of(problem, demand):
                limit = int(row[due]) + worth // weight
                latest[operation] = min(latest[operation], limit)


def pull_back(problem: Problem, latest: Ticks) -> Ticks:
    """Latest ends that leave room for what comes after.

    latest[p] = min(latest[p], latest[s] − RUN(s) − LAG)        for every arc p → s
    """
    latest = latest.copy()
    for operation in reversed(topological(problem)):
        shortest = int(problem.modes[list(problem.modes_of(operation)), Mode.RUN].min())
        if problem.operations[operation, Op.FIXED_START] >= 0:
            # A fact stands, whatever is asked of it.
            latest[operation] = problem.operations[operation, Op.FIXED_END]
            start = int(problem.operations[operation, Op.FIXED_START])
        else:
            start = int(latest[operation]) - shortest
        for arc in problem.arcs_into(operation):
            before, _, lag, _, transfer, _ = problem.arcs[arc]
            limit = int(latest[operation]) if transfer else start
            latest[before] = min(int(latest[before]), limit - int(lag))
    return latest


def earliest_starts(problem: Problem, at: dict[int, Places]) -> Ticks:
    """Earliest start of each run by release, arcs and calendar. ``at``: places of each mode."""
    start = problem.operations[:, Op.RELEASE].copy()
    end = start.copy()
    for operation in topological(problem):
        row = problem.operations[operation]
        if row[Op.FIXED_START] >= 0:
            start[operation], end[operation] = row[Op.FIXED_START], row[Op.FIXED_END]
            continue
        ready = int(row[Op.RELEASE])
        for arc in problem.arcs_into(operation):
            before, _, lag, _, transfer, _ = (int(x) for x in problem.arcs[arc])
            ready = max(ready, int(start[before] if transfer else end[before]) + lag)
        found = [at[m].first_from(max(ready, 0)) for m in problem.modes_of(operation) if m in at]
        known = [place for place in found if place is not None]
        start[operation] = min((s for s, _ in known), default=ready)
        end[operation] = min((e for _, e in known), default=ready)
    return start


def safe_end(problem: Problem) -> int | None:
    """A tick by which some optimal schedule is over, None when not known.

    Holds for objectives that nothing later improves (``REGULAR``).

    In a schedule in which nothing can be done earlier, every operation waits for the end of
    another, or for a date. Going back from the last end, each operation is met once:

        last date + Σ_o (longest wait and work of o + its longest lag)

    Maximum lags with closed time are not argued: what is shifted earlier may then no longer fit.
    """
    limited = bool((problem.arcs[:, Arc.MAX_LAG] < NEVER).any()) or len(problem.spans) > 0
    if limited and not is_always_open(problem):
        return None
    total = last_date(problem)
    waits: Waits = {}
    for operation in range(problem.size):
        wait = longest_stay(problem, operation, waits)
        if wait is None:
            return None
        lags = [int(problem.arcs[a, Arc.LAG]) for a in problem.arcs_into(operation)]
        total += wait + max([0, *lags])
    return total


def last_date(problem: Problem) -> int:
    """Last tick at which something becomes free, is released, or changes its level."""
    dates = [0, problem.now, *problem.operations[:, Op.RELEASE].tolist()]
    dates += problem.operations[:, Op.FIXED_END].tolist() + problem.slots[:, Slot.FREE].tolist()
    for first, last, _ in problem.resources[:, : Resource.HELD + 1]:
        dates.append(int(problem.levels[last - 1, 0]) if last > first else 0)
    return max(int(d) for d in dates)


def longest_stay(problem: Problem, operation: int, waits: Waits) -> int | None:
    """Most ticks from an operation being free to go to its machine being free, in any mode."""
    row = problem.operations[operation]
    resumable, whole = bool(row[Op.FLAGS] & Flag.RESUMABLE), bool(row[Op.FLAGS] & Flag.SETUP_WHOLE)
    stays = []
    for mode in problem.modes_of(operation):
        machine, calendar, own, run, teardown = (int(x) for x in problem.modes[mode, 1:6])
        setup = own + longest_changeover(problem, machine, int(row[Op.FAMILY]))
        if whole:
            setup, run, resumable = 0, run + setup, False
        parts = [(setup, True), (run, resumable), (teardown, True)]
        total = 0
        for work, paused in parts:
            part = Work(0, work, 0, paused, whole_setup=False)
            if (calendar, part) not in waits:
                waits[calendar, part] = places(problem.calendar(calendar), part).longest_wait()
            wait = waits[calendar, part]
            if wait is None:
                return None
            total += wait
        stays.append(total)
    return max(stays)


def longest_changeover(problem: Problem, machine: int, family: int) -> int:
    """Most ticks of the machine's matrix into a family."""
    matrix = int(problem.machines[machine, Machine.MATRIX]) if machine >= 0 else -1
    return int(problem.setups[matrix][:, family].max()) if matrix >= 0 and family >= 0 else 0


def span_of(
    problem: Problem, start: Schedule | None, *, exact: bool, limit: int | None = None
) -> Span:
    """How far the model reaches, given a schedule to beat.

    Parameters
    ----------
    exact
        Rather a larger model than one that cuts off what could be better.
    limit
        Nothing that is not fixed ends after this tick, whatever could be better.
    """
    argues = start is None or (exact and is_regular(problem))
    safe = safe_end(problem) if argues else None
    argued = problem.end if safe is None else min(problem.end, safe)
    if start is None:
        nothing = np.full(problem.size, argued, dtype=np.int64)
        return Span(argued, pull_back(problem, nothing), safe == argued)
    latest = pull_back(problem, deadlines(problem, start.objective))
    free = problem.operations[:, Op.FIXED_START] < 0
    argued = min(argued, int(latest[free].max(initial=0)))
    wished = int(start.end.max(initial=0)) * 115 // 100 + TWO_DAYS
    until = argued if exact else min(argued, wished)
    until = until if limit is None else min(until, limit)
    return Span(until, pull_back(problem, np.minimum(latest, until)), until == argued)


def is_regular(problem: Problem) -> bool:
    """Whether no level gains by starting something later in the same order."""
    return all(LEVELS[level] in REGULAR for level in problem.objective)


__all__ = ["Span", "earliest_starts", "is_always_open", "is_regular", "span_of", "topological"]

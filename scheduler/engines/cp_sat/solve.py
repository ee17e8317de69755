"""The entry: strict levels by passes, exact dates, and no more claimed than was proved.

The model is a relaxation of the problem: what it proves of its own is a bound for the problem, and
a schedule that reaches every bound is optimal. Where the model forbids something that the problem
allows, nothing is proved.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from ortools.sat.python import cp_model

from scheduler.engines.cp_sat.bounds import span_of, topological
from scheduler.engines.cp_sat.budget import Budget
from scheduler.engines.cp_sat.formulation import Expression, Formulation, OutOfTimeError
from scheduler.engines.cp_sat.model import formulate
from scheduler.engines.cp_sat.objective import level_value
from scheduler.engines.cp_sat.parameters import Shape, configure, shape_of
from scheduler.engines.cp_sat.reading import Reader, Retime, Solution, dated, is_dated, measured
from scheduler.engines.cp_sat.search import Answer, search
from scheduler.horizon import NEVER
from scheduler.problem import LEVELS, DemandCol, Mode, Op, Problem
from scheduler.schedule import Provenance, Schedule, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.engines.cp_sat.machines import Seats

FIRST_SHARE = 0.4
"""Part of the time for the first of several levels."""
ON_TIME_SHARE = {Shape.PUZZLE: 0.6, Shape.PLAN: 0.15}
"""Part of the time to look for a plan in which nothing of a level is late at all."""
EXACT_SIZE = 60
"""Up to this many operations the model reaches as far as is needed to prove, whatever that
costs."""


@dataclass(slots=True)
class Solve:
    """One solve under way.

    Parameters
    ----------
    best
        Best exactly timed schedule so far; None before there is any.
    bounds
        Proved lower bound of each level, given the best values of the levels before.
    steps
        What was done, for ``Provenance``.
    """

    problem: Problem
    budget: Budget
    retime: Retime
    seed: int
    workers: int
    progress: Callable[[Schedule], None] | None
    pinned: Schedule | None = None
    until: int | None = None
    best: Schedule | None = None
    bounds: list[int] = field(default_factory=list)
    narrowed: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    is_infeasible: bool = False

    def offer(self, schedule: Schedule | None) -> None:
        """Keep a schedule when it is better than the best."""
        if schedule is None:
            return
        if self.best is None or schedule.objective < self.best.objective:
            self.best = schedule
            if self.progress is not None:
                self.progress(self.finished(schedule))

    def finished(self, schedule: Schedule) -> Schedule:
        """The schedule with all that is known of it."""
        bound = () if self.narrowed else tuple(self.bounds)
        proved = bool(bound) and bound == schedule.objective and not self.problem.relaxations
        status = Status.OPTIMAL if proved else Status.FEASIBLE
        if not proved and self.budget.is_cancelled:
            status = Status.CANCELLED
        provenance = Provenance("cp_sat", self.seed, self.budget.spent, tuple(self.steps))
        return replace(schedule, bound=bound, status=status, provenance=provenance)


def solve_cp_sat(
    problem: Problem,
    start: Schedule | None,
    *,
    seconds: float,
    retime: Retime,
    seed: int = 0,
    workers: int = 2,
    progress: Callable[[Schedule], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    deterministic: float | None = None,
    pinned: Schedule | None = None,
    until: int | None = None,
) -> Schedule:
    """Improve ``start`` and prove what can be proved.

    Parameters
    ----------
    start
        Schedule to beat. None, or one in which something has no date: the sequence by due date is
        dated first.
    seconds
        Wall clock, building the model included.
    retime
        The exact kernel; only schedules that it dates are returned.
    progress
        Told every better schedule, in the caller's thread.
    cancelled
        Asked about every 20 ms; True ends the solve with the best so far.
    deterministic
        Limit in the solver's own measure of work: results repeat for a seed, unless ``seconds``
        ends it first.
    pinned
        Where fixed operations run exactly, when that is known (windows of a larger plan).
    until
        Nothing that is not fixed ends after this tick; nothing is proved then.

    Returns
    -------
    Never worse than ``start``. Where nothing with all dates was found: ``start`` as it was (without
    one, −1 everywhere), INFEASIBLE when that is proved, else UNKNOWN or CANCELLED.
    """
    budget = Budget(seconds, deterministic, cancelled)
    state = Solve(problem, budget, retime, seed, workers, progress, pinned, until)
    state.bounds = [0] * len(problem.objective)
    if start is not None and is_dated(problem, start):
        state.best = measured(problem, start)
    else:
        state.offer(by_due_date(problem, retime))
    try:
        improve(state)
    except OutOfTimeError:
        state.steps.append("the time was over before the model stood")
    return answer(state, start)


def answer(state: Solve, start: Schedule | None) -> Schedule:
    """The best schedule; or the start as it was, and whether there is none at all."""
    if state.best is not None:
        return state.finished(state.best)
    nowhere = np.full(state.problem.size, -1, dtype=np.int64)
    none = start or Schedule(nowhere, nowhere, nowhere, nowhere, nowhere)
    status = Status.UNKNOWN
    if state.is_infeasible:
        status = Status.INFEASIBLE
    elif state.budget.is_cancelled:
        status = Status.CANCELLED
    provenance = Provenance("cp_sat", state.seed, state.budget.spent, tuple(state.steps))
    return replace(none, status=status, provenance=provenance)


def by_due_date(problem: Problem, retime: Retime) -> Schedule | None:
    """A first schedule: most urgent first, each in its shortest mode."""
    urgency = problem.operations[:, Op.DUE] - problem.operations[:, Op.TAIL]
    for operation in reversed(topological(problem)):
        for arc in problem.arcs_into(operation):
            before = problem.arcs[arc, 0]
            urgency[before] = min(urgency[before], urgency[operation])
    rank = np.empty(problem.size, dtype=np.int64)
    rank[topological(problem)] = np.arange(problem.size)
    order = np.lexsort((rank, urgency)).astype(np.int64)
    mode = [
        min(problem.modes_of(o), key=lambda m: int(problem.modes[m, Mode.RUN]))
        if problem.operations[o, Op.FIXED_MODE] < 0
        else int(problem.operations[o, Op.FIXED_MODE])
        for o in range(problem.size)
    ]
    anywhere = np.full(problem.size, -1, dtype=np.int64)
    found = retime(problem, order, np.array(mode, dtype=np.int64), anywhere)
    return measured(problem, found) if found is not None and is_dated(problem, found) else None


def improve(state: Solve) -> None:
    """All passes: a first schedule, nothing late, then level after level."""
    if state.best is None:
        find_any(state)
    if state.best is None:
        return
    on_time(state)
    span = span_of(state.problem, state.best, exact=reaches_far(state.problem), limit=state.until)
    if not span.is_whole:
        state.narrowed.append(f"nothing ends after tick {span.until}")
    f, seats = formulate(state.problem, state.budget, span, state.pinned)
    state.narrowed += f.narrowed
    levels(state, f, seats)


def reaches_far(problem: Problem) -> bool:
    """Whether the model shall reach as far as a proof needs: where that costs little."""
    return problem.size <= EXACT_SIZE or shape_of(problem) is Shape.PUZZLE


def run(state: Solve, f: Formulation, share: float, *, stop: Callable[[Schedule], bool]) -> Answer:
    """One run of the solver on a part of the time that is left."""
    work = state.budget.deterministic
    solver = cp_model.CpSolver()
    configure(
        solver,
        state.problem,
        seconds=state.budget.left * share,
        workers=state.workers,
        seed=state.seed,
        deterministic=None if work is None else work * share,
    )

    def heard(solution: Solution) -> bool:
        state.offer(dated(state.problem, solution, state.retime))
        return state.best is not None and stop(state.best)

    return search(solver, f.model, Reader(f), state.budget, heard)


def find_any(state: Solve) -> None:
    """Any schedule; when there is none, whether that is proved."""
    span = span_of(state.problem, None, exact=True)
    f, _ = formulate(state.problem, state.budget, span, state.pinned)
    found = run(state, f, 1.0, stop=lambda _: True)
    state.is_infeasible = found.is_infeasible and span.is_whole and not f.narrowed
    if found.is_infeasible and not state.is_infeasible:
        state.steps.append(f"no plan is over by tick {span.until}; a later one was not ruled out")


def on_time(state: Solve) -> None:
    """Whether the first tardiness level that is not 0 can be.

    A problem of its own: due dates are deadlines, which is much tighter than an objective.
    """
    best = state.best
    if best is None:
        return
    level = next((i for i, value in enumerate(best.objective) if value > 0), len(best.objective))
    if level == len(best.objective) or not is_tardiness(state.problem, level):
        return
    target = replace(best, objective=(*best.objective[:level], 0))
    span = span_of(state.problem, target, exact=reaches_far(state.problem), limit=state.until)
    f, _ = formulate(state.problem, state.budget, span, state.pinned)
    share = ON_TIME_SHARE[shape_of(state.problem)]
    found = run(state, f, share, stop=lambda s: s.objective[level] == 0)
    if found.is_infeasible and span.is_whole and not f.narrowed:
        state.bounds[level] = least_lateness(state.problem, level)
        state.steps.append(f"{level_name(state.problem, level)}: proved that something is late")
    elif state.best is not None and state.best.objective[level] == 0:
        state.steps.append(f"{level_name(state.problem, level)}: nothing is late")


def level_name(problem: Problem, level: int) -> str:
    """Name of the objective's n-th level."""
    return LEVELS[problem.objective[level]]


def is_tardiness(problem: Problem, level: int) -> bool:
    """Whether the objective's n-th level counts lateness."""
    return level_name(problem, level) in ("promised", "requested")


def least_lateness(problem: Problem, level: int) -> int:
    """Least value above 0 of a tardiness level."""
    promised = level_name(problem, level) == "promised"
    due = DemandCol.PROMISED if promised else DemandCol.REQUESTED
    dated_rows = problem.demands[problem.demands[:, due] < NEVER]
    weights = dated_rows[:, DemandCol.WEIGHT]
    return int(weights[weights > 0].min(initial=NEVER))


def levels(state: Solve, f: Formulation, seats: Seats) -> None:
    """Level after level: make it small, then hold it.

    value(level) ≤ value(level) of the best exact schedule        while later levels are improved

    Every schedule that is better than the best keeps that, so what is proved of a later level
    holds for it as well.
    """
    for position, level in enumerate(state.problem.objective):
        if state.budget.over or state.best is None:
            return
        value = level_value(f, seats, int(level))
        if value is None:
            state.steps.append(f"{LEVELS[level]}: left as it was, too large to be sequenced")
            continue
        if isinstance(value, int):
            state.bounds[position] = max(state.bounds[position], value)
            continue
        if state.best.objective[position] > state.bounds[position]:
            one_level(state, f, value, position)
        f.model.add(value <= state.best.objective[position])


def one_level(state: Solve, f: Formulation, value: Expression, position: int) -> None:
    """Make one level as small as its part of the time allows."""
    best = state.best
    if best is None:
        return
    f.hint(best)
    f.model.minimize(value)
    later = len(state.problem.objective) - position - 1
    share = 1.0 if later == 0 else FIRST_SHARE if position == 0 else 1.0 / (later + 1)
    bound = state.bounds[position]
    found = run(state, f, share, stop=lambda s: s.objective[position] <= bound)
    if found.is_infeasible:
        # The best schedule is a solution, unless facts of the problem contradict its rules.
        state.narrowed.append("the facts of the problem contradict its rules")
    elif found.bound is not None:
        state.bounds[position] = max(bound, found.bound)
    name = level_name(state.problem, position)
    state.steps.append(f"{name}: {state.best.objective[position] if state.best else '-'}")


__all__ = ["solve_cp_sat"]

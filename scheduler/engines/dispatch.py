"""Dispatch: a plan in milliseconds by urgency rules, over a grid of their parameters; the best is
kept.

Reads the problem, asks ``timing`` for dates. Every other engine starts from its answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from scheduler.engines.dispatching import Waiting, dispatch_events
from scheduler.horizon import NEVER
from scheduler.problem import Mode, Op, Problem, Ticks
from scheduler.schedule import Provenance, Schedule
from scheduler.timing.decoding import decode, run_kernel, schedule_of

if TYPE_CHECKING:
    from collections.abc import Iterator

GRID = (2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 12.0, 16.0)
"""Values of k: how far ahead the rule looks. Which is best depends on the load: all are tried."""
SERIAL = 30_000
"""Operations up to which the serial plans are tried as well."""
Weights = NDArray[np.float64]


def base_weights(problem: Problem) -> Weights:
    """Urgency of each operation: the weight of what it serves; a little for what serves nobody."""
    weights: Weights = np.maximum(problem.operations[:, Op.WEIGHT].astype(np.float64), 1e-6)
    return weights


def dispatch_once(problem: Problem, k: float, weights: Weights | None = None) -> Schedule:
    """One event-driven dispatch by apparent tardiness cost."""
    weights = base_weights(problem) if weights is None else weights
    mean_run = max(1.0, float(problem.modes[:, Mode.RUN].mean())) if len(problem.modes) else 1.0

    def kernel(tables: Ticks, state: Ticks) -> int:
        waiting = Waiting.of(problem, weights, k * mean_run)
        return int(dispatch_events(tables, state, waiting.packed))

    return schedule_of(
        problem, run_kernel(problem, kernel), Provenance("dispatch", steps=(f"k={k:g}",))
    )


def by_due(problem: Problem) -> Ticks:
    """Ranks for a serial plan: one demand after the other, the most urgent first."""
    rows = problem.operations
    due = np.minimum(rows[:, Op.DUE], NEVER // 2)
    order = np.lexsort(
        (np.arange(problem.size), -rows[:, Op.TAIL], rows[:, Op.DEMAND], -rows[:, Op.WEIGHT], due)
    )
    return ranks_of(order)


def by_slack(problem: Problem) -> Ticks:
    """Ranks for a serial plan: the operation that has to start first comes first."""
    rows = problem.operations
    latest = np.minimum(rows[:, Op.DUE], NEVER // 2) - rows[:, Op.TAIL]
    return ranks_of(np.lexsort((np.arange(problem.size), latest)))


def behind_fixed_first(problem: Problem, rank: Ticks) -> Ticks:
    """``rank``, with what is tied to fixed work by a maximum lag before all else."""
    block, fixed = problem.operations[:, Op.BLOCK], problem.operations[:, Op.FIXED_START] >= 0
    tied = np.isin(block, block[fixed])
    return np.where(tied, rank - problem.size, rank)


def ranks_of(order: Ticks) -> Ticks:
    """Position of each operation in ``order``."""
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank


def dispatch(problem: Problem, *, grid: tuple[float, ...] = GRID, prefer: bool = False) -> Schedule:
    """The best plan of the rule grid: urgency for each k, and two serial plans that fill gaps.

    Parameters
    ----------
    prefer
        Preferred machines while on time: only the serial plans look at preference.
    """
    return min(_candidates(problem, grid, prefer=prefer), key=lambda s: s.objective)


def _candidates(problem: Problem, grid: tuple[float, ...], *, prefer: bool) -> Iterator[Schedule]:
    if not prefer:
        for k in grid:
            yield dispatch_once(problem, k)
    if prefer or problem.size <= SERIAL:
        for rule in (by_due, by_slack):
            rank = behind_fixed_first(problem, rule(problem))
            yield decode(problem, rank, gaps=True, prefer=prefer, engine="dispatch")

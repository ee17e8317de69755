"""Search: better plans by dispatching again with changed urgency (squeaky wheel), for as long as
there is time.

After each dispatch the weights of late demands grow a little, and all are shaken at random; what is
better is kept. Never worse than its start. Deterministic for a seed and a number of rounds; by the
clock, how far it gets depends on the machine.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import perf_counter

import numpy as np

from scheduler.engines.dispatch import GRID, Weights, base_weights, by_due, dispatch_once, ranks_of
from scheduler.horizon import NEVER
from scheduler.measures import completions
from scheduler.problem import DemandCol, Op, Problem
from scheduler.schedule import Provenance, Schedule
from scheduler.timing import decode

Progress = Callable[[Schedule], None]
Cancelled = Callable[[], bool]
SERIAL_EVERY = 3
"""Every third round is a serial plan that fills gaps; the others are event-driven."""


def search(
    problem: Problem,
    start: Schedule,
    *,
    seconds: float,
    seed: int = 0,
    rounds: int | None = None,
    prefer: bool = False,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Schedule:
    """The best plan found from ``start`` on.

    Parameters
    ----------
    seconds
        Wall-clock limit.
    rounds
        Exact number of dispatches, for repeatable results; None: as many as there is time for.
    prefer
        Only serial plans, which look at preferred machines.
    """
    random = np.random.default_rng(seed)
    best, limit = start, perf_counter() + seconds
    weights = base_weights(problem)
    done = 0
    while (rounds is None or done < rounds) and perf_counter() < limit:
        if any(cancelled() for cancelled in (cancelled,) if cancelled) or not any(best.objective):
            break
        shaken = weights * np.exp(random.normal(0.0, random.choice((0.2, 0.5, 1.0)), problem.size))
        if prefer or done % SERIAL_EVERY == 2:
            found = _serial(problem, shaken, prefer=prefer)
        else:
            found = dispatch_once(problem, float(random.choice(GRID)), shaken)
        if found.objective < best.objective:
            best = found
            if progress is not None:
                progress(best)
        weights = _squeak(problem, found, weights)
        done += 1
    return replace(
        best, provenance=Provenance("search", seed, 0.0, (*best.provenance.steps, f"{done} rounds"))
    )


def _serial(problem: Problem, weights: Weights, *, prefer: bool) -> Schedule:
    """Demand by demand, in the order of due dates bent by the weights."""
    rank = by_due(problem).astype(np.float64)
    base = np.maximum(base_weights(problem), 1e-6)
    demand = problem.operations[:, Op.DEMAND]
    factor = np.log(weights / base)
    shared = np.zeros(len(problem.demands) + 1)
    np.maximum.at(shared, demand, factor)
    order = np.argsort(rank - shared[demand] * 0.1 * problem.size, kind="stable")
    return decode(
        problem, ranks_of(order.astype(np.int64)), gaps=True, prefer=prefer, engine="serial"
    )


def _squeak(problem: Problem, found: Schedule, weights: Weights) -> Weights:
    """Weights grow with the lateness of what an operation serves, and fade towards where they
    began.
    """
    due = np.minimum(
        problem.demands[:, DemandCol.PROMISED], problem.demands[:, DemandCol.REQUESTED]
    )
    late = np.where(due < NEVER, np.maximum(0, completions(problem, found.end) - due), 0)
    worst = max(1, int(late.max(initial=0)))
    demand = problem.operations[:, Op.DEMAND]
    push = np.where(demand >= 0, late[demand] / worst, 0.0) if len(late) else np.zeros(problem.size)
    grown: Weights = weights * (1.0 + 0.3 * push)
    return grown**0.95 * base_weights(problem) ** 0.05

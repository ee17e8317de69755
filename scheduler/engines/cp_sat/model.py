"""The whole model: every family's rules, in the order in which they need one another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.engines.cp_sat.arcs import arcs, precedence
from scheduler.engines.cp_sat.batches import batches
from scheduler.engines.cp_sat.bounds import Span, earliest_starts
from scheduler.engines.cp_sat.calendars import operations
from scheduler.engines.cp_sat.formulation import Formulation
from scheduler.engines.cp_sat.machines import Seats, machines
from scheduler.engines.cp_sat.resources import resources
from scheduler.engines.cp_sat.setups import setups
from scheduler.problem import Op, Problem

if TYPE_CHECKING:
    from scheduler.engines.cp_sat.budget import Budget
    from scheduler.schedule import Schedule


def formulate(
    problem: Problem, budget: Budget, span: Span, pinned: Schedule | None = None
) -> tuple[Formulation, Seats]:
    """Variables and rules of a problem, without an objective.

    Parameters
    ----------
    pinned
        Where the fixed operations run exactly, when it is known.

    Raises
    ------
    OutOfTimeError
        When the budget was over before the model stood.
    """
    release = problem.operations[:, Op.RELEASE]
    f = Formulation(problem, budget, span.until, release, span.deadline, pinned)
    reachable = {}
    for mode in range(len(problem.modes)):
        f.check_time()
        reachable[mode] = f.places(mode)
    f.release = earliest_starts(problem, reachable)
    operations(f)
    seats = machines(f)
    arcs(f)
    setups(f, seats, precedence(f))
    batches(f, seats)
    resources(f)
    return f, seats


__all__ = ["formulate"]

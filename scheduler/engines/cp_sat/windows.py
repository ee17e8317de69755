"""Windows: some operations of a large plan are free, the rest stands; then all is dated again.

The window is a small problem of its own: the free operations, and as fixed ones whatever they could
meet on their machines and resources or are tied to by arcs. What is proved of it says nothing of
the plan, so nothing is claimed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.engines.cp_sat.parts import Mask, part_problem
from scheduler.engines.cp_sat.reading import Retime, is_dated, measured, sequence
from scheduler.engines.cp_sat.solve import solve_cp_sat
from scheduler.problem import Arc, Mode, Need, Op, Problem, Ticks
from scheduler.schedule import Provenance, Schedule, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


@dataclass(frozen=True, slots=True)
class Window:
    """A part of a plan as a problem.

    Parameters
    ----------
    problem, start
        The part, and the plan's schedule of it.
    kept
        Operation of the part → operation of the plan, ascending; modes likewise.
    free
        Which operations of the part may move, shape (kept,).
    until
        No free run ends after this tick.
    """

    problem: Problem
    start: Schedule
    kept: Ticks
    modes: Ticks
    free: Mask
    until: int


def improve_window(
    problem: Problem,
    start: Schedule,
    free: Sequence[int],
    *,
    seconds: float,
    retime: Retime,
    seed: int = 0,
    workers: int = 1,
    cancelled: Callable[[], bool] | None = None,
    deterministic: float | None = None,
) -> Schedule:
    """Improve ``start`` by moving ``free`` operations (with the blocks they belong to); never
    worse.

    Parameters
    ----------
    free
        Operations that may move; at most about 60 are worth their time.
    seconds, retime, seed, workers, cancelled, deterministic
        As in :func:`scheduler.engines.cp_sat.solve_cp_sat`.
    """
    best = measured(problem, start)
    if not len(free) or not is_dated(problem, start):
        return best
    window = cut(problem, best, free)

    def dated_in_plan(_: Problem, order: Ticks, mode: Ticks, slot: Ticks) -> Schedule | None:
        nonlocal best
        found = retime(problem, *back_in_plan(problem, start, window, order, mode, slot))
        if found is None or not is_dated(problem, found):
            return None
        found = measured(problem, found)
        if found.objective < best.objective:
            best = found
        return part_of(window, found)

    solve_cp_sat(
        window.problem,
        window.start,
        seconds=seconds,
        retime=dated_in_plan,
        seed=seed,
        workers=workers,
        cancelled=cancelled,
        deterministic=deterministic,
        pinned=window.start,
        until=window.until,
    )
    steps = (f"window of {len(free)} operations",)
    made = Provenance("cp_sat window", seed, 0.0, steps)
    return replace(best, provenance=made, status=Status.FEASIBLE, bound=())


def back_in_plan(
    problem: Problem, plan: Schedule, window: Window, order: Ticks, mode: Ticks, slot: Ticks
) -> tuple[Ticks, Ticks, Ticks]:
    """Sequence, modes and slots of the whole plan with the window's decisions.

    A free operation comes after what stands before it in the window's sequence; against what is not
    in the window its place does not matter.
    """
    step = problem.size + 1
    when = plan.start * step
    modes, slots = plan.mode.copy(), plan.slot.copy()
    now = 0
    for position, row in enumerate(order):
        operation = int(window.kept[row])
        if window.free[row]:
            when[operation] = now * step + position
            modes[operation], slots[operation] = window.modes[mode[row]], slot[row]
        else:
            now = max(now, int(plan.start[operation]))
            when[operation] = now * step + position
    return sequence(problem, when), modes, slots


def part_of(window: Window, plan: Schedule) -> Schedule:
    """The window's operations in a schedule of the plan."""
    kept = window.kept
    mode = np.searchsorted(window.modes, plan.mode[kept]).astype(np.int64)
    columns = (plan.slot[kept], plan.setup[kept], plan.start[kept], plan.end[kept])
    return measured(window.problem, Schedule(mode, *columns, provenance=plan.provenance))


def cut(problem: Problem, plan: Schedule, free: Sequence[int]) -> Window:
    """The window around ``free`` operations of a plan."""
    loose = np.zeros(problem.size, dtype=np.bool_)
    for block in np.unique(problem.operations[list(free), Op.BLOCK]):
        loose[problem.block(int(block))] = True
    loose &= problem.operations[:, Op.FIXED_START] < 0
    low, high = reach(problem, plan, loose)
    kept = np.flatnonzero(
        loose | neighbours(problem, loose) | rivals(problem, plan, loose, low, high)
    )
    part = part_problem(problem, plan, kept, loose, low)
    modes = np.concatenate([list(problem.modes_of(int(o))) for o in kept]).astype(np.int64)
    empty = Schedule(*(np.zeros(0, dtype=np.int64),) * 5)
    window = Window(part, empty, kept, modes, loose[kept], high)
    return replace(window, start=part_of(window, plan))


def reach(problem: Problem, plan: Schedule, loose: Mask) -> tuple[int, int]:
    """From when to when the free operations may be: a little longer than they take now."""
    low = int(np.minimum(plan.setup, problem.operations[:, Op.RELEASE])[loose].min())
    for operation in np.flatnonzero(loose):
        before = [int(problem.arcs[a, Arc.PRED]) for a in problem.arcs_into(int(operation))]
        ends = [int(plan.start[p]) for p in before if not loose[p]]
        low = max(low, min([int(plan.setup[operation]), *ends])) if ends else low
    last = int(plan.end[loose].max())
    return low, min(problem.end, last + max(1, (last - low) // 4))


def neighbours(problem: Problem, loose: Mask) -> Mask:
    """Operations that an arc ties to a free one."""
    found = np.zeros(problem.size, dtype=np.bool_)
    before, after = problem.arcs[:, Arc.PRED], problem.arcs[:, Arc.SUCC]
    found[before[loose[after]]] = True
    found[after[loose[before]]] = True
    return found


def rivals(problem: Problem, plan: Schedule, loose: Mask, low: int, high: int) -> Mask:
    """Operations that are at that time where a free one could be."""
    machines: set[int] = set()
    wanted: set[int] = set()
    for operation in np.flatnonzero(loose):
        for mode in problem.modes_of(int(operation)):
            machines.add(int(problem.modes[mode, Mode.MACHINE]))
            wanted |= {int(problem.needs[n, Need.RESOURCE]) for n in problem.needs_of(mode)}
    machines.discard(-1)
    now = (plan.end > low) & (plan.setup < high)
    found = now & np.isin(problem.modes[plan.mode, Mode.MACHINE], sorted(machines))
    for operation in np.flatnonzero(now & ~found) if wanted else ():
        needs = problem.needs_of(int(plan.mode[operation]))
        found[operation] = any(int(problem.needs[n, Need.RESOURCE]) in wanted for n in needs)
    return found


__all__ = ["improve_window"]

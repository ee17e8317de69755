"""Python's side of the kernels: run one, grow what was too small, and hand back a
:class:`Schedule`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from scheduler.measures import objective
from scheduler.problem import NEVER, Mode, Op, Problem, Ticks
from scheduler.schedule import Provenance, Schedule
from scheduler.timing import sequence
from scheduler.timing.compiled import link
from scheduler.timing.state import (
    END,
    FULL,
    MODE,
    OK,
    SETUP,
    SLOT,
    START,
    State,
    empty_state,
    tables_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable


def fixed_slots(problem: Problem) -> tuple[Ticks, Ticks]:
    """Order (by start) and slot of the fixed operations: the first slot of their machine that is
    free then.

    Returns
    -------
    order
        Fixed operations by start.
    slots
        Shape (operations,), −1 where free or where the machine has no slots.
    """
    rows = problem.operations
    fixed = np.flatnonzero(rows[:, Op.FIXED_START] >= 0)
    order = fixed[np.lexsort((fixed, rows[fixed, Op.FIXED_END], rows[fixed, Op.FIXED_START]))]
    slots = np.full(problem.size, -1, dtype=np.int64)
    free: dict[int, int] = {}
    for operation in order:
        machine = int(problem.modes[rows[operation, Op.FIXED_MODE], Mode.MACHINE])
        choices = problem.slots_of(machine) if machine >= 0 else range(0)
        if len(choices):
            start = int(rows[operation, Op.FIXED_START])
            slot = min(choices, key=lambda s: (max(0, free.get(s, 0) - start), s))
            slots[operation] = slot
            free[slot] = int(rows[operation, Op.FIXED_END])
    return order, slots


def run_kernel(
    problem: Problem,
    kernel: Callable[[Ticks, Ticks], int],
    mode: Ticks | None = None,
    slot: Ticks | None = None,
) -> State:
    """Run ``kernel`` on a fresh state with the fixed operations in place, with more room when it
    asks for it.

    Parameters
    ----------
    kernel
        Takes packed tables and state, gives a code of ``state``.
    mode, slot
        Shape (operations,): what operations are bound to, −1 for nothing.
    """
    link()
    tables = tables_of(problem)
    order, slots = fixed_slots(problem)
    code = FULL
    for doubling in range(12):
        state = empty_state(problem, room=2**doubling)
        if mode is not None:
            state.only[:] = mode
        if slot is not None:
            state.bound[:] = slot
        code = sequence.place_fixed(tables, state.packed, order, slots)
        if code == OK:
            code = kernel(tables, state.packed)
        if code == OK:
            return state
        if code != FULL:
            break
    raise RuntimeError(f"kernel stopped with {code}: the operations wait for each other")


def schedule_of(problem: Problem, state: State, provenance: Provenance) -> Schedule:
    """The state as a schedule, measured."""
    mode, slot, setup, start, end = (
        np.ascontiguousarray(state.nodes[: problem.size, column])
        for column in (MODE, SLOT, SETUP, START, END)
    )
    bare = Schedule(mode, slot, setup, start, end, provenance=provenance)
    return replace(bare, objective=objective(problem, bare))


def decode(
    problem: Problem,
    rank: Ticks,
    mode: Ticks | None = None,
    slot: Ticks | None = None,
    *,
    gaps: bool = False,
    prefer: bool = False,
    engine: str = "decode",
) -> Schedule:
    """Date every operation, lowest rank first, each as early as the rules allow.

    Parameters
    ----------
    rank
        Shape (operations,); an operation whose predecessors come later waits for them.
    mode, slot
        Shape (operations,), rows of ``modes`` and ``slots``; −1 or absent: whichever ends first.
    gaps
        Also use gaps before what is already placed; without, each machine keeps the order of ranks.
    prefer
        Take the preferred machine while the operation is on time there, instead of the earliest
        end.
    """
    ranks = np.ascontiguousarray(rank, dtype=np.int64)
    state = run_kernel(
        problem,
        lambda t, s: int(sequence.decode(t, s, ranks, *_room(problem), int(gaps), int(prefer))),
        mode,
        slot,
    )
    return schedule_of(problem, state, Provenance(engine))


def _room(problem: Problem) -> tuple[Ticks, Ticks, Ticks, Ticks]:
    """What decoding works in."""
    blocks = len(problem.block_rows)
    highest, zero = np.full(blocks, NEVER, dtype=np.int64), np.zeros(blocks, dtype=np.int64)
    return highest, zero, np.empty_like(zero), np.empty_like(zero)


def retime(problem: Problem, schedule: Schedule) -> Schedule:
    """The same machines in the same order, each operation as early as that allows."""
    rank = np.empty(problem.size, dtype=np.int64)
    rank[np.lexsort((np.arange(problem.size), schedule.end, schedule.start))] = np.arange(
        problem.size
    )
    return decode(problem, rank, schedule.mode, schedule.slot, engine="retime")

"""What the kernels read and write: the problem's tables and the state of a schedule in the making.

A slot's operations are a linked list in time order; every operation is one row of ``nodes``. Rows
past the problem's own are free for orders that are inserted later. Fed by ``decode``, ``dispatch``
and ``insert``.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from scheduler.problem import Problem, Resource, Table, Ticks

MODE, SLOT, SETUP, START, END, UNTIL, NEXT, PREV = 0, 1, 2, 3, 4, 5, 6, 7
FAMILY, STATE, CALENDAR, OWN_SETUP, LOAD, MARKS, RUN, ROW = 8, 9, 10, 11, 12, 13, 14, 15
NODE_COLUMNS = 16

PLACED, SETUP_NEEDS, FIXED, WHOLE, FOLLOWS, UNDATED = 1, 2, 4, 8, 16, 32
"""Bits of ``MARKS``; FOLLOWS: joined the batch of the node before it; UNDATED: found no place
before the end.
"""

HEAD, TAIL = 0, 1

OK, BEYOND, FULL, STUCK = 0, -1, -2, -3
"""What a kernel returns: fine; a date past the horizon; no room in a profile; lags that do not
settle.
"""


class Tables(NamedTuple):
    """The problem's tables (see ``problem``), in the order of ``Problem.tables``."""

    operations: Table
    modes: Table
    arcs: Table
    successor_arcs: Ticks
    needs: Table
    resources: Table
    levels: Table
    machines: Table
    slots: Table
    windows: Table
    calendar_rows: Ticks
    setups: Table
    blocks: Ticks
    block_rows: Ticks
    spans: Table
    span_operations: Ticks
    span_rows: Ticks


class State(NamedTuple):
    """A schedule in the making.

    ``nodes`` rows are operations, ``ends`` head and tail of each slot, ``profile`` and ``rows`` the
    use of counted resources, ``low`` the earliest start that a block in the making was found to
    need, ``limits`` the end of the horizon: what finds no place before it is put there, and what
    waits for that too.
    """

    nodes: Table
    ends: Table
    profile: Table
    rows: Table
    low: Ticks
    limits: Ticks


def tables_of(problem: Problem) -> Tables:
    """The problem as the kernels take it."""
    return Tables(*problem.tables)


def empty_state(problem: Problem, *, spare: int = 0, room: int = 1) -> State:
    """A state with nothing placed.

    Parameters
    ----------
    spare
        Further operations that may be inserted later.
    room
        Factor on the room of the profiles; doubled by callers when a kernel says FULL.
    """
    size = problem.size + spare
    nodes = np.full((size, NODE_COLUMNS), -1, dtype=np.int64)
    nodes[:, MARKS] = 0
    ends = np.full((len(problem.slots), 2), -1, dtype=np.int64)
    uses = _uses(problem)
    rooms = (2 * uses + 16 + 8 * spare) * room
    starts = np.concatenate(([0], np.cumsum(rooms)))
    rows = np.stack((starts[:-1], np.ones(len(rooms), dtype=np.int64), rooms), axis=1)
    profile = np.zeros((int(starts[-1]), 2), dtype=np.int64)
    low = np.zeros(size, dtype=np.int64)
    limits = np.array([problem.end], dtype=np.int64)
    return State(nodes, ends, profile, np.ascontiguousarray(rows), low, limits)


def _uses(problem: Problem) -> Ticks:
    """How many operations may use each resource; those that pause in breaks count four times."""
    uses = np.zeros(len(problem.resources), dtype=np.int64)
    if len(problem.needs):
        np.add.at(uses, problem.needs[:, 0], 1)
    if len(problem.spans):
        np.add.at(uses, problem.spans[:, 1], 1)
    pauses = np.where(problem.resources[:, Resource.HELD] == 1, 1, 4) if len(uses) else uses
    return np.minimum(uses, problem.size + len(problem.spans)) * pauses


def copy_state(state: State) -> State:
    """An independent copy."""
    return State(*(part.copy() for part in state))

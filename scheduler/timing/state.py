"""What the kernels read and write: the problem's tables and the state of a schedule in the making.

A slot's operations are a linked list in time order; every operation is one row of ``nodes``. Rows
past the problem's own are free for orders that are inserted later. Fed by ``decode``, ``dispatch``
and ``insert``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np

from scheduler.layouts import Column, aligned
from scheduler.problem import TABLES, Mode, Need, Problem, Resource, Table, Ticks
from scheduler.timing.handles import HandleType, opener, pack

SETUP, START, END, UNTIL, MARKS, STATE, NEXT, PREV = 0, 1, 2, 3, 4, 5, 6, 7
MODE, SLOT, FAMILY, CALENDAR, OWN_SETUP, LOAD, RUN, INDEX = 8, 9, 10, 11, 12, 13, 14, 15
NODE_COLUMNS = 16
"""Columns of ``nodes``; what the next operation asks for lies in one line of the cache."""

PLACED, SETUP_NEEDS, FIXED, WHOLE, FOLLOWS, UNDATED = 1, 2, 4, 8, 16, 32
"""Bits of ``MARKS``; FOLLOWS: joined the batch of the node before it; UNDATED: found no place
before the end.
"""

HEAD, TAIL = 0, 1
GAP_FROM, GAP_TO, INDEX_COLUMNS = 2, 3, 4
"""Columns of ``index`` after start of setup and operation."""
LATER = 1 << 60

OK, BEYOND, FULL, STUCK = 0, -1, -2, -3
"""What a kernel returns: fine; a date past the horizon; no room in a profile; lags that do not
settle.
"""


STATE_TABLES = (
    Column("nodes", NODE_COLUMNS),
    Column("ends", 2),
    Column("profile", 2),
    Column("rows", 3),
    Column("low"),
    Column("limits"),
    Column("only"),
    Column("bound"),
    Column("index", INDEX_COLUMNS),
    Column("marks"),
)
TABLES_HANDLE, STATE_HANDLE = HandleType("Tables", TABLES), HandleType("State", STATE_TABLES)
tables_at, state_at = opener(TABLES_HANDLE), opener(STATE_HANDLE)


@dataclass(frozen=True, eq=False)
class State:
    """A schedule in the making.

    ``nodes`` rows are operations, ``ends`` head and tail of each slot, ``profile`` and ``rows`` the
    use of counted resources, ``low`` the earliest start that a block in the making was found to
    need, ``limits`` the end of the horizon: what finds no place before it is put there, and what
    waits for that too. ``only`` and ``bound`` are the mode and the slot that an operation is bound
    to, −1 for none. ``index`` helps to find a gap on a long slot: start of setup, operation, and
    the gap behind it, in the order they run, from row ``marks[slot]`` on; where it is empty the
    slot is read through. It is to be made again after one of its operations is taken out.
    """

    nodes: Table
    ends: Table
    profile: Table
    rows: Table
    low: Ticks
    limits: Ticks
    only: Ticks
    bound: Ticks
    index: Table
    marks: Ticks

    @cached_property
    def packed(self) -> Ticks:
        """Where these lie (``handles``), for the kernels."""
        return pack(STATE_TABLES, [getattr(self, table.name) for table in STATE_TABLES])

    def __getstate__(self) -> dict[str, Any]:
        # A copy has its tables elsewhere.
        return {name: value for name, value in vars(self).items() if name != "packed"}


_PACKED: WeakKeyDictionary[Problem, Ticks] = WeakKeyDictionary()


def tables_of(problem: Problem) -> Ticks:
    """Where the problem's tables lie, for the kernels; to be used while the problem is there."""
    words = _PACKED.get(problem)
    if words is None:
        words = pack(TABLES, [getattr(problem, table.name) for table in TABLES])
        _PACKED[problem] = words
    return words


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
    nodes = aligned(size, NODE_COLUMNS)
    nodes.fill(-1)
    nodes[:, MARKS] = 0
    ends = np.full((len(problem.slots), 2), -1, dtype=np.int64)
    uses = _uses(problem)
    rooms = (2 * uses + 16 + 8 * spare) * room
    starts = np.concatenate(([0], np.cumsum(rooms)))
    rows = np.stack((starts[:-1], np.ones(len(rooms), dtype=np.int64), rooms), axis=1)
    profile = np.zeros((int(starts[-1]), 2), dtype=np.int64)
    low = np.zeros(size, dtype=np.int64)
    limits = np.array([problem.end], dtype=np.int64)
    only, bound = (np.full(size, -1, dtype=np.int64) for _ in range(2))
    index = np.empty((problem.size, INDEX_COLUMNS), dtype=np.int64)
    marks = np.zeros(len(problem.slots) + 1, dtype=np.int64)
    return State(
        nodes,
        ends,
        profile,
        np.ascontiguousarray(rows),
        low,
        limits,
        only,
        bound,
        index,
        marks,
    )


def make_index(problem: Problem, state: State) -> None:
    """Fill ``index`` and ``marks`` with what is placed; it stays right when more is put in."""
    rows = state.nodes[: problem.size]
    placed = np.flatnonzero(rows[:, SLOT] >= 0)
    order = placed[np.lexsort((rows[placed, START], rows[placed, SETUP], rows[placed, SLOT]))]
    slot, index = rows[order, SLOT], state.index[: len(order)]
    index[:, 0], index[:, 1], index[:, GAP_FROM] = rows[order, SETUP], order, rows[order, UNTIL]
    last = np.r_[slot[1:] != slot[:-1], True][: len(order)]
    index[:, GAP_TO] = np.where(last, LATER, np.roll(rows[order, START], -1))
    state.nodes[order, INDEX] = np.arange(len(order))
    state.marks[1:] = np.cumsum(np.bincount(slot, minlength=len(problem.slots)))


def _uses(problem: Problem) -> Ticks:
    """How many operations may use each resource; those that pause in breaks count four times."""
    uses = np.zeros(len(problem.resources), dtype=np.int64)
    if len(problem.needs):
        # Modes share rows of needs: each row counts for all that name it.
        begun = np.bincount(problem.modes[:, Mode.NEED_FROM], minlength=len(problem.needs) + 1)
        over = np.bincount(problem.modes[:, Mode.NEED_TO], minlength=len(problem.needs) + 1)
        np.add.at(uses, problem.needs[:, Need.RESOURCE], np.cumsum(begun - over)[:-1])
    if len(problem.spans):
        np.add.at(uses, problem.spans[:, 1], 1)
    pauses = np.where(problem.resources[:, Resource.HELD] == 1, 1, 4) if len(uses) else uses
    return np.minimum(uses, problem.size + len(problem.spans)) * pauses

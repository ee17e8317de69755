"""The problem: a plant's work as integer columns. The one thing engines see.

Rows of int64 tables, one table per kind of thing, hot fields side by side; a table's columns are
named by an ``IntEnum`` and read as ``problem.operations[:, Op.RELEASE]``. Everything is a tick
(``horizon``) or an index. Fed by ``build``; read by ``timing``, ``measures`` and the engines.
Nothing here is changed after it is made.

What a schedule must hold
-------------------------
For operation *o* run in mode *m* on machine *k*, with ``S ≤ R < = E`` its start of setup, start of
run and end:

* *Setup*: ``Mode.SETUP + matrix[k][family before][family of o]`` ticks are worked in ``[S, R)`` on
the mode's
  calendar; setup is done as late as possible before the run and may be done before material is
  there.
* *Run*: ``Mode.RUN`` ticks are worked in ``[R, E)``; R lies on open time. Not resumable: all in one
open window.
* *Machine*: one operation at a time on each slot, from S to E + ``Mode.TEARDOWN`` worked ticks.
* *Batch machine*: operations of one family with the same R and E share the slot, up to the
machine's capacity.
* *Arcs*: finish-start ``R_succ ≥ E_pred + lag`` and ``R_succ ≤ E_pred + max_lag``; overlap: every
transfer batch
  is finished before the successor's work on it begins.
* *Resources*: at every worked tick the amounts in use stay within the level; a resource that is
held (a tool) is
  also in use while the operation is interrupted.
* *Spans*: a resource held by a set of operations from the first S to the last E.
* *Fixed*: operations with ``FIXED_START`` start (setup included) there, on ``FIXED_MODE``, and end
at ``FIXED_END``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from scheduler.horizon import NEVER
from scheduler.layouts import Column, realigned

Ticks = NDArray[np.int64]
Table = NDArray[np.int64]


class Op(IntEnum):
    """Columns of ``operations``, those that dispatch reads first."""

    RELEASE = 0
    """Earliest tick of the run."""
    FAMILY = 1
    """Setup family, −1 for none: needs no changeover and leaves the machine's state."""
    FLAGS = 2
    """Bits of :class:`Flag`."""
    BLOCK = 3
    """Operations of one block are placed together (maximum lags, spans); a block of one is the
    rule.
    """
    MODE_FROM = 4
    MODE_TO = 5
    PRED_FROM = 6
    """Rows of ``arcs`` that end here (``arcs`` is sorted by successor)."""
    PRED_TO = 7
    SUCC_FROM = 8
    """Entries of ``successor_arcs`` that start here."""
    SUCC_TO = 9
    LOAD = 10
    """Pieces it puts into a batch machine, scaled by ``Machine.CAPACITY``'s scale."""
    DUE = 11
    """Most urgent due tick of what it serves (promised before requested), ``NEVER`` for none."""
    TAIL = 12
    """Estimated elapsed ticks from its start to the end of what it serves (shortest modes,
    calendars averaged).
    """
    WEIGHT = 13
    """Weight of what it serves; 0 for none."""
    ORDER = 14
    """Index of the order it belongs to (for reports and as the unit that is inserted)."""
    DEMAND = 15
    """Demand it serves first, −1 for none."""
    FIXED_MODE = 16
    """−1: free."""
    FIXED_START = 17
    """−1: free."""
    FIXED_END = 18
    PREVIOUS_START = 19
    """Where the previous plan had it, −1 for nowhere."""


class Flag(IntEnum):
    """Bits of ``Op.FLAGS``."""

    RESUMABLE = 1
    SETUP_WHOLE = 2
    """Setup may not be interrupted by closed time."""


class Mode(IntEnum):
    """Columns of ``modes``: one way to run an operation."""

    OPERATION = 0
    MACHINE = 1
    """−1: needs no machine (buying, moving, shipping, subcontracting)."""
    CALENDAR = 2
    """Hours in which it is worked: those of machine, step, people and tools at once."""
    SETUP = 3
    RUN = 4
    TEARDOWN = 5
    NEED_FROM = 6
    NEED_TO = 7
    RANK = 8
    """Preference, 0 first."""


class Arc(IntEnum):
    """Columns of ``arcs``, sorted by successor."""

    PRED = 0
    SUCC = 1
    LAG = 2
    """Elapsed ticks between end and start (overlap: after each transfer batch)."""
    MAX_LAG = 3
    """``NEVER`` for none."""
    TRANSFER = 4
    """0: finish-start. Otherwise pieces of a transfer batch …"""
    TOTAL = 5
    """… out of so many pieces."""


class Need(IntEnum):
    """Columns of ``needs``."""

    RESOURCE = 0
    AMOUNT = 1
    PHASE = 2
    """1 setup, 2 run, 3 both."""


class Resource(IntEnum):
    """Columns of ``resources``: something counted (people, tools, slots of a machine without
    setups).
    """

    LEVEL_FROM = 0
    LEVEL_TO = 1
    HELD = 2
    """1: in use also while the operation is interrupted."""


class Machine(IntEnum):
    """Columns of ``machines``."""

    SLOT_FROM = 0
    SLOT_TO = 1
    """No slots: any number at a time (what limits it is a resource)."""
    MATRIX = 2
    """Row of ``setups``, −1 for none."""
    BATCH = 3
    """0, or the capacity of one batch in ``Op.LOAD`` units."""


class Slot(IntEnum):
    """Columns of ``slots``: a place for one operation (or one batch) at a time."""

    MACHINE = 0
    STATE = 1
    """Family it is set up for at the start, −1 when not known."""
    FREE = 2
    """First tick it is free."""


class DemandCol(IntEnum):
    """Columns of ``demands``."""

    PROMISED = 0
    """Due tick by promise, ``NEVER`` for none; on time means end ≤ due."""
    REQUESTED = 1
    WEIGHT = 2
    FLOOR = 3
    """Tick of the last part that comes from stock or a receipt; 0 for none."""
    OP_FROM = 4
    """Rows of ``demand_operations``: the operations whose end delivers it."""
    OP_TO = 5


LEVELS = ("promised", "requested", "changeover", "earliness", "stability", "makespan")
"""Codes of ``Problem.levels``, in the order of :class:`scheduler.policy.Level`."""


@dataclass(frozen=True, eq=False)
class Problem:
    """Immutable integer tables.

    Parameters
    ----------
    operations, modes, arcs, needs, resources, machines, slots, demands
        Columns as in the enums of this module; int64, C-contiguous, shape (rows, columns).
    successor_arcs
        Rows of ``arcs`` grouped by predecessor (``Op.SUCC_FROM`` …).
    demand_operations
        Operation indices grouped by demand (``DemandCol.OP_FROM`` …).
    windows
        Shape (w, 3): open, close, worked ticks before; half-open, sorted and disjoint within a
        calendar.
    calendar_rows
        Shape (c + 1,): rows of ``windows`` of each calendar.
    levels
        Shape (l, 2): tick from which, and level, of each resource (``Resource.LEVEL_FROM`` …);
        first tick is 0.
    setups
        Shape (matrices, families + 1, families + 1): ticks; index −1 (the last) is "no family, not
        known".
    blocks
        Operation indices grouped by block, each block and (where orders are inserted) the blocks
        themselves in topological order; ``block_rows`` shape (b + 1,).
    spans
        Shape (s, 3): block, resource, amount; ``span_operations`` grouped by ``span_rows``.
    objective
        Level codes, indices into :data:`LEVELS`, strictly ordered.
    end
        First tick after the horizon; no window reaches past it.
    """

    operations: Table
    modes: Table
    arcs: Table
    successor_arcs: Ticks
    needs: Table
    resources: Table
    levels: Table
    machines: Table
    slots: Table
    demands: Table
    demand_operations: Ticks
    windows: Table
    calendar_rows: Ticks
    setups: NDArray[np.int64]
    blocks: Ticks
    block_rows: Ticks
    spans: Table
    span_operations: Ticks
    span_rows: Ticks
    objective: Ticks
    now: int
    end: int
    relaxations: tuple[str, ...] = field(default=())
    """What could not be said exactly in these columns; a plan of a relaxed problem is never called
    optimal.
    """

    def __post_init__(self) -> None:
        for value in vars(self).values():
            if isinstance(value, np.ndarray):
                if value.dtype != np.int64 or not value.flags.c_contiguous:
                    raise TypeError("problem tables are contiguous int64")
                value.flags.writeable = False
        for name in ("operations", "modes"):
            object.__setattr__(self, name, _shared(getattr(self, name)))

    @property
    def size(self) -> int:
        """Number of operations."""
        return int(self.operations.shape[0])

    def modes_of(self, operation: int) -> range:
        """Rows of ``modes`` of one operation."""
        row = self.operations[operation]
        return range(int(row[Op.MODE_FROM]), int(row[Op.MODE_TO]))

    def arcs_into(self, operation: int) -> range:
        """Rows of ``arcs`` that end at one operation."""
        row = self.operations[operation]
        return range(int(row[Op.PRED_FROM]), int(row[Op.PRED_TO]))

    def arcs_out_of(self, operation: int) -> list[int]:
        """Rows of ``arcs`` that start at one operation."""
        row = self.operations[operation]
        return [int(a) for a in self.successor_arcs[row[Op.SUCC_FROM] : row[Op.SUCC_TO]]]

    def slots_of(self, machine: int) -> range:
        """Rows of ``slots`` of one machine."""
        row = self.machines[machine]
        return range(int(row[Machine.SLOT_FROM]), int(row[Machine.SLOT_TO]))

    def calendar(self, calendar: int) -> Table:
        """Windows of one calendar: open, close, worked ticks before."""
        return self.windows[self.calendar_rows[calendar] : self.calendar_rows[calendar + 1]]

    def needs_of(self, mode: int) -> range:
        """Rows of ``needs`` of one mode."""
        row = self.modes[mode]
        return range(int(row[Mode.NEED_FROM]), int(row[Mode.NEED_TO]))

    def block(self, block: int) -> Ticks:
        """Operations of one block, in topological order."""
        return self.blocks[self.block_rows[block] : self.block_rows[block + 1]]

    def changeover(self, machine: int, before: int, after: int) -> int:
        """Setup ticks of the matrix when ``after`` follows ``before`` (−1: none or not known)."""
        matrix = int(self.machines[machine, Machine.MATRIX])
        return 0 if matrix < 0 or after < 0 else int(self.setups[matrix, before, after])


def _shared(table: Table) -> Table:
    table = realigned(table)
    table.flags.writeable = False
    return table


TABLES = (
    Column("operations", len(Op)),
    Column("modes", len(Mode)),
    Column("arcs", len(Arc)),
    Column("successor_arcs"),
    Column("needs", len(Need)),
    Column("resources", len(Resource)),
    Column("levels", 2),
    Column("machines", len(Machine)),
    Column("slots", len(Slot)),
    Column("windows", 3),
    Column("calendar_rows"),
    Column("setups", -1),
    Column("blocks"),
    Column("block_rows"),
    Column("spans", 3),
    Column("span_operations"),
    Column("span_rows"),
)
"""The tables that compiled kernels read."""


__all__ = [
    "LEVELS",
    "NEVER",
    "TABLES",
    "Arc",
    "DemandCol",
    "Flag",
    "Machine",
    "Mode",
    "Need",
    "Op",
    "Problem",
    "Resource",
    "Slot",
    "Table",
    "Ticks",
]

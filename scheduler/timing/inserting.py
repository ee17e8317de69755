"""Inserting one more order into a schedule that stays as it is. Compiled by numba.

The new order comes with tables of its own whose machines, calendars and resources are numbered as
in the schedule's; its operations are the nodes from ``base`` on.
"""

from __future__ import annotations

from numba import int64

from scheduler.problem import Machine, Slot
from scheduler.timing.blocks import place_block, unplace, use_spans
from scheduler.timing.compiled import TICKS, WORDS, called, kernel
from scheduler.timing.place import cleared, commit, fix
from scheduler.timing.state import (
    END,
    MARKS,
    MODE,
    OK,
    PLACED,
    SETUP,
    SLOT,
    START,
    TAIL,
    UNDATED,
    UNTIL,
    state_at,
    tables_at,
)

COLUMNS = (MODE, SLOT, SETUP, START, END)
BATCH, S_MACHINE = int(Machine.BATCH), int(Slot.MACHINE)


@called(WORDS, WORDS, *[TICKS] * 7)
def load_schedule(tables, states, order, mode, slot, setup, start, end, fixed):
    """Put every operation (in ``order``, by start) where a schedule has it."""
    t, state = tables_at(tables), state_at(states)
    for operation in order:
        if start[operation] >= state.limits[0]:
            node = state.nodes[operation]
            node[START] = node[END] = node[UNTIL] = state.limits[0]
            node[MARKS] = PLACED | UNDATED
            continue
        where = slot[operation]
        before, joins = -1, 0
        if where >= 0:
            before = state.ends[where, TAIL]
            batch = t.machines[t.slots[where, S_MACHINE], BATCH] > 0
            if batch and before >= 0 and state.nodes[before, START] == start[operation]:
                joins = 1
        until = cleared(t, state, mode[operation], end[operation])
        code = commit(
            t,
            state,
            operation,
            mode[operation],
            where,
            setup[operation],
            start[operation],
            end[operation],
            until,
            before,
            joins,
            0,
        )
        if code != OK:
            return code
        if fixed[operation] >= 0:
            fix(t, state, operation)
    for block in range(t.block_rows_count - 1):
        if state.nodes[t.blocks[t.block_rows[block]], MARKS] & UNDATED:
            continue
        code = use_spans(t, state, block, 1, 0)
        if code != OK:
            return code
    return OK


@kernel
def insert_blocks(t, state, prefer, base):
    """Place every block of a new order, in order, in the gaps of what is there. OK or FULL."""
    for block in range(t.block_rows_count - 1):
        code = place_block(t, state, block, 1, prefer, base)
        if code != OK:
            return code
    return OK


@called(WORDS, WORDS, int64, int64, int64[:, ::1])
def ask(tables, states, prefer, base, out):
    """Place a new order, write where its operations are to ``out``, and take it out again.

    ``out`` columns are mode, slot, setup, start, end. OK or FULL (the state is then spoilt).
    """
    t, state = tables_at(tables), state_at(states)
    code = insert_blocks(t, state, prefer, base)
    if code != OK:
        return code
    for operation in range(t.operations_count):
        for column in range(5):
            out[operation, column] = state.nodes[operation + base, COLUMNS[column]]
    return take_out(t, state, base)


@kernel
def take_out(t, state, base):
    """Take a new order out again, last block first."""
    for block in range(t.block_rows_count - 2, -1, -1):
        count = t.block_rows[block + 1] - t.block_rows[block]
        if not state.nodes[t.blocks[t.block_rows[block]] + base, MARKS] & UNDATED:
            code = use_spans(t, state, block, -1, base)
            if code != OK:
                return code
        code = unplace(t, state, block, count, base)
        if code != OK:
            return code
    return OK

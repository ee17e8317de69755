"""Placing one operation by its best mode, and a block of operations that only fit together.
Compiled by numba.

A block (maximum lags, tools that stay with the order) is placed operation by operation; where a lag
or a span does not hold, the operation that has to wait is told so (``state.low``) and the block is
placed again.
"""

from __future__ import annotations

from numba import int64

from scheduler.problem import Arc, Machine, Mode, Op
from scheduler.timing.clocks import latest_start
from scheduler.timing.compiled import apart, inlined, kernel
from scheduler.timing.place import commit, first_span, place, ready_at, remove
from scheduler.timing.profiles import conflict, use
from scheduler.timing.state import (
    BEYOND,
    END,
    FIXED,
    FULL,
    MARKS,
    MODE,
    NEXT,
    OK,
    PLACED,
    PREV,
    SETUP,
    SLOT,
    START,
    STATE_HANDLE,
    STUCK,
    TABLES_HANDLE,
    UNDATED,
    UNTIL,
)

MODE_FROM, MODE_TO, BLOCK = int(Op.MODE_FROM), int(Op.MODE_TO), int(Op.BLOCK)
DUE, O_TAIL, FLAGS = int(Op.DUE), int(Op.TAIL), int(Op.FLAGS)
PRED_FROM, PRED_TO = int(Op.PRED_FROM), int(Op.PRED_TO)
M_MACHINE, M_CALENDAR, M_RUN, RANK = (
    int(Mode.MACHINE),
    int(Mode.CALENDAR),
    int(Mode.RUN),
    int(Mode.RANK),
)
PRED, SUCC, LAG = int(Arc.PRED), int(Arc.SUCC), int(Arc.LAG)
MAX_LAG = int(Arc.MAX_LAG)
SUCC_FROM, SUCC_TO = int(Op.SUCC_FROM), int(Op.SUCC_TO)
SLOT_FROM, SLOT_TO = int(Machine.SLOT_FROM), int(Machine.SLOT_TO)
NEVER = 1 << 62
ROUNDS = 4000


@inlined
def better(late, rank, until, best_late, best_rank, best_until, prefer):
    """Whether one place beats another: the earliest end, or with ``prefer`` the preferred one that
    is on time.
    """
    if best_until < 0:
        return True
    if prefer:
        if late != best_late:
            return late < best_late
        if not late and rank != best_rank:
            return rank < best_rank
    if until != best_until:
        return until < best_until
    return rank < best_rank


@kernel
def tail_after(t, row):
    """Estimated elapsed ticks from the end of an operation to the end of what it serves."""
    longest = 0
    for i in range(t.operations[row, SUCC_FROM], t.operations[row, SUCC_TO]):
        arc = t.successor_arcs[i]
        longest = max(longest, t.arcs[arc, LAG] + t.operations[t.arcs[arc, SUCC], O_TAIL])
    return longest


@apart(TABLES_HANDLE, STATE_HANDLE, int64, int64, int64, int64)
def place_best(t, state, operation, gaps, prefer, base):
    """Place ``operation`` where it ends first (its machine free again), among all modes and slots
    or those it is bound to.
    """
    only_mode, only_slot = state.only[operation], state.bound[operation]
    row = t.operations[operation - base]
    best_mode, best_slot, best_until, best_late, best_rank = -1, -1, -1, 1, 0
    best = (-1, -1, -1, -1, -1, 0)
    after = tail_after(t, operation - base) if prefer else 0
    for mode in range(row[MODE_FROM], row[MODE_TO]):
        if only_mode >= 0 and mode != only_mode:
            continue
        ready = ready_at(t, state, operation, mode, base)
        machine = t.modes[mode, M_MACHINE]
        first, last = -1, 0
        if machine >= 0 and t.machines[machine, SLOT_TO] > t.machines[machine, SLOT_FROM]:
            first, last = t.machines[machine, SLOT_FROM], t.machines[machine, SLOT_TO]
        for slot in range(first, last):
            if only_slot >= 0 and slot >= 0 and slot != only_slot:
                continue
            found = place(t, state, operation, mode, slot, ready, gaps, base)
            if found[1] < 0:
                continue
            late = 1 if prefer and found[2] + after > row[DUE] else 0
            rank = t.modes[mode, RANK]
            if better(late, rank, found[3], best_late, best_rank, best_until, prefer):
                best_mode, best_slot, best_until, best_late, best_rank = (
                    mode,
                    slot,
                    found[3],
                    late,
                    rank,
                )
                best = found
    if best_mode < 0:
        return BEYOND
    return commit(
        t,
        state,
        operation,
        best_mode,
        best_slot,
        best[0],
        best[1],
        best[2],
        best[3],
        best[4],
        best[5],
        base,
    )


@kernel
def start_for_end(t, state, operation, end):
    """Start from which ``operation``, as placed, ends no sooner than ``end``."""
    node = state.nodes[operation]
    mode = node[MODE]
    back = latest_start(t, t.modes[mode, M_CALENDAR], end, t.modes[mode, M_RUN])
    return max(node[START] + 1, min(back, end))


@kernel
def lag_breach(t, state, operation, base):
    """A predecessor that must end later for a maximum lag into ``operation`` to hold (and its new
    start), or −1. Nothing can be done about what is fixed.
    """
    if state.nodes[operation, MARKS] & FIXED:
        return -1, 0
    row = t.operations[operation - base]
    start = state.nodes[operation, START]
    for arc in range(row[PRED_FROM], row[PRED_TO]):
        limit = t.arcs[arc, MAX_LAG]
        if limit >= NEVER:
            continue
        before = t.arcs[arc, PRED] + base
        late = start > state.nodes[before, END] + limit
        if late and not state.nodes[before, MARKS] & FIXED:
            return before, start_for_end(t, state, before, start - limit)
    return -1, 0


@kernel
def span_of(state, span, t, base):
    """(first start of setup, last end, first operation) of a span."""
    first, last, opener = NEVER, 0, -1
    for i in range(t.span_rows[span], t.span_rows[span + 1]):
        operation = t.span_operations[i] + base
        if state.nodes[operation, SETUP] < first:
            first, opener = state.nodes[operation, SETUP], operation
        last = max(last, state.nodes[operation, END])
    return first, last, opener


@kernel
def span_breach(t, state, block, base):
    """An operation that must start later for a span to find its resource free (and when), or −1."""
    for span in range(first_span(t, block), t.spans_count):
        if t.spans[span, 0] != block:
            break
        first, last, opener = span_of(state, span, t, base)
        resource = t.spans[span, 1]
        clash = conflict(t, state, resource, t.spans[span, 2], first, last)
        if clash >= 0:
            node = state.nodes[opener]
            return opener, max(node[START] + 1, clash + node[START] - node[SETUP])
    return -1, 0


@kernel
def use_spans(t, state, block, sign, base):
    """Take or give back what the block's spans hold."""
    for span in range(first_span(t, block), t.spans_count):
        if t.spans[span, 0] != block:
            break
        first, last, _ = span_of(state, span, t, base)
        resource, amount = t.spans[span, 1], sign * t.spans[span, 2]
        if not use(state, resource, amount, first, last):
            return FULL
    return OK


@kernel
def unplace(t, state, block, count, base):
    """Take the first ``count`` operations of a block out again, last first, but for fixed ones."""
    first = t.block_rows[block]
    for i in range(first + count - 1, first - 1, -1):
        operation = t.blocks[i] + base
        marks = state.nodes[operation, MARKS]
        if marks & PLACED and not marks & FIXED:
            code = remove(t, state, operation, base)
            if code != OK:
                return code
    return OK


@apart(TABLES_HANDLE, STATE_HANDLE, int64, int64, int64, int64)
def place_block(t, state, block, gaps, prefer, base):
    """Place all operations of a block, each on the mode and slot it is bound to, if any.

    Fixed operations are in place already and are passed over. What finds no place before the end of
    the horizon is left without a date. Returns OK or FULL.
    """
    first, last = t.block_rows[block], t.block_rows[block + 1]
    if last - first == 1 and first_span(t, block) >= t.spans_count:
        operation = t.blocks[first] + base
        if state.nodes[operation, MARKS] & PLACED:
            return OK
        code = place_best(t, state, operation, gaps, prefer, base)
    else:
        code = place_together(t, state, block, gaps, prefer, base)
    if code in (BEYOND, STUCK):
        return leave_undated(t, state, block, base)
    return code


@kernel
def leave_undated(t, state, block, base):
    """Take out what was placed of a block, and put all of it at the end of the horizon, on no
    machine.
    """
    first, last = t.block_rows[block], t.block_rows[block + 1]
    for i in range(last - 1, first - 1, -1):
        operation = t.blocks[i] + base
        node = state.nodes[operation]
        if node[MARKS] & FIXED:
            continue
        if node[MARKS] & PLACED:
            code = remove(t, state, operation, base)
            if code != OK:
                return code
        node[MODE] = t.operations[operation - base, MODE_FROM]
        node[SLOT], node[NEXT], node[PREV] = -1, -1, -1
        node[SETUP] = node[START] = node[END] = node[UNTIL] = state.limits[0]
        node[MARKS] = PLACED | UNDATED
    return OK


@kernel
def place_together(t, state, block, gaps, prefer, base):
    """As :func:`place_block`, for a block of several."""
    first, last = t.block_rows[block], t.block_rows[block + 1]
    for i in range(first, last):
        state.low[t.blocks[i] + base] = 0
    fixed = 0
    for i in range(first, last):
        fixed += 1 if state.nodes[t.blocks[i] + base, MARKS] & PLACED else 0
    for _ in range(ROUNDS):
        later, tick = -1, 0
        for i in range(first, last):
            operation = t.blocks[i] + base
            if not state.nodes[operation, MARKS] & PLACED:
                code = place_best(t, state, operation, gaps, prefer, base)
                if code != OK:
                    return code
            later, tick = lag_breach(t, state, operation, base)
            if later >= 0:
                code = unplace(t, state, block, i + 1 - first, base)
                if code != OK:
                    return code
                break
        if later < 0:
            later, tick = span_breach(t, state, block, base)
            if later < 0 or fixed > 0:
                return use_spans(t, state, block, 1, base)
            code = unplace(t, state, block, last - first, base)
            if code != OK:
                return code
        state.low[later] = max(state.low[later], tick)
    return STUCK

"""Decoding: operations in a given order, each as early as every rule allows. Compiled by numba.

Blocks are taken by the lowest rank of their operations as soon as their predecessors are placed, so
any order of ranks decodes, also one that forgets a precedence.
"""

from __future__ import annotations

from numba import int64

from scheduler.problem import Arc, Op
from scheduler.timing.blocks import place_block
from scheduler.timing.compiled import TICKS, WORDS, called, kernel
from scheduler.timing.place import cleared, commit, fix
from scheduler.timing.state import OK, PLACED, TAIL, state_at, tables_at

BLOCK, SUCC_FROM, SUCC_TO = int(Op.BLOCK), int(Op.SUCC_FROM), int(Op.SUCC_TO)
PRED_FROM, PRED_TO = int(Op.PRED_FROM), int(Op.PRED_TO)
FIXED_MODE, FIXED_START, FIXED_END = int(Op.FIXED_MODE), int(Op.FIXED_START), int(Op.FIXED_END)
PRED, SUCC = int(Arc.PRED), int(Arc.SUCC)


@kernel
def push(keys, values, count, key, value):
    """Heap push; the new count."""
    i = count
    while i > 0:
        parent = (i - 1) >> 1
        if keys[parent] <= key:
            break
        keys[i], values[i] = keys[parent], values[parent]
        i = parent
    keys[i], values[i] = key, value
    return count + 1


@kernel
def pop(keys, values, count):
    """Heap pop (read entry 0 before); the new count."""
    count -= 1
    key, value = keys[count], values[count]
    i = 0
    while True:
        child = 2 * i + 1
        if child >= count:
            break
        if child + 1 < count and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[i], values[i] = keys[child], values[child]
        i = child
    keys[i], values[i] = key, value
    return count


@kernel
def waiting_for(t, counts):
    """Add to ``counts`` the number of arcs into each block from other blocks."""
    for arc in range(t.arcs_count):
        block = t.operations[t.arcs[arc, SUCC], BLOCK]
        if block != t.operations[t.arcs[arc, PRED], BLOCK]:
            counts[block] += 1


@called(WORDS, WORDS, TICKS, TICKS)
def place_fixed(tables, states, order, slots):
    """Put the fixed operations where they are, in the given order (by start), whatever else would
    say.
    """
    t, state = tables_at(tables), state_at(states)
    for operation in order:
        row = t.operations[operation]
        if row[FIXED_START] < 0:
            continue
        slot = slots[operation]
        before = state.ends[slot, TAIL] if slot >= 0 else -1
        mode, start, end = row[FIXED_MODE], row[FIXED_START], row[FIXED_END]
        until = cleared(t, state, mode, end)
        code = commit(t, state, operation, mode, slot, start, start, end, until, before, 0, 0)
        if code != OK:
            return code
        fix(t, state, operation)
    return OK


@called(WORDS, WORDS, TICKS, TICKS, TICKS, TICKS, TICKS, int64, int64)
def decode(tables, states, rank, ranks, counts, keys, values, gaps, prefer):
    """Place every block, lowest rank first among those whose predecessors are placed.

    Takes packed ``Problem`` and ``State``; ``ranks`` (of blocks, as high as can be), ``counts``
    (zeros), ``keys`` and ``values`` are room to work in, one entry a block and one more.
    """
    t, state = tables_at(tables), state_at(states)
    blocks = t.block_rows_count - 1
    for operation in range(t.operations_count):
        block = t.operations[operation, BLOCK]
        ranks[block] = min(ranks[block], rank[operation])
    waiting_for(t, counts)
    heap = 0
    for block in range(blocks):
        if counts[block] == 0:
            heap = push(keys, values, heap, ranks[block], block)
    done = 0
    while heap > 0:
        block = values[0]
        heap = pop(keys, values, heap)
        code = place_block(t, state, block, gaps, prefer, 0)
        if code != OK:
            return code
        done += 1
        for i in range(t.block_rows[block], t.block_rows[block + 1]):
            operation = t.blocks[i]
            for j in range(t.operations[operation, SUCC_FROM], t.operations[operation, SUCC_TO]):
                after = t.operations[t.arcs[t.successor_arcs[j], SUCC], BLOCK]
                if after != block:
                    counts[after] -= 1
                    if counts[after] == 0:
                        heap = push(keys, values, heap, ranks[after], after)
    return OK if done == blocks else done - blocks - 100


__all__ = ["PLACED", "decode", "place_fixed", "pop", "push", "waiting_for"]

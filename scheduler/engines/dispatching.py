"""The compiled half of ``dispatch``: an event-driven simulation that gives each free machine its
most urgent work.

Urgency is apparent tardiness cost with setups (Lee, Bhaskaran and Pinedo 1997, without their second
look-ahead): ``weight / (setup + run) · exp(−slack / (k · mean run))``. An operation waits in the
queue of every machine that can do it; whichever is free and open first takes it. Dates come from
``timing``, so they are exact.
"""

from __future__ import annotations

import numpy as np

from scheduler.problem import Arc, Flag, Machine, Mode, Op, Slot
from scheduler.timing.blocks import place_block
from scheduler.timing.clocks import CLOSE, OPEN, run_from, window_at
from scheduler.timing.compiled import entry, inlined, kernel
from scheduler.timing.place import ready_at
from scheduler.timing.sequence import pop, push, waiting_for
from scheduler.timing.state import LOAD, MARKS, OK, PLACED, START, STATE, TAIL, UNDATED, UNTIL

BLOCK, SUCC_FROM, SUCC_TO = int(Op.BLOCK), int(Op.SUCC_FROM), int(Op.SUCC_TO)
MODE_FROM, MODE_TO = int(Op.MODE_FROM), int(Op.MODE_TO)
DUE, O_TAIL, FLAGS, FAMILY, O_LOAD = (
    int(Op.DUE),
    int(Op.TAIL),
    int(Op.FLAGS),
    int(Op.FAMILY),
    int(Op.LOAD),
)
RESUMABLE = int(Flag.RESUMABLE)
M_OPERATION, M_MACHINE, M_CALENDAR = int(Mode.OPERATION), int(Mode.MACHINE), int(Mode.CALENDAR)
M_SETUP, M_RUN = int(Mode.SETUP), int(Mode.RUN)
SLOT_FROM, SLOT_TO = int(Machine.SLOT_FROM), int(Machine.SLOT_TO)
MATRIX, BATCH = int(Machine.MATRIX), int(Machine.BATCH)
PRED_FROM, PRED_TO = int(Op.PRED_FROM), int(Op.PRED_TO)
PRED, SUCC, S_STATE = int(Arc.PRED), int(Arc.SUCC), int(Slot.STATE)
NONE = -1
H_OPERATION, H_RUN, H_SETUP, H_FAMILY, H_HOURS = 0, 1, 2, 3, 4
"""Columns of ``hot``; hours: twice the calendar, plus one for work that may be interrupted."""
WEIGHT, LATEST = 0, 1
"""Columns of ``urgent``."""


@inlined
def machine_of(t, mode):
    """Machine with slots that ``mode`` runs on, −1 when it has none to wait for."""
    machine = t.modes[mode, M_MACHINE]
    if machine >= 0 and t.machines[machine, SLOT_TO] == t.machines[machine, SLOT_FROM]:
        return -1
    return machine


@inlined
def enqueue(t, operation, heads, ahead, behind):
    """Let ``operation`` wait in the queue of every machine that can do it. False when one of its
    modes needs none.
    """
    for mode in range(t.operations[operation, MODE_FROM], t.operations[operation, MODE_TO]):
        if machine_of(t, mode) < 0:
            return False
    for mode in range(t.operations[operation, MODE_FROM], t.operations[operation, MODE_TO]):
        machine = t.modes[mode, M_MACHINE]
        first = heads[machine]
        behind[mode], ahead[mode] = first, NONE
        if first >= 0:
            ahead[first] = mode
        heads[machine] = mode
    return True


@inlined
def dequeue(t, operation, heads, ahead, behind):
    """Take ``operation`` out of every queue."""
    for mode in range(t.operations[operation, MODE_FROM], t.operations[operation, MODE_TO]):
        if ahead[mode] >= 0:
            behind[ahead[mode]] = behind[mode]
        else:
            heads[t.modes[mode, M_MACHINE]] = behind[mode]
        if behind[mode] >= 0:
            ahead[behind[mode]] = ahead[mode]


@inlined
def urgency(urgent, operation, work, tick, scale):
    """Apparent tardiness cost with setups, for ``work`` ticks of setup and run."""
    slack = urgent[operation, LATEST] - tick
    score = urgent[operation, WEIGHT] / (work + 1)
    return score if slack <= 0 else score * np.exp(-slack / scale)


@kernel
def fill_hot(t, weights, hot, urgent):
    """What choosing reads, packed: a queue is read through at every turn."""
    for mode in range(t.modes.shape[0]):
        operation = t.modes[mode, M_OPERATION]
        hot[mode, H_OPERATION] = operation
        hot[mode, H_RUN], hot[mode, H_SETUP] = t.modes[mode, M_RUN], t.modes[mode, M_SETUP]
        hot[mode, H_FAMILY] = t.operations[operation, FAMILY]
        resumable = t.operations[operation, FLAGS] & RESUMABLE
        hot[mode, H_HOURS] = 2 * t.modes[mode, M_CALENDAR] + (1 if resumable else 0)
    for operation in range(t.operations.shape[0]):
        urgent[operation, WEIGHT] = weights[operation]
        urgent[operation, LATEST] = t.operations[operation, DUE] - t.operations[operation, O_TAIL]


@inlined
def state_of(t, state, machine):
    """Family the machine's first slot is set up for after its last operation."""
    slot = t.machines[machine, SLOT_FROM]
    tail = state.ends[slot, TAIL]
    return t.slots[slot, S_STATE] if tail < 0 else state.nodes[tail, STATE]


@inlined
def choose(t, state, machine, tick, heads, behind, hot, urgent, scale):
    """(mode to start now or −1, earliest later start of any that cannot start now or −1)."""
    family_now, matrix = state_of(t, state, machine), t.machines[machine, MATRIX]
    best, best_score, later = -1, -1.0, -1
    calendar, opens, closes = -1, 0, 0
    mode = heads[machine]
    while mode >= 0:
        run, setup = hot[mode, H_RUN], hot[mode, H_SETUP]
        family, resumable = hot[mode, H_FAMILY], hot[mode, H_HOURS] & 1
        if matrix >= 0 and family >= 0:
            setup += t.setups[matrix, family_now, family]
        if hot[mode, H_HOURS] >> 1 != calendar:
            calendar = hot[mode, H_HOURS] >> 1
            opens, closes = open_around(t, calendar, tick)
        if opens <= tick and (resumable or tick + setup + run <= closes):
            score = urgency(urgent, hot[mode, H_OPERATION], run + setup, tick, scale)
            if score > best_score:
                best, best_score = mode, score
        elif best < 0:
            start = opens if closes > 0 else -1
            if closes > 0 and (opens <= tick or not resumable):
                low, high = t.calendar_rows[calendar], t.calendar_rows[calendar + 1]
                start, _ = run_from(t.windows, low, high, tick + 1, run, resumable, 0, 0)
            if start >= 0 and (later < 0 or start < later):
                later = start
        mode = behind[mode]
    return best, later


@inlined
def open_around(t, calendar, tick):
    """Opening and close of the window that is open at ``tick`` or opens next; close −1 for none."""
    low, high = t.calendar_rows[calendar], t.calendar_rows[calendar + 1]
    window = window_at(t.windows, low, high, tick)
    if window < high:
        return t.windows[window, OPEN], t.windows[window, CLOSE]
    return tick + 1, -1


@kernel
def joinable(t, state, leader, machine, heads, behind, urgent, scale):
    """Most urgent waiting mode that can join the batch of ``leader``, −1 for none."""
    node = state.nodes[leader]
    family, run = t.operations[leader, FAMILY], t.modes[node[0], M_RUN]
    best, best_score = -1, -1.0
    mode = heads[machine]
    while mode >= 0:
        operation = t.modes[mode, M_OPERATION]
        same = t.operations[operation, FAMILY] == family and t.modes[mode, M_RUN] == run
        if same and node[LOAD] + t.operations[operation, O_LOAD] <= t.machines[machine, BATCH]:
            score = urgency(urgent, operation, run, node[START], scale)
            if score > best_score:
                best, best_score = mode, score
        mode = behind[mode]
    return best


@inlined
def release(t, state, block, tick, counts, keys, values, heap):
    """A block is placed: announce the blocks that waited for it alone. The new heap count."""
    for i in range(t.block_rows[block], t.block_rows[block + 1]):
        operation = t.blocks[i]
        for j in range(t.operations[operation, SUCC_FROM], t.operations[operation, SUCC_TO]):
            after = t.operations[t.arcs[t.successor_arcs[j], SUCC], BLOCK]
            if after == block:
                continue
            counts[after] -= 1
            if counts[after] == 0:
                heap = announce(t, state, after, tick, keys, values, heap)
    return heap


@inlined
def announce(t, state, block, tick, keys, values, heap):
    """Note when a block whose predecessors are placed arrives. The new heap count."""
    operation = t.blocks[t.block_rows[block]]
    if state.nodes[operation, MARKS] & PLACED:
        return push(keys, values, heap, tick, block)
    ready = tick
    for arc in range(t.operations[operation, PRED_FROM], t.operations[operation, PRED_TO]):
        if not state.nodes[t.arcs[arc, PRED], MARKS] & PLACED:
            return push(keys, values, heap, ready, block)
    mode = t.operations[operation, MODE_FROM]
    ready = max(ready, ready_at(t, state, operation, mode, 0))
    return push(keys, values, heap, ready, block)


@inlined
def start_on(t, state, machine, mode, only, slots, heads, ahead, behind):
    """Place the block of a waiting mode on the machine whose queue it was chosen from. A code of
    ``state``.
    """
    operation = t.modes[mode, M_OPERATION]
    dequeue(t, operation, heads, ahead, behind)
    wanted = only[operation]
    only[operation] = mode
    code = place_block(t, state, t.operations[operation, BLOCK], only, slots, 1, 0, 0)
    only[operation] = wanted
    return code


@inlined
def idle_machine(t, state, operation, tick, idle):
    """(free machine that would end a newly arrived operation first or −1, its start there)."""
    best, best_end, free, begin = -1, -1, -1, -1
    for mode in range(t.operations[operation, MODE_FROM], t.operations[operation, MODE_TO]):
        machine = t.modes[mode, M_MACHINE]
        if idle[machine] <= 0:
            continue
        free = machine
        calendar = t.modes[mode, M_CALENDAR]
        low, high = t.calendar_rows[calendar], t.calendar_rows[calendar + 1]
        resumable = t.operations[operation, FLAGS] & RESUMABLE
        start, end = run_from(t.windows, low, high, tick, t.modes[mode, M_RUN], resumable, 0, 0)
        if end >= 0 and (best < 0 or end < best_end):
            best, best_end, begin = machine, end, start
    # One that is free but never opens again has to say so.
    return best if best >= 0 else free, begin


@kernel
def give_up(t, state, machine, tick, only, slots, heads, ahead, behind, counts, keys, values, heap):
    """The first in the queue never finds an opening here: place it anywhere, or leave it without a
    date.
    """
    operation = t.modes[heads[machine], M_OPERATION]
    dequeue(t, operation, heads, ahead, behind)
    block = t.operations[operation, BLOCK]
    code = place_block(t, state, block, only, slots, 1, 0, 0)
    if code != OK:
        return code, heap
    return OK, release(t, state, block, tick, counts, keys, values, heap)


@kernel
def serve(
    t,
    state,
    machine,
    tick,
    idle,
    timers,
    only,
    slots,
    heads,
    ahead,
    behind,
    hot,
    urgent,
    scale,
    counts,
    keys,
    values,
    heap,
):
    """Give a machine work while it has free slots and something can start. (code, heap count)."""
    blocks, machines = t.block_rows.shape[0] - 1, t.machines.shape[0]
    while idle[machine] > 0 and heads[machine] >= 0:
        mode, later = choose(t, state, machine, tick, heads, behind, hot, urgent, scale)
        if mode < 0:
            if later < 0:
                code, heap = give_up(
                    t,
                    state,
                    machine,
                    tick,
                    only,
                    slots,
                    heads,
                    ahead,
                    behind,
                    counts,
                    keys,
                    values,
                    heap,
                )
                if code != OK:
                    return code, heap
                continue
            if timers[machine] != later:
                timers[machine] = later
                heap = push(keys, values, heap, later, blocks + machines + machine)
            return OK, heap
        leader = t.modes[mode, M_OPERATION]
        code = start_on(t, state, machine, mode, only, slots, heads, ahead, behind)
        if code != OK:
            return code, heap
        if not state.nodes[leader, MARKS] & UNDATED:
            idle[machine] -= 1
            free = max(tick, state.nodes[leader, UNTIL])
            heap = push(keys, values, heap, free, blocks + machine)
        heap = release(t, state, t.operations[leader, BLOCK], tick, counts, keys, values, heap)
        while t.machines[machine, BATCH] > 0 and not state.nodes[leader, MARKS] & UNDATED:
            mode = joinable(t, state, leader, machine, heads, behind, urgent, scale)
            if mode < 0:
                break
            code = start_on(t, state, machine, mode, only, slots, heads, ahead, behind)
            if code != OK:
                return code, heap
            block = t.operations[t.modes[mode, M_OPERATION], BLOCK]
            heap = release(t, state, block, tick, counts, keys, values, heap)
    return OK, heap


@entry
def dispatch_events(t, state, weights, scale, modes, slots):
    """Place everything; fixed operations are in place. OK or what went wrong.

    ``weights`` is urgency per operation, ``scale`` is k · mean run; ``modes`` and ``slots`` (−1:
    any) bind operations of blocks other than their first.
    """
    blocks, machines, rows = t.block_rows.shape[0] - 1, t.machines.shape[0], t.modes.shape[0]
    heads = np.full(machines, NONE, np.int32)
    ahead, behind = np.full(rows, NONE, np.int32), np.full(rows, NONE, np.int32)
    idle, timers = np.empty(machines, np.int64), np.full(machines, NONE, np.int64)
    for machine in range(machines):
        idle[machine] = t.machines[machine, SLOT_TO] - t.machines[machine, SLOT_FROM]
    hot, urgent = np.empty((rows, 5), np.int64), np.empty((t.operations.shape[0], 2), np.float64)
    fill_hot(t, weights, hot, urgent)
    counts = np.zeros(blocks, np.int64)
    waiting_for(t, counts)
    room = 2 * blocks + t.operations.shape[0] + 4 * machines + t.slots.shape[0] + 16
    keys, values, heap = np.empty(room, np.int64), np.empty(room, np.int64), 0
    for block in range(blocks):
        if counts[block] == 0:
            heap = announce(t, state, block, 0, keys, values, heap)
    while heap > 0:
        tick, event = keys[0], values[0]
        heap = pop(keys, values, heap)
        if event < blocks:
            operation = t.blocks[t.block_rows[event]]
            placed = state.nodes[operation, MARKS] & PLACED
            over = tick >= state.limits[0]
            if (
                placed
                or over
                or modes[operation] >= 0
                or not enqueue(t, operation, heads, ahead, behind)
            ):
                code = place_block(t, state, event, modes, slots, 1, 0, 0)
                if code != OK:
                    return code
                heap = release(t, state, event, tick, counts, keys, values, heap)
                continue
            machine, start = idle_machine(t, state, operation, tick, idle)
            if machine >= 0 and 0 <= timers[machine] <= start:
                continue  # it wakes up by then, and chooses among all that wait
        elif event < blocks + machines:
            machine = event - blocks
            idle[machine] += 1
        else:
            machine = event - blocks - machines
            timers[machine] = NONE
        if machine < 0:
            continue
        code, heap = serve(
            t,
            state,
            machine,
            tick,
            idle,
            timers,
            only=modes,
            slots=slots,
            heads=heads,
            ahead=ahead,
            behind=behind,
            hot=hot,
            urgent=urgent,
            scale=scale,
            counts=counts,
            keys=keys,
            values=values,
            heap=heap,
        )
        if code != OK:
            return code
    return OK

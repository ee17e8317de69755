"""The compiled half of ``dispatch``: an event-driven simulation that gives each free machine its
most urgent work.

Urgency is apparent tardiness cost with setups (Lee, Bhaskaran and Pinedo 1997, without their second
look-ahead): ``weight / (setup + run) · exp(−slack / (k · mean run))``. An operation waits in the
queue of every machine that can do it; whichever is free and open first takes it. Dates come from
``timing``, so they are exact.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from scheduler.layouts import Column
from scheduler.problem import Arc, Flag, Machine, Mode, Op, Slot
from scheduler.timing.blocks import place_block
from scheduler.timing.clocks import CLOSE, OPEN, run_from, window_at
from scheduler.timing.compiled import WORDS, called, inlined, kernel
from scheduler.timing.handles import HandleType, opener, pack
from scheduler.timing.place import ready_at
from scheduler.timing.sequence import pop, push, waiting_for
from scheduler.timing.state import (
    LOAD,
    MARKS,
    MODE,
    OK,
    PLACED,
    START,
    STATE,
    TAIL,
    UNDATED,
    UNTIL,
    state_at,
    tables_at,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from scheduler.problem import Problem, Ticks

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
Q_MODE, Q_OPERATION, Q_RUN, Q_SETUP, Q_FAMILY, Q_HOURS, Q_LATEST, Q_WEIGHT = range(8)
"""Columns of ``queue``; hours: twice the calendar, plus one for work that may be interrupted; the
weight is a ``float32`` and read through ``queue_weights``.
"""
WEIGHT, LATEST = 0, 1
"""Columns of ``urgent``."""
HEAP = 0
"""Entry of ``cells``: how many events there are."""
FIRST = -1
"""Before all else: what has to follow started work within its maximum lag."""
FAR = 2**31 - 1
"""Latest start of what is never late."""

WAITING = (
    Column("queue", 8, "int32"),
    Column("queue_weights", 8, "float32"),
    Column("first", 0, "int32"),
    Column("length", 0, "int32"),
    Column("where", 0, "int32"),
    Column("urgent", 2, "float64"),
    Column("scale", 0, "float64"),
    Column("counts"),
    Column("keys"),
    Column("values"),
    Column("cells"),
    Column("idle"),
    Column("timers"),
)
waiting_at = opener(HandleType("Waiting", WAITING))


@dataclass(frozen=True, eq=False)
class Waiting:
    """What waits where, and what happens when, in one dispatch.

    Queues of modes by machine lie one behind the other: rows of ``queue`` from ``first[machine]``
    on, ``length[machine]`` of them, with all that choosing reads, in no order; ``where`` is the row
    of each mode. ``urgent`` is by operation; ``scale`` is k · mean run. ``counts`` arcs into each
    block not yet placed; ``keys`` and ``values`` are the heap of events: block arrives, machine is
    free, machine opens. ``idle`` free slots and ``timers`` next wake-up by machine.
    """

    queue: NDArray[np.int32]
    queue_weights: NDArray[np.float32]
    first: NDArray[np.int32]
    length: NDArray[np.int32]
    where: NDArray[np.int32]
    urgent: NDArray[np.float64]
    scale: NDArray[np.float64]
    counts: Ticks
    keys: Ticks
    values: Ticks
    cells: Ticks
    idle: Ticks
    timers: Ticks

    @classmethod
    def of(cls, problem: Problem, weights: NDArray[np.float64], scale: float) -> Waiting:
        """Nothing waits yet.

        Raises
        ------
        ValueError
            A time does not fit into the 32 bits of a queue.
        """
        if max(problem.end, int(problem.modes[:, Mode.SETUP : Mode.RUN + 1].max(initial=0))) > FAR:
            raise ValueError(f"a plan of more than {FAR:,} ticks")
        machines, rows = len(problem.machines), len(problem.modes)
        blocks, size = len(problem.block_rows) - 1, problem.size
        events = 2 * blocks + size + 4 * machines + len(problem.slots) + 16
        latest = problem.operations[:, Op.DUE] - problem.operations[:, Op.TAIL]
        queue = np.empty((rows, 8), dtype=np.int32)
        able = problem.modes[:, Mode.MACHINE]
        waiting = np.bincount(able[able >= 0], minlength=machines)
        return cls(
            queue=queue,
            queue_weights=queue.view(np.float32),
            first=(np.cumsum(waiting) - waiting).astype(np.int32),
            length=np.zeros(machines, dtype=np.int32),
            where=np.full(rows, NONE, dtype=np.int32),
            urgent=np.stack((weights, np.clip(latest, -FAR, FAR)), axis=1),
            scale=np.array([scale]),
            counts=np.zeros(blocks, dtype=np.int64),
            keys=np.empty(events, dtype=np.int64),
            values=np.empty(events, dtype=np.int64),
            cells=np.zeros(1, dtype=np.int64),
            idle=problem.machines[:, Machine.SLOT_TO] - problem.machines[:, Machine.SLOT_FROM],
            timers=np.full(machines, NONE, dtype=np.int64),
        )

    @cached_property
    def packed(self) -> Ticks:
        """Where these lie, for the kernel."""
        return pack(WAITING, [getattr(self, table.name) for table in WAITING])


@inlined
def machine_of(t, mode):
    """Machine with slots that ``mode`` runs on, −1 when it has none to wait for."""
    machine = t.modes[mode, M_MACHINE]
    if machine >= 0 and t.machines[machine, SLOT_TO] == t.machines[machine, SLOT_FROM]:
        return -1
    return machine


@kernel
def enqueue(t, q, operation):
    """Let ``operation`` wait in the queue of every machine that can do it. False when one of its
    modes needs none.
    """
    first, last = t.operations[operation, MODE_FROM], t.operations[operation, MODE_TO]
    for mode in range(first, last):
        if machine_of(t, mode) < 0:
            return False
    row = t.operations[operation]
    for mode in range(first, last):
        machine = t.modes[mode, M_MACHINE]
        place = q.first[machine] + q.length[machine]
        q.length[machine] += 1
        q.where[mode] = place
        waiting = q.queue[place]
        waiting[Q_MODE], waiting[Q_OPERATION] = mode, operation
        waiting[Q_RUN], waiting[Q_SETUP] = t.modes[mode, M_RUN], t.modes[mode, M_SETUP]
        waiting[Q_FAMILY] = row[FAMILY]
        waiting[Q_HOURS] = 2 * t.modes[mode, M_CALENDAR] + (row[FLAGS] & RESUMABLE)
        waiting[Q_LATEST] = q.urgent[operation, LATEST]
        q.queue_weights[place, Q_WEIGHT] = q.urgent[operation, WEIGHT]
    return True


@kernel
def dequeue(t, q, operation):
    """Take ``operation`` out of every queue: the last in the queue takes its place."""
    for mode in range(t.operations[operation, MODE_FROM], t.operations[operation, MODE_TO]):
        machine = t.modes[mode, M_MACHINE]
        q.length[machine] -= 1
        last, place = q.first[machine] + q.length[machine], q.where[mode]
        if place != last:
            for column in range(8):
                q.queue[place, column] = q.queue[last, column]
            q.where[q.queue[place, Q_MODE]] = place


@inlined
def urgency(weight, latest, work, tick, scale):
    """Apparent tardiness cost with setups, for ``work`` ticks of setup and run."""
    score = weight / (work + 1)
    return score if latest <= tick else score * np.exp((tick - latest) / scale)


@inlined
def state_of(t, state, machine):
    """Family the machine's first slot is set up for after its last operation."""
    slot = t.machines[machine, SLOT_FROM]
    tail = state.ends[slot, TAIL]
    return t.slots[slot, S_STATE] if tail < 0 else state.nodes[tail, STATE]


@kernel
def choose(t, state, q, machine, tick):
    """(mode to start now or −1, earliest later start of any that cannot start now or −1)."""
    matrix, scale = t.machines[machine, MATRIX], q.scale[0]
    changeovers = t.setups[max(matrix, 0), state_of(t, state, machine)]
    best, best_score, later = -1, -1.0, -1
    calendar, opens, closes = -1, 0, 0
    for place in range(q.first[machine], q.first[machine] + q.length[machine]):
        row, weight = q.queue[place], q.queue_weights[place, Q_WEIGHT]
        run, work, resumable = row[Q_RUN], row[Q_RUN] + row[Q_SETUP], row[Q_HOURS] & 1
        if matrix >= 0 and row[Q_FAMILY] >= 0:
            work += changeovers[row[Q_FAMILY]]
        if row[Q_HOURS] >> 1 != calendar:
            calendar = row[Q_HOURS] >> 1
            opens, closes = open_around(t, calendar, tick)
        # Setup that does not fit into the same window goes before it.
        whole = work if work <= closes - opens else run
        if opens <= tick and (resumable or tick + whole <= closes):
            # The most it can score is as if it were late: most of a queue is passed over by that.
            if weight > best_score * (work + 1):
                score = urgency(weight, row[Q_LATEST], work, tick, scale)
                if score > best_score:
                    best, best_score = row[Q_MODE], score
        elif best < 0:
            start = opens if closes > 0 else -1
            if closes > 0 and (opens <= tick or not resumable):
                start, _ = run_from(t, calendar, tick + 1, whole, resumable, 0, 0)
            if start >= 0 and (later < 0 or start < later):
                later = start
    return best, later


@inlined
def open_around(t, calendar, tick):
    """Opening and close of the window that is open at ``tick`` or opens next; close −1 for none."""
    window = window_at(t, calendar, tick)
    if window < t.calendar_rows[calendar + 1]:
        return t.windows[window, OPEN], t.windows[window, CLOSE]
    return tick + 1, -1


@kernel
def joinable(t, state, q, leader, machine):
    """Most urgent waiting mode that can join the batch of ``leader``, −1 for none."""
    node = state.nodes[leader]
    family, own = t.operations[leader, FAMILY], t.modes[node[MODE]]
    room = t.machines[machine, BATCH] - node[LOAD]
    best, best_score = -1, -1.0
    for place in range(q.first[machine], q.first[machine] + q.length[machine]):
        row = q.queue[place]
        same = row[Q_FAMILY] == family and row[Q_RUN] == own[M_RUN]
        same = same and row[Q_SETUP] <= own[M_SETUP]
        if same and t.operations[row[Q_OPERATION], O_LOAD] <= room:
            weight = q.queue_weights[place, Q_WEIGHT]
            score = urgency(weight, row[Q_LATEST], own[M_RUN], node[START], q.scale[0])
            if score > best_score:
                best, best_score = row[Q_MODE], score
    return best


@inlined
def event(q, tick, number):
    """Something happens at ``tick``."""
    q.cells[HEAP] = push(q.keys, q.values, q.cells[HEAP], tick, number)


@kernel
def release(t, state, q, block, tick):
    """A block is placed: announce the blocks that waited for it alone."""
    for i in range(t.block_rows[block], t.block_rows[block + 1]):
        operation = t.blocks[i]
        for j in range(t.operations[operation, SUCC_FROM], t.operations[operation, SUCC_TO]):
            after = t.operations[t.arcs[t.successor_arcs[j], SUCC], BLOCK]
            if after == block:
                continue
            q.counts[after] -= 1
            if q.counts[after] == 0:
                announce(t, state, q, after, tick)


@kernel
def announce(t, state, q, block, tick):
    """Note when a block whose predecessors are placed arrives."""
    operation = t.blocks[t.block_rows[block]]
    ready = tick
    if state.nodes[operation, MARKS] & PLACED:
        ready = FIRST
    elif inputs_are_placed(t, state, operation):
        mode = t.operations[operation, MODE_FROM]
        ready = max(ready, ready_at(t, state, operation, mode, 0))
    event(q, ready, block)


@inlined
def inputs_are_placed(t, state, operation):
    """Whether all predecessors have a date; those of its own block may have none yet."""
    for arc in range(t.operations[operation, PRED_FROM], t.operations[operation, PRED_TO]):
        if not state.nodes[t.arcs[arc, PRED], MARKS] & PLACED:
            return False
    return True


@kernel
def start_on(t, state, q, mode, tick):
    """Place the block of a waiting mode on the machine whose queue it was chosen from, now. A code
    of ``state``.
    """
    operation = t.modes[mode, M_OPERATION]
    dequeue(t, q, operation)
    # Gaps of the time it waited were no use to it then: only those from now on are looked at.
    state.low[operation] = tick
    wanted = state.only[operation]
    state.only[operation] = mode
    code = place_block(t, state, t.operations[operation, BLOCK], 1, 0, 0)
    state.only[operation] = wanted
    return code


@kernel
def idle_machine(t, q, operation, tick):
    """(free machine that would end a newly arrived operation first or −1, its start there)."""
    best, best_end, free, begin = -1, -1, -1, -1
    resumable = t.operations[operation, FLAGS] & RESUMABLE
    for mode in range(t.operations[operation, MODE_FROM], t.operations[operation, MODE_TO]):
        row = t.modes[mode]
        machine = row[M_MACHINE]
        if q.idle[machine] <= 0:
            continue
        free = machine
        start, end = run_from(t, row[M_CALENDAR], tick, row[M_RUN], resumable, 0, 0)
        if end >= 0 and (best < 0 or end < best_end):
            best, best_end, begin = machine, end, start
    # One that is free but never opens again has to say so.
    return best if best >= 0 else free, begin


@kernel
def give_up(t, state, q, machine, tick):
    """The first in the queue never finds an opening here: place it anywhere, or leave it without a
    date.
    """
    operation = q.queue[q.first[machine], Q_OPERATION]
    dequeue(t, q, operation)
    return place_and_release(t, state, q, t.operations[operation, BLOCK], tick)


@kernel
def place_and_release(t, state, q, block, tick):
    """Place a block wherever it ends first, and announce what waited for it."""
    code = place_block(t, state, block, 1, 0, 0)
    if code == OK:
        release(t, state, q, block, tick)
    return code


@kernel
def serve(t, state, q, machine, tick):
    """Give a machine work while it has free slots and something can start. A code of ``state``."""
    blocks, machines = t.block_rows_count - 1, t.machines_count
    while q.idle[machine] > 0 and q.length[machine] > 0:
        mode, later = choose(t, state, q, machine, tick)
        if mode >= 0:
            code = start_chosen(t, state, q, machine, mode, tick)
        elif later < 0:
            code = give_up(t, state, q, machine, tick)
        else:
            if q.timers[machine] != later:
                q.timers[machine] = later
                event(q, later, blocks + machines + machine)
            return OK
        if code != OK:
            return code
    return OK


@kernel
def start_chosen(t, state, q, machine, mode, tick):
    """Start what was chosen, and with it whatever can join its batch."""
    leader = t.modes[mode, M_OPERATION]
    code = start_on(t, state, q, mode, tick)
    if code != OK:
        return code
    dated = not state.nodes[leader, MARKS] & UNDATED
    if dated:
        q.idle[machine] -= 1
        event(q, max(tick, state.nodes[leader, UNTIL]), t.block_rows_count - 1 + machine)
    release(t, state, q, t.operations[leader, BLOCK], tick)
    while dated and t.machines[machine, BATCH] > 0:
        mode = joinable(t, state, q, leader, machine)
        if mode < 0:
            break
        code = start_on(t, state, q, mode, tick)
        if code != OK:
            return code
        release(t, state, q, t.operations[t.modes[mode, M_OPERATION], BLOCK], tick)
    return OK


@kernel
def arrive(t, state, q, block, tick):
    """A block arrives: (code, machine to serve or −1)."""
    operation = t.blocks[t.block_rows[block]]
    at_once = state.nodes[operation, MARKS] & PLACED or tick >= state.limits[0]
    if at_once or state.only[operation] >= 0 or not enqueue(t, q, operation):
        return place_and_release(t, state, q, block, tick), -1
    machine, start = idle_machine(t, q, operation, tick)
    if machine >= 0 and 0 <= q.timers[machine] <= start:
        return OK, -1  # it wakes up by then, and chooses among all that wait
    return OK, machine


@kernel
def happen(t, state, q, number, tick):
    """An event: (code, machine to serve or −1)."""
    blocks, machines = t.block_rows_count - 1, t.machines_count
    if number < blocks:
        return arrive(t, state, q, number, tick)
    if number < blocks + machines:
        machine = number - blocks
        q.idle[machine] += 1
    else:
        machine = number - blocks - machines
        if q.timers[machine] != tick:
            return OK, -1  # it was told to wake up at another time since
        q.timers[machine] = NONE
    return OK, machine


@called(WORDS, WORDS, WORDS)
def dispatch_events(tables, states, waiting):
    """Place everything; fixed operations are in place. OK or what went wrong.

    Takes packed ``Problem``, ``State`` and :class:`Waiting`.
    """
    t, state, q = tables_at(tables), state_at(states), waiting_at(waiting)
    waiting_for(t, q.counts)
    for block in range(t.block_rows_count - 1):
        if q.counts[block] == 0:
            announce(t, state, q, block, 0)
    while q.cells[HEAP] > 0:
        tick, number = q.keys[0], q.values[0]
        q.cells[HEAP] = pop(q.keys, q.values, q.cells[HEAP])
        code, machine = happen(t, state, q, number, tick)
        if code == OK and machine >= 0:
            code = serve(t, state, q, machine, tick)
        if code != OK:
            return code
    return OK

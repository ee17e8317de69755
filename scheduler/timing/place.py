"""Where one operation goes: the earliest start on one slot that every rule allows. Compiled by
numba.

This file is the rule book of timing: calendars, setups before and after, batches, people, tools,
overlap. Everything that dates an operation calls :func:`place`.
"""

from __future__ import annotations

from scheduler.problem import Arc, Flag, Machine, Mode, Need, Op, Resource, Slot
from scheduler.timing.clocks import at_worked, finish, latest_start, run_from, worked
from scheduler.timing.compiled import inlined, kernel
from scheduler.timing.profiles import conflict, conflict_worked, row_at, use, use_worked
from scheduler.timing.state import (
    CALENDAR,
    END,
    FAMILY,
    FIXED,
    FOLLOWS,
    FULL,
    GAP_FROM,
    GAP_TO,
    HEAD,
    INDEX,
    LATER,
    LOAD,
    MARKS,
    MODE,
    NEXT,
    OK,
    OWN_SETUP,
    PLACED,
    PREV,
    RUN,
    SETUP,
    SETUP_NEEDS,
    SLOT,
    START,
    STATE,
    TAIL,
    UNDATED,
    UNTIL,
    WHOLE,
)

FLAGS, O_FAMILY, O_LOAD, RELEASE = int(Op.FLAGS), int(Op.FAMILY), int(Op.LOAD), int(Op.RELEASE)
BLOCK = int(Op.BLOCK)
PRED_FROM, PRED_TO = int(Op.PRED_FROM), int(Op.PRED_TO)
RESUMABLE, SETUP_WHOLE = int(Flag.RESUMABLE), int(Flag.SETUP_WHOLE)
M_MACHINE, M_CALENDAR, M_SETUP, M_RUN = (
    int(Mode.MACHINE),
    int(Mode.CALENDAR),
    int(Mode.SETUP),
    int(Mode.RUN),
)
TEARDOWN, NEED_FROM, NEED_TO = int(Mode.TEARDOWN), int(Mode.NEED_FROM), int(Mode.NEED_TO)
PRED, LAG, TRANSFER, TOTAL = int(Arc.PRED), int(Arc.LAG), int(Arc.TRANSFER), int(Arc.TOTAL)
RESOURCE, AMOUNT, PHASE = int(Need.RESOURCE), int(Need.AMOUNT), int(Need.PHASE)
HELD = int(Resource.HELD)
MATRIX, BATCH = int(Machine.MATRIX), int(Machine.BATCH)
S_MACHINE, S_STATE, S_FREE = int(Slot.MACHINE), int(Slot.STATE), int(Slot.FREE)


@inlined
def changeover(t, machine, before, after):
    """Setup ticks of the machine's matrix; ``before`` −1 is its last row, "not known"."""
    matrix = t.machines[machine, MATRIX]
    if matrix < 0 or after < 0:
        return 0
    return t.setups[matrix, before, after]


@kernel
def overlap_start(t, state, arc, mode, base):
    """Earliest run in ``mode`` such that every transfer batch is there when work on it begins.

    begin(k) ≥ finish(k) + lag  for every batch k; begin and finish split the run in proportion to
    pieces.
    """
    before = state.nodes[t.arcs[arc, PRED] + base]
    if before[MARKS] & UNDATED:
        return state.limits[0]
    own = t.modes[mode, M_CALENDAR]
    resumable = t.operations[t.modes[mode, 0], FLAGS] & RESUMABLE
    transfer, total, run = t.arcs[arc, TRANSFER], t.arcs[arc, TOTAL], t.modes[mode, M_RUN]
    earliest, passed = 0, 0
    while passed < total:
        done = min(passed + transfer, total)
        there = t.arcs[arc, LAG] + finish(
            t, before[CALENDAR], before[START], -((-before[RUN] * done) // total)
        )
        ahead = run * passed // total
        if resumable:
            target = worked(t, own, there) - ahead
            bound = there if ahead == 0 else at_worked(t, own, max(0, target))
        else:
            bound = there - ahead
        earliest = max(earliest, bound)
        passed = done
    return earliest


@inlined
def ready_at(t, state, operation, mode, base):
    """Earliest run of ``operation`` in ``mode`` by release and predecessors (all placed)."""
    row = t.operations[operation - base]
    ready = max(row[RELEASE], state.low[operation])
    for arc in range(row[PRED_FROM], row[PRED_TO]):
        if t.arcs[arc, TRANSFER] > 0:
            ready = max(ready, overlap_start(t, state, arc, mode, base))
        else:
            ready = max(ready, state.nodes[t.arcs[arc, PRED] + base, END] + t.arcs[arc, LAG])
    return ready


@kernel
def clash_of(t, state, mode, setup, start, end):
    """(tick to be after, 1 when setup must be after it, 2 when the run must); tick −1 when all
    resources fit.
    """
    calendar = t.modes[mode, M_CALENDAR]
    for need in range(t.modes[mode, NEED_FROM], t.modes[mode, NEED_TO]):
        resource, phase = t.needs[need, RESOURCE], t.needs[need, PHASE]
        a = setup if phase & 1 else start
        b = end if phase & 2 else start
        if a >= b:
            continue
        amount = t.needs[need, AMOUNT]
        if t.resources[resource, HELD]:
            tick = conflict(t, state, resource, amount, a, b)
        else:
            tick = conflict_worked(t, state, resource, amount, calendar, a, b)
        if tick >= 0:
            return tick, 1 if phase & 1 and setup < start else 2
    return -1, 0


@inlined
def run_in_gap(t, state, mode, ready, free, setup_ticks, flags, limit):
    """(setup, start, end, until) of the earliest run in a gap from ``free``; start −1 past
    ``limit`` or horizon.
    """
    calendar = t.modes[mode, M_CALENDAR]
    run = t.modes[mode, M_RUN]
    whole = setup_ticks if flags & SETUP_WHOLE else 0
    tick = max(ready, free)
    if setup_ticks > 0 and whole == 0:
        done = finish(t, calendar, free, setup_ticks)
        if done < 0:
            return -1, -1, -1, -1
        tick = max(ready, done)
    while True:
        start, end = run_from(t, calendar, tick, run, flags & RESUMABLE, whole, free)
        if start < 0 or end < 0 or end > limit:
            return -1, -1, -1, -1
        setup = start
        if whole > 0:
            setup = start - whole
        elif setup_ticks > 0:
            setup = latest_start(t, calendar, start, setup_ticks)
        if t.modes[mode, NEED_FROM] == t.modes[mode, NEED_TO]:
            break
        clash, which = clash_of(t, state, mode, setup, start, end)
        if clash < 0:
            break
        if clash >= LATER:
            return -1, -1, -1, -1
        after = clash if which == 2 else finish(t, calendar, clash, setup_ticks)
        if after < 0:
            return -1, -1, -1, -1
        tick = max(start + 1, after)
    until = finish(t, calendar, end, t.modes[mode, TEARDOWN])
    if until < 0 or until > limit:
        return -1, -1, -1, -1
    return setup, start, end, until


@inlined
def follower_setup(t, state, follower, state_after, until):
    """Start of the follower's setup when ``state_after`` comes before it; −1 when that does not fit
    after ``until``.
    """
    node = state.nodes[follower]
    if node[FAMILY] < 0:
        # It leaves the state as it is, so what comes after it would need another changeover.
        if state_after != node[STATE]:
            return -1
        return node[SETUP] if until <= node[SETUP] else -1
    machine = t.slots[node[SLOT], S_MACHINE]
    ticks = node[OWN_SETUP] + changeover(t, machine, state_after, node[FAMILY])
    if node[MARKS] & WHOLE:
        setup = node[START] - ticks
    else:
        setup = latest_start(t, node[CALENDAR], node[START], ticks)
    if setup < until:
        return -1
    if setup != node[SETUP] and node[MARKS] & (SETUP_NEEDS | FIXED | WHOLE):
        return -1
    return setup


@inlined
def first_gap(state, slot, ready, gaps):
    """Node to look behind first: the tail, or with ``gaps`` the last one not after ``ready``."""
    node = state.ends[slot, TAIL]
    if not gaps or node < 0 or state.nodes[node, SETUP] <= ready:
        return node
    low, high = state.marks[slot], state.marks[slot + 1]
    if low < high:
        node = state.index[row_at(state.index, low, high, ready), 1]
    # What was put in, or set up otherwise, since the index was made is near.
    while node >= 0 and state.nodes[node, SETUP] > ready:
        node = state.nodes[node, PREV]
    after = state.ends[slot, HEAD] if node < 0 else state.nodes[node, NEXT]
    while after >= 0 and state.nodes[after, SETUP] <= ready:
        node, after = after, state.nodes[after, NEXT]
    return node


@inlined
def next_gap(state, node, ready, run):
    """The first node, from ``node`` on, behind which a run may find room by the clock alone."""
    row = state.nodes[node, INDEX]
    if row < 0:
        return node
    while max(ready, state.index[row, GAP_FROM]) + run > state.index[row, GAP_TO]:
        row += 1
    return state.index[row, 1]


@inlined
def place_on_slot(t, state, operation, mode, slot, ready, gaps, base):
    """(setup, start, end, until, node before) of the earliest place on one slot; start −1 when
    there is none.
    """
    row = t.operations[operation - base]
    run, family, flags = t.modes[mode, M_RUN], row[O_FAMILY], row[FLAGS]
    machine = t.slots[slot, S_MACHINE]
    before = first_gap(state, slot, ready, gaps)
    while True:
        if before < 0:
            after, free, known = (
                state.ends[slot, HEAD],
                t.slots[slot, S_FREE],
                t.slots[slot, S_STATE],
            )
        else:
            after, free, known = (
                state.nodes[before, NEXT],
                state.nodes[before, UNTIL],
                state.nodes[before, STATE],
            )
        limit = LATER if after < 0 else state.nodes[after, START]
        if max(ready, free) + run <= limit:
            ticks = t.modes[mode, M_SETUP] + changeover(t, machine, known, family)
            setup, start, end, until = run_in_gap(t, state, mode, ready, free, ticks, flags, limit)
            if start >= 0:
                if after < 0:
                    return setup, start, end, until, before
                if follower_setup(t, state, after, family if family >= 0 else known, until) >= 0:
                    return setup, start, end, until, before
        if after < 0:
            return -1, -1, -1, -1, before
        before = next_gap(state, after, ready, run)


@kernel
def join_batch(t, state, operation, mode, slot, ready, base):
    """Last node of the earliest batch on the slot that ``operation`` can join, −1 for none.

    Same family and run, there in time, and the machine holds it as well.
    """
    row = t.operations[operation - base]
    capacity = t.machines[t.slots[slot, S_MACHINE], BATCH]
    found = -1
    node = state.ends[slot, TAIL]
    while node >= 0 and state.nodes[node, START] >= ready:
        last = node
        while state.nodes[node, MARKS] & FOLLOWS:
            node = state.nodes[node, PREV]
        same = (
            state.nodes[node, FAMILY] == row[O_FAMILY]
            and state.nodes[node, RUN] == t.modes[mode, M_RUN]
        )
        if same and state.nodes[node, CALENDAR] == t.modes[mode, M_CALENDAR]:
            until = finish(
                t, t.modes[mode, M_CALENDAR], state.nodes[node, END], t.modes[mode, TEARDOWN]
            )
            fits = state.nodes[node, LOAD] + row[O_LOAD] <= capacity
            # One setup serves all that are in it, so it is as long as the longest of theirs.
            fits = fits and t.modes[mode, M_SETUP] <= state.nodes[node, OWN_SETUP]
            fits = fits and 0 <= until <= state.nodes[node, UNTIL]
            fits = fits and not state.nodes[node, MARKS] & FIXED
            start, end = state.nodes[node, START], state.nodes[node, END]
            # A batch may pause with its first member, but not with one that has to go on.
            whole = end - start == t.modes[mode, M_RUN]
            fits = fits and (whole or row[FLAGS] & RESUMABLE != 0)
            if fits and clash_of(t, state, mode, start, start, end)[0] < 0:
                found = last
        node = state.nodes[node, PREV]
    return found


@inlined
def place(t, state, operation, mode, slot, ready, gaps, base):
    """(setup, start, end, until, node before, joins) of ``operation`` in ``mode``; start −1 when
    there is none.

    ``slot`` −1: the machine has no slots, and setup waits for material as well; ``joins`` 1: it
    joins the batch of the node before.
    """
    row = t.operations[operation - base]
    if slot < 0:
        ticks = t.modes[mode, M_SETUP]
        setup, start, end, until = run_in_gap(
            t, state, mode, ready, ready, ticks, row[FLAGS], LATER
        )
        return setup, start, end, until, -1, 0
    if t.machines[t.slots[slot, S_MACHINE], BATCH] > 0:
        last = join_batch(t, state, operation, mode, slot, ready, base)
        if last >= 0:
            node = state.nodes[last]
            return node[START], node[START], node[END], node[UNTIL], last, 1
    setup, start, end, until, before = place_on_slot(
        t, state, operation, mode, slot, ready, gaps, base
    )
    return setup, start, end, until, before, 0


@inlined
def use_resources(t, state, mode, setup, start, end, sign):
    """Take (sign 1) or give back (sign −1) what ``mode`` needs. FULL when a profile has no room."""
    calendar = t.modes[mode, M_CALENDAR]
    for need in range(t.modes[mode, NEED_FROM], t.modes[mode, NEED_TO]):
        resource, phase = t.needs[need, RESOURCE], t.needs[need, PHASE]
        a = setup if phase & 1 else start
        b = end if phase & 2 else start
        amount = sign * t.needs[need, AMOUNT]
        if t.resources[resource, HELD]:
            fits = use(state, resource, amount, a, b)
        else:
            fits = use_worked(t, state, resource, amount, calendar, a, b)
        if not fits:
            return FULL
    return OK


@inlined
def link(state, node, slot, before):
    """Put ``node`` behind ``before`` (−1: first) in the slot's list."""
    after = state.ends[slot, HEAD] if before < 0 else state.nodes[before, NEXT]
    state.nodes[node, PREV] = before
    state.nodes[node, NEXT] = after
    if before < 0:
        state.ends[slot, HEAD] = node
    else:
        state.nodes[before, NEXT] = node
    if after < 0:
        state.ends[slot, TAIL] = node
    else:
        state.nodes[after, PREV] = node
    return after


@kernel
def first_span(t, block):
    """First span of a block (they are sorted by block); the number of spans when it has none."""
    a, b = 0, t.spans_count
    while a < b:
        middle = (a + b) >> 1
        if t.spans[middle, 0] >= block:
            b = middle
        else:
            a = middle + 1
    return a if a < t.spans_count and t.spans[a, 0] == block else t.spans_count


@inlined
def fill_node(t, state, operation, mode, slot, setup, start, end, until, base):
    """Write the node's own columns."""
    row, node = t.operations[operation - base], state.nodes[operation]
    node[MODE], node[SLOT], node[INDEX] = mode, slot, -1
    node[SETUP], node[START], node[END], node[UNTIL] = setup, start, end, until
    node[FAMILY], node[CALENDAR], node[OWN_SETUP] = (
        row[O_FAMILY],
        t.modes[mode, M_CALENDAR],
        t.modes[mode, M_SETUP],
    )
    node[RUN], node[LOAD], node[NEXT], node[PREV] = t.modes[mode, M_RUN], row[O_LOAD], -1, -1
    marks = PLACED
    if row[FLAGS] & SETUP_WHOLE:
        marks |= WHOLE
    if first_span(t, row[BLOCK]) < t.spans_count:
        marks |= SETUP_NEEDS  # what the block holds, it holds from the first setup on
    for need in range(t.modes[mode, NEED_FROM], t.modes[mode, NEED_TO]):
        if t.needs[need, PHASE] & 1:
            marks |= SETUP_NEEDS
    node[MARKS] = marks


@inlined
def commit(t, state, operation, mode, slot, setup, start, end, until, before, joins, base):
    """Write a place into the state. FULL when a profile has no room (the state is then spoilt)."""
    fill_node(t, state, operation, mode, slot, setup, start, end, until, base)
    nodes = state.nodes
    if slot >= 0:
        after = link(state, operation, slot, before)
        known = t.slots[slot, S_STATE] if before < 0 else nodes[before, STATE]
        family = nodes[operation, FAMILY]
        nodes[operation, STATE] = family if family >= 0 else known
        if joins:
            nodes[operation, MARKS] |= FOLLOWS
            leader = before
            while nodes[leader, MARKS] & FOLLOWS:
                leader = nodes[leader, PREV]
            nodes[leader, LOAD] += nodes[operation, LOAD]
        elif after >= 0:
            changed = follower_setup(t, state, after, nodes[operation, STATE], until)
            if changed >= 0:
                nodes[after, SETUP] = changed
    return use_resources(t, state, mode, setup, start, end, 1)


@kernel
def cleared(t, state, mode, end):
    """When the machine is free again after a run that ends at ``end``."""
    until = finish(t, t.modes[mode, M_CALENDAR], end, t.modes[mode, TEARDOWN])
    return until if until >= 0 else max(end, state.limits[0])


@kernel
def fix(t, state, operation):
    """An operation stays where it is; its pieces are made at an even rate from start to end."""
    node = state.nodes[operation]
    node[MARKS] |= FIXED
    calendar = node[CALENDAR]
    node[RUN] = worked(t, calendar, node[END]) - worked(t, calendar, node[START])


@kernel
def remove(t, state, operation, base):
    """Take an operation out again (not the leader of a batch that others joined)."""
    nodes = state.nodes
    mode, slot = nodes[operation, MODE], nodes[operation, SLOT]
    if nodes[operation, MARKS] & UNDATED:
        nodes[operation, MARKS] = 0
        return OK
    if slot >= 0:
        before, after = nodes[operation, PREV], nodes[operation, NEXT]
        if before < 0:
            state.ends[slot, HEAD] = after
        else:
            nodes[before, NEXT] = after
        if after < 0:
            state.ends[slot, TAIL] = before
        else:
            nodes[after, PREV] = before
        if nodes[operation, MARKS] & FOLLOWS:
            leader = before
            while nodes[leader, MARKS] & FOLLOWS:
                leader = nodes[leader, PREV]
            nodes[leader, LOAD] -= nodes[operation, LOAD]
        elif after >= 0 and not nodes[after, MARKS] & FOLLOWS:
            known = t.slots[slot, S_STATE] if before < 0 else nodes[before, STATE]
            until = t.slots[slot, S_FREE] if before < 0 else nodes[before, UNTIL]
            changed = follower_setup(t, state, after, known, until)
            if changed >= 0:
                nodes[after, SETUP] = changed
    nodes[operation, MARKS] = 0
    return use_resources(
        t, state, mode, nodes[operation, SETUP], nodes[operation, START], nodes[operation, END], -1
    )

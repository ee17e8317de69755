"""Assemble: drafts to the problem's tables — numbering, blocks, urgency, setups, demands.

Fed by ``operations`` and ``deliveries``; the last thing building does.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import chain, pairwise
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np

from scheduler.build.kept import keep_setups
from scheduler.factory import Machine, MachineKind, SetupMatrix
from scheduler.horizon import NEVER
from scheduler.problem import LEVELS, Arc, Flag, Mode, Op, Problem, Table, Ticks

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scheduler.build.choices import Choices
    from scheduler.build.deliveries import Deliveries
    from scheduler.build.hours import Hours
    from scheduler.build.operations import Draft, Drafts
    from scheduler.policy import Policy


def assemble(
    hours: Hours, choices: Choices, drafts: Drafts, deliveries: Deliveries, policy: Policy
) -> tuple[Problem, dict[int, tuple[str, ...]], tuple[str, ...]]:
    """The problem, the named people of each mode, and the setup families by index."""
    families = _families(hours)
    index = {f: i for i, f in enumerate(families)}
    operations = np.full((len(drafts.drafts), len(Op)), -1, dtype=np.int64)
    modes, workers = _modes(drafts.drafts, operations)
    arcs = _arcs(drafts.drafts, operations)
    successor_arcs = _successors(arcs, operations)
    scale = _load_scale(hours.snapshot.machines, drafts.drafts)
    _fill(operations, drafts.drafts, index, modes, scale)
    order = _topological(operations, arcs[successor_arcs, Arc.SUCC].tolist())
    blocks, block_rows = _blocks(arcs, operations, order, drafts)
    spans, span_operations, span_rows = _spans(drafts, choices, operations)
    _urgency(operations, modes, arcs, order, deliveries, drafts.drafts)
    machines, slots, setups = _machines(hours, choices, index, drafts, scale)
    families, machines, slots, setups = keep_setups(
        drafts.drafts, families, operations, machines, slots, setups
    )
    needs, resources, levels = choices.resources.tables()
    windows, calendar_rows = hours.tables()
    problem = Problem(
        operations=operations,
        modes=modes,
        arcs=arcs,
        successor_arcs=successor_arcs,
        needs=needs,
        resources=resources,
        levels=levels,
        machines=machines,
        slots=slots,
        demands=deliveries.table(),
        demand_operations=deliveries.operations(),
        windows=windows,
        calendar_rows=calendar_rows,
        setups=setups,
        blocks=blocks,
        block_rows=block_rows,
        spans=spans,
        span_operations=span_operations,
        span_rows=span_rows,
        objective=np.array(
            [LEVELS.index(level.value) for level in policy.objective], dtype=np.int64
        ),
        now=drafts.now,
        end=hours.horizon.ticks,
    )
    return problem, workers, families


def _families(hours: Hours) -> tuple[str, ...]:
    found: dict[str, None] = dict.fromkeys(
        s.setup_family
        for r in hours.snapshot.routings
        for s in r.steps
        if s.setup_family is not None
    )
    for matrix in hours.snapshot.setup_matrices:
        for line in matrix.changeovers:
            for family in (line.from_family, line.to_family):
                if family is not None:
                    found.setdefault(family)
    for machine in hours.snapshot.machines:
        if machine.setup_state is not None:
            found.setdefault(machine.setup_state)
    return tuple(found)


def _modes(drafts: Sequence[Draft], operations: Table) -> tuple[Table, dict[int, tuple[str, ...]]]:
    counts = np.array([len(d.modes) for d in drafts], dtype=np.int64)
    ends = np.cumsum(counts)
    operations[:, Op.MODE_FROM], operations[:, Op.MODE_TO] = ends - counts, ends
    modes = np.empty((int(counts.sum()), len(Mode)), dtype=np.int64)
    modes[:, Mode.OPERATION] = np.repeat(np.arange(len(drafts)), counts)
    modes[:, Mode.OPERATION + 1 :] = _table((m for d in drafts for m in d.modes), len(Mode) - 1)
    people = enumerate(chain.from_iterable(d.workers for d in drafts))
    return modes, {number: names for number, names in people if names}


def _arcs(drafts: Sequence[Draft], operations: Table) -> Table:
    """Arcs sorted by successor, the heaviest of several between the same two kept apart."""
    # Most operations follow one other or none: nothing to tell apart.
    into = [d.arcs_in if len(d.arcs_in) < 2 else dict.fromkeys(d.arcs_in) for d in drafts]
    counts = np.array([len(rows) for rows in into], dtype=np.int64)
    ends = np.cumsum(counts)
    operations[:, Op.PRED_FROM], operations[:, Op.PRED_TO] = ends - counts, ends
    given = _table(chain.from_iterable(into), len(Arc) - 1)
    arcs = np.empty((len(given), len(Arc)), dtype=np.int64)
    arcs[:, Arc.PRED], arcs[:, Arc.LAG :] = given[:, 0], given[:, 1:]
    arcs[:, Arc.SUCC] = np.repeat(np.arange(len(drafts)), counts)
    return arcs


def _table(rows: Iterable[tuple[int, ...]], width: int) -> Table:
    """Rows of whole numbers as a table."""
    return np.fromiter(chain.from_iterable(rows), dtype=np.int64).reshape(-1, width)


def _successors(arcs: Table, operations: Table) -> Ticks:
    order = np.argsort(arcs[:, Arc.PRED], kind="stable").astype(np.int64)
    before = arcs[order, Arc.PRED]
    numbers = np.arange(len(operations))
    operations[:, Op.SUCC_FROM] = np.searchsorted(before, numbers, side="left")
    operations[:, Op.SUCC_TO] = np.searchsorted(before, numbers, side="right")
    return np.ascontiguousarray(order)


def _load_scale(machines: Sequence[Machine], drafts: Sequence[Draft]) -> int:
    """Smallest factor that makes batch loads and capacities whole numbers (bounded)."""
    if not any(m.kind is MachineKind.BATCH for m in machines):
        return 1
    scale = 1
    for value in [Fraction(m.capacity) for m in machines] + [d.load for d in drafts]:
        if scale % value.denominator:
            scale = scale * value.denominator // np.gcd(scale, value.denominator)
    return min(int(scale), 10**6)


def _fill(
    operations: Table, drafts: Sequence[Draft], families: dict[str, int], modes: Table, scale: int
) -> None:
    columns = operations.T
    columns[Op.ORDER] = [d.order for d in drafts]
    columns[Op.RELEASE] = [d.release for d in drafts]
    columns[Op.FAMILY] = [-1 if d.family is None else families[d.family] for d in drafts]
    resumable, setup_whole = int(Flag.RESUMABLE), int(Flag.SETUP_WHOLE)
    columns[Op.FLAGS] = [resumable * d.resumable + setup_whole * d.setup_whole for d in drafts]
    loads = (d.load for d in drafts)
    columns[Op.LOAD] = [-(-load.numerator * scale // load.denominator) for load in loads]
    columns[Op.PREVIOUS_START] = [d.previous for d in drafts]
    for number, draft in enumerate(drafts):
        if draft.fixed is not None:
            mode, start, end = draft.fixed
            operations[number, Op.FIXED_MODE] = operations[number, Op.MODE_FROM] + mode
            operations[number, Op.FIXED_START], operations[number, Op.FIXED_END] = start, end


def _blocks(
    arcs: Table, operations: Table, order: list[int], drafts: Drafts
) -> tuple[Ticks, Ticks]:
    """Operations that are placed together: tied by a maximum lag or a span, with all between them.

    Blocks are numbered so that none comes before what it waits for: inserting relies on it.
    """
    ties = [(int(a[Arc.PRED]), int(a[Arc.SUCC])) for a in arcs[arcs[:, Arc.MAX_LAG] < NEVER]]
    for _, _, users in drafts.spans:
        ties += list(pairwise(users))
    groups = _tied(arcs, order, ties) if ties else None
    counts = np.array([len(g) for g in groups] if groups else [1] * len(order), dtype=np.int64)
    blocks = np.array([o for g in groups for o in g] if groups else order, dtype=np.int64)
    operations[blocks, Op.BLOCK] = np.repeat(np.arange(len(counts)), counts)
    return blocks, np.concatenate(([0], np.cumsum(counts))).astype(np.int64)


def _tied(arcs: Table, order: list[int], ties: list[tuple[int, int]]) -> list[list[int]]:
    """Groups of tied operations with all that lies between them, in topological order."""
    position = {operation: i for i, operation in enumerate(order)}
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(order)
    graph.add_edges_from((int(a), int(b)) for a, b in arcs[:, : Arc.SUCC + 1])
    graph.add_edges_from(ties)
    graph.add_edges_from((b, a) for a, b in ties)
    groups = nx.condensation(graph)
    return [
        sorted(groups.nodes[number]["members"], key=position.__getitem__)
        for number in nx.lexicographical_topological_sort(
            groups, key=lambda n: min(position[o] for o in groups.nodes[n]["members"])
        )
    ]


def _spans(drafts: Drafts, choices: Choices, operations: Table) -> tuple[Table, Ticks, Ticks]:
    """Spans sorted by block, so that the kernel finds a block's own at once."""
    held = sorted(
        (int(operations[users[0], Op.BLOCK]), choices.tool(tool), amount, users)
        for tool, amount, users in drafts.spans
    )
    rows = np.concatenate(([0], np.cumsum([len(h[3]) for h in held]))).astype(np.int64)
    members = [o for h in held for o in h[3]]
    spans = np.array([h[:3] for h in held], dtype=np.int64).reshape(-1, 3)
    return spans, np.array(members, dtype=np.int64), rows


def _urgency(
    operations: Table,
    modes: Table,
    arcs: Table,
    order: list[int],
    deliveries: Deliveries,
    drafts: Sequence[Draft],
) -> None:
    """DUE, WEIGHT, DEMAND and TAIL, from the deliveries back through the arcs."""
    size = len(operations)
    due, weight, demand = _asked_for(deliveries, size)
    tail = [0] * size
    shortest = _elapsed(operations, modes, deliveries.hours)
    into = _rows_into(operations)
    rows = arcs.tolist()
    for operation in reversed(order):
        mine = shortest[operation]
        tail[operation] += mine + drafts[operation].post
        for row in into[operation]:
            before, _, lag, _, transfer, total = rows[row]
            step = (
                tail[operation] + lag
                if not transfer
                else tail[operation] - mine * (total - transfer) // total
            )
            tail[before] = max(tail[before], step)
            if due[operation] < due[before] or demand[before] < 0:
                due[before], weight[before], demand[before] = (
                    due[operation],
                    weight[operation],
                    demand[operation],
                )
            weight[before] = max(weight[before], weight[operation])
    for column, values in (
        (Op.DUE, due),
        (Op.WEIGHT, weight),
        (Op.DEMAND, demand),
        (Op.TAIL, tail),
    ):
        operations[:, column] = values


def _asked_for(deliveries: Deliveries, size: int) -> tuple[list[int], list[int], list[int]]:
    """DUE, WEIGHT and DEMAND of the operations that deliver something themselves."""
    due, weight, demand = [NEVER] * size, [0] * size, [-1] * size
    for number, entry in enumerate(deliveries.entries):
        for operation in entry.operations:
            if entry.due < due[operation]:
                due[operation], weight[operation] = entry.due, entry.urgency
                demand[operation] = number
            elif demand[operation] < 0:
                weight[operation], demand[operation] = entry.urgency, number
    return due, weight, demand


def _elapsed(operations: Table, modes: Table, hours: Hours) -> list[int]:
    """Elapsed ticks of each operation in its shortest mode, stretched by how much of the time is
    open.
    """
    if not len(modes):
        return []
    ratios = np.array(
        [max(hours.time(c).ratio, 0.01) for c in range(int(modes[:, Mode.CALENDAR].max()) + 1)]
    )
    length = (modes[:, Mode.SETUP] + modes[:, Mode.RUN]) / ratios[modes[:, Mode.CALENDAR]]
    shortest = np.minimum.reduceat(length, operations[:, Op.MODE_FROM])
    whole: list[int] = shortest.astype(np.int64).tolist()
    return whole


def _rows_into(operations: Table) -> list[range]:
    """Rows of ``arcs`` that end at each operation."""
    first, end = operations[:, Op.PRED_FROM].tolist(), operations[:, Op.PRED_TO].tolist()
    return [range(a, b) for a, b in zip(first, end, strict=True)]


def _topological(operations: Table, followers: list[int]) -> list[int]:
    """Operations, each after all it waits for; ``followers`` in the order of successor arcs."""
    waiting = (operations[:, Op.PRED_TO] - operations[:, Op.PRED_FROM]).tolist()
    first, end = operations[:, Op.SUCC_FROM].tolist(), operations[:, Op.SUCC_TO].tolist()
    ready = [o for o, count in enumerate(waiting) if count == 0]
    for operation in ready:
        for after in followers[first[operation] : end[operation]]:
            waiting[after] -= 1
            if waiting[after] == 0:
                ready.append(after)
    return ready


def _machines(
    hours: Hours, choices: Choices, families: dict[str, int], drafts: Drafts, scale: int
) -> tuple[Table, Table, Table]:
    """``machines``, ``slots`` and ``setups``."""
    matrices = {m.id: i for i, m in enumerate(hours.snapshot.setup_matrices)}
    general = {
        m.plant: i
        for i, m in reversed([*enumerate(hours.snapshot.setup_matrices)])
        if m.plant is not None
    }
    rows: list[tuple[int, int, int, int]] = []
    slots: list[tuple[int, int, int]] = []
    for number, machine in enumerate(hours.snapshot.machines):
        count = choices.places(machine)
        matrix = (
            matrices.get(machine.setup_matrix, -1)
            if machine.setup_matrix
            else general.get(machine.plant, -1)
        )
        batch = int(machine.capacity * scale) if machine.kind is MachineKind.BATCH else 0
        rows.append((len(slots), len(slots) + count, matrix, batch))
        family = drafts.reported.state(machine)
        state = families.get(family, -1) if family else -1
        slots.extend((number, state, drafts.now) for _ in range(count))
    setups = np.zeros((max(1, len(matrices)), len(families) + 1, len(families) + 1), dtype=np.int64)
    for matrix_number, setup_matrix in enumerate(hours.snapshot.setup_matrices):
        setups[matrix_number] = _setups(setup_matrix, families, hours)
    return (
        np.array(rows, dtype=np.int64).reshape(-1, 4),
        np.array(slots, dtype=np.int64).reshape(-1, 3),
        np.ascontiguousarray(setups),
    )


def _setups(matrix: SetupMatrix, families: dict[str, int], hours: Hours) -> Table:
    """Ticks between families; exact pairs over "to", over "from", over the line without either."""
    size = len(families)
    table = np.zeros((size + 1, size + 1), dtype=np.int64)
    lines = list(matrix.changeovers)
    lines.reverse()  # of a pair that is given twice the first line counts, and is written last
    lines.sort(key=lambda c: (c.from_family is not None) + 2 * (c.to_family is not None))
    for line in lines:
        ticks = hours.horizon.length(line.time)
        before = slice(None) if line.from_family is None else families[line.from_family]
        after = slice(0, size) if line.to_family is None else families[line.to_family]
        table[before, after] = ticks
    exact = {(c.from_family, c.to_family) for c in lines}
    for family, number in families.items():
        if (family, family) not in exact:
            table[number, number] = 0
    return table

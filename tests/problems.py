"""Small problems, drawn by hand: names for rows, and every derived column filled in.

bench = Bench(end=1000)
saw = bench.machine()
cut = bench.operation(Way(30, saw))
paint = bench.operation(Way(20, bench.machine()), after=cut)
bench.demand(paint, requested=60)
problem = bench.problem("requested", "makespan")
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from scheduler.horizon import NEVER
from scheduler.problem import LEVELS, Flag, Op, Problem

ALWAYS = 0
"""Calendar that is open all the time; every bench has it."""


@dataclass(frozen=True)
class Way:
    """One mode. ``needs`` are (resource, amount, phase); phase 1 setup, 2 run, 3 both."""

    run: int
    machine: int = -1
    calendar: int = ALWAYS
    setup: int = 0
    teardown: int = 0
    needs: tuple[tuple[int, int, int], ...] = ()
    rank: int = 0


@dataclass
class _Operation:
    ways: tuple[Way, ...]
    release: int
    family: int
    flags: int
    fixed: tuple[int, int, int]
    load: int
    previous: int
    order: int


@dataclass
class Bench:
    """Collects the parts of a problem; each method returns the new part's index."""

    end: int = 100_000
    now: int = 0
    calendars: list[tuple[tuple[int, int], ...]] = field(default_factory=list)
    machines: list[tuple[int, int, int, int]] = field(default_factory=list)
    slots: list[tuple[int, int, int]] = field(default_factory=list)
    resources: list[tuple[tuple[tuple[int, int], ...], int]] = field(default_factory=list)
    matrices: list[list[list[int]]] = field(default_factory=list)
    operations: list[_Operation] = field(default_factory=list)
    arcs: list[tuple[int, int, int, int, int, int]] = field(default_factory=list)
    demands: list[tuple[int, int, int, int, tuple[int, ...]]] = field(default_factory=list)
    spans: list[tuple[tuple[int, ...], int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.calendar((0, self.end))

    def calendar(self, *windows: tuple[int, int]) -> int:
        """Open windows, sorted and disjoint."""
        self.calendars.append(windows)
        return len(self.calendars) - 1

    def repeating(self, opens: int, closes: int, every: int) -> int:
        """One window ``[opens, closes)`` in each period of ``every`` ticks."""
        starts = range(0, self.end, every)
        cut = [(s + opens, min(self.end, s + closes)) for s in starts if s + opens < self.end]
        return self.calendar(*cut)

    def matrix(self, rows: Sequence[Sequence[int]]) -> int:
        """Changeover ticks; the last row and column are "no family, not known"."""
        self.matrices.append([list(row) for row in rows])
        return len(self.matrices) - 1

    def machine(
        self,
        slots: int = 1,
        *,
        matrix: int = -1,
        batch: int = 0,
        states: Sequence[int] | None = None,
        free: Sequence[int] | None = None,
    ) -> int:
        """A machine; ``batch`` is the capacity of one batch, 0 for none."""
        first = len(self.slots)
        for i in range(slots):
            state = -1 if states is None else states[i]
            self.slots.append((len(self.machines), state, 0 if free is None else free[i]))
        self.machines.append((first, len(self.slots), matrix, batch))
        return len(self.machines) - 1

    def resource(self, *levels: int | tuple[int, int], held: bool = False) -> int:
        """A counted resource: one level, or pairs of the tick from which and the level."""
        steps = tuple((0, x) if isinstance(x, int) else x for x in levels)
        self.resources.append((steps, int(held)))
        return len(self.resources) - 1

    def operation(
        self,
        *ways: Way,
        after: int | Iterable[int] = (),
        release: int = 0,
        family: int = -1,
        resumable: bool = False,
        whole_setup: bool = False,
        fixed: tuple[int, int, int] | None = None,
        load: int = 1,
        previous: int = -1,
        order: int | None = None,
    ) -> int:
        """An operation. ``fixed``: index among ``ways``, start and end."""
        flags = (Flag.RESUMABLE if resumable else 0) | (Flag.SETUP_WHOLE if whole_setup else 0)
        before = (after,) if isinstance(after, int) else tuple(after)
        if order is None:
            order = self.operations[before[0]].order if before else len(self.operations)
        held = (-1, -1, -1) if fixed is None else fixed
        new = _Operation(ways, release, family, int(flags), held, load, previous, order)
        self.operations.append(new)
        for other in before:
            self.arc(other, len(self.operations) - 1)
        return len(self.operations) - 1

    def arc(
        self,
        before: int,
        after: int,
        lag: int = 0,
        max_lag: int = NEVER,
        transfer: int = 0,
        total: int = 0,
    ) -> None:
        """Finish-start, or with ``transfer`` pieces of ``total`` an overlap."""
        self.arcs.append((before, after, lag, max_lag, transfer, total))

    def demand(
        self,
        *ends: int,
        promised: int = NEVER,
        requested: int = NEVER,
        weight: int = 1,
        floor: int = 0,
    ) -> int:
        """A demand that the end of ``ends`` delivers."""
        self.demands.append((promised, requested, weight, floor, ends))
        return len(self.demands) - 1

    def span(self, operations: Sequence[int], resource: int, amount: int = 1) -> None:
        """A resource held from the first setup to the last end of ``operations``."""
        self.spans.append((tuple(operations), resource, amount))

    def problem(self, *objective: str, relaxations: tuple[str, ...] = ()) -> Problem:
        """The problem, with every derived column."""
        return _Filler(self).problem(objective, relaxations)


def table(rows: Sequence[Sequence[int]], columns: int) -> np.ndarray:
    """Rows as an int64 table, also when there are none."""
    return np.array(rows, dtype=np.int64).reshape(len(rows), columns)


def rows_of(parts: Iterable[Sequence[object]]) -> list[tuple[int, int]]:
    """(from, to) of each part in the concatenation of all."""
    bounds, at = [], 0
    for part in parts:
        bounds.append((at, at + len(part)))
        at += len(part)
    return bounds


class _Filler:
    """Derives what a bench does not say: blocks, successors, urgency, tails, prefix sums."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.size = len(bench.operations)
        self.arcs = sorted(bench.arcs, key=lambda a: (a[1], a[0]))
        self.before: list[list[int]] = [[] for _ in range(self.size)]
        self.after: list[list[int]] = [[] for _ in range(self.size)]
        for row, (pred, succ, *_) in enumerate(self.arcs):
            self.before[succ].append(row)
            self.after[pred].append(row)
        self.order = self.topological()

    def topological(self) -> list[int]:
        """Operations, predecessors first."""
        waiting = [len(rows) for rows in self.before]
        ready = [o for o in range(self.size) if not waiting[o]]
        order = []
        while ready:
            operation = ready.pop(0)
            order.append(operation)
            for row in self.after[operation]:
                succ = self.arcs[row][1]
                waiting[succ] -= 1
                if not waiting[succ]:
                    ready.append(succ)
        if len(order) < self.size:
            raise ValueError("arcs form a cycle")
        return order

    def blocks(self) -> list[list[int]]:
        """Operations tied by maximum lags and spans, each in topological order."""
        root = list(range(self.size))

        def find(o: int) -> int:
            while root[o] != o:
                o = root[o]
            return o

        ties = [(a[0], a[1]) for a in self.arcs if a[3] < NEVER]
        ties += [(s[0][0], o) for s in self.bench.spans for o in s[0]]
        for a, b in ties:
            root[find(b)] = find(a)
        groups: dict[int, list[int]] = {}
        for operation in self.order:
            groups.setdefault(find(operation), []).append(operation)
        return list(groups.values())

    def tails(self) -> list[int]:
        """Ticks from an operation's start to the end of all that follows, at the fastest."""
        tail = [0] * self.size
        for operation in reversed(self.order):
            own = min(w.run for w in self.bench.operations[operation].ways)
            beyond = [self.arcs[r][2] + tail[self.arcs[r][1]] for r in self.after[operation]]
            tail[operation] = own + max(beyond, default=0)
        return tail

    def served(self) -> list[list[int]]:
        """Demands each operation works for."""
        serves: list[set[int]] = [set() for _ in range(self.size)]
        for demand, (*_, ends) in enumerate(self.bench.demands):
            for operation in ends:
                serves[operation].add(demand)
        for operation in reversed(self.order):
            for row in self.after[operation]:
                serves[operation] |= serves[self.arcs[row][1]]
        return [sorted(s) for s in serves]

    def urgency(self, demands: list[int]) -> tuple[int, int, int]:
        """(due, weight, demand) of the most urgent of ``demands``."""
        ranked = []
        for d in demands:
            promised, requested, weight, *_ = self.bench.demands[d]
            ranked.append((min(promised, requested) if promised == NEVER else promised, weight, d))
        return min(ranked, default=(NEVER, 0, -1))

    def operation_rows(self, blocks: list[list[int]]) -> list[list[int]]:
        """Rows of ``Problem.operations``."""
        block_of = {o: b for b, members in enumerate(blocks) for o in members}
        ways = rows_of(o.ways for o in self.bench.operations)
        preds, succs = rows_of(self.before), rows_of(self.after)
        tails, served = self.tails(), self.served()
        rows = []
        for i, o in enumerate(self.bench.operations):
            due, weight, demand = self.urgency(served[i])
            row = {
                Op.ORDER: o.order,
                Op.RELEASE: o.release,
                Op.FAMILY: o.family,
                Op.FLAGS: o.flags,
                Op.BLOCK: block_of[i],
                Op.DUE: due,
                Op.WEIGHT: weight,
                Op.TAIL: tails[i],
                Op.LOAD: o.load,
                Op.PREVIOUS_START: o.previous,
                Op.DEMAND: demand,
                Op.FIXED_MODE: -1 if o.fixed[0] < 0 else ways[i][0] + o.fixed[0],
                Op.FIXED_START: o.fixed[1],
                Op.FIXED_END: o.fixed[2],
            }
            row |= dict(zip((Op.MODE_FROM, Op.MODE_TO), ways[i], strict=True))
            row |= dict(zip((Op.PRED_FROM, Op.PRED_TO), preds[i], strict=True))
            row |= dict(zip((Op.SUCC_FROM, Op.SUCC_TO), succs[i], strict=True))
            rows.append([row[column] for column in Op])
        return rows

    def mode_rows(self) -> tuple[list[list[int]], list[tuple[int, int, int]]]:
        """Rows of ``modes`` and of ``needs``."""
        modes: list[list[int]] = []
        needs: list[tuple[int, int, int]] = []
        for i, o in enumerate(self.bench.operations):
            for w in o.ways:
                first = len(needs)
                needs += w.needs
                times = [w.setup, w.run, w.teardown]
                modes.append([i, w.machine, w.calendar, *times, first, len(needs), w.rank])
        return modes, needs

    def window_rows(self) -> list[tuple[int, int, int]]:
        """Windows with the worked ticks before them."""
        rows = []
        for windows in self.bench.calendars:
            before = 0
            for opens, closes in windows:
                rows.append((opens, closes, before))
                before += closes - opens
        return rows

    def setup_table(self) -> np.ndarray:
        """All matrices; they must be of one size."""
        size = len(self.bench.matrices[0]) if self.bench.matrices else 1
        return np.array(self.bench.matrices, dtype=np.int64).reshape(-1, size, size)

    def problem(self, objective: tuple[str, ...], relaxations: tuple[str, ...]) -> Problem:
        """All tables together."""
        bench, blocks = self.bench, self.blocks()
        block_of = {o: b for b, members in enumerate(blocks) for o in members}
        modes, needs = self.mode_rows()
        levels = rows_of(steps for steps, _ in bench.resources)
        ends = rows_of(d[4] for d in bench.demands)
        resources = [[*at, r[1]] for at, r in zip(levels, bench.resources, strict=True)]
        demands = [[*d[:4], *at] for d, at in zip(bench.demands, ends, strict=True)]
        spans = sorted(bench.spans, key=lambda s: block_of[s[0][0]])
        return Problem(
            operations=table(self.operation_rows(blocks), len(Op)),
            modes=table(modes, 9),
            arcs=table(self.arcs, 6),
            successor_arcs=table([[r] for rows in self.after for r in rows], 1).reshape(-1),
            needs=table(needs, 3),
            resources=table(resources, 3),
            levels=table([step for steps, _ in bench.resources for step in steps], 2),
            machines=table(bench.machines, 4),
            slots=table(bench.slots, 3),
            demands=table(demands, 6),
            demand_operations=table([[o] for d in bench.demands for o in d[4]], 1).reshape(-1),
            windows=table(self.window_rows(), 3),
            calendar_rows=prefix([len(c) for c in bench.calendars]),
            setups=self.setup_table(),
            blocks=table([[o] for b in blocks for o in b], 1).reshape(-1),
            block_rows=prefix([len(b) for b in blocks]),
            spans=table([[block_of[s[0][0]], s[1], s[2]] for s in spans], 3),
            span_operations=table([[o] for s in spans for o in s[0]], 1).reshape(-1),
            span_rows=prefix([len(s[0]) for s in spans]),
            objective=np.array([LEVELS.index(name) for name in objective], dtype=np.int64),
            now=bench.now,
            end=bench.end,
            relaxations=relaxations,
        )


def prefix(counts: Sequence[int]) -> np.ndarray:
    """Where each group begins, and the end of the last."""
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)

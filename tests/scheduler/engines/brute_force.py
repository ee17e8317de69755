"""A second answer for tiny problems: every mode, sequence, slot and batch, walking the clock.

Shares no code with the kernel or the engines; only the measures are the project's own. Slow on
purpose.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise, permutations, product

import numpy as np

from scheduler.horizon import NEVER
from scheduler.measures import objective
from scheduler.problem import Flag, Machine, Mode, Op, Problem, Resource, Slot
from scheduler.schedule import Provenance, Schedule, Status

BRUTE = Provenance("brute force")
ROUNDS = 3000
"""How often what has to wait is told so before the sequence is given up."""


@dataclass
class Placed:
    """Where an operation is; ``worked`` are the ticks at which it is worked on, setup included."""

    mode: int
    slot: int
    setup: int
    start: int
    end: int
    freed: int


@dataclass
class Walk:
    """One sequence being dated. ``low``: earliest starts that were found to be needed."""

    problem: Problem
    open: list[list[bool]]
    low: list[int]
    at: dict[int, Placed] = field(default_factory=dict)
    behind: dict[int, list[int]] = field(default_factory=dict)

    def is_open(self, calendar: int, tick: int) -> bool:
        return 0 <= tick < len(self.open[calendar]) and self.open[calendar][tick]

    def finish(self, calendar: int, tick: int, work: int) -> int | None:
        """Tick at which ``work`` open ticks have passed."""
        while work:
            if tick >= self.problem.end:
                return None
            work -= self.is_open(calendar, tick)
            tick += 1
        return tick

    def begin(self, calendar: int, tick: int, work: int) -> int | None:
        """Latest tick from which ``work`` open ticks pass by ``tick``."""
        while work:
            tick -= 1
            if tick < 0:
                return None
            work -= self.is_open(calendar, tick)
        return tick

    def run(self, mode: int, start: int) -> int | None:
        """End of a run that starts at ``start``; None when it may not."""
        row = self.problem.modes[mode]
        calendar, run = int(row[Mode.CALENDAR]), int(row[Mode.RUN])
        if not self.is_open(calendar, start):
            return None
        end = self.finish(calendar, start, run)
        flags = self.problem.operations[row[Mode.OPERATION], Op.FLAGS]
        whole = end is not None and end - start == run
        return end if whole or flags & Flag.RESUMABLE else None

    def setup(self, mode: int, start: int, ticks: int) -> int | None:
        """Start of setup before a run."""
        calendar = int(self.problem.modes[mode, Mode.CALENDAR])
        begin = self.begin(calendar, start, ticks)
        flags = self.problem.operations[self.problem.modes[mode, 0], Op.FLAGS]
        if begin is not None and flags & Flag.SETUP_WHOLE and start - begin != ticks:
            return None
        return begin

    def family_on(self, slot: int) -> int:
        """Family a slot is set up for after what is on it."""
        known = [self.problem.operations[o, Op.FAMILY] for o in self.behind.get(slot, [])]
        families = [int(f) for f in known if f >= 0]
        return families[-1] if families else int(self.problem.slots[slot, Slot.STATE])

    def free(self, slot: int) -> int:
        """First tick after all that is on a slot."""
        ends = [self.at[o].freed for o in self.behind.get(slot, [])]
        return max([int(self.problem.slots[slot, Slot.FREE]), *ends])

    def allows(self, operation: int, mode: int, start: int) -> bool:
        """Whether release and predecessors let the run start."""
        row = self.problem.operations[operation]
        if start < max(int(row[Op.RELEASE]), self.low[operation]):
            return False
        return all(self.arc_holds(arc, mode, start) for arc in self.problem.arcs_into(operation))

    def arc_holds(self, arc: int, mode: int, start: int) -> bool:
        """One arc, without its maximum lag."""
        before, _, lag, _, transfer, total = (int(x) for x in self.problem.arcs[arc])
        pred = self.at[before]
        if transfer == 0:
            return start >= pred.end + lag
        run_before = int(self.problem.modes[pred.mode, Mode.RUN])
        calendar_before = int(self.problem.modes[pred.mode, Mode.CALENDAR])
        run, calendar = (int(self.problem.modes[mode, c]) for c in (Mode.RUN, Mode.CALENDAR))
        for passed in range(0, total, transfer):
            done = min(total, passed + transfer)
            there = self.finish(calendar_before, pred.start, -(-run_before * done // total))
            begins = self.finish(calendar, start, run * passed // total)
            while begins is not None and not self.is_open(calendar, begins):
                begins = begins + 1 if begins < self.problem.end else None
            if there is None or begins is None or begins < there + lag:
                return False
        return True

    def needs(self, mode: int, setup: int, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """(resource, tick, amount) of everything a mode uses."""
        calendar = int(self.problem.modes[mode, Mode.CALENDAR])
        for need in self.problem.needs_of(mode):
            resource, amount, phase = (int(x) for x in self.problem.needs[need])
            held = self.problem.resources[resource, Resource.HELD]
            for tick in range(setup if phase & 1 else start, end if phase & 2 else start):
                if held or self.is_open(calendar, tick):
                    yield resource, tick, amount

    def fits(self, mode: int, setup: int, start: int, end: int) -> bool:
        """Whether everything it uses is there."""
        used = self.usage()
        for resource, tick, amount in self.needs(mode, setup, start, end):
            if used.get((resource, tick), 0) + amount > self.level(resource, tick):
                return False
        return True

    def usage(self) -> dict[tuple[int, int], int]:
        """(resource, tick) → amount in use."""
        used: dict[tuple[int, int], int] = {}
        for p in self.at.values():
            for resource, tick, amount in self.needs(p.mode, p.setup, p.start, p.end):
                used[resource, tick] = used.get((resource, tick), 0) + amount
        return used

    def level(self, resource: int, tick: int) -> int:
        first, last, _ = (int(x) for x in self.problem.resources[resource])
        return [int(n) for t, n in self.problem.levels[first:last] if t <= tick][-1]

    def place(self, operation: int, mode: int, slot: int, *, joins: bool) -> int | None:
        """Place an operation as early as it can; None when it has no place.

        Returns what must wait, −1 for nothing.
        """
        if joins:
            return self.join(operation, mode, slot)
        row = self.problem.operations[operation]
        if row[Op.FIXED_START] >= 0:
            return self.stand(operation, mode, slot)
        ticks = int(self.problem.modes[mode, Mode.SETUP])
        if slot >= 0:
            machine = int(self.problem.modes[mode, Mode.MACHINE])
            family = int(row[Op.FAMILY])
            ticks += self.problem.changeover(machine, self.family_on(slot), family)
        for start in range(max(int(row[Op.RELEASE]), self.low[operation]), self.problem.end):
            placed = self.placed(operation, mode, slot, start, ticks)
            if placed is not None:
                self.at[operation] = placed
                self.behind.setdefault(slot, []).append(operation)
                return -1
        return None

    def placed(self, operation: int, mode: int, slot: int, start: int, ticks: int) -> Placed | None:
        """The operation with its run at ``start``; None when that may not be."""
        if not self.allows(operation, mode, start):
            return None
        end = self.run(mode, start)
        setup = None if end is None else self.setup(mode, start, ticks)
        if end is None or setup is None or setup < (self.free(slot) if slot >= 0 else 0):
            return None
        if slot < 0 and ticks and not self.allows(operation, mode, setup):
            # Without a machine of its own, setup waits for material too.
            return None
        row = self.problem.modes[mode]
        freed = self.finish(int(row[Mode.CALENDAR]), end, int(row[Mode.TEARDOWN]))
        if freed is None or not self.fits(mode, setup, start, end):
            return None
        return Placed(mode, slot, setup, start, end, freed)

    def stand(self, operation: int, mode: int, slot: int) -> int | None:
        """Place a fixed operation where it is; None when something is in its way."""
        row = self.problem.operations[operation]
        start, end = int(row[Op.FIXED_START]), int(row[Op.FIXED_END])
        if slot >= 0 and self.behind.get(slot) and self.free(slot) > start:
            return None
        if not self.allows(operation, mode, start) or not self.fits(mode, start, start, end):
            return None
        self.at[operation] = Placed(mode, slot, start, start, end, end)
        self.behind.setdefault(slot, []).append(operation)
        return -1

    def place_all(
        self, order: list[int], mode: list[int], slot: list[int], joins: frozenset[int]
    ) -> int | None:
        """Place a sequence; as :meth:`place`."""
        for operation in order:
            joining = operation in joins
            waits = self.place(operation, mode[operation], slot[operation], joins=joining)
            if waits is None or waits >= 0:
                return waits
        return self.breach()

    def join(self, operation: int, mode: int, slot: int) -> int | None:
        """Join the last batch of a slot; returns its first member when that has to wait."""
        before = self.behind.get(slot, [])
        if not before:
            return None
        last = self.at[before[-1]]
        members = [
            o for o in before if self.at[o].start == last.start and self.at[o].end == last.end
        ]
        same = (Mode.RUN, Mode.CALENDAR)
        alike = all(self.problem.modes[mode, c] == self.problem.modes[last.mode, c] for c in same)
        rows = self.problem.operations[[*members, operation]]
        capacity = int(self.problem.machines[self.problem.slots[slot, Slot.MACHINE], Machine.BATCH])
        if not alike or len(set(rows[:, Op.FAMILY])) > 1 or rows[:, Op.LOAD].sum() > capacity:
            return None
        if not self.allows(operation, mode, last.start):
            return members[0]
        if self.run(mode, last.start) != last.end:
            return None
        if not self.fits(mode, last.start, last.start, last.end):
            return None
        self.at[operation] = Placed(mode, slot, last.start, last.start, last.end, last.freed)
        before.append(operation)
        return -1

    def breach(self) -> int:
        """An operation that must start later for a maximum lag or a span to hold, −1 for none."""
        for before, after, _, limit, _, _ in self.problem.arcs:
            if limit < NEVER and self.at[after].start > self.at[before].end + limit:
                return int(before)
        used = self.usage()
        rows = self.problem.span_rows
        rank = {o: i for i, o in enumerate(self.at)}
        members_of = [
            [int(o) for o in self.problem.span_operations[a:b]] for a, b in pairwise(rows)
        ]
        # What comes later in the sequence waits.
        for span in sorted(
            range(len(members_of)), key=lambda s: min(rank[o] for o in members_of[s])
        ):
            _, resource, amount = (int(x) for x in self.problem.spans[span])
            members = members_of[span]
            first = min(members, key=lambda o: self.at[o].setup)
            for tick in range(self.at[first].setup, max(self.at[o].end for o in members)):
                key = (resource, tick)
                used[key] = used.get(key, 0) + amount
                if used[key] > self.level(*key):
                    return first
        return -1


def open_ticks(problem: Problem) -> list[list[bool]]:
    """Calendar → tick → open."""
    found = []
    for calendar in range(len(problem.calendar_rows) - 1):
        ticks = [False] * problem.end
        for opens, closes, _ in problem.calendar(calendar):
            ticks[opens:closes] = [True] * int(closes - opens)
        found.append(ticks)
    return found


def date(
    problem: Problem,
    order: list[int],
    mode: list[int],
    slot: list[int],
    joins: frozenset[int],
    clock: list[list[bool]],
) -> Schedule | None:
    """The sequence, each operation as early as it can."""
    low = [0] * problem.size
    for _ in range(ROUNDS):
        walk = Walk(problem, clock, low)
        waits = walk.place_all(order, mode, slot, joins)
        if waits is None:
            return None
        if waits < 0:
            return schedule(problem, walk)
        low[waits] = walk.at[waits].start + 1
    return None


def schedule(problem: Problem, walk: Walk) -> Schedule:
    """The walk as a schedule, measured."""
    rows = [walk.at[o] for o in range(problem.size)]

    def column(name: str) -> np.ndarray:
        return np.array([getattr(row, name) for row in rows], dtype=np.int64)

    setup, start, end = (column(name) for name in ("setup", "start", "end"))
    bare = Schedule(
        column("mode"), column("slot"), setup, start, end, (), (), Status.FEASIBLE, BRUTE
    )
    return replace(bare, objective=objective(problem, bare))


def sequences(problem: Problem) -> Iterator[list[int]]:
    """Every order that keeps predecessors first."""
    arcs = [(int(a[0]), int(a[1])) for a in problem.arcs]
    for order in permutations(range(problem.size)):
        rank = {o: i for i, o in enumerate(order)}
        if all(rank[a] < rank[b] for a, b in arcs):
            yield list(order)


def slots_for(problem: Problem, mode: int) -> list[int]:
    """Slots a mode may be on."""
    machine = int(problem.modes[mode, Mode.MACHINE])
    return list(problem.slots_of(machine)) or [-1] if machine >= 0 else [-1]


def ways_to_join(problem: Problem, slot: tuple[int, ...]) -> Iterator[frozenset[int]]:
    """Every choice of operations on batch machines that join the batch before them."""
    kinds = problem.machines[problem.slots[:, Slot.MACHINE], Machine.BATCH]
    on_batch = [o for o, s in enumerate(slot) if s >= 0 and kinds[s] > 0]
    for flags in product((False, True), repeat=len(on_batch)):
        yield frozenset(o for o, flag in zip(on_batch, flags, strict=True) if flag)


def best_of_all(problem: Problem) -> Schedule | None:
    """The best schedule that does everything as early as its sequence allows; None without any."""
    clock = open_ticks(problem)
    best: Schedule | None = None
    orders = list(sequences(problem))
    for mode in product(*(problem.modes_of(o) for o in range(problem.size))):
        for slot in product(*(slots_for(problem, m) for m in mode)):
            for joins in ways_to_join(problem, slot):
                for order in orders:
                    found = date(problem, order, list(mode), list(slot), joins, clock)
                    if found and (best is None or found.objective < best.objective):
                        best = found
    return best


def retime(
    problem: Problem, order: np.ndarray, mode: np.ndarray, slot: np.ndarray
) -> Schedule | None:
    """The kernel's job the slow way: any slot where −1 is given, and the best joins of batches."""
    clock = open_ticks(problem)
    modes = [int(m) for m in mode]
    choices = [[int(s)] if s >= 0 else slots_for(problem, modes[o]) for o, s in enumerate(slot)]
    found = [
        date(problem, order.tolist(), modes, list(chosen), joins, clock)
        for chosen in product(*choices)
        for joins in ways_to_join(problem, chosen)
    ]
    known = [s for s in found if s is not None]
    return min(known, key=lambda s: s.objective, default=None)


__all__ = ["best_of_all", "retime"]

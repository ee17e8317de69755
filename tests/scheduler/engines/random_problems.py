"""Random tiny problems with chosen families of rules switched on."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from scheduler.horizon import NEVER
from scheduler.problem import Problem
from tests.problems import ALWAYS, Bench, Way

END = 80

FAMILIES = (
    "machines",
    "calendar",
    "setup",
    "slots",
    "batch",
    "resource",
    "own",
    "overlap",
    "lag",
    "span",
    "modes",
    "fixed",
    "change setup",
    "calendar own modes",
    "calendar setup own",
    "calendar resource own",
    "calendar overlap",
    "calendar lag",
    "batch own calendar",
    "calendar setup own change slots",
    "calendar setup batch own resource modes",
)
"""Words as in :class:`Draw`, together."""


@dataclass
class Draw:
    """One random problem of four operations on two machines.

    ``kinds``: calendar, setup (matrix), slots, batch, resource, own (setup, teardown), overlap,
    lag (also maximum), span, modes, fixed, change (changeover as a level).
    """

    kinds: frozenset[str]
    random: np.random.Generator
    bench: Bench = field(default_factory=lambda: Bench(end=END))
    calendars: list[int] = field(default_factory=lambda: [ALWAYS])
    needs: list[int] = field(default_factory=list)

    def number(self, low: int, high: int) -> int:
        return int(self.random.integers(low, high + 1))

    def one_of(self, values: list[int]) -> int:
        return values[self.number(0, len(values) - 1)]

    def has(self, kind: str) -> bool:
        return kind in self.kinds

    def problem(self) -> Problem:
        if self.has("calendar"):
            self.calendars += [
                self.bench.repeating(0, self.number(6, 9), 12),
                self.bench.repeating(self.number(2, 4), self.number(8, 11), 14),
            ]
        machines = self.machines()
        if self.has("resource"):
            falling = ((0, 2), (self.number(3, 20), 1))
            self.needs = [
                self.bench.resource(self.number(1, 2), held=bool(self.number(0, 1))),
                self.bench.resource(*falling),
            ]
        operations = self.operations(machines)
        self.arcs(operations)
        if self.has("span"):
            rack = self.bench.resource(1, held=True)
            self.bench.span(operations[:2], rack)
            self.bench.span(operations[2:], rack)
        self.demands(operations)
        return self.bench.problem(*self.objective())

    def machines(self) -> list[int]:
        matrix = -1
        if self.has("setup"):
            rows = [[0 if i == j else self.number(0, 4) for j in range(3)] for i in range(3)]
            matrix = self.bench.matrix(rows)
        slots = self.number(1, 2) if self.has("slots") else 1
        states = [self.number(-1, 1) for _ in range(slots)]
        free = [self.number(0, 3) for _ in range(slots)]
        first = self.bench.machine(slots, matrix=matrix, states=states, free=free)
        batch = self.number(2, 3) if self.has("batch") else 0
        return [first, self.bench.machine(batch=batch)]

    def operations(self, machines: list[int]) -> list[int]:
        count = 3 if self.has("batch") or self.has("slots") else 4
        flexible = self.number(0, count - 1) if self.has("modes") else -1
        oven = (self.number(3, 6), self.one_of(self.calendars))
        made = []
        for i in range(count):
            chosen = machines if i == flexible else [self.one_of(machines)]
            ways = [
                self.oven(m, *oven) if self.has("batch") and m == machines[1] else self.way(m)
                for m in chosen
            ]
            made.append(self.operation(ways, is_fixed=self.has("fixed") and i == 0))
        return made

    def operation(self, ways: list[Way], *, is_fixed: bool) -> int:
        has_family = self.has("setup") or self.has("batch")
        at = self.number(0, 6)
        return self.bench.operation(
            *ways,
            resumable=bool(self.number(0, 1)),
            release=0 if is_fixed else self.number(0, 4),
            family=self.number(0, 1) if has_family else -1,
            whole_setup=self.has("own") and self.number(0, 4) == 0,
            fixed=(0, at, at + ways[0].run) if is_fixed else None,
        )

    def oven(self, machine: int, run: int, calendar: int) -> Way:
        return Way(run, machine, calendar, setup=self.number(0, 2) if self.has("own") else 0)

    def way(self, machine: int) -> Way:
        own = self.has("own")
        wanted = [r for r in self.needs if self.number(0, 1)]
        return Way(
            self.number(1, 5),
            machine,
            self.one_of(self.calendars),
            setup=self.number(0, 2) if own else 0,
            teardown=self.number(0, 2) if own else 0,
            needs=tuple((r, 1, self.number(1, 3) if own else 2) for r in wanted),
        )

    def arcs(self, operations: list[int]) -> None:
        # What is fixed comes first, or a predecessor could make it impossible.
        for i in range(1, len(operations)):
            if not self.number(0, 1):
                continue
            before = operations[self.number(0, i - 1)]
            if self.has("overlap") and self.number(0, 1):
                total = self.number(3, 6)
                transfer = self.number(1, 3)
                self.bench.arc(before, operations[i], self.number(0, 2), NEVER, transfer, total)
                continue
            lagged = self.has("lag")
            limit = self.number(2, 6) if lagged and self.number(0, 1) else NEVER
            self.bench.arc(before, operations[i], self.number(0, 2) if lagged else 0, limit)

    def demands(self, operations: list[int]) -> None:
        for operation in operations:
            if self.number(0, 2):
                self.bench.demand(
                    operation,
                    requested=self.number(3, 15),
                    promised=NEVER if self.number(0, 3) else self.number(3, 20),
                    weight=self.number(1, 3),
                    floor=self.number(0, 8),
                )

    def objective(self) -> tuple[str, ...]:
        if self.has("change"):
            return (("changeover", "makespan"), ("requested", "changeover"))[self.number(0, 1)]
        return ("promised", "requested", "makespan")


def random_problem(family: str, seed: int) -> Problem:
    """One problem of a family (an entry of ``FAMILIES``)."""
    return Draw(frozenset(family.split()), np.random.default_rng(seed)).problem()


__all__ = ["FAMILIES", "random_problem"]

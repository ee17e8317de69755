"""Public instances as problems: job shops, flexible job shops, job shops with due dates."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from scheduler.problem import Arc, Mode, Problem, Ticks
from scheduler.schedule import Schedule
from tests.problems import Bench, Way

Job = list[list[tuple[int, int]]]
"""Operations in order; each a choice of (machine, ticks)."""


def job_shop(file: Path) -> list[Job]:
    """The standard format: a line per job of machine and duration in turn."""
    rows = [
        [int(x) for x in line.split()] for line in file.read_text().splitlines() if line.strip()
    ]
    jobs = rows[1 : rows[0][0] + 1]
    return [[[(row[i], row[i + 1])] for i in range(0, len(row), 2)] for row in jobs]


def flexible_job_shop(file: Path) -> list[Job]:
    """A line per job: operations, each with its number of options and machine (from 1) and duration
    of each."""
    lines = [line for line in file.read_text().splitlines() if line.strip()]
    return [
        _flexible([int(float(x)) for x in line.split()])
        for line in lines[1 : int(lines[0].split()[0]) + 1]
    ]


def _flexible(row: list[int]) -> Job:
    job: Job = []
    at = 1
    for _ in range(row[0]):
        options = row[at]
        pairs = row[at + 1 : at + 1 + 2 * options]
        job.append([(pairs[i] - 1, pairs[i + 1]) for i in range(0, len(pairs), 2)])
        at += 1 + 2 * options
    return job


def problem_of(jobs: list[Job], *objective: str, due: list[int] | int | None = None) -> Problem:
    """One demand per job; ``due`` is its requested date."""
    bench = Bench(end=sum(max(t for _, t in o) for job in jobs for o in job))
    count = 1 + max(m for job in jobs for o in job for m, _ in o)
    machines = [bench.machine() for _ in range(count)]
    for number, job in enumerate(jobs):
        last = -1
        for options in job:
            ways = [Way(ticks, machines[m]) for m, ticks in options]
            last = bench.operation(*ways, after=() if last < 0 else last, order=number)
        if due is not None:
            bench.demand(last, requested=due if isinstance(due, int) else due[number])
        else:
            bench.demand(last)
    return bench.problem(*objective)


def best_known(folder: Path, family: str) -> dict[str, int]:
    """Instance → best known value of a set of instances (``jsp-la``)."""
    with (folder / "bounds.csv").open() as rows:
        known = [r for r in csv.DictReader(rows) if r["set"] == family and r["upper_bound"]]
    return {r["instance"]: int(float(r["upper_bound"])) for r in known}


def machine_by_machine(problem: Problem, order: Ticks, mode: Ticks, slot: Ticks) -> Schedule | None:
    """The kernel's job where there are only machines of one slot and finish-start arcs."""
    start = np.zeros(problem.size, dtype=np.int64)
    end, slots, free = start.copy(), slot.copy(), dict[int, int]()
    for operation in order:
        row = problem.modes[mode[operation]]
        slots[operation] = problem.slots_of(int(row[Mode.MACHINE]))[0]
        before = [int(end[problem.arcs[a, Arc.PRED]]) for a in problem.arcs_into(int(operation))]
        start[operation] = max([free.get(int(slots[operation]), 0), *before])
        end[operation] = free[int(slots[operation])] = int(start[operation] + row[Mode.RUN])
    return Schedule(mode.copy(), slots, start.copy(), start, end)


FT10 = """
0 29 1 78 2 9 3 36 4 49 5 11 6 62 7 56 8 44 9 21
0 43 2 90 4 75 9 11 3 69 1 28 6 46 5 46 7 72 8 30
1 91 0 85 3 39 2 74 8 90 5 10 7 12 6 89 9 45 4 33
1 81 2 95 0 71 4 99 6 9 8 52 7 85 3 98 9 22 5 43
2 14 0 6 1 22 5 61 3 26 4 69 8 21 7 49 9 72 6 53
2 84 1 2 5 52 3 95 8 48 9 72 0 47 6 65 4 6 7 25
1 46 0 37 3 61 2 13 6 32 5 21 9 32 8 89 7 30 4 55
2 31 0 86 1 46 5 74 4 32 6 88 8 19 9 48 7 36 3 79
0 76 1 69 3 76 5 51 2 85 9 11 6 40 7 89 4 26 8 74
1 85 0 13 2 61 6 7 8 64 9 76 5 47 3 52 4 90 7 45
"""
"""Fisher and Thompson's 10 × 10 job shop: no schedule is shorter than 930."""


def ft10() -> list[Job]:
    """Fisher and Thompson's 10 × 10 job shop."""
    rows = [[int(x) for x in line.split()] for line in FT10.strip().splitlines()]
    return [[[(row[i], row[i + 1])] for i in range(0, len(row), 2)] for row in rows]


__all__ = [
    "best_known",
    "flexible_job_shop",
    "ft10",
    "job_shop",
    "machine_by_machine",
    "problem_of",
]

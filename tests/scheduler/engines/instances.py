"""Public instances as problems: job shops, flexible job shops, job shops with due dates."""

from __future__ import annotations

import csv
from pathlib import Path

from scheduler.problem import Problem
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
    """A line per job: operations, each with its number of options and machine (from 1) and duration of each."""
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


def best_known(folder: Path) -> dict[str, int]:
    """Instance → best known value, where one is known."""
    with (folder / "bounds.csv").open() as rows:
        known = csv.DictReader(rows)
        return {r["instance"]: int(float(r["upper_bound"])) for r in known if r["upper_bound"]}


__all__ = ["best_known", "flexible_job_shop", "job_shop", "problem_of"]

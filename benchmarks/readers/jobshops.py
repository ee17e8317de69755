"""Readers of job shops: the standard, bel and reentrant dialects, and the one with due dates."""

from __future__ import annotations

import re

import numpy as np

from benchmarks.formats import Format, InstanceError, number_lines
from benchmarks.instances import Column, Instance, chains


def read_jobshop(name: str, text: str) -> Instance:
    """``#jobs #machines``, then a line of ``machine time`` pairs per job.

    A line may end in ``-1 -1``.
    """
    first, *lines = text.splitlines()
    jobs, machines = (int(word) for word in first.split()[:2])
    pairs = [_pairs(name, line) for line in lines if line.strip()]
    if len(pairs) != jobs:
        raise InstanceError(f"{name}: {jobs} jobs are announced, {len(pairs)} lines are there")
    return shop(name, Format.JSP, machines, 0, pairs)


def _pairs(name: str, line: str) -> Column:
    numbers = np.array(line.split(), dtype=np.int64)
    if len(numbers) % 2:
        raise InstanceError(f"{name}: a job has a machine without a time")
    pairs = numbers.reshape(-1, 2)
    return pairs[:-1] if len(pairs) and pairs[-1, 0] < 0 else pairs


def shop(
    name: str,
    kind: Format,
    machines: int,
    first_machine: int,
    jobs: list[Column],
    due: Column | None = None,
) -> Instance:
    """A job shop from the (machine, time) pairs of each job; machines from 0."""
    rows = np.concatenate(jobs)
    lengths = np.array([len(pairs) for pairs in jobs], dtype=np.int64)
    job = np.repeat(np.arange(len(jobs)), lengths)
    size = len(job)
    if size and not 0 <= rows[:, 0].min() <= rows[:, 0].max() < machines:
        raise InstanceError(f"{name}: a machine is none of the {machines} announced")
    nothing = np.full(size, -1, dtype=np.int64)
    ones = np.ones(size, dtype=np.int64)
    dates = np.zeros(0, dtype=np.int64) if due is None else due
    return Instance(
        name, kind, machines, first_machine, job,
        step=np.arange(size) - np.repeat(np.cumsum(lengths) - lengths, lengths),
        mode_rows=np.arange(size + 1),
        machine=np.ascontiguousarray(rows[:, 0]), time=np.ascontiguousarray(rows[:, 1]),
        arcs=chains(job), release=np.zeros(size, dtype=np.int64), fixed=nothing,
        worker=nothing, number=ones, family=nothing,
        due=dates, weight=np.ones(len(dates), dtype=np.int64),
    )  # fmt: skip


def read_tardiness(name: str, text: str) -> Instance:
    """``#machines #jobs``, then times by machine, routes (machines from 1) and due dates."""
    head, times, routes, dues = re.split(r"(?:Processing times|Routes of jobs|Due dates):", text)
    machines, jobs = (int(word) for word in head.split()[:2])
    by_machine = [[int(word) for word in line] for line in number_lines(times)]
    route = [[int(word) - 1 for word in line] for line in number_lines(routes)]
    due = np.array(dues.split(), dtype=np.int64)
    if not len(by_machine) == len(route) == len(due) == jobs:
        raise InstanceError(f"{name}: {jobs} jobs are announced, other numbers are there")
    pairs = [
        np.array([(machine, line[machine]) for machine in way], dtype=np.int64)
        for line, way in zip(by_machine, route, strict=True)
    ]
    return shop(name, Format.TARDINESS, machines, 1, pairs, due)

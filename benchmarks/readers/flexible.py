"""Readers of flexible job shops: plain, with setups, with workers, and on any precedence graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.formats import Format, InstanceError, number_lines
from benchmarks.instances import Collector, Column, Instance, chains, table

if TYPE_CHECKING:
    from collections.abc import Iterator


def read_flexible(name: str, text: str) -> Instance:
    """``#jobs #machines [average]``, then per job ``#operations (#options (machine time)*)*``.

    Machines from 1.
    """
    lines = number_lines(text)
    return _flexible(name, Format.FJSP, lines)


def _flexible(name: str, kind: Format, lines: list[list[str]]) -> Instance:
    jobs, machines = int(lines[0][0]), int(lines[0][1])
    if len(lines) < 1 + jobs:
        raise InstanceError(f"{name}: {jobs} jobs are announced, {len(lines) - 1} lines are there")
    found = Collector()
    for job, line in enumerate(lines[1 : 1 + jobs]):
        numbers = iter(map(int, line))
        for step in range(next(numbers)):
            options = range(next(numbers))
            found.add(job, step, [(next(numbers) - 1, next(numbers), -1) for _ in options])
        _at_end(name, job, numbers)
    columns = found.columns()
    return Instance(name, kind, machines, 1, arcs=chains(columns["job"]), **columns)


def _at_end(name: str, job: int, numbers: Iterator[int]) -> None:
    if next(numbers, None) is not None:
        raise InstanceError(f"{name}: the line of job {job} goes on after its last operation")


def read_flexible_with_setups(name: str, text: str) -> Instance:
    """A flexible job shop, then for each machine its setup times from operation to operation.

    Every operation is a family of its own. A machine's first operation needs no setup: the
    published models only count setups between two operations.
    """
    lines = number_lines(text)
    plain = _flexible(name, Format.FJSP_SDST, lines)
    numbers = np.array([w for line in lines[1 + int(lines[0][0]) :] for w in line], dtype=np.int64)
    size = plain.size
    if len(numbers) != plain.machines * size * size:
        raise InstanceError(
            f"{name}: {plain.machines} setup tables of {size} × {size} are expected"
        )
    setups = np.zeros((plain.machines, size + 1, size + 1), dtype=np.int64)
    setups[:, :size, :size] = numbers.reshape(plain.machines, size, size)
    return _with_setups(plain, _that_can_happen(plain, setups))


def _with_setups(plain: Instance, setups: Column) -> Instance:
    values = {name: getattr(plain, name) for name in plain.__dataclass_fields__}
    return Instance(**values | {"family": np.arange(plain.size), "setups": setups})


def _that_can_happen(plain: Instance, setups: Column) -> Column:
    """Setups with 0 where no schedule has that pair.

    That is a job's later operation first, or another machine. The files carry a prohibitive
    number there, which would only blow up the horizon.
    """
    job = plain.job
    backwards = (job[:, None] == job[None, :]) & (
        np.arange(len(job))[:, None] >= np.arange(len(job))[None, :]
    )
    eligible = np.zeros((plain.machines, plain.size), dtype=bool)
    eligible[plain.machine, np.repeat(np.arange(plain.size), np.diff(plain.mode_rows))] = True
    can = eligible[:, :, None] & eligible[:, None, :] & ~backwards
    setups[:, :-1, :-1] *= can
    return setups


def read_workers(name: str, text: str) -> Instance:
    """``#jobs #machines #workers``, then a line per job.

    ``#operations (#machines (machine #workers (worker time)*)*)*``, all from 1.
    """
    lines = number_lines(text)
    jobs, machines, workers = (int(word) for word in lines[0][:3])
    found = Collector()
    for job, line in enumerate(lines[1 : 1 + jobs]):
        numbers = iter(map(int, line))
        for step in range(next(numbers)):
            found.add(job, step, list(_pairings(numbers)))
        _at_end(name, job, numbers)
    columns = found.columns()
    return Instance(
        name,
        Format.FJSP_WORKER,
        machines,
        1,
        arcs=chains(columns["job"]),
        workers=workers,
        **columns,
    )


def _pairings(numbers: Iterator[int]) -> Iterator[tuple[int, int, int]]:
    """(machine, time, worker), from 0, of one operation."""
    for _ in range(next(numbers)):
        machine = next(numbers) - 1
        for _ in range(next(numbers)):
            worker = next(numbers) - 1
            yield machine, next(numbers), worker


def read_graph(name: str, text: str) -> Instance:
    """``#operations #arcs #machines``, arcs, then ``#options (machine time)*`` per operation.

    Everything is counted from 0. The file knows no jobs: all is job 0.
    """
    lines = [[int(word) for word in line] for line in number_lines(text)]
    size, arcs, machines = lines[0][:3]
    if len(lines) != 1 + arcs + size:
        raise InstanceError(f"{name}: {arcs} arcs and {size} operations are announced")
    found = Collector()
    for step, (options, *rest) in enumerate(lines[1 + arcs :]):
        if len(rest) != 2 * options:
            raise InstanceError(f"{name}: operation {step} announces {options} options")
        pairs = zip(rest[::2], rest[1::2], strict=True)
        found.add(0, step, [(machine, time, -1) for machine, time in pairs])
    links = table([[before, after, 0, 0] for before, after in lines[1 : 1 + arcs]], 4)
    return Instance(name, Format.FAJSP, machines, 0, arcs=links, **found.columns())

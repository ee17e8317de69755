"""Public instances as columns: what every reader gives and the builder of tables takes.

Operations are numbered from 0 in file order, modes grouped by operation. Machines are counted
from 0 here; ``first_machine`` says what the file calls the first one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypedDict

import numpy as np
from numpy.typing import NDArray

from benchmarks.formats import Format, InstanceError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Column = NDArray[np.int64]


def column(values: Iterable[int]) -> Column:
    """A column of int64."""
    return np.fromiter(values, dtype=np.int64)


def table(rows: Sequence[Sequence[int]], columns: int) -> Column:
    """Rows as a table, also when there are none."""
    return np.array(rows, dtype=np.int64).reshape(len(rows), columns)


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """One public instance. Times are in the file's own unit; one unit is one tick.

    Parameters
    ----------
    job, step
        Shape (operations,): job, and position in it, as the schedule file names them.
    mode_rows
        Shape (operations + 1,): modes of each operation.
    machine, time, worker, number
        Shape (modes,): machine or −1, processing time, worker or −1, number of the mode in the
        file.
    arcs
        Shape (arcs, 4): before, after, and the part of ``before`` that must be done before
        ``after`` starts as numerator and denominator; 0, 0 when all of it must.
    release, fixed
        Shape (operations,): earliest start; start that is given, −1 for none.
    family
        Shape (operations,): what a machine is set up for, −1 for none.
    setups
        Shape (machines, families + 1, families + 1): from, to; the last row is a machine not yet
        set up. Empty for no setups.
    open
        Windows of each machine, shape (w, 2); after the last one the machine stays open. Empty:
        always open.
    capacity, needs
        Renewable resources: shape (resources,), and (modes, resources) in use while running.
    stock, spends
        Non-renewable resources: shape (stocks,), and (modes, stocks) used up.
    due, weight
        Shape (jobs,) each; empty when the objective is the makespan.
    """

    name: str
    format: Format
    machines: int
    first_machine: int
    job: Column
    step: Column
    mode_rows: Column
    machine: Column
    time: Column
    arcs: Column
    release: Column
    fixed: Column
    worker: Column
    number: Column
    family: Column
    workers: int = 0
    setups: Column = field(default_factory=lambda: np.zeros((0, 1, 1), dtype=np.int64))
    open: tuple[Column, ...] = ()
    capacity: Column = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    needs: Column | None = None
    stock: Column = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    spends: Column | None = None
    due: Column = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    weight: Column = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @property
    def size(self) -> int:
        """Number of operations."""
        return len(self.job)

    @property
    def jobs(self) -> int:
        """Number of jobs that have an operation."""
        return len(np.unique(self.job))

    def modes_of(self, operation: int) -> range:
        """Modes of one operation."""
        return range(int(self.mode_rows[operation]), int(self.mode_rows[operation + 1]))


class Columns(TypedDict):
    """The columns of an :class:`Instance` that operations and modes give."""

    job: Column
    step: Column
    mode_rows: Column
    machine: Column
    time: Column
    worker: Column
    number: Column
    release: Column
    fixed: Column
    family: Column


@dataclass(slots=True)
class Collector:
    """Gathers operations one by one and gives them as columns."""

    job: list[int] = field(default_factory=list)
    step: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=lambda: [0])
    machine: list[int] = field(default_factory=list)
    time: list[int] = field(default_factory=list)
    worker: list[int] = field(default_factory=list)
    number: list[int] = field(default_factory=list)

    def add(self, job: int, step: int, modes: Sequence[tuple[int, int, int]]) -> int:
        """One operation with its modes (machine, time, worker); its index."""
        if not modes:
            raise InstanceError(f"operation {step} of job {job} has no machine that could do it")
        self.job.append(job)
        self.step.append(step)
        for number, (machine, time, worker) in enumerate(modes, start=1):
            self.machine.append(machine)
            self.time.append(time)
            self.worker.append(worker)
            self.number.append(number)
        self.ends.append(len(self.machine))
        return len(self.job) - 1

    def columns(self) -> Columns:
        """What was gathered; no releases, fixed starts or families yet."""
        size = len(self.job)
        return {
            "job": column(self.job),
            "step": column(self.step),
            "mode_rows": column(self.ends),
            "machine": column(self.machine),
            "time": column(self.time),
            "worker": column(self.worker),
            "number": column(self.number),
            "release": np.zeros(size, dtype=np.int64),
            "fixed": np.full(size, -1, dtype=np.int64),
            "family": np.full(size, -1, dtype=np.int64),
        }


def chains(job: Column) -> Column:
    """Arcs from each operation to the next one of its job."""
    before = np.flatnonzero(job[:-1] == job[1:])
    arcs = np.zeros((len(before), 4), dtype=np.int64)
    arcs[:, 0], arcs[:, 1] = before, before + 1
    return arcs


__all__ = [
    "Collector",
    "Column",
    "Format",
    "Instance",
    "InstanceError",
    "chains",
    "column",
    "table",
]

"""Solve one public instance and write the schedule.

python -m benchmarks.solve FILE [--format NAME] --seconds S --seed N --out schedule.csv

Prints one JSON object: status, objective, bound (null when nothing was proved), seconds,
operations.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.formats import Format, InstanceError
from benchmarks.readers import read
from benchmarks.schedules import HAS_PLAN, Row, objective_of, rows_of_schedule, write
from benchmarks.to_problem import problem_of
from scheduler.schedule import Status
from truedate.kernel_cache import use_kernel_cache

if TYPE_CHECKING:
    from benchmarks.instances import Instance
    from benchmarks.to_problem import Translated
    from scheduler.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Solved:
    """What came out of one run."""

    status: Status
    objective: int | None
    bound: int | None
    seconds: float
    """Elapsed, of building and solving."""
    cpu_seconds: float
    operations: int
    rows: list[Row] | None

    def as_dict(self) -> dict[str, str | int | float | None]:
        """What is printed."""
        return {
            "status": self.status.value,
            "objective": self.objective,
            "bound": self.bound,
            "seconds": round(self.seconds, 3),
            "operations": self.operations,
        }


def run_engine(translated: Translated, *, seconds: float, seed: int) -> Schedule:
    """The one call of the scheduler."""
    # Kernels are kept in the user's cache: that has to be said before they are imported.
    use_kernel_cache()
    from scheduler.solve import solve

    return solve(translated.problem, seconds=seconds, seed=seed)


def solve_instance(instance: Instance, *, seconds: float, seed: int) -> Solved:
    """Build and solve one instance."""
    began, cpu = time.perf_counter(), time.process_time()
    translated = problem_of(instance)
    spent = time.perf_counter() - began
    schedule = run_engine(translated, seconds=max(0.1, seconds - spent), seed=seed)
    rows = rows_of_schedule(translated, schedule)
    exact = not translated.problem.relaxations
    status = schedule.status
    if status is Status.OPTIMAL and not exact:
        status = Status.FEASIBLE
    if rows is None and status in HAS_PLAN:
        status = Status.UNKNOWN
    if status is Status.INFEASIBLE and not exact:
        status = Status.UNKNOWN
    return Solved(
        status=status,
        objective=None if rows is None else objective_of(instance, schedule.end),
        bound=int(schedule.bound[0]) if exact and schedule.bound else None,
        seconds=time.perf_counter() - began,
        cpu_seconds=time.process_time() - cpu,
        operations=instance.size,
        rows=rows,
    )


def arguments(words: list[str] | None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="benchmarks.solve", description="Solve one public instance."
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--format", type=Format, choices=list(Format), help="detected when absent")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, help="where the schedule goes, as CSV")
    return parser.parse_args(words)


def main(words: list[str] | None = None) -> int:
    """Run the command; 0 with a schedule, 1 without one, 2 when the file cannot be read."""
    asked = arguments(words)
    try:
        instance = read(asked.file, asked.format)
        solved = solve_instance(instance, seconds=asked.seconds, seed=asked.seed)
    except (InstanceError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    if asked.out is not None and solved.rows is not None:
        write(asked.out, instance.format, solved.rows)
    print(json.dumps(solved.as_dict()))
    return 0 if solved.rows is not None else 1


if __name__ == "__main__":
    sys.exit(main())

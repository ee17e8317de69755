"""Claim: a plan of 100,000 operations is there in seconds, and a new order's date in microseconds.

Generated factories (``scenarios.generate``) of 10,000 and 100,000 operations: load, net, build
and dispatch; the dispatch kernel alone, with and without a pool of operators; decode against the
same in plain Python, with equal dates; one more order of eight operations; peak memory. Starting:
``import truedate`` and ``truedate --help`` against ``python -c pass``. ``make bench B=speed``.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.machine import in_words, machine, peak_megabytes
from benchmarks.pages import save, table, write_section
from benchmarks.pipeline import (
    Clock,
    dispatch,
    dispatch_once,
    kernel_seconds,
    order_of,
    plan_from_bytes,
    redecode,
)
from benchmarks.pure import decode_in_python
from scenarios.generate import factory
from scheduler.engines.insert import Timelines

if TYPE_CHECKING:
    from scheduler.problem import Problem
    from scheduler.schedule import Schedule

SIZES = (10_000, 100_000)
ORDER = 8
"""Operations of the order that is inserted."""
QUOTES = 400
COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import truedate": ["-c", "import truedate"],
    "truedate --help": [
        "-c",
        "import sys; from truedate.cli import main; sys.argv = ['truedate', '--help']; main()",
    ],
}
REPEATS = 5


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the table."""

    what: str
    value: str
    baseline: str = "–"


def warm_up() -> None:
    """Compile, or read from the cache, before anything is timed."""
    problem, first = plan_from_bytes(factory(60, seed=9).model_dump_json().encode(), Clock())
    redecode(problem, first)
    Timelines.of(problem, first).quote(order_of(problem, list(range(ORDER))))
    dispatch_once(problem, 2.0)


def cpu(work: Any, repeats: int = 1) -> float:
    """Smallest CPU seconds of several runs."""
    best = float("inf")
    for _ in range(repeats):
        began = time.process_time()
        work()
        best = min(best, time.process_time() - began)
    return best


def plant(operations: int, seed: int) -> tuple[list[Measured], Problem, Schedule]:
    """Load, net, build and dispatch one generated factory."""
    data = factory(operations, seed).model_dump_json().encode()
    clock = Clock()
    problem, schedule = plan_from_bytes(data, clock)
    parts = ", ".join(f"{stage} {seconds:.2f}" for stage, seconds in clock.seconds.items())
    once = cpu(lambda: dispatch_once(problem, 2.0), repeats=3)
    grid = cpu(lambda: dispatch(problem))
    size = f"{problem.size:,} operations"
    lines = [
        Measured(f"{size}: bytes to first plan", f"{sum(clock.seconds.values()):.2f} s", parts),
        Measured(f"{size}: dispatch kernel", f"{1000 * kernel_seconds(problem, 7):.1f} ms"),
        Measured(f"{size}: dispatch, made into a schedule", f"{1000 * once:.1f} ms"),
        Measured(f"{size}: dispatch over the grid", f"{1000 * grid:.0f} ms"),
        Measured(f"{size}: peak memory", f"{peak_megabytes()} MB"),
    ]
    return lines, problem, schedule


def with_labour(operations: int, seed: int) -> Measured:
    """The dispatch kernel where every run also needs one of a pool of operators."""
    data = factory(operations, seed, labour=True).model_dump_json().encode()
    problem, _ = plan_from_bytes(data, Clock())
    return Measured(
        f"{problem.size:,} operations: dispatch kernel with operators",
        f"{1000 * kernel_seconds(problem, 7):.1f} ms",
    )


def decoding(problem: Problem, schedule: Schedule) -> Measured:
    """The kernel's decode and plain Python's, which must agree on every date."""
    dated = redecode(problem, schedule)
    began = time.process_time()
    plain = decode_in_python(problem, dated)
    slow = time.process_time() - began
    if plain != dated.end.tolist():
        raise AssertionError("the kernel and plain Python disagree on a date")
    fast = cpu(lambda: redecode(problem, schedule), repeats=5)
    return Measured(
        f"{problem.size:,} operations: decode",
        f"{1000 * fast:.1f} ms",
        f"plain Python {1000 * slow:.0f} ms, {slow / fast:.0f} ×",
    )


def inserting(problem: Problem, schedule: Schedule, seed: int) -> Measured:
    """Dates of one more order, nothing else moved."""
    draw = np.random.default_rng(seed)
    lines = Timelines.of(problem, schedule)
    orders = [
        order_of(problem, draw.integers(0, problem.size, ORDER).tolist()) for _ in range(QUOTES)
    ]
    dates = np.array([cpu(lambda order=order: lines.dates(order)) for order in orders])
    quotes = np.array([cpu(lambda order=order: lines.quote(order)) for order in orders])
    p50, p95 = (1e6 * np.percentile(dates, q) for q in (50, 95))
    return Measured(
        f"{problem.size:,} operations: dates of an order of {ORDER}",
        f"p50 {p50:.0f} µs, p95 {p95:.0f} µs; measured as a schedule p50"
        f" {1e6 * np.percentile(quotes, 50):.0f} µs",
        f"one dispatch {1e6 * cpu(lambda: dispatch_once(problem, 2.0)):.0f} µs",
    )


def starting() -> list[Measured]:
    """CPU seconds of a fresh process, smallest of several."""
    found = {}
    for name, words in COMMANDS.items():
        found[name] = min(_child(words) for _ in range(REPEATS))
    floor = found["python -c pass"]
    return [
        Measured(name, f"{1000 * seconds:.0f} ms", f"python -c pass {1000 * floor:.0f} ms")
        for name, seconds in found.items()
        if name != "python -c pass"
    ]


def _child(words: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *words], check=True, capture_output=True)  # noqa: S603 - our own commands
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(words: list[str] | None = None) -> int:
    """Measure, print and write the table."""
    parser = argparse.ArgumentParser(prog="benchmarks.speed")
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SIZES))
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args(words)
    warm_up()
    lines = starting()
    for operations in asked.sizes:
        found, problem, schedule = plant(operations, asked.seed)
        lines += [*found, decoding(problem, schedule), inserting(problem, schedule, asked.seed)]
        lines.append(with_labour(operations, asked.seed))
    cells = [[line.what, line.value, line.baseline] for line in lines]
    for row in cells:
        print(*row, sep="\t")
    save("speed", {"lines": cells, "seed": asked.seed, "machine": machine()})
    heading = f"Generated factories, seed {asked.seed}; CPU seconds. Run on: {in_words(machine())}."
    text = table(["what", "measured", "baseline in the same run"], cells)
    if asked.sizes == list(SIZES):
        write_section("speed", f"## Speed\n\n{heading}\n\n{text}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Checkers of job shops, plain, flexible, with setups, with workers, with due dates, and on graphs.

They read the instance again in their own way: one stream of numbers.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from benchmarks.checkers.verdict import Placed, Verdict, one_at_a_time, one_each

if TYPE_CHECKING:
    from collections.abc import Iterator

Key = tuple[int, int]
"""Job and operation."""


@dataclass(slots=True)
class Shop:
    """What the file asks for; machines and workers as the file numbers them.

    ``times`` maps (machine, worker) to the processing time; worker 0 where there are none.
    """

    times: dict[Key, dict[tuple[int, int], int]] = field(default_factory=dict)
    arcs: list[tuple[Key, Key]] = field(default_factory=list)
    setups: dict[int, list[list[int]]] = field(default_factory=dict)
    due: list[int] = field(default_factory=list)

    def in_order(self) -> None:
        """Operations of a job follow each other as listed."""
        keys = list(self.times)
        self.arcs = [(a, b) for a, b in itertools.pairwise(keys) if a[0] == b[0]]


def _numbers(text: str) -> Iterator[int]:
    """Whole numbers of a text, comment lines left out; averages such as 1.5 are cut."""
    for line in text.split("\n"):
        if not line.lstrip().startswith("#"):
            yield from (int(float(word)) for word in line.split())


def job_shop(text: str) -> Shop:
    """Pairs of machine and time, one line per job."""
    shop = Shop()
    lines = [line for line in text.split("\n")[1:] if line.split()]
    for job, line in enumerate(lines):
        words = line.split()
        if words[-2:] == ["-1", "-1"]:
            words = words[:-2]
        for step in range(len(words) // 2):
            shop.times[job, step] = {(int(words[2 * step]), 0): int(words[2 * step + 1])}
    shop.in_order()
    return shop


def flexible_shop(text: str) -> Shop:
    """Options of machine and time; what follows the jobs are setup tables."""
    shop = Shop()
    first = text.split("\n", 1)[0].split()
    numbers = _numbers(text.split("\n", 1)[1])
    for job in range(int(first[0])):
        for step in range(next(numbers)):
            shop.times[job, step] = {
                (next(numbers), 0): next(numbers) for _ in range(next(numbers))
            }
    shop.in_order()
    rest, size = list(numbers), len(shop.times)
    for number in range(len(rest) // (size * size or 1)):
        flat = rest[number * size * size : (number + 1) * size * size]
        shop.setups[number + 1] = [flat[i * size : (i + 1) * size] for i in range(size)]
    return shop


def worker_shop(text: str) -> Shop:
    """Options of machine, worker and time."""
    shop = Shop()
    first = text.split("\n", 1)[0].split()
    numbers = _numbers(text.split("\n", 1)[1])
    for job in range(int(first[0])):
        for step in range(next(numbers)):
            options: dict[tuple[int, int], int] = {}
            for _ in range(next(numbers)):
                machine = next(numbers)
                for _ in range(next(numbers)):
                    worker = next(numbers)
                    options[machine, worker] = next(numbers)
            shop.times[job, step] = options
    shop.in_order()
    return shop


def graph_shop(text: str) -> Shop:
    """Any acyclic precedence; everything is job 0."""
    numbers = _numbers(text)
    size, arcs, _ = next(numbers), next(numbers), next(numbers)
    shop = Shop()
    shop.arcs = [((0, next(numbers)), (0, next(numbers))) for _ in range(arcs)]
    for step in range(size):
        shop.times[0, step] = {(next(numbers), 0): next(numbers) for _ in range(next(numbers))}
    return shop


def due_shop(text: str) -> Shop:
    """Times by machine, routes, due dates."""
    words = [word for word in text.split() if word.isdigit()]
    machines, jobs = int(words[0]), int(words[1])
    body = [int(word) for word in words[2:]]
    times, routes, due = body[: machines * jobs], body[machines * jobs : -jobs], body[-jobs:]
    shop = Shop(due=due)
    for job in range(jobs):
        for step in range(machines):
            machine = routes[job * machines + step]
            shop.times[job, step] = {(machine, 0): times[job * machines + machine - 1]}
    shop.in_order()
    return shop


def check_shop(shop: Shop, placed: list[Placed]) -> Verdict:
    """Every rule of the shop, and the makespan or total tardiness."""
    verdict = Verdict()
    if not one_each(verdict, placed, shop.times):
        return verdict
    at = {(line.job, line.operation): line for line in placed}
    _times(verdict, shop, at)
    for before, after in shop.arcs:
        verdict.want(at[before].end <= at[after].start, f"{after} starts before {before} ends")
    machines: dict[int, list[tuple[int, int]]] = defaultdict(list)
    workers: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for line in placed:
        machines[line.where].append((line.start, line.end))
        if line.worker:
            workers[line.worker].append((line.start, line.end))
    one_at_a_time(verdict, "machine", machines)
    one_at_a_time(verdict, "worker", workers)
    _setups(verdict, shop, placed)
    verdict.objective = (
        _tardiness(shop, placed) if shop.due else max((p.end for p in placed), default=0)
    )
    return verdict


def _times(verdict: Verdict, shop: Shop, at: dict[Key, Placed]) -> None:
    for key, options in shop.times.items():
        line = at[key]
        time = options.get((line.where, line.worker))
        verdict.want(line.start >= 0, f"{key} starts before 0")
        if time is None:
            verdict.faults.append(f"{key} cannot run on machine {line.where}, worker {line.worker}")
        else:
            verdict.want(
                line.end - line.start == time, f"{key} takes {line.end - line.start}, not {time}"
            )


def _setups(verdict: Verdict, shop: Shop, placed: list[Placed]) -> None:
    number = {key: i for i, key in enumerate(shop.times)}
    for machine, table in shop.setups.items():
        here = sorted((p for p in placed if p.where == machine), key=lambda p: (p.start, p.end))
        for one, two in itertools.pairwise(here):
            setup = table[number[one.job, one.operation]][number[two.job, two.operation]]
            gap = two.start - one.end
            verdict.want(
                gap >= setup, f"machine {machine} has {gap} for a setup of {setup} at {two.start}"
            )


def _tardiness(shop: Shop, placed: list[Placed]) -> int:
    done: dict[int, int] = defaultdict(int)
    for line in placed:
        done[line.job] = max(done[line.job], line.end)
    return sum(max(0, done[job] - due) for job, due in enumerate(shop.due))

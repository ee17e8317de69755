"""What a checker says, and the schedule file as it reads it."""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Placed:
    """One line of a schedule file."""

    job: int
    operation: int
    where: int
    """Machine, or mode for projects, as numbered in the file."""
    start: int
    end: int
    worker: int = 0


@dataclass(slots=True)
class Verdict:
    """The objective recomputed, and every rule that is broken."""

    objective: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether the schedule is feasible."""
        return not self.faults

    def want(self, is_right: bool, fault: str) -> None:  # noqa: FBT001 - reads as a sentence
        """Note ``fault`` unless the rule holds."""
        if not is_right:
            self.faults.append(fault)


def read_schedule(path: Path) -> list[Placed]:
    """Lines of a schedule file.

    Raises
    ------
    ValueError
        When a column is missing or a value is no whole number.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    placed = []
    for row in rows:
        where = row["machine"] if "machine" in row else row["mode"]
        numbers = (
            row["job"],
            row["operation"],
            where,
            row["start"],
            row["end"],
            row.get("worker") or 0,
        )
        placed.append(Placed(*(int(number) for number in numbers)))
    return placed


def one_each(verdict: Verdict, placed: Iterable[Placed], wanted: Iterable[tuple[int, int]]) -> bool:
    """Whether every operation is there exactly once, and no other."""
    seen: dict[tuple[int, int], int] = defaultdict(int)
    for line in placed:
        seen[line.job, line.operation] += 1
    expected = set(wanted)
    for key in sorted(expected - seen.keys()):
        verdict.faults.append(f"job {key[0]} operation {key[1]} is missing")
    for key, count in sorted(seen.items()):
        verdict.want(key in expected, f"job {key[0]} operation {key[1]} is not in the instance")
        verdict.want(count == 1, f"job {key[0]} operation {key[1]} is there {count} times")
    return verdict.holds


def one_at_a_time(verdict: Verdict, what: str, spans: dict[int, list[tuple[int, int]]]) -> None:
    """No two spans of one machine or worker overlap."""
    for owner, own in spans.items():
        free = 0
        for start, end in sorted(own):
            verdict.want(start >= free, f"{what} {owner} is taken twice at {start}")
            free = max(free, end)

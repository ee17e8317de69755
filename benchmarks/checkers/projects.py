"""Checker of projects.

Precedences, modes, renewable resources at every instant, non-renewable ones in all.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from benchmarks.checkers.verdict import Placed, Verdict, one_each


@dataclass(slots=True)
class Project:
    """Activities from 0; ``modes[activity][mode]`` is the duration and the amounts."""

    modes: dict[int, dict[int, list[int]]] = field(default_factory=dict)
    successors: dict[int, list[int]] = field(default_factory=dict)
    levels: list[int] = field(default_factory=list)
    renewable: int = 0


def project(text: str) -> Project:
    """The text again, walked line by line."""
    found = Project()
    section, activity = "", 0
    for line in text.split("\n"):
        words = line.split()
        head = line.replace(" ", "").upper()
        if words and not words[0].isdigit():
            for title in ("PRECEDENCE", "REQUESTS", "RESOURCEAVAIL"):
                section = title if head.startswith(title) else section
            if head.startswith("-RENEWABLE"):
                found.renewable = int(words[words.index(":") + 1])
            continue
        numbers = [int(word) for word in words]
        if not numbers:
            continue
        if section == "PRECEDENCE":
            found.successors[numbers[0] - 1] = [n - 1 for n in numbers[3:]]
            found.modes[numbers[0] - 1] = {}
        elif section == "REQUESTS":
            activity = _mode(found, activity, numbers)
        elif section == "RESOURCEAVAIL":
            found.levels = numbers
    return found


def _mode(found: Project, activity: int, numbers: list[int]) -> int:
    """Note one mode; the activity it belongs to.

    A mode 1 opens the next activity and carries its number.
    """
    previous = found.modes.get(activity - 1, {})
    opens = numbers[0] == activity + 1 and numbers[1] == 1 and len(numbers) > 3
    is_next_mode = (
        bool(previous) and numbers[0] == len(previous) + 1 and len(numbers) == 1 + len(previous[1])
    )
    if opens and not is_next_mode:
        found.modes[activity][1] = numbers[2:]
        return activity + 1
    found.modes[activity - 1][numbers[0]] = numbers[1:]
    return activity


def check_project(wanted: Project, placed: list[Placed]) -> Verdict:
    """Every rule of the project, and the makespan."""
    verdict = Verdict()
    if not one_each(verdict, placed, ((activity, 0) for activity in wanted.modes)):
        return verdict
    at = {line.job: line for line in placed}
    for activity, line in at.items():
        mode = wanted.modes[activity].get(line.where)
        if mode is None:
            verdict.faults.append(f"activity {activity} has no mode {line.where}")
            return verdict
        verdict.want(line.start >= 0, f"activity {activity} starts before 0")
        verdict.want(
            line.end - line.start == mode[0], f"activity {activity} does not take {mode[0]}"
        )
    for before, after in wanted.successors.items():
        for activity in after:
            verdict.want(
                at[before].end <= at[activity].start, f"{activity} starts before {before} ends"
            )
    amounts = {activity: wanted.modes[activity][line.where][1:] for activity, line in at.items()}
    _levels(verdict, wanted, at, amounts)
    verdict.objective = max((line.end for line in placed), default=0)
    return verdict


def _levels(
    verdict: Verdict, wanted: Project, at: dict[int, Placed], amounts: dict[int, list[int]]
) -> None:
    for resource, level in enumerate(wanted.levels):
        if resource >= wanted.renewable:
            spent = sum(own[resource] for own in amounts.values())
            verdict.want(spent <= level, f"resource {resource + 1}: {spent} of {level} spent")
            continue
        change: dict[int, int] = defaultdict(int)
        for activity, line in at.items():
            change[line.start] += amounts[activity][resource]
            change[line.end] -= amounts[activity][resource]
        used = 0
        for tick in sorted(change):
            used += change[tick]
            verdict.want(
                used <= level, f"resource {resource + 1}: {used} of {level} used at {tick}"
            )

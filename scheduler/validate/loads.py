"""Sweep lines: how much of something is in use over time, against how much there is."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from scheduler.validate.tasks import Task

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scheduler.validate.openings import Openings

LEVEL, GIVE, TAKE = 0, 1, 2
LONG_AGO = -(2**40)
"""A tick before every plan."""


class Use(NamedTuple):
    """``amount`` is in use from ``start`` up to ``end``."""

    start: int
    end: int
    amount: Fraction
    task: Task


class Overload(NamedTuple):
    """More is in use than there is, between two ticks; ``latest`` took the last of it."""

    start: int
    end: int
    used: Fraction
    level: Fraction
    latest: Task
    users: tuple[Task, ...]


Steps = list[tuple[int, Fraction]]
"""From which tick on there is how much, sorted; nothing before the first."""


def levels_of(openings: Sequence[Openings], start: int, end: int) -> Steps:
    """How much of all ``openings`` together there is between two ticks."""
    changes: dict[int, Fraction] = {}
    for one in openings:
        for opening in one.between(start, end):
            level = Fraction(opening.level)
            changes[opening.start] = changes.get(opening.start, Fraction(0)) + level
            changes[opening.end] = changes.get(opening.end, Fraction(0)) - level
    steps, level = [], Fraction(0)
    for tick in sorted(changes):
        level += changes[tick]
        steps.append((tick, level))
    return steps


def overloads(uses: Sequence[Use], levels: Steps) -> Iterator[Overload]:
    """Every stretch of time in which more is in use than there is, each as long as nothing changes.

    O(n log n) for n uses; stretches without users are passed over.
    """
    events: list[tuple[int, int, int]] = [(tick, LEVEL, n) for n, (tick, _) in enumerate(levels)]
    for number, use in enumerate(uses):
        if use.start < use.end:
            events += [(use.start, TAKE, number), (use.end, GIVE, number)]
    events.sort()
    active: dict[int, Use] = {}
    used, level = Fraction(0), Fraction(0)
    for place, (tick, kind, number) in enumerate(events):
        if kind == LEVEL:
            level = levels[number][1]
        elif kind == GIVE:
            used -= active.pop(number).amount
        else:
            active[number] = uses[number]
            used += uses[number].amount
        if used > level and active and place + 1 < len(events) and events[place + 1][0] > tick:
            users = tuple(use.task for use in active.values())
            yield Overload(tick, events[place + 1][0], used, level, users[-1], users)


def first_per_task(found: Iterator[Overload]) -> Iterator[Overload]:
    """One overload for each operation that took too much."""
    seen: set[int] = set()
    for over in found:
        if id(over.latest) not in seen:
            seen.add(id(over.latest))
            yield over

"""The shop floor: calendars, work centres, machines with their changeovers, operators."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from scenarios.generate.shape import FAMILIES, PLANT
from scheduler.factory import (
    Calendar,
    CalendarRule,
    Changeover,
    LabourPool,
    Machine,
    RuleKind,
    SetupMatrix,
    WorkCentre,
)

if TYPE_CHECKING:
    from numpy.random import Generator

    from scenarios.generate.shape import Shape

HOURS = {
    "TWO-SHIFTS": (((0, 1, 2, 3, 4), "06:00", "22:00"),),
    "SHORT-FRIDAY": (((0, 1, 2, 3), "06:00", "22:00"), ((4,), "06:00", "14:00")),
    "ONE-SHIFT": (((0, 1, 2, 3, 4, 5), "07:00", "12:00"), ((0, 1, 2, 3, 4, 5), "12:30", "16:00")),
}
"""Days (0 is Monday), from, to."""
HOLIDAYS = {
    date(2027, 3, 29): "Easter Monday",
    date(2027, 5, 6): "Ascension",
    date(2027, 5, 17): "Whit Monday",
}
LONGEST_WINDOW = timedelta(hours=5)
"""Longest window of the calendar with the shortest ones: what fits here fits every calendar."""
OPEN_MINUTES_A_DAY = 620
"""Open minutes of a calendar day, averaged over the three calendars and the week."""


def calendars() -> tuple[Calendar, ...]:
    """Two shifts; two shifts with a short Friday.

    One shift from Monday to Saturday with a lunch break.
    """
    closed = tuple(
        CalendarRule(kind=RuleKind.HOLIDAY, valid_from=day, valid_to=day, reason=name)
        for day, name in HOLIDAYS.items()
    )
    return tuple(
        Calendar(
            id=ident,
            rules=(
                *(
                    CalendarRule(days=days, starts=starts, ends=ends)
                    for days, starts, ends in shifts
                ),
                *closed,
            ),
        )
        for ident, shifts in HOURS.items()
    )


def centre_sizes(shape: Shape, draw: Generator) -> list[int]:
    """Machines of each work centre: two to four, three on average."""
    sizes: list[int] = []
    while (left := shape.machines - sum(sizes)) > 0:
        size = int(draw.integers(2, 5))
        sizes.append(left if left - size < 2 else size)
    return sizes


def work_centres(sizes: list[int]) -> tuple[WorkCentre, ...]:
    """Work centres WC-001, WC-002, …"""
    return tuple(
        WorkCentre(id=centre_id(number), plant=PLANT, name=f"Work centre {number + 1}")
        for number in range(len(sizes))
    )


def centre_id(number: int) -> str:
    """Id of a work centre."""
    return f"WC-{number + 1:03}"


def machine_id(centre: int, number: int) -> str:
    """Id of a machine: its work centre and a letter."""
    return f"M-{centre + 1:03}{'ABCDEFGH'[number]}"


def machines(sizes: list[int], draw: Generator) -> tuple[Machine, ...]:
    """Machines with mixed calendars, in one of the matrices, set up for some family."""
    hours = list(HOURS)
    return tuple(
        Machine(
            id=machine_id(centre, number),
            plant=PLANT,
            work_centre=centre_id(centre),
            calendar=hours[draw.integers(len(hours))],
            setup_matrix=f"SETUP-{1 + int(draw.integers(len(MATRICES)))}",
            setup_state=family_id(int(draw.integers(FAMILIES))),
        )
        for centre, size in enumerate(sizes)
        for number in range(size)
    )


MATRICES = (40, 60, 80)
"""Minutes of a changeover between families as far apart as can be, besides ten in any case."""


def family_id(number: int) -> str:
    """Id of a setup family."""
    return f"F{number + 1}"


def setup_matrices(draw: Generator) -> tuple[SetupMatrix, ...]:
    """Changeovers as distances of points in a square, rounded up.

    They obey the triangle inequality.
    """
    points = draw.random((FAMILIES, 2))
    matrices = []
    for number, longest in enumerate(MATRICES, start=1):
        lines = [
            Changeover(
                from_family=family_id(i),
                to_family=family_id(j),
                time=timedelta(minutes=10 + int(longest * abs(points[i] - points[j]).max()) + 1),
            )
            for i in range(FAMILIES)
            for j in range(FAMILIES)
            if i != j
        ]
        matrices.append(SetupMatrix(id=f"SETUP-{number}", changeovers=tuple(lines)))
    return tuple(matrices)


def operators(shape: Shape) -> tuple[LabourPool, ...]:
    """Operators for three of four machines, around the clock; none when labour is not asked for."""
    if not shape.labour:
        return ()
    people = Decimal(max(1, shape.machines * 3 // 4))
    return (LabourPool(id="OPERATORS", plant=PLANT, people=people, calendar="AROUND-THE-CLOCK"),)


ALWAYS = Calendar(id="AROUND-THE-CLOCK", open_by_default=True)

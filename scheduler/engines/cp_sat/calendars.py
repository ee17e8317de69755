"""Operations: modes, and runs on calendars by one literal per distinct stretch by closed time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from scheduler.engines.cp_sat.formulation import Domain, Expression, Formulation, Literal
from scheduler.engines.cp_sat.places import Moment, Stretch
from scheduler.hours import finish
from scheduler.problem import Mode, Op

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.schedule import Schedule

Intervals = list[tuple[int, int]]
Groups = dict[int, dict[Stretch, Intervals]]
"""Mode → stretch → intervals of start ticks."""
Linked = tuple[cp_model.IntVar, Moment]
"""A moment that is a variable of its own."""


def operations(f: Formulation) -> None:
    """Variables and rules of every operation on its own."""
    for operation in range(f.problem.size):
        f.check_time()
        if f.is_fixed(operation):
            fixed_operation(f, operation)
        else:
            free_operation(f, operation)


def fixed_operation(f: Formulation, operation: int) -> None:
    """A fixed operation stands where it is, whatever its calendar says.

    taken = FIXED_START,  end = FIXED_END,  freed = end of teardown, or when the next is fixed
    """
    row = f.problem.operations[operation]
    mode, taken, end = (int(x) for x in row[[Op.FIXED_MODE, Op.FIXED_START, Op.FIXED_END]])
    start = taken if f.pinned is None else int(f.pinned.start[operation])
    stretch = Stretch(start - taken, end - start, _cleared(f, mode, end) - end)
    f.assigned[mode] = True
    f.stretches[mode] = [stretch]
    for moment, column in f.at.items():
        column.append(start + stretch.offset(moment))


def _cleared(f: Formulation, mode: int, end: int) -> int:
    """When the machine of a fixed operation is free again: two that are fixed may overlap."""
    machine, calendar, teardown = (
        int(x) for x in f.problem.modes[mode, [Mode.MACHINE, Mode.CALENDAR, Mode.TEARDOWN]]
    )
    if teardown == 0:
        return end
    cleared = finish(f.problem.calendar(calendar), end, teardown)
    rows = f.problem.operations
    there = f.problem.modes[rows[:, Op.FIXED_MODE], Mode.MACHINE] == machine
    others = rows[there & (rows[:, Op.FIXED_START] >= end), Op.FIXED_START]
    return int(min([cleared, *others]))


def free_operation(f: Formulation, operation: int) -> None:
    """One mode, one place of that mode.

    Σ_{m ∈ M(o)} assigned[m] = 1,   start ∈ places(assigned mode) ∩ [release, deadline]
    """
    groups = groups_of(f, operation)
    if not groups:
        f.impossible()
        for column in f.at.values():
            column.append(0)
        return
    one_mode(f, operation, groups)
    everywhere = [i for by in groups.values() for intervals in by.values() for i in intervals]
    start = f.integer(Domain.from_intervals(everywhere), lambda s: int(s.start[operation]))
    f.start.append(start)
    linked: list[Linked] = []
    for moment in (Moment.END, Moment.TAKEN, Moment.FREED):
        f.at[moment].append(moved(f, operation, groups, moment, linked))
    everything = Domain.from_intervals(everywhere).size()
    for mode, by_stretch in groups.items():
        mode_on_calendar(f, operation, mode, by_stretch, linked, everything)


def groups_of(f: Formulation, operation: int) -> Groups:
    """Start intervals of each mode that has any, grouped by stretch."""
    low, high = int(f.release[operation]), int(f.deadline[operation])
    found = {m: f.places(m).by_stretch(low, high, high) for m in f.modes(operation)}
    return {m: by for m, by in found.items() if by}


def one_mode(f: Formulation, operation: int, modes: Groups) -> None:
    """Every operation runs in exactly one of its modes.

    Σ_{m ∈ M(o)} assigned[m] = 1        for every operation o
    """
    if len(modes) == 1:
        f.assigned[next(iter(modes))] = True
        return
    for mode in modes:
        f.assigned[mode] = f.boolean(_runs_in(operation, mode))
    f.model.add_exactly_one(f.assigned[mode] for mode in modes)


def _runs_in(operation: int, mode: int) -> Callable[[Schedule], bool]:
    return lambda schedule: bool(schedule.mode[operation] == mode)


def moved(
    f: Formulation, operation: int, groups: Groups, moment: Moment, linked: list[Linked]
) -> Expression:
    """A moment: the start shifted, or a variable that the stretches link to it."""
    start = f.start[operation]
    stretches_of = [stretch for by in groups.values() for stretch in by]
    offsets = {stretch.offset(moment) for stretch in stretches_of}
    if len(offsets) == 1:
        return start + next(iter(offsets))
    for variable, other in linked:
        if all(stretch.offset(moment) == stretch.offset(other) for stretch in stretches_of):
            return variable
    intervals = [
        (first + stretch.offset(moment), last + stretch.offset(moment))
        for by in groups.values()
        for stretch, pieces in by.items()
        for first, last in pieces
    ]

    def value(schedule: Schedule) -> int:
        stretch = f.stretch_in(schedule, operation)
        return int(schedule.start[operation]) + stretch.offset(moment)

    variable = f.integer(Domain.from_intervals(intervals), value)
    linked.append((variable, moment))
    return variable


def mode_on_calendar(
    f: Formulation,
    operation: int,
    mode: int,
    by_stretch: dict[Stretch, Intervals],
    linked: list[Linked],
    everything: int,
) -> None:
    """The run starts in a place of its mode, and closed time stretches it as that place says.

    assigned[m] → Σ_g stretched[m, g] = 1
    stretched[m, g] → start ∈ starts(m, g)  ∧  end = start + length(g)
                      ∧  taken = start − lead(g)  ∧  freed = end + tail(g)
    """
    start = f.start[operation]
    for stretch, literal in stretches(f, operation, mode, list(by_stretch)):
        domain = Domain.from_intervals(by_stretch[stretch])
        if domain.size() < everything:
            f.model.add_linear_expression_in_domain(start, domain).only_enforce_if(literal)
        for variable, moment in linked:
            f.model.add(variable == start + stretch.offset(moment)).only_enforce_if(literal)


def stretches(
    f: Formulation, operation: int, mode: int, of_mode: list[Stretch]
) -> list[tuple[Stretch, Literal]]:
    """One literal per stretch of a mode, exactly one of which holds when the mode is assigned."""
    assigned = f.assigned[mode]
    f.stretches[mode] = of_mode
    if len(of_mode) == 1:
        return [(of_mode[0], assigned)]

    def holds(stretch: Stretch) -> cp_model.IntVar:
        return f.boolean(
            lambda s: s.mode[operation] == mode and f.stretch_in(s, operation) == stretch
        )

    literals = [holds(stretch) for stretch in of_mode]
    f.model.add(cp_model.LinearExpr.sum(literals) == assigned)
    return list(zip(of_mode, literals, strict=True))


__all__ = ["operations"]

"""Resources: what is counted, in use while it is worked, or held until the end; and spans.

A paused operation gives counted people back. The model keeps that exact by one cumulative rule per
set of calendars that are open at the same time: only who works then counts, and only then.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scheduler.engines.cp_sat.formulation import Domain, Formulation, Moment, ValueIn
from scheduler.problem import Mode, Resource

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

PHASES = {
    1: (Moment.TAKEN, Moment.START),
    2: (Moment.START, Moment.END),
    3: (Moment.TAKEN, Moment.END),
}
"""Phase → from when to when. A changeover by the matrix is left out: a relaxation."""
MOST_SETS = 12
"""Sets of calendars open at a time that get a rule; more are left out, a relaxation."""

Piece = tuple[int, int, frozenset[int], int]
"""From, to, calendars open, level."""


@dataclass(frozen=True, slots=True)
class Use:
    """One operation's use of a resource."""

    interval: cp_model.IntervalVar
    amount: int
    calendar: int
    is_solid: bool
    """Worked from begin to end, without a pause."""
    is_fact: bool
    """Fixed, so maybe on closed time."""


def resources(f: Formulation) -> None:
    """Rules of all resources."""
    uses = uses_of(f)
    held = spans(f)
    for resource in sorted(set(uses) | set(held)):
        f.check_time()
        if f.problem.resources[resource, Resource.HELD]:
            held_throughout(f, resource, uses[resource], held[resource])
            if len(levels_of(f, resource)) > 1:
                in_use_while_worked(f, resource, uses[resource])
            continue
        in_use_while_worked(f, resource, uses[resource])
        if held[resource]:
            solid = [u for u in uses[resource] if u.is_solid]
            held_throughout(f, resource, solid, held[resource])


def uses_of(f: Formulation) -> dict[int, list[Use]]:
    """Resource → its uses; modes of one operation with the same need are one use."""
    same: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for mode in sorted(f.assigned):
        operation, calendar = (
            int(x) for x in f.problem.modes[mode, [Mode.OPERATION, Mode.CALENDAR]]
        )
        for need in f.problem.needs_of(mode):
            resource, amount, phase = (int(x) for x in f.problem.needs[need])
            if amount > 0:
                same[resource, operation, amount, phase, calendar].append(mode)
    uses: dict[int, list[Use]] = defaultdict(list)
    for (resource, operation, amount, phase, calendar), modes in same.items():
        begin, end = PHASES[phase]
        longest = max(s.offset(end) - s.offset(begin) for m in modes for s in f.stretches[m])
        if longest > 0:
            interval = f.interval(modes, f.either(modes), begin, end)
            solid, fact = is_solid(f, modes, phase), f.is_fixed(operation)
            uses[resource].append(Use(interval, amount, calendar, solid, fact))
    return uses


def is_solid(f: Formulation, modes: list[int], phase: int) -> bool:
    """Whether none of its stretches holds a pause."""
    begin, end = PHASES[phase]
    for mode in modes:
        row = f.problem.modes[mode]
        if f.is_fixed(int(row[Mode.OPERATION])):
            # A fact may lie on closed time, of which nothing counts.
            if len(f.problem.calendar(int(row[Mode.CALENDAR]))) > 1:
                return False
            continue
        work = f.work(mode)
        worked = (work.setup if phase & 1 else 0) + (work.run if phase & 2 else 0)
        if any(s.offset(end) - s.offset(begin) != worked for s in f.stretches[mode]):
            return False
    return True


def levels_of(f: Formulation, resource: int) -> list[tuple[int, int]]:
    """(tick from which, level) of a resource, up to the model's end."""
    first, last = (int(x) for x in f.problem.resources[resource, : Resource.LEVEL_TO + 1])
    rows = [(int(t), int(level)) for t, level in f.problem.levels[first:last]]
    return [row for row in rows if row[0] < f.until] or rows[:1]


def held_throughout(
    f: Formulation, resource: int, uses: list[Use], spans: list[tuple[cp_model.IntervalVar, int]]
) -> None:
    """What is held from begin to end never exceeds the highest level.

    Σ_{o : begin[o] ≤ t < end[o]} amount(o) ≤ max level        for every tick t

    Who begins last among those that overlap begins on open time, so this forbids nothing that is
    allowed.
    """
    level = max(level for _, level in levels_of(f, resource))
    intervals = [u.interval for u in uses] + [s[0] for s in spans]
    amounts = [u.amount for u in uses] + [s[1] for s in spans]
    f.model.add_cumulative(intervals, amounts, level)


def in_use_while_worked(f: Formulation, resource: int, uses: list[Use]) -> None:
    """Who works at a tick stays within the level of that tick.

    Σ_{o : begin[o] ≤ t < end[o], calendar(o) open at t} amount(o) ≤ level(t)        for every tick
    t

    One cumulative rule per set of calendars open together, with fixed intervals that fill up what
    is not there, and room for everybody at all other ticks.
    """
    alike = len({u.calendar for u in uses}) == 1 and all(u.is_solid or not u.is_fact for u in uses)
    if alike and len(levels_of(f, resource)) == 1:
        # All pause together: who is paused at the same time also worked at the same time just
        # before.
        level = levels_of(f, resource)[0][1]
        f.model.add_cumulative([u.interval for u in uses], [u.amount for u in uses], level)
        return
    pausing = {u.calendar for u in uses if not u.is_solid}
    by_set: dict[frozenset[int], list[Piece]] = defaultdict(list)
    for piece in pieces(f, resource, pausing):
        by_set[piece[2]].append(piece)
    for open_then, cut in sorted(by_set.items(), key=lambda item: -len(item[1]))[:MOST_SETS]:
        working = [u for u in uses if u.is_solid or u.calendar in open_then]
        if working:
            filled_up(f, working, cut)


def filled_up(f: Formulation, uses: list[Use], cut: list[Piece]) -> None:
    """At most the level of each piece during that piece; anything at other times."""
    covers_all = cut[0][0] == 0 and sum(p[1] - p[0] for p in cut) == f.until
    top = max(p[3] for p in cut) if covers_all else sum(u.amount for u in uses)
    top = max(top, max(p[3] for p in cut))
    intervals = [u.interval for u in uses]
    amounts = [u.amount for u in uses]
    for first, last, _, level in cut:
        if level < top:
            intervals.append(f.block(first, last))
            amounts.append(top - level)
    f.model.add_cumulative(intervals, amounts, top)


def pieces(f: Formulation, resource: int, calendars: set[int]) -> list[Piece]:
    """The time up to the model's end, cut where one of ``calendars`` opens or closes or the level
    changes."""
    steps = levels_of(f, resource)
    borders = {0, *(tick for tick, _ in steps)}
    windows = {}
    for calendar in calendars:
        rows = f.problem.calendar(calendar)
        windows[calendar] = rows[rows[:, 0] < f.until]
        borders |= set(windows[calendar][:, :2].ravel().tolist())
    ticks = sorted(b for b in borders if 0 <= b < f.until)
    found = []
    at = np.array([tick for tick, _ in steps])
    for first, last in zip(ticks, [*ticks[1:], f.until], strict=True):
        open_then = frozenset(c for c, rows in windows.items() if _is_open(rows, first))
        level = steps[int(np.searchsorted(at, first, side="right")) - 1][1]
        found.append((first, last, open_then, level))
    return found


def _is_open(rows: np.ndarray, tick: int) -> bool:
    row = int(np.searchsorted(rows[:, 0], tick, side="right")) - 1
    return row >= 0 and bool(rows[row, 1] > tick)


def spans(f: Formulation) -> dict[int, list[tuple[cp_model.IntervalVar, int]]]:
    """A span holds its resource from the first setup to the last end of its operations.

    first ≤ taken[o],   last ≥ end[o]        for every operation o of the span
    """
    held: dict[int, list[tuple[cp_model.IntervalVar, int]]] = defaultdict(list)
    problem = f.problem
    for span in range(len(problem.spans)):
        rows = problem.span_operations[problem.span_rows[span] : problem.span_rows[span + 1]]
        members = [int(o) for o in rows]
        first = f.integer(Domain(0, f.until), _first_of(members))
        last = f.integer(Domain(0, f.until), _last_of(members))
        length = f.integer(Domain(0, f.until), _length_of(members))
        for operation in members:
            f.model.add(first <= f.at[Moment.TAKEN][operation])
            f.model.add(last >= f.end[operation])
        interval = f.model.new_interval_var(first, length, last, "")
        held[int(problem.spans[span, 1])].append((interval, int(problem.spans[span, 2])))
    return held


def _first_of(members: list[int]) -> ValueIn:
    return lambda schedule: int(schedule.setup[members].min())


def _last_of(members: list[int]) -> ValueIn:
    return lambda schedule: int(schedule.end[members].max())


def _length_of(members: list[int]) -> ValueIn:
    return lambda schedule: int(schedule.end[members].max() - schedule.setup[members].min())


__all__ = ["resources"]

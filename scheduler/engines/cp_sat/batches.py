"""Batch machines: operations of one family that start and end together share a slot.

The members of a batch share one setup and teardown: the model counts the least of their family (a
relaxation), on the wall clock (another).
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from scheduler.engines.cp_sat.formulation import Formulation, Literal, Moment
from scheduler.engines.cp_sat.setups import (
    Gaps,
    after_first_state,
    facts_of,
    gap_between,
    goes_first,
    may_precede,
    negated,
)
from scheduler.problem import Machine, Op, Slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.engines.cp_sat.machines import Seat, Seats
    from scheduler.schedule import Schedule


def batches(f: Formulation, seats: Seats) -> None:
    """Rules of all batch machines."""
    for slot, on_it in seats.items():
        machine = int(f.problem.slots[slot, Slot.MACHINE])
        if not f.is_batch(machine):
            continue
        gaps = Gaps(f.problem, machine, [s.operation for s in on_it])
        after_first_state(f, slot, on_it, gaps)
        batch_capacity(f, machine, on_it)
        for a, b in combinations(on_it, 2):
            f.check_time()
            together_or_apart(f, gaps, facts_of(f, on_it), a, b)


def batch_capacity(f: Formulation, machine: int, seats: list[Seat]) -> None:
    """A batch holds as much as the machine does.

    Σ_{o on s : start[o] ≤ t < end[o]} LOAD(o) ≤ BATCH(k)        for every tick t
    """
    runs = [f.interval(s.modes, s.literal, Moment.START, Moment.END) for s in seats]
    loads = [int(f.problem.operations[s.operation, Op.LOAD]) for s in seats]
    f.model.add_cumulative(runs, loads, int(f.problem.machines[machine, Machine.BATCH]))


def together_or_apart(f: Formulation, gaps: Gaps, facts: list[int], a: Seat, b: Seat) -> None:
    """Two operations on a batch slot are one batch, or one is over before the other.

    presence[a, s] ∧ presence[b, s] → joined[a, b] ∨ first[a, b] ∨ first[b, a]
    joined[a, b] → start[a] = start[b]  ∧  end[a] = end[b]        only within a family
    first[a, b] → start[b] ≥ end[a] + setup(a, b)
    """
    ways: list[Literal] = []
    for before, after in ((a.operation, b.operation), (b.operation, a.operation)):
        gap = _gap(f, gaps, facts, before, after)
        if may_precede(f, before, after, gap):
            way = f.boolean(_apart(before, after))
            f.model.add(f.start[after] >= f.end[before] + gap).only_enforce_if(way)
            ways.append(way)
    family = f.problem.operations[:, Op.FAMILY]
    if family[a.operation] == family[b.operation]:
        joined = f.boolean(_joined(a.operation, b.operation))
        f.model.add(f.start[a.operation] == f.start[b.operation]).only_enforce_if(joined)
        f.model.add(f.end[a.operation] == f.end[b.operation]).only_enforce_if(joined)
        ways.append(joined)
    f.model.add_bool_or([negated(a.literal), negated(b.literal), *ways])


def _gap(f: Formulation, gaps: Gaps, facts: list[int], before: int, after: int) -> int:
    known = gap_between(f, gaps, facts, before, after)
    return known if gaps.known(before, after) else gaps.least(before, after)


def _apart(before: int, after: int) -> Callable[[Schedule], bool]:
    first, joined = goes_first(before, after), _joined(before, after)
    return lambda schedule: first(schedule) and not joined(schedule)


def _joined(a: int, b: int) -> Callable[[Schedule], bool]:
    def value(schedule: Schedule) -> bool:
        same = schedule.slot[a] == schedule.slot[b] >= 0
        times = schedule.start[a] == schedule.start[b] and schedule.end[a] == schedule.end[b]
        return bool(same and times)

    return value


__all__ = ["batches"]

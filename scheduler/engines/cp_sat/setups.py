"""Changeovers: the gap between operations of different families, and after the slot's first state.

A changeover is worked time; here it is a gap on the wall clock, which closed time only makes
longer: a relaxation. Matrices are closed under the triangle inequality, so that gaps hold between
any two operations on a slot, not only between neighbours: what lies between them cannot make the
way shorter. Where closing changed a matrix, the gap of neighbours may be too small: a relaxation as
well.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from scheduler.engines.cp_sat.formulation import Formulation, Literal, Moment, bounds_of
from scheduler.problem import Machine, Mode, Op, Problem, Slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from scheduler.engines.cp_sat.machines import Seat, Seats
    from scheduler.schedule import Schedule

Pair = tuple[int, int, int, int]
"""Two operations and the gaps when the first, when the second goes first."""


def closed(matrix: NDArray[np.int64]) -> NDArray[np.int64]:
    """Cheapest way between families through any others; the last row is "not known" and only
    begins.

    c(a, b) = min over ways a → … → b of Σ matrix
    """
    way = matrix.copy()
    for via in range(len(way) - 1):
        way = np.minimum(way, way[:, via][:, None] + way[via][None, :])
    return way


class Gaps:
    """Gaps between operations of a slot, by family and, on batch machines, with the shared
    setup."""

    def __init__(self, problem: Problem, machine: int, operations: list[int]) -> None:
        matrix = int(problem.machines[machine, Machine.MATRIX])
        self._way = closed(problem.setups[matrix]) if matrix >= 0 else None
        self._family = problem.operations[:, Op.FAMILY]
        self._fixed = problem.operations[:, Op.FIXED_START] >= 0
        self._shared: dict[int, int] = {}
        self._teardown: dict[int, int] = {}
        if problem.machines[machine, Machine.BATCH] > 0:
            self._share(problem, machine, operations)

    def _share(self, problem: Problem, machine: int, operations: list[int]) -> None:
        """One member of a batch brings its setup and teardown; at least the least of its family."""
        for operation in operations:
            for mode in problem.modes_of(operation):
                if problem.modes[mode, Mode.MACHINE] == machine:
                    family = int(self._family[operation])
                    for least, column in ((self._shared, 3), (self._teardown, 5)):
                        ticks = int(problem.modes[mode, column])
                        least[family] = min(ticks, least.get(family, ticks))

    def between(self, before: int, after: int) -> int:
        """Ticks between ``before`` freed and ``after`` taken. A fixed operation brings its setup
        within its times, and its teardown is in its interval."""
        teardown = 0 if self._fixed[before] else self._teardown.get(int(self._family[before]), 0)
        if self._fixed[after]:
            return teardown
        return teardown + self.first(int(self._family[before]), after)

    def first(self, state: int, operation: int) -> int:
        """Ticks of setup when the slot is in ``state`` (−1: not known) and ``operation`` comes
        first."""
        family = int(self._family[operation])
        shared = self._shared.get(family, 0)
        if self._way is None or family < 0:
            return shared
        # After an operation without family the state is an earlier one, which the gap to that one
        # covers.
        return shared + int(self._way[state, family])

    def least(self, before: int, after: int) -> int:
        """As :meth:`between`, where the family before is not known: no changeover."""
        teardown = 0 if self._fixed[before] else self._teardown.get(int(self._family[before]), 0)
        shared = 0 if self._fixed[after] else self._shared.get(int(self._family[after]), 0)
        return teardown + shared

    def known(self, before: int, after: int) -> bool:
        """Whether the family before ``after`` is that of ``before``."""
        return bool(self._family[before] >= 0 and self._family[after] >= 0)


def setups(f: Formulation, seats: Seats, preceding: list[int]) -> None:
    """Changeovers on every slot. ``preceding``: bit set of what must be over before each
    operation."""
    pairs: dict[Pair, list[tuple[Literal, Literal]]] = {}
    for slot, on_it in seats.items():
        machine = int(f.problem.slots[slot, Slot.MACHINE])
        if f.is_batch(machine):
            continue
        gaps = Gaps(f.problem, machine, [s.operation for s in on_it])
        after_first_state(f, slot, on_it, gaps)
        facts = facts_of(f, on_it)
        for a, b in combinations(on_it, 2):
            gap = (
                gap_between(f, gaps, facts, a.operation, b.operation),
                gap_between(f, gaps, facts, b.operation, a.operation),
            )
            if gap != (0, 0):
                both = pairs.setdefault((a.operation, b.operation, *gap), [])
                both.append((a.literal, b.literal))
        f.check_time()
    for pair, places in pairs.items():
        f.check_time()
        changeover(f, pair, places, preceding)


def facts_of(f: Formulation, seats: list[Seat]) -> list[int]:
    """Fixed operations that set the slot up for their family."""
    family = f.problem.operations[:, Op.FAMILY]
    return [s.operation for s in seats if f.is_fixed(s.operation) and family[s.operation] >= 0]


def gap_between(f: Formulation, gaps: Gaps, facts: list[int], before: int, after: int) -> int:
    """Gap from one to the other. A fact between them changes the state without a changeover of its
    own."""
    if not gaps.known(before, after):
        return 0
    between = [
        gaps.between(fact, after)
        for fact in facts
        if fact not in (before, after)
        and may_precede(f, before, fact, 0)
        and may_precede(f, fact, after, 0)
    ]
    return min([gaps.between(before, after), *between])


def after_first_state(f: Formulation, slot: int, seats: list[Seat], gaps: Gaps) -> None:
    """Everything on a slot comes after the changeover from its first state.

    presence[o, s] → taken[o] ≥ FREE(s) + c(STATE(s), family[o])
    """
    state, free = int(f.problem.slots[slot, Slot.STATE]), int(f.problem.slots[slot, Slot.FREE])
    facts = facts_of(f, seats)
    for seat in seats:
        ticks = gaps.first(state, seat.operation)
        if ticks == 0 or f.is_fixed(seat.operation):
            continue
        if not any(may_precede(f, fact, seat.operation, 0) for fact in facts):
            taken = f.at[Moment.TAKEN][seat.operation]
            f.model.add(taken >= free + ticks).only_enforce_if(seat.literal)


def changeover(
    f: Formulation, pair: Pair, places: list[tuple[Literal, Literal]], preceding: list[int]
) -> None:
    """One of two operations on a slot goes first, and the gap is kept.

    presence[a, s] ∧ presence[b, s] → first[a, b] ∨ first[b, a]        for every slot s of both
    first[a, b] → taken[b] ≥ freed[a] + c(family[a], family[b])
    """
    a, b, gap, back = pair
    forward = may_precede(f, a, b, gap) and not preceding[a] >> b & 1
    backward = may_precede(f, b, a, back) and not preceding[b] >> a & 1
    ways: list[Literal] = []
    for before, after, ticks, may in ((a, b, gap, forward), (b, a, back, backward)):
        if may:
            way = f.boolean(goes_first(before, after))
            taken, freed = f.at[Moment.TAKEN][after], f.at[Moment.FREED][before]
            f.model.add(taken >= freed + ticks).only_enforce_if(way)
            ways.append(way)
    for literals in places:
        f.model.add_bool_or([negated(literal) for literal in literals] + ways)


def negated(literal: Literal) -> Literal:
    """The opposite of a literal or constant."""
    if isinstance(literal, bool):
        return not literal
    return literal.negated()  # type: ignore[return-value]  # declared as any literal


def may_precede(f: Formulation, before: int, after: int, gap: int) -> bool:
    """Whether times allow one operation to be over, and the gap, before the other."""
    freed = bounds_of(f.at[Moment.FREED][before])[0]
    return freed + gap <= bounds_of(f.at[Moment.TAKEN][after])[1]


def goes_first(before: int, after: int) -> Callable[[Schedule], bool]:
    """Value of "both on one slot, ``before`` first"."""

    def value(schedule: Schedule) -> bool:
        same = schedule.slot[before] == schedule.slot[after] >= 0
        return bool(same and _place(schedule, before) < _place(schedule, after))

    return value


def _place(schedule: Schedule, operation: int) -> tuple[int, int, int]:
    return int(schedule.start[operation]), int(schedule.end[operation]), operation


__all__ = [
    "Gaps",
    "after_first_state",
    "closed",
    "facts_of",
    "gap_between",
    "goes_first",
    "may_precede",
    "negated",
    "setups",
]

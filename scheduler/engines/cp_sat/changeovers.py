"""Changeover cost: who follows whom on each slot, as circuits.

Circuits are slow, so the model has them only when changeover is the level to improve, and only
while they are small. Batch machines are left out: what their members share is not counted (a
relaxation, the bound stays true).
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from ortools.sat.python import cp_model

from scheduler.engines.cp_sat.formulation import Expression, Formulation, Literal, Moment
from scheduler.engines.cp_sat.machines import Seat, Seats, has_states
from scheduler.engines.cp_sat.setups import may_precede, negated
from scheduler.problem import Mode, Op, Slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.schedule import Schedule

MOST_ARCS = 30_000


def changeover_cost(f: Formulation, seats: Seats) -> Expression | None:
    """Σ_m SETUP(m) · assigned[m] + Σ_s Σ_{a → b on s} matrix(family[a], family[b])

    None when the circuits would be too large.
    """
    circuits = {
        slot: _with_family(f, on_it) for slot, on_it in seats.items() if _costs(f, slot, on_it)
    }
    if sum((len(on_it) + 1) ** 2 for on_it in circuits.values()) > MOST_ARCS:
        return None
    terms: list[Expression] = []
    weights: list[int] = []
    for mode, literal in f.assigned.items():
        terms.append(literal)
        weights.append(int(f.problem.modes[mode, Mode.SETUP]))
    for slot, on_it in circuits.items():
        for literal, ticks in one_after_another(f, slot, on_it):
            terms.append(literal)
            weights.append(ticks)
    constant = sum(w for t, w in zip(terms, weights, strict=True) if isinstance(t, bool) and t)
    free = [(t, w) for t, w in zip(terms, weights, strict=True) if not isinstance(t, bool)]
    return cp_model.LinearExpr.weighted_sum([t for t, _ in free], [w for _, w in free]) + constant


def _costs(f: Formulation, slot: int, seats: list[Seat]) -> bool:
    machine = int(f.problem.slots[slot, Slot.MACHINE])
    return not f.is_batch(machine) and has_states(f, machine, [s.operation for s in seats])


def _with_family(f: Formulation, seats: list[Seat]) -> list[Seat]:
    """Operations without a family leave the state as it is: they are no node."""
    return [s for s in seats if f.problem.operations[s.operation, Op.FAMILY] >= 0]


def one_after_another(f: Formulation, slot: int, seats: list[Seat]) -> list[tuple[Literal, int]]:
    """The operations of a slot follow one another in one sequence, from the slot's first state.

    circuit over {slot} ∪ {o}, o passed over where ¬presence[o, s]
    next[a, b] → taken[b] ≥ freed[a] + matrix(family[a], family[b])

    Returns literals with the ticks of changeover they cost.
    """
    machine, state = (int(x) for x in f.problem.slots[slot, [Slot.MACHINE, Slot.STATE]])
    order = _Order(slot, [s.operation for s in seats])
    family = f.problem.operations[:, Op.FAMILY]
    nothing = f.boolean(order.follows(-1, -1))
    arcs: list[tuple[int, int, Literal]] = [(0, 0, nothing)]
    costs: list[tuple[Literal, int]] = []
    for i, seat in enumerate(seats, 1):
        f.check_time()
        o = seat.operation
        first = f.boolean(order.follows(-1, o))
        last = f.boolean(order.follows(o, -1))
        arcs += [(i, i, negated(seat.literal)), (0, i, first), (i, 0, last)]
        costs.append((first, f.problem.changeover(machine, state, int(family[o]))))
        for j, other in enumerate(seats, 1):
            ticks = f.problem.changeover(machine, int(family[o]), int(family[other.operation]))
            gap = 0 if f.is_fixed(other.operation) else ticks
            if i == j or not may_precede(f, o, other.operation, gap):
                continue
            after = f.boolean(order.follows(o, other.operation))
            taken, freed = f.at[Moment.TAKEN][other.operation], f.at[Moment.FREED][o]
            f.model.add(taken >= freed + gap).only_enforce_if(after)
            arcs.append((i, j, after))
            costs.append((after, ticks))
    f.model.add_circuit(arcs)
    return costs


class _Order:
    """Who follows whom on a slot in a schedule; −1 is the slot itself, first and last."""

    def __init__(self, slot: int, operations: list[int]) -> None:
        self._slot, self._operations = slot, operations
        self._seen: Schedule | None = None
        self._steps: set[tuple[int, int]] = set()

    def steps(self, schedule: Schedule) -> set[tuple[int, int]]:
        """Pairs of neighbours."""
        if self._seen is not schedule:
            on_slot = [o for o in self._operations if schedule.slot[o] == self._slot]
            on_slot.sort(key=lambda o: (schedule.start[o], schedule.end[o], o))
            around = [-1, *on_slot, -1]
            self._steps = set(pairwise(around))
            self._seen = schedule
        return self._steps

    def follows(self, before: int, after: int) -> Callable[[Schedule], bool]:
        """Value of "``after`` comes right after ``before``"."""
        return lambda schedule: (before, after) in self.steps(schedule)


__all__ = ["changeover_cost"]

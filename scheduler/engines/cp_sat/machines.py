"""Machines: one operation at a time on each slot, and which slot."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.engines.cp_sat.formulation import Formulation, Literal, Moment
from scheduler.problem import Machine, Mode, Op, Slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from scheduler.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Seat:
    """An operation that may be on a slot: present with ``literal``, in one of ``modes``."""

    operation: int
    literal: Literal
    modes: tuple[int, ...]


Seats = dict[int, list[Seat]]
"""Slot → who may be on it."""


def modes_on(f: Formulation) -> dict[int, dict[int, list[int]]]:
    """Machine → operation → its modes there, for machines with slots."""
    found: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for mode in sorted(f.assigned):
        machine = int(f.problem.modes[mode, Mode.MACHINE])
        if machine >= 0 and len(f.problem.slots_of(machine)):
            found[machine][int(f.problem.modes[mode, Mode.OPERATION])].append(mode)
    return found


def machines(f: Formulation) -> Seats:
    """Rules of all machines. Returns who may be on each slot whose order of operations matters."""
    seats: Seats = {}
    for machine, on_it in sorted(modes_on(f).items()):
        f.check_time()
        slots = f.problem.slots_of(machine)
        states = f.is_batch(machine) or has_states(f, machine, list(on_it))
        if len(slots) > 1 and not states:
            as_many_as_slots(f, machine, on_it)
            continue
        for operation, modes in on_it.items():
            one_slot(f, operation, modes, slots)
        for slot in slots:
            seats[slot] = [Seat(o, f.presence[o, slot], tuple(m)) for o, m in on_it.items()]
            not_before_free(f, slot, seats[slot])
            if not f.is_batch(machine):
                one_at_a_time(f, seats[slot])
    return seats


def has_states(f: Formulation, machine: int, operations: list[int]) -> bool:
    """Whether it matters which operation follows which on the machine."""
    matrix = int(f.problem.machines[machine, Machine.MATRIX])
    families = f.problem.operations[operations, Op.FAMILY]
    return matrix >= 0 and bool((families >= 0).any()) and bool(f.problem.setups[matrix].any())


def as_many_as_slots(f: Formulation, machine: int, on_it: dict[int, list[int]]) -> None:
    """A machine of several on which it does not matter who follows whom.

    #{o on k : taken[o] ≤ t < freed[o]} + #{slots of k that are free from a later tick}
        ≤ slots(k)        for every tick t
    """
    busy = [f.interval(m, f.either(m), Moment.TAKEN, Moment.FREED) for m in on_it.values()]
    slots = f.problem.slots_of(machine)
    free = [int(f.problem.slots[slot, Slot.FREE]) for slot in slots]
    busy += [f.block(0, tick) for tick in free if tick > 0]
    f.model.add_cumulative(busy, [1] * len(busy), len(slots))


def one_slot(f: Formulation, operation: int, modes: list[int], slots: range) -> None:
    """An operation on a machine is on exactly one of its slots.

    Σ_{s ∈ slots(k)} presence[o, s] = [o on k]
    """
    on_machine = f.either(modes)
    if len(slots) == 1:
        f.presence[operation, slots[0]] = on_machine
        return
    if f.pinned is not None and f.is_fixed(operation):
        stands_on = int(f.pinned.slot[operation])
        f.presence.update({(operation, slot): slot == stands_on for slot in slots})
        return
    for slot in slots:
        f.presence[operation, slot] = f.boolean(_sits_on(operation, slot))
    f.model.add(sum(f.presence[operation, slot] for slot in slots) == on_machine)


def _sits_on(operation: int, slot: int) -> Callable[[Schedule], bool]:
    return lambda schedule: bool(schedule.slot[operation] == slot)


def not_before_free(f: Formulation, slot: int, seats: list[Seat]) -> None:
    """Nothing is on a slot before it is free; what is fixed is there as a fact.

    presence[o, s] → taken[o] ≥ FREE(s)
    """
    free = int(f.problem.slots[slot, Slot.FREE])
    for seat in seats:
        if free > 0 and not f.is_fixed(seat.operation):
            taken = f.at[Moment.TAKEN][seat.operation]
            f.model.add(taken >= free).only_enforce_if(seat.literal)


def one_at_a_time(f: Formulation, seats: list[Seat]) -> None:
    """One operation at a time, own setup and teardown included.

    [taken[a], freed[a]) ∩ [taken[b], freed[b]) = ∅        for all a ≠ b on the slot
    """
    f.model.add_no_overlap(
        f.interval(seat.modes, seat.literal, Moment.TAKEN, Moment.FREED) for seat in seats
    )


__all__ = ["Seat", "Seats", "has_states", "machines"]

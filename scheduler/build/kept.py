"""Kept setups: families of their own for steps that are set up already, so that engines know what
undoes a setup.

Fed by drafts whose setup was ``reported``; read by ``assemble``. The reasons are in decision 7.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scheduler.problem import Machine, Op, Slot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from scheduler.build.operations import Draft
    from scheduler.problem import Table

    Setups = NDArray[np.int64]

Entry = tuple[int, int, int]
"""What a machine is set up for: f*, f, and the ticks of the setup."""


def keep_setups(
    drafts: Sequence[Draft],
    families: tuple[str, ...],
    operations: Table,
    machines: Table,
    slots: Table,
    setups: Setups,
) -> tuple[tuple[str, ...], Table, Table, Setups]:
    """Families, machines, slots and setups with a family f* of its own for each kind of step of
    family f that is set up already. Writes f* of those steps into ``operations``.

    A machine k that is set up for it begins in a family f0 in which no step leaves it, and the
    setup is part of the changeover, so that it is made again once anything else was set up there:

        setups[k][f0, f*] = 0,   setups[k][g, f*] = own setup + setups[k][g, f]   for all other g

    In all else f* and f0 are changed from and to like f. Index −1, "not known", stays the last.
    """
    groups = _groups(drafts, operations, machines, setups)
    if not groups:
        return families, machines, slots, setups
    size = len(families)
    kinds = list(dict.fromkeys(family for family, _ in groups))
    like = [*(family for family, _ in groups), *kinds]
    base = [*range(size), *like, size]
    kept: dict[int, list[Entry]] = {}
    for new, ((family, set_up), members) in enumerate(groups.items(), start=size):
        operations[members, Op.FAMILY] = new
        for machine, ticks in set_up:
            kept.setdefault(machine, []).append((new, family, ticks))
    untouched = {family: size + len(groups) + i for i, family in enumerate(kinds)}
    names = families + tuple(families[family] for family in like)
    wide = setups[:, base][:, :, base]
    return names, *_tables_of_their_own(machines, slots, wide, kept, untouched)


def _tables_of_their_own(
    machines: Table,
    slots: Table,
    setups: Setups,
    kept: dict[int, list[Entry]],
    untouched: dict[int, int],
) -> tuple[Table, Table, Setups]:
    """Machines, slots and setups, with a matrix for each machine that is set up for anything."""
    tables = list(setups)
    machines, slots = machines.copy(), slots.copy()
    for machine, entries in kept.items():
        row = machines[machine]
        matrix = int(row[Machine.MATRIX])
        table = tables[matrix].copy() if matrix >= 0 else np.zeros_like(tables[0])
        states = slots[row[Machine.SLOT_FROM] : row[Machine.SLOT_TO], Slot.STATE]
        _keep(table, states, entries, untouched)
        row[Machine.MATRIX] = len(tables)
        tables.append(table)
    return machines, slots, np.ascontiguousarray(np.stack(tables))


def _groups(
    drafts: Sequence[Draft], operations: Table, machines: Table, setups: Setups
) -> dict[tuple[int, tuple[tuple[int, int], ...]], list[int]]:
    """(family, setup by machine) → drafts, of steps that are set up; none when their own families
    do as well, because neither a setup nor a changeover could be saved or lost.
    """
    groups: dict[tuple[int, tuple[tuple[int, int], ...]], list[int]] = {}
    matter = False
    for number, draft in enumerate(drafts):
        if draft.set_up:
            family = int(operations[number, Op.FAMILY])
            groups.setdefault((family, tuple(sorted(draft.set_up.items()))), []).append(number)
            for machine, ticks in draft.set_up.items():
                matrix = int(machines[machine, Machine.MATRIX])
                change = matrix >= 0 and setups[matrix, [family, -1], family].any()
                matter = matter or ticks > 0 or bool(change)
    return groups if matter else {}


def _keep(table: Table, states: Table, entries: list[Entry], untouched: dict[int, int]) -> None:
    """Write the setups of one machine and the state of its places; ``untouched`` gives f0 of each
    family.
    """
    for new, family, ticks in entries:
        table[:, new] += ticks
        table[untouched[family] if (states == family).any() else -1, new] = 0
    for family in {family for _, family, _ in entries}:
        states[states == family] = untouched[family]

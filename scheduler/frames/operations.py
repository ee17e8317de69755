"""Operations of a schedule in the planner's words, one row each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from scheduler.problem import Mode, Slot
from scheduler.schedule import PlanRow, RowKind, Schedule

if TYPE_CHECKING:
    from datetime import datetime

    from scheduler.build.model import Built


def rows(built: Built, schedule: Schedule) -> list[PlanRow]:
    """One row per operation that people see, in the order of the problem.

    Operations of one name are one row, from the first's start to the last's end; what has no date
    has no row.
    """
    problem, moment = built.problem, built.horizon.moment
    first_slot = _first_slot_of_each(built)
    machine_of = problem.modes[schedule.mode, Mode.MACHINE].tolist() if schedule.size else []
    columns = (
        schedule.mode.tolist(),
        schedule.slot.tolist(),
        schedule.setup.tolist(),
        schedule.start.tolist(),
        schedule.end.tolist(),
        machine_of,
    )
    made: dict[tuple[RowKind, str, str, int], PlanRow] = {}
    for name, mode, slot, setup, start, end, machine in zip(
        built.operations, *columns, strict=schedule.size > 0
    ):
        if name.hidden or end < 0 or start >= problem.end:
            continue
        key = (name.kind, name.order, name.step, name.part)
        if key in made:
            made[key] = _joined(made[key], moment(setup), moment(start), moment(end))
            continue
        made[key] = PlanRow(
            kind=name.kind,
            order=name.order,
            step=name.step,
            part=name.part,
            item=name.item,
            plant=name.plant,
            quantity=name.quantity,
            machine=built.machines[machine] if machine >= 0 else None,
            slot=slot - first_slot[slot] if slot >= 0 else 0,
            workers=built.workers.get(mode, ()),
            setup=moment(setup),
            start=moment(start),
            end=moment(end),
        )
    return list(made.values())


def _joined(row: PlanRow, setup: datetime, start: datetime, end: datetime) -> PlanRow:
    return replace(
        row, setup=min(row.setup, setup), start=min(row.start, start), end=max(row.end, end)
    )


def _first_slot_of_each(built: Built) -> list[int]:
    """First slot of the machine that each slot belongs to."""
    problem = built.problem
    machine_of = problem.slots[:, Slot.MACHINE]
    return [problem.slots_of(int(machine)).start for machine in machine_of]

"""The plan as typed columns for the page: little-endian integers in base64, names in lists.

The page decodes each column into one typed array; 10,000 operations are about 300 kB of text.
"""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from scheduler.horizon import NEVER
from scheduler.hours import free_again, open_windows_of_each
from scheduler.measures import undated
from scheduler.pictures import words
from scheduler.problem import DemandCol, Mode, Op
from scheduler.schedule import RowKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scheduler.build.model import Built, OperationName
    from scheduler.pictures.lines import Sheet

Ticks = NDArray[np.int64]
NOWHERE = -1
FAR = 2**31 - 1
KINDS = (RowKind.MAKE, RowKind.MOVE, RowKind.SHIP)
# Shading and day lines beyond this are nobody's to look at, and a plan may span twenty years.
_MOST_DAYS = 3_000
_ROOM_AFTER = timedelta(days=2)


def board(sheet: Sheet) -> dict[str, Any]:
    """What the board draws, ready for JSON."""
    built = sheet.built
    placed = _placed(sheet)
    last = _last_tick(sheet, placed)
    return {
        "origin": int(built.horizon.origin.timestamp() * 1000),
        "tick": int(built.horizon.tick / timedelta(milliseconds=1)),
        "now": built.horizon.at_or_after(sheet.snapshot.now),
        "last": last,
        "operations": _operations(sheet, placed),
        "demands": _demands(sheet),
        "machines": _machines(sheet, last),
        "families": list(built.families),
        "zones": _zones(sheet, last),
    }


def base64_of(values: Iterable[int] | Ticks) -> str:
    """32-bit little-endian integers; what does not fit is :data:`FAR`."""
    whole = np.minimum(np.asarray(values, dtype=np.int64), FAR)
    return base64.b64encode(whole.astype("<i4").tobytes()).decode("ascii")


class _Names:
    """Distinct texts in the order they are met, and their numbers."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        return self.numbers.setdefault(name, len(self.numbers))

    def column(self, names: Iterable[str]) -> str:
        return base64_of([self.number(name) for name in names])


def _placed(sheet: Sheet) -> Ticks:
    """Operations that are drawn: of those of one name, which are one way or one subcontracted step,
    the first.
    """
    if sheet.schedule.size != sheet.built.problem.size:
        return np.zeros(0, dtype=np.int64)
    shown = ~undated(sheet.built.problem, sheet.schedule)
    shown &= ~np.array([name.hidden for name in sheet.built.operations], dtype=np.bool_)
    shown &= _first_of_name(sheet) == np.arange(sheet.schedule.size)
    return np.flatnonzero(shown)


def _first_of_name(sheet: Sheet) -> Ticks:
    """First operation of the same name as each, shape (operations,)."""
    first: dict[OperationName, int] = {}
    names = enumerate(sheet.built.operations)
    return np.array([first.setdefault(name, number) for number, name in names], dtype=np.int64)


def _ends(sheet: Sheet) -> Ticks:
    """End of the last operation of the same name as each, by the first of them."""
    end = sheet.schedule.end.copy()
    np.maximum.at(end, _first_of_name(sheet), sheet.schedule.end)
    return end


def _last_tick(sheet: Sheet, placed: Ticks) -> int:
    horizon = sheet.built.horizon
    last = int(sheet.schedule.end[placed].max(initial=0)) if len(placed) else 0
    planned = [horizon.at_or_after(row.planned) for row in sheet.promises if row.planned]
    return max([last, horizon.length(timedelta(days=1)), *planned])


def _operations(sheet: Sheet, placed: Ticks) -> dict[str, Any]:
    problem, schedule = sheet.built.problem, sheet.schedule
    modes = problem.modes[schedule.mode[placed]] if len(placed) else np.zeros((0, 9), np.int64)
    free = free_again(problem, schedule)[placed] if len(placed) else placed
    names = [sheet.built.operations[operation] for operation in placed.tolist()]
    end = _ends(sheet)[placed] if len(placed) else placed
    texts = {key: _Names() for key in ("order", "step", "item", "plant", "quantity")}
    columns = {
        key: table.column([str(getattr(name, key)) for name in names])
        for key, table in texts.items()
    }
    columns |= {
        "kind": base64_of([KINDS.index(name.kind) for name in names]),
        "machine": base64_of(modes[:, Mode.MACHINE]),
        "slot": base64_of(schedule.slot[placed]),
        "setup": base64_of(schedule.setup[placed]),
        "start": base64_of(schedule.start[placed]),
        "end": base64_of(end),
        "free": base64_of(np.maximum(free, end)),
        "family": base64_of(problem.operations[placed, Op.FAMILY]),
        "demand": base64_of(problem.operations[placed, Op.DEMAND]),
        "frozen": base64_of(problem.operations[placed, Op.FIXED_START] >= 0),
    }
    return {
        "count": len(placed),
        "columns": columns,
        "names": {key: list(table.numbers) for key, table in texts.items()},
        "workers": _workers(sheet.built, schedule.mode[placed]),
    }


def _workers(built: Built, modes: Ticks) -> dict[str, str]:
    """Row → people by name, for operations that name any."""
    if not built.workers:
        return {}
    return {
        str(row): ", ".join(built.workers[mode])
        for row, mode in enumerate(modes.tolist())
        if mode in built.workers
    }


def _demands(sheet: Sheet) -> dict[str, Any]:
    built = sheet.built
    lines = {row.demand: row for row in sheet.promises}
    shown = [lines.get(name) for name in built.demands]
    due = built.problem.demands
    return {
        "names": list(built.demands),
        "customers": [row.customer if row else "" for row in shown],
        "items": [row.item if row else "" for row in shown],
        "plants": [row.plant if row else "" for row in shown],
        "late": [row.lateness_hours if row else 0 for row in shown],
        "requested": base64_of(_dates(due, DemandCol.REQUESTED)),
        "promised": base64_of(_dates(due, DemandCol.PROMISED)),
        "planned": base64_of(
            [
                built.horizon.at_or_after(row.planned) if row and row.planned else NOWHERE
                for row in shown
            ]
        ),
    }


def _dates(demands: Ticks, column: DemandCol) -> Ticks:
    dates = demands[:, column]
    return np.where(dates < NEVER, dates, FAR)


def _machines(sheet: Sheet, last: int) -> dict[str, Any]:
    """Names, plants, places, and the hours of each; machines with the same hours share them."""
    built = sheet.built
    known = {machine.id: machine for machine in sheet.snapshot.machines}
    limit = min(
        last + built.horizon.length(_ROOM_AFTER),
        built.horizon.length(timedelta(days=_MOST_DAYS)),
    )
    shared: dict[bytes, int] = {}
    hours: list[str] = []
    index: list[int] = []
    for opened in open_windows_of_each(built.problem):
        windows = opened[:, :2]
        windows = np.minimum(windows[windows[:, 0] < limit], limit)
        key = windows.tobytes()
        if key not in shared:
            shared[key] = len(hours)
            hours.append(base64_of(windows.ravel()))
        index.append(shared[key])
    machines = [known.get(name) for name in built.machines]
    return {
        "names": list(built.machines),
        "titles": [machine.name if machine else "" for machine in machines],
        "plants": [machine.plant if machine else "" for machine in machines],
        "centres": [(machine.work_centre or "") if machine else "" for machine in machines],
        "slots": [list(built.problem.slots_of(m)) for m in range(len(built.machines))],
        "hours": hours,
        "hoursOf": index,
    }


def _zones(sheet: Sheet, last: int) -> dict[str, Any]:
    """Zone of each plant, and where the local days begin in each zone."""
    by_plant = words.zones(sheet.snapshot)
    distinct: Sequence[tzinfo] = list(dict.fromkeys(by_plant.values())) or [UTC]
    return {
        "plants": {plant: str(zone) for plant, zone in by_plant.items()},
        "days": {str(zone): base64_of(_day_starts(sheet.built, zone, last)) for zone in distinct},
    }


def _day_starts(built: Built, zone: tzinfo, last: int) -> list[int]:
    horizon = built.horizon
    first = horizon.origin.astimezone(zone).date()
    until = horizon.moment(last).astimezone(zone).date() + _ROOM_AFTER
    days = min((until - first).days + 1, _MOST_DAYS)
    return [
        horizon.at_or_after(
            datetime(local.year, local.month, local.day, tzinfo=zone).astimezone(UTC)
        )
        for local in (first + timedelta(days=number) for number in range(days))
    ]

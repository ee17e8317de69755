"""The ways operations can be run in the tables: mode, machine, calendar; and fixed starts.

Usually a way is a mode of the instance on its machine. Two formats need more:

* A *fixed* operation of the printing shop cuts its machine in two: one that ends before it, and
  one that starts after it already set up for its family. An operation of family g on the first
  part must end early enough for the setup from g to the fixed family: its calendar closes then.
  With the triangle inequality of these setups that says exactly what a fixed operation in the
  middle of the machine's sequence would.
* *Non-renewable* resources have no table. Modes are left out until every choice among those that
  stay holds the stocks.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.formats import InstanceError
from benchmarks.stocks import modes_that_fit

if TYPE_CHECKING:
    from benchmarks.instances import Column, Instance

NO_STATE = -1


@dataclass(slots=True)
class Ways:
    """Columns of the modes to be, sorted by operation, and the machines and calendars they name.

    Parameters
    ----------
    rows
        Per way: operation, machine or −1, calendar, mode of the instance.
    calendars
        Windows of each calendar, shape (w, 2).
    machines
        Per machine of the tables: machine of the instance, family it is set up for, first free
        tick.
    fixed
        Operation → (start, end), for those whose start is given.
    """

    rows: list[tuple[int, int, int, int]] = field(default_factory=list)
    calendars: list[Column] = field(default_factory=list)
    machines: list[tuple[int, int, int]] = field(default_factory=list)
    fixed: dict[int, tuple[int, int]] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    _seen: dict[bytes, int] = field(default_factory=dict)

    def calendar(self, windows: Column) -> int:
        """Index of a calendar, the same for the same windows."""
        key = windows.tobytes()
        if key not in self._seen:
            self._seen[key] = len(self.calendars)
            self.calendars.append(windows)
        return self._seen[key]


def horizon_of(instance: Instance) -> int:
    """A tick by which any serial schedule is over.

    Everything after the last opening, one by one, with longest setups.
    """
    longest = (
        np.maximum.reduceat(instance.time, instance.mode_rows[:-1])
        if instance.size
        else instance.time
    )
    setup = instance.setups.max(axis=(0, 1))[instance.family] if len(instance.setups) else 0
    last = max((int(windows[-1, 0]) for windows in instance.open if len(windows)), default=0)
    begun = int(max(instance.release.max(initial=0), instance.fixed.max(initial=0), last))
    return begun + int(longest.sum() + np.sum(setup)) + 1


def ways_of(instance: Instance, end: int) -> Ways:
    """Every way of every operation.

    Raises
    ------
    InstanceError
        When no choice of modes holds the non-renewable resources, or a fixed start is too early.
    """
    ways = Ways()
    always = np.array([[0, end]], dtype=np.int64)
    hours = [_until(windows, end) for windows in instance.open] or [always] * instance.machines
    if np.any(instance.fixed >= 0):
        _with_fixed(instance, hours, ways)
        return ways
    ways.machines = [(machine, NO_STATE, 0) for machine in range(instance.machines)]
    always_open = ways.calendar(always)
    calendar = np.array(
        [ways.calendar(windows) for windows in hours] + [always_open], dtype=np.int64
    )
    modes = np.arange(len(instance.machine))
    if len(instance.stock):
        modes, note = modes_that_fit(instance)
        ways.notes.extend(note)
    owner = np.repeat(np.arange(instance.size), np.diff(instance.mode_rows))[modes]
    machine = instance.machine[modes]
    columns = (owner.tolist(), machine.tolist(), calendar[machine].tolist(), modes.tolist())
    ways.rows = list(zip(*columns, strict=True))
    return ways


def _until(windows: Column, end: int) -> Column:
    """The windows of a machine that stays open after the last one."""
    if not len(windows):
        return np.array([[0, end]], dtype=np.int64)
    longer = windows.copy()
    longer[-1, 1] = end
    return longer


def cut(windows: Column, end: int) -> Column:
    """Windows up to ``end``."""
    return np.minimum(windows[windows[:, 0] < end], end)


@dataclass(frozen=True, slots=True)
class _Part:
    """A machine of the tables: what lies between two fixed operations of one machine."""

    machine: int
    index: int
    before: int
    """Fixed operation it ends before, −1 for none."""


def _with_fixed(instance: Instance, hours: list[Column], ways: Ways) -> None:
    """Cut machines at their fixed operations.

    These keep their time and need no machine in the tables.
    """
    parts: list[list[_Part]] = []
    for machine, windows in enumerate(hours):
        state, free, own = NO_STATE, 0, []
        for operation in _fixed_on(instance, machine):
            mode = int(instance.mode_rows[operation])
            start = int(instance.fixed[operation])
            end = finish(windows, start, int(instance.time[mode]))
            setup = int(instance.setups[machine, state, instance.family[operation]])
            if start < free + setup:
                raise InstanceError(
                    f"{instance.name}: operation {operation} is fixed at {start}, "
                    f"before its setup of {setup} can be done"
                )
            own.append(_add_part(ways, machine, state, free, operation))
            ways.fixed[operation] = (start, end)
            state, free = int(instance.family[operation]), end
        own.append(_add_part(ways, machine, state, free, -1))
        parts.append(own)
    for operation in range(instance.size):
        for mode in instance.modes_of(operation):
            machine = int(instance.machine[mode])
            if operation in ways.fixed:
                ways.rows.append((operation, -1, ways.calendar(hours[machine]), mode))
                continue
            for part in parts[machine]:
                windows = _hours_before(instance, operation, hours[machine], part)
                if len(windows):
                    ways.rows.append((operation, part.index, ways.calendar(windows), mode))


def _add_part(ways: Ways, machine: int, state: int, free: int, before: int) -> _Part:
    ways.machines.append((machine, state, free))
    return _Part(machine, len(ways.machines) - 1, before)


def _fixed_on(instance: Instance, machine: int) -> list[int]:
    """Fixed operations of one machine by start."""
    operations = [int(o) for o in np.flatnonzero(instance.fixed >= 0)]
    here = [o for o in operations if instance.machine[instance.mode_rows[o]] == machine]
    return sorted(here, key=lambda o: int(instance.fixed[o]))


def _hours_before(instance: Instance, operation: int, windows: Column, part: _Part) -> Column:
    """Hours of an operation on one part of a machine.

    Closed from when the setup for the next fixed one must begin.
    """
    if part.before < 0:
        return windows
    family = int(instance.family[operation])
    setup = int(instance.setups[part.machine, family, instance.family[part.before]])
    return cut(windows, int(instance.fixed[part.before]) - setup)


def finish(windows: Column, start: int, work: int) -> int:
    """Tick at which ``work`` open ticks have passed since ``start``."""
    for opens, closes in windows.tolist():
        begin = max(start, opens)
        if begin < closes and work <= closes - begin:
            return int(begin + work)
        work -= max(0, closes - begin)
    return int(windows[-1, 1]) + work

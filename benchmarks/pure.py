"""The kernel's decode in plain Python: what compiling is worth, and a second answer.

Rules of generated factories without labour: calendars, changeovers as worked time, finish-start
arcs, operations that may or may not be interrupted. Machines and modes are given.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scheduler.problem import Arc, Flag, Mode, Op, Slot

if TYPE_CHECKING:
    from scheduler.problem import Problem
    from scheduler.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Hours:
    """One calendar as lists."""

    opens: list[int]
    closes: list[int]
    before: list[int]

    def finish(self, start: int, work: int) -> int:
        """Tick at which ``work`` open ticks have passed since ``start``."""
        if not work:
            return start
        row = bisect_right(self.closes, start)
        target = self.before[row] + max(0, start - self.opens[row]) + work
        last = bisect_left(self.before, target) - 1
        return self.opens[last] + target - self.before[last]

    def run(self, ready: int, work: int, *, resumable: bool) -> tuple[int, int]:
        """Start and end of a run not before ``ready``."""
        row = bisect_right(self.closes, ready)
        while True:
            start = max(ready, self.opens[row])
            if start + work <= self.closes[row]:
                return start, start + work
            if resumable:
                return start, self.finish(start, work)
            row += 1


def decode_in_python(problem: Problem, schedule: Schedule) -> list[int]:
    """Ends of the operations, each as early as its machine's order and its predecessors allow."""
    hours = [_hours(problem, number) for number in range(len(problem.calendar_rows) - 1)]
    operations, modes = problem.operations.tolist(), problem.modes.tolist()
    arcs, machines = problem.arcs.tolist(), problem.machines.tolist()
    setups, slots = problem.setups.tolist(), problem.slots.tolist()
    free = [row[Slot.FREE] for row in slots]
    state = [row[Slot.STATE] for row in slots]
    ends = [0] * problem.size
    chosen, places = schedule.mode.tolist(), schedule.slot.tolist()
    for operation in sorted(
        range(problem.size), key=lambda o: (int(schedule.start[o]), int(schedule.end[o]), o)
    ):
        row, mode, slot = operations[operation], modes[chosen[operation]], places[operation]
        own = hours[mode[Mode.CALENDAR]]
        ready = row[Op.RELEASE]
        for arc in range(row[Op.PRED_FROM], row[Op.PRED_TO]):
            ready = max(ready, ends[arcs[arc][Arc.PRED]] + arcs[arc][Arc.LAG])
        if slot >= 0:
            matrix = machines[slots[slot][Slot.MACHINE]][2]
            work = mode[Mode.SETUP]
            if matrix >= 0 and row[Op.FAMILY] >= 0:
                work += setups[matrix][state[slot]][row[Op.FAMILY]]
            ready = max(ready, own.finish(free[slot], work))
        resumable = bool(row[Op.FLAGS] & Flag.RESUMABLE)
        _, ends[operation] = own.run(ready, mode[Mode.RUN], resumable=resumable)
        if slot >= 0:
            free[slot] = own.finish(ends[operation], mode[Mode.TEARDOWN])
            state[slot] = row[Op.FAMILY] if row[Op.FAMILY] >= 0 else state[slot]
    return ends


def _hours(problem: Problem, number: int) -> Hours:
    opens, closes, before = problem.calendar(number).T.tolist()
    return Hours(opens, closes, before)

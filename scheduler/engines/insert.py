"""Insert: one order more, in the gaps of a plan, with nothing else moved. Microseconds, whatever
the plan's size.

``Timelines`` is a schedule with its machines' gaps and its resources' use ready to be asked;
quoting places an order, reads its dates and takes it out again. Blocks of the new order are placed
in topological order, each where it ends first.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scheduler.measures import objective
from scheduler.problem import Arc, Op, Problem, Table
from scheduler.schedule import Provenance, Schedule
from scheduler.timing import inserting
from scheduler.timing.compiled import link
from scheduler.timing.state import OK, State, empty_state, make_index, tables_of


@dataclass(slots=True, eq=False)
class Timelines:
    """A schedule that can be asked for gaps.

    Parameters
    ----------
    problem, schedule
        What is planned.
    spare
        Operations there is room for.
    """

    problem: Problem
    schedule: Schedule
    spare: int
    state: State

    @classmethod
    def of(cls, problem: Problem, schedule: Schedule, *, spare: int = 256) -> Timelines:
        """Read a schedule into timelines. O(operations)."""
        return cls(problem, schedule, spare, _loaded(problem, schedule, spare, room=1))

    def quote(self, order: Problem, *, prefer: bool = False) -> Schedule:
        """Dates of one more order, which is not kept, as a measured schedule of that order alone.

        Parameters
        ----------
        order
            Tables of the new order; its machines, slots, calendars and resources are numbered as
            here (``build.extend``). At most ``spare`` operations.
        """
        columns = self.dates(order, prefer=prefer)
        mode, slot, setup, start, end = (np.ascontiguousarray(c) for c in columns.T)
        bare = Schedule(mode, slot, setup, start, end, provenance=Provenance("insert"))
        return replace(bare, objective=objective(order, bare))

    def dates(self, order: Problem, *, prefer: bool = False) -> Table:
        """As :meth:`quote`, bare: columns mode, slot, setup, start, end, shape (operations, 5)."""
        base = self._room_for(order)
        tables = tables_of(order)
        found = np.empty((order.size, 5), dtype=np.int64)
        for doubling in range(1, 12):
            code = inserting.ask(tables, self.state.packed, int(prefer), base, found)
            if code == OK:
                return found
            # A profile ran out of room half-way: the state is spoilt and is made anew with more.
            self.state = _loaded(self.problem, self.schedule, self.spare, room=2**doubling)
        raise RuntimeError("profiles outgrew every size")

    def _room_for(self, order: Problem) -> int:
        """Row of ``nodes`` from which there is room for the order."""
        block = order.operations[:, Op.BLOCK]
        if (block[order.arcs[:, Arc.PRED]] > block[order.arcs[:, Arc.SUCC]]).any():
            raise ValueError("an order is inserted block by block: none may come before its input")
        if order.size > self.spare:
            raise ValueError(f"room for {self.spare} operations, not for {order.size}")
        if len(order.resources) > len(self.problem.resources):
            self._learn(order)
        return len(self.state.nodes) - self.spare

    def _learn(self, order: Problem) -> None:
        """The order uses people or tools that nothing planned uses: read the schedule again with
        them.
        """
        self.problem = replace(
            self.problem,
            resources=order.resources,
            levels=order.levels,
            windows=order.windows,
            calendar_rows=order.calendar_rows,
        )
        self.state = _loaded(self.problem, self.schedule, self.spare, room=1)


def _loaded(problem: Problem, schedule: Schedule, spare: int, *, room: int) -> State:
    link()
    tables = tables_of(problem)
    order = np.lexsort((np.arange(problem.size), schedule.end, schedule.start)).astype(np.int64)
    fixed = np.ascontiguousarray(problem.operations[:, Op.FIXED_START])
    columns = (schedule.mode, schedule.slot, schedule.setup, schedule.start, schedule.end)
    for doubling in range(12):
        state = empty_state(problem, spare=spare, room=room * 2**doubling)
        if inserting.load_schedule(tables, state.packed, order, *columns, fixed) == OK:
            make_index(problem, state)
            return state
    raise RuntimeError("profiles outgrew every size")

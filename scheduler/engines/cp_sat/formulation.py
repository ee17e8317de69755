"""The formulation in the making: the CP-SAT model, and its variables by operation.

Every variable is made here together with the value it takes in a given schedule, so that a hint is
always complete. Fed by the constraint files; read by ``solve`` and ``reading``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from ortools.sat.python import cp_model
from ortools.sat.python.cp_model_helper import IntAffine
from ortools.util.python.sorted_interval_list import (  # type: ignore[import-untyped]  # no types
    Domain,
)

from scheduler.engines.cp_sat.places import Moment, Places, Stretch, Work, places
from scheduler.problem import Flag, Mode, Op, Problem, Ticks
from scheduler.schedule import Schedule

if TYPE_CHECKING:
    from scheduler.engines.cp_sat.budget import Budget

Expression = cp_model.LinearExpr | int
Literal = cp_model.IntVar | cp_model.NotBooleanVariable | bool
ValueIn = Callable[[Schedule], int]


class OutOfTimeError(Exception):
    """The time was over before the model was built."""


@dataclass(slots=True)
class Formulation:
    """Model and variables.

    Parameters
    ----------
    until
        No run ends after this tick.
    release, deadline
        Shape (operations,): earliest start and latest end of each run, as far as known beforehand.
    at
        Each moment of each operation, affine in one variable or constant.
    stretches
        Mode → stretches it may have.
    assigned
        Mode → literal; modes that cannot run are absent.
    presence
        (operation, slot) → literal, where the operation's slot matters.
    level
        Objective level → expression of its value, made when first asked for.
    narrowed
        What the model forbids though the problem allows it. Nothing is proved while this is not
        empty.
    """

    problem: Problem
    budget: Budget
    until: int
    release: Ticks
    deadline: Ticks
    pinned: Schedule | None = None
    """Where fixed operations stand exactly, when the caller knows."""
    model: cp_model.CpModel = field(default_factory=cp_model.CpModel)
    at: dict[Moment, list[Expression]] = field(default_factory=lambda: {m: [] for m in Moment})
    stretches: dict[int, list[Stretch]] = field(default_factory=dict)
    assigned: dict[int, Literal] = field(default_factory=dict)
    presence: dict[tuple[int, int], Literal] = field(default_factory=dict)
    level: dict[int, Expression] = field(default_factory=dict)
    narrowed: list[str] = field(default_factory=list)
    _values: list[tuple[cp_model.IntVar, ValueIn]] = field(default_factory=list)
    _places: dict[tuple[int, Work], Places] = field(default_factory=dict)
    _either: dict[frozenset[int], Literal] = field(default_factory=dict)

    @property
    def start(self) -> list[Expression]:
        """Start of each run."""
        return self.at[Moment.START]

    @property
    def end(self) -> list[Expression]:
        """End of each run."""
        return self.at[Moment.END]

    def boolean(self, value: ValueIn) -> cp_model.IntVar:
        """New literal; ``value`` says what it is in a schedule."""
        variable = self.model.new_bool_var("")
        self._values.append((variable, value))
        return variable

    def integer(self, domain: Domain, value: ValueIn) -> cp_model.IntVar:
        """New integer; ``value`` says what it is in a schedule."""
        variable = self.model.new_int_var_from_domain(domain, "")
        self._values.append((variable, value))
        return variable

    def hint(self, schedule: Schedule) -> None:
        """Give every variable its value in ``schedule``."""
        self.model.clear_hints()  # type: ignore[no-untyped-call]  # ortools declares no return
        for variable, value in self._values:
            self.model.add_hint(variable, int(value(schedule)))

    def impossible(self) -> None:
        """State that there is no solution."""
        self.model.add_bool_or([])

    def check_time(self) -> None:
        """Raise :class:`OutOfTimeError` when the time is over."""
        if self.budget.over:
            raise OutOfTimeError

    def modes(self, operation: int) -> list[int]:
        """Modes an operation may run in (the fixed one, where it is fixed)."""
        fixed = int(self.problem.operations[operation, Op.FIXED_MODE])
        return [fixed] if fixed >= 0 else list(self.problem.modes_of(operation))

    def is_fixed(self, operation: int) -> bool:
        """Whether its times are given."""
        return bool(self.problem.operations[operation, Op.FIXED_START] >= 0)

    def work(self, mode: int) -> Work:
        """What is worked around the start: a batch shares its setup, so its members bring none."""
        row = self.problem.modes[mode]
        flags = int(self.problem.operations[row[Mode.OPERATION], Op.FLAGS])
        shared = self.is_batch(int(row[Mode.MACHINE]))
        return Work(
            0 if shared else int(row[Mode.SETUP]),
            int(row[Mode.RUN]),
            0 if shared else int(row[Mode.TEARDOWN]),
            bool(flags & Flag.RESUMABLE),
            bool(flags & Flag.SETUP_WHOLE),
        )

    def is_batch(self, machine: int) -> bool:
        """Whether operations share a run on this machine."""
        return machine >= 0 and int(self.problem.machines[machine, 3]) > 0

    def places(self, mode: int) -> Places:
        """Where the run of ``mode`` may start, up to the model's end."""
        key = (int(self.problem.modes[mode, Mode.CALENDAR]), self.work(mode))
        if key not in self._places:
            windows = self.problem.calendar(key[0])
            # Teardown may be worked after the last end: keep enough windows behind it.
            row = int(np.searchsorted(windows[:, 0], self.until))
            needed = windows[row - 1, 2] + windows[row - 1, 1] - windows[row - 1, 0] if row else 0
            after = int(np.searchsorted(windows[:, 2], needed + key[1].teardown))
            self._places[key] = places(windows[: max(row, after) + 1], key[1])
        return self._places[key]

    def stretch_in(self, schedule: Schedule, operation: int) -> Stretch:
        """Stretch of an operation where ``schedule`` has it."""
        mode = int(schedule.mode[operation])
        if self.is_fixed(operation) or mode not in self.stretches:
            return next(iter(self.stretches.get(mode, ())), Stretch(0, 0, 0))
        return self.places(mode).stretch_at(int(schedule.start[operation]))

    def interval(
        self, modes: Sequence[int], literal: Literal, begin: Moment, end: Moment
    ) -> cp_model.IntervalVar:
        """Interval of an operation from one moment to another, present with ``literal``.

        ``modes`` are those of its modes that the literal stands for; they say how long it may be.
        """
        operation = int(self.problem.modes[modes[0], Mode.OPERATION])
        sizes = {s.offset(end) - s.offset(begin) for m in modes for s in self.stretches[m]}
        first, last = self.at[begin][operation], self.at[end][operation]
        size: Expression
        if len(sizes) == 1:
            size = next(iter(sizes))
        else:

            def value(schedule: Schedule) -> int:
                stretch = self.stretch_in(schedule, operation)
                ticks = stretch.offset(end) - stretch.offset(begin)
                # Absent, its length does not matter; it only has to be one of those allowed.
                return ticks if ticks in sizes else min(sizes)

            size = self.integer(Domain.from_values(sorted(sizes)), value)
        if literal is True:
            return self.model.new_interval_var(first, size, last, "")
        return self.model.new_optional_interval_var(first, size, last, literal, "")

    def block(self, first: int, last: int) -> cp_model.IntervalVar:
        """A fixed interval ``[first, last)``."""
        return self.model.new_fixed_size_interval_var(first, last - first, "")

    def either(self, modes: Iterable[int]) -> Literal:
        """Literal: the operation runs in one of ``modes`` (all of one operation)."""
        wanted = frozenset(m for m in modes if m in self.assigned)
        if len(wanted) == 1:
            return self.assigned[next(iter(wanted))]
        if wanted not in self._either:
            self._either[wanted] = self._any_of(sorted(wanted))
        return self._either[wanted]

    def _any_of(self, wanted: Sequence[int]) -> Literal:
        if not wanted:
            return False
        operation = int(self.problem.modes[wanted[0], Mode.OPERATION])
        if all(m in wanted for m in self.modes(operation) if m in self.assigned):
            return True
        literal = self.boolean(lambda s: s.mode[operation] in wanted)
        self.model.add(cp_model.LinearExpr.sum([self.assigned[m] for m in wanted]) == literal)
        return literal


def bounds_of(expression: Expression) -> tuple[int, int]:
    """Least and greatest value of an affine expression of one variable, or of a constant."""
    if isinstance(expression, cp_model.IntVar):
        flat = expression.proto.domain
        # Its list knows no index from the end.
        return int(flat[0]), int(flat[len(flat) - 1])
    if isinstance(expression, IntAffine):
        low, high = bounds_of(expression.expression)
        ends = sorted((low * expression.coefficient, high * expression.coefficient))
        return ends[0] + expression.offset, ends[1] + expression.offset
    if not isinstance(expression, int):
        raise TypeError("moments are affine in one variable")
    return expression, expression


__all__ = [
    "Domain",
    "Expression",
    "Formulation",
    "Literal",
    "Moment",
    "OutOfTimeError",
    "ValueIn",
    "bounds_of",
]

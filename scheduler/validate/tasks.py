"""A task: one operation of the plan, in ticks, with all that snapshot and network say about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.factory import Alternative, StepState

if TYPE_CHECKING:
    from scheduler.factory import Machine, Step, StepProgress, Worker
    from scheduler.network.model import Order
    from scheduler.schedule import PlanRow
    from scheduler.validate.site import Kept, Site
    from scheduler.validate.worked import Hours, Window

MICROSECOND = timedelta(microseconds=1)


@dataclass(slots=True, eq=False)
class Task:
    """One operation.

    Parameters
    ----------
    position
        Place of its step in the routing.
    alternative
        The line of the step that names its machine (an empty one for a machine of the step's work
        centre); None without a machine.
    allowed
        Whether the step names its machine at all.
    setup, start, end
        Ticks; setup equals start where there is none.
    run, own_setup, teardown
        Ticks of work it takes: the run (of what is left), the setup besides any changeover, and
        clearing away.
    progress
        What the shop floor reported of its step; None for nothing.
    frozen
        Where it has to stay (any one of these); empty when it may move.
    """

    row: PlanRow
    order: Order
    step: Step
    position: int
    machine: Machine | None
    alternative: Alternative | None
    allowed: bool
    workers: tuple[Worker, ...]
    hours: Hours
    setup: int
    start: int
    end: int
    run: int
    own_setup: int
    teardown: int
    progress: StepProgress | None
    frozen: tuple[Kept, ...]

    @classmethod
    def of(cls, site: Site, row: PlanRow, order: Order, position: int) -> Task:
        """The task of a row whose order and step are known."""
        assert order.routing is not None  # noqa: S101  # the caller found the step in it
        step = order.routing.steps[position]
        machine = site.machines.get(row.machine) if row.machine else None
        line = line_of(step, machine)
        workers = tuple(site.workers[w][0] for w in row.workers if w in site.workers)
        key = (id(step), row.machine, row.workers)
        times = site.times.get(key)
        if times is None:
            rate = efficiency(line, machine, workers)
            times = site.times[key] = Times.of(step, line, rate, site.policy.tick)
        progress = progress_of(order, step)
        frozen: tuple[Kept, ...] = ()
        if progress is None or progress.state is StepState.OPEN:
            frozen = site.frozen(order.plant, order.id, step.id, row.part, progress)
        return cls(
            row=row,
            order=order,
            step=step,
            position=position,
            machine=machine,
            alternative=line or (None if machine is None else Alternative(machine=machine.id)),
            allowed=is_allowed(step, row.machine, line),
            workers=workers,
            hours=site.hours(site.limits(order.plant, machine, step, workers)),
            setup=site.tick(row.setup),
            start=site.tick(row.start),
            end=site.tick(row.end),
            run=times.run(row.quantity),
            own_setup=site.horizon.length(own(line, "setup", step.setup)),
            teardown=site.horizon.length(own(line, "teardown", step.teardown)),
            progress=progress,
            frozen=frozen,
        )

    @property
    def started(self) -> bool:
        """Whether it has begun on the shop floor: its start is history."""
        return self.progress is not None and self.progress.state is StepState.STARTED

    @property
    def fixed(self) -> bool:
        """Whether it stays where it is: started, or frozen."""
        return self.started or bool(self.frozen)

    @property
    def units(self) -> int | Fraction:
        """Units of a machine of several that it takes."""
        return 1 if self.alternative is None else Fraction(self.alternative.units)

    @property
    def cleared(self) -> int:
        """When its machine is free again: the end, or the end of its teardown."""
        if self.teardown == 0:
            return self.end
        return self.hours.finish(self.end, self.teardown) or self.end

    @property
    def path(self) -> str:
        """Where it stands."""
        return f"rows/{self.order.id}/{self.step.id}/{self.row.part}"

    @property
    def name(self) -> str:
        """The operation in the planner's words."""
        part = f" (part {self.row.part + 1})" if self.step.split else ""
        return f"step {self.step.id}{part} of {self.order.id} ({self.order.item})"

    @property
    def where(self) -> str:
        """Its machine in the planner's words."""
        return f"on {self.row.machine}" if self.row.machine else "without a machine"

    def pieces(self, start: int, end: int) -> list[Window]:
        """When it is worked between two ticks."""
        return self.hours.pieces(start, end)


def progress_of(order: Order, step: Step) -> StepProgress | None:
    """What was reported of a step of a work order."""
    reported = () if order.work_order is None else order.work_order.steps
    return next((progress for progress in reported if progress.step == step.id), None)


def line_of(step: Step, machine: Machine | None) -> Alternative | None:
    """The line of a step that a machine runs on; None when the step does not name it."""
    if machine is None:
        return None
    if step.alternatives:
        return next((a for a in step.alternatives if a.machine == machine.id), None)
    if step.work_centre is not None and step.work_centre in (machine.work_centre, machine.id):
        return Alternative(machine=machine.id)
    return None


def is_allowed(step: Step, machine: str | None, line: Alternative | None) -> bool:
    """Whether a step may run on ``machine`` (None: without one)."""
    if machine is None or step.subcontract is not None:
        needs_machine = bool(step.alternatives) or step.work_centre is not None
        return machine is None and (step.subcontract is not None or not needs_machine)
    return line is not None


def own(line: Alternative | None, name: str, otherwise: timedelta) -> timedelta:
    """A time of the alternative, or the step's where it names none."""
    value: timedelta | None = None if line is None else getattr(line, name)
    return otherwise if value is None else value


def efficiency(
    line: Alternative | None, machine: Machine | None, workers: tuple[Worker, ...]
) -> Fraction:
    """Machine times alternative times the slowest of the named workers."""
    rate = Fraction(machine.efficiency) if machine is not None else Fraction(1)
    if line is not None and line.efficiency is not None:
        rate *= Fraction(line.efficiency)
    return rate * min((Fraction(w.efficiency) for w in workers), default=Fraction(1))


@dataclass(frozen=True, slots=True)
class Times:
    """Times of a step on a machine in microseconds, and how fast they pass; for any quantity."""

    fixed: int
    per_unit: int
    per_batch: int
    batch: Fraction | None
    """None: all in one."""
    rate: Fraction
    """Microseconds of standard time that are worked in one tick."""

    @classmethod
    def of(cls, step: Step, line: Alternative | None, rate: Fraction, tick: timedelta) -> Times:
        """Those of the alternative, and of the step where it names none."""
        size = None if line is None else line.batch_quantity
        size = step.batch_quantity if size is None else size
        return cls(
            fixed=own(line, "fixed", step.fixed) // MICROSECOND,
            per_unit=own(line, "run_per_unit", step.run_per_unit) // MICROSECOND,
            per_batch=own(line, "run_per_batch", step.run_per_batch) // MICROSECOND,
            batch=None if size is None else Fraction(size),
            rate=rate * (tick // MICROSECOND),
        )

    def run(self, quantity: Fraction) -> int:
        """Ticks of a run, exact, rounded up once.

        run = ⌈(fixed + run_per_unit · q + run_per_batch · ⌈q / batch_quantity⌉) / efficiency⌉
        """
        batches = 1 if self.batch is None else -(-quantity // self.batch)
        exact = self.fixed + self.per_unit * quantity + self.per_batch * batches
        # One division of whole numbers in place of one of fractions.
        dividend = exact.numerator * self.rate.denominator
        return -(-dividend // (exact.denominator * self.rate.numerator))

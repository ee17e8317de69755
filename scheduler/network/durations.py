"""Durations: when the steps of an order would have to start, or could be done, on free machines.

An estimate for need dates only: first machine of each step, exact hours of machine, site and
step, no queues, changeovers, people or tools. Fed by routings and ``lead_times``; read by
``sourcing``.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, inf
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from scheduler.factory import Alternative, Machine, Routing, Snapshot, Step, Subcontract
    from scheduler.network.clocks import Clock
    from scheduler.network.lead_times import LeadTimes

ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class StepTime:
    """One step, ready for arithmetic in seconds.

    Parameters
    ----------
    before
        Steps it follows: position, lag and transfer batch (infinite: passed on at the end).
    fixed, per_unit, per_batch
        Seconds, by the efficiency of the machine; ``batch`` pieces share one ``per_batch``.
    pieces
        Pieces that enter the step per good piece of the order.
    """

    clock: Clock
    setup: int
    fixed: float
    per_unit: float
    per_batch: float
    batch: float
    pieces: Fraction
    pieces_float: float
    before: tuple[tuple[int, int, float], ...]
    post: int
    subcontract: Subcontract | None

    def work(self, pieces: float) -> int:
        """Open seconds of setup and run."""
        batches = ceil(pieces / self.batch) if self.per_batch else 0
        return self.setup + ceil(self.fixed + self.per_unit * pieces + self.per_batch * batches)


@dataclass(frozen=True, slots=True)
class RoutingTimes:
    """A routing, ready for arithmetic.

    Parameters
    ----------
    order
        Positions of the steps, each after those it follows.
    start_pieces
        Pieces that enter the first step per good piece.
    fault
        Code and reason why nothing can be made by it; None when it can.
    """

    routing: Routing
    steps: tuple[StepTime, ...]
    order: tuple[int, ...]
    start_pieces: Fraction
    fault: tuple[str, str] | None
    position: dict[str, int]
    """Step → its position."""


class Durations:
    """Times of all routings of a snapshot, each prepared once."""

    def __init__(self, snapshot: Snapshot, lead_times: LeadTimes) -> None:
        self._lead_times = lead_times
        self._clocks = lead_times.clocks
        self._machines = {m.id: m for m in reversed(snapshot.machines)}
        self._centres = {w.id: w for w in reversed(snapshot.work_centres)}
        self._of_centre: dict[str, Machine] = {}
        for machine in snapshot.machines:
            if machine.work_centre is not None:
                self._of_centre.setdefault(machine.work_centre, machine)
        self._times: dict[str, RoutingTimes] = {}
        self._runs: dict[tuple[str, int, int], tuple[list[float], list[int]]] = {}
        """Routing and good pieces → pieces and work of each step, for whole orders."""

    def of(self, routing: Routing) -> RoutingTimes:
        """The routing's times."""
        if routing.id not in self._times:
            self._times[routing.id] = self._prepare(routing)
        return self._times[routing.id]

    def latest_starts(
        self, routing: Routing, end: int, good: Fraction, left: Sequence[Fraction] | None = None
    ) -> list[int]:
        """Latest start of each step that is to be over in time for ``end``, in seconds.

        Parameters
        ----------
        left
            Pieces still to do per step, for an order in progress. Absent: all.
        """
        times = self.of(routing)
        pieces, works = self._run(times, good, left)
        ends = [end] * len(times.steps)
        starts = [end] * len(times.steps)
        for i in reversed(times.order):
            step = times.steps[i]
            starts[i] = ends[i] - step.post
            if step.subcontract is not None and pieces[i] > 0:
                starts[i] = self._lead_times.subcontract_start_at(
                    step.subcontract, starts[i], routing.plant
                )
            elif pieces[i] > 0:
                starts[i] = step.clock.back(starts[i], works[i])
            for j, lag, batch in step.before:
                over = starts[i]
                if batch < pieces[j]:
                    over = self._end_before(times, i, j, starts, ends, pieces, batch)
                if over - lag < ends[j]:
                    ends[j] = over - lag
        return starts

    def _run(
        self, times: RoutingTimes, good: Fraction, left: Sequence[Fraction] | None
    ) -> tuple[list[float], list[int]]:
        """Pieces that enter each step, and open seconds of it (0 where nothing enters)."""
        key = (times.routing.id, good.numerator, good.denominator)
        if left is None and key in self._runs:
            return self._runs[key]
        pieces = self._pieces(times, good, left)
        works = [s.work(p) if p > 0 else 0 for s, p in zip(times.steps, pieces, strict=True)]
        if left is None:
            self._runs[key] = pieces, works
        return pieces, works

    def _end_before(
        self,
        times: RoutingTimes,
        i: int,
        j: int,
        starts: list[int],
        ends: list[int],
        pieces: list[float],
        batch: float,
    ) -> int:
        """Latest end of step j that feeds step i in transfer batches."""
        step, feeder = times.steps[i], times.steps[j]
        share = batch / pieces[j]
        # The last batch must be there when the last of the work on it begins …
        last = step.clock.back(ends[i] - step.post, ceil(step.work(pieces[i]) * share))
        # … and the first one when the step starts.
        work = feeder.work(pieces[j])
        begun = feeder.clock.back(starts[i], ceil(work * share))
        return max(starts[i], min(last, feeder.clock.forward(begun, work)))

    def earliest_end(
        self, routing: Routing, start: int, good: Fraction, left: Sequence[Fraction] | None = None
    ) -> int:
        """When an order that starts at ``start`` is done on free machines, without overlap."""
        times = self.of(routing)
        pieces = self._pieces(times, good, left)
        ends = [start] * len(times.steps)
        for i in times.order:
            step = times.steps[i]
            begin = max([start, *(ends[j] + lag for j, lag, _ in step.before if pieces[j] > 0)])
            ends[i] = begin
            if pieces[i] > 0:
                ends[i] = self._earliest_end(step, begin, pieces[i], routing.plant)
        return max(ends, default=start)

    def _earliest_end(self, step: StepTime, begin: int, pieces: float, plant: str) -> int:
        if step.subcontract is not None:
            return self._lead_times.subcontract_end_at(step.subcontract, begin, plant)
        return step.clock.forward(begin, step.work(pieces))

    @staticmethod
    def _pieces(
        times: RoutingTimes, good: Fraction, left: Sequence[Fraction] | None
    ) -> list[float]:
        if left is not None:
            return [float(q) for q in left]
        amount = float(good)
        return [amount * step.pieces_float for step in times.steps]

    def _prepare(self, routing: Routing) -> RoutingTimes:
        links = links_of(routing)
        fault = fault_of(routing, links)
        order = ordered(links)
        pieces = pieces_per_good(routing, links, order)
        steps = tuple(
            self._step(routing, step, pieces[i], tuple(links[i]))
            for i, step in enumerate(routing.steps)
        )
        first = [pieces[i] for i, before in enumerate(links) if not before]
        position = {step.id: i for i, step in enumerate(routing.steps)}
        return RoutingTimes(routing, steps, order, max(first, default=ONE), fault, position)

    def _step(
        self,
        routing: Routing,
        step: Step,
        pieces: Fraction,
        before: tuple[tuple[int, int, float], ...],
    ) -> StepTime:
        choice, machine = self._machine(step)
        efficiency = float(machine.efficiency) if machine is not None else 1.0
        if choice is not None and choice.efficiency is not None:
            efficiency *= float(choice.efficiency)

        def seconds(name: str) -> float:
            own: timedelta | None = getattr(choice, name) if choice is not None else None
            value: timedelta = getattr(step, name) if own is None else own
            return value.total_seconds()

        batch = choice.batch_quantity if choice is not None else None
        batch = batch or step.batch_quantity
        return StepTime(
            clock=self._clock(routing.plant, step, machine),
            setup=ceil(seconds("setup")),
            fixed=seconds("fixed") / efficiency,
            per_unit=seconds("run_per_unit") / efficiency,
            per_batch=seconds("run_per_batch") / efficiency,
            batch=float(batch) if batch is not None else inf,
            pieces=pieces,
            pieces_float=float(pieces),
            before=before,
            post=ceil(step.post_time.total_seconds()),
            subcontract=step.subcontract,
        )

    def _machine(self, step: Step) -> tuple[Alternative | None, Machine | None]:
        """The preferred machine of a step."""
        for choice in sorted(step.alternatives, key=lambda a: a.priority):
            if choice.machine in self._machines:
                return choice, self._machines[choice.machine]
        if step.alternatives or step.work_centre is None:
            return None, None
        return None, self._of_centre.get(step.work_centre)

    def _clock(self, plant: str, step: Step, machine: Machine | None) -> Clock:
        """Hours of a step: site, machine (else its work centre, else the plant) and its own."""
        owner = self._lead_times.plants.get(machine.plant if machine is not None else plant)
        site = owner.site_calendar if owner is not None else None
        hours = None
        if machine is not None:
            centre = self._centres.get(machine.work_centre) if machine.work_centre else None
            hours = machine.calendar or (centre.calendar if centre is not None else None)
            hours = hours or (owner.calendar if owner is not None else None)
            plant = machine.plant
        return self._clocks.clock(plant, hours, site, step.calendar)


Before = list[tuple[int, int, float]]


def links_of(routing: Routing) -> list[Before]:
    """The steps each step follows: position, lag in seconds, transfer batch (infinite for none)."""
    position = {step.id: i for i, step in enumerate(routing.steps)}
    links: list[Before] = []
    for i, step in enumerate(routing.steps):
        queue = ceil(step.queue.total_seconds())
        if step.follows is None:
            lag = queue + ceil(step.minimum_lag.total_seconds())
            batch = float(step.transfer_batch) if step.transfer_batch is not None else inf
            links.append([(i - 1, lag, batch)] if i else [])
            continue
        links.append(
            [
                (
                    position[link.step],
                    queue + ceil(link.minimum_lag.total_seconds()),
                    float(link.transfer_batch) if link.transfer_batch is not None else inf,
                )
                for link in step.follows
                if link.step in position and link.step != step.id
            ]
        )
    return links


def ordered(links: list[Before]) -> tuple[int, ...]:
    """Positions, each after those it follows; links that close a ring leave ``links``."""
    done: list[int] = []
    left = list(range(len(links)))
    placed: set[int] = set()
    while left:
        ready = [i for i in left if all(j in placed for j, _, _ in links[i])]
        if not ready:
            # Nothing is made by such a routing (``fault_of``); its times are still asked for.
            links[left[0]] = [b for b in links[left[0]] if b[0] in placed]
            continue
        done += ready
        placed.update(ready)
        left = [i for i in left if i not in placed]
    return tuple(done)


def fault_of(routing: Routing, links: list[Before]) -> tuple[str, str] | None:
    """Why nothing can be made by a routing: steps that wait for each other, or impossible waits."""
    placed: set[int] = set()
    while ready := {
        i
        for i, before in enumerate(links)
        if i not in placed and placed.issuperset(b[0] for b in before)
    }:
        placed |= ready
    if len(placed) < len(links):
        return "routing.cycle", f"steps of the routing {routing.id} wait for each other"
    for step in routing.steps:
        waits = [(step.minimum_lag, step.maximum_lag)] if step.follows is None else []
        waits += [(link.minimum_lag, link.maximum_lag) for link in step.follows or ()]
        if any(most is not None and least > most for least, most in waits):
            return (
                "routing.lags",
                f"step {step.id} of the routing {routing.id} waits longer than it may",
            )
    return None


def pieces_per_good(
    routing: Routing, links: list[Before], order: tuple[int, ...]
) -> list[Fraction]:
    """Pieces that enter each step so that one good piece comes out at the end.

    in(i) = max over the steps s that follow i of in(s), or 1 for a last step, / yield(i)
    """
    wanted = [Fraction(0)] * len(links)
    entering = [ONE] * len(links)
    if all(step.yield_ratio == 1 for step in routing.steps):
        return entering
    for i in reversed(order):
        entering[i] = (wanted[i] or ONE) / Fraction(routing.steps[i].yield_ratio)
        for j, _, _ in links[i]:
            wanted[j] = max(wanted[j], entering[i])
    return entering

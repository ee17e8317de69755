"""Choices: the ways a step can be run — machine, people, tools, hours — and how long each takes.

Fed by the snapshot and ``hours``; read by ``assemble``. What does not depend on the quantity is
worked out once per step of a routing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from scheduler.build.hours import SCALE, Hours
from scheduler.factory import (
    Alternative,
    LabourNeed,
    LabourPool,
    Machine,
    MachineKind,
    Phase,
    Plant,
    Routing,
    Step,
    Worker,
)
from scheduler.worktime import Interval, Piece, open_where

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scheduler.findings import Findings
    from scheduler.problem import Table

PHASE = {Phase.SETUP: 1, Phase.RUN: 2, Phase.BOTH: 3}
MICROSECOND = timedelta(microseconds=1)
Team = tuple[tuple[LabourNeed, tuple[Worker, ...]], ...]
"""Named people for each need of a step."""
SLOTS = 16
"""A machine of more than this many at a time is counted, not drawn slot by slot."""
CREWS = 24
"""At most so many combinations of named people are tried for a crew."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to run a step, whatever its quantity.

    Times are microseconds, to be divided by the fraction ``divisor``; setup and teardown are ticks.
    """

    machine: int
    calendar: int
    setup: int
    teardown: int
    needs: tuple[int, int]
    rank: int
    fixed: int
    per_unit: int
    per_batch: int
    batch: Fraction | None
    divisor: tuple[int, int]
    workers: tuple[str, ...]
    setup_whole: bool
    longest: int
    """Longest open stretch of the calendar, 0 when it is never open."""

    def run_ticks(self, quantity: Fraction, tick: int) -> int:
        """(fixed + per unit · q + per batch · ⌈q / batch⌉) / efficiency, rounded up once to ticks
        of ``tick`` µs.
        """
        batches = 0
        if self.per_batch:
            batches = 1 if self.batch is None else int(-(-quantity // self.batch))
        over, under = self.divisor
        if quantity.denominator == 1:
            work = self.fixed + self.per_unit * quantity.numerator + self.per_batch * batches
            return -(-work * under // (over * tick))
        exact = self.fixed + self.per_unit * quantity + self.per_batch * batches
        return int(-(-exact * under // (over * tick)))


class Resources:
    """Counted resources of the problem, and the needs of modes (shared rows)."""

    def __init__(self, hours: Hours) -> None:
        self.hours = hours
        self.names: list[str] = []
        self.rows: list[tuple[int, int, int]] = []
        self.levels: list[tuple[int, int]] = []
        self.needs: list[tuple[int, int, int]] = []
        self._index: dict[tuple[str, ...], int] = {}
        self._pieces: list[list[Piece]] = []
        self._shared: dict[tuple[tuple[int, int, int], ...], tuple[int, int]] = {}

    def add(self, key: tuple[str, ...], pieces: list[Piece], *, held: bool) -> int:
        """Index of a resource, made from its levels on first use."""
        if key not in self._index:
            self._index[key] = len(self.names)
            self.names.append(" ".join(key[1:]))
            first = len(self.levels)
            for start, _, level in pieces or [(0, 0, 0)]:
                if len(self.levels) == first or self.levels[-1][1] != level:
                    self.levels.append((start, level))
            self.levels.append((self.hours.horizon.ticks, 0))
            self.rows.append((first, len(self.levels), int(held)))
            self._pieces.append(pieces)
        return self._index[key]

    def open_for(self, resource: int, amount: int) -> list[Interval]:
        """When at least ``amount`` of it is there."""
        return open_where(self._pieces[resource], amount)

    def share(self, needs: tuple[tuple[int, int, int], ...]) -> tuple[int, int]:
        """Rows of ``needs`` that hold these, made once."""
        if needs not in self._shared:
            first = len(self.needs)
            self.needs.extend(needs)
            self._shared[needs] = (first, len(self.needs))
        return self._shared[needs]

    def tables(self) -> tuple[Table, Table, Table]:
        """``needs``, ``resources`` and ``levels`` of the problem."""
        return (
            np.array(self.needs, dtype=np.int64).reshape(-1, 3),
            np.array(self.rows, dtype=np.int64).reshape(-1, 3),
            np.array(self.levels, dtype=np.int64).reshape(-1, 2),
        )


class Choices:
    """All choices of all steps of one snapshot."""

    def __init__(self, hours: Hours, findings: Findings) -> None:
        snapshot = hours.snapshot
        self.hours = hours
        self.findings = findings
        self.resources = Resources(hours)
        self.machines = snapshot.machines
        self.machine_index = {m.id: i for i, m in enumerate(snapshot.machines)}
        self._by_centre: dict[str, list[str]] = {}
        self._centres: dict[str, list[Alternative]] = {}
        for machine in snapshot.machines:
            if machine.work_centre:
                self._by_centre.setdefault(machine.work_centre, []).append(machine.id)
        self._pools = {p.id: p for p in snapshot.labour_pools}
        self._tools = {t.id: t for t in snapshot.tools}
        self._cache: dict[tuple[str, str], list[Choice]] = {}
        self.work_ahead = {
            i: m.work_ahead for i, m in enumerate(snapshot.machines) if m.work_ahead is not None
        }
        """Machine → how long before it is needed an order may run there, where that is limited."""
        # Operations that take several units of a machine, or a part of one, do not sit in slots.
        self._shared = {
            alternative.machine
            for routing in snapshot.routings
            for step in routing.steps
            for alternative in step.alternatives
            if alternative.units != 1
        }

    def of(self, routing: Routing, step: Step) -> list[Choice]:
        """The ways to run a step, preferred ones first; none (with a finding) is an empty list."""
        key = (routing.id, step.id)
        if key not in self._cache:
            self._cache[key] = self._make(routing, step)
        return self._cache[key]

    def counted(self, machine: Machine) -> bool:
        """Whether a machine of several is a counted resource rather than a row of slots."""
        return machine.kind is MachineKind.MULTIPLE and (
            machine.capacity > SLOTS or machine.capacity % 1 != 0 or machine.id in self._shared
        )

    def places(self, machine: Machine) -> int:
        """Slots of a machine: places that are kept one by one; 0 where it is only counted, or takes
        any number.
        """
        if machine.kind is MachineKind.UNLIMITED or self.counted(machine):
            return 0
        if machine.kind is MachineKind.MULTIPLE:
            return min(SLOTS, max(1, int(machine.capacity)))
        return 1

    def _make(self, routing: Routing, step: Step) -> list[Choice]:
        plant = self.hours.plant(routing.plant)
        found: list[Choice] = []
        candidates: list[Alternative | None] = [*self.alternatives_of(step)] or [None]
        for alternative in candidates:
            if alternative is not None and alternative.machine not in self.machine_index:
                continue
            for crew in self._crews(routing, step):
                found.append(self._choice(plant, step, alternative, crew, len(found)))
        if not found and candidates:
            self.findings.add(
                "step.no_machine",
                f"routings/{routing.id}/steps/{step.id}",
                f"Step {step.id} of routing {routing.id} names no known machine,"
                " or nobody can do it.",
                "Name a machine, a work centre that has machines, or people who have the skill.",
            )
        return found

    def alternatives_of(self, step: Step) -> list[Alternative]:
        """Machines of a step, preferred ones first; empty for a step without a machine."""
        if step.alternatives:
            return sorted(step.alternatives, key=lambda a: a.priority)
        if step.work_centre is None:
            return []
        return self._of_centre(step.work_centre)

    def _of_centre(self, centre: str) -> list[Alternative]:
        """Every machine of a work centre, none preferred; made once, for many steps name one."""
        if centre not in self._centres:
            machines = self._by_centre.get(centre) or [centre]
            self._centres[centre] = [Alternative(machine=m) for m in machines]
        return self._centres[centre]

    def _crews(self, routing: Routing, step: Step) -> Iterator[Team]:
        """Crews of named people for the step's needs; one empty crew when nobody is named."""
        crews: list[Team] = [()]
        for need in step.labour:
            pool = self._pools.get(need.pool)
            if pool is None or not pool.members:
                continue
            able = sorted(
                (
                    w
                    for w in pool.members
                    if need.skill is None or any(s.skill == need.skill for s in w.skills)
                ),
                key=lambda w: min(
                    (s.priority for s in w.skills if s.skill == need.skill), default=0
                ),
            )
            teams = list(combinations(able, int(need.people)))[:CREWS]
            if not teams:
                self.findings.add(
                    "labour.no_skill",
                    f"routings/{routing.id}/steps/{step.id}/labour/{need.pool}",
                    f"Step {step.id} of routing {routing.id} needs {need.people} with skill "
                    f"{need.skill or 'any'} from {need.pool}, which has {len(able)}.",
                    "Train somebody, or take the skill off the step.",
                )
            crews = [(*crew, (need, team)) for crew in crews for team in teams][:CREWS]
        yield from crews

    def _choice(
        self,
        plant: Plant,
        step: Step,
        alternative: Alternative | None,
        crew: Team,
        rank: int,
    ) -> Choice:
        machine = (
            None if alternative is None else self.machines[self.machine_index[alternative.machine]]
        )
        needs = list(self._counted_needs(step, machine, alternative))
        for need, team in crew:
            pool = self._pools[need.pool]
            for worker in team:
                resource = self.resources.add(
                    ("worker", pool.id, worker.id), self.hours.worker(worker, pool), held=False
                )
                needs.append((resource, SCALE, PHASE[need.phase]))
        windows = self._validity(plant, alternative, crew)
        ticks = self.hours.horizon.length
        calendar = self._calendar(plant, step, machine, needs, windows)
        return Choice(
            machine=-1 if machine is None else self.machine_index[machine.id],
            calendar=calendar,
            setup=ticks(_either(alternative, "setup", step.setup)),
            teardown=ticks(_either(alternative, "teardown", step.teardown)),
            needs=self.resources.share(tuple(needs)),
            rank=rank,
            fixed=_either(alternative, "fixed", step.fixed) // MICROSECOND,
            per_unit=_either(alternative, "run_per_unit", step.run_per_unit) // MICROSECOND,
            per_batch=_either(alternative, "run_per_batch", step.run_per_batch) // MICROSECOND,
            batch=_batch(alternative, step),
            divisor=_divisor(machine, alternative, crew),
            workers=tuple(w.id for _, team in crew for w in team),
            setup_whole=machine is not None and not machine.setup_interruptible,
            longest=self.hours.longest(calendar),
        )

    def _counted_needs(
        self, step: Step, machine: Machine | None, alternative: Alternative | None
    ) -> Iterator[tuple[int, int, int]]:
        """Pools, skills, tools, setters and counted machines as needs."""
        if machine is not None and alternative is not None:
            if self.counted(machine):
                level = int(machine.capacity * SCALE)
                pieces = [(0, self.hours.horizon.ticks, level)]
                units = self.resources.add(("machine", machine.id), pieces, held=True)
                yield units, int(alternative.units * SCALE), 3
            if machine.setup_pool in self._pools:
                pool = self._pools[machine.setup_pool]
                yield self._pool(pool), _thousandths(machine.setup_people), 1
        for need in step.labour:
            pool_of_need = self._pools.get(need.pool)
            if pool_of_need is None or pool_of_need.members:
                continue
            yield self._pool(pool_of_need), _thousandths(need.people), PHASE[need.phase]
            if need.skill is not None:
                yield (
                    self._skill(pool_of_need, need.skill),
                    _thousandths(need.people),
                    PHASE[need.phase],
                )
        for tool_need in step.tools:
            tool = self._tools.get(tool_need.tool)
            if tool is not None and not tool_need.whole_order:
                yield self.tool(tool.id), _thousandths(tool_need.count), PHASE[tool_need.phase]

    def _pool(self, pool: LabourPool) -> int:
        return self.resources.add(("people", pool.id), self.hours.pool(pool), held=False)

    def _skill(self, pool: LabourPool, skill: str) -> int:
        most = pool.skills.get(skill, 0) * SCALE
        pieces = [(a, b, min(level, most)) for a, b, level in self.hours.pool(pool)]
        return self.resources.add(("people", pool.id, skill), pieces, held=False)

    def knows_tool(self, tool: str) -> bool:
        """Whether there is such a tool."""
        return tool in self._tools

    def tool(self, tool: str) -> int:
        """Index of a tool's resource."""
        return self.resources.add(("tool", tool), self.hours.tool(self._tools[tool]), held=True)

    def _validity(
        self,
        plant: Plant,
        alternative: Alternative | None,
        crew: Team,
    ) -> tuple[Interval, ...]:
        """Time in which alternative and skills are effective, as intervals to intersect with."""
        spans = (
            [] if alternative is None else [(alternative.effective_from, alternative.effective_to)]
        )
        for need, team in crew:
            for worker in team:
                spans += [
                    (s.effective_from, s.effective_to)
                    for s in worker.skills
                    if s.skill == need.skill
                ]
        result = []
        for low, high in spans:
            if low is not None or high is not None:
                start = 0 if low is None else max(0, self.hours.tick(low, plant.id))
                end = (
                    self.hours.horizon.ticks
                    if high is None
                    else self.hours.tick(high, plant.id, end=True)
                )
                result.append((start, min(end, self.hours.horizon.ticks)))
        return tuple(result)

    def _calendar(
        self,
        plant: Plant,
        step: Step,
        machine: Machine | None,
        needs: list[tuple[int, int, int]],
        windows: tuple[Interval, ...],
    ) -> int:
        """Site ∩ machine ∩ step ∩ people and tools of the run ∩ validity."""
        during = tuple(sorted({(r, amount) for r, amount, phase in needs if phase & 2}))
        key = (
            "mode",
            plant.id,
            None if machine is None else self.hours.of_machine(machine),
            step.calendar,
            during,
            windows,
        )
        known = self.hours.registered(key)
        if known is not None:
            return known
        parts = [
            self.hours.open(plant.site_calendar, plant.id),
            self.hours.open(step.calendar, plant.id),
        ]
        if machine is not None:
            parts.append(self.hours.machine(machine))
        parts += [self.resources.open_for(resource, amount) for resource, amount in during]
        parts += [[window] for window in windows if window[0] < window[1]]
        if any(window[0] >= window[1] for window in windows):
            parts.append([])
        return self.hours.register(key, parts)


def _divisor(
    machine: Machine | None, alternative: Alternative | None, crew: Team
) -> tuple[int, int]:
    """Efficiency of the machine, in this step, with the slowest of its people, as a ratio."""
    parts = (
        None if machine is None else machine.efficiency,
        None if alternative is None else alternative.efficiency,
        min((w.efficiency for _, team in crew for w in team), default=None) if crew else None,
    )
    over = under = 1
    for part in parts:
        if part is not None:
            numerator, denominator = part.as_integer_ratio()
            over, under = over * numerator, under * denominator
    return over, under


def _either(alternative: Alternative | None, name: str, otherwise: timedelta) -> timedelta:
    """The alternative's own time, or the step's."""
    own = None if alternative is None else getattr(alternative, name)
    return otherwise if own is None else own


def _batch(alternative: Alternative | None, step: Step) -> Fraction | None:
    own = None if alternative is None else alternative.batch_quantity
    quantity = step.batch_quantity if own is None else own
    return None if quantity is None else Fraction(quantity)


def _thousandths(amount: object) -> int:
    """An amount in thousandths, rounded up: a need is never made smaller."""
    return int(-(-Fraction(str(amount)) * SCALE // 1))

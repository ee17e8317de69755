"""The site: a snapshot by name, its hours and instants in ticks, and the planner's words for them.

Built once per validation; nothing here judges. Hours are shared between all operations that have
the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from scheduler.factory import Phase, Plant, StepState, Unit
from scheduler.factory.zones import zone_of
from scheduler.findings import Finding, Severity
from scheduler.horizon import Horizon
from scheduler.validate.codes import Code, remedy
from scheduler.validate.leadtimes import Receiving
from scheduler.validate.openings import LEAF, NONE, ONE, Openings, first_instant, last_instant
from scheduler.validate.worked import Hours, plain

if TYPE_CHECKING:
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from scheduler.factory import (
        Calendar,
        Downtime,
        Item,
        LabourPool,
        Machine,
        Snapshot,
        Step,
        StepProgress,
        Tool,
        Worker,
    )
    from scheduler.policy import Policy

HORIZON = timedelta(days=365 * 60)
"""Far enough for every date a snapshot can hold; openings are laid out only where they are read."""

KNOWN_UNITS = {
    "g": Unit(id="g", base="kg", factor=Decimal("0.001")),
    "ml": Unit(id="ml", base="l", factor=Decimal("0.001")),
}

Limits = tuple[tuple[Openings, Decimal], ...]
Kept = tuple[int, "str | None"]
"""Start and machine that an operation has to keep; no machine: any."""


def origin_of(snapshot: Snapshot) -> datetime:
    """Tick 0: now, or the earliest start of work in progress, down to the whole minute."""
    starts = [
        progress.started_at
        for work_order in snapshot.work_orders
        for progress in work_order.steps
        if progress.state is StepState.STARTED and progress.started_at is not None
    ]
    return min([snapshot.now, *starts]).replace(second=0, microsecond=0)


@dataclass(eq=False)
class Site:
    """A snapshot by name.

    Parameters
    ----------
    horizon
        From the plan's origin; ``now`` is the tick before which nothing new starts.
    """

    snapshot: Snapshot
    policy: Policy
    horizon: Horizon = field(init=False)
    now: int = field(init=False)
    _hours: dict[object, Hours] = field(default_factory=dict, init=False)
    _openings: dict[object, Openings] = field(default_factory=dict, init=False)
    _limits: dict[object, Limits] = field(default_factory=dict, init=False)

    times: dict[object, Any] = field(default_factory=dict, init=False)
    """Times of steps on machines, by step, machine and people; kept for ``tasks``."""

    def __post_init__(self) -> None:
        origin = origin_of(self.snapshot)
        self.horizon = Horizon(origin, origin + HORIZON, self.policy.tick)
        self.now = self.horizon.at_or_after(self.snapshot.now)

    @cached_property
    def plants(self) -> dict[str, Plant]:
        """Plants by id."""
        return {plant.id: plant for plant in self.snapshot.plants}

    @cached_property
    def calendars(self) -> dict[str, Calendar]:
        """Calendars by id."""
        return {calendar.id: calendar for calendar in self.snapshot.calendars}

    @cached_property
    def machines(self) -> dict[str, Machine]:
        """Machines by id."""
        return {machine.id: machine for machine in self.snapshot.machines}

    @cached_property
    def taken_by_units(self) -> frozenset[str]:
        """Machines of which some alternative takes more, or less, than one unit."""
        return frozenset(
            alternative.machine
            for routing in self.snapshot.routings
            for step in routing.steps
            for alternative in step.alternatives
            if alternative.units != 1
        )

    @cached_property
    def pools(self) -> dict[str, LabourPool]:
        """Labour pools by id."""
        return {pool.id: pool for pool in self.snapshot.labour_pools}

    @cached_property
    def tools(self) -> dict[str, Tool]:
        """Tools by id."""
        return {tool.id: tool for tool in self.snapshot.tools}

    @cached_property
    def workers(self) -> dict[str, tuple[Worker, LabourPool]]:
        """Named workers with their pool."""
        return {w.id: (w, pool) for pool in self.snapshot.labour_pools for w in pool.members}

    @cached_property
    def items(self) -> dict[str, Item]:
        """Items by id."""
        return {item.id: item for item in self.snapshot.items}

    @cached_property
    def units(self) -> dict[str, Unit]:
        """Units of measure: those of the snapshot, and the multiples that everybody knows."""
        return KNOWN_UNITS | {unit.id: unit for unit in self.snapshot.units}

    @cached_property
    def centre_calendars(self) -> dict[str, str | None]:
        """Calendar of each work centre."""
        return {centre.id: centre.calendar for centre in self.snapshot.work_centres}

    def plant(self, ident: str) -> Plant:
        """A plant; one that is not known is always open, in UTC."""
        return self.plants.get(ident) or Plant(id=ident)

    def zone(self, plant: str) -> ZoneInfo:
        """Zone of a plant."""
        return zone_of(self.plant(plant).time_zone)

    @cached_property
    def planned(self) -> dict[tuple[str, str, int], Kept]:
        """Where the previous plan had each operation."""
        return {
            (p.order, p.step, p.part): (self.horizon.at_or_after(p.start), p.machine)
            for p in self.snapshot.planned
        }

    def frozen(
        self, plant: str, order: str, step: str, part: int, progress: StepProgress | None
    ) -> tuple[Kept, ...]:
        """Where an operation is planned inside the frozen zone, by the previous plan or by the ERP;
        empty: it may move.

        What was planned before now and was not started is late, not frozen.
        """
        length = self.plant(plant).frozen
        if length is None:
            return ()
        until = self.now + self.horizon.length(length)
        places = [self.planned.get((order, step, part))]
        if progress is not None and progress.planned_start is not None:
            places.append((self.horizon.at_or_after(progress.planned_start), progress.machine))
        return tuple(kept for kept in places if kept is not None and self.now <= kept[0] < until)

    def openings(
        self,
        calendar: str | None,
        plant: str,
        downtimes: tuple[Downtime, ...] = (),
        usual: Decimal = ONE,
    ) -> Openings:
        """Openings of a calendar as a plant uses it; a calendar that is absent or unknown is always
        open.
        """
        key = (calendar, plant, downtimes, usual)
        if key not in self._openings:
            found = self.calendars.get(calendar) if calendar else None
            self._openings[key] = Openings(self.horizon, found, self.zone(plant), downtimes, usual)
        return self._openings[key]

    def hours(self, limits: Limits) -> Hours:
        """Hours in which all limits hold; the same limits share their windows."""
        key = tuple((id(openings), amount) for openings, amount in limits)
        if key not in self._hours:
            self._hours[key] = Hours(limits, LEAF // self.horizon.tick)
        return self._hours[key]

    def machine_calendar(self, machine: Machine) -> str | None:
        """The machine's own calendar, else its work centre's, else its plant's."""
        centre = self.centre_calendars.get(machine.work_centre or "")
        return machine.calendar or centre or self.plant(machine.plant).calendar

    def worker_openings(self, worker: Worker, pool: LabourPool) -> Openings:
        """When a named worker is there: own calendar, else the pool's, else the plant's, minus
        absences.
        """
        calendar = worker.calendar or pool.calendar or self.plant(pool.plant).calendar
        return self.openings(calendar, pool.plant, (*worker.downtimes, *pool.downtimes))

    def pool_openings(self, pool: LabourPool) -> Openings:
        """How many people of a counted pool are there."""
        calendar = pool.calendar or self.plant(pool.plant).calendar
        return self.openings(calendar, pool.plant, pool.downtimes, pool.people)

    def tool_openings(self, tool: Tool) -> Openings:
        """How many of a tool are there."""
        return self.openings(tool.calendar, tool.plant, tool.downtimes, tool.count)

    def limits(
        self, plant: str, machine: Machine | None, step: Step, workers: tuple[Worker, ...]
    ) -> Limits:
        """What an operation is worked within: site, machine, step, people and tools of its run."""
        key = ("limits", plant, machine and machine.id, id(step), tuple(w.id for w in workers))
        cached = self._limits.get(key)
        if cached is None:
            cached = self._limits[key] = tuple(self._limits_of(plant, machine, step, workers))
        return cached

    def _limits_of(
        self, plant: str, machine: Machine | None, step: Step, workers: tuple[Worker, ...]
    ) -> list[tuple[Openings, Decimal]]:
        found = [
            (self.openings(calendar, plant), NONE)
            for calendar in (self.plant(plant).site_calendar, step.calendar)
            if calendar
        ]
        if machine is not None:
            calendar = self.machine_calendar(machine)
            found.append((self.openings(calendar, machine.plant, machine.downtimes), NONE))
        for need in step.labour:
            pool = self.pools.get(need.pool)
            if pool is not None and not pool.members and need.phase is not Phase.SETUP:
                found.append((self.pool_openings(pool), need.people))
        named = {n.pool for n in step.labour if n.phase is not Phase.SETUP}
        for worker in workers:
            pool = self.workers[worker.id][1]
            if pool.id in named:
                found.append((self.worker_openings(worker, pool), NONE))
        for tool_need in step.tools:
            tool = self.tools.get(tool_need.tool)
            if tool is not None and tool_need.phase is not Phase.SETUP:
                found.append((self.tool_openings(tool), tool_need.count))
        return found

    def receiving(self, plant: str, calendar: str | None = None) -> Receiving:
        """Where lead times into a plant are counted: the given calendar, else the receiving one,
        else the plant's.
        """
        site = self.plant(plant)
        name = calendar or site.receiving_calendar or site.calendar
        found = self.calendars.get(name) if name else None
        zone = (
            zone_of(found.time_zone) if found is not None and found.time_zone else self.zone(plant)
        )
        hours = self.calendar_hours(name, plant) if found is not None else None
        return Receiving(self.horizon, hours, zone)

    def calendar_hours(self, calendar: str | None, plant: str) -> Hours:
        """Hours of one calendar as a plant uses it."""
        key = ("calendar", calendar, plant)
        if key not in self._hours:
            self._hours[key] = plain(self.openings(calendar, plant))
        return self._hours[key]

    def start_of(self, moment: datetime | date, plant: str) -> int:
        """First tick not before a moment; a day means its start."""
        return self.horizon.at_or_after(first_instant(moment, self.zone(plant)))

    def end_of(self, moment: datetime | date, plant: str) -> int:
        """Last tick not after a moment; a day means its end."""
        return self.horizon.at_or_before(last_instant(moment, self.zone(plant)))

    def tick(self, moment: datetime) -> int:
        """Tick of a row's instant (the one before, for an instant between two)."""
        return self.horizon.at_or_before(moment)

    def at(self, tick: int, plant: str) -> str:
        """A tick in the planner's words, on the clock of a plant."""
        return f"{self.horizon.moment(tick).astimezone(self.zone(plant)):%a %d %b %Y %H:%M}"

    def lasting(self, ticks: int) -> str:
        """A length in the planner's words."""
        return f"{self.horizon.duration(ticks).total_seconds() / 60:g} min"

    def breach(self, code: Code, path: str, message: str, *, kept: bool = False) -> Finding:
        """A finding; ``kept`` makes it a warning about an operation that the frozen zone holds in
        its place.
        """
        return Finding(
            code=code.value,
            path=path,
            message=message,
            remedy="Release the operation from the frozen zone, or accept it."
            if kept
            else remedy(code),
            severity=Severity.WARNING if kept else Severity.ERROR,
            effect="It stays where it is, because it is frozen." if kept else "",
        )

"""Explain: why a demand is delivered when it is, as the chain of what waited for what.

From the delivery back, every operation started when it did because of exactly one thing: what comes
before it, its machine, its people or tools, its material, or the hours. Following that thing back
to the present is the binding chain; shorten any link of it and the date moves. Fed by a plan; read
by ``solve`` and people.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from scheduler.factory.zones import zone_of
from scheduler.frames.promises import end_of
from scheduler.horizon import NEVER
from scheduler.measures import completions
from scheduler.network.model import NeedKind, Network, Peg, Supply, SupplyKind
from scheduler.problem import Arc, DemandCol, Mode, Op, Ticks
from scheduler.schedule import RowKind, Schedule

if TYPE_CHECKING:
    from scheduler.build import Built
    from scheduler.factory import Demand, Snapshot
    from scheduler.policy import Policy

LONGEST_CHAIN = 200


def day_and_time(moment: datetime) -> str:
    """Weekday, day and time, as people say them on the phone."""
    return f"{moment:%a %d %b %H:%M}"


class Planned(Protocol):
    """What an explanation reads of a plan."""

    @property
    def snapshot(self) -> Snapshot: ...
    @property
    def policy(self) -> Policy: ...
    @property
    def network(self) -> Network: ...
    @property
    def built(self) -> Built: ...
    @property
    def schedule(self) -> Schedule: ...


class Cause(StrEnum):
    """What an operation waited for."""

    BEFORE = "before"
    """The step, order, transfer or delivery before it."""
    MACHINE = "machine"
    RESOURCE = "resource"
    """People or tools."""
    MATERIAL = "material"
    """Supply with a date: stock, receipt, purchase."""
    HOURS = "hours"
    """Closed time."""
    EFFECTIVITY = "effectivity"
    """A routing, or a fence, that allows no earlier start."""
    NOW = "now"
    """Nothing: it starts as soon as anything can."""
    FIXED = "fixed"
    """Started, or within the frozen zone."""


@dataclass(frozen=True, slots=True)
class Link:
    """One operation of the chain and what it waited for.

    ``waited`` is the time between when all else was there and its start. ``choice`` says how its
    machine was chosen; empty where there was only one.
    """

    what: str
    start: datetime
    end: datetime
    cause: Cause
    words: str
    waited: timedelta
    choice: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The binding chain of one demand, last link first."""

    demand: str
    headline: str
    steps: tuple[Link, ...]

    def text(self) -> str:
        """The chain in plain lines."""
        lines = [self.headline]
        lines += [
            f"  {link.what}: {day_and_time(link.start)} – {day_and_time(link.end)}, {link.words}"
            + (f"; {link.choice}" if link.choice else "")
            for link in self.steps
        ]
        return "\n".join(lines)


class _Bond(NamedTuple):
    """What one operation waited for, before it is told in words: most are only compared."""

    operation: int
    last: int
    """The last leg of the same transfer, delivery or step; most often the operation itself."""
    cause: Cause
    other: int
    waited: timedelta


class _Reader:
    """Finds what bound each operation of one plan."""

    def __init__(
        self, snapshot: Snapshot, network: Network, built: Built, schedule: Schedule
    ) -> None:
        self.snapshot, self.network, self.built, self.schedule = snapshot, network, built, schedule
        self.problem = built.problem
        self.zones = {p.id: zone_of(p.time_zone) for p in snapshot.plants}
        self.before_on_slot = _before_on_slot(schedule)
        self.demand_index = {d: i for i, d in enumerate(built.demands)}
        self._pegs: dict[tuple[NeedKind, str], list[Peg]] | None = None
        self._hours: dict[int, tuple[list[int], list[int]]] = {}
        """Openings and closes of a calendar."""

    def moment(self, tick: int, plant: str) -> datetime:
        """Local time of a tick."""
        return self.built.horizon.moment(tick).astimezone(self.zones.get(plant))

    def latest(self, demand: Demand) -> int:
        """Tick after which the customer does not accept a demand any more; ``NEVER`` for none."""
        if demand.latest is None:
            return NEVER
        zone = self.zones.get(demand.plant)
        return self.built.horizon.at_or_before(end_of(demand.latest, zone))

    def last_operation(self, demand: str) -> int | None:
        """The operation that delivers the last of a demand; None when stock or a receipt does."""
        row = self.problem.demands[self.demand_index[demand]]
        operations = self.problem.demand_operations[row[DemandCol.OP_FROM] : row[DemandCol.OP_TO]]
        if not len(operations):
            return None
        last = int(operations[np.argmax(self.schedule.end[operations])])
        return last if self.schedule.end[last] >= row[DemandCol.FLOOR] else None

    def bound_by(self, operation: int) -> tuple[Cause, int, int]:
        """(cause, operation waited for or −1, tick at which everything else was there)."""
        row = self.problem.operations[operation]
        start = int(self.schedule.start[operation])
        if row[Op.FIXED_START] >= 0:
            return Cause.FIXED, -1, start
        after, before = max(
            (
                (self._arc_ready(a), int(self.problem.arcs[a, Arc.PRED]))
                for a in self.problem.arcs_into(operation)
            ),
            default=(0, -1),
        )
        release = int(row[Op.RELEASE])
        ready = max(after, release)
        machine_free, other = self._machine_free(operation)
        if machine_free > ready and other >= 0 and self._opens(operation, machine_free) >= start:
            return Cause.MACHINE, other, ready
        if self._opens(operation, max(ready, machine_free)) < start:
            return self._late_without_machine(operation, other, ready)
        if (
            ready < start
            and self._opens(operation, ready) == start
            and ready > self.problem.now
            and after < release
        ):
            return Cause.MATERIAL, -1, ready
        if after >= release and before >= 0:
            return Cause.BEFORE, before, ready
        if release > self.problem.now:
            return Cause.MATERIAL, -1, ready
        return (Cause.NOW if start <= ready else Cause.HOURS), -1, ready

    def _late_without_machine(
        self, operation: int, other: int, ready: int
    ) -> tuple[Cause, int, int]:
        mode = self.schedule.mode[operation]
        needs = len(self.problem.needs_of(int(mode)))
        if needs:
            return Cause.RESOURCE, -1, ready
        # Nothing of this plan is in the way: an order that is only asked for found no gap sooner.
        return (Cause.MACHINE if self.machine(operation) else Cause.HOURS), other, ready

    def _arc_ready(self, arc: int) -> int:
        """When an arc lets its successor start (overlaps: not before the start of what comes
        before).
        """
        row = self.problem.arcs[arc]
        column = self.schedule.start if row[Arc.TRANSFER] > 0 else self.schedule.end
        return int(column[row[Arc.PRED]] + row[Arc.LAG])

    def _machine_free(self, operation: int) -> tuple[int, int]:
        other = self.before_on_slot[operation]
        if other < 0:
            return 0, -1
        setup = int(self.schedule.start[operation] - self.schedule.setup[operation])
        return int(self.schedule.end[other]) + setup, other

    def _opens(self, operation: int, tick: int) -> int:
        """First open tick of the operation's hours from ``tick`` on."""
        calendar = int(self.problem.modes[self.schedule.mode[operation], Mode.CALENDAR])
        if calendar not in self._hours:
            windows = self.problem.calendar(calendar)
            self._hours[calendar] = windows[:, 0].tolist(), windows[:, 1].tolist()
        opens, closes = self._hours[calendar]
        i = bisect_right(closes, tick)
        return max(tick, opens[i]) if i < len(opens) else self.problem.end

    def name(self, operation: int) -> str:
        """What an operation is called by people."""
        name = self.built.operations[operation]
        if name.kind is RowKind.SHIP:
            return f"shipping {name.order}"
        if name.kind is RowKind.MOVE:
            return f"transfer {name.order} to {name.plant}"
        return f"step {name.step} of {name.order} ({name.item})"

    def machine(self, operation: int) -> str:
        """Machine of an operation, or an empty text."""
        machine = int(self.problem.modes[self.schedule.mode[operation], Mode.MACHINE])
        return self.built.machines[machine] if machine >= 0 else ""

    def choice(self, operation: int, policy: Policy) -> str:
        """How the machine of an operation was chosen; empty where there was only one."""
        problem = self.problem
        ways = problem.modes[list(problem.modes_of(operation))]
        names = dict.fromkeys(
            self.built.machines[int(way[Mode.MACHINE])] for way in ways if way[Mode.MACHINE] >= 0
        )
        if len(names) < 2 or problem.operations[operation, Op.FIXED_START] >= 0:
            return ""
        used = self.machine(operation)
        others = ", ".join(name for name in names if name != used)
        preferred = " (the preferred one)" if used == next(iter(names)) else ""
        return f"{used}{preferred} rather than {others}: policy '{policy.alternatives.value}'"

    def words(self, operation: int, cause: Cause, other: int) -> str:
        """One cause in the planner's words."""
        plant = self.built.operations[operation].plant
        if cause is Cause.MACHINE and other < 0:
            return f"waited for room on {self.machine(operation)}"
        if cause is Cause.MACHINE:
            until = self.moment(int(self.schedule.end[other]), plant)
            busy = f"busy with {self.name(other)} until {day_and_time(until)}"
            return f"waited for {self.machine(operation)}, {busy}"
        if cause is Cause.BEFORE:
            return f"waited for {self.name(other)}"
        if cause is Cause.RESOURCE:
            mode = int(self.schedule.mode[operation])
            names = {
                self.built.resources[int(self.problem.needs[n, 0])]
                for n in self.problem.needs_of(mode)
            }
            return f"waited for {', '.join(sorted(names))}"
        if cause is Cause.MATERIAL:
            return self._material(operation)
        if cause is Cause.HOURS:
            return f"waited for {self.machine(operation) or plant} to open"
        if cause is Cause.FIXED:
            return "started, or frozen where it is"
        return "starts as soon as anything can"

    def _material(self, operation: int) -> str:
        """Which dated supply, or which date, an operation waited for."""
        name = self.built.operations[operation]
        order = self.network.orders.get(name.order)
        if self._pegs is None:
            self._pegs = self.network.pegs_of_need()
        kind = {RowKind.SHIP: NeedKind.DEMAND, RowKind.MOVE: NeedKind.TRANSFER}.get(
            name.kind, NeedKind.ORDER
        )
        late = [
            (supply.available, supply)
            for peg in self._pegs.get((kind, name.order), [])
            if (supply := self.network.supplies[peg.supply]).available is not None
        ]
        released = self.built.horizon.moment(int(self.problem.operations[operation, Op.RELEASE]))
        if late:
            when, supply = max(late, key=lambda pair: (pair[0], pair[1].id))
            if when >= released - timedelta(minutes=1):
                local = when.astimezone(self.zones.get(name.plant))
                return f"waited for {supply_words(supply)}, there {day_and_time(local)}"
        if order is not None and order.not_before is not None and order.routing is not None:
            if order.routing.effective_from is not None:
                return f"routing effective from {order.routing.effective_from}"
            local = order.not_before.astimezone(self.zones.get(name.plant))
            return f"not released before {day_and_time(local)}"
        local = released.astimezone(self.zones.get(name.plant))
        return f"not allowed before {day_and_time(local)}"

    def link(self, bond: _Bond) -> Link:
        """One link of the chain in words."""
        operation = bond.operation
        plant = self.built.operations[operation].plant
        start, end = int(self.schedule.start[operation]), int(self.schedule.end[bond.last])
        return Link(
            self._what(operation),
            self.moment(start, plant),
            self.moment(end, plant),
            bond.cause,
            self.words(operation, bond.cause, bond.other),
            bond.waited,
        )

    def _what(self, operation: int) -> str:
        machine = self.machine(operation)
        return self.name(operation) + (f" on {machine}" if machine else "")

    def chain(self, operation: int, *, own: bool = False) -> list[_Bond]:
        """What bound ``operation``, and what bound that, back to the present; ``own``: through what
        serves the demand only.
        """
        result: list[_Bond] = []
        seen: set[int] = set()
        current = operation
        while current >= 0 and current not in seen and len(result) < LONGEST_CHAIN:
            seen.add(current)
            last = current
            cause, other, ready = self.bound_by(current)
            while cause is Cause.BEFORE and self.name(other) == self.name(current):
                # The legs of one transfer, delivery or subcontracted step are one link.
                current = other
                cause, other, ready = self.bound_by(current)
            start = int(self.schedule.start[current])
            waited = self.built.horizon.duration(max(0, start - max(ready, self.problem.now)))
            result.append(_Bond(current, last, cause, other, waited))
            if own and cause is not Cause.BEFORE:
                other = self._latest_before(current)
            current = other
        return result

    def _latest_before(self, operation: int) -> int:
        return max(
            (
                (self._arc_ready(a), int(self.problem.arcs[a, Arc.PRED]))
                for a in self.problem.arcs_into(operation)
            ),
            default=(0, -1),
        )[1]

    def reason(self, demand: str) -> str:
        """Why a demand is late, in one sentence: the longest wait on its way."""
        last = self.last_operation(demand)
        if last is None:
            return self._supply_reason(demand)
        bonds = self.chain(last, own=True)
        waits = [b for b in bonds if b.cause not in (Cause.BEFORE, Cause.NOW, Cause.HOURS)]
        worst = max(waits, key=self._weight, default=None)
        if worst is not None and (
            worst.waited > timedelta(0) or worst.cause in (Cause.MATERIAL, Cause.FIXED)
        ):
            operation = worst.operation
            words = self.words(operation, worst.cause, worst.other)
            return f"{self._what(operation)} {words}"
        end = self.moment(int(self.schedule.end[last]), self.built.operations[last].plant)
        hours = (end - self.snapshot.now).total_seconds() / 3600
        return f"everything from now on takes {hours:.1f} h, more than was left"

    def _weight(self, bond: _Bond) -> timedelta:
        """How much a wait cost: material from now on, anything else since all else was there."""
        if bond.cause is not Cause.MATERIAL:
            return bond.waited
        plant = self.built.operations[bond.operation].plant
        start = self.moment(int(self.schedule.start[bond.operation]), plant)
        return start - self.snapshot.now

    def _supply_reason(self, demand: str) -> str:
        if self._pegs is None:
            self._pegs = self.network.pegs_of_need()
        dated = [
            (s.available, s.id, s)
            for peg in self._pegs.get((NeedKind.DEMAND, demand), [])
            if (s := self.network.supplies[peg.supply]).available is not None
        ]
        if not dated:
            return "no supply"
        when, _, supply = max(dated, key=lambda entry: entry[:2])
        local = when.astimezone(self.zones.get(supply.plant))
        return f"waits for {supply_words(supply)}, there {day_and_time(local)}"


_SUPPLY = {
    SupplyKind.STOCK: "stock",
    SupplyKind.RECEIPT: "receipt",
    SupplyKind.ORDER: "order",
    SupplyKind.PURCHASE: "purchase",
    SupplyKind.TRANSFER: "transfer",
}


def supply_words(supply: Supply) -> str:
    """A supply as people call it."""
    return f"{_SUPPLY[supply.kind]} {supply.id} of {supply.item}"


def _before_on_slot(schedule: Schedule) -> list[int]:
    """Operation before each on its slot, −1 for none."""
    before = [-1] * schedule.size
    last: dict[int, int] = {}
    order: Ticks = np.lexsort((np.arange(schedule.size), schedule.end, schedule.start))
    for operation in order.tolist():
        slot = int(schedule.slot[operation])
        if slot >= 0:
            before[operation] = last.get(slot, -1)
            last[slot] = operation
    return before


def reasons(
    snapshot: Snapshot, network: Network, built: Built, schedule: Schedule
) -> dict[str, str]:
    """One sentence for each demand that is later than requested, promised or accepted."""
    if schedule.size != built.problem.size:
        return {}
    reader = _Reader(snapshot, network, built, schedule)
    done = completions(built.problem, schedule.end)
    found = {}
    for index, demand in enumerate(built.demands):
        row = built.problem.demands[index]
        due = min(
            int(row[DemandCol.PROMISED]),
            int(row[DemandCol.REQUESTED]),
            reader.latest(network.demands[index]),
        )
        if done[index] > due and done[index] < built.problem.end and demand not in built.undated:
            found[demand] = reader.reason(demand)
    return found


def explain_demand(plan: Planned, demand: str) -> Explanation:
    """The binding chain of one demand.

    Raises
    ------
    KeyError
        When the plan has no such demand.
    """
    if demand in plan.built.undated:
        return Explanation(demand, f"{demand} has no date: {plan.built.undated[demand]}.", ())
    reader = _Reader(plan.snapshot, plan.network, plan.built, plan.schedule)
    index = reader.demand_index[demand]
    done = int(completions(plan.built.problem, plan.schedule.end)[index])
    asked = plan.network.demands[index]
    when = f"{reader.moment(done, asked.plant):%a %d %b %Y %H:%M}"
    if done > reader.latest(asked):
        when += f", after its latest date {asked.latest}"
    last = reader.last_operation(demand)
    if last is None:
        supply = reader._supply_reason(demand)
        return Explanation(demand, f"{demand} is delivered {when}: {supply}.", ())
    links = tuple(
        replace(reader.link(bond), choice=reader.choice(bond.last, plan.policy))
        for bond in reader.chain(last)
    )
    return Explanation(demand, f"{demand} is delivered {when}. Back from there:", links)

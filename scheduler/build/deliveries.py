"""Deliveries: what leaves for each demand and when it counts, and the material arcs between orders.

Fed by the network and ``operations``; read by ``assemble``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from scheduler.build.model import OperationName
from scheduler.build.operations import Drafts, transfer_of
from scheduler.factory import Demand, Partial
from scheduler.horizon import NEVER
from scheduler.network.model import NeedKind, Network, Peg, Supply
from scheduler.schedule import RowKind

if TYPE_CHECKING:
    from datetime import date, datetime

    from scheduler.build.hours import Hours
    from scheduler.problem import Table, Ticks

NOTHING = Fraction(0)
HELD_FACTOR = 8
"""A promise given counts this much more when urgency is weighed (levels stay strict)."""
PRIORITY_STEPS = 16
"""Each step of priority counts double; priorities from 16 on count the same."""


@dataclass(slots=True)
class Entry:
    """One demand: when it is wanted, how much that counts, and what delivers it."""

    promised: int
    requested: int
    weight: int
    floor: int = 0
    operations: list[int] = field(default_factory=list)

    @property
    def due(self) -> int:
        """The date that urgency is reckoned from."""
        return self.promised if self.promised < NEVER else self.requested

    @property
    def urgency(self) -> int:
        """Weight in dispatching: a promise given counts more than a wish."""
        return self.weight * (HELD_FACTOR if self.promised < NEVER else 1)


@dataclass(frozen=True, slots=True)
class Source:
    """What makes a supply available: a tick, or the end of drafts."""

    tick: int
    drafts: tuple[int, ...] = ()


class Deliveries:
    """Ties supplies to what needs them, and demands to what delivers them."""

    def __init__(self, network: Network, hours: Hours, drafts: Drafts) -> None:
        self.network = network
        self.hours = hours
        self.drafts = drafts
        self.entries: list[Entry] = []
        self.undated: dict[str, str] = dict(network.undated)
        self._moves: dict[str, list[int]] = {}
        self._pegs = network.pegs_of_need()

    def table(self) -> Table:
        """``demands`` of the problem."""
        rows, at = [], 0
        for e in self.entries:
            rows.append((e.promised, e.requested, e.weight, e.floor, at, at + len(e.operations)))
            at += len(e.operations)
        return np.array(rows, dtype=np.int64).reshape(-1, 6)

    def operations(self) -> Ticks:
        """``demand_operations`` of the problem."""
        return np.array([o for e in self.entries for o in e.operations], dtype=np.int64)

    def source(self, supply: Supply) -> Source:
        """When a supply is there."""
        if supply.id in self._moves:
            return Source(0, (self._moves[supply.id][-1],))
        if supply.available is not None:
            return Source(self.hours.horizon.at_or_after(supply.available))
        order = supply.output_of
        if order is None:
            return Source(0)
        if supply.step is not None and (order, supply.step) in self.drafts.steps:
            return Source(0, tuple(self.drafts.steps[order, supply.step]))
        return Source(self.drafts.now, tuple(self.drafts.tails.get(order, ())))

    def add_moves(self) -> None:
        """Transfers between plants: sent when all they are pegged to is there, there after the
        lane's lead time.
        """
        for supply in self.network.supplies.values():
            if supply.lane is None or supply.available is not None:
                continue
            if supply.id in self.drafts.blocked:
                continue
            plant = self.hours.plant(supply.plant)
            name = OperationName(
                RowKind.MOVE, supply.id, "", 0, supply.item, supply.plant, supply.quantity
            )
            waits = self.drafts.journey(
                [supply.lane.lead_time], plant.receiving_calendar or plant.calendar, supply.plant
            )
            chain: list[int] = []
            for calendar, run in waits:
                draft = self.drafts.wait(name, -1, self.drafts.now, calendar, run)
                if chain:
                    draft.arcs_in.append((chain[-1], 0, NEVER, 0, 0))
                chain.append(self.drafts.add(draft))
            self._moves[supply.id] = chain

    def tie_moves(self) -> None:
        """Pegs of the transfers themselves."""
        for supply, chain in self._moves.items():
            for peg in self._pegs.get((NeedKind.TRANSFER, supply), []):
                self._tie(peg, [chain[0]])

    def tie_orders(self) -> None:
        """Pegs of the components of orders, at the step that uses them."""
        for (kind, order), pegs in self._pegs.items():
            if kind is not NeedKind.ORDER:
                continue
            heads = self.drafts.heads.get(order, [])
            for peg in pegs:
                users = self.drafts.steps.get((order, peg.need.step or ""), heads)
                self._tie(
                    peg,
                    users[:1]
                    if peg.need.step and len(users) > 1 and self._is_chain(users)
                    else users,
                )

    def _is_chain(self, users: list[int]) -> bool:
        """Whether drafts of one step follow each other (legs of a subcontract) rather than run side
        by side.
        """
        return self.drafts.drafts[users[0]].name == self.drafts.drafts[users[-1]].name

    def _tie(self, peg: Peg, users: list[int]) -> None:
        """Make the users wait for the supply."""
        source = self.source(self.network.supplies[peg.supply])
        offset = int(-(-peg.need.offset_seconds * 1_000_000 // self.drafts.tick))
        for user in users:
            draft = self.drafts.drafts[user]
            draft.release = max(draft.release, source.tick - offset)
            pieces = (0, 0)
            if peg.need.transfer_batch is not None:
                pieces = transfer_of(peg.need.transfer_batch, peg.need.quantity)
            for before in source.drafts:
                draft.arcs_in.append((before, -offset, NEVER, *pieces))

    def add_demands(self) -> None:
        """Every planned demand, and the shipments it needs."""
        together: dict[tuple[str, str], list[Source]] = {}
        sources: dict[str, list[tuple[Peg, Source]]] = {}
        for demand in self.network.demands:
            pegs = self._pegs.get((NeedKind.DEMAND, demand.id), [])
            sources[demand.id] = [(p, self.source(self.network.supplies[p.supply])) for p in pegs]
            if demand.order is not None and demand.partial in (
                Partial.COMPLETE_ORDER,
                Partial.IN_RATIO,
            ):
                together.setdefault((demand.order, demand.plant), []).extend(
                    s for _, s in sources[demand.id]
                )
        for demand in self.network.demands:
            own = sources[demand.id]
            shared = together.get((demand.order or "", demand.plant), []) if demand.order else []
            self._add_demand(demand, own, shared if demand.partial is not Partial.ALLOWED else [])

    def _add_demand(
        self, demand: Demand, own: list[tuple[Peg, Source]], shared: list[Source]
    ) -> None:
        entry = Entry(
            promised=self._due(demand.promised, demand),
            requested=self._due(demand.requested, demand),
            weight=self._weight(demand),
        )
        self.entries.append(entry)
        if demand.id in self.undated:
            return
        if demand.partial is Partial.ALLOWED:
            groups = shipments(own, self._minimum(demand))
        else:
            total = sum((peg.quantity for peg, _ in own), NOTHING)
            groups = [([s for _, s in own] + shared, total)]
        for part, (sources, quantity) in enumerate(groups):
            self._deliver(demand, entry, part, sources, quantity)

    def _deliver(
        self, demand: Demand, entry: Entry, part: int, sources: list[Source], quantity: Fraction
    ) -> None:
        """Count the sources themselves, or the shipment that waits for them where shipping takes
        anything.
        """
        chain = self._shipment(demand, part, quantity)
        if not chain:
            entry.floor = max([entry.floor, *(s.tick for s in sources)])
            entry.operations.extend(
                d for s in sources for d in s.drafts if d not in entry.operations
            )
            return
        first = self.drafts.drafts[chain[0]]
        for source in sources:
            first.release = max(first.release, source.tick)
            first.arcs_in.extend((before, 0, NEVER, 0, 0) for before in source.drafts)
        entry.operations.append(chain[-1])

    def _minimum(self, demand: Demand) -> Fraction:
        """Smallest delivery in the item's own unit."""
        if not demand.minimum_shipment:
            return NOTHING
        left = Fraction(demand.quantity) - Fraction(demand.delivered)
        if left <= 0:
            return NOTHING
        return Fraction(demand.minimum_shipment) * self.network.remaining[demand.id] / left

    def _shipment(self, demand: Demand, part: int, quantity: Fraction) -> list[int]:
        """Drafts of one delivery: to the dock (not shown), leaving, under way; empty when shipping
        takes nothing.
        """
        plant = self.hours.plant(demand.plant)
        if not (
            plant.shipping_calendar or plant.dock_time.amount or demand.transit or demand.earliest
        ):
            return []
        name = OperationName(RowKind.SHIP, demand.id, "", part, demand.item, demand.plant, quantity)
        hidden = OperationName(
            RowKind.SHIP, demand.id, "dock", part, demand.item, demand.plant, quantity, hidden=True
        )
        dock = self.hours.register(
            ("open", plant.shipping_calendar, plant.id),
            [self.hours.open(plant.shipping_calendar, plant.id)],
        )
        waits = self.drafts.waits(
            plant.dock_time, plant.shipping_calendar or plant.calendar, plant.id
        )
        legs = [(hidden, calendar, run) for calendar, run in waits] + [(name, dock, 0)]
        if demand.transit:
            legs.append(
                (name, self.hours.around_the_clock, self.hours.horizon.length(demand.transit))
            )
        chain: list[int] = []
        for label, calendar, run in legs:
            draft = self.drafts.wait(label, -1, self.drafts.now, calendar, run)
            if chain:
                draft.arcs_in.append((chain[-1], 0, NEVER, 0, 0))
            chain.append(self.drafts.add(draft))
        if demand.earliest is not None:
            leaving = self.drafts.drafts[chain[len(waits)]]
            leaving.release = max(leaving.release, self.hours.tick(demand.earliest, demand.plant))
        return chain

    def _due(self, moment: date | datetime | None, demand: Demand) -> int:
        return NEVER if moment is None else self.hours.tick(moment, demand.plant, end=True)

    @staticmethod
    def _weight(demand: Demand) -> int:
        """weight · 2^(16 − priority), a whole number of at least 1."""
        step = max(0, min(PRIORITY_STEPS, PRIORITY_STEPS - demand.priority))
        over, under = demand.weight.as_integer_ratio()
        return max(1, (over << step) // under)


def shipments(
    own: list[tuple[Peg, Source]], minimum: Fraction
) -> list[tuple[list[Source], Fraction]]:
    """Every supply is a delivery, which waits for those that make a smallest shipment with it.

    The last shipment may be less, where it is sure to be the last.
    """
    if not minimum:
        return [([s], peg.quantity) for peg, s in sorted(own, key=_dated_first)]
    groups: list[list[tuple[Peg, Source]]] = []
    waiting: list[tuple[Peg, Source]] = []
    for delivery in sorted(own, key=_dated_first):
        waiting.append(delivery)
        if sum(peg.quantity for peg, _ in waiting) >= minimum:
            groups.append(waiting)
            waiting = []
    if waiting and groups and any(source.drafts for _, source in (*groups[-1], *waiting)):
        groups[-1] += waiting
    elif waiting:
        groups.append(waiting)
    return [([s for _, s in group], peg.quantity) for group in groups for peg, _ in group]


def _dated_first(delivery: tuple[Peg, Source]) -> tuple[bool, int]:
    """What is dated comes first: of the rest only the schedule knows when it is there."""
    _, source = delivery
    return bool(source.drafts), source.tick

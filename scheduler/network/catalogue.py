"""Catalogue: what can be looked up in a snapshot while netting, each by item and plant.

Fed by the snapshot; read by the other files of ``network``. On duplicate ids the first one counts.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from scheduler.factory.structure import Structure
from scheduler.factory.units import Units
from scheduler.network.durations import Durations
from scheduler.network.lead_times import LeadTimes

if TYPE_CHECKING:
    from datetime import datetime

    from scheduler.factory import (
        Bom,
        Item,
        Purchase,
        Replenishment,
        Routing,
        Snapshot,
        TransferLane,
    )
    from scheduler.factory.values import Moment

Span = tuple[int, int]
"""Validity in seconds, half-open."""
EVER = 2**60


class Catalogue:
    """Lookups of one snapshot."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.items: dict[str, Item] = {i.id: i for i in reversed(snapshot.items)}
        self.units = Units(snapshot.units, snapshot.items)
        self.lead_times = LeadTimes(snapshot)
        self.clocks = self.lead_times.clocks
        self.now = self.clocks.now
        self.plants = self.lead_times.plants
        self.durations = Durations(snapshot, self.lead_times)
        self.structure = Structure(snapshot.boms)
        self._replenishments = {(r.item, r.plant): r for r in reversed(snapshot.replenishments)}
        self.routing_by_id = {r.id: r for r in reversed(snapshot.routings)}
        self.bom_by_id = {b.id: b for b in reversed(snapshot.boms)}
        self._routings: dict[tuple[str, str], list[Routing]] = defaultdict(list)
        for routing in sorted(snapshot.routings, key=lambda r: (r.priority, r.id)):
            self._routings[routing.item, routing.plant].append(routing)
        self._boms: dict[str, list[Bom]] = defaultdict(list)
        self._made_with: dict[str, list[Bom]] = defaultdict(list)
        for bom in sorted(snapshot.boms, key=lambda b: (b.priority, b.plant is None, b.id)):
            self._boms[bom.item].append(bom)
            for co in bom.co_products:
                self._made_with[co.item].append(bom)
        self._purchases: dict[str, list[Purchase]] = defaultdict(list)
        for purchase in sorted(
            snapshot.purchases, key=lambda p: (p.priority, p.plant is None, p.supplier)
        ):
            self._purchases[purchase.item].append(purchase)
        self._lanes: dict[str, list[TransferLane]] = defaultdict(list)
        for lane in sorted(
            snapshot.lanes, key=lambda n: (n.priority, n.item is None, n.from_plant)
        ):
            if lane.from_plant in self.plants and lane.from_plant != lane.to_plant:
                self._lanes[lane.to_plant].append(lane)
        self._bom_choices: dict[tuple[str, str], list[Bom]] = {}

    def replenishment(self, item: str, plant: str) -> Replenishment | None:
        """How the item is kept there; None: lot for lot."""
        return self._replenishments.get((item, plant))

    def routings(self, item: str, plant: str) -> list[Routing]:
        """Routings of an item at a plant, preferred first."""
        return self._routings.get((item, plant), [])

    def routed_plants(self, item: str) -> list[str]:
        """Plants that have a routing for an item."""
        return sorted(p for i, p in self._routings if i == item)

    def boms(self, item: str, plant: str) -> list[Bom]:
        """Bills that hold for an item at a plant, preferred first."""
        key = (item, plant)
        if key not in self._bom_choices:
            self._bom_choices[key] = [
                b for b in self._boms.get(item, []) if b.plant is None or b.plant == plant
            ]
        return self._bom_choices[key]

    def made_with(self, item: str) -> list[Bom]:
        """Bills that give an item as a co-product."""
        return self._made_with.get(item, [])

    def purchases(self, item: str, plant: str) -> list[Purchase]:
        """Ways to buy an item for a plant, preferred first."""
        found = self._purchases.get(item, [])
        return [p for p in found if p.plant is None or p.plant == plant]

    def lanes(self, item: str, plant: str) -> list[TransferLane]:
        """Ways to bring an item to a plant, preferred first."""
        return [n for n in self._lanes.get(plant, []) if n.item is None or n.item == item]

    def span(self, start: Moment | None, end: Moment | None, plant: str) -> Span:
        """A validity: days are whole local days of the plant, both ends included."""
        low = -EVER if start is None else self.clocks.at(start, plant)
        high = EVER if end is None else self.clocks.at(end, plant, end=True)
        return low, high

    def moment(self, at: int) -> datetime:
        """The instant of a second, not before now."""
        return self.clocks.moment(max(at, self.now))

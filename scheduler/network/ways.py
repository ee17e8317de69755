"""Ways: by which means an item can be had at a plant, and how much others could send.

Fed by the catalogue and the ledger; read by ``sourcing`` and its parts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.network.catalogue import EVER, Catalogue

if TYPE_CHECKING:
    from fractions import Fraction

    from scheduler.factory import Bom
    from scheduler.network.ledger import Ledger


class Ways:
    """Ways to have items, each worked out once."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._catalogue: Catalogue = ledger.catalogue
        self._in_rings = ledger.catalogue.structure.in_rings
        self._ways: dict[tuple[str, str], tuple[str, ...]] = {}

    def of(self, item: str, plant: str) -> tuple[str, ...]:
        """Ways to have an item, preferred first."""
        key = (item, plant)
        if key not in self._ways:
            catalogue = self._catalogue
            found: list[tuple[int, int, str]] = []
            if item not in self._in_rings:
                found += [(r.priority, 0, "make") for r in catalogue.routings(item, plant)]
            found += [(p.priority, 1, "buy") for p in catalogue.purchases(item, plant)]
            found += [(n.priority, 2, "bring") for n in catalogue.lanes(item, plant)]
            if not found and item not in self._in_rings:
                found += [(0, 3, "make_with") for _ in self.mothers(item, plant)]
            self._ways[key] = tuple(dict.fromkeys(way for _, _, way in sorted(found)))
        return self._ways[key]

    def mothers(self, item: str, plant: str) -> list[Bom]:
        """Bills that give the item as a co-product of something that can be made here."""
        bills = self._catalogue.made_with(item)
        return [
            b
            for b in bills
            if b.plant in (None, plant)
            and b.item not in self._in_rings
            and self._catalogue.structure.may_come_with(item, b.item)
            and self._catalogue.routings(b.item, plant)
        ]

    def no_source(self, item: str, plant: str) -> tuple[str, str]:
        """Why an item cannot be had at all: code and words."""
        if item in self._in_rings:
            ring = self._catalogue.structure.ring_of(item)
            return "bom.cycle", f"{item} contains itself: {' > '.join(ring)}"
        if self.reach(item, plant, ()) is None:
            return "supply.none", f"there is no more {item} in {plant}, and none can be had"
        elsewhere = [p for p in self._catalogue.routed_plants(item) if p != plant]
        hint = f" (it is made in {', '.join(elsewhere)})" if elsewhere else ""
        return (
            "factory.no_routing",
            f"{item} has neither routing nor purchase nor transfer lane in {plant}{hint}",
        )

    def reach(self, item: str, plant: str, path: tuple[str, ...]) -> Fraction | None:
        """How much of an item a plant could send on; None for any amount."""
        ways = self.of(item, plant)
        if any(way != "bring" for way in ways):
            return None
        total = self._ledger.shelf(item, plant).free(EVER)
        for lane in self._catalogue.lanes(item, plant):
            if lane.from_plant not in (*path, plant):
                more = self.reach(item, lane.from_plant, (*path, plant))
                if more is None:
                    return None
                total += more
        return total

"""Soonest: when something new could be there, for deciding who waits for what is already coming.

Fed by the ledger; read by ``netting`` and ``making``. An estimate on free machines: components
that are in stock are there, others as soon as they can be had.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.findings import BeyondHorizonError
from scheduler.network.catalogue import EVER, Catalogue
from scheduler.network.clocks import CalendarEndsError
from scheduler.network.explode import Exploder, ExplosionError

if TYPE_CHECKING:
    from fractions import Fraction

    from scheduler.factory import Routing
    from scheduler.network.buying import Buying
    from scheduler.network.ledger import Ledger, Want
    from scheduler.network.ways import Ways

DEEPEST = 60
"""Levels and plants looked through."""


class Soonest:
    """Earliest dates in one ledger, each worked out once."""

    def __init__(self, ledger: Ledger, exploder: Exploder, ways: Ways, buying: Buying) -> None:
        self._ledger = ledger
        self._catalogue: Catalogue = ledger.catalogue
        self._exploder = exploder
        self._ways = ways
        self._buying = buying
        self._earliest: dict[tuple[str, str, Fraction], int | None] = {}

    def of(self, want: Want) -> int | None:
        """When new supply could be there for a want; None when none can be had."""
        if not want.new:
            return None
        ready = self._soonest(want.item, want.plant, want.left, 0)
        return ready if ready is None or ready < EVER else None

    def _soonest(self, item: str, plant: str, quantity: Fraction, depth: int) -> int | None:
        key = (item, plant, quantity)
        if key not in self._earliest:
            # A ring of lanes finds nothing where it comes back to.
            self._earliest[key] = None
            times = [
                t
                for way in self._ways.of(item, plant)
                if depth < DEEPEST
                for t in self._times(way, item, plant, quantity, depth)
            ]
            self._earliest[key] = min(times, default=None)
        return self._earliest[key]

    def _times(self, way: str, item: str, plant: str, quantity: Fraction, depth: int) -> list[int]:
        """When one way could have it, for each of its choices."""
        now, lead_times = self._catalogue.now, self._catalogue.lead_times
        found = []
        try:
            if way == "make":
                found.append(self._soonest_made(item, plant, quantity, depth))
            elif way == "buy":
                for purchase in self._catalogue.purchases(item, plant):
                    low, high = self._catalogue.span(
                        purchase.effective_from, purchase.effective_to, plant
                    )
                    if max(now, low) < high:
                        found.append(self._buying.first_arrival(purchase, max(now, low), plant))
            elif way == "bring":
                for lane in self._catalogue.lanes(item, plant):
                    sent = self._soonest(item, lane.from_plant, quantity, depth + 1)
                    if sent is not None and sent < EVER:
                        found.append(lead_times.arrival_at(lane.lead_time, sent, plant))
        except (CalendarEndsError, BeyondHorizonError, ExplosionError):
            pass
        return found

    def _soonest_made(self, item: str, plant: str, quantity: Fraction, depth: int) -> int:
        """With the preferred routing, once the last of its components is there."""
        routing = self._usable(item, plant)
        if routing is None:
            return EVER
        start = self.start(routing, item, plant, quantity, depth)
        if start >= EVER:
            return EVER
        return self._catalogue.durations.earliest_end(routing, start, quantity)

    def start(
        self, routing: Routing, item: str, plant: str, quantity: Fraction, depth: int = 0
    ) -> int:
        """When an order of so many good pieces could start; EVER when a component cannot be had.

        Substitutes are not looked at: it may be sooner with one.
        """
        catalogue = self._catalogue
        low, _ = catalogue.span(routing.effective_from, routing.effective_to, plant)
        start = max(catalogue.now, low)
        bills = catalogue.boms(item, plant)
        bom = catalogue.bom_by_id.get(routing.bom) if routing.bom else (bills[0] if bills else None)
        if bom is not None:
            pieces = quantity * catalogue.durations.of(routing).start_pieces
            for component in self._exploder.components(bom, plant, start):
                needed = component.needed(pieces)
                shelf = self._ledger.shelf(component.item, component.plant)
                if shelf.free(catalogue.now) < needed:
                    there = self._soonest(component.item, component.plant, needed, depth + 1)
                    start = max(start, EVER if there is None else there)
        return start

    def _usable(self, item: str, plant: str) -> Routing | None:
        """The preferred routing by which anything can be made, now or later."""
        for routing in self._catalogue.routings(item, plant):
            _, high = self._catalogue.span(routing.effective_from, routing.effective_to, plant)
            if high > self._catalogue.now and self._catalogue.durations.of(routing).fault is None:
                return routing
        return None

"""Sourcing: new supply for what stock and receipts do not serve — made, bought, or brought.

Fed by the ledger after netting. Ways are tried by priority; of equal ones making comes before buying
and buying before bringing. Nothing that cannot be had is dropped: it becomes a lack with its reason.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.factory.units import ceiling
from scheduler.findings import BeyondHorizonError
from scheduler.network.catalogue import EVER, Catalogue
from scheduler.network.clocks import CalendarEndsError
from scheduler.network.explode import Exploder, ExplosionError
from scheduler.network.ledger import NOTHING, Holding, Ledger, Want, open_quantity, replaced_by
from scheduler.network.lots import buckets, purchase_rule
from scheduler.network.making import (
    DAY_SECONDS,
    Failures,
    Making,
    UnmakeableError,
    calendar_ends,
    forgive,
    share_out,
)
from scheduler.network.model import NeedKind, SupplyKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.factory import Bom, Purchase, Routing, TransferLane
    from scheduler.policy import Policy

DEEPEST = 60
"""Levels and plants looked through for when something new could be there."""


class Sourcing:
    """New supply in one ledger."""

    def __init__(self, ledger: Ledger, exploder: Exploder, making: Making, policy: Policy) -> None:
        self._ledger = ledger
        self._catalogue: Catalogue = ledger.catalogue
        self._exploder = exploder
        self._making = making
        making.soonest_start = self.soonest_start
        self._policy = policy
        self._bought: dict[tuple[int, int], Fraction] = defaultdict(Fraction)
        """(purchase, period) → quantity that arrives in it."""
        self._earliest: dict[tuple[str, str, Fraction], int | None] = {}
        self._in_rings = ledger.catalogue.structure.in_rings
        self._ways: dict[tuple[str, str], tuple[str, ...]] = {}

    def supply(self, wants: Sequence[Want], item: str, plant: str) -> None:
        """New supply for all that is open of ``wants``; what cannot be had becomes a lack."""
        failures: Failures = {}
        for way in self._ways_of(item, plant):
            left = [w for w in wants if w.left and w.new]
            if not left:
                break
            for want, failure in getattr(self, f"_{way}")(left, item, plant).items():
                failures.setdefault(want, failure)
        for want in wants:
            if want.left and want.new and want.substitutes:
                self._supply_substitutes(want)
            if want.left:
                code, reason = failures.get(id(want)) or self.no_source(item, plant)
                self._ledger.lack(want, code, reason)

    def _ways_of(self, item: str, plant: str) -> tuple[str, ...]:
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
                found += [(0, 3, "make_with") for _ in self._mothers(item, plant)]
            self._ways[key] = tuple(dict.fromkeys(way for _, _, way in sorted(found)))
        return self._ways[key]

    def _mothers(self, item: str, plant: str) -> list[Bom]:
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
            ring = (
                next(r for r in self._catalogue.structure.rings if item in r)
                if any(item in r for r in self._catalogue.structure.rings)
                else (item,)
            )
            return "bom.cycle", f"{item} contains itself: {' > '.join(ring)}"
        if self._reach(item, plant, ()) is None:
            return "supply.none", f"there is no more {item} in {plant}, and none can be had"
        elsewhere = [p for p in self._catalogue.routed_plants(item) if p != plant]
        hint = f" (it is made in {', '.join(elsewhere)})" if elsewhere else ""
        return (
            "factory.no_routing",
            f"{item} has neither routing nor purchase nor transfer lane in {plant}{hint}",
        )

    def _make(self, wants: Sequence[Want], item: str, plant: str) -> Failures:
        return self._making.make(wants, item, plant, self._catalogue.routings(item, plant))

    def _make_with(self, wants: Sequence[Want], item: str, plant: str) -> Failures:
        """The item only comes out of making something else: that is made for it."""
        failures: Failures = {}
        mother = self._mothers(item, plant)[0]
        co = next(c for c in mother.co_products if c.item == item)
        kept = self._catalogue.replenishment(mother.item, plant)
        precision = self._catalogue.units.precision(mother.item)
        for want in wants:
            # What an earlier run gave more than was wanted.
            share_out(self._ledger, [want], self._free(item, plant))
            if want.left <= 0:
                continue
            try:
                share = want.left / Fraction(co.quantity)
                good = self._exploder.output(mother) * (-(-share // 1) if co.fixed else share)
                good = ceiling(good, precision)
                chosen = self._making.choose(
                    self._catalogue.routings(mother.item, plant),
                    mother.item,
                    plant,
                    want.when,
                    good,
                )
                made = self._making.order(chosen, mother.item, plant, good, want.when, [want], kept)
                share_out(self._ledger, [want], [h for h in made[1:] if h.item == item])
            except UnmakeableError as error:
                failures[id(want)] = (error.code, error.reason)
            except ExplosionError as error:
                failures[id(want)] = (error.code, error.reason)
        return failures

    def _free(self, item: str, plant: str) -> list[Holding]:
        shelf = self._ledger.shelf(item, plant)
        return [h for h in shelf.holdings if h.left > 0 and h.output_of is not None]

    # Buying

    def _buy(self, wants: Sequence[Want], item: str, plant: str) -> Failures:
        failures: Failures = {}
        shelf = self._ledger.shelf(item, plant)
        kept = self._catalogue.replenishment(item, plant)
        groups: dict[str, list[Want]] = defaultdict(list)
        for want in wants:
            groups[want.batch if shelf.by_batch else ""].append(want)
        length = DAY_SECONDS
        if kept is not None and kept.cover is not None:
            length = max(length, int(kept.cover.total_seconds()))
        surplus: list[Holding] = []
        for batch, members in sorted(groups.items()):
            spare = [h for h in surplus if h.batch == batch]
            for bucket in buckets(members, lambda at: self._making.day_start(at, plant), length):
                share_out(self._ledger, bucket, [h for h in spare if h.left])
                if not open_quantity(bucket):
                    continue
                due = min(w.when for w in bucket)
                if kept is not None and kept.safety_time is not None:
                    due -= int(kept.safety_time.total_seconds())
                try:
                    spare += self._buy_bucket(bucket, item, plant, due, batch)
                except UnmakeableError as error:
                    failures.update({id(w): (error.code, error.reason) for w in bucket})
        return failures

    def _buy_bucket(
        self, bucket: Sequence[Want], item: str, plant: str, due: int, batch: str
    ) -> list[Holding]:
        """Purchases for one bucket."""
        need = open_quantity(bucket)
        purchase, order_at = self._purchase(item, plant, due)
        precision = self._catalogue.units.precision(item)
        rule = purchase_rule(precision, self._policy.lot_tolerance, purchase)
        bought = []
        for lot in rule.sizes(need):
            for part, there in self._arrivals(purchase, lot, order_at, plant, precision):
                latest = self._catalogue.lead_times.latest_order_at(purchase.lead_time, due, plant)
                holding = Holding(
                    id=self._ledger.new_id("PO", item, plant),
                    kind=SupplyKind.PURCHASE,
                    item=item,
                    plant=plant,
                    quantity=part,
                    left=part,
                    available=there,
                    ready=there,
                    ordered=max(order_at, latest) if there <= due else order_at,
                    purchase=purchase,
                    batch=batch,
                )
                bought.append(self._ledger.add(holding))
                share_out(self._ledger, bucket, [holding])
        forgive(bucket, need, self._policy)
        return bought

    def _purchase(self, item: str, plant: str, due: int) -> tuple[Purchase, int]:
        """The preferred purchase that is there in time, else the one that is there first.

        Raises
        ------
        UnmakeableError
            When none can be ordered any more.
        """
        best: tuple[int, Purchase, int] | None = None
        ends: CalendarEndsError | None = None
        for purchase in self._catalogue.purchases(item, plant):
            low, high = self._catalogue.span(purchase.effective_from, purchase.effective_to, plant)
            order_at = max(self._catalogue.now, low)
            if order_at >= high:
                continue
            try:
                there = self._first_arrival(purchase, order_at, plant)
                self._catalogue.lead_times.latest_order_at(purchase.lead_time, due, plant)
            except CalendarEndsError as error:
                ends = error
                continue
            except BeyondHorizonError:
                continue
            if there <= due:
                return purchase, order_at
            if best is None or there < best[0]:
                best = (there, purchase, order_at)
        if best is not None:
            return best[1], best[2]
        if ends is not None:
            raise calendar_ends(self._ledger, ends)
        raise UnmakeableError(
            "purchase.none_effective",
            f"{item} is bought for {plant}, but none of its purchases is effective any more,"
            " or goods are never received",
        )

    def _first_arrival(self, purchase: Purchase, order_at: int, plant: str) -> int:
        """When the first piece could be there, as far as the supplier's limits leave anything."""
        there = self._catalogue.lead_times.arrival_at(purchase.lead_time, order_at, plant)
        return self._next_room(purchase, there, plant)[0]

    def _next_room(
        self, purchase: Purchase, there: int, plant: str
    ) -> tuple[int, Fraction | None, list[int]]:
        """First moment from ``there`` with room, the room (None: any amount), and whose it is."""
        clocks = self._catalogue.clocks
        lead_times = self._catalogue.lead_times
        calendar = purchase.lead_time.calendar or lead_times.receiving_calendar(plant)
        while True:
            room: Fraction | None = None
            periods = []
            until = there
            for number, limit in enumerate(purchase.capacity):
                end = clocks.at(limit.ends, plant, end=True)
                if clocks.at(limit.starts, plant) <= there < end:
                    periods.append(number)
                    left = Fraction(limit.quantity) - self._bought[id(purchase), number]
                    if left <= 0:
                        until = max(until, end)
                    room = left if room is None else min(room, left)
            if until == there:
                return there, room, periods
            there = clocks.clock(plant, calendar).next_open(until)

    def _arrivals(
        self, purchase: Purchase, lot: Fraction, order_at: int, plant: str, precision: Fraction
    ) -> list[tuple[Fraction, int]]:
        """A lot as deliveries within the supplier's limits."""
        there = self._catalogue.lead_times.arrival_at(purchase.lead_time, order_at, plant)
        if not purchase.capacity:
            return [(lot, there)]
        result = []
        while lot > 0:
            there, room, periods = self._next_room(purchase, there, plant)
            part = lot if room is None else min(lot, max(room // precision * precision, NOTHING))
            if part <= 0:
                part = min(lot, room or lot)
            for number in periods:
                self._bought[id(purchase), number] += part
            result.append((part, there))
            lot -= part
        return result

    # Bringing

    def _bring(self, wants: Sequence[Want], item: str, plant: str) -> Failures:
        failures: Failures = {}
        for lane in self._catalogue.lanes(item, plant):
            # What lots bring too much is there for whoever wants it next at this plant.
            spare: list[Holding] = []
            limits: dict[tuple[str, ...], Fraction | None] = {}
            for want in sorted(wants, key=lambda w: (w.when, w.rank, w.id)):
                if want.left <= 0 or lane.from_plant in (*want.path, plant):
                    continue
                try:
                    self._bring_over(want, item, plant, lane, spare, limits)
                except UnmakeableError as error:
                    failures[id(want)] = (error.code, error.reason)
        return failures

    def _bring_over(
        self,
        want: Want,
        item: str,
        plant: str,
        lane: TransferLane,
        spare: list[Holding],
        limits: dict[tuple[str, ...], Fraction | None],
    ) -> None:
        """Bring what one want lacks, at most what the sending plant can have (``limits`` by path)."""
        share_out(self._ledger, [want], [h for h in spare if h.left and h.batch == want.batch])
        need = open_quantity([want])
        path = (*want.path, plant)
        if want.path not in limits:
            limits[want.path] = self._reach(item, lane.from_plant, path)
        limit = limits[want.path]
        if limit is not None:
            need = min(need, limit)
            limits[want.path] = limit - need
        if need > 0:
            spare += self._transfers([want], need, item, plant, lane, path)

    def _transfers(
        self,
        bucket: Sequence[Want],
        need: Fraction,
        item: str,
        plant: str,
        lane: TransferLane,
        path: tuple[str, ...],
    ) -> list[Holding]:
        """Transfers for one bucket, and what the sending plant must have for them."""
        now, lead_times = self._catalogue.now, self._catalogue.lead_times
        due = min(w.when for w in bucket)
        try:
            send = max(now, lead_times.latest_order_at(lane.lead_time, due, plant))
            there = lead_times.arrival_at(lane.lead_time, send, plant)
        except CalendarEndsError as error:
            raise calendar_ends(self._ledger, error) from error
        except BeyondHorizonError as error:
            raise UnmakeableError(
                "calendar.never_open", f"{plant} never receives: {error}"
            ) from error
        low, high = self._catalogue.span(lane.effective_from, lane.effective_to, plant)
        if not low <= send < high:
            reason = f"the lane from {lane.from_plant} to {plant} is not effective for {item}"
            raise UnmakeableError("lane.none_effective", reason)
        precision = self._catalogue.units.precision(item)
        rule = purchase_rule(precision, self._policy.lot_tolerance, lane)
        first = min(bucket, key=lambda w: w.rank)
        made = []
        for lot in rule.sizes(need):
            holding = Holding(
                id=self._ledger.new_id("TO", item, plant),
                kind=SupplyKind.TRANSFER,
                item=item,
                plant=plant,
                quantity=lot,
                left=lot,
                available=None,
                ready=there,
                lane=lane,
                batch=first.batch,
            )
            made.append(self._ledger.add(holding))
            share_out(self._ledger, bucket, [holding])
            self._ledger.ask(
                Want(
                    kind=NeedKind.TRANSFER,
                    id=holding.id,
                    item=item,
                    plant=lane.from_plant,
                    quantity=lot,
                    left=lot,
                    when=send,
                    rank=first.rank,
                    batch=first.batch,
                    owners=frozenset().union(*(w.owners for w in bucket)),
                    path=path,
                )
            )
        forgive(bucket, need, self._policy)
        return made

    def _reach(self, item: str, plant: str, path: tuple[str, ...]) -> Fraction | None:
        """How much of an item a plant could send on; None for any amount."""
        ways = self._ways_of(item, plant)
        if any(way != "bring" for way in ways):
            return None
        total = self._ledger.shelf(item, plant).free(EVER)
        for lane in self._catalogue.lanes(item, plant):
            if lane.from_plant not in (*path, plant):
                more = self._reach(item, lane.from_plant, (*path, plant))
                if more is None:
                    return None
                total += more
        return total

    # Substitutes that must be made or bought themselves

    def _supply_substitutes(self, want: Want) -> None:
        """A component that cannot be had is replaced by the first substitute that can."""
        for substitute in want.substitutes:
            item = substitute.item
            valid = substitute.valid[0] <= want.when < substitute.valid[1]
            if not valid or not self._ways_of(item, want.plant):
                continue
            quantity = want.left * substitute.ratio
            stand_in = replaced_by(want, item, quantity)
            want.quantity -= want.left
            want.left = NOTHING
            self._ledger.ask(stand_in)
            return

    # When something new could be there

    def earliest(self, want: Want) -> int | None:
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
                for way in self._ways_of(item, plant)
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
                        found.append(self._first_arrival(purchase, max(now, low), plant))
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
        routing = self._catalogue.routings(item, plant)[0]
        start = self.soonest_start(routing, item, plant, quantity, depth)
        if start >= EVER:
            return EVER
        return self._catalogue.durations.earliest_end(routing, start, quantity)

    def soonest_start(
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

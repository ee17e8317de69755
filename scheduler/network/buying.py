"""Buying: new purchases, at the supplier's lead time, lots and limits.

Fed by the ledger; read by ``sourcing`` and ``soonest``. A purchase is taken to be there as soon
as can be; ``ordered`` is the latest day that still makes the need, for whoever places it.
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.findings import BeyondHorizonError
from scheduler.network.clocks import CalendarEndsError
from scheduler.network.ledger import NOTHING, Holding, Ledger, Want, open_quantity
from scheduler.network.lots import buckets, purchase_rule
from scheduler.network.making import (
    DAY_SECONDS,
    Failures,
    UnmakeableError,
    calendar_ends,
    day_start,
    forgive,
    share_out,
)
from scheduler.network.model import SupplyKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scheduler.factory import Purchase
    from scheduler.network.catalogue import Catalogue
    from scheduler.policy import Policy


class Buying:
    """Purchases in one ledger."""

    def __init__(self, ledger: Ledger, policy: Policy) -> None:
        self._ledger = ledger
        self._catalogue: Catalogue = ledger.catalogue
        self._policy = policy
        self._bought: dict[tuple[int, int], Fraction] = defaultdict(Fraction)
        """(purchase, period) → quantity that arrives in it."""

    def buy(self, wants: Sequence[Want], item: str, plant: str) -> Failures:
        """Purchases for what is open of ``wants``; the reasons for what could not be bought."""
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
            for bucket in buckets(
                members, lambda at: day_start(self._catalogue, at, plant), length
            ):
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
        share_out(self._ledger, bucket, bought)
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
                there = self.first_arrival(purchase, order_at, plant)
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

    def first_arrival(self, purchase: Purchase, order_at: int, plant: str) -> int:
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

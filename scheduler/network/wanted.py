"""Wanted: the open demands as wants, ranked, with the moment each must be ready at its plant.

Fed by the snapshot and the policy; read by ``planning``.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from scheduler.factory import Demand, DemandStatus
from scheduler.factory.units import UnitError
from scheduler.findings import BeyondHorizonError
from scheduler.network.catalogue import EVER, Catalogue
from scheduler.network.clocks import CalendarEndsError
from scheduler.network.explode import Exploder, ExplosionError
from scheduler.network.ledger import Want
from scheduler.network.model import NeedKind
from scheduler.policy import Consume, Policy

if TYPE_CHECKING:
    from datetime import date, datetime
    from decimal import Decimal

Reason = tuple[str, str]
"""Code and words."""


class Wanted:
    """Demands of one snapshot that are planned.

    ``remaining`` holds the open quantity of each in the item's unit, ``reasons`` why some cannot be
    planned at all.
    """

    def __init__(self, catalogue: Catalogue, exploder: Exploder, policy: Policy) -> None:
        self._catalogue = catalogue
        self._exploder = exploder
        self._policy = policy
        self.remaining: dict[str, Fraction] = {}
        self.reasons: dict[str, Reason] = {}
        self.demands = tuple(self._open())
        ranked = sorted(self.demands, key=self._rank)
        self.rank = {demand.id: number for number, demand in enumerate(ranked)}
        self._templates: list[Want] = [w for d in self.demands for w in self._wants(d)]

    def _open(self) -> list[Demand]:
        """Open demands with something left; a demand that is listed twice counts once."""
        found = []
        tolerance = Fraction(self._policy.lot_tolerance)
        # Few amounts are ordered many times; equal ones are one object.
        exact: dict[Decimal, Fraction] = {}
        for demand in self._catalogue.snapshot.demands:
            if demand.status is not DemandStatus.OPEN or demand.id in self.remaining:
                continue
            left = exact.get(demand.quantity)
            if left is None:
                left = exact[demand.quantity] = Fraction(demand.quantity)
            if demand.delivered or tolerance >= 1:
                ordered, left = left, left - Fraction(demand.delivered)
                if left <= ordered * tolerance:
                    continue
            if not left:
                continue
            try:
                if demand.unit is not None:
                    left *= self._catalogue.units.factor(demand.item, demand.unit)
            except UnitError as error:
                code = "unit.no_conversion" if error.known else "unit.unknown"
                self.reasons[demand.id] = (
                    code,
                    f"{demand.id} is ordered in {demand.unit}, but {error}",
                )
            self.remaining[demand.id] = left
            found.append(demand)
        return found

    def _rank(self, demand: Demand) -> tuple[object, ...]:
        """Lower takes scarce supply first."""
        due = self._moment(demand.promised or demand.requested, demand.plant)
        ordered = self._moment(demand.ordered_at, demand.plant)
        held = demand.promised is None
        # Between equals the smaller one goes first: the same stock makes more customers whole.
        left = self.remaining[demand.id]
        # Whole numbers compare as their fractions do, and many times faster.
        tie = (left.numerator if left.denominator == 1 else left, demand.id)
        if self._policy.consume is Consume.PROMISE_DATE:
            return due, held, demand.priority, *tie
        if self._policy.consume is Consume.ORDER_DATE:
            return ordered, held, demand.priority, due, *tie
        return held, demand.priority, due, *tie

    def _moment(self, moment: date | datetime | None, plant: str) -> int:
        return EVER if moment is None else self._catalogue.clocks.at(moment, plant, end=True)

    def wants(self, served_from_stock: frozenset[str]) -> list[Want]:
        """Fresh wants of every demand; those named are served from what there is only."""
        return [
            Want(
                kind=w.kind,
                id=w.id,
                item=w.item,
                plant=w.plant,
                quantity=w.quantity,
                left=w.quantity,
                when=w.when,
                rank=w.rank,
                batch=w.batch,
                owners=w.owners,
                substitutes=w.substitutes,
                routing=w.routing,
                new=w.id not in served_from_stock,
            )
            for w in self._templates
        ]

    def _wants(self, demand: Demand) -> list[Want]:
        if demand.id in self.reasons:
            return []
        reason = self._unknown(demand)
        if reason is not None:
            self.reasons[demand.id] = reason
            return []
        try:
            when = self.ready_by(demand)
            return self._want_of(demand, when)
        except CalendarEndsError as error:
            self.reasons[demand.id] = ("calendar.ends", str(error))
        except BeyondHorizonError as error:
            self.reasons[demand.id] = ("calendar.never_open", str(error))
        except ExplosionError as error:
            self.reasons[demand.id] = (error.code, error.reason)
        return []

    def _unknown(self, demand: Demand) -> Reason | None:
        if demand.item not in self._catalogue.items:
            return "reference.unknown", f"the item {demand.item} is not known"
        if demand.plant not in self._catalogue.plants:
            return "reference.unknown", f"the plant {demand.plant} is not known"
        return None

    def _want_of(self, demand: Demand, when: int) -> list[Want]:
        """The item itself, or for a kit that is never stocked each of its parts."""
        quantity = self.remaining[demand.id]
        want = Want(
            kind=NeedKind.DEMAND,
            id=demand.id,
            item=demand.item,
            plant=demand.plant,
            quantity=quantity,
            left=quantity,
            when=when,
            rank=self.rank[demand.id],
            batch=demand.batch,
            owners=frozenset({demand.id}),
            routing=demand.routing,
        )
        if not self._exploder.is_phantom(demand.item):
            return [want]
        parts = []
        for component in self._exploder.kit(demand.item, demand.plant, when):
            needed = component.needed(quantity)
            part = Want(
                NeedKind.DEMAND,
                demand.id,
                component.item,
                component.plant,
                needed,
                needed,
                when,
                want.rank,
                demand.batch,
                want.owners,
                substitutes=component.substitutes,
            )
            if needed > 0:
                parts.append(part)
        return parts

    def ready_by(self, demand: Demand) -> int:
        """When it must be ready: its date, less transit, dock hours and dock time; not before now.

        Raises
        ------
        CalendarEndsError, BeyondHorizonError
            When shipping hours are not known that far, or never come.
        """
        catalogue = self._catalogue
        now, clocks = catalogue.now, catalogue.clocks
        due = demand.promised or demand.requested
        when = now if due is None else clocks.at(due, demand.plant, end=True)
        if demand.transit is not None:
            when -= int(demand.transit.total_seconds())
        plant = catalogue.plants[demand.plant]
        if due is not None and plant.shipping_calendar is not None:
            when = clocks.clock(plant.id, plant.shipping_calendar).last_open(when)
        if plant.dock_time.amount:
            calendar = plant.shipping_calendar or plant.calendar
            when = catalogue.lead_times.latest_order_at(plant.dock_time, when, plant.id, calendar)
        if demand.earliest is not None:
            when = max(when, clocks.at(demand.earliest, demand.plant))
        return max(when, now)

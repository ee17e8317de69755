"""Existing supply: stock, receipts and work orders of the snapshot as holdings.

Fed by the snapshot; read by ``planning``. Stock on hold and incomplete receipts are no supply;
what is reserved for a demand or order that is over is free again; what is reserved for one that
is not known stays set aside.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from fractions import Fraction

from scheduler.factory import (
    Bom,
    DemandStatus,
    Receipt,
    Routing,
    Snapshot,
    StockStatus,
    WorkOrder,
    WorkOrderStatus,
)
from scheduler.factory.checks.stock import missing_of
from scheduler.factory.units import UnitError
from scheduler.findings import BeyondHorizonError, Findings
from scheduler.network.catalogue import EVER, Catalogue
from scheduler.network.clocks import CalendarEndsError
from scheduler.network.explode import Component, Exploder, ExplosionError
from scheduler.network.ledger import Holding, Ledger
from scheduler.network.model import Order, SupplyKind
from scheduler.network.progress import left_to_do, planned_pieces

LIVE = (WorkOrderStatus.FIRM, WorkOrderStatus.RELEASED, WorkOrderStatus.STARTED)


class Existing:
    """Supply of one snapshot.

    Parameters
    ----------
    planned
        Demands that are planned: id → open quantity.
    left_out
        Work orders that cannot be finished for want of material.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        exploder: Exploder,
        findings: Findings,
        planned: dict[str, Fraction],
        left_out: frozenset[str],
    ) -> None:
        self._catalogue = catalogue
        self._exploder = exploder
        self._findings = findings
        self._left_out = left_out
        self._over = _over(catalogue.snapshot, planned)
        self.negative: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        self.work_orders: dict[tuple[str, str], list[Order]] = defaultdict(list)
        self.starts: dict[str, list[Fraction]] = {}
        """Work order → pieces planned to enter each step."""

    def put(self, ledger: Ledger) -> None:
        """All of it on its shelves, work orders in ``ledger.orders``."""
        self._put_stock(ledger)
        for receipt in self._catalogue.snapshot.receipts:
            self._put_receipt(ledger, receipt)
        seen = set()
        for order in self._catalogue.snapshot.work_orders:
            if order.status in LIVE and order.id not in seen and order.id not in self._left_out:
                seen.add(order.id)
                self._put_work_order(ledger, order)

    def _reserved(self, owner: str | None) -> str | None:
        return None if owner in self._over else owner

    def _put_stock(self, ledger: Ledger) -> None:
        for lot in self._catalogue.snapshot.stock:
            quantity = Fraction(lot.quantity)
            if quantity < 0:
                self.negative[lot.item, lot.plant] -= quantity
            if quantity <= 0 or lot.status is StockStatus.ON_HOLD:
                continue
            if lot.status is StockStatus.RESERVED and lot.reserved_for is None:
                continue
            at = self._catalogue.clocks.at
            start = at(lot.available_from, lot.plant) if lot.available_from else 0
            there = max(start, self._catalogue.now)
            expires = at(lot.usable_until, lot.plant, end=True) if lot.usable_until else None
            if expires is not None and expires <= there:
                continue
            ledger.add(
                Holding(
                    id=ledger.new_id("ST", lot.item, lot.plant),
                    kind=SupplyKind.STOCK,
                    item=lot.item,
                    plant=lot.plant,
                    quantity=quantity,
                    left=quantity,
                    available=there,
                    ready=there,
                    expires=expires,
                    reserved_for=self._reserved(lot.reserved_for),
                    batch=lot.batch,
                )
            )

    def _put_receipt(self, ledger: Ledger, receipt: Receipt) -> None:
        if missing_of(receipt) or receipt.plant is None or receipt.due is None:
            return
        try:
            quantity = self._catalogue.units.amount(receipt.item, receipt.quantity, receipt.unit)
            due = self._receipt_day(receipt.plant, receipt.due)
        except (UnitError, CalendarEndsError, BeyondHorizonError) as error:
            self._findings.add(
                "receipt.not_dated",
                f"receipts/{receipt.id}",
                f"Receipt {receipt.id} of {receipt.item} is no supply: {error}.",
                "Correct its unit, its date or the receiving calendar.",
            )
            return
        there = max(due, self._catalogue.now)
        ledger.add(
            Holding(
                id=self._own_id(ledger, receipt.id, "receipt"),
                kind=SupplyKind.RECEIPT,
                item=receipt.item,
                plant=receipt.plant,
                quantity=quantity,
                left=quantity,
                available=there,
                ready=there,
                reserved_for=self._reserved(receipt.reserved_for),
                batch=receipt.batch,
            )
        )

    def _receipt_day(self, plant: str, due: object) -> int:
        """A day means the opening of that day where goods are received."""
        clocks = self._catalogue.clocks
        if isinstance(due, datetime):
            return clocks.seconds(due)
        calendar = self._catalogue.lead_times.receiving_calendar(plant)
        start = clocks.at(due, plant)  # type: ignore[arg-type]  # a day, by the branch above
        return clocks.clock(plant, calendar).next_open(start)

    @staticmethod
    def _own_id(ledger: Ledger, name: str, kind: str) -> str:
        """The source's identifier; told apart by kind where two sources use the same one."""
        while name in ledger.holdings:
            name = f"{kind}:{name}"
        return name

    def _put_work_order(self, ledger: Ledger, order: WorkOrder) -> None:
        catalogue = self._catalogue
        try:
            good = catalogue.units.amount(order.item, order.quantity, order.unit)
        except UnitError as error:
            self._findings.add(
                "work_order.unit",
                f"work_orders/{order.id}",
                f"Work order {order.id} is no supply: {error}.",
                "Give its quantity in a unit the item has.",
            )
            return
        routing = self._routing(order)
        if routing is None or catalogue.durations.of(routing).fault is not None:
            self._put_unrouted(ledger, order, good)
            return
        times = catalogue.durations.of(routing)
        precision = catalogue.units.precision(order.item)
        left, to_come = left_to_do(times, order, good, precision)
        if not any(left):
            return
        planned = planned_pieces(times, good, precision)
        self.starts[order.id] = list(planned)
        made = Order(
            id=order.id,
            item=order.item,
            plant=order.plant,
            quantity=to_come,
            start_quantity=max(planned, default=good),
            routing=routing,
            bom=self._bom(order, routing),
            step_quantity=left,
            work_order=order,
            batch=order.batch,
        )
        ledger.orders[order.id] = made
        self.work_orders[order.item, order.plant].append(made)
        self._put_output(ledger, made, to_come, self._ready(routing, to_come, left))

    def _ready(self, routing: Routing, good: Fraction, left: tuple[Fraction, ...]) -> int:
        """When it could be done; a work order whose hours are not known is used last."""
        try:
            return self._catalogue.durations.earliest_end(routing, self._catalogue.now, good, left)
        except (CalendarEndsError, BeyondHorizonError):
            return EVER

    def _put_output(self, ledger: Ledger, order: Order, good: Fraction, ready: int) -> None:
        source = order.work_order
        if good <= 0 or source is None:
            return
        ledger.add(
            Holding(
                id=self._own_id(ledger, order.id, "work-order"),
                kind=SupplyKind.ORDER,
                item=order.item,
                plant=order.plant,
                quantity=good,
                left=good,
                available=None,
                ready=ready,
                output_of=order.id,
                reserved_for=self._reserved(source.reserved_for),
                batch=order.batch,
            )
        )
        add_co_products(ledger, self._exploder, order, good, ready)

    def _put_unrouted(self, ledger: Ledger, order: WorkOrder, good: Fraction) -> None:
        """A work order whose steps are not known ends when it is planned, or due, to end."""
        clocks = self._catalogue.clocks
        end = order.planned_end or order.due
        if end is None:
            self._findings.add(
                "work_order.no_end",
                f"work_orders/{order.id}",
                f"Work order {order.id} of {order.item} has no routing here and no planned end.",
                "Give it a planned end, or the item a routing.",
                effect="It is no supply.",
            )
            return
        there = max(clocks.at(end, order.plant, end=True), self._catalogue.now)
        made = Order(
            order.id,
            order.item,
            order.plant,
            good,
            good,
            None,
            None,
            (),
            work_order=order,
            batch=order.batch,
        )
        ledger.orders[order.id] = made
        self._put_output(ledger, made, good, there)
        for holding in ledger.holdings.values():
            if holding.output_of == order.id:
                holding.available = there

    def _routing(self, order: WorkOrder) -> Routing | None:
        """The version it was opened on, else the preferred one that is effective now."""
        catalogue = self._catalogue
        if order.routing is not None and order.routing in catalogue.routing_by_id:
            return catalogue.routing_by_id[order.routing]
        choices = catalogue.routings(order.item, order.plant)
        for routing in choices:
            span = catalogue.span(routing.effective_from, routing.effective_to, order.plant)
            if span[0] <= catalogue.now < span[1]:
                return routing
        return choices[0] if choices else None

    def _bom(self, order: WorkOrder, routing: Routing) -> Bom | None:
        for name in (order.bom, routing.bom):
            if name is not None and name in self._catalogue.bom_by_id:
                return self._catalogue.bom_by_id[name]
        choices = self._catalogue.boms(order.item, order.plant)
        for bom in choices:
            span = self._catalogue.span(bom.effective_from, bom.effective_to, order.plant)
            if span[0] <= self._catalogue.now < span[1]:
                return bom
        return choices[0] if choices else None

    def components(self, order: Order) -> list[tuple[Component, Fraction]]:
        """What a work order still needs: nothing once material is issued, else for what is left.

        Raises
        ------
        ExplosionError
            When its bill cannot be exploded.
        """
        source = order.work_order
        if source is None or source.material_issued or order.bom is None or order.routing is None:
            return []
        position = {step.id: i for i, step in enumerate(order.routing.steps)}
        planned = self.starts[order.id]
        result = []
        for component in self._exploder.components(order.bom, order.plant, self._catalogue.now):
            i = position.get(component.step or "", 0)
            if not planned[i]:
                continue
            share = min(Fraction(1), order.step_quantity[i] / planned[i])
            needed = component.per_piece * order.start_quantity * share
            if share == 1:
                needed += component.per_order
            if needed > 0:
                result.append((component, needed))
        return result


def add_co_products(
    ledger: Ledger, exploder: Exploder, order: Order, good: Fraction, ready: int
) -> list[Holding]:
    """What else comes out of an order, as supply."""
    if order.bom is None or not order.bom.co_products:
        return []
    try:
        output = exploder.output(order.bom)
    except ExplosionError:
        return []
    added = []
    for co in order.bom.co_products:
        quantity = Fraction(co.quantity) * (1 if co.fixed else good / output)
        quantity = ledger.catalogue.units.round_down(co.item, quantity)
        if quantity > 0:
            holding = Holding(
                id=Existing._own_id(ledger, f"{order.id}/{co.item}", "co-product"),
                kind=SupplyKind.ORDER,
                item=co.item,
                plant=order.plant,
                quantity=quantity,
                left=quantity,
                available=None,
                ready=ready,
                output_of=order.id,
                step=co.step,
                batch=order.batch,
            )
            added.append(ledger.add(holding))
    return added


def _over(snapshot: Snapshot, planned: dict[str, Fraction]) -> frozenset[str]:
    """Demands and work orders that need nothing any more, so that what they reserved is free."""
    waiting = (DemandStatus.QUOTE, DemandStatus.INQUIRY)
    over = {d.id for d in snapshot.demands if d.id not in planned and d.status not in waiting}
    over |= {w.id for w in snapshot.work_orders if w.status not in LIVE}
    live = {w.id for w in snapshot.work_orders if w.status in LIVE}
    return frozenset(over - planned.keys() - live)

"""When supplies are there: dated by snapshot and network, or by the rows of what makes and moves
them.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

from scheduler.network.model import NeedKind, SupplyKind
from scheduler.validate.leadtimes import arrival
from scheduler.validate.plan import Plan

if TYPE_CHECKING:
    from scheduler.factory import Receipt
    from scheduler.network.model import Peg, Supply
    from scheduler.validate.tasks import Task

NEVER_READY = 2**60
"""There is no row that would make it."""


class SuppliedPlan(Plan):
    """The plan, with the dates of its supplies."""

    @cached_property
    def receipts(self) -> dict[str, Receipt]:
        """Receipts by id."""
        return {receipt.id: receipt for receipt in self.snapshot.receipts}

    @cached_property
    def _ready(self) -> dict[str, int]:
        return {}

    def ready(self, supply: str) -> int:
        """Tick at which a supply is there; :data:`NEVER_READY` when no row of the plan brings
        it.
        """
        if supply not in self._ready:
            # A transfer of itself through a ring of pegs would ask for itself; it then never
            # arrives.
            self._ready[supply] = NEVER_READY
            self._ready[supply] = self._ready_of(self.network.supplies[supply])
        return self._ready[supply]

    def producers(self, supply: Supply) -> list[Task]:
        """Operations at whose end a supply is there: all of its order, or of the step that yields
        it.
        """
        if supply.output_of is None:
            return []
        if supply.step is not None:
            return self.tasks_of_step.get((supply.output_of, supply.step), [])
        return self.tasks_of_order.get(supply.output_of, [])

    def _ready_of(self, supply: Supply) -> int:
        if supply.kind is SupplyKind.TRANSFER and supply.id in self.moves:
            return self.tick(self.moves[supply.id].end)
        if supply.kind is SupplyKind.TRANSFER and supply.available is None:
            return NEVER_READY
        if supply.kind is SupplyKind.ORDER:
            return self._made(supply)
        dated = self.founded(supply)
        if supply.available is None:
            return max(dated, self.now)
        return max(dated, self.horizon.at_or_after(supply.available))

    def _made(self, supply: Supply) -> int:
        """End of the operations that make it; what is made already is there now."""
        tasks = self.producers(supply)
        if tasks:
            return max(task.end for task in tasks)
        if supply.output_of in self.unplanned:
            return NEVER_READY
        if supply.available is not None:
            return self.horizon.at_or_after(supply.available)
        order = self.network.orders.get(supply.output_of or "")
        planned = order.work_order.planned_end if order and order.work_order else None
        return self.now if planned is None else max(self.now, self.horizon.at_or_after(planned))

    def founded(self, supply: Supply) -> int:
        """Earliest tick at which the snapshot lets a receipt, purchase or transfer be there; else
        0.
        """
        if supply.kind is SupplyKind.RECEIPT:
            receipt = self.receipts.get(supply.id)
            return 0 if receipt is None else self.received(receipt)
        if supply.kind is SupplyKind.PURCHASE:
            return self._bought(supply)
        if supply.kind is SupplyKind.TRANSFER and supply.lane is not None:
            return self.moved(supply, self.loaded(supply))
        return 0

    def received(self, receipt: Receipt) -> int:
        """When a receipt is there: its instant, or the opening of its day."""
        if receipt.due is None or receipt.plant is None:
            return NEVER_READY
        due = self.start_of(receipt.due, receipt.plant)
        hours = self.receiving(receipt.plant).hours
        if hours is None or hasattr(receipt.due, "hour"):
            return due
        opened = hours.next_open(due)
        return NEVER_READY if opened is None else opened

    def _bought(self, supply: Supply) -> int:
        """When a purchase arrives that is placed now.

        The day the network names for placing it is the latest for the need it estimated; it may be
        placed sooner, but not in the past.
        """
        if supply.purchase is None:
            return 0
        lead = supply.purchase.lead_time
        there = arrival(self.now, lead, self.receiving(supply.plant, lead.calendar))
        return NEVER_READY if there is None else there

    def loaded(self, supply: Supply) -> int:
        """When all that a transfer moves is there to be sent."""
        pegs = self.pegs_of_need.get((NeedKind.TRANSFER, supply.id), [])
        return max([self.now, *(self.ready(peg.supply) for peg in pegs)])

    def moved(self, supply: Supply, sent: int) -> int:
        """When a transfer that is sent at a tick is there, by its lane."""
        if supply.lane is None or sent >= NEVER_READY:
            return sent
        lead = supply.lane.lead_time
        there = arrival(sent, lead, self.receiving(supply.plant, lead.calendar))
        return NEVER_READY if there is None else there

    @cached_property
    def _served(self) -> dict[str, frozenset[str]]:
        return {}

    def served_by(self, ident: str) -> frozenset[str]:
        """The need itself, and every order, transfer and demand that what it makes goes to."""
        if ident not in self._served:
            self._served[ident] = frozenset({ident})
            goes_to = (peg.need.id for peg in self._pegs_of_output.get(ident, []))
            further = (self.served_by(other) for other in goes_to)
            self._served[ident] = frozenset({ident}).union(*further)
        return self._served[ident]

    @cached_property
    def _pegs_of_output(self) -> dict[str, list[Peg]]:
        """Pegs of what an order makes, or a transfer brings."""
        grouped: dict[str, list[Peg]] = defaultdict(list)
        for peg in self.network.pegs:
            supply = self.network.supplies.get(peg.supply)
            if supply is not None:
                grouped[supply.output_of or supply.id].append(peg)
        return grouped

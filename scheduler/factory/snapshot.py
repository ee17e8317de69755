"""The snapshot: everything a plan is made from, in one frozen, versioned document."""

from __future__ import annotations

from typing import Final, Literal

from scheduler.factory.calendars import Calendar
from scheduler.factory.demands import Demand
from scheduler.factory.inventory import PlannedOperation, Receipt, StockLot, WorkOrder
from scheduler.factory.items import Bom, Item, Purchase, Replenishment, TransferLane, Unit
from scheduler.factory.parties import Customer, Plant, Source, Supplier
from scheduler.factory.resources import LabourPool, Machine, SetupMatrix, Tool, WorkCentre
from scheduler.factory.routings import Routing
from scheduler.factory.values import Instant, Part

VERSION: Final = "1"


class Snapshot(Part):
    """A plant (or several) at one moment. Every list may be empty; ids are unique within their
    list.
    """

    truedate: Literal["1"] = VERSION
    """Version of this format."""
    name: str = ""
    now: Instant
    """The moment the plan is made at: nothing new starts before it."""
    plants: tuple[Plant, ...] = ()
    units: tuple[Unit, ...] = ()
    """Absent for a unit an item names: ``pcs``, ``kg``, ``g``, ``m``, ``l`` and ``ml`` are known,
    others are a finding.
    """
    items: tuple[Item, ...] = ()
    replenishments: tuple[Replenishment, ...] = ()
    boms: tuple[Bom, ...] = ()
    routings: tuple[Routing, ...] = ()
    purchases: tuple[Purchase, ...] = ()
    lanes: tuple[TransferLane, ...] = ()
    calendars: tuple[Calendar, ...] = ()
    work_centres: tuple[WorkCentre, ...] = ()
    machines: tuple[Machine, ...] = ()
    labour_pools: tuple[LabourPool, ...] = ()
    tools: tuple[Tool, ...] = ()
    setup_matrices: tuple[SetupMatrix, ...] = ()
    customers: tuple[Customer, ...] = ()
    suppliers: tuple[Supplier, ...] = ()
    stock: tuple[StockLot, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    work_orders: tuple[WorkOrder, ...] = ()
    demands: tuple[Demand, ...] = ()
    planned: tuple[PlannedOperation, ...] = ()
    """The previous plan. Absent: none."""
    sources: tuple[Source, ...] = ()

"""What is there and what is coming: stock, receipts, work orders in progress, the plan so far."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from scheduler.factory.values import Ident, Instant, Moment, Number, Part, Positive, Quantity


class StockStatus(StrEnum):
    """Whether a lot may be used."""

    FREE = "free"
    ON_HOLD = "on_hold"
    """Not usable until it is released."""
    RESERVED = "reserved"
    """Set aside by the ERP for ``reserved_for``; nobody else may have it."""


class StockLot(Part):
    """Stock of one item in one place of a plant."""

    item: Ident
    plant: Ident
    quantity: Number
    """In the item's unit; negative balances count against the rest of the plant and are reported.
    """
    location: str = ""
    lot: str = ""
    status: StockStatus = StockStatus.FREE
    reserved_for: Ident | None = None
    """Demand, or work order, it is set aside for."""
    usable_until: Moment | None = None
    """Last day of use. Absent: keeps for ever."""
    available_from: Moment | None = None
    """Absent: now."""
    batch: str = ""
    """Make-to-order mark."""


class ReceiptKind(StrEnum):
    """Where a receipt comes from."""

    PURCHASE = "purchase"
    TRANSFER = "transfer"


class Receipt(Part):
    """An open purchase or transfer order line."""

    id: Ident
    item: Ident
    plant: Ident | None = None
    """Absent: incomplete, and no supply until it is given."""
    quantity: Positive
    """Still to come, in ``unit``."""
    unit: Ident | None = None
    due: Moment | None = None
    """A day means the opening of that day at the receiving calendar. Absent: incomplete."""
    kind: ReceiptKind = ReceiptKind.PURCHASE
    supplier: Ident | None = None
    """Needed for a purchase."""
    from_plant: Ident | None = None
    """Plant it comes from (transfer)."""
    reserved_for: Ident | None = None
    batch: str = ""


class WorkOrderStatus(StrEnum):
    """How far an ERP work order is."""

    PLANNED = "planned"
    """A proposal: may be changed or left out."""
    FIRM = "firm"
    """Will be made; when and where is open."""
    RELEASED = "released"
    STARTED = "started"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class StepState(StrEnum):
    """How far a step is."""

    OPEN = "open"
    STARTED = "started"
    DONE = "done"


class StepProgress(Part):
    """What the shop floor reported of one step."""

    step: Ident
    state: StepState = StepState.OPEN
    machine: Ident | None = None
    """Machine it runs on, or is planned on. Absent: open."""
    good: Quantity = Decimal(0)
    """Pieces reported good so far."""
    scrap: Quantity = Decimal(0)
    setup_done: bool = False
    started_at: Instant | None = None
    finished_at: Instant | None = None
    planned_start: Instant | None = None
    """Where the ERP, or the last plan, has it. Absent: nowhere."""


class WorkOrder(Part):
    """A production order of the ERP."""

    id: Ident
    item: Ident
    plant: Ident
    quantity: Positive
    """Good pieces ordered, in ``unit``."""
    unit: Ident | None = None
    routing: Ident | None = None
    """Routing version it was opened on. Absent: the one effective now."""
    bom: Ident | None = None
    status: WorkOrderStatus = WorkOrderStatus.FIRM
    due: Moment | None = None
    """When it is wanted. Absent: by what it is pegged to."""
    reserved_for: Ident | None = None
    """Demand, or work order, it is made for; nobody else may have it."""
    material_issued: bool = False
    """Its components are already taken from stock."""
    steps: tuple[StepProgress, ...] = ()
    """Reported progress. Absent for a step: not begun."""
    planned_end: Instant | None = None
    """When it is done, for an order whose steps are not known here."""
    batch: str = ""


class PlannedOperation(Part):
    """Where the previous plan has an operation; read for the frozen zone and for stability."""

    order: Ident
    step: Ident
    part: int = 0
    machine: Ident | None = None
    start: Instant
    end: Instant

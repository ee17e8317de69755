"""Items, units of measure, bills of material and how an item is replenished at a plant."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from scheduler.factory.values import (
    NO_TIME,
    Duration,
    Ident,
    LeadTime,
    Loss,
    Moment,
    Part,
    Positive,
    Quantity,
)


class Unit(Part):
    """A unit of measure."""

    id: Ident
    """Such as ``pcs``, ``kg``; UN/CEFACT codes when systems talk."""
    name: str = ""
    precision: Positive = Decimal(1)
    """Smallest amount that can be issued or counted, in this unit; needs are rounded up to it,
    availability down.
    """
    base: Ident | None = None
    """Unit this one is a multiple of. Absent: it stands alone."""
    factor: Positive = Decimal(1)
    """One of this unit is ``factor`` of ``base``."""


class UnitConversion(Part):
    """A unit of one item only, such as a box of 12."""

    unit: Ident
    factor: Positive
    """One ``unit`` is ``factor`` of the item's own unit."""


class Item(Part):
    """Something that is stocked, made, bought or sold."""

    id: Ident
    name: str = ""
    unit: Ident = "pcs"
    """Unit in which stock and plans are counted."""
    conversions: tuple[UnitConversion, ...] = ()
    """Other units for this item. Absent: only its own unit and the multiples of it."""
    family: Ident | None = None
    """Product family, for reports. Absent: none."""
    phantom: bool = False
    """Never stocked or ordered: its components are needed where it is."""
    cost: Quantity | None = None
    """Value of one unit, in the plant's currency. Absent: not known."""
    minimum_remaining_life: Duration = timedelta(0)
    """A lot counts only if it is usable this long after it ships."""


class Replenishment(Part):
    """How one item is kept at one plant. Absent for an item: lot for lot, no safety stock."""

    item: Ident
    plant: Ident
    lot_minimum: Quantity = Decimal(0)
    """Smallest order made here, in the item's unit."""
    lot_multiple: Quantity = Decimal(0)
    """Orders are whole multiples of this. 0: any amount."""
    lot_maximum: Quantity | None = None
    """Largest order; more is made in several. Absent: no limit."""
    cover: Duration | None = None
    """Net needs within this time are made in one order. Absent: each need has an order of its own,
    and what lot rules make too much serves the next.
    """
    safety_stock: Quantity = Decimal(0)
    """Kept in stock after every demand has been served, in the item's unit."""
    safety_levels: tuple[SafetyLevel, ...] = ()
    """Safety stock that changes with time; before the first one ``safety_stock`` holds."""
    safety_time: Duration | None = None
    """Supply is planned to be there this much before it is needed. Absent: just in time."""
    maximum_stock: Quantity | None = None
    """Lots are not rounded up past this stock where the need allows. Absent: no limit."""
    release_fence: Duration | None = None
    """No new order starts sooner than this after now. Absent: at once."""
    work_ahead: Duration | None = None
    """New orders start at most this long before they are needed. Absent: as soon as possible."""
    pegged_by_batch: bool = False
    """Made to order: supply only serves demands with the same batch mark."""


class SafetyLevel(Part):
    """Safety stock from a day on."""

    starts: Moment
    quantity: Quantity


class Substitute(Part):
    """Another item that may stand in for a component."""

    item: Ident
    quantity: Positive = Decimal(1)
    """Amount that replaces one of the component, each in its own unit."""
    priority: int = 1
    """Lower is tried first; the component itself is tried before all."""
    effective_from: Moment | None = None
    effective_to: Moment | None = None


class BomLine(Part):
    """One component."""

    item: Ident
    quantity: Quantity
    """Per ``output_quantity`` of the bill, in ``unit``. 0 is ignored with a warning."""
    unit: Ident | None = None
    """Absent: the component's own unit."""
    loss: Loss = Decimal(0)
    """Fraction lost on the way in (0.05 is 5 %): need = quantity / (1 − loss)."""
    fixed: bool = False
    """The quantity is per order, however much is made."""
    step: Ident | None = None
    """Step of the routing that uses it. Absent: the first."""
    phantom: bool | None = None
    """Blow through to its components. Absent: as the item says."""
    substitutes: tuple[Substitute, ...] = ()
    transfer_batch: Quantity | None = None
    """The step may start when this much of the component is made. Absent: when all of it is."""
    offset: Duration | None = None
    """Needed this long after the start of the step. Absent: at its start."""
    effective_from: Moment | None = None
    """First day (whole local day), or instant, of validity. Absent: always was."""
    effective_to: Moment | None = None
    """Last day (whole local day), or instant after the last, of validity. Absent: for ever."""
    plant: Ident | None = None
    """Plant it is taken from. Absent: where the order is made."""


class CoProduct(Part):
    """What else comes out of the same run."""

    item: Ident
    quantity: Positive
    """Per ``output_quantity`` of the bill, in the item's own unit."""
    fixed: bool = False
    step: Ident | None = None
    """Step at whose end it is there. Absent: the last."""


class Bom(Part):
    """One version of a bill of material."""

    id: Ident
    item: Ident
    plant: Ident | None = None
    """Absent: at every plant."""
    version: str = ""
    output_quantity: Positive = Decimal(1)
    """How much of ``item`` the line quantities make, in ``unit``."""
    unit: Ident | None = None
    """Absent: the item's own unit."""
    lines: tuple[BomLine, ...] = ()
    co_products: tuple[CoProduct, ...] = ()
    effective_from: Moment | None = None
    effective_to: Moment | None = None
    priority: int = 1
    """Lower is preferred among effective versions."""


class Purchase(Part):
    """An item can be bought for a plant."""

    item: Ident
    plant: Ident | None = None
    """Absent: for every plant."""
    supplier: Ident
    lead_time: LeadTime = NO_TIME
    minimum: Quantity = Decimal(0)
    multiple: Quantity = Decimal(0)
    maximum: Quantity | None = None
    price: Quantity | None = None
    """Per unit of the item. Absent: not known."""
    priority: int = 1
    effective_from: Moment | None = None
    effective_to: Moment | None = None
    capacity: tuple[SupplyLimit, ...] = ()
    """Most that the supplier delivers in a period. Absent: no limit."""


class SupplyLimit(Part):
    """At most ``quantity`` of an item arrives between two moments."""

    starts: Moment
    ends: Moment
    quantity: Quantity


class TransferLane(Part):
    """An item can be brought from one plant to another."""

    from_plant: Ident
    to_plant: Ident
    item: Ident | None = None
    """Absent: any item."""
    lead_time: LeadTime = NO_TIME
    minimum: Quantity = Decimal(0)
    multiple: Quantity = Decimal(0)
    cost: Quantity | None = None
    priority: int = 1
    effective_from: Moment | None = None
    effective_to: Moment | None = None


Replenishment.model_rebuild()
Purchase.model_rebuild()

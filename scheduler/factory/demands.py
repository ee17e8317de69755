"""Demands: one sales order line each, with three dates that are never mixed."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum

from scheduler.factory.values import Duration, Ident, Moment, Part, Quantity


class DemandStatus(StrEnum):
    """Whether a demand is planned."""

    OPEN = "open"
    QUOTE = "quote"
    """Planned when quotes are asked for."""
    INQUIRY = "inquiry"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Partial(StrEnum):
    """Whether a demand may be delivered in parts."""

    ALLOWED = "allowed"
    FORBIDDEN = "forbidden"
    """All of this line at once."""
    COMPLETE_ORDER = "complete_order"
    """All lines of the order at once."""
    IN_RATIO = "in_ratio"
    """Every delivery holds all lines of the order in the ratio ordered."""


class Demand(Part):
    """One sales order line."""

    id: Ident
    """Unique, such as ``SO-1042/10``."""
    item: Ident
    plant: Ident
    """Plant it ships from."""
    quantity: Quantity
    """Ordered, in ``unit``."""
    unit: Ident | None = None
    """Absent: the item's own unit."""
    delivered: Quantity = Decimal(0)
    """Already delivered, in ``unit``; the demand is closed when it reaches ``quantity``."""
    customer: Ident | None = None
    order: Ident | None = None
    """Sales order the line belongs to. Absent: a line of its own."""
    requested: Moment | None = None
    """When the customer wants it to ship; a day means its end. Absent: as soon as possible."""
    promised: Moment | None = None
    """What was promised; a day means its end. Absent: nothing yet."""
    ordered_at: Moment | None = None
    earliest: Moment | None = None
    """Not to ship before. Absent: any time."""
    latest: Moment | None = None
    """Latest acceptable date; what is planned after it is named. Absent: late is accepted."""
    priority: int = 10
    """Lower goes first."""
    weight: Quantity = Decimal(1)
    """How much a tick of lateness counts against the others'."""
    partial: Partial = Partial.ALLOWED
    minimum_shipment: Quantity = Decimal(0)
    """Smallest delivery, in ``unit``; the last may be less."""
    status: DemandStatus = DemandStatus.OPEN
    batch: str = ""
    """Make-to-order mark; it is only served by supply with the same mark, for items pegged by
    batch.
    """
    transit: Duration | None = None
    """Shipping time to the customer, elapsed. Absent: dates are dates of shipping."""
    routing: Ident | None = None
    """Routing that must be used. Absent: the effective one."""

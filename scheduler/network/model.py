"""What the network is: orders to make, purchases, transfers, and the pegs that tie supply to need.

Fed by ``explode`` and ``netting``; read by ``build``, ``validate`` and ``explain``. Quantities
are exact fractions in the item's own unit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from fractions import Fraction

    from scheduler.factory.demands import Demand
    from scheduler.factory.inventory import WorkOrder
    from scheduler.factory.items import Bom, Purchase, TransferLane
    from scheduler.factory.routings import Routing
    from scheduler.findings import Finding


class SupplyKind(StrEnum):
    """Where a quantity comes from."""

    STOCK = "stock"
    RECEIPT = "receipt"
    """Confirmed purchase or transfer order line."""
    ORDER = "order"
    """Made here: a work order of the ERP, or a new order."""
    PURCHASE = "purchase"
    """New purchase."""
    TRANSFER = "transfer"
    """New transfer from another plant."""


class NeedKind(StrEnum):
    """What a quantity is for."""

    DEMAND = "demand"
    ORDER = "order"
    """Component of an order, at one of its steps."""
    TRANSFER = "transfer"
    """To be sent to another plant."""
    SAFETY = "safety"
    """Safety stock."""


@dataclass(frozen=True, slots=True)
class Order:
    """Something to make in one run of a routing.

    Parameters
    ----------
    id
        The ERP's, or for a new order one derived from what it is for: same input, same id.
    quantity, start_quantity
        Good pieces out; pieces in at the first step (whole units of the item's precision).
    step_quantity
        Pieces that enter each step of ``routing``, still to be done (0: nothing left).
    need
        When it is wanted by what it is pegged to, as estimated while netting; None: by nobody.
    not_before
        Earliest start (effectivity of the routing, release fence), None for now.
    """

    id: str
    item: str
    plant: str
    quantity: Fraction
    start_quantity: Fraction
    routing: Routing | None
    """None: a work order whose steps are not known; it ends at its planned end."""
    bom: Bom | None
    step_quantity: tuple[Fraction, ...]
    need: datetime | None = None
    not_before: datetime | None = None
    work_order: WorkOrder | None = None
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Supply:
    """A quantity of an item at a plant, from some time on.

    Parameters
    ----------
    id
        Unique in the network; an ERP id where there is one.
    available
        When it is there; None when the schedule says so (orders; transfers of what is made).
    output_of
        Order whose end (or whose ``step``'s end, for co-products) makes it available.
    """

    id: str
    kind: SupplyKind
    item: str
    plant: str
    quantity: Fraction
    available: datetime | None
    output_of: str | None = None
    step: str | None = None
    """Step at whose end it is there; None: the last."""
    ordered: datetime | None = None
    """When a new purchase is placed at the latest to be there when needed (never before now)."""
    purchase: Purchase | None = None
    lane: TransferLane | None = None
    expires: datetime | None = None
    reserved_for: str | None = None
    """Who alone may have it; None: anybody."""


@dataclass(frozen=True, slots=True)
class Need:
    """A quantity of an item wanted at a plant.

    Parameters
    ----------
    id
        Demand id, order id or transfer (supply) id, by ``kind``.
    step
        Step of the order that uses it (``kind`` order).
    transfer_batch
        Overlap across levels: the step may start when this much is there; None: all of it.
    offset_seconds
        Needed this long after the start of the step.
    """

    kind: NeedKind
    id: str
    item: str
    plant: str
    quantity: Fraction
    when: datetime | None
    step: str | None = None
    transfer_batch: Fraction | None = None
    offset_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Peg:
    """``quantity`` of a supply serves a need."""

    supply: str
    need: Need
    quantity: Fraction


@dataclass(frozen=True, slots=True)
class Shortage:
    """A need nothing can serve, with the reason in words; its demand gets no date."""

    need: Need
    quantity: Fraction
    reason: str
    code: str


@dataclass(frozen=True, slots=True)
class Network:
    """Everything that has to happen for the demands, and for whom.

    Parameters
    ----------
    demands
        Demands that are planned (open, something left to deliver).
    remaining
        Open quantity of each, in the item's unit.
    undated
        Demand → codes and reasons why it gets no date.
    """

    demands: tuple[Demand, ...]
    remaining: dict[str, Fraction]
    orders: dict[str, Order]
    supplies: dict[str, Supply]
    pegs: tuple[Peg, ...]
    shortages: tuple[Shortage, ...] = ()
    undated: dict[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()

    def pegs_of_need(self) -> dict[tuple[NeedKind, str], list[Peg]]:
        """Pegs grouped by what they are for."""
        grouped: dict[tuple[NeedKind, str], list[Peg]] = {}
        for peg in self.pegs:
            grouped.setdefault((peg.need.kind, peg.need.id), []).append(peg)
        return grouped

    def pegs_of_supply(self) -> dict[str, list[Peg]]:
        """Pegs grouped by where they come from."""
        grouped: dict[str, list[Peg]] = {}
        for peg in self.pegs:
            grouped.setdefault(peg.supply, []).append(peg)
        return grouped

"""Routings: the steps by which an item is made, with times, machines, people and tools.

Time of a step on a machine, for a quantity q that enters it:

    run = (fixed + run_per_unit · q + run_per_batch · ⌈q / batch_quantity⌉) / efficiency
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from enum import StrEnum

from scheduler.factory.values import (
    NO_TIME,
    Duration,
    Ident,
    LeadTime,
    Moment,
    Part,
    Positive,
    Quantity,
    Ratio,
)

ZERO = timedelta(0)


class Phase(StrEnum):
    """Part of an operation during which something is held."""

    SETUP = "setup"
    RUN = "run"
    BOTH = "both"


class LabourNeed(Part):
    """People a step needs."""

    pool: Ident
    people: Positive = Decimal(1)
    """How many at a time; whole for pools with named members."""
    skill: Ident | None = None
    """Skill each of them must have. Absent: anyone of the pool."""
    phase: Phase = Phase.RUN


class ToolNeed(Part):
    """A tool, mould or fixture a step needs."""

    tool: Ident
    count: Positive = Decimal(1)
    phase: Phase = Phase.BOTH
    whole_order: bool = False
    """The same tool stays with the order from the first such step to the last."""


class Alternative(Part):
    """One machine a step can run on; what is absent here is as the step says."""

    machine: Ident
    setup: Duration | None = None
    teardown: Duration | None = None
    fixed: Duration | None = None
    run_per_unit: Duration | None = None
    run_per_batch: Duration | None = None
    batch_quantity: Positive | None = None
    efficiency: Positive | None = None
    """1 is standard, 2 twice as fast; on top of the machine's own."""
    units: Positive = Decimal(1)
    """Units of a machine of several that one operation takes."""
    priority: int = 1
    """Lower is preferred."""
    cost: Quantity | None = None
    effective_from: Moment | None = None
    effective_to: Moment | None = None


class Subcontract(Part):
    """A step done by a supplier: shipped out, worked, shipped back."""

    supplier: Ident
    ship_out: LeadTime = NO_TIME
    work: LeadTime = NO_TIME
    ship_back: LeadTime = NO_TIME


class Split(Part):
    """A step's quantity may be run on several machines at once."""

    parts: int = 2
    """At most this many."""
    minimum: Positive = Decimal(1)
    """Smallest part, in the item's unit."""


class Link(Part):
    """This step waits for another of the same routing."""

    step: Ident
    minimum_lag: Duration = ZERO
    """At least this long between its end and our start (cooling, drying); elapsed time."""
    maximum_lag: Duration | None = None
    """At most this long between its end and our start. 0: no waiting. Absent: no limit."""
    transfer_batch: Positive | None = None
    """Overlap: pieces are passed on in batches of this many. Absent: all at the end."""


class Step(Part):
    """One operation of a routing."""

    id: Ident
    name: str = ""
    work_centre: Ident | None = None
    """Any machine of it will do. Absent together with ``alternatives``: needs no machine."""
    alternatives: tuple[Alternative, ...] = ()
    """The machines it can run on; takes the place of the work centre's list."""
    setup: Duration = ZERO
    """Before each run, besides the changeover of the machine's setup matrix."""
    teardown: Duration = ZERO
    fixed: Duration = ZERO
    run_per_unit: Duration = ZERO
    run_per_batch: Duration = ZERO
    batch_quantity: Positive | None = None
    """Pieces in one batch of ``run_per_batch``; a started batch takes a whole one. Absent: all in
    one.
    """
    setup_family: Ident | None = None
    """Absent: needs no changeover and leaves the machine's state as it is."""
    resumable: bool = True
    """May be interrupted by closed time and go on after it. False: runs in one open window."""
    yield_ratio: Ratio = Decimal(1)
    """Good pieces out per piece in."""
    queue: Duration = ZERO
    """Waits at least this long before it starts after what it follows; elapsed time."""
    follows: tuple[Link, ...] | None = None
    """What it waits for. Absent: the step listed before it. Empty: nothing."""
    minimum_lag: Duration = ZERO
    """As in :class:`Link`, to the step listed before (when ``follows`` is absent)."""
    maximum_lag: Duration | None = None
    transfer_batch: Positive | None = None
    post_time: Duration = ZERO
    """Soft buffer after the step: planned for, given up when the date needs it."""
    split: Split | None = None
    labour: tuple[LabourNeed, ...] = ()
    tools: tuple[ToolNeed, ...] = ()
    subcontract: Subcontract | None = None
    calendar: Ident | None = None
    """The step's own hours, besides those of its machine. Absent: no hours of its own."""
    effective_from: Moment | None = None
    effective_to: Moment | None = None


class Routing(Part):
    """One version of how an item is made."""

    id: Ident
    item: Ident
    plant: Ident
    version: str = ""
    bom: Ident | None = None
    """Bill that goes with it. Absent: the item's effective bill with the lowest priority number."""
    steps: tuple[Step, ...]
    effective_from: Moment | None = None
    """Validity is judged at the start of the order: it delays, it does not drop."""
    effective_to: Moment | None = None
    priority: int = 1
    """Lower is preferred; others are alternative routings."""
    share: Quantity | None = None
    """Part of the quantity that goes this way when several routings share it. Absent: by priority.
    """
    lot_minimum: Quantity | None = None
    """Absent: as the item's replenishment says."""
    lot_multiple: Quantity | None = None
    lot_maximum: Quantity | None = None

"""Every breach the validator knows, with what it means and what to do about it."""

from __future__ import annotations

from enum import StrEnum

REPLAN = "Plan again; if it comes back, the engine that made this plan is wrong: report it."
DATA = "Net and plan again from this snapshot; the plan was made from other data."


class Code(StrEnum):
    """Codes of findings about a plan, by family."""

    # Completeness
    MISSING = "plan.missing"
    EXTRA = "plan.extra"
    DUPLICATE = "plan.duplicate"
    MISLABELLED = "plan.mislabelled"
    QUANTITY = "plan.quantity"
    SPLIT = "plan.split"
    # Hours
    BACKWARDS = "plan.backwards"
    OFF_TICK = "plan.off_tick"
    BEFORE_NOW = "plan.before_now"
    CLOSED = "plan.closed"
    RUN_TIME = "plan.run_time"
    INTERRUPTED = "plan.interrupted"
    # Machines
    MACHINE_NOT_ALLOWED = "plan.machine_not_allowed"
    MACHINE_NOT_EFFECTIVE = "plan.machine_not_effective"
    STEP_NOT_EFFECTIVE = "plan.step_not_effective"
    SLOT = "plan.slot"
    MACHINE_OVERLAP = "plan.machine_overlap"
    MACHINE_FULL = "plan.machine_full"
    BATCH_MIXED = "plan.batch_mixed"
    BATCH_FULL = "plan.batch_full"
    WORK_AHEAD = "plan.work_ahead"
    # Setups
    SETUP_TIME = "plan.setup_time"
    SETUP_MISPLACED = "plan.setup_misplaced"
    SETUP_INTERRUPTED = "plan.setup_interrupted"
    # People and tools
    CREW = "plan.crew"
    NOT_QUALIFIED = "plan.not_qualified"
    WORKER_OVERLAP = "plan.worker_overlap"
    PEOPLE_SHORT = "plan.people_short"
    SKILL_SHORT = "plan.skill_short"
    TOOL_SHORT = "plan.tool_short"
    # Precedence and overlap
    TOO_SOON = "plan.too_soon"
    TOO_LATE = "plan.too_late"
    OVERLAP = "plan.overlap"
    # Material
    BEFORE_MATERIAL = "plan.before_material"
    BEFORE_COMPONENT = "plan.before_component"
    COMPONENT_OVERLAP = "plan.component_overlap"
    EXPIRED = "plan.expired"
    TOO_EARLY = "plan.too_early"
    ROUTING_NOT_EFFECTIVE = "plan.routing_not_effective"
    BOM_NOT_EFFECTIVE = "plan.bom_not_effective"
    COMPONENT_UNSERVED = "plan.component_unserved"
    # Pegs
    SUPPLY_OVERDRAWN = "plan.supply_overdrawn"
    NEED_OVERSERVED = "plan.need_overserved"
    NEED_UNSERVED = "plan.need_unserved"
    WRONG_SUPPLY = "plan.wrong_supply"
    SUPPLY_UNFOUNDED = "plan.supply_unfounded"
    SUPPLY_DATE = "plan.supply_date"
    RESERVED = "plan.reserved"
    BATCH_MARK = "plan.batch_mark"
    # Started, frozen, kept
    STARTED_MOVED = "plan.started_moved"
    FROZEN_MOVED = "plan.frozen_moved"
    WORK_ORDER_LOST = "plan.work_order_lost"
    # Deliveries
    SUBCONTRACT_TIME = "plan.subcontract_time"
    MOVED_EARLY = "plan.moved_early"
    MOVE_TIME = "plan.move_time"
    SHIPPED_EARLY = "plan.shipped_early"
    DOCK_CLOSED = "plan.dock_closed"
    BEFORE_EARLIEST = "plan.before_earliest"
    TRANSIT = "plan.transit"
    SHIPMENT_SMALL = "plan.shipment_small"
    AFTER_LATEST = "plan.after_latest"


OUT_OF_HAND = frozenset(
    {
        Code.CLOSED,
        Code.INTERRUPTED,
        Code.MACHINE_NOT_ALLOWED,
        Code.MACHINE_NOT_EFFECTIVE,
        Code.STEP_NOT_EFFECTIVE,
        Code.MACHINE_OVERLAP,
        Code.MACHINE_FULL,
        Code.BATCH_MIXED,
        Code.BATCH_FULL,
        Code.CREW,
        Code.NOT_QUALIFIED,
        Code.WORKER_OVERLAP,
        Code.PEOPLE_SHORT,
        Code.SKILL_SHORT,
        Code.TOOL_SHORT,
        Code.TOO_SOON,
        Code.TOO_LATE,
        Code.OVERLAP,
        Code.BEFORE_MATERIAL,
        Code.BEFORE_COMPONENT,
        Code.COMPONENT_OVERLAP,
        Code.EXPIRED,
        Code.TOO_EARLY,
        Code.ROUTING_NOT_EFFECTIVE,
    }
)
"""What a frozen operation may come to break without anybody having moved it, because its
surroundings changed.
"""

REMEDIES = {
    Code.MISLABELLED: DATA,
    Code.SUPPLY_OVERDRAWN: DATA,
    Code.NEED_OVERSERVED: DATA,
    Code.NEED_UNSERVED: DATA,
    Code.COMPONENT_UNSERVED: DATA,
    Code.WRONG_SUPPLY: DATA,
    Code.SUPPLY_UNFOUNDED: DATA,
    Code.SUPPLY_DATE: DATA,
    Code.RESERVED: DATA,
    Code.BATCH_MARK: DATA,
    Code.WORK_ORDER_LOST: DATA,
    Code.ROUTING_NOT_EFFECTIVE: "Plan again with a routing valid then, or extend this one.",
    Code.BOM_NOT_EFFECTIVE: "Plan again with a bill valid then, or extend this one.",
    Code.AFTER_LATEST: "Ask the customer for a later date, or gain time where the order waits.",
    Code.OFF_TICK: "Round starts up and ends up to whole ticks before handing the plan in.",
}


def remedy(code: Code) -> str:
    """What to do about a breach."""
    return REMEDIES.get(code, REPLAN)

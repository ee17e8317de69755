"""Network: demand → pegged orders, purchases and transfers through all levels of the bill."""

from scheduler.network.clocks import CalendarEndsError
from scheduler.network.explode import whole_sets
from scheduler.network.lead_times import LeadTimes
from scheduler.network.model import (
    Need,
    NeedKind,
    Network,
    Order,
    Peg,
    Shortage,
    Supply,
    SupplyKind,
)
from scheduler.network.planning import build_network

__all__ = [
    "CalendarEndsError",
    "LeadTimes",
    "Need",
    "NeedKind",
    "Network",
    "Order",
    "Peg",
    "Shortage",
    "Supply",
    "SupplyKind",
    "build_network",
    "whole_sets",
]

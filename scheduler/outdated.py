"""Outdated: new orders that come to start after the end of the routing or bill they are made by.

Netting chooses versions by the start that it estimates; a busy machine may put it off past the end
of a version. Such orders are netted again without that routing. Fed by ``build`` and the engines;
read by ``solve``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.factory.zones import zone_of
from scheduler.network import NeedKind
from scheduler.schedule import RowKind
from scheduler.worktime import instant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from scheduler.build import Built
    from scheduler.factory import Bom, Routing, Snapshot
    from scheduler.findings import Findings
    from scheduler.network import Network, Order
    from scheduler.schedule import Schedule

Closed = frozenset[tuple[str, str]]
"""Routings, and demands that nothing is made for by them any more."""


def outdated(
    snapshot: Snapshot, network: Network, built: Built, schedule: Schedule
) -> list[tuple[Order, Routing | Bom, datetime]]:
    """New orders that start when their routing or bill has ended, with what ended and the start."""
    zones = {plant.id: zone_of(plant.time_zone) for plant in snapshot.plants}
    ends = {
        order.id: ended
        for order in network.orders.values()
        if order.work_order is None and (ended := list(_ends(order, zones)))
    }
    if not ends:
        return []
    first: dict[str, int] = {}
    for name, start in zip(built.operations, schedule.start.tolist(), strict=True):
        if name.kind is RowKind.MAKE and name.order in ends and start < built.problem.end:
            first[name.order] = min(start, first.get(name.order, start))
    return [
        (network.orders[ident], version, built.horizon.moment(start))
        for ident, start in first.items()
        for version, end in ends[ident]
        if built.horizon.moment(start) >= end
    ]


def _ends(order: Order, zones: dict[str, ZoneInfo]) -> Iterator[tuple[Routing | Bom, datetime]]:
    for version in (order.routing, order.bom):
        if version is not None and version.effective_to is not None:
            zone = zones.get(order.plant) or zone_of("UTC")
            yield version, instant(version.effective_to, zone, end=True)


def to_close(snapshot: Snapshot, network: Network, built: Built, schedule: Schedule) -> Closed:
    """Routings that ended before an order started which another routing could make, each with the
    demands that the order is made for.
    """
    found: set[tuple[str, str]] = set()
    for order, version, start in outdated(snapshot, network, built, schedule):
        if version is order.routing and _has_next(snapshot, order, start):
            found |= {(version.id, demand) for demand in served(network, order.id)}
    return frozenset(found)


def _has_next(snapshot: Snapshot, order: Order, start: datetime) -> bool:
    """Whether another routing makes the item when the order starts, or later."""
    plant = next((p for p in snapshot.plants if p.id == order.plant), None)
    zone = zone_of(plant.time_zone if plant is not None else "UTC")
    return any(
        r.effective_to is None or instant(r.effective_to, zone, end=True) > start
        for r in snapshot.routings
        if (r.item, r.plant) == (order.item, order.plant)
    )


def served(network: Network, order: str) -> set[str]:
    """Demands that an order is made for, by whatever way."""
    by_supply = network.pegs_of_supply()
    output: dict[str, list[str]] = {}
    for supply in network.supplies.values():
        output.setdefault(supply.output_of or supply.id, []).append(supply.id)
    found, seen, front = set(), {order}, [order]
    while front:
        for peg in (p for s in output.get(front.pop(), []) for p in by_supply.get(s, [])):
            if peg.need.kind is NeedKind.DEMAND:
                found.add(peg.need.id)
            elif peg.need.id not in seen:
                seen.add(peg.need.id)
                front.append(peg.need.id)
    return found


def name_outdated(
    snapshot: Snapshot, network: Network, built: Built, schedule: Schedule, findings: Findings
) -> None:
    """A warning for each order that starts when its routing or bill has ended."""
    for order, version, start in outdated(snapshot, network, built, schedule):
        kind = "routing" if version is order.routing else "bill of material"
        findings.warn(
            "order.version_ended",
            f"orders/{order.id}",
            f"{order.id} ({order.item}) starts {start:%d %b %Y}, but its {kind} {version.id} ends"
            f" on {version.effective_to}.",
            f"Extend {version.id}, give the item a {kind} from then on, or make room before.",
            "It is planned all the same, by the version that has ended.",
        )

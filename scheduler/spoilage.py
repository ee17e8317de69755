"""Spoilage: lots that would be past their date when the plan comes to use them.

Netting promises a lot by an estimated date; the plan may come later. What would be used too late is
taken out of the stock and netted again, so that no date rests on it. Fed by ``build`` and the
engines; read by ``solve``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheduler.frames import rows
from scheduler.network import NeedKind, SupplyKind
from scheduler.schedule import RowKind

if TYPE_CHECKING:
    from datetime import datetime

    from scheduler.build import Built
    from scheduler.factory import Snapshot
    from scheduler.findings import Findings
    from scheduler.network import Network, Supply
    from scheduler.schedule import Schedule

KINDS = {
    NeedKind.ORDER: RowKind.MAKE,
    NeedKind.DEMAND: RowKind.SHIP,
    NeedKind.TRANSFER: RowKind.MOVE,
}


def spoilt(network: Network, built: Built, schedule: Schedule) -> list[Supply]:
    """Lots that expire before what they are pegged to uses them."""
    dated = {
        s.id: s
        for s in network.supplies.values()
        if s.kind is SupplyKind.STOCK and s.expires is not None
    }
    if not dated:
        return []
    used = _first_use(built, schedule)
    found: dict[str, Supply] = {}
    for peg in network.pegs:
        supply, kind = dated.get(peg.supply), KINDS.get(peg.need.kind)
        if supply is None or kind is None or supply.expires is None:
            continue
        when = used.get((kind, peg.need.id, peg.need.step or "")) or used.get(
            (kind, peg.need.id, "")
        )
        if when is not None and when > supply.expires:
            found[supply.id] = supply
    return list(found.values())


def _first_use(built: Built, schedule: Schedule) -> dict[tuple[RowKind, str, str], datetime]:
    """Earliest start of each step, and (step "") of each order, transfer and delivery."""
    first: dict[tuple[RowKind, str, str], datetime] = {}
    for row in rows(built, schedule):
        for key in ((row.kind, row.order, row.step), (row.kind, row.order, "")):
            first[key] = min(row.start, first.get(key, row.start))
    return first


def without(snapshot: Snapshot, lots: list[Supply], findings: Findings) -> Snapshot:
    """The snapshot without the stock of these lots, and a warning for each."""
    for supply in lots:
        day = f"{supply.expires:%d %b %Y}"
        findings.warn(
            "stock.spoils_first",
            f"stock/{supply.item}",
            f"Stock of {supply.item} at {supply.plant} is usable until {day}, but the plan would"
            " come to use it later.",
            "Use it elsewhere, or move what needs it forward.",
            effect="It is not counted.",
        )
    first: dict[tuple[str, str], str] = {}
    for lot in snapshot.stock:
        if lot.usable_until is not None:
            key, until = (lot.item, lot.plant), lot.usable_until.isoformat()
            first[key] = min(until, first.get(key, until))
    # One date a round: later lots of the same item may still do.
    gone = {(s.item, s.plant): first.get((s.item, s.plant)) for s in lots}
    kept = tuple(
        lot
        for lot in snapshot.stock
        if lot.usable_until is None
        or gone.get((lot.item, lot.plant)) != lot.usable_until.isoformat()
    )
    return snapshot.model_copy(update={"stock": kept})

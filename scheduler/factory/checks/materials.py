"""Materials: units, bills of material, ways to have an item, and lot rules."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from scheduler.factory.checks.index import Index, amount, overlap
from scheduler.factory.units import UnitError
from scheduler.findings import Findings, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from scheduler.factory.items import Bom, BomLine, CoProduct, Purchase
    from scheduler.factory.routings import Routing
    from scheduler.factory.structure import Structure

Place = tuple[str, str]


def units(index: Index, findings: Findings) -> None:
    """Units that are not known, and quantities that cannot be converted."""
    for unit in index.snapshot.units:
        _root(index, findings, f"units/{unit.id}/base", unit.id)
    for item in index.snapshot.items:
        if not index.units.knows(item.unit):
            _unknown_unit(findings, f"items/{item.id}/unit", item.id, item.unit)
    for path, item_id, used in _used_units(index):
        if used is None or item_id not in index.items:
            continue
        try:
            index.units.factor(item_id, used)
        except UnitError as error:
            if not error.known:
                _unknown_unit(findings, path, item_id, error.unit)
                continue
            findings.add(
                "unit.no_conversion",
                path,
                f"{item_id} is given in {used} but counted in {index.items[item_id].unit},"
                " and there is no conversion between them.",
                f"Add to the item how much one {used} is, or use one of its units.",
                effect="What needs this quantity gets no date.",
            )


def _root(index: Index, findings: Findings, path: str, unit: str) -> None:
    try:
        index.units.root(unit)
    except UnitError as error:
        if error.known:
            findings.add(
                "unit.cycle",
                path,
                f"The unit {unit} is a multiple of itself.",
                "Let one unit of the chain stand alone.",
            )
        else:
            _unknown_unit(findings, path, unit, error.unit)


def _unknown_unit(findings: Findings, path: str, user: str, unit: str) -> None:
    findings.add(
        "unit.unknown",
        path,
        f"{user} uses the unit {unit}, which is not known.",
        f"Add {unit} to the units, or to the item's conversions.",
        effect="What is counted in it gets no date.",
    )


def _used_units(index: Index) -> Iterator[tuple[str, str, str | None]]:
    """Path, item and unit of every quantity that may have its own unit."""
    snapshot = index.snapshot
    for demand in snapshot.demands:
        if demand.unit is not None:
            yield f"demands/{demand.id}/unit", demand.item, demand.unit
    for receipt in snapshot.receipts:
        yield f"receipts/{receipt.id}/unit", receipt.item, receipt.unit
    for order in snapshot.work_orders:
        yield f"work_orders/{order.id}/unit", order.item, order.unit
    for bom in snapshot.boms:
        yield f"boms/{bom.id}/unit", bom.item, bom.unit
        for line in bom.lines:
            yield f"boms/{bom.id}/lines/{line.item}/unit", line.item, line.unit


def rings(structure: Structure) -> Findings:
    """Items that contain themselves."""
    findings = Findings()
    for ring in structure.rings:
        findings.add(
            "bom.cycle",
            f"items/{ring[0]}/boms",
            f"{ring[0]} contains itself: {' > '.join(ring)}.",
            "Take one of them out of the bill of the other.",
            effect="What contains these items and must be made gets no date; the rest is planned.",
        )
    return findings


def bills(index: Index, findings: Findings) -> None:
    """Lines that say nothing, and steps that the routing does not have."""
    for bom in index.snapshot.boms:
        for line in bom.lines:
            if not line.quantity:
                findings.warn(
                    "bom.zero_line",
                    f"boms/{bom.id}/lines/{line.item}",
                    f"The bill {bom.id} of {bom.item} needs 0 of {line.item}.",
                    "Give the quantity, or remove the line.",
                    "The line is left out, the others are planned.",
                )
        _phantoms(index, findings, bom)
    _line_steps(index, findings)


def _phantoms(index: Index, findings: Findings, bom: Bom) -> None:
    for line in bom.lines:
        item = index.items.get(line.item)
        phantom = line.phantom if line.phantom is not None else item is not None and item.phantom
        if phantom and not any(b.item == line.item for b in index.boms.values()):
            findings.add(
                "bom.phantom_empty",
                f"items/{line.item}/boms",
                f"{line.item} is a phantom in the bill {bom.id}, but has no bill of its own.",
                "Give it a bill, or stock it.",
                effect=f"{bom.item} gets no date.",
            )


def _line_steps(index: Index, findings: Findings) -> None:
    """Lines and co-products at a step that no routing of the item has."""
    steps: dict[str, set[str]] = defaultdict(set)
    for routing in index.snapshot.routings:
        steps[routing.item].update(step.id for step in routing.steps)
    for bom in index.snapshot.boms:
        known = steps.get(bom.item)
        parts: list[BomLine | CoProduct] = [*bom.lines, *bom.co_products]
        for part in parts:
            if known and part.step is not None and part.step not in known:
                findings.warn(
                    "bom.unknown_step",
                    f"boms/{bom.id}/lines/{part.item}/step",
                    f"The bill {bom.id} needs {part.item} at step {part.step}, which no routing of"
                    f" {bom.item} has.",
                    "Name one of the steps of the routing.",
                    "Planned as if it was needed at the start of the order.",
                )


def ways(index: Index, findings: Findings) -> None:
    """Items that are needed and can be neither made, bought nor brought."""
    snapshot = index.snapshot
    made = {(r.item, r.plant) for r in snapshot.routings}
    bought = {(p.item, p.plant) for p in snapshot.purchases}
    brought = {(n.item, n.to_plant) for n in snapshot.lanes}
    with_others = {co.item for bom in snapshot.boms for co in bom.co_products}
    coming = {(s.item, s.plant) for s in snapshot.stock if s.quantity > 0}
    coming |= {(r.item, r.plant or "") for r in snapshot.receipts}
    coming |= {(w.item, w.plant) for w in snapshot.work_orders}
    for place, user in _needed(index).items():
        item, plant = place
        if item not in index.items or plant not in index.plants or index.items[item].phantom:
            continue
        if place in made or place in bought or (item, None) in bought or item in with_others:
            continue
        if place in brought or (None, plant) in brought:
            continue
        some = place in coming
        findings.add(
            "factory.no_routing",
            f"items/{item}",
            f"{item} has neither routing nor purchase nor transfer lane in {plant};"
            f" {user} needs it.",
            "Add a routing, a purchase with its lead time, or a lane from another plant.",
            Severity.WARNING if some else Severity.ERROR,
            "Only what is there or coming can be promised." if some else "It gets no date.",
        )


def _needed(index: Index) -> dict[Place, str]:
    """Item and plant that something needs, with one of its users."""
    needed: dict[Place, str] = {}
    for demand in index.snapshot.demands:
        needed.setdefault((demand.item, demand.plant), f"demand {demand.id}")
    by_item: dict[str, list[str]] = defaultdict(list)
    for routing in index.snapshot.routings:
        by_item[routing.item].append(routing.plant)
    for bom in index.snapshot.boms:
        plants = [bom.plant] if bom.plant is not None else by_item.get(bom.item, [])
        for line in bom.lines:
            phantom = line.phantom
            if not line.quantity or phantom:
                continue
            for plant in plants:
                needed.setdefault((line.item, line.plant or plant), bom.item)
    return needed


def versions(index: Index, findings: Findings) -> None:
    """Versions that are all out of date, or hold at the same time."""
    routings: dict[Place, list[Routing]] = defaultdict(list)
    for routing in index.snapshot.routings:
        routings[routing.item, routing.plant].append(routing)
    for (item, plant), members in routings.items():
        spans = [index.span(r.effective_from, r.effective_to, plant) for r in members]
        if all(end is not None and end <= index.now for _, end in spans):
            findings.add(
                "routing.none_effective",
                f"items/{item}/routings",
                f"{item} is made in {plant}, but none of its routings is effective any more.",
                "Extend a routing, or mark the item as purchased.",
                effect="What must be made of it gets no date.",
            )
        for i, a in enumerate(members):
            for j, b in enumerate(members[:i]):
                same = a.priority == b.priority and a.share is None and b.share is None
                if same and overlap(spans[i], spans[j]) and a.id != b.id:
                    findings.warn(
                        "routing.overlap",
                        f"items/{item}/routings",
                        f"The routings {b.id} and {a.id} of {item} in {plant} hold at the same time"
                        f" with the same priority.",
                        "Give them different priorities, or shares.",
                        f"Planned with {min(a.id, b.id)}.",
                    )
    _bill_versions(index, findings)


def _bill_versions(index: Index, findings: Findings) -> None:
    boms: dict[str, list[Bom]] = defaultdict(list)
    for bom in index.snapshot.boms:
        boms[bom.item].append(bom)
    linked = {r.bom for r in index.snapshot.routings if r.bom is not None}
    for item, members in boms.items():
        spans = [index.span(b.effective_from, b.effective_to, b.plant) for b in members]
        if all(end is not None and end <= index.now for _, end in spans):
            findings.add(
                "bom.none_effective",
                f"items/{item}/boms",
                f"None of the bills of {item} is effective any more.",
                "Extend a bill of material.",
                effect="What must be made of it gets no date.",
            )
        for i, a in enumerate(members):
            for j, b in enumerate(members[:i]):
                same = a.priority == b.priority and a.plant == b.plant and a.id != b.id
                if same and overlap(spans[i], spans[j]) and not {a.id, b.id} <= linked:
                    findings.warn(
                        "bom.overlap",
                        f"items/{item}/boms",
                        f"The bills {b.id} and {a.id} of {item} hold at the same time with the same"
                        " priority.",
                        "Give them different priorities, or end one where the other begins.",
                        f"Planned with {min(a.id, b.id)}, where no routing names its bill.",
                    )


def validity(index: Index, findings: Findings) -> None:
    """Validities that end before they begin."""
    snapshot = index.snapshot
    rows: list[tuple[str, Routing | Bom | Purchase | BomLine]] = [
        *((f"routings/{r.id}", r) for r in snapshot.routings),
        *((f"boms/{b.id}", b) for b in snapshot.boms),
        *((f"purchases/{p.item}/{p.supplier}", p) for p in snapshot.purchases),
        *((f"boms/{b.id}/lines/{n.item}", n) for b in snapshot.boms for n in b.lines),
    ]
    for path, row in rows:
        if row.effective_from is None or row.effective_to is None:
            continue
        start, end = index.span(row.effective_from, row.effective_to, None)
        if start is not None and end is not None and end <= start:
            findings.add(
                "validity.reversed",
                path,
                f"{path.replace('/', ' ', 1)} is valid from {row.effective_from} to"
                f" {row.effective_to}, which is never.",
                "Exchange or correct the two dates.",
            )


def lots(index: Index, findings: Findings) -> None:
    """Lot rules that contradict each other."""
    snapshot = index.snapshot
    rules: list[tuple[str, Decimal | None, Decimal | None]] = []
    for kept in snapshot.replenishments:
        path = f"replenishments/{kept.item}@{kept.plant}"
        rules.append((path, kept.lot_minimum, kept.lot_maximum))
    rules += [(f"routings/{r.id}", r.lot_minimum, r.lot_maximum) for r in snapshot.routings]
    for purchase in snapshot.purchases:
        path = f"purchases/{purchase.item}/{purchase.supplier}"
        rules.append((path, purchase.minimum, purchase.maximum))
    for path, minimum, maximum in rules:
        if minimum and maximum and minimum > maximum:
            findings.warn(
                "lot.contradiction",
                path,
                f"The smallest lot of {path.replace('/', ' ', 1)} is {amount(minimum)}, above its"
                f" largest of {amount(maximum)}.",
                "Correct one of them.",
                "The largest lot counts.",
            )

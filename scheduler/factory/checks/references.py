"""References: every id that is named must stand in its list, and stand there once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from scheduler.findings import Findings, Severity

if TYPE_CHECKING:
    from scheduler.factory.checks.index import Index

Row = Any
Name = Callable[[Row], str]

LISTS = {
    "plants": "plant",
    "units": "unit",
    "items": "item",
    "boms": "bill of material",
    "routings": "routing",
    "calendars": "calendar",
    "work_centres": "work centre",
    "machines": "machine",
    "labour_pools": "labour pool",
    "tools": "tool",
    "setup_matrices": "setup matrix",
    "customers": "customer",
    "suppliers": "supplier",
    "receipts": "receipt",
    "work_orders": "work order",
    "demands": "demand",
    "sources": "source",
}
"""Lists whose rows have an id, and what one row is called."""

FIELDS: dict[str, dict[str, str]] = {
    "plants": {
        "calendar": "calendars",
        "site_calendar": "calendars",
        "receiving_calendar": "calendars",
        "shipping_calendar": "calendars",
    },
    "replenishments": {"item": "items", "plant": "plants"},
    "boms": {"item": "items", "plant": "plants"},
    "routings": {"item": "items", "plant": "plants", "bom": "boms"},
    "purchases": {"item": "items", "plant": "plants", "supplier": "suppliers"},
    "lanes": {"item": "items", "from_plant": "plants", "to_plant": "plants"},
    "work_centres": {"plant": "plants", "calendar": "calendars"},
    "machines": {
        "plant": "plants",
        "work_centre": "work_centres",
        "calendar": "calendars",
        "setup_matrix": "setup_matrices",
        "setup_pool": "labour_pools",
    },
    "labour_pools": {"plant": "plants", "calendar": "calendars"},
    "tools": {"plant": "plants", "calendar": "calendars"},
    "setup_matrices": {"plant": "plants"},
    "customers": {"parent": "customers"},
    "suppliers": {"calendar": "calendars"},
    "stock": {"item": "items", "plant": "plants"},
    "receipts": {
        "item": "items",
        "plant": "plants",
        "supplier": "suppliers",
        "from_plant": "plants",
    },
    "work_orders": {"item": "items", "plant": "plants", "bom": "boms"},
    "demands": {
        "item": "items",
        "plant": "plants",
        "customer": "customers",
        "routing": "routings",
    },
}
"""List → field → list it refers to."""
INNER: dict[str, dict[str, dict[str, str]]] = {
    "boms": {
        "lines": {"item": "items", "plant": "plants"},
        "co_products": {"item": "items"},
    },
    "routings": {"steps": {"work_centre": "work_centres", "calendar": "calendars"}},
    "labour_pools": {"members": {"calendar": "calendars"}},
}
"""List → inner list → field → list it refers to."""
MILD = {"customers", "suppliers"}
"""Lists that planning goes on without."""


def duplicates(index: Index, findings: Findings) -> None:
    """Ids that stand twice in one list."""
    for kind, word in LISTS.items():
        rows = getattr(index.snapshot, kind)
        if len({row.id for row in rows}) == len(rows):
            continue
        for name, count in Counter(row.id for row in rows).items():
            if count > 1:
                findings.add(
                    "data.duplicate_id",
                    f"{kind}/{name}",
                    f"There are {count} {_plural(word)} called {name}.",
                    "Give each its own id, or remove the ones that are the same.",
                    effect="The first one counts, the others are not read.",
                )


def references(index: Index, findings: Findings) -> None:
    """Ids that stand in no list."""
    known = {kind: index.names(kind) for kind in LISTS}
    known["units"] = frozenset()
    for kind, fields in FIELDS.items():
        pairs = tuple(fields.items())
        for row in getattr(index.snapshot, kind):
            for field, target in pairs:
                value = getattr(row, field)
                if value is not None and value not in known[target]:
                    _unknown(findings, f"{kind}/{label(kind, row)}", field, target, value)
    for path, field, target, value in _inner(index):
        if value is not None and value not in known[target]:
            _unknown(findings, path, field, target, value)


def _inner(index: Index) -> Iterator[tuple[str, str, str, str | None]]:
    """References inside the rows: path, field, list and id."""
    for kind, lists in INNER.items():
        for row in getattr(index.snapshot, kind):
            for inner, fields in lists.items():
                for number, part in enumerate(getattr(row, inner)):
                    name = getattr(part, "id", None) or getattr(part, "item", number)
                    for field, target in fields.items():
                        yield f"{kind}/{row.id}/{inner}/{name}", field, target, getattr(part, field)
    yield from _of_steps(index)
    yield from _of_lines(index)
    yield from _of_lead_times(index)


def _of_steps(index: Index) -> Iterator[tuple[str, str, str, str | None]]:
    for routing in index.snapshot.routings:
        for step in routing.steps:
            path = f"routings/{routing.id}/steps/{step.id}"
            for choice in step.alternatives:
                yield f"{path}/alternatives", "machine", "machines", choice.machine
            for labour in step.labour:
                yield f"{path}/labour", "pool", "labour_pools", labour.pool
            for tool in step.tools:
                yield f"{path}/tools", "tool", "tools", tool.tool
            if step.subcontract is not None:
                yield f"{path}/subcontract", "supplier", "suppliers", step.subcontract.supplier


def _of_lines(index: Index) -> Iterator[tuple[str, str, str, str | None]]:
    for bom in index.snapshot.boms:
        for line in bom.lines:
            for substitute in line.substitutes:
                yield (
                    f"boms/{bom.id}/lines/{line.item}/substitutes",
                    "item",
                    "items",
                    substitute.item,
                )


def _of_lead_times(index: Index) -> Iterator[tuple[str, str, str, str | None]]:
    snapshot = index.snapshot
    for plant in snapshot.plants:
        yield f"plants/{plant.id}/dock_time", "calendar", "calendars", plant.dock_time.calendar
    for purchase in snapshot.purchases:
        path = f"purchases/{label('purchases', purchase)}/lead_time"
        yield path, "calendar", "calendars", purchase.lead_time.calendar
    for lane in snapshot.lanes:
        path = f"lanes/{label('lanes', lane)}/lead_time"
        yield path, "calendar", "calendars", lane.lead_time.calendar


def _unknown(findings: Findings, path: str, field: str, target: str, value: str) -> None:
    word = LISTS[target]
    mild = target in MILD
    findings.add(
        "reference.unknown",
        f"{path}/{field}",
        f"{path.replace('/', ' ', 1)} names the {word} {value}, which is not known.",
        f"Add the {word} {value}, or correct the name.",
        Severity.WARNING if mild else Severity.ERROR,
        "Planned without it." if mild else "What needs it cannot be planned as meant.",
    )


def label(kind: str, row: Row) -> str:
    """How a row is called in a path: its id, or what tells it apart."""
    if kind in LISTS:
        return str(row.id)
    if kind == "lanes":
        return f"{row.from_plant}-{row.to_plant}" + (f"/{row.item}" if row.item else "")
    if kind == "purchases":
        return f"{row.item}/{row.supplier}"
    return f"{row.item}@{row.plant}"


def _plural(word: str) -> str:
    return {"setup matrix": "setup matrices", "bill of material": "bills of material"}.get(
        word, f"{word}s"
    )

"""The frePPLe reader: a fixture or a workbook as a snapshot.

Quantities and dates are exact; every field without a place in the snapshot, and every rule that is
carried over in another way, is a finding ``frepple.*``. Its local times are UTC.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from integration.formats.frepple.calendars import Calendars
from integration.formats.frepple.operations import Operations
from integration.formats.frepple.orders import read_demands, read_orders, say_parameters
from integration.formats.frepple.places import is_tool_item, read_places
from integration.formats.frepple.records import Records, from_fixture, from_tables
from integration.formats.frepple.resources import Resources
from integration.formats.frepple.setups import read_setups
from integration.formats.frepple.world import World
from integration.formats.reading import Read, snapshot_of
from integration.formats.workbook import read_workbook as read_sheets
from scheduler.findings import Findings

_FINE = Decimal("0.000001")


def read_json(rows: Any) -> Read:
    """The snapshot of a fixture (a list of records)."""
    findings = Findings()
    return _read(from_fixture(rows, findings), findings)


def read_workbook(data: bytes) -> Read:
    """The snapshot of a workbook with one sheet for every table."""
    findings = Findings()
    return _read(from_tables(read_sheets(data, findings), findings), findings)


def _read(records: Records, findings: Findings) -> Read:
    world = World(records, findings)
    world.data["now"] = world.now
    calendars = Calendars(world)
    resources = Resources(world, calendars)
    read_places(world, calendars)
    operations = Operations(world, resources)
    operations.fill()
    resources.fill()
    _lend_tools(world)
    read_setups(world)
    read_orders(world, operations)
    read_demands(world, operations)
    say_parameters(world)
    _count_finely(world)
    return snapshot_of(dict(world.data), findings)


def _lend_tools(world: World) -> None:
    """Cards and carriers that are given back: as many tools as are in stock."""
    for item in [i for i in world.leaf_items if is_tool_item(world, i)]:
        rows = [row for row in world.records.of("buffer") if row.text("item") == item]
        count = sum((row.amount("onhand") for row in rows), Decimal(0))
        plant = next((row.text("location") for row in rows), "") or world.only_plant
        world.data["tools"].append({"id": item, "plant": plant, "count": count or Decimal(1)})


def _count_finely(world: World) -> None:
    """There quantities are continuous; pieces are whole here unless a quantity says otherwise."""
    whole = all(
        value == value.to_integral_value() for row in _quantities(world.data) for value in row
    )
    if not whole:
        world.data["units"].append({"id": "pcs", "name": "pieces", "precision": _FINE})
        world.findings.note(
            "frepple.fractions",
            "units/pcs",
            "Some quantities are fractions, so pieces are counted in millionths.",
        )


def _quantities(data: dict[str, Any]) -> list[list[Decimal]]:
    names = (
        "quantity",
        "minimum",
        "multiple",
        "lot_minimum",
        "lot_multiple",
        "safety_stock",
        "output_quantity",
    )
    lists = ("demands", "stock", "receipts", "purchases", "routings", "replenishments", "boms")
    rows = [
        row for name in lists for row in data.get(name, []) if row.get("status", "open") == "open"
    ]
    rows += [line for bom in data.get("boms", []) for line in bom["lines"]]
    return [[row[name] for name in names if isinstance(row.get(name), Decimal)] for row in rows]

"""Tables: a snapshot as rows of sheets.

Read by ``workbook`` and ``csv_files``, which only know cells; ``sheets`` goes the other way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from integration.formats import cells
from integration.formats.layout import Column, Kind, Sheet, all_sheets, plan_columns, sheets

if TYPE_CHECKING:
    from datetime import tzinfo

    from integration.formats.cells import Cell
    from scheduler.factory import Snapshot
    from scheduler.factory.values import Part

PLAN = "plan"
READ_ME = "read me"


@dataclass(slots=True)
class Table:
    """The cells of one sheet; ``rows[0]`` stands in line ``first``, under the header."""

    name: str
    headers: list[str]
    rows: list[list[Cell]]
    first: int = 2


def tables_of(snapshot: Snapshot) -> dict[str, Table]:
    """Every sheet with its rows, also those without rows."""
    zones = {plant.id: zone_of(plant.time_zone) for plant in snapshot.plants}
    found = {PLAN: _plan_table(snapshot, common_zone(zones))}
    for name, sheet in all_sheets().items():
        found[name] = Table(name, list(sheet.headers), [])
    for sheet in sheets():
        _emit(found, sheet, getattr(snapshot, sheet.field), (), zones, common_zone(zones))
    return found


def _plan_table(snapshot: Snapshot, zone: tzinfo | None) -> Table:
    columns = plan_columns()
    row = [cells.write(getattr(snapshot, c.path[0]), c, zone) for c in columns]
    return Table(PLAN, [c.name for c in columns], [row])


def common_zone(zones: dict[str, tzinfo | None]) -> tzinfo | None:
    """The one zone of all plants, if there is one."""
    known = {str(zone): zone for zone in zones.values()}
    return next(iter(known.values())) if len(known) == 1 else None


def zone_of(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        # OSError: the name of a folder of the zone database. KeyError: a name that is not there.
        return None


def _zone_of_part(
    part: Part, zones: dict[str, tzinfo | None], zone: tzinfo | None
) -> tzinfo | None:
    for name in ("plant", "to_plant"):
        plant = getattr(part, name, None)
        if isinstance(plant, str):
            return zones.get(plant, zone)
    own = getattr(part, "time_zone", None)
    return zone_of(own) if isinstance(own, str) else zone


def _emit(
    found: dict[str, Table],
    sheet: Sheet,
    parts: Any,
    refs: tuple[Cell, ...],
    zones: dict[str, tzinfo | None],
    zone: tzinfo | None,
) -> None:
    if sheet.pairs:
        found[sheet.name].rows += [[*refs, cells.guarded(k), v] for k, v in parts.items()]
        return
    for line, part in enumerate(parts or (), start=1):
        own = _zone_of_part(part, zones, zone)
        row: list[Cell] = [*refs, *([line] if sheet.numbered else [])]
        row += [cells.write(_value(part, c), c, own) for c in sheet.columns]
        found[sheet.name].rows.append(row)
        key = (
            (line,)
            if sheet.key == ("line",)
            else tuple(cells.guarded(getattr(part, name)) for name in sheet.key)
        )
        for child in sheet.children:
            _emit(found, child, getattr(part, child.field), (*refs, *key), zones, own)


def _value(part: Any, column: Column) -> Any:
    for name in column.path:
        if part is None:
            return None
        part = getattr(part, name)
    if column.kind is Kind.EMPTY_LIST:
        return "none" if part == () else None
    return part


@lru_cache(maxsize=4096)
def plain(name: str) -> str:
    """A header as it is compared: ``Lead time (minutes)`` is ``lead_time_minutes``."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def letter(index: int) -> str:
    """Name of a column counted from 0: A, B, … Z, AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name

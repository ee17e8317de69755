"""Sheets to a snapshot: which sheets, columns and rows there are, and what is wrong with them.

Fed by ``workbook`` and ``csv_files``; every finding names the sheet and the cell.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from integration.formats import cells
from integration.formats.cells import Cell, CellError
from integration.formats.layout import Column, Kind, Sheet, all_sheets, plan_columns, sheets
from integration.formats.reading import Read, snapshot_of
from integration.formats.tables import (
    PLAN,
    READ_ME,
    Table,
    common_zone,
    letter,
    plain,
    zone_of,
)
from scheduler.findings import Findings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import tzinfo

    from scheduler.factory.parse import Location

Key = tuple[str, ...]
Place = tuple[str | int, ...]
"""Where a part stands in the data."""


@dataclass(slots=True)
class _Reader:
    """What is known while the sheets are read."""

    tables: dict[str, Table]
    findings: Findings = field(default_factory=Findings)
    zones: dict[str, tzinfo | None] = field(default_factory=dict)
    rows: dict[Place, tuple[Table, int]] = field(default_factory=dict)
    """Location in the data → where its row stands."""
    parts: dict[str, dict[Key, tuple[dict[str, Any], Place, tzinfo | None]]] = field(
        default_factory=dict
    )
    """Sheet → key of a row → its data, for rows of the sheets below."""


def read_tables(tables: Sequence[Table], findings: Findings) -> Read:
    """A snapshot from sheets; findings name sheet and cell, and follow those given."""
    reader = _Reader(_recognised(tables, findings), findings)
    data = _plan_data(reader)
    _check_headers(reader)
    reader.zones = _zones_of_plants(reader)
    for sheet in sheets():
        for level in sheet.walk():
            _read_sheet(reader, level, data)
    result = snapshot_of(data, findings, lambda location: _where(reader, location))
    return Read(result.snapshot, _without_echoes(result.findings))


_SAID = (
    "format.bad_cell",
    "format.error_value",
    "format.formula_without_value",
    "format.no_column",
    "format.no_plan_sheet",
)


def _without_echoes(findings: Findings) -> Findings:
    """A cell that could not be read is not reported as missing as well."""
    said = {finding.path for finding in findings if finding.code in _SAID}
    return Findings(
        [
            f
            for f in findings
            if f.code != "data.missing" or (f.path not in said and f.path != f"{PLAN}!A1")
        ]
    )


def _recognised(tables: Sequence[Table], findings: Findings) -> dict[str, Table]:
    known = [PLAN, *all_sheets()]
    found: dict[str, Table] = {}
    for table in tables:
        name = plain(table.name)
        if name in known and name not in found:
            found[name] = table
        elif name in found:
            findings.add(
                "format.sheet_twice",
                table.name,
                f"There are two sheets {name}.",
                "Join them in one.",
            )
        elif name != plain(READ_ME) and any(table.headers):
            findings.warn(
                "format.unknown_sheet",
                table.name,
                f"The sheet {table.name!r} is not known and was not read.",
                _suggestion(name, known) or f"Sheets are: {', '.join(known)}.",
            )
    return found


def _suggestion(name: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"Is it {close[0]}?" if close else ""


def _check_headers(reader: _Reader) -> None:
    """Columns that are not known, and those that every row needs and that are not there."""
    for name, table in reader.tables.items():
        sheet = all_sheets().get(name)
        known = list(sheet.headers) if sheet else [c.name for c in plan_columns()]
        needed = [*sheet.refs, *(c.name for c in sheet.columns if c.required)] if sheet else []
        seen: set[str] = set()
        for index, header in enumerate(table.headers):
            written = plain(header)
            path = f"{table.name}!{letter(index)}{table.first - 1}"
            if written and written in seen:
                reader.findings.add(
                    "format.column_twice", path, f"There are two columns {header}.", "Remove one."
                )
            elif written and written not in known:
                reader.findings.warn(
                    "format.unknown_column",
                    path,
                    f"The column {header!r} is not known and was not read.",
                    _suggestion(written, known) or f"Columns are: {', '.join(known)}.",
                )
            seen.add(written)
        for missing in (n for n in needed if n not in seen and table.rows):
            reader.findings.add(
                "format.no_column",
                f"{table.name}!A{table.first - 1}",
                f"The sheet {table.name} has no column {missing}.",
                f"Add the column {missing}.",
            )


def _plan_data(reader: _Reader) -> dict[str, Any]:
    data: dict[str, Any] = {}
    reader.zones = _zones_of_plants(reader)
    table = reader.tables.get(PLAN)
    if table is None or not table.rows:
        reader.findings.add(
            "format.no_plan_sheet",
            PLAN,
            "There is no sheet plan with the moment the plan is made at.",
            "Add a sheet plan with the columns truedate (1), name and now.",
        )
        reader.rows[()] = (Table(PLAN, [], []), 1)
        return data
    for row, number in _lines(table):
        values = _row_values(reader, table, row, number, plan_columns(), common_zone(reader.zones))
        data |= values
        reader.rows[()] = (table, number)
        break
    return data


def _zones_of_plants(reader: _Reader) -> dict[str, tzinfo | None]:
    table = reader.tables.get("plants")
    zones: dict[str, tzinfo | None] = {}
    if table is None:
        return zones
    headers = [plain(header) for header in table.headers]
    for row, number in _lines(table):
        by_name = dict(zip(headers, row, strict=False))
        ident, name = by_name.get("id"), by_name.get("time_zone")
        if ident in (None, ""):
            continue
        written = "UTC" if name in (None, "") else cells.text(name)
        zone = zone_of(written)
        zones[cells.text(ident)] = zone
        if zone is None:
            reader.findings.add(
                "format.unknown_zone",
                f"{table.name}!{letter(headers.index('time_zone'))}{number}",
                f"{written!r} is not a time zone.",
                "Write a name such as Europe/Vienna.",
            )
    return zones


def _lines(table: Table) -> Iterator[tuple[list[Cell], int]]:
    """Rows with something in them, with the number the spreadsheet shows."""
    for offset, row in enumerate(table.rows):
        if any(cell not in (None, "") for cell in row):
            yield row, table.first + offset


def _read_sheet(reader: _Reader, sheet: Sheet, data: dict[str, Any]) -> None:
    table = reader.tables.get(sheet.name)
    if table is None:
        return
    headers = [plain(header) for header in table.headers]
    for row, number in _lines(table):
        by_name = dict(zip(headers, row, strict=False))
        owner = _owner(reader, sheet, table, by_name, number, data)
        if owner is None:
            continue
        parent, location, zone = owner
        zone = _zone_of_row(by_name, reader.zones, zone)
        values = _row_values(reader, table, row, number, sheet.columns, zone)
        if sheet.pairs:
            _add_pair(reader, sheet, parent, values, f"{table.name}!A{number}")
            continue
        values |= {child.field: [] for child in sheet.children if child.needed}
        rows = parent.setdefault(sheet.field, [])
        if not isinstance(rows, list):
            rows = parent[sheet.field] = []
        here = (*location, sheet.field, len(rows))
        rows.append(values)
        reader.rows[here] = (table, number)
        _remember(reader, sheet, by_name, values, here, zone, f"{table.name}!A{number}")


def _add_pair(
    reader: _Reader, sheet: Sheet, parent: dict[str, Any], values: dict[str, Any], path: str
) -> None:
    name, number = values.get("skill"), values.get("people")
    if name is None or number is None:
        reader.findings.add("data.missing", path, "skill or people is missing.", "Give both.")
        return
    parent.setdefault(sheet.field, {})[name] = number


def _zone_of_row(
    by_name: dict[str, Cell], zones: dict[str, tzinfo | None], zone: tzinfo | None
) -> tzinfo | None:
    for name in ("plant", "to_plant"):
        cell = by_name.get(name)
        if cell not in (None, ""):
            return zones.get(cells.text(cell), zone)
    own = by_name.get("time_zone")
    return zone if own in (None, "") else zone_of(cells.text(own))


def _owner(
    reader: _Reader,
    sheet: Sheet,
    table: Table,
    by_name: dict[str, Cell],
    number: int,
    data: dict[str, Any],
) -> tuple[dict[str, Any], Place, tzinfo | None] | None:
    """The part a row belongs to; a finding when it names none that is there."""
    if not sheet.refs:
        return data, (), common_zone(reader.zones)
    key = tuple(_key_text(by_name.get(name)) for name in sheet.refs)
    owner = reader.parts.get(_parent_of(sheet), {}).get(key)
    if owner is None:
        reader.findings.add(
            "format.unknown_parent",
            f"{table.name}!A{number}",
            f"The row belongs to {' '.join(sheet.refs)} {' / '.join(key) or '(blank)'}, which is "
            "not in the "
            f"sheet {_parent_of(sheet)}.",
            f"Add it to the sheet {_parent_of(sheet)}, or correct the name.",
        )
    return owner


def _parent_of(sheet: Sheet) -> str:
    return next(s.name for s in all_sheets().values() if sheet in s.children)


def _key_text(cell: Cell) -> str:
    return "" if cell is None or cell == "" else cells.text(cell)


def _remember(
    reader: _Reader,
    sheet: Sheet,
    by_name: dict[str, Cell],
    values: dict[str, Any],
    here: Place,
    zone: tzinfo | None,
    path: str,
) -> None:
    """Keep the row so that rows of other sheets can name it."""
    own = tuple(_key_text(by_name.get(name)) for name in (*sheet.refs, *sheet.key))
    if sheet.key == ("line",) and not (sheet.numbered and own[-1]):
        return
    known = reader.parts.setdefault(sheet.name, {})
    if own in known:
        # Sheets below could not tell the two apart.
        reader.findings.add(
            "format.twice",
            path,
            f"{' / '.join(own)} is in the sheet {sheet.name} twice.",
            "Remove one of the rows.",
        )
        return
    known[own] = (values, here, zone)


def _row_values(
    reader: _Reader,
    table: Table,
    row: list[Cell],
    number: int,
    columns: Sequence[Column],
    zone: tzinfo | None,
) -> dict[str, Any]:
    headers = {plain(header): index for index, header in enumerate(table.headers)}
    values: dict[str, Any] = {}
    for column in columns:
        index = headers.get(column.name, len(row))
        cell = row[index] if index < len(row) else None
        if cell is None or cell == "":
            continue
        try:
            value = _read_cell(cell, column, zone)
        except CellError as error:
            reader.findings.add(
                "format.bad_cell",
                f"{table.name}!{letter(index)}{number}",
                f"{column.name}: {error.message}.",
                error.remedy,
            )
            continue
        _put(values, column.path, value)
    return values


def _read_cell(cell: Cell, column: Column, zone: tzinfo | None) -> Any:
    if column.kind is not Kind.EMPTY_LIST:
        return cells.read(cell, column, zone)
    if cells.text(cell).lower() == "none":
        return []
    raise CellError(f"{cells.text(cell)!r} is not known here", "Write none, or leave it blank.")


def _put(values: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for name in path[:-1]:
        values = values.setdefault(name, {})
    values[path[-1]] = value


def _where(reader: _Reader, location: Location) -> str:
    """Sheet and cell of a place in the data."""
    for length in range(len(location), -1, -1):
        found = reader.rows.get(tuple(location[:length]))
        if found is None:
            continue
        table, number = found
        wanted = tuple(str(part) for part in location[length:])
        return f"{table.name}!{_column_of(table, wanted)}{number}"
    return "/".join(map(str, location)) or "file"


def _column_of(table: Table, wanted: tuple[str, ...]) -> str:
    sheet = all_sheets().get(plain(table.name))
    columns = sheet.columns if sheet else plan_columns()
    headers = [plain(header) for header in table.headers]
    for length in range(len(wanted), 0, -1):
        for column in columns:
            if column.path == wanted[:length] and column.name in headers:
                return letter(headers.index(column.name))
    return "A"

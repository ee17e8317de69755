"""Workbooks: XLSX bytes to tables and back.

Read with calamine after our own look at every sheet (its true size, and formulas that were never
calculated, which a reader of values would take for blanks); written with openpyxl.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.parsers import expat

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from python_calamine import CalamineError, CalamineWorkbook

from integration.formats.limits import LIMITS, RefusedError, unpack
from integration.formats.tables import Table, letter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from integration.formats.cells import Cell
    from scheduler.findings import Findings

HEADER_FONT = Font(bold=True)
HEADER_FILL = PatternFill("solid", fgColor="DDE6EF")
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0d-\x1f\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_DAMAGED = RefusedError(
    "format.damaged",
    "The workbook is damaged: its sheets cannot be read.",
    "Save it again in the spreadsheet program.",
)


@dataclass(slots=True)
class _Look:
    """What one pass over the XML of a sheet finds."""

    last_row: int = 0
    last_column: int = 0
    uncalculated: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    """Cells that show an error, such as #REF!."""


def read_workbook(data: bytes, findings: Findings) -> list[Table]:
    """The sheets of a workbook; formulas without a value become findings.

    Raises
    ------
    RefusedError
        When it is damaged, protected, or larger than the limits.
    """
    members = unpack(data, lambda name: name.startswith("xl/") and name.endswith((".xml", ".rels")))
    for name, path in _sheet_files(members).items():
        look = _look(members.get(path, b""))
        if look.last_row * look.last_column > LIMITS.cells:
            raise RefusedError(
                "format.too_large",
                f"The sheet {name} spans {look.last_row:,} rows and {look.last_column:,} columns.",
                "Delete cells far below or right of the data, and save it again.",
            )
        for cell in look.uncalculated:
            findings.add(
                "format.formula_without_value",
                f"{name}!{cell}",
                "The cell holds a formula that was never calculated.",
                "Open the workbook in a spreadsheet program and save it, or write the value.",
            )
        for cell in look.errors:
            findings.add(
                "format.error_value",
                f"{name}!{cell}",
                "The cell shows an error, such as #REF! or #N/A, in the place of a value.",
                "Correct the formula, or write the value.",
            )
    return _read_values(data)


def _read_values(data: bytes) -> list[Table]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        found = []
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            found.append(table_of(name, rows))
    except (CalamineError, OSError, ValueError) as error:
        raise _DAMAGED from error
    return found


def table_of(name: str, rows: Sequence[Sequence[Cell]]) -> Table:
    """A table whose header is the first line with something in it."""
    start = next((i for i, row in enumerate(rows) if any(c not in (None, "") for c in row)), 0)
    headers = ["" if cell is None else str(cell) for cell in rows[start]] if rows else []
    return Table(name, headers, [list(row) for row in rows[start + 1 :]], start + 2)


def _sheet_files(members: dict[str, bytes]) -> dict[str, str]:
    """Name of a sheet → member that holds it."""
    names: list[tuple[str, str]] = []
    targets: dict[str, str] = {}

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if _local(tag) == "sheet":
            ident = next((v for k, v in attributes.items() if _local(k) == "id"), "")
            names.append((attributes.get("name", ""), ident))

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if _local(tag) == "Relationship":
            targets[attributes.get("Id", "")] = attributes.get("Target", "")

    _parse(members.get("xl/workbook.xml", b""), sheet)
    _parse(members.get("xl/_rels/workbook.xml.rels", b""), relation)
    return {name: _full(targets.get(ident, "")) for name, ident in names}


def _full(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _local(tag: str) -> str:
    return tag.rsplit(":", 1)[-1]


def _parse(
    xml: bytes,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Walk an XML member; entities of its own are refused, so nothing expands."""
    if not xml:
        raise _DAMAGED
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        parser.Parse(xml, True)  # noqa: FBT003 (expat's own signature)
    except expat.ExpatError as error:
        raise _DAMAGED from error


def _no_doctype(*_: object) -> None:
    raise _DAMAGED


def _look(xml: bytes) -> _Look:
    """Size of a sheet by its cells (what it declares may lie), and formulas without a value."""
    look = _Look()
    at = {"row": 0, "column": 0, "formula": 0, "value": 0, "inside": 0}

    def start(tag: str, attributes: dict[str, str]) -> None:
        match _local(tag):
            case "row":
                at["row"] = _number(attributes.get("r"), at["row"] + 1)
                at["column"] = 0
                look.last_row = max(look.last_row, at["row"])
            case "c":
                at["column"] += 1
                _place(at, attributes.get("r", ""))
                at["formula"] = at["value"] = 0
                look.last_row = max(look.last_row, at["row"])
                look.last_column = max(look.last_column, at["column"])
                if attributes.get("t") == "e":
                    look.errors.append(f"{letter(at['column'] - 1)}{at['row']}")
            case "f":
                at["formula"] = 1
            case "v" | "t":
                at["inside"] = 1

    def end(tag: str) -> None:
        name = _local(tag)
        if name in ("v", "t"):
            at["inside"] = 0
        elif name == "c" and at["formula"] and not at["value"]:
            look.uncalculated.append(f"{letter(at['column'] - 1)}{at['row']}")

    def text(_: str) -> None:
        at["value"] |= at["inside"]

    _parse(xml, start, end, text)
    return look


def _number(written: str | None, otherwise: int) -> int:
    return int(written) if written and written.isdigit() and len(written) < 9 else otherwise


def _place(at: dict[str, int], name: str) -> None:
    found = re.fullmatch(r"([A-Z]{1,3})(\d{1,8})", name)
    if found:
        at["column"] = 0
        for char in found[1]:
            at["column"] = at["column"] * 26 + ord(char) - 64
        at["row"] = int(found[2])


def write_tables(tables: Sequence[Table]) -> bytes:
    """An XLSX workbook with one sheet for every table."""
    book = openpyxl.Workbook(write_only=True)
    for table in tables:
        sheet = book.create_sheet(table.name)
        sheet.freeze_panes = "A2"
        for index, header in enumerate(table.headers):
            sheet.column_dimensions[letter(index)].width = max(10, min(40, len(header) + 3))
        header_row = []
        for header in table.headers:
            cell = WriteOnlyCell(sheet, header)
            cell.font, cell.fill = HEADER_FONT, HEADER_FILL
            header_row.append(cell)
        sheet.append(header_row)
        for row in table.rows:
            sheet.append([kept(cell) for cell in row])
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    """Bytes of a workbook."""
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def kept(cell: Cell) -> Cell:
    """Text in the way XLSX keeps characters that XML cannot."""
    if not isinstance(cell, str):
        return cell
    escaped = _LOOKS_ESCAPED.sub("_x005F_", cell)
    return _ILLEGAL.sub(lambda found: f"_x{ord(found[0]):04X}_", escaped)

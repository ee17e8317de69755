"""CSV: one file for every sheet, as a folder or a ZIP archive.

Written as UTF-8 with commas; read in UTF-8 (with or without mark), UTF-16 or, with a warning,
Windows-1252, with commas, semicolons or tabs.
"""

from __future__ import annotations

import csv
import io
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from integration.formats.limits import LIMITS, RefusedError
from integration.formats.native import decoded
from integration.formats.workbook import table_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from integration.formats.cells import Cell
    from integration.formats.tables import Table
    from scheduler.findings import Findings


def read_files(files: Mapping[str, bytes], findings: Findings) -> list[Table]:
    """Tables of the files whose names end in ``.csv``."""
    found = []
    for name, data in sorted(files.items()):
        path = PurePosixPath(name)
        if path.suffix.lower() == ".csv" and not path.name.startswith("."):
            found.append(table_of(path.stem, _rows(path.stem, data, findings)))
    return found


def _rows(name: str, data: bytes, findings: Findings) -> list[list[Cell]]:
    text = _text(name, data, findings)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    rows: list[list[Cell]] = []
    count = 0
    try:
        for row in reader:
            count += len(row)
            rows.append(list(row))
            if count > LIMITS.cells:
                raise RefusedError(
                    "format.too_large", f"{name}.csv holds too many cells.", "Leave out old rows."
                )
    except csv.Error as error:
        findings.add(
            "format.damaged",
            f"{name}!A{reader.line_num}",
            f"Line {reader.line_num} of {name}.csv cannot be read: a quote is not closed, or a "
            "text is too long.",
            "Correct the line, or save the file again as CSV.",
        )
        del error
    return rows


def _text(name: str, data: bytes, findings: Findings) -> str:
    try:
        return decoded(data)
    except RefusedError:
        findings.warn(
            "format.not_utf8",
            name,
            f"{name}.csv is not UTF-8; it was read as Windows-1252.",
            "Save it as UTF-8 if letters such as ä look wrong.",
        )
        return data.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    """The one of comma, semicolon and tab that the header holds most often."""
    header = next((line for line in text[:100_000].splitlines() if line.strip()), "")
    return max(",;\t", key=lambda mark: (header.count(mark), mark == ","))


def write_files(tables: Mapping[str, Table]) -> dict[str, bytes]:
    """One CSV file for every table that has rows, by file name."""
    return {f"{name}.csv": _written(table) for name, table in tables.items() if table.rows}


def _written(table: Table) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(table.headers)
    writer.writerows([_cell(cell) for cell in row] for row in table.rows)
    return buffer.getvalue().encode()


def _cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return repr(cell)
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return str(cell)

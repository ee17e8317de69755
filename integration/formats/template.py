"""The template: a workbook to fill in, with notes, lists to choose from and an example.

Notes come from the model itself, so that they cannot differ from what is read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import openpyxl
from openpyxl.comments import Comment
from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from integration.formats.example import bicycle_plant
from integration.formats.layout import Column, Kind, all_sheets, plan_columns
from integration.formats.tables import PLAN, READ_ME, Table, letter, tables_of
from integration.formats.workbook import HEADER_FILL, HEADER_FONT, kept, saved

if TYPE_CHECKING:
    from collections.abc import Sequence

_LAST_ROW = 10_000
_UNIT = {
    Kind.NUMBER: "A number with a decimal point.",
    Kind.WHOLE: "A whole number.",
    Kind.MINUTES: "Minutes (90), or with a unit: 20 s, 1.5 h, 2 d.",
    Kind.DAY: "A day (2027-03-01), or a local time of the plant (2027-03-01 08:00).",
    Kind.TIME: "A local time of the plant (2027-03-01 08:00), or with its offset.",
    Kind.YES_NO: "TRUE or FALSE.",
    Kind.WEEKDAYS: "Weekdays, such as Mon; Tue; Wed.",
    Kind.EMPTY_LIST: "none: waits for nothing. Blank: by step_links, else the step before.",
}
_READ_ME = (
    "This workbook describes a plant, or several, at one moment. Each sheet is one list; each "
    "row one thing.",
    "The rows are an example of a bicycle plant. Replace them with yours; sheets you do not need "
    "may stay empty.",
    "Point at a column's name to see what it means, in which unit, and what a blank stands for.",
    "Start with: plan (now), plants, calendars, machines, items, routings and routing_steps, "
    "boms and bom_lines, "
    "purchases, stock, demands.",
    "Rows of lists inside (routing_steps, bom_lines, calendar_rules ...) name what they belong "
    "to in their first columns.",
    "Durations are minutes. Times without an offset are local times of the plant. A day alone is "
    "enough: for demands "
    "it means the end of that day, for receipts its start.",
    "Text that begins with = + - @ is written with a ' in front, so that no program takes it for "
    "a formula.",
    "Columns of your own are kept out of the plan; the check tells you which were not read.",
)


def template() -> bytes:
    """The workbook to fill in, with the example; reading it gives the example's snapshot."""
    book = openpyxl.Workbook()
    first = book.active
    assert isinstance(first, Worksheet)  # noqa: S101 (a new book has one sheet; tells the type)
    first.title = READ_ME
    first.column_dimensions["A"].width = 110
    for line in _READ_ME:
        first.append([line])
    for name, table in tables_of(bicycle_plant()).items():
        _fill(book.create_sheet(name), table, _columns_of(name))
    return saved(book)


def _columns_of(name: str) -> Sequence[Column]:
    return plan_columns() if name == PLAN else all_sheets()[name].columns


def _fill(sheet: Worksheet, table: Table, columns: Sequence[Column]) -> None:
    sheet.append([kept(header) for header in table.headers])
    for row in table.rows:
        sheet.append([kept(cell) for cell in row])
    sheet.freeze_panes = "A2"
    by_name = {column.name: column for column in columns}
    for index, header in enumerate(table.headers):
        cell = sheet.cell(1, index + 1)
        cell.font, cell.fill = HEADER_FONT, HEADER_FILL
        cell.comment = _note(_text_of(by_name.get(header), table.name, header))
        sheet.column_dimensions[letter(index)].width = max(10, min(40, len(header) + 3))
        if header in by_name:
            _offer(sheet, by_name[header], letter(index))


def _note(text: str) -> Comment:
    note = Comment(text, "Truedate")
    note.width, note.height = 320, 140
    return note


def _text_of(column: Column | None, sheet: str, header: str) -> str:
    if column is None:
        if header == "line":
            return (
                "Number of the row, so that rows of other sheets can name it. Blank: nobody does."
            )
        return f"Which {header.replace('_', ' ')} the row of {sheet} belongs to. Always needed."
    text = " ".join(column.description.replace("``", "").split())
    unit = _UNIT.get(column.kind, "")
    if column.choices:
        unit = "One of: " + ", ".join(column.choices) + "."
    needed = "Always needed." if column.required else ""
    return "\n".join(part for part in (text, unit, needed) if part) or "Free text; may be blank."


def _offer(sheet: Worksheet, column: Column, at: str) -> None:
    """A list to choose from: the words of an enumeration, or the names of another sheet."""
    choices = ("TRUE", "FALSE") if column.kind is Kind.YES_NO else column.choices
    if choices:
        formula = '"' + ",".join(choices) + '"'
    elif column.path[-1] in _REFERS and column.name != "id":
        formula = f"{quote_sheetname(_REFERS[column.path[-1]])}!$A$2:$A${_LAST_ROW}"
    else:
        return
    rule = DataValidation(type="list", formula1=formula, allow_blank=True)
    # A name that is added later, or on purpose not there yet, is only warned of.
    rule.errorStyle = "stop" if choices else "warning"
    sheet.add_data_validation(rule)
    rule.add(f"{at}2:{at}{_LAST_ROW}")


_REFERS = {
    "item": "items",
    "plant": "plants",
    "from_plant": "plants",
    "to_plant": "plants",
    "machine": "machines",
    "calendar": "calendars",
    "site_calendar": "calendars",
    "receiving_calendar": "calendars",
    "shipping_calendar": "calendars",
    "work_centre": "work_centres",
    "supplier": "suppliers",
    "customer": "customers",
    "pool": "labour_pools",
    "setup_pool": "labour_pools",
    "tool": "tools",
    "setup_matrix": "setup_matrices",
    "bom": "boms",
}

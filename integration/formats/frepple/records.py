"""Records: frePPLe's tables, whatever the spelling of their columns, from a fixture or a workbook.

Fed by ``reader``; read by every other file here. A field that cannot be read becomes a finding and
its default.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from integration.formats.frepple import values
from integration.formats.frepple.values import BadValueError
from integration.formats.tables import Table, letter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, timedelta

    from scheduler.findings import Findings

_NAMED = (
    "calendar",
    "customer",
    "demand",
    "item",
    "location",
    "operation",
    "parameter",
    "resource",
    "setupmatrix",
    "skill",
    "supplier",
)
ENTITIES = frozenset(
    {
        *_NAMED,
        "buffer",
        "calendarbucket",
        "itemdistribution",
        "itemsupplier",
        "operationdependency",
        "operationmaterial",
        "operationplan",
        "operationresource",
        "resourceskill",
        "setuprule",
        "suboperation",
    }
)
_ENTITY_ALIASES = {
    "salesorder": "demand",
    "purchaseorder": "operationplan",
    "distributionorder": "operationplan",
    "manufacturingorder": "operationplan",
    "workorder": "operationplan",
    "flow": "operationmaterial",
    "load": "operationresource",
    "inventory": "buffer",
}
_ORDER_TYPES = {
    "purchaseorder": "PO",
    "distributionorder": "DO",
    "manufacturingorder": "MO",
    "workorder": "WO",
}
_FIELD_ALIASES = {
    "durationperunit": "durationper",
    "default": "defaultvalue",
    "minimumshipment": "minshipment",
    "maximumlateness": "maxlateness",
    "deliveryoperation": "operation",
    "quantityfixed": "fixedquantity",
    "transferbatchquantity": "transferbatch",
    "blockedbyoperation": "blockedby",
    "resourcequantity": "resourceqty",
    "search": "searchmode",
    "sizemin": "sizeminimum",
    "start": "startdate",
    "end": "enddate",
    "setuptype": "setup",
    "onhandquantity": "onhand",
}


def entity_of(name: str) -> str:
    """The table a model (``input.itemsupplier``) or a sheet (``Item Supplier``) stands for."""
    plain = re.sub(r"[^a-z]", "", name.lower().rsplit(".", 1)[-1])
    return _ENTITY_ALIASES.get(plain, plain)


def _field_of(name: str) -> str:
    bare = re.sub(r"_id$", "", name.strip().lower())
    plain = re.sub(r"[^a-z0-9]", "", bare)
    return _FIELD_ALIASES.get(plain, plain)


@dataclass(slots=True)
class Record:
    """One row, its fields by their plain names; blank fields are absent."""

    entity: str
    path: str
    fields: dict[str, Any]
    findings: Findings
    in_days: bool = False
    """Durations that are numbers count days, not seconds."""

    def text(self, name: str, default: str = "") -> str:
        """Text; a number without its decimal point."""
        value = self.fields.get(name)
        if value is None:
            return default
        if isinstance(value, float) and value == int(value):
            return str(int(value))
        return str(value).strip()

    @property
    def name(self) -> str:
        """The key of the row."""
        return self.text("name")

    def number(self, name: str, default: Decimal | int | None = None) -> Decimal | None:
        """An exact number."""
        if name not in self.fields:
            return None if default is None else Decimal(default)
        try:
            return values.number(self.fields[name])
        except BadValueError as error:
            self._bad(name, error)
            return None if default is None else Decimal(default)

    def amount(self, name: str, default: int = 0) -> Decimal:
        """A number that is never absent and never negative."""
        value = self.number(name, default)
        if value is None or value < 0:
            self._bad(name, BadValueError(f"{value} is negative"))
            return Decimal(default)
        return value

    def whole(self, name: str, default: int) -> int:
        """A whole number."""
        value = self.number(name, default)
        return default if value is None else int(value)

    def duration(self, name: str) -> timedelta | None:
        """How long; None when it is blank."""
        if name not in self.fields:
            return None
        try:
            return values.duration(self.fields[name], in_days=self.in_days)
        except (BadValueError, OverflowError) as error:
            self._bad(name, error)
            return None

    def moment(self, name: str) -> datetime | None:
        """An instant in UTC."""
        if name not in self.fields:
            return None
        try:
            return values.moment(self.fields[name])
        except (BadValueError, OverflowError) as error:
            self._bad(name, error)
            return None

    def clock(self, name: str, default: str, *, end: bool) -> str:
        """A time of day."""
        if name not in self.fields:
            return default
        try:
            return values.clock(self.fields[name], end=end)
        except (BadValueError, OverflowError) as error:
            self._bad(name, error)
            return default

    def flag(self, name: str, *, default: bool) -> bool:
        """Yes or no."""
        value = self.fields.get(name)
        if value is None:
            return default
        return str(value).strip().lower() in ("true", "1", "1.0", "yes", "y")

    def _bad(self, name: str, error: Exception) -> None:
        self.findings.add(
            "frepple.bad_value",
            self.path,
            f"{self.entity} {self.name or ''}: {name}: {error}.".replace(" :", ":"),
            "Correct the value.",
        )


@dataclass(slots=True)
class Records:
    """All rows by table."""

    findings: Findings
    rows: dict[str, list[Record]] = field(default_factory=dict)

    def of(self, entity: str) -> list[Record]:
        """Rows of one table, in the order of the file."""
        return self.rows.get(entity, [])

    def __iter__(self) -> Iterator[Record]:
        for rows in self.rows.values():
            yield from rows

    def named(self, entity: str) -> dict[str, Record]:
        """Rows of one table by name; a name that comes again replaces the earlier row."""
        found: dict[str, Record] = {}
        for row in self.of(entity):
            if not row.name:
                self.findings.add(
                    "frepple.no_name", row.path, f"A {entity} has no name.", "Give it one."
                )
                continue
            if row.name in found and entity != "parameter":
                self.findings.warn(
                    "frepple.twice",
                    row.path,
                    f"The {entity} {row.name!r} is given twice; the last one counts.",
                    "Give each its own name.",
                )
            found[row.name] = row
        return found


def from_fixture(rows: Any, findings: Findings) -> Records:
    """Rows of a fixture: a list of objects with ``model``, ``fields`` and perhaps ``pk``."""
    records = Records(findings)
    for index, row in enumerate(rows if isinstance(rows, list) else [rows]):
        fields = row.get("fields") if isinstance(row, dict) else None
        if not isinstance(fields, dict) or not isinstance(row.get("model"), str):
            findings.add(
                "frepple.not_a_record",
                f"[{index}]",
                f"Entry {index + 1} is not a frePPLe record (model and fields).",
                "Export the fixture again.",
            )
            continue
        entity = entity_of(row["model"])
        plain = {_field_of(k): v for k, v in fields.items() if v is not None and v != ""}
        if "pk" in row and entity in _NAMED:
            plain.setdefault("name", row["pk"])
        _name_order(entity, plain)
        path = f"{entity}/{plain.get('name', row.get('pk', index + 1))}"
        records.rows.setdefault(entity, []).append(Record(entity, path, plain, findings))
    return records


def _name_order(entity: str, plain: dict[str, Any]) -> None:
    """An order's key is its reference; ``name`` there says what it does."""
    if entity == "operationplan":
        plain.setdefault("operation", plain.pop("name", None))
        plain["name"] = plain.pop("reference", None)
        for field in [name for name, value in plain.items() if value is None]:
            del plain[field]


def from_tables(tables: list[Table], findings: Findings) -> Records:
    """Rows of a workbook: one sheet for every table."""
    records = Records(findings)
    for table in tables:
        entity = entity_of(table.name)
        order = _ORDER_TYPES.get(re.sub(r"[^a-z]", "", table.name.lower()))
        headers = [_field_of(header) for header in table.headers]
        for offset, row in enumerate(table.rows):
            plain = {k: v for k, v in zip(headers, row, strict=False) if v not in (None, "")}
            if not plain:
                continue
            if order:
                plain.setdefault("type", order)
            _name_order(entity, plain)
            path = f"{table.name}!{letter(0)}{table.first + offset}"
            records.rows.setdefault(entity, []).append(Record(entity, path, plain, findings))
    _set_unit_of_durations(records)
    return records


def _set_unit_of_durations(records: Records) -> None:
    """Numbers in a workbook are days when its parameters say so, else seconds."""
    said = records.named("parameter").get("excel_duration_in_days")
    in_days = said is not None and said.flag("value", default=False)
    for row in records:
        row.in_days = in_days
    if said is None:
        records.findings.note(
            "frepple.durations_in_seconds",
            "parameter",
            "Durations that are plain numbers were read as seconds.",
            "Set the parameter excel_duration_in_days to true if they are days.",
        )

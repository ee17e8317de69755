"""Plans as CSV text, and back: exact quantities, instants with their offset, no live formula.

Spreadsheets run a cell that begins like a formula. Text cells that do get an apostrophe in front,
and lose it again when they are read, so that the round trip changes nothing.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

from scheduler.findings import Findings
from scheduler.schedule import PlanRow, RowKind

if TYPE_CHECKING:
    from scheduler.frames.promises import PromiseRow

SCHEDULE_COLUMNS = (
    "kind", "order", "step", "part", "item", "plant", "quantity", "machine", "slot", "workers",
    "setup", "start", "end",
)  # fmt: skip
PROMISE_COLUMNS = (
    "demand", "item", "plant", "customer", "quantity", "requested", "promised",
    "planned", "lateness_hours", "reason",
)  # fmt: skip

_LIKE_A_FORMULA = re.compile(r"'*[=+\-@\t\r\n|%]")
_QUOTED = re.compile(r"'+[=+\-@\t\r\n|%]")
_QUANTITY = re.compile(r"\d{1,40}(\.\d{1,40}|/[1-9]\d{0,39})?", re.ASCII)
_COUNT = re.compile(r"\d{1,9}", re.ASCII)
Zones = Mapping[str, tzinfo]
Read = TypeVar("Read")


def schedule_csv(rows: Iterable[PlanRow], zones: Zones | None = None) -> str:
    """``schedule.csv``: one line per operation.

    Parameters
    ----------
    zones
        Plant → zone its instants are written in. Absent: UTC.
    """
    return _written(SCHEDULE_COLUMNS, (_schedule_cells(row, zones or {}) for row in rows))


def promises_csv(rows: Iterable[PromiseRow], zones: Zones | None = None) -> str:
    """``promises.csv``: one line per demand; what is not there is an empty cell."""
    return _written(PROMISE_COLUMNS, (_promise_cells(row, zones or {}) for row in rows))


def read_schedule_csv(text: str) -> list[PlanRow]:
    """The rows of a ``schedule.csv``.

    Raises
    ------
    PlanningError
        With every bad cell at once.
    """
    findings = Findings()
    found = [
        row for number, cells in _lines(text, findings) if (row := _row(number, cells, findings))
    ]
    findings.raise_if_any()
    return found


def quantity_text(quantity: Fraction) -> str:
    """Exact: a decimal where there is one, a fraction ``a/b`` otherwise."""
    rest, twos, fives = quantity.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    if rest != 1:
        return f"{quantity.numerator}/{quantity.denominator}"
    places = max(twos, fives)
    if not places:
        return str(quantity.numerator)
    digits = str(abs(quantity.numerator) * 10**places // quantity.denominator).rjust(
        places + 1, "0"
    )
    return f"{'-' if quantity < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def _schedule_cells(row: PlanRow, zones: Zones) -> list[str]:
    zone = zones.get(row.plant, UTC)
    return [
        row.kind.value,
        _safe(row.order),
        _safe(row.step),
        str(row.part),
        _safe(row.item),
        _safe(row.plant),
        quantity_text(row.quantity),
        _safe(row.machine or ""),
        str(row.slot),
        _safe(_joined(row.workers)),
        *(moment.astimezone(zone).isoformat() for moment in (row.setup, row.start, row.end)),
    ]


def _promise_cells(row: PromiseRow, zones: Zones) -> list[str]:
    zone = zones.get(row.plant, UTC)
    texts = [_safe(text) for text in (row.demand, row.item, row.plant, row.customer)]
    moments = (row.requested, row.promised, row.planned)
    dates = [_date(moment, zone) for moment in moments]
    return [
        *texts,
        quantity_text(row.quantity),
        *dates,
        _number(row.lateness_hours),
        _safe(row.reason),
    ]


def _date(moment: datetime | date | None, zone: tzinfo) -> str:
    if moment is None:
        return ""
    return (
        moment.astimezone(zone).isoformat() if isinstance(moment, datetime) else moment.isoformat()
    )


def _number(value: float) -> str:
    return f"{value:.4f}".rstrip("0").rstrip(".")


def _written(columns: Iterable[str], lines: Iterable[list[str]]) -> str:
    out = _Lines([])
    # Told that lines end with CR LF, the writer quotes cells that hold a CR; with LF it does not.
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(lines)
    return "\n".join([*out.lines, ""])


@dataclass(frozen=True, slots=True)
class _Lines:
    """A file to the writer; keeps lines without their end."""

    lines: list[str]

    def write(self, line: str) -> None:
        self.lines.append(line.removesuffix("\r\n"))


def _safe(text: str) -> str:
    return f"'{text}" if _LIKE_A_FORMULA.match(text) else text


def _plain(text: str) -> str:
    return text[1:] if _QUOTED.match(text) else text


def _joined(names: Iterable[str]) -> str:
    return ";".join(name.replace("\\", "\\\\").replace(";", "\\;") for name in names)


def _split(text: str) -> tuple[str, ...]:
    """The inverse of :func:`_joined`."""
    if not text:
        return ()
    names = re.findall(r"((?:\\.|[^\\;])*)(?:;|$)", text, re.DOTALL)
    # The pattern also finds the nothing after the last name.
    kept = names if text.endswith(";") and not text.endswith("\\;") else names[:-1] or names
    return tuple(re.sub(r"\\(.)", r"\1", name, flags=re.DOTALL) for name in kept)


def _lines(text: str, findings: Findings) -> Iterable[tuple[int, dict[str, str]]]:
    """Line number and cells by column; what cannot be a schedule at all is a finding."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        header = next(reader, [])
        missing = [column for column in SCHEDULE_COLUMNS if column not in header]
        if missing:
            findings.add(
                "schedule.columns",
                "line 1",
                f"The schedule has no column {', '.join(missing)}.",
                f"Its first line is: {','.join(SCHEDULE_COLUMNS)}.",
            )
            return
        for cells in reader:
            if any(cells):
                yield reader.line_num, dict(zip(header, cells + [""] * len(header), strict=False))
    except csv.Error as problem:
        findings.add(
            "schedule.unreadable",
            f"line {reader.line_num}",
            f"The schedule is not CSV: {problem}.",
            "Write it again, with commas between cells and quotes around texts that hold one.",
        )


def _row(line: int, cells: Mapping[str, str], findings: Findings) -> PlanRow | None:
    def cell(column: str, read: Callable[[str], Read]) -> Read | None:
        try:
            return read(cells[column])
        except ValueError as problem:
            findings.add(
                "schedule.cell",
                f"line {line}, {column}",
                f"{_short(cells[column])} in column {column} {problem}.",
                "Correct the cell, or write the schedule again.",
            )
            return None

    texts = {name: _plain(cells[name]) for name in ("order", "step", "item", "plant", "machine")}
    kind, quantity = cell("kind", _kind), cell("quantity", _quantity)
    part, slot = cell("part", _count), cell("slot", _count)
    setup, start, end = (cell(column, _moment) for column in ("setup", "start", "end"))
    if kind is None or quantity is None or part is None or slot is None:
        return None
    if setup is None or start is None or end is None:
        return None
    return PlanRow(
        kind=kind,
        order=texts["order"],
        step=texts["step"],
        part=part,
        item=texts["item"],
        plant=texts["plant"],
        quantity=quantity,
        machine=texts["machine"] or None,
        slot=slot,
        workers=_split(_plain(cells["workers"])),
        setup=setup,
        start=start,
        end=end,
    )


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:40]}…")


def _kind(text: str) -> RowKind:
    if text not in set(RowKind):
        raise ValueError("is not make, move or ship")
    return RowKind(text)


def _quantity(text: str) -> Fraction:
    if not _QUANTITY.fullmatch(text.strip()):
        raise ValueError("is not a quantity (write 12, 1.5 or 1/3)")
    return Fraction(text.strip())


def _count(text: str) -> int:
    if not _COUNT.fullmatch(text.strip() or "0"):
        raise ValueError("is not a number from 0")
    return int(text.strip() or "0")


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError("is not a time (write 2027-03-01T08:00+01:00)") from None
    if moment.tzinfo is None:
        raise ValueError("has no time zone (add an offset such as +01:00)")
    if not 1970 <= moment.year <= 2200:
        raise ValueError("is out of range (1970 to 2200)")
    return moment.astimezone(UTC)

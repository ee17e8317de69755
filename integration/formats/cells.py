"""Cells: one value of the model to what a planner sees in a cell, and back, without loss.

Durations are minutes; a duration that minutes cannot say exactly is written in seconds (``20 s``).
Local times of the plant carry no zone; a time that is not clear that way carries its offset. Fed
by ``tables``.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from integration.formats.layout import Column, Kind

Cell = str | int | float | bool | date | datetime | time | timedelta | None
"""What a spreadsheet program keeps in a cell."""

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")
_YES = {"true", "yes", "y", "x", "1", "1.0"}
_NO = {"false", "no", "n", "0", "0.0"}
_UNITS = {
    "s": 1,
    "sec": 1,
    "second": 1,
    "seconds": 1,
    "m": 60,
    "min": 60,
    "minute": 60,
    "minutes": 60,
    "h": 3600,
    "hour": 3600,
    "hours": 3600,
    "d": 86400,
    "day": 86400,
    "days": 86400,
}
_LONGEST = Decimal(60 * 24 * 366 * 200)
"""Minutes of the longest duration that is taken for one."""


class CellError(ValueError):
    """A cell does not hold what its column needs."""

    def __init__(self, message: str, remedy: str) -> None:
        self.message, self.remedy = message, remedy
        super().__init__(message)


def guarded(text: str) -> str:
    """Text that no spreadsheet program takes for a formula, and that keeps its blanks."""
    return "'" + text if text.startswith(_FORMULA) or text != text.strip() else text


def bare(text: str) -> str:
    """The text that :func:`guarded` wrote, or a person typed."""
    return text[1:] if text.startswith("'") else text.strip()


def number_cell(number: Decimal) -> Cell:
    """A number where a spreadsheet keeps it exactly (15 digits), else its text."""
    # Counted on the digits themselves: Decimal's own arithmetic would round them first.
    digits = "".join(map(str, number.as_tuple().digits)).rstrip("0")
    if len(digits) > 15 or abs(number) >= Decimal("1e15"):
        return str(number)
    return int(number) if number == number.to_integral_value() else float(number)


def minutes_cell(duration: timedelta) -> Cell:
    """Minutes; or seconds with their unit where minutes have no exact decimal."""
    micros = duration // timedelta(microseconds=1)
    if micros % 3 == 0:
        # 60,000,000 = 3 · 2^8 · 5^7 …: without the 3 the decimals end.
        return number_cell(Decimal(micros) / Decimal(60_000_000))
    return f"{(Decimal(micros) / 1_000_000).normalize():f} s"


def moment_cell(moment: date, zone: tzinfo | None) -> Cell:
    """A day; a local time of ``zone`` where that says it all; else a time with its offset."""
    if not isinstance(moment, datetime):
        return moment
    if zone is None:
        return moment.isoformat()
    local = moment.astimezone(zone).replace(tzinfo=None, fold=0)
    clear = is_clear(local, zone) and local.replace(tzinfo=zone).astimezone(UTC) == moment
    if not clear or local.second or local.microsecond:
        return moment.isoformat()
    # A spreadsheet keeps midnight as a day, which means something else: say it in words.
    return local if local.time() != time(0) else f"{local:%Y-%m-%d %H:%M}"


def is_clear(local: datetime, zone: tzinfo) -> bool:
    """Whether the local time happens once, and not twice or never (change of the clocks)."""
    first = local.replace(tzinfo=zone, fold=0)
    return first.utcoffset() == local.replace(tzinfo=zone, fold=1).utcoffset()


def write(value: Any, column: Column, zone: tzinfo | None) -> Cell:
    """What stands in the cell for a value of the model; None for a blank."""
    if value is None or value == "":
        return None
    match column.kind:
        case Kind.NUMBER:
            return number_cell(value)
        case Kind.MINUTES:
            return minutes_cell(value)
        case Kind.DAY | Kind.TIME:
            return moment_cell(value, zone)
        case Kind.WEEKDAYS:
            return "; ".join(DAYS[d] if 0 <= d < 7 else str(d) for d in value) or "none"
        case Kind.YES_NO:
            return bool(value)
        case Kind.WHOLE:
            return int(value) if abs(value) < 10**15 else str(value)
        case Kind.CHOICE:
            return str(value.value if isinstance(value, StrEnum) else value)
        case _:
            return guarded(str(value))


def read(cell: Cell, column: Column, zone: tzinfo | None) -> Any:
    """The value of the model that stands in the cell.

    Raises
    ------
    CellError
        When it holds something else.
    """
    match column.kind:
        case Kind.NUMBER:
            return number(cell)
        case Kind.MINUTES:
            return minutes(cell)
        case Kind.DAY:
            return moment(cell, zone)
        case Kind.TIME:
            return _instant(cell, zone)
        case Kind.WEEKDAYS:
            return _weekdays(cell)
        case Kind.YES_NO:
            return _yes_no(cell)
        case Kind.WHOLE:
            return _whole(cell)
        case Kind.CHOICE:
            return _choice(cell, column.choices)
        case _:
            return text(cell)


def text(cell: Cell) -> str:
    """Text; a number as it is shown, a time of day as HH:MM."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float | int):
        return f"{number(cell):f}"
    if isinstance(cell, time):
        return f"{cell:%H:%M}"
    if isinstance(cell, timedelta):
        whole = cell // timedelta(minutes=1)
        return f"{whole // 60:02d}:{whole % 60:02d}"
    if isinstance(cell, date):
        return cell.isoformat()
    return bare(str(cell))


def number(cell: Cell) -> Decimal:
    """An exact number: a cell's own by the 15 digits a spreadsheet shows."""
    if isinstance(cell, bool) or not isinstance(cell, str | int | float):
        raise CellError(f"{text(cell)!r} is not a number", "Write a number.")
    written = f"{cell:.15g}" if isinstance(cell, float) else bare(str(cell))
    try:
        value = Decimal(written)
    except InvalidOperation:
        raise CellError(f"{written!r} is not a number", _number_remedy(written)) from None
    if not value.is_finite() or abs(value.adjusted()) > 30:
        raise CellError(f"{written!r} is not a number that can be used", "Write a plain number.")
    # Plain zeros at the end go, powers of ten are written out.
    return (
        value.quantize(Decimal(1))
        if value == value.to_integral_value() and abs(value) < 1e15
        else value
    )


def _number_remedy(written: str) -> str:
    if re.fullmatch(r"[-+]?\d+,\d+", written):
        point, bare_digits = written.replace(",", "."), written.replace(",", "")
        return f"Write {point} with a point, or {bare_digits} without a separator."
    if re.match(r"[-+]?[\d.]+\s*\D", written):
        return "Write the number alone; its unit stands in the column's note."
    return "Write a number."


def _whole(cell: Cell) -> int:
    value = number(cell)
    if value != value.to_integral_value():
        raise CellError(f"{value} is not a whole number", "Write a whole number.")
    return int(value)


def minutes(cell: Cell) -> timedelta:
    """Minutes, a time of day as hours and minutes, or text with a unit (``20 s``, ``1.5 h``)."""
    if isinstance(cell, timedelta):
        return cell
    if isinstance(cell, time):
        return timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second)
    if isinstance(cell, str):
        written = bare(cell)
        if found := re.fullmatch(r"(\d+):([0-5]\d)(?::([0-5]\d))?", written):
            hours, mins, secs = (int(part or 0) for part in found.groups())
            return _duration(Decimal(hours * 60 + mins) + Decimal(secs) / 60)
        found = re.fullmatch(r"([-+.\deE]+)\s*([a-z]+)", written)
        if found and found[2] in _UNITS:
            return _duration(number(found[1]) * _UNITS[found[2]] / 60)
    return _duration(number(cell))


def _duration(count: Decimal) -> timedelta:
    if abs(count) > _LONGEST:
        raise CellError(f"{count} minutes is too long", "Write minutes.")
    return timedelta(microseconds=int((count * 60_000_000).to_integral_value()))


def moment(cell: Cell, zone: tzinfo | None) -> date:
    """A day, or an instant; a time without offset is a local time of ``zone``."""
    if isinstance(cell, str):
        cell = _parsed(bare(cell))
    if isinstance(cell, datetime):
        return _aware(cell, zone)
    if isinstance(cell, date):
        return cell
    raise CellError(
        f"{text(cell)!r} is neither a day nor a time",
        "Write 2027-03-01 or 2027-03-01 08:00, or format the cell as a date.",
    )


def _instant(cell: Cell, zone: tzinfo | None) -> datetime:
    value = moment(cell, zone)
    if not isinstance(value, datetime):
        raise CellError(f"{value} has no time of day", "Write 2027-03-01 08:00.")
    return value


def _parsed(written: str) -> date:
    if found := re.fullmatch(r"(\d\d?)\.(\d\d?)\.(\d{4})((?:[ T].*)?)", written):
        written = f"{found[3]}-{int(found[2]):02d}-{int(found[1]):02d}{found[4]}"
    try:
        if len(written) == 10:
            return date.fromisoformat(written)
        return datetime.fromisoformat(re.sub(r"\s+([-+]\d)", r"\1", written))
    except ValueError:
        raise CellError(
            f"{written!r} is neither a day nor a time",
            "Write 2027-03-01, or 2027-03-01 08:00, or 2027-03-01T08:00+01:00.",
        ) from None


def _aware(value: datetime, zone: tzinfo | None) -> datetime:
    if value.tzinfo is not None:
        return value
    if zone is None:
        raise CellError(
            f"{value:%Y-%m-%d %H:%M} does not say of which time zone it is",
            "Add the offset, such as 2027-03-01T08:00+01:00: the plants have several zones.",
        )
    if not is_clear(value, zone):
        raise CellError(
            f"{value:%Y-%m-%d %H:%M} happens twice, or never: the clocks change",
            "Add the offset, such as 2027-03-28T02:30+01:00.",
        )
    # A fixed offset: what is written back is then what was meant.
    return datetime.fromisoformat(value.replace(tzinfo=zone).isoformat())


def _weekdays(cell: Cell) -> tuple[int, ...]:
    written = text(cell)
    if written.lower() == "none":
        return ()
    days = []
    for part in re.split(r"[;,\s]+", written.strip("; ,")):
        name = part[:3].capitalize()
        if name in DAYS:
            days.append(DAYS.index(name))
        elif re.fullmatch(r"-?\d{1,9}", part):
            days.append(int(part))
        else:
            raise CellError(
                f"{part!r} is not a weekday", "Write Mon; Tue; Wed; Thu; Fri; Sat; Sun."
            )
    return tuple(days)


def _yes_no(cell: Cell) -> bool:
    written = text(cell).lower()
    if written in _YES:
        return True
    if written in _NO:
        return False
    raise CellError(f"{text(cell)!r} is neither yes nor no", "Write TRUE or FALSE.")


def _choice(cell: Cell, choices: tuple[str, ...]) -> str:
    written = text(cell)
    plain = re.sub(r"[\s-]+", "_", written.lower())
    if plain in choices:
        return plain
    raise CellError(f"{written!r} is not known here", f"Write one of: {', '.join(choices)}.")

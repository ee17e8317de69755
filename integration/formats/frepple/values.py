"""Values as frePPLe writes them: durations in several spellings, moments in UTC."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

_UNITS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400, "w": 604800}
_LONGEST = 200 * 366 * 86400
_EXCEL_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 (a spreadsheet's own day 0)


class BadValueError(ValueError):
    """A field does not hold what it should; the text says what."""


def number(value: Any) -> Decimal:
    """An exact finite number."""
    if isinstance(value, bool):
        raise BadValueError(f"{value} is not a number")
    written = f"{value:.15g}" if isinstance(value, float) else str(value).strip()
    try:
        result = Decimal(written)
    except InvalidOperation:
        raise BadValueError(f"{written!r} is not a number") from None
    if not result.is_finite() or abs(result.adjusted()) > 30:
        raise BadValueError(f"{written!r} is not a number that can be used")
    return result if result != result.to_integral_value() else result.quantize(Decimal(1))


def duration(value: Any, *, in_days: bool) -> timedelta:
    """Seconds (days, when the workbook says so), ``168:00:00``, ``30 d``, a spreadsheet's time.

    Never negative; microseconds are kept.
    """
    if isinstance(value, timedelta):
        return value
    if isinstance(value, datetime):
        return value - _EXCEL_ZERO
    if isinstance(value, time):
        return timedelta(hours=value.hour, minutes=value.minute, seconds=value.second)
    written = str(value).strip().lower()
    if found := re.fullmatch(
        r"(?:(\d{1,6}) days?,? )?(\d{1,7}):(\d\d)(?::(\d\d)(?:\.\d+)?)?", written
    ):
        days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
        return _seconds(Decimal(days * 86400 + hours * 3600 + minutes * 60 + seconds))
    if found := re.fullmatch(r"([\d.]+)\s*([a-z]+?)(?:ays?|ours?|eeks?)?", written):
        if found[2] in _UNITS:
            return _seconds(number(found[1]) * _UNITS[found[2]])
        raise BadValueError(f"{written!r} is not a duration")
    plain = number(value)
    return _seconds(plain * 86400 if in_days and isinstance(value, int | float) else plain)


def _seconds(count: Decimal) -> timedelta:
    if not 0 <= count <= _LONGEST:
        raise BadValueError(f"{count} seconds is not a duration that can be used")
    return timedelta(microseconds=int((count * 1_000_000).to_integral_value()))


def moment(value: Any) -> datetime | None:
    """An instant in UTC; None for the dates that stand for *never* and *always*."""
    if isinstance(value, datetime):
        found = value
    elif isinstance(value, date):
        found = datetime.combine(value, time(0))
    else:
        found = _parsed(str(value).strip())
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    return found.astimezone(UTC) if 1971 <= found.year <= 2199 else None


def _parsed(written: str) -> datetime:
    text = re.sub(r"\s+", " ", written)
    clock = re.fullmatch(r"(.*) (\d\d?:\d\d:\d\d) ([AP]M)", text, re.IGNORECASE)
    if clock:
        hours, rest = clock[2].split(":", 1)
        hour = int(hours) % 12 + (12 if clock[3].upper() == "PM" else 0)
        text = f"{clock[1]} {hour:02d}:{rest}"
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise BadValueError(f"{written!r} is not a date") from None


def clock(value: Any, *, end: bool) -> str:
    """``HH:MM``; the last second of a period (``16:59:59``) is its end, 17:00."""
    if isinstance(value, str):
        found = re.fullmatch(r"(\d{1,2}):(\d\d)(?::(\d\d))?", value.strip())
        if not found:
            raise BadValueError(f"{value!r} is not a time of day")
        hour, minute, second = (int(part or 0) for part in found.groups())
        total = hour * 3600 + minute * 60 + second
    elif isinstance(value, time):
        total = value.hour * 3600 + value.minute * 60 + value.second
    else:
        total = int(duration(value, in_days=True).total_seconds())
    if end and total % 60 == 59:
        total += 1
    if not 0 <= total <= 86400:
        raise BadValueError(f"{value!r} is not a time of day")
    return f"{total // 3600:02d}:{total % 3600 // 60:02d}"


def day_or_moment(found: datetime | None) -> date | datetime | None:
    """A day where the instant is its start."""
    return found.date() if found and found.time() == time(0) else found


def last_day_or_moment(found: datetime | None) -> date | datetime | None:
    """The last whole day before an end at midnight, else the end."""
    if found and found.time() == time(0):
        return found.date() - timedelta(days=1)
    return found

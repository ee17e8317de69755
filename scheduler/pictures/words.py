"""Times, durations and counts as a planner says them."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from html import escape
from typing import TYPE_CHECKING

from scheduler.factory.zones import zone_of

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from scheduler.factory import Snapshot

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def text(value: object) -> str:
    """Escaped for HTML, quotes included, without the control characters that HTML forbids."""
    kept = (c for c in str(value) if c >= " " or c in "\n\t")
    return escape("".join(kept), quote=True)


def day(value: date) -> str:
    """``Mon 1 Mar 2027``; not by the machine's locale, which would change the page."""
    return f"{_DAYS[value.weekday()]} {value.day} {_MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime | date | None, zone: tzinfo) -> str:
    """``Mon 1 Mar 2027 08:00`` at the plant; a dash for no date, the day alone for a day."""
    if value is None:
        return "–"
    if not isinstance(value, datetime):
        return day(value)
    local = value.astimezone(zone)
    return f"{day(local)} {local:%H:%M}"


def duration(hours: float) -> str:
    """``35 min``, ``8 h 20``, ``3 d 4 h``."""
    minutes = round(hours * 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 72 * 60:
        return f"{minutes // 60} h {minutes % 60:02d}" if minutes % 60 else f"{minutes // 60} h"
    whole = round(minutes / 60)
    return f"{whole // 24} d {whole % 24} h" if whole % 24 else f"{whole // 24} d"


def hours(total: float) -> str:
    """A sum of durations: minutes below an hour, else hours; days would be read as a date."""
    return duration(total) if total < 72 else f"{round(total):,} h"


def count(number: int, one: str, many: str = "") -> str:
    """``1 order``, ``1,200 orders``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def zones(snapshot: Snapshot) -> dict[str, ZoneInfo]:
    """Plant → zone."""
    return {plant.id: zone_of(plant.time_zone) for plant in snapshot.plants}


def home_zone(snapshot: Snapshot) -> tzinfo:
    """The zone of the first plant; UTC without plants."""
    return next(iter(zones(snapshot).values()), UTC)

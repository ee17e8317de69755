"""Zones: IANA names to time zones, the same way wherever a date is made.

A name that is not known is UTC; ``check`` names it (``calendar.unknown_zone``). Read by all that
turns days and clock times into instants.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone_of(name: str) -> ZoneInfo:
    """The zone of that name, or UTC for one that is not known."""
    return known_zone(name) or ZoneInfo("UTC")


def known_zone(name: str) -> ZoneInfo | None:
    """The zone of that name; None when it is not known."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None

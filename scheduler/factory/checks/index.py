"""Index: what a snapshot names, made once for all checks."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from scheduler.factory.structure import Structure
from scheduler.factory.units import Units
from scheduler.factory.zones import zone_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scheduler.factory.snapshot import Snapshot

Span = tuple[datetime | None, datetime | None]
"""Validity as instants, half-open; None: no border."""


class Index:
    """Lookups for the checks.

    Parameters
    ----------
    snapshot
        On duplicate ids the first one counts; that there are duplicates is a finding of its own.
    """

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.now = snapshot.now
        self.items = {i.id: i for i in reversed(snapshot.items)}
        self.plants = {p.id: p for p in reversed(snapshot.plants)}
        self.machines = {m.id: m for m in reversed(snapshot.machines)}
        self.routings = {r.id: r for r in reversed(snapshot.routings)}
        self.boms = {b.id: b for b in reversed(snapshot.boms)}
        self.demands = {d.id: d for d in reversed(snapshot.demands)}
        self.work_orders = {w.id: w for w in reversed(snapshot.work_orders)}
        self.units = Units(snapshot.units, snapshot.items)
        self.structure = Structure(snapshot.boms)
        self.zones = {p.id: zone_of(p.time_zone) for p in snapshot.plants}

    def names(self, kind: str) -> frozenset[str]:
        """Ids of one list of the snapshot."""
        return frozenset(row.id for row in getattr(self.snapshot, kind))

    def start(self, moment: date | datetime, plant: str | None) -> datetime:
        """A day's start in the plant's zone, or the instant."""
        return _instant(moment, self.zones.get(plant or "", ZoneInfo("UTC")), days=0)

    def end(self, moment: date | datetime, plant: str | None) -> datetime:
        """A day's end in the plant's zone, or the instant."""
        return _instant(moment, self.zones.get(plant or "", ZoneInfo("UTC")), days=1)

    def span(
        self,
        first: date | datetime | None,
        last: date | datetime | None,
        plant: str | None,
    ) -> Span:
        """A validity."""
        return (
            None if first is None else self.start(first, plant),
            None if last is None else self.end(last, plant),
        )


def _instant(moment: date | datetime, where: ZoneInfo, days: int) -> datetime:
    if isinstance(moment, datetime):
        return moment
    return datetime.combine(moment + timedelta(days=days), time(), where)


def overlap(a: Span, b: Span) -> bool:
    """Whether two validities share an instant."""
    starts = [s for s in (a[0], b[0]) if s is not None]
    ends = [e for e in (a[1], b[1]) if e is not None]
    return not starts or not ends or max(starts) < min(ends)


def grouped(rows: Iterable[object], *keys: str) -> dict[tuple[object, ...], list[object]]:
    """Rows by the values of some fields, in their order."""
    groups: dict[tuple[object, ...], list[object]] = defaultdict(list)
    for row in rows:
        groups[tuple(getattr(row, key) for key in keys)].append(row)
    return groups


def amount(value: object) -> str:
    """A quantity as people write it: no exponent, no needless zeros."""
    text = f"{value:f}" if hasattr(value, "as_tuple") else str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def listed(names: Iterable[str], most: int = 5) -> str:
    """Some names, and how many more."""
    every = list(names)
    shown = ", ".join(every[:most])
    return shown if len(every) <= most else f"{shown} and {len(every) - most} more"

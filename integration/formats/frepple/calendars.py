"""frePPLe's calendars: buckets by priority become rules by rank, value by value.

There the lowest priority number counts, and of equals the one that starts last; ranks here say the
same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from integration.formats.frepple.values import day_or_moment, last_day_or_moment
from integration.formats.frepple.world import World, given

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_QUARTER = timedelta(minutes=15)
_SAMPLE_DAYS = 28


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket; ``starts``/``ends`` are times of day, ``first``/``last`` half-open instants."""

    value: Decimal
    priority: int
    days: tuple[int, ...]
    starts: str
    ends: str
    first: datetime | None
    last: datetime | None
    path: str

    def covers(self, moment: datetime) -> bool:
        """Whether it is effective at a moment."""
        clock = f"{moment:%H:%M}"
        return (
            moment.weekday() in self.days
            and self.starts <= clock < self.ends
            and (self.first is None or self.first <= moment)
            and (self.last is None or moment < self.last)
        )


class Calendars:
    """The calendars of a data set: their rules, and what they amount to."""

    def __init__(self, world: World) -> None:
        self.defaults: dict[str, Decimal] = {}
        self.buckets: dict[str, list[Bucket]] = {}
        self._now = world.now
        for name, row in world.records.named("calendar").items():
            self.defaults[name] = row.amount("defaultvalue")
            self.buckets[name] = []
        for row in world.records.of("calendarbucket"):
            name = row.text("calendar")
            self.defaults.setdefault(name, Decimal(0))
            bucket = Bucket(
                row.amount("value"),
                row.whole("priority", 0),
                tuple(i for i, day in enumerate(_DAYS) if row.flag(day, default=True)),
                row.clock("starttime", "00:00", end=False),
                row.clock("endtime", "24:00", end=True),
                row.moment("startdate"),
                row.moment("enddate"),
                row.path,
            )
            if bucket.first and bucket.last and bucket.last <= bucket.first:
                world.not_carried(
                    "empty_bucket", row, f"A bucket of calendar {name} ends before it starts."
                )
            else:
                self.buckets.setdefault(name, []).append(bucket)
        for name, buckets in self.buckets.items():
            # The stable sort keeps the file's order where priority and start are the same.
            latest = datetime.min.replace(tzinfo=self._now.tzinfo)
            buckets.sort(key=lambda b: b.first or latest, reverse=True)
            buckets.sort(key=lambda b: b.priority)
            world.data["calendars"].append(self._calendar(name))

    def _calendar(self, name: str) -> dict[str, Any]:
        rules = [
            given(
                kind="shift" if bucket.value > 0 else "holiday",
                days=bucket.days,
                starts=bucket.starts,
                ends=bucket.ends,
                valid_from=day_or_moment(bucket.first),
                valid_to=last_day_or_moment(bucket.last),
                level=bucket.value,
                priority=rank,
            )
            for rank, bucket in enumerate(self.buckets[name], start=1)
        ]
        default = self.defaults[name]
        if default not in (0, 1):
            rules.append({"kind": "shift", "level": default, "priority": len(rules) + 1})
        return {"id": name, "open_by_default": default > 0, "rules": rules}

    def value(self, name: str, moment: datetime) -> Decimal:
        """The value at a moment."""
        for bucket in self.buckets.get(name, []):
            if bucket.covers(moment):
                return bucket.value
        return self.defaults.get(name, Decimal(0))

    def levels(self, name: str) -> set[Decimal]:
        """Values above zero that it takes from now on."""
        found = {
            b.value for b in self.buckets.get(name, []) if b.last is None or b.last > self._now
        }
        # A default that a bucket over all hours hides (until a far end) is never seen.
        if not any(self._hides_default(bucket) for bucket in self.buckets.get(name, [])):
            found.add(self.defaults.get(name, Decimal(0)))
        return {value for value in found if value > 0}

    def _hides_default(self, bucket: Bucket) -> bool:
        far = self._now + timedelta(days=3 * 366)
        whole = len(bucket.days) == 7 and bucket.starts == "00:00" and bucket.ends == "24:00"
        return (
            whole
            and (bucket.first is None or bucket.first <= self._now)
            and (bucket.last is None or bucket.last > far)
        )

    def always_open(self, name: str) -> bool:
        """Whether it never closes from now on."""
        closed = any(
            b.value == 0 and (b.last is None or b.last > self._now)
            for b in self.buckets.get(name, [])
        )
        return not closed and self.day_lengths(name) == {timedelta(days=1)}

    def day_lengths(self, name: str) -> set[timedelta]:
        """Open time of the days of the next four weeks that are not closed, to the quarter hour."""
        start = self._now.replace(hour=0, minute=0, second=0, microsecond=0)
        lengths = set()
        for day in range(_SAMPLE_DAYS):
            base = start + timedelta(days=day)
            open_quarters = sum(self.value(name, base + n * _QUARTER) > 0 for n in range(96))
            lengths.add(open_quarters * _QUARTER)
        return (lengths - {timedelta(0)}) or {timedelta(0)}

    def dated_buckets(self, name: str) -> list[Bucket]:
        """Buckets in the order of their dates."""
        return sorted(
            (b for b in self.buckets.get(name, []) if b.first and b.last),
            key=lambda b: b.first or self._now,
        )

"""The horizon: aware datetimes outside, integer ticks inside. The only converter between the two.

A tick counts from the plan's origin; intervals are half-open. Rounding is said by the name of the
method: ``at_or_after`` for what may not start sooner, ``at_or_before`` for what must be over by
then.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction

MINUTE = timedelta(minutes=1)
NEVER = 2**62
"""The tick that is later than every date: no due date, no limit."""


@dataclass(frozen=True, slots=True)
class Horizon:
    """Origin, end and length of a tick.

    Parameters
    ----------
    origin
        Aware; tick 0.
    end
        Aware; calendars are compiled up to here.
    tick
        Length of one tick, one minute by default.
    """

    origin: datetime
    end: datetime
    tick: timedelta = MINUTE

    def __post_init__(self) -> None:
        if self.origin.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("a horizon needs aware datetimes")
        object.__setattr__(self, "origin", self.origin.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))

    @property
    def ticks(self) -> int:
        """Ticks from origin to end."""
        return self.at_or_before(self.end)

    def at_or_after(self, moment: datetime) -> int:
        """First tick that is not before ``moment``."""
        return -((self.origin - moment) // self.tick)

    def at_or_before(self, moment: datetime) -> int:
        """Last tick that is not after ``moment``."""
        return (moment - self.origin) // self.tick

    def moment(self, tick: int) -> datetime:
        """The instant of a tick, in UTC."""
        return self.origin + int(tick) * self.tick

    def length(self, duration: timedelta) -> int:
        """Ticks that hold ``duration``, rounded up once."""
        return -(-duration // self.tick)

    def length_of_seconds(self, seconds: Fraction) -> int:
        """Ticks that hold an exact number of seconds, rounded up once."""
        per_tick = Fraction(self.tick // timedelta(microseconds=1), 1_000_000)
        return -((-seconds) // per_tick)

    def duration(self, ticks: int) -> timedelta:
        """The time that ``ticks`` take."""
        return int(ticks) * self.tick

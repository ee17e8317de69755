"""Value types of the factory model: exact numbers, clock times, days and instants, lead times.

Fed by whatever people and systems write; read by every other file of the model. Decimals are exact:
a float is read by its shortest decimal form, and nothing that is not a finite number gets in.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema


class Part(BaseModel):
    """What every part of the model has in common: frozen, no unknown fields, documented."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def _exact(value: Any) -> Any:
    """A number as an exact Decimal; floats by their shortest form, so 0.07 is 7/100."""
    if isinstance(value, bool):
        raise ValueError("true and false are not numbers")
    if isinstance(value, float):
        value = repr(value)
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise ValueError(f"{value!r} is not a number") from None
    if not number.is_finite():
        raise ValueError(f"{value!r} is not a finite number")
    if abs(number.adjusted()) > 30:
        raise ValueError(f"{value!r} is out of range")
    return number


def _not_negative(value: Decimal) -> Decimal:
    if value < 0:
        raise ValueError(f"{value} is negative")
    return value


def _positive(value: Decimal) -> Decimal:
    if value <= 0:
        raise ValueError(f"{value} is not above zero")
    return value


def _ratio(value: Decimal) -> Decimal:
    if not 0 < value <= 1:
        raise ValueError(f"{value} is not a ratio above 0 and up to 1 (write 0.95 for 95 %)")
    return value


def _loss(value: Decimal) -> Decimal:
    if not 0 <= value < 1:
        raise ValueError(f"{value} is not a loss from 0 to below 1 (write 0.05 for 5 %)")
    return value


def _duration_not_negative(value: timedelta) -> timedelta:
    if value < timedelta(0):
        raise ValueError(f"{value.total_seconds() / 60:g} minutes is negative")
    return value


_NUMBER_SCHEMA = WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}]})

Number = Annotated[Decimal, BeforeValidator(_exact), _NUMBER_SCHEMA]
Quantity = Annotated[
    Decimal, BeforeValidator(_exact), AfterValidator(_not_negative), _NUMBER_SCHEMA
]
Positive = Annotated[Decimal, BeforeValidator(_exact), AfterValidator(_positive), _NUMBER_SCHEMA]
Ratio = Annotated[Decimal, BeforeValidator(_exact), AfterValidator(_ratio), _NUMBER_SCHEMA]
Loss = Annotated[Decimal, BeforeValidator(_exact), AfterValidator(_loss), _NUMBER_SCHEMA]
Duration = Annotated[timedelta, AfterValidator(_duration_not_negative)]
Ident = Annotated[str, Field(min_length=1, max_length=200)]

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d|24:00")


def _clock_time(value: Any) -> Any:
    text = str(value).strip()
    if re.fullmatch(r"\d:\d\d", text):
        text = "0" + text
    if not _CLOCK.fullmatch(text):
        raise ValueError(f"{value!r} is not a time of day (write HH:MM, up to 24:00)")
    return text


ClockTime = Annotated[str, BeforeValidator(_clock_time)]
"""Local time of day, ``HH:MM``; ``24:00`` is the end of the day."""


def minutes_of(clock: str) -> int:
    """Minutes from the start of the day to a :data:`ClockTime`."""
    return int(clock[:2]) * 60 + int(clock[3:])


def _moment(value: Any) -> Any:
    """A day or an aware instant; a naive timestamp says neither and is refused."""
    if isinstance(value, str):
        text = value.strip()
        try:
            value = date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(
                f"{text!r} is neither a day (2027-03-01) nor a time (2027-03-01T08:00+01:00)"
            ) from None
    if isinstance(value, datetime) and value.tzinfo is None:
        raise ValueError(f"{value.isoformat()} has no time zone (add an offset such as +01:00)")
    if not isinstance(value, date):
        raise ValueError(f"{value!r} is neither a day nor a time")
    if not 1970 <= value.year <= 2200:
        raise ValueError(f"{value.isoformat()} is out of range (1970 to 2200)")
    return value


def _instant(value: Any) -> Any:
    value = _moment(value)
    if not isinstance(value, datetime):
        raise ValueError(f"{value.isoformat()} has no time of day")
    return value


Instant = Annotated[datetime, BeforeValidator(_instant)]
"""An aware point in time."""
Moment = Annotated[
    datetime | date,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]}),
]
"""A day in the plant's zone, or an aware instant; each field says which end of the day a day means.
"""


class LeadTimeUnit(StrEnum):
    """What a lead time counts."""

    HOURS = "hours"
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"


class LeadTime(Part):
    """How long something takes that is not scheduled hour by hour: buying, moving, shipping.

    The day of ordering is day 0; goods are there at the opening of the arrival day; an arrival on a
    closed day moves to the next open one. A part of a working day is that part of the day's open
    hours.
    """

    amount: Quantity = Decimal(0)
    """In ``unit``; fractions are allowed. Absent: no time at all."""
    unit: LeadTimeUnit = LeadTimeUnit.CALENDAR_DAYS
    """Hours and calendar days pass always, working days only on open days."""
    calendar: Ident | None = None
    """Calendar whose open days count and receive. Absent: the receiving calendar of the plant of
    arrival.
    """


NO_TIME = LeadTime()

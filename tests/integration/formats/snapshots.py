"""Snapshots for property tests: every field of every part, found by looking at the model."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any, Literal, get_args, get_origin

from hypothesis import strategies as st

from integration.formats import layout
from scheduler.factory import Snapshot
from scheduler.factory.values import Part

TEXT = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"], exclude_characters="￾￿"),
        st.sampled_from("=+-@'\t\r\n;,_x0 \x00\x07\""),
    ),
    max_size=12,
)
IDENT = TEXT.filter(bool)
ZONES = st.sampled_from(["UTC", "Europe/Vienna", "America/St_Johns", "Asia/Kolkata"])
CLOCKS = st.one_of(st.times().map(lambda t: f"{t:%H:%M}"), st.just("24:00"))
DURATIONS = st.one_of(
    st.integers(0, 10_000).map(lambda n: timedelta(minutes=n)),
    st.timedeltas(timedelta(0), timedelta(days=36_000)),
)
DAYS = st.dates(date(1971, 1, 1), date(2199, 12, 30))
INSTANTS = st.datetimes(
    datetime(1971, 1, 2),  # noqa: DTZ001 (the strategy adds the zone)
    datetime(2199, 12, 30),  # noqa: DTZ001
    timezones=st.sampled_from(
        [UTC, timezone(timedelta(hours=1)), timezone(-timedelta(minutes=210))]
    ),
)
NUMBERS = st.one_of(
    st.integers(0, 10**6).map(Decimal),
    st.decimals("0.001", 10**6, places=3),
    st.decimals("1e-9", 10**12, allow_nan=False, allow_infinity=False),
)
# Where only a positive number, a ratio or a loss is taken.
BOUNDED = st.decimals("0.001", "0.999", places=3)
_BOUNDED = {"loss", "yield_ratio"}
_POSITIVE = {
    "factor",
    "precision",
    "output_quantity",
    "capacity",
    "efficiency",
    "batch_quantity",
    "people",
    "setup_people",
    "count",
    "units",
    "minimum",
    "quantity",
    "transfer_batch",
}


def _value(name: str, annotation: Any) -> st.SearchStrategy[Any]:
    inner = layout._plain(annotation)
    if name == "time_zone":
        return ZONES
    if name in ("starts", "ends") and inner is str:
        return CLOCKS
    if get_origin(inner) is Literal:
        return st.sampled_from(get_args(inner))
    if get_origin(inner) is dict:
        return st.dictionaries(IDENT, st.integers(0, 99), max_size=2)
    if get_origin(inner) is tuple:
        return st.lists(st.integers(0, 6), max_size=7).map(tuple)
    if isinstance(inner, type) and issubclass(inner, StrEnum):
        return st.sampled_from(list(inner))
    if inner is str:
        return IDENT if name in _IDENTS else TEXT
    if inner is Decimal:
        if name in _BOUNDED:
            return BOUNDED
        return NUMBERS.filter(lambda n: n > 0) if name in _POSITIVE else NUMBERS
    simple = {
        int: st.integers(-(10**18), 10**18),
        bool: st.booleans(),
        timedelta: DURATIONS,
        datetime: INSTANTS,
    }
    return simple.get(inner, st.one_of(DAYS, INSTANTS))


_FREE_TEXT = {"name", "version", "reason", "batch", "location", "lot", "currency", "time_zone"}
_IDENTS = {
    name for part in Part.__subclasses__() for name in part.model_fields if name not in _FREE_TEXT
}


def _key(part: Any) -> tuple[Any, ...]:
    """What rows of other sheets name a part by."""
    return (
        tuple(getattr(part, name, None) for name in ("id",))
        if hasattr(part, "id")
        else ((part.item, part.plant) if type(part).__name__ == "Replenishment" else (id(part),))
    )


def parts(part: type[Part]) -> st.SearchStrategy[Any]:
    """Any value of a part of the model; optional fields are sometimes absent, lists short."""
    fields: dict[str, st.SearchStrategy[Any]] = {}
    for name, info in part.model_fields.items():
        inner = layout._plain(info.annotation)
        listed = layout._part_of_list(info.annotation)
        if listed:
            value: st.SearchStrategy[Any] = st.lists(parts(listed), max_size=2, unique_by=_key).map(
                tuple
            )
        elif isinstance(inner, type) and issubclass(inner, Part):
            value = parts(inner)
        else:
            value = _value(name, info.annotation)
        if type(None) in get_args(info.annotation):
            value = st.one_of(st.none(), value)
        fields[name] = value
    optional = {n: s for n, s in fields.items() if not part.model_fields[n].is_required()}
    required = {n: s for n, s in fields.items() if n not in optional}
    return st.fixed_dictionaries(required, optional=optional).map(lambda values: part(**values))


SNAPSHOTS = parts(Snapshot)

"""CSV of a plan: exact, harmless in a spreadsheet, and the same after a round trip."""

import csv
import io
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.findings import PlanningError
from scheduler.frames import (
    PROMISE_COLUMNS,
    SCHEDULE_COLUMNS,
    PromiseRow,
    promises_csv,
    quantity_text,
    read_schedule_csv,
    schedule_csv,
)
from scheduler.schedule import PlanRow, RowKind

START = datetime(2027, 3, 1, 7, tzinfo=UTC)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
names = texts.filter(bool)
moments = st.integers(0, 10_000).map(lambda minutes: START + timedelta(minutes=minutes))


@st.composite
def plan_rows(draw) -> PlanRow:
    return PlanRow(
        kind=draw(st.sampled_from(RowKind)),
        order=draw(texts),
        step=draw(texts),
        part=draw(st.integers(0, 99)),
        item=draw(texts),
        plant=draw(texts),
        quantity=draw(st.fractions(0, 10_000, max_denominator=960)),
        machine=draw(st.none() | names),
        slot=draw(st.integers(0, 15)),
        workers=tuple(draw(st.lists(names, max_size=3))),
        setup=draw(moments),
        start=draw(moments),
        end=draw(moments),
    )


def row(**fields: Any) -> PlanRow:
    base: dict[str, Any] = {
        "kind": RowKind.MAKE, "order": "MO:1", "step": "MILL", "part": 0, "item": "BIKE",
        "plant": "GRAZ", "quantity": Fraction(3, 2), "machine": "M1", "slot": 0, "workers": (),
        "setup": START, "start": START, "end": START + timedelta(hours=1),
    }  # fmt: skip
    return PlanRow(**base | fields)


@given(st.lists(plan_rows(), max_size=5))
def test_reading_what_was_written_gives_the_same_rows(made) -> None:
    assert read_schedule_csv(schedule_csv(made)) == made


@given(names)
def test_no_text_cell_begins_like_a_formula(name) -> None:
    written = schedule_csv([row(order=name, item=name, machine=name, workers=(name,))])
    cells = list(csv.reader(io.StringIO(written, newline="")))[1]
    assert not any(cell[:1] in tuple("=+-@\t\r") and cell for cell in cells)


def test_the_columns_are_those_of_the_reference() -> None:
    assert schedule_csv([]) == ",".join(SCHEDULE_COLUMNS) + "\n"
    assert promises_csv([]) == ",".join(PROMISE_COLUMNS) + "\n"


def test_instants_are_written_in_the_zone_of_the_plant() -> None:
    written = schedule_csv([row()], {"GRAZ": ZoneInfo("Europe/Vienna")})
    assert "2027-03-01T08:00:00+01:00" in written
    assert read_schedule_csv(written) == [row()]


@pytest.mark.parametrize(
    ("quantity", "text"),
    [
        (Fraction(12), "12"),
        (Fraction(3, 2), "1.5"),
        (Fraction(1, 3), "1/3"),
        (Fraction(1, 1000), "0.001"),
        (Fraction(-5, 4), "-1.25"),
    ],
)
def test_a_quantity_is_a_decimal_where_there_is_one(quantity, text) -> None:
    assert quantity_text(quantity) == text


def test_a_promise_without_a_date_has_an_empty_cell_and_a_reason() -> None:
    undated = PromiseRow(
        "SO-1", "BIKE", "GRAZ", "", Fraction(1), None, None, None, 0.0, "=no routing"
    )
    line = next(csv.DictReader(io.StringIO(promises_csv([undated]))))
    assert (line["planned"], line["lateness_hours"], line["reason"]) == ("", "0", "'=no routing")


def test_every_bad_cell_is_told_at_once() -> None:
    good = schedule_csv([row(), row(), row()]).splitlines()
    good[1] = good[1].replace("make", "build").replace("1.5", "1e9")
    good[2] = good[2].replace("+00:00", "")
    with pytest.raises(PlanningError) as caught:
        read_schedule_csv("\n".join(good))
    paths = [finding.path for finding in caught.value.findings]
    assert paths == [
        "line 2, kind", "line 2, quantity", "line 3, setup", "line 3, start", "line 3, end",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["", "a,b\n1,2\n", ",".join(SCHEDULE_COLUMNS) + '\n"make,x', "\0\0", "PK\x03\x04"],
)
def test_what_is_no_schedule_is_a_finding(text) -> None:
    with pytest.raises(PlanningError) as caught:
        read_schedule_csv(text)
    assert caught.value.findings[0].code in ("schedule.columns", "schedule.unreadable")


@pytest.mark.parametrize("quantity", ["1/0", "1e999999999", "nan", "-1", "", "9" * 99])
def test_a_quantity_that_is_none_is_refused_quickly(quantity) -> None:
    text = schedule_csv([row(quantity=Fraction(7777))]).replace("7777", quantity)
    with pytest.raises(PlanningError, match="quantity"):
        read_schedule_csv(text)

"""What a cell means."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from integration.formats import cells
from integration.formats.cells import CellError

VIENNA = ZoneInfo("Europe/Vienna")


@pytest.mark.parametrize(
    ("cell", "duration"),
    [
        (90.0, timedelta(minutes=90)),
        ("0.5", timedelta(seconds=30)),
        ("20 s", timedelta(seconds=20)),
        ("1.5 h", timedelta(minutes=90)),
        ("2 d", timedelta(days=2)),
        ("1:30", timedelta(minutes=90)),
        (time(1, 30), timedelta(minutes=90)),
        (timedelta(hours=30), timedelta(hours=30)),
    ],
)
def test_minutes_are_read_with_and_without_a_unit(cell, duration: timedelta) -> None:
    assert cells.minutes(cell) == duration


def test_a_third_of_a_minute_is_written_in_seconds_because_minutes_cannot_say_it() -> None:
    assert cells.minutes_cell(timedelta(seconds=20)) == "20 s"
    assert cells.minutes_cell(timedelta(seconds=15)) == 0.25


def test_a_calculated_cell_is_the_number_a_spreadsheet_shows() -> None:
    assert cells.number(0.1 + 0.2) == Decimal("0.3")


def test_a_number_a_spreadsheet_would_round_is_written_as_text() -> None:
    assert cells.number_cell(Decimal("1.0000000000000000001")) == "1.0000000000000000001"
    assert cells.number_cell(Decimal("0.07")) == 0.07


@pytest.mark.parametrize("text", ["1,5", "1.000,00", "NaN", "inf", "5 kg", "1e99", ""])
def test_what_is_no_plain_number_is_refused_with_a_remedy(text: str) -> None:
    with pytest.raises(CellError) as error:
        cells.number(text)
    assert error.value.remedy


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2027-03-01", date(2027, 3, 1)),
        ("1.3.2027", date(2027, 3, 1)),
        (date(2027, 3, 1), date(2027, 3, 1)),
        ("2027-03-01 08:00", datetime(2027, 3, 1, 7, tzinfo=UTC)),
        (datetime(2027, 7, 1, 8), datetime(2027, 7, 1, 6, tzinfo=UTC)),  # noqa: DTZ001 (a cell)
        ("2027-03-01T08:00-05:00", datetime(2027, 3, 1, 13, tzinfo=UTC)),
        ("2027-03-01 08:00 +01:00", datetime(2027, 3, 1, 7, tzinfo=UTC)),
    ],
)
def test_moments_are_days_or_local_times_of_the_plant(cell, moment: date) -> None:
    assert cells.moment(cell, VIENNA) == moment


def test_a_time_without_offset_needs_a_zone() -> None:
    with pytest.raises(CellError, match="time zone"):
        cells.moment("2027-03-01 08:00", None)

"""A time zone that does not exist is named by the check and read as UTC, whatever path is taken."""

from decimal import Decimal

import pytest

from scheduler import factory as f
from scheduler.explain import explain_demand
from scheduler.frames import load
from scheduler.pictures import plan_page, plan_svg
from scheduler.quoting import quote
from scheduler.solve import check, plan
from scheduler.validate import validate
from tests import factories as t


def plant_in(zone: str, calendar_zone: str | None) -> f.Snapshot:
    """One machine, a purchase in days, a dock and a dated demand."""
    until = t.day("2027-04-01")
    return t.snapshot(
        plants=[t.plant(time_zone=zone, shipping_calendar="DAY")],
        calendars=[t.calendar("DAY", "08:00-16:00", time_zone=calendar_zone, known_until=until)],
        machines=[t.machine("M1")],
        items=[t.item("BIKE"), t.item("TUBE")],
        boms=[t.bom("BIKE", t.line("TUBE"))],
        routings=[t.routing("BIKE", t.step("MAKE", "M1", run=60))],
        purchases=[t.buy("TUBE", 3)],
        demands=[t.demand(requested=t.day("2027-03-02"), latest=t.day("2027-03-03"))],
    )


@pytest.mark.parametrize(
    ("zone", "calendar_zone"), [("Europe/Gratz", None), ("UTC", "Europe/Gratz"), ("", "../Gratz")]
)
def test_an_unknown_zone_is_named_and_read_as_utc_on_every_path(zone, calendar_zone) -> None:
    snapshot = plant_in(zone, calendar_zone)
    assert "calendar.unknown_zone" in {x.code for x in check(snapshot)}
    made = plan(snapshot, seconds=0)
    right = plan(plant_in("UTC", None), seconds=0)
    assert made.promises == right.promises
    assert made.promises[0].past_latest
    found = validate(snapshot, made.network, made.rows, policy=made.policy)
    assert [x.code for x in found] == ["plan.after_latest"]
    assert explain_demand(made, "SO-1").text() == explain_demand(right, "SO-1").text()
    asked = quote(made, item="BIKE", quantity=Decimal(1), by=t.day("2027-03-02"))
    assert asked.date is not None
    assert load(made.built, made.schedule, snapshot) == load(right.built, right.schedule, snapshot)
    drawn = (snapshot, made.built, made.schedule, made.promises)
    assert plan_page(*drawn)
    assert plan_svg(*drawn)

"""Lead times as the validator counts them."""

import pytest

from scheduler.factory import LeadTime, LeadTimeUnit
from scheduler.policy import Policy
from scheduler.validate.leadtimes import arrival
from scheduler.validate.site import Site
from tests import factories as a
from tests.scheduler.validate.plants import t

HALF_DAY = LeadTime(amount="0.5", unit=LeadTimeUnit.WORKING_DAYS)
SIX_HOURS = LeadTime(amount=6, unit=LeadTimeUnit.HOURS)

CASES = [
    # On DAY, which opens at 08:00 from Monday to Friday; 1 March 2027 is a Monday.
    ("4 10:00", a.working_days(5), "11 08:00"),
    ("4 10:00", a.calendar_days(5), "9 08:00"),
    ("4 10:00", a.calendar_days(3), "8 08:00"),
    ("1 08:00", a.working_days(0), "1 08:00"),
    ("1 08:00", HALF_DAY, "1 12:00"),
    ("1 10:00", HALF_DAY, "1 15:00"),
    ("6 10:00", HALF_DAY, "8 12:00"),
    ("6 10:00", a.working_days(1), "8 08:00"),
    ("1 20:00", SIX_HOURS, "2 02:00"),
    ("1 08:00", a.working_days("1.5"), "2 12:00"),
    # Over the change to summer time.
    ("26 08:00", a.calendar_days(3), "29 08:00"),
    ("27 23:00", SIX_HOURS, "28 06:00"),
]


@pytest.mark.parametrize(("ordered", "lead", "there"), CASES)
def test_goods_are_there_at_the_opening_of_their_day(ordered, lead, there) -> None:
    site = Site(a.snapshot(), Policy())
    start = site.horizon.at_or_after(t(ordered))
    assert arrival(start, lead, site.receiving("GRAZ")) == site.horizon.at_or_after(t(there))


def test_without_a_calendar_every_day_receives_from_midnight() -> None:
    site = Site(a.snapshot(plants=[a.plant(calendar=None)]), Policy())
    start = site.horizon.at_or_after(t("5 10:00"))
    there = arrival(start, a.working_days(1), site.receiving("GRAZ"))
    assert there == site.horizon.at_or_after(t("6 00:00"))

"""Rule groups about lead time. GRAZ works 8 h a day from Monday 2027-03-01 08:00 on."""

from datetime import timedelta

import pytest

from scheduler import factory as f
from scheduler.explain import explain_demand
from tests import factories as t
from tests.conformance.plants import date, late, planned, reason, rows, runs


@pytest.mark.parametrize(
    ("bikes", "done", "hours"),
    [
        (0.5, "10:30", 0.5),  # two hours and a half
        (1, "11:00", 1),
        (3, "14:00", 4),  # five hours, with lunch between
    ],
)
def test_constraints_leadtime_1_fixed_time_and_time_per_piece_from_now_on(
    bikes, done, hours
) -> None:
    """Two hours and one more a piece, wanted at 10:00 today: late, but not begun in the past."""
    plan = planned(
        t.snapshot(
            units=[f.Unit(id="pcs", precision="0.1")],
            machines=[t.machine("M1")],
            routings=[t.routing("BIKE", t.step("MAKE", "M1", fixed=120, run=60))],
            demands=[t.demand(quantity=bikes, requested=t.at("2027-03-01 10:00"))],
        )
    )
    assert runs(plan) == [("2027-03-01 08:00", f"2027-03-01 {done}")]
    assert late(plan) == hours


def test_constraints_leadtime_2_lead_times_add_up_through_the_levels() -> None:
    """Tubes come on Thursday 11 March (10 days), a frame takes 30 and a bike 60 minutes."""
    plan = planned(t.two_level_plant(t.demand(requested=t.day("2027-03-02"))))
    assert runs(plan, "FRAME") == [("2027-03-11 08:00", "2027-03-11 08:30")]
    assert runs(plan, "BIKE") == [("2027-03-11 08:30", "2027-03-11 09:30")]


def test_constraints_leadtime_2_nothing_of_a_chain_starts_in_the_past() -> None:
    """Wanted last month: three levels of an hour each begin now."""
    plan = planned(
        t.snapshot(
            machines=[t.machine(f"M{n}") for n in (1, 2, 3)],
            routings=[
                t.routing(i, t.step("MAKE", f"M{n}", run=60))
                for n, i in enumerate(("BIKE", "FRAME", "TUBE"), 1)
            ],
            boms=[t.bom("BIKE", t.line("FRAME")), t.bom("FRAME", t.line("TUBE"))],
            demands=[t.demand(requested=t.day("2027-02-01"))],
        )
    )
    assert [r.item for r in rows(plan)] == ["TUBE", "FRAME", "BIKE"]
    assert rows(plan)[0].start == t.NOW
    assert date(plan) == "2027-03-01 11:00"


def test_constraints_leadtime_3_the_release_fence_of_an_item_holds_for_its_orders_only() -> None:
    """No new BIKE starts within three days; a CAR starts at once."""
    plan = planned(
        t.snapshot(
            machines=[t.machine("M1"), t.machine("M2")],
            routings=[
                t.routing("BIKE", t.step("MAKE", "M1", run=60)),
                t.routing("CAR", t.step("MAKE", "M2", run=60)),
            ],
            replenishments=[
                f.Replenishment(item="BIKE", plant="GRAZ", release_fence=timedelta(days=3))
            ],
            demands=[
                t.demand("SO-1", "BIKE", requested=t.day("2027-03-02")),
                t.demand("SO-2", "CAR", requested=t.day("2027-03-02")),
            ],
        )
    )
    assert date(plan, "SO-1") == "2027-03-04 09:00"
    assert date(plan, "SO-2") == "2027-03-01 09:00"
    assert "not released before Thu 04 Mar 08:00" in reason(plan, "SO-1")


def test_constraints_leadtime_4_only_the_critical_path_is_a_reason() -> None:
    """Wheels come on Monday 8, tubes on Thursday 11 March: the tubes make the bike late."""
    plan = planned(t.two_level_plant(t.demand(requested=t.day("2027-03-03"))))
    assert "TUBE" in reason(plan)
    told = explain_demand(plan, "SO-1").text()
    assert "TUBE" in told
    assert "WHEEL" not in told


def test_constraints_leadtime_4_what_is_on_time_has_no_reason() -> None:
    plan = planned(t.two_level_plant(t.demand(requested=t.day("2027-03-11"))))
    assert (late(plan), reason(plan)) == (0, "")
